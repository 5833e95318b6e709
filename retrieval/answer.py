"""What flows to the faces of the program: hits, citations, answers. Plain data, no framework types."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from corpus import Kind, Source
from ingest.document import Locator, Passage

PartKind = Literal["quote", "digest", "catalogue", "heading", "caveat", "generated"]
Language = Literal["nl", "en"]
QuestionKind = Literal[
    "definition",
    "number",
    "who",
    "list",
    "steps",
    "for_and_against",
    "comparison",
    "provision",
    "instruments",
    "other",
]


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
class Footnote:
    """A footnote of a source: its number as printed, its text, and the page on which it stands.

    `study` is the first study that it names, as one says it in a sentence: "Van der Velden e.a. (2018)".
    """

    number: str
    text: str
    locator: Locator
    study: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LawLink:
    """A provision named in a quote: `quote[start:end]`, and where it can be read.

    `citation` is the provision in the style of the Leidraad voor juridische auteurs. `toestand` is the date of the
    law text held, None if the law is not held; `reported` the date of the source that names it, if known.
    """

    start: int
    end: int
    citation: str
    url: str
    toestand: str | None
    reported: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """The exact words relied on, and where they stand.

    `n` is the number in the answer, from 1. `char_start` and `char_end` count in the stored text of the source,
    and that slice is `quote`. `locator` is the place of the quote, as exact as the source allows. `notes` are the
    footnotes that the quoted sentence refers to, `law_links` the provisions that it names.
    """

    n: int
    source: Source
    passage: Passage
    locator: Locator
    quote: str
    char_start: int
    char_end: int
    notes: tuple[Footnote, ...] = ()
    law_links: tuple[LawLink, ...] = ()

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
class AddedTerm:
    """A term of the field that the glossary set beside words of the question: `said` are those words."""

    said: str
    term: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The question as understood.

    `question` is whole: a follow-up is completed from the turn before. `aims` and `risks` are ids of concepts of the
    instrument catalogue, for a question for instruments. `law_date` is the day on which the law is taken.
    """

    question: str
    kind: QuestionKind = "other"
    terms: tuple[AddedTerm, ...] = ()
    aims: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    law_date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What a table says of one thing, with the numbers of its citations; no text means: not found in the sources."""

    text: str = ""
    citations: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InstrumentRow:
    """An instrument of the catalogue against the aims and risks asked for; `warns` if it may cause such a risk."""

    id: str
    name: str
    serves: Cell
    risk: Cell
    legal_basis: Cell
    evidence: Cell
    warns: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer, or the reason why the sources give none (`answered` false; then `parts` is empty).

    `confidence` is the estimated chance, 0 to 1, that the sources answer the question. `instruments` is the table for
    a question for instruments, best fit first. `follow_ups` are questions that may come next. `notices` are lines
    about how the answer came about, `struck` the sentences of a language model that the check did not let through.
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
    reading: Reading | None = None
    instruments: tuple[InstrumentRow, ...] = ()
    follow_ups: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    struck: int = 0
    timings_ms: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """The best passages for a query, without an answer."""

    query: str
    language: Language
    hits: tuple[Hit, ...]
    corpus_version: str
    timings_ms: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PassagesFound:
    """First event of an answer on its way: the passages that are given with it."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class SentenceChecked:
    """A sentence of a language model that passed the check; `citations` are those not seen before.

    The answer that follows is what counts: should the model fail halfway, it holds other sentences.
    """

    part: AnswerPart
    citations: tuple[Citation, ...]


Event = PassagesFound | SentenceChecked | Answer  # the answer comes last
