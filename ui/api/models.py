"""What the interfaces for programs give and take. An answer is the contract of docs/answer.schema.json."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from corpus import Kind, Source
from ingest.document import Form, Locator, Passage
from ingest.index.store import Holding
from retrieval.answer import Filters, Language
from ui.messages import Messages
from ui.places import address, place_text, source_line

MAX_QUESTION = 2_000  # characters
MAX_K = 100
Item = TypeVar("Item")


def _is_day(value: str) -> str:
    try:
        day = dt.date.fromisoformat(value)
    except ValueError as error:
        raise PydanticCustomError("no_day", "no day") from error
    return day.isoformat()


Day = Annotated[str, AfterValidator(_is_day), Field(json_schema_extra={"format": "date", "examples": ["2016-01-01"]})]
Year = Annotated[int, Field(ge=1800, le=2200)]
Question = Annotated[str, Field(min_length=1, max_length=MAX_QUESTION, pattern=r"\S")]
K = Annotated[int, Field(ge=1, le=MAX_K, description="number of passages given")]


class Asked(BaseModel):
    """A question with what may be searched for its answer; without conditions everything."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"question": "Wat is publieke familiariteit?", "kinds": ["rapport"]}]},
    )

    question: Question
    k: K = 8
    language: Language | None = Field(default=None, description="of the texts around the quotes; null: of the question")
    kinds: list[Kind] = Field(default=[], max_length=10)
    sources: list[str] = Field(default=[], max_length=100, description="ids of sources")
    from_year: Year | None = None
    until_year: Year | None = None
    date: Day | None = Field(default=None, description="day on which a law must have been in force")

    def filters(self) -> Filters:
        """The conditions as the engine takes them."""
        return Filters(
            kinds=frozenset(self.kinds),
            sources=frozenset(self.sources),
            from_year=self.from_year,
            until_year=self.until_year,
            date=self.date,
        )


class Page(BaseModel, Generic[Item]):
    """A stretch of a list: `total` is the length of the whole, `next_offset` where it goes on, null at the end."""

    items: list[Item]
    total: int
    offset: int
    limit: int
    next_offset: int | None

    @classmethod
    def of(cls, items: list[Item], total: int, offset: int, limit: int) -> Page[Item]:
        """The page with these items."""
        end = offset + len(items)
        return cls(items=items, total=total, offset=offset, limit=limit, next_offset=end if end < total else None)


class Held(BaseModel):
    """One form in which a source is held. `pages` is null for a text without pages."""

    form: Form
    pages: int | None
    sections: int
    passages: int
    warnings: list[str]


class SourceRecord(BaseModel):
    """A source: its bibliographic record, how it is named in a list of sources, and in which forms it is held."""

    id: str
    title: str
    kind: Kind
    authors: list[str]
    contributors: list[str]
    publisher: str | None
    date: str | None
    language: Language
    url: str | None
    licence: str | None
    bwb_id: str | None
    toestand: str | None
    named: str
    held: list[Held]

    @classmethod
    def of(cls, holdings: list[Holding]) -> SourceRecord:
        """The record of one source from all its holdings."""
        source = holdings[0].source
        held = [
            Held(
                form=h.form,
                pages=h.page_count or None,
                sections=h.sections,
                passages=h.passages,
                warnings=list(h.warnings),
            )
            for h in holdings
        ]
        own = {name: getattr(source, name) for name in cls.model_fields if name not in ("named", "held")}
        return cls.model_validate({**own, "named": source_line(source, Messages("nl")), "held": held})


class PassageRecord(BaseModel):
    """A passage: `start` and `end` count in the stored text of its source; `place` is where it stands, in words."""

    id: str
    source_id: str
    form: Form
    kind: str
    text: str
    start: int
    end: int
    locator: Locator
    place: str
    url: str | None
    status: str

    @classmethod
    def of(cls, passage: Passage, source: Source) -> PassageRecord:
        """A passage of a source."""
        own = ("id", "source_id", "form", "kind", "text", "start", "end", "locator", "status")
        return cls(
            **{name: getattr(passage, name) for name in own},
            place=place_text(passage.locator, source, Messages("nl")),
            url=address(source, passage.locator),
        )


class PassageAndNeighbours(BaseModel):
    """A passage with those before and behind it in its source, in reading order."""

    passage: PassageRecord
    before: list[PassageRecord]
    after: list[PassageRecord]


class LawRecord(BaseModel):
    """A law and the days from which its held texts were in force, oldest first."""

    bwb_id: str
    title: str
    abbreviation: str | None
    toestanden: list[str]


class LidText(BaseModel):
    """A part of an article: its lid and onderdeel, if it has them."""

    paragraph: str | None
    item: str | None
    kind: str
    text: str


class ArticleRecord(BaseModel):
    """An article as it stood: `status` is "vervallen" or "niet in werking", else empty."""

    law: str
    bwb_id: str
    toestand: str
    article: str
    heading: str
    status: str
    url: str | None
    text: list[LidText]


class ChangedWords(BaseModel):
    """A stretch of words that stayed, went out or came in."""

    op: Literal["same", "out", "in"]
    text: str


class ChangedLid(BaseModel):
    """A lid that differs."""

    paragraph: str | None
    words: list[ChangedWords]


class ChangedArticle(BaseModel):
    """What became of an article between two days."""

    article: str
    change: Literal["same", "changed", "new", "gone", "repealed"]
    lids: list[ChangedLid]


class Health(BaseModel):
    """State of the server and of its index."""

    status: Literal["ok"]
    version: str
    corpus_version: str
    generation: str
    passages: int


class Job(BaseModel):
    """A document being taken in; `detail` says what went wrong."""

    id: str
    state: Literal["running", "done", "failed"]
    detail: str | None = None


Json = dict[str, Any]
