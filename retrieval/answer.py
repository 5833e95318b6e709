"""What flows to the faces of the program: hits, citations, answers. Plain data, no framework types."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from corpus import Kind, Source
from ingest.document import Locator, Passage

PartKind = Literal["quote", "digest", "catalogue", "heading", "caveat", "generated"]
Language = Literal["nl", "en"]


class FilterError(ValueError):
    """A filter cannot be used; `nl` and `en` say which and what to do."""

    def __init__(self, nl: str, en: str) -> None:
        super().__init__(nl)
        self.nl = nl
        self.en = en


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What may be searched; all given conditions hold at once. Empty means everything.

    `date` is the day (YYYY-MM-DD) on which a law must have been in force; without it, the newest text held.
    """

    kinds: frozenset[Kind] = frozenset()
    sources: frozenset[str] = frozenset()
    from_year: int | None = None
    until_year: int | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage that was found. `rank` from 1; scores compare only within one search."""

    rank: int
    score: float
    row: int
    passage: Passage
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """The exact words relied on, and where they stand.

    `n` is the number in the answer, from 1. `char_start` and `char_end` count in the stored text of the source,
    and that slice is `quote`. `locator` is the place of the quote, as exact as the source allows.
    """

    n: int
    source: Source
    passage: Passage
    locator: Locator
    quote: str
    char_start: int
    char_end: int

    @property
    def in_our_words(self) -> bool:
        """Whether the words are of our digest or catalogue, not the source's own."""
        return self.passage.form != "original"


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """One sentence, heading or caveat of an answer, with the numbers of its citations."""

    text: str
    kind: PartKind
    citations: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer, or the reason why the sources give none (`answered` false; then `parts` is empty).

    `confidence` is the estimated chance, 0 to 1, that the sources answer the question.
    """

    question: str
    language: Language
    answered: bool
    reason: str | None
    parts: tuple[AnswerPart, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    confidence: float
    generator: str
    corpus_version: str
    timings_ms: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """The best passages for a query, without an answer."""

    query: str
    language: Language
    hits: tuple[Hit, ...]
    corpus_version: str
    timings_ms: dict[str, float] = field(default_factory=dict)
