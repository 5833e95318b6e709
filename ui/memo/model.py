"""The memo: what a file or the basket holds, validated, and what it becomes once each citation is looked up."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from corpus import Kind, Source
from ingest.document import Locator
from retrieval.answer import Language, PartKind

_MAX_TEXT = 50_000
_MAX_ITEMS = 500
CELLS = ("serves", "risk", "legal_basis", "evidence")  # of an instrument
_ITEMS = ("heading", "text", "question", "quote", "answer")


class MemoError(ValueError):
    """A memo cannot be used; the message names the item and what to do, in the reader's language."""


class _Input(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class HeadingItem(_Input):
    """A heading of the memo's own."""

    heading: str = Field(min_length=1, max_length=300)


class TextItem(_Input):
    """The writer's own text, in CommonMark."""

    text: str = Field(min_length=1, max_length=_MAX_TEXT)


class QuestionItem(_Input):
    """A question to be answered when the memo is written; the other fields are the filters of `ask`."""

    question: str = Field(min_length=1, max_length=_MAX_TEXT)
    kinds: frozenset[Kind] = frozenset()
    sources: frozenset[str] = frozenset()
    from_year: int | None = None
    until_year: int | None = None
    date: dt.date | None = None


class QuoteItem(_Input):
    """Exact words of a source, by its id; where they stand is looked up."""

    quote: str = Field(min_length=1, max_length=_MAX_TEXT)
    source: str = Field(min_length=1)


class _Saved(BaseModel):
    """Fields of the published contract that a memo needs; it may carry more."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class SavedLocator(_Saved):
    """A place, as in docs/answer.schema.json."""

    page: int | None = Field(default=None, ge=1)
    page_end: int | None = Field(default=None, ge=1)
    page_label: str | None = None
    section: tuple[str, ...] = ()
    article: str | None = None
    paragraph: str | None = None
    item: str | None = None
    note: str | None = None


class SavedCitation(_Saved):
    """A citation, as in docs/answer.schema.json."""

    n: int = Field(ge=1)
    source_id: str = Field(min_length=1)
    title: str = Field(min_length=1)
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    date: str | None = None
    kind: Kind
    locator: SavedLocator
    url: str | None = None
    toestand: str | None = None
    quote: str = Field(min_length=1)


class SavedPart(_Saved):
    """A sentence, heading or caveat, as in docs/answer.schema.json."""

    text: str = Field(min_length=1)
    kind: PartKind
    citations: tuple[int, ...] = ()


class SavedCell(_Saved):
    """A cell of the table of instruments, as in docs/answer.schema.json; empty if nothing was found."""

    text: str = ""
    citations: tuple[int, ...] = ()


class SavedInstrument(_Saved):
    """An instrument that fits, as in docs/answer.schema.json."""

    name: str = Field(min_length=1)
    serves: SavedCell = SavedCell()
    risk: SavedCell = SavedCell()
    legal_basis: SavedCell = SavedCell()
    evidence: SavedCell = SavedCell()
    warns: bool = False


class SavedAnswer(_Saved):
    """What `mengpaneel ask --json` printed."""

    question: str
    reason: str | None = None
    answer: tuple[SavedPart, ...]
    citations: tuple[SavedCitation, ...]
    instruments: tuple[SavedInstrument, ...] = ()
    corpus_version: str = Field(pattern=r"^[0-9a-f]{12}$")

    @model_validator(mode="after")
    def _numbers_agree(self) -> SavedAnswer:
        cells = (getattr(row, name) for row in self.instruments for name in CELLS)
        used = {n for cited in (*self.answer, *cells) for n in cited.citations}
        unknown = used - {citation.n for citation in self.citations}
        if unknown:
            raise ValueError(f"the answer refers to citations that are not there: {sorted(unknown)}")
        return self


class AnswerItem(_Input):
    """An answer as it was given, kept whole; `link` is where it can be asked again."""

    answer: SavedAnswer
    link: str | None = Field(default=None, pattern=r"^https?://")


def _which(item: Any) -> str | None:
    names = item if isinstance(item, dict) else type(item).model_fields if isinstance(item, BaseModel) else ()
    return next((name for name in _ITEMS if name in names), None)


_BY_NAME = Discriminator(
    _which, custom_error_type="item", custom_error_message=f"an item has one of: {', '.join(_ITEMS)}"
)
KeptItem = Annotated[
    Annotated[HeadingItem, Tag("heading")]
    | Annotated[TextItem, Tag("text")]
    | Annotated[QuoteItem, Tag("quote")]
    | Annotated[AnswerItem, Tag("answer")],
    _BY_NAME,
]
AnyItem = Annotated[
    Annotated[HeadingItem, Tag("heading")]
    | Annotated[TextItem, Tag("text")]
    | Annotated[QuestionItem, Tag("question")]
    | Annotated[QuoteItem, Tag("quote")]
    | Annotated[AnswerItem, Tag("answer")],
    _BY_NAME,
]


class MemoInput(_Input):
    """A memo as written in a file or held by the basket. `quotes`: the exact words also in the footnotes."""

    title: str = Field(min_length=1, max_length=300)
    author: str | None = Field(default=None, max_length=300)
    date: dt.date | None = None
    language: Language = "nl"
    quotes: bool = False
    items: tuple[AnyItem, ...] = Field(min_length=1, max_length=_MAX_ITEMS)


class KeptMemo(MemoInput):
    """A memo as the page sends it to be written: what was answered stands in it, nothing has to be asked again."""

    items: tuple[KeptItem, ...] = Field(min_length=1, max_length=_MAX_ITEMS)


# --- once looked up ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a footnote says: source, place and exact words, and the version of the knowledge base they are of.

    `in_our_words` if the words are of our digest or catalogue. `stands` tells whether the words are in the knowledge
    base at hand.
    """

    source: Source
    locator: Locator
    quote: str
    in_our_words: bool
    version: str
    stands: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence, heading or caveat with its footnotes."""

    text: str
    kind: PartKind
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the memo's own."""

    text: str


@dataclass(frozen=True, slots=True)
class OwnText:
    """The writer's own text, in CommonMark."""

    markdown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A question with its answer, or with the reason why there is none; `link` asks it again.

    `left_out` is the number of sentences that an earlier answer of the memo gives already.
    """

    question: str
    lines: tuple[Line, ...]
    reason: str | None
    version: str
    link: str | None
    left_out: int = 0


MemoItem = Heading | OwnText | Line | Answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Memo:
    """A memo ready to be written; `date` is YYYY-MM-DD."""

    title: str
    author: str | None
    date: str | None
    language: Language
    quotes: bool
    items: tuple[MemoItem, ...]

    def notes(self) -> tuple[Note, ...]:
        """All footnotes, in order."""
        lines = [
            line
            for item in self.items
            for line in (item.lines if isinstance(item, Answered) else (item,) if isinstance(item, Line) else ())
        ]
        return tuple(note for line in lines for note in line.notes)


MemoFormat = Literal["docx", "odt", "md", "html"]
ExportFormat = Literal["docx", "odt", "md", "html", "ris", "bibtex", "csl"]
EXPORT_FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
