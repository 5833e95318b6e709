"""Reading a question: its kind, the aims and risks behind it, and the day on which the law is taken."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from corpus import Source
from ingest.index.store import DocumentKey
from retrieval.answer import Language, Reading
from retrieval.instruments import read_need
from retrieval.question import kind_of
from retrieval.search import Found
from retrieval.task import Task

_MONTHS = (
    "januari februari maart april mei juni juli augustus september oktober november december".split(),
    "january february march april may june july august september october november december".split(),
)
_MONTH = {name: number for names in _MONTHS for number, name in enumerate(names, start=1)}
_DATE = re.compile(
    rf"(?:\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?(?P<month>\b(?:{'|'.join(_MONTH)}))\s+(?P<year>(?:19|20)\d\d)\b|"
    r"\b(?P<iso>(?:19|20)\d\d-\d\d-\d\d)\b|"
    r"\b(?P<when>eind|einde|end\s+of|(?:at\s+)?the\s+end\s+of|begin|in|sinds|since|vanaf|from|per)\s+(?:het\s+jaar\s+)?"
    r"(?P<bare>(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_LAW = re.compile(r"\b(?:wet|wetten|\w+wet|artikel\w*|art\.|lid|act|acts|law|laws|article\w*|section)\b", re.IGNORECASE)


def read(question: str, language: Language, found: Found, keys: Sequence[DocumentKey], day: str | None = None) -> Task:
    """The task behind a whole question, with what a search found; `day` as `law_date` gives it."""
    kind = kind_of(question)
    need = read_need(question, found.hits) if kind != "provision" else None
    reading = Reading(
        question=question,
        kind="provision" if found.exact else "instruments" if need else kind,
        aims=tuple(concept.id for concept in need.aims) if need else (),
        risks=tuple(concept.id for concept in need.risks) if need else (),
        law_date=day,
    )
    return Task(reading, language, tuple(keys), need)


def law_date(question: str, laws: Sequence[Source]) -> str | None:
    """The day (YYYY-MM-DD) that a question about law names; a year in the name of a law is none.

    "eind 2015" is the last day of that year, "in 2016" and "sinds 2016" the first.
    """
    names = {name for law in laws for name in (law.citeertitel, law.short_title) if name}
    text = question
    named = False
    for name in sorted(names, key=len, reverse=True):
        without = re.sub(re.escape(name), " ", text, flags=re.IGNORECASE)
        named, text = named or without != text, without
    match = _DATE.search(text)
    if not match or not (named or _LAW.search(text)):
        return None
    if match["iso"]:
        year, month, day = map(int, match["iso"].split("-"))
    elif match["month"]:
        year, month, day = int(match["year"]), _MONTH[match["month"].lower()], int(match["day"] or 1)
    else:
        ends = "ein" in match["when"].lower() or "end" in match["when"].lower()
        year, month, day = (int(match["bare"]), 12, 31) if ends else (int(match["bare"]), 1, 1)
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None
