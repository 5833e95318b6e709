"""Source: one publication, who published it, when, and under which licence."""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Kind = Literal["rapport", "artikel", "verslag", "webpagina", "wet", "samenvatting"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


class Source(BaseModel):
    """One bibliographic record, validated.

    `date` is as exact as the source is: "2024", "2024-05" or "2024-05-01".
    `toestand` is the day from which the held text of a law was in force.
    `path` is relative to the folder of the register, None when only a digest is held.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, populate_by_name=True)

    id: str = Field(alias="stem", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$")
    title: str = Field(min_length=1)
    kind: Kind
    authors: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()
    publisher: str | None = None
    date: str | None = None
    issue: str | None = None
    pages: str | None = None
    page_count: int | None = Field(default=None, ge=1)
    language: Literal["nl", "en"] = "nl"
    url: str | None = None
    licence: str | None = None
    note: str | None = None
    path: str | None = None
    text: str | None = Field(default=None, description="plain text behind the file, for measuring only")
    bwb_id: str | None = Field(default=None, pattern=r"^BWB[RV]\d{7}$")
    citeertitel: str | None = None
    afkorting: str | None = None
    toestand: str | None = None

    @field_validator("date", "toestand", mode="before")
    @classmethod
    def _date_as_text(cls, value: object) -> object:
        """YAML reads 2024 as a number and 2024-05-01 as a day; a record says it as text."""
        if isinstance(value, dt.date):
            return value.isoformat()
        return str(value) if isinstance(value, int) else value

    @field_validator("date", "toestand")
    @classmethod
    def _is_date(cls, value: str | None) -> str | None:
        if value is not None and not _DATE.fullmatch(value):
            raise ValueError(f"expected YYYY, YYYY-MM or YYYY-MM-DD, got {value!r}")
        return value

    @field_validator("url")
    @classmethod
    def _is_web_address(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("https://", "http://")):
            raise ValueError(f"expected an address that begins with https:// or http://, got {value!r}")
        return value

    @model_validator(mode="after")
    def _law_is_dated(self) -> Source:
        if self.bwb_id and (self.toestand is None or len(self.toestand) != 10):
            raise ValueError("a law with a bwb_id needs toestand: YYYY-MM-DD, the day its text was in force")
        return self

    @property
    def year(self) -> int | None:
        """Year of the text: of the toestand for a law, else of publication."""
        day = self.toestand or self.date
        return int(day[:4]) if day else None

    @property
    def short_title(self) -> str:
        """Citeertitel of a law, else the title."""
        return self.citeertitel or self.title
