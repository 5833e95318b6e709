"""Lessons on request: what was chosen, and the lesson of it, made once for reading and for every file."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from retrieval.answer import Language
from retrieval.engine import Engine
from retrieval.lesson.compose import LessonMaker
from retrieval.lesson.model import Lesson, Minutes
from retrieval.lesson.support import by_verifier

MAX_SEED = 1_000_000_000
_KEPT = 32  # lessons


class ChosenLesson(BaseModel):
    """What a lesson is asked for: a theme or question in words, or the id of an instrument or source."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    subject: Literal["theme", "instrument", "source"]
    name: str = Field(min_length=1, max_length=2_000)
    minutes: Minutes = 45
    seed: int = Field(default=1, ge=0, le=MAX_SEED)
    language: Language = "nl"


class Lessons:
    """Makes lessons of one engine, one at a time, and remembers the last. May be called from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._busy = threading.Lock()
        self._maker: tuple[str, LessonMaker] | None = None
        self._made: OrderedDict[tuple[str, ChosenLesson], Lesson] = OrderedDict()

    def lesson(self, chosen: ChosenLesson) -> Lesson:
        """The lesson of a choice.

        raises  LessonError
        """
        with self._busy:
            generation = self._engine.manifest.id
            key = (generation, chosen)
            if key not in self._made:
                maker = self._maker_of(generation)
                self._made[key] = maker.make(chosen.subject, chosen.name, chosen.minutes, chosen.seed, chosen.language)
            self._made.move_to_end(key)
            while len(self._made) > _KEPT:
                self._made.popitem(last=False)
            return self._made[key]

    def _maker_of(self, generation: str) -> LessonMaker:
        if self._maker is None or self._maker[0] != generation:
            self._maker = (generation, LessonMaker(self._engine, by_verifier(self._engine)))
        return self._maker[1]
