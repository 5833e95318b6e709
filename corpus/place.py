"""Place: where in a source a statement of ours rests."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Spot(BaseModel):
    """A locator as written in our own files, within a source that is known.

    `page` counts sheets; `section` is a heading of the source; `paragraph` is a lid, `note` a footnote number.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    page: int | None = Field(default=None, ge=1)
    section: str | None = None
    article: str | None = None
    paragraph: str | None = None
    note: str | None = None

    @field_validator("article", "paragraph", "note", mode="before")
    @classmethod
    def _number_as_text(cls, value: object) -> object:
        return str(value) if isinstance(value, int) else value


class Place(Spot):
    """A spot and its source."""

    source: str = Field(min_length=1)


class Bilingual(BaseModel):
    """A text in Dutch and in English."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nl: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Names(BaseModel):
    """Other names for one thing, by language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nl: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
