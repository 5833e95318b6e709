"""Question: what is asked, and all places that answer it. A gold place names source and locator, never a passage,
so that it serves digests and originals alike and survives another way of splitting."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from ingest.document import Passage

Style = Literal["plain", "paraphrase", "keyword", "typo", "situation"]


class GoldPlace(BaseModel):
    """A place that answers a question. `page` counts sheets; `paragraph` is a lid, `note` a footnote number."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    page: int | None = None
    section: str | None = None
    article: str | None = None
    paragraph: str | None = None
    note: str | None = None

    def holds(self, passage: Passage) -> bool:
        """Whether a passage is of this place."""
        if (passage.about or passage.source_id) != self.source:
            return False
        place = passage.locator
        if self.article is not None:
            same = (place.article or "").lower() == self.article.lower()
            return same and (self.paragraph is None or _covers(place.paragraph, self.paragraph))
        if self.note is not None:
            return place.note == self.note or self.note in passage.notes
        if self.page is not None and place.page is not None:
            if not place.page <= self.page <= (place.page_end or place.page):
                return False
        elif self.page is not None and self.section is None:
            return False
        note_of_page = self.page is not None and place.note is not None  # notes stand in no section, but on a page
        return self.section is None or note_of_page or _under(place.section, self.section)


def _covers(paragraph: str | None, asked: str) -> bool:
    """Whether a lid ("2"), several ("1,3") or a run ("1-3") includes the one asked for."""
    if paragraph is None:
        return True
    for part in paragraph.split(","):
        first, _, last = part.partition("-")
        if part == asked or (last.isdigit() and asked.isdigit() and int(first) <= int(asked) <= int(last)):
            return True
    return False


def _under(section: tuple[str, ...], heading: str) -> bool:
    wanted = _key(heading)
    return any(_key(part) == wanted or wanted.startswith(_key(part)) for part in section)


def _key(heading: str) -> str:
    return re.sub(r"\W", "", heading).lower()


class Nugget(BaseModel):
    """A fact that a good answer holds, in our own words, with a pattern that recognises it in either language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    pattern: str
    vital: bool


class Question(BaseModel):
    """One question of the evaluation set. `pair` is the same question in the other language.

    `split` is drawn once, with a fixed seed, pairs kept together: dev to tune on, test to look at when reporting.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    question: str
    language: Literal["nl", "en"]
    type: str
    style: Style
    answerable: bool
    pair: str | None = None
    date: str | None = None
    gold: tuple[GoldPlace, ...]
    nuggets: tuple[Nugget, ...]
    split: Literal["dev", "test"] = "dev"

    @model_validator(mode="after")
    def _gold_if_answerable(self) -> Question:
        if self.answerable != bool(self.gold):
            raise ValueError(f"{self.id}: an answerable question has gold places, an unanswerable one has none")
        return self


def read_questions() -> tuple[Question, ...]:
    """The evaluation set that ships with the program."""
    lines = files(__package__).joinpath("questions.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(Question.model_validate_json(line) for line in lines if line.strip())
