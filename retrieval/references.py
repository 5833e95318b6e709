"""References to provisions in a question: "art. 14 lid 2 Huisvestingswet", "artikel 9 Wbmgp", "article 8 of the ...".

A reference is resolved only if the law is named and held, or if all searchable law is one law; never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus import Source

ORDINALS = (
    "eerste tweede derde vierde vijfde zesde zevende achtste negende tiende elfde twaalfde dertiende veertiende".split()
)
ENGLISH_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_ARTICLE = re.compile(r"\b(?:artikel(?:en)?|article|artt?\.?|section)\s*(\d+(?:[.:]\d+)*[a-z]{0,2})\b", re.IGNORECASE)
_LID = re.compile(r"\b(?:lid|paragraph|para)\s*(\d+[a-z]?)\b|\b(\w+)\s+(?:lid|paragraph)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Provision:
    """An article, with its lid if one is named, of one of these source ids."""

    article: str
    paragraph: str | None
    sources: frozenset[str]


def provisions(question: str, laws: Sequence[Source]) -> tuple[Provision, ...]:
    """Provisions that a question names, each once, in its order. `laws` are the law texts that may be searched."""
    named = _named(question, laws)
    if not named and len({law.bwb_id for law in laws}) == 1:
        named = frozenset(law.id for law in laws)
    if not named:
        return ()
    found: dict[tuple[str, str | None], Provision] = {}
    matches = list(_ARTICLE.finditer(question))
    ends = [match.start() for match in matches[1:]] + [len(question)]
    for match, end in zip(matches, ends, strict=False):
        paragraph = _paragraph(question[match.end() : min(end, match.end() + 30)])
        article = match[1].lower()
        found.setdefault((article, paragraph), Provision(article, paragraph, named))
    return tuple(found.values())


def _named(question: str, laws: Sequence[Source]) -> frozenset[str]:
    lowered = question.lower()
    found: set[str] = set()
    for law in laws:
        names = {law.citeertitel, law.afkorting, re.sub(r"\s+\d{4}$", "", law.citeertitel or "")}
        if any(name and _is_in(name.lower(), lowered) for name in names):
            found.add(law.id)
    return frozenset(found)


def _is_in(name: str, question: str) -> bool:
    """Whether a question has these whole words; laws are many, so the cheap look comes first."""
    return name in question and re.search(rf"\b{re.escape(name)}\b", question) is not None


def _paragraph(text: str) -> str | None:
    match = _LID.search(text)
    if not match:
        return None
    if match[1]:
        return match[1]
    word = match[2].lower()
    for ordinals in (ORDINALS, ENGLISH_ORDINALS):
        if word in ordinals:
            return str(ordinals.index(word) + 1)
    return None
