"""The instrument catalogue: policy instruments, their aims and risks, each statement with its place in a source."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from corpus.place import Bilingual, Names, Place
from corpus.yaml_file import read_model

Domain = Literal["fysiek", "sociaal", "economisch", "juridisch", "proces"]
Scale = Literal["complex", "straat", "buurt", "wijk", "stad", "regio"]
Relation = Literal["dient", "kan_veroorzaken", "beperkt", "vereist"]
Evidence = Literal["sterk", "matig", "zwak", "omstreden", "onbekend"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Concept(_Record):
    """An aim that policy serves, or a risk that it runs."""

    id: str
    label: Bilingual
    synonyms: Names = Names()
    definition: Bilingual


class Statement(_Record):
    """One sentence of ours; without a place it is not stated."""

    text: Bilingual
    at: tuple[Place, ...] = Field(min_length=1)


class Link(Statement):
    """What an instrument does to an aim or a risk: dient, kan_veroorzaken, beperkt or vereist."""

    target: str
    relation: Relation


class Effect(Statement):
    """A reported effect and how strong the evidence is."""

    evidence: Evidence


class Instrument(_Record):
    """One policy instrument or approach."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    name: Bilingual
    other_names: Names = Names()
    domain: Domain
    scale: tuple[Scale, ...] = ()
    actors: tuple[str, ...] = ()
    does: tuple[Statement, ...] = Field(min_length=1)
    relations: tuple[Link, ...] = Field(min_length=1)
    legal_basis: tuple[Statement, ...] = ()
    effects: tuple[Effect, ...] = ()
    conditions: tuple[Statement, ...] = ()
    criticism: tuple[Statement, ...] = ()

    @model_validator(mode="after")
    def _serves_an_aim(self) -> Instrument:
        if not any(link.relation == "dient" for link in self.relations):
            raise ValueError("an instrument serves at least one aim (relation: dient)")
        return self

    def statements(self) -> Iterator[Statement]:
        """All its statements, in the order of the fields."""
        for group in (self.does, self.relations, self.legal_basis, self.effects, self.conditions, self.criticism):
            yield from group


class Catalogue(_Record):
    """All instruments with the vocabulary of aims and risks."""

    aims: tuple[Concept, ...]
    risks: tuple[Concept, ...]
    instruments: tuple[Instrument, ...]

    @model_validator(mode="after")
    def _names_agree(self) -> Catalogue:
        concepts = [concept.id for concept in (*self.aims, *self.risks)]
        ids = [*concepts, *(instrument.id for instrument in self.instruments)]
        twice = {name for name in ids if ids.count(name) > 1}
        targets = {link.target for instrument in self.instruments for link in instrument.relations}
        unknown = targets - set(concepts)
        if twice or unknown:
            raise ValueError(f"ids that occur twice: {sorted(twice)}; targets that do not exist: {sorted(unknown)}")
        return self


def read_catalogue(path: Path) -> Catalogue:
    """The catalogue of one file.

    raises  RegisterError naming file and field
    """
    return read_model(path, Catalogue)
