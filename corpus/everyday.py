"""Questions in everyday words, and what in the sources answers them: our own, kept in vragen/*.yaml.

People do not know the words of a law or a report. A question in their own words leads to the passage, which is what is
shown and cited (document expansion by questions: Nogueira et al. 2019, arXiv:1904.08375). Some questions lead to a
place, others to one statement of our digest, which tells the sentence in that place too.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from corpus.place import Place, Spot
from corpus.yaml_file import read_model

FOLDER = "vragen"


class Asked(BaseModel):
    """What people ask to which one spot of a source gives the answer, by language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: Spot
    nl: tuple[str, ...] = Field(min_length=1)
    en: tuple[str, ...] = Field(min_length=1)


class AskedOf(BaseModel):
    """What people ask to which one statement of our digest of a source is an answer, or part of one.

    `says` are the words with which the statement begins, as many as tell it from all others.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: str = Field(min_length=1)
    nl: tuple[str, ...] = Field(min_length=1)
    en: tuple[str, ...] = Field(min_length=1)


class EverydayQuestions(BaseModel):
    """All everyday questions to one source: those to its places, and those to the statements of its digest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = Field(min_length=1)
    questions: tuple[Asked, ...] = ()
    statements: tuple[AskedOf, ...] = ()

    def place(self, asked: Asked) -> Place:
        """Where the answer stands."""
        return Place(source=self.source, **asked.at.model_dump())


def read_everyday(folder: Path) -> tuple[EverydayQuestions, ...]:
    """The questions kept beside a register of sources; none if there are none.

    raises  RegisterError naming file and field
    """
    return tuple(read_model(path, EverydayQuestions) for path in sorted((folder / FOLDER).glob("*.yaml")))
