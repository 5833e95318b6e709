"""Reading a question: its kind, the aims and risks behind it, and the day on which the law is taken."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

from corpus import Source
from ingest.index.store import DocumentKey, Holding
from retrieval.answer import Filters, Language, Reading
from retrieval.instruments import read_need
from retrieval.law_answer import asks_for_change
from retrieval.phrases import day as day_text
from retrieval.phrases import phrase
from retrieval.question import kind_of
from retrieval.search import Found
from retrieval.task import Task
from retrieval.vocabulary import is_term

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
    kind = "definition" if is_term(question) else kind_of(question)
    need = read_need(question, found.hits) if kind != "provision" else None
    reading = Reading(
        question=question,
        kind="provision" if found.exact else "instruments" if need else kind,
        aims=tuple(concept.id for concept in need.aims) if need else (),
        risks=tuple(concept.id for concept in need.risks) if need else (),
        terms=found.terms,
        law_date=day,
    )
    return Task(reading, language, tuple(keys), need)


def law_day(
    question: str, filters: Filters, holdings: Sequence[Holding], language: Language
) -> tuple[Filters, tuple[str, ...]]:
    """The filters with the day that a question about law names, and a notice where no text of that day is held.

    A day in the filters goes first, and a question for what changed is about more than one day.
    """
    laws = [holding.source for holding in holdings if holding.source.bwb_id]
    asked = None if filters.date or asks_for_change(question) else law_date(question, laws)
    if asked is None:
        return filters, ()
    named = [law for law in laws if any(name and name.lower() in question.lower() for name in _names(law))]
    oldest: dict[str, Source] = {}
    for law in sorted(named or laws, key=lambda law: law.toestand or "", reverse=True):
        oldest[str(law.bwb_id)] = law
    early = [law for law in oldest.values() if (law.toestand or "") > asked]
    if len(early) < len(oldest):
        return replace(filters, date=asked), ()
    notices = [
        phrase(
            "law_too_early",
            language,
            law=law.short_title,
            day=day_text(asked, language),
            date=day_text(law.toestand, language),
        )
        for law in early
        if named
    ]
    return filters, tuple(notices)


def _names(law: Source) -> tuple[str | None, ...]:
    return law.citeertitel, law.afkorting, re.sub(r"\s+\d{4}$", "", law.citeertitel or "")


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
