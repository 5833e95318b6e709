"""What a question asks that lies beyond the texts held: a law or ruling that is not held, another year, the day of
today, the reason of something that no text says."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from corpus import Source
from ingest.index.lexical import words
from retrieval.answer import Hit
from retrieval.lexicon import LEXICON
from retrieval.numbers import Number, is_held, numbers
from retrieval.vocabulary import names_in, other_names

_LAW = re.compile(
    r"\b(?:[A-Z][a-z]{3,}wet|Wet\s+(?:(?:op|van|voor|de|het|tot|en)\s+)*[a-z]{3,}(?:\s+[a-z]{4,})?|"
    r"(?:[A-Z][\w-]+\s+(?:and\s+)?){1,5}(?:Act|Law))\b|^wet\s+[a-z]{4,}(?:\s+[a-z]{4,})?"
)
_RULING = re.compile(
    r"\b(?:hoge\s+raad|raad\s+van\s+state|rechtspraak|jurisprudentie|arrest(?:en)?|(?:rechterlijke\s+)?uitspra(?:ak|ken)\s+van\s+"
    r"(?:de\s+)?(?:rechter|rechtbank|hof)|supreme\s+court|case\s+law|court\s+(?:rulings?|decisions?|judgments?)|"
    r"court\s+of\s+(?:appeal|human\s+rights|justice))\b",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"\b(?:vandaag|momenteel|op\s+dit\s+moment|dit\s+weekend|deze\s+week|today|currently|right\s+now|at\s+the\s+moment|"
    r"this\s+(?:week|weekend))\b",
    re.IGNORECASE,
)
# A question that takes for granted what it asks the reason, beginning or place of.
_TAKES_FOR_GRANTED = re.compile(
    r"\b(?:waarom|hoe\s+komt\s+het|sinds\s+wanneer|in\s+welk\s+artikel|waar\s+staat|why|how\s+come|since\s+when|which\s+article)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\s+\d{4}$")
_SHORT_NAME = re.compile(r"\(([^()]*wet[^()]*)\)\s*$", re.IGNORECASE)  # behind the long title of an act
_LAW_YEAR = re.compile(r"(\b\w*wet\b|\bact\b)[^,.;?]{0,40}?\b(?:19|20)\d\d\b", re.IGNORECASE)
_NAME = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][\w'’-]+|\b[A-Z]{2,}\w*")
_LOOKED_AT = 5
_SAYING = 3  # hits of which one must say what a question takes for granted
_TYPO = 0.88  # likeness at which a name of a law is one that is held, misspelt


@dataclass(frozen=True, slots=True)
class Beyond:
    """What of a question lies beyond the texts held; `law` is the first law that it names and that is not held,
    `presumed` a strong word (a prohibition, a duty, "always") that it takes for granted and that no text says."""

    law: str | None
    ruling: bool
    now: bool
    year: bool
    presumed: str | None


def look_beyond(question: str, hits: Sequence[Hit], sources: Iterable[Source]) -> Beyond:
    """What a question asks that lies beyond `sources`, all that are held; `hits` are the best passages for it."""
    return Beyond(
        law=unheld_law(question, sources),
        ruling=asks_for_ruling(question),
        now=asks_for_now(question),
        year=names_another_year(question, hits),
        presumed=presumed(question, hits),
    )


def unheld_law(question: str, sources: Iterable[Source]) -> str | None:
    """The law that a question names and that is not held, as it is written there; None if it names none such."""
    held = _held_names(frozenset(name.lower() for law in sources if law.kind == "wet" for name in _names_of(law)))
    named = (match[0] for match in _LAW.finditer(question))
    return next((name for name in named if not _is_held(name.lower(), held)), None)


def _names_of(law: Source) -> Iterator[str]:
    """What a law is called: a text that came without these facts has at most a short name behind its title."""
    short = _SHORT_NAME.search(law.title)
    yield from filter(None, (law.citeertitel, law.afkorting, short[1] if short else law.title))


def _is_held(name: str, held: frozenset[str]) -> bool:
    return any(other in name for other in held) or bool(difflib.get_close_matches(name, held, 1, _TYPO))


@cache
def _held_names(official: frozenset[str]) -> frozenset[str]:
    """What laws with these names are called, in either language, without their year."""
    undated = {_YEAR.sub("", name) for name in official}
    english = {text for text, dutch in LEXICON.exonyms.items() if dutch in undated}
    return frozenset(undated | english | {_YEAR.sub("", name.lower()) for name in other_names(official | undated)})


def asks_for_ruling(question: str) -> bool:
    """Whether a question is after what a court decided; no rulings are among the kinds of sources."""
    return bool(_RULING.search(question))


def asks_for_now(question: str) -> bool:
    """Whether a question is after the day of today."""
    return bool(_NOW.search(question))


def presumed(question: str, hits: Sequence[Hit]) -> str | None:
    """The first strong word that a question takes for granted while no word of its kind stands in the first hits."""
    if not _TAKES_FOR_GRANTED.search(question):
        return None
    for strong in LEXICON.strengths:
        said = strong.search(question)
        if said and not any(strong.search(hit.passage.searchable) for hit in hits[:_SAYING]):
            return said[0]
    return None


def names_another_year(question: str, hits: Sequence[Hit]) -> bool:
    """Whether a question names a year that none of the first hits holds together with the names in the question."""
    years = [n for n in numbers(_LAW_YEAR.sub(r"\1", question)) if n.kind == "year"]
    if not years:
        return False
    names = _names_asked(question)
    # a provision holds the year of the text of law that it is of
    texts = [f"{hit.passage.searchable} {(hit.source.toestand or '')[:4]}" for hit in hits[:_LOOKED_AT]]
    return not any(names <= set(words(text)) and _holds(text, years) for text in texts)


def _holds(text: str, years: Sequence[Number]) -> bool:
    held = numbers(text)
    return all(is_held(year, held) for year in years)


def _names_asked(question: str) -> set[str]:
    """Stems of the names in a question: words with a capital inside a sentence that are no terms of the field."""
    known = {stem for name, _ in names_in(question, everyday=True) for stem in words(name)}
    known |= {stem for name, _ in LEXICON.abroad for match in name.finditer(question) for stem in words(match[0])}
    return {stem for match in _NAME.finditer(question) for stem in words(match[0])} - known
