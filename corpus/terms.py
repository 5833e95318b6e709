"""The terms of the field: labels, synonyms, definitions, and how they hang together."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from corpus.place import Bilingual, Names, Place
from corpus.yaml_file import read_model


class Term(BaseModel):
    """One concept. `everyday` are citizens' and councillors' words: for finding it, not for showing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    label: Bilingual
    synonyms: Names = Names()
    abbreviations: tuple[str, ...] = ()
    everyday: Names = Names()
    definition: Bilingual
    at: tuple[Place, ...] = ()
    broader: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    related: tuple[str, ...] = ()

    def names(self) -> tuple[str, ...]:
        """Every word by which the term may be asked for, in both languages, the labels first."""
        both = (self.synonyms, self.everyday)
        return (
            self.label.nl,
            self.label.en,
            *self.abbreviations,
            *(n for names in both for n in (*names.nl, *names.en)),
        )


class Glossary(BaseModel):
    """All terms; every link leads to a term and has its counterpart."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    terms: tuple[Term, ...]

    @model_validator(mode="after")
    def _links_agree(self) -> Glossary:
        by_id = {term.id: term for term in self.terms}
        if len(by_id) < len(self.terms):
            raise ValueError("a term id occurs twice")
        for term in self.terms:
            for field, counterpart in (("broader", "narrower"), ("narrower", "broader"), ("related", "related")):
                for other in getattr(term, field):
                    if other not in by_id or term.id not in getattr(by_id[other], counterpart):
                        raise ValueError(f"{term.id}: {field} {other!r} has no term that links back")
        return self


def read_glossary(path: Path) -> Glossary:
    """The terms of one file.

    raises  RegisterError naming file and field
    """
    return read_model(path, Glossary)
