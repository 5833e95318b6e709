"""Questions in everyday words, and the places in the sources that answer them: our own, kept in vragen/*.yaml.

People do not know the words of a law or a report. A question in their own words leads to the passage, which is what is
shown and cited (document expansion by questions: Nogueira et al. 2019, arXiv:1904.08375; here written, not generated).
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


class EverydayQuestions(BaseModel):
    """All everyday questions to one source."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = Field(min_length=1)
    questions: tuple[Asked, ...]

    def place(self, asked: Asked) -> Place:
        """Where the answer stands."""
        return Place(source=self.source, **asked.at.model_dump())


def read_everyday(folder: Path) -> tuple[EverydayQuestions, ...]:
    """The questions kept beside a register of sources; none if there are none.

    raises  RegisterError naming file and field
    """
    return tuple(read_model(path, EverydayQuestions) for path in sorted((folder / FOLDER).glob("*.yaml")))
