"""Question: what is asked, and all places that answer it. A gold place names source and locator, never a passage,
so that it serves digests and originals alike and survives another way of splitting."""

from __future__ import annotations

from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from corpus.place import Place
from ingest.document import Passage
from ingest.places import holds

Style = Literal["plain", "paraphrase", "keyword", "typo", "situation"]


class GoldPlace(Place):
    """A place that answers a question. `page` counts sheets; `paragraph` is a lid, `note` a footnote number."""

    def holds(self, passage: Passage) -> bool:
        """Whether a passage is of this place."""
        return holds(self, passage)


class Nugget(BaseModel):
    """A fact that a good answer holds, in our own words, with a pattern that recognises it in either language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    pattern: str
    vital: bool


class Question(BaseModel):
    """One question of the evaluation set. `pair` is the same question in the other language.

    `split` is drawn once, with a fixed seed, pairs kept together: dev to tune on, test to look at when reporting. The
    questions for calibration stand apart, in a file of their own, and are measured nowhere.
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
    split: Literal["dev", "test", "calibration"] = "dev"

    @model_validator(mode="after")
    def _gold_if_answerable(self) -> Question:
        if self.answerable != bool(self.gold):
            raise ValueError(f"{self.id}: an answerable question has gold places, an unanswerable one has none")
        return self


def read_questions() -> tuple[Question, ...]:
    """The evaluation set that ships with the program."""
    return _read("questions.jsonl")


def read_calibration() -> tuple[Question, ...]:
    """The questions for calibration: `type` is "answerable", or else why there is no answer: "outside" the field,
    "absent" from the sources, a false "premise", or too "specific"."""
    return _read("calibration.jsonl")


def _read(name: str) -> tuple[Question, ...]:
    lines = files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines()
    return tuple(Question.model_validate_json(line) for line in lines if line.strip())
