"""A question for instruments, read as aims and risks in the catalogue's vocabulary, and the instruments that fit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from corpus import shipped
from corpus.instruments import Catalogue, Concept, Instrument, Link, Statement, read_catalogue
from ingest.index.lexical import words
from retrieval.answer import Language

_ASKS = re.compile(
    r"\b(instrument\w*|maatregel\w*|middel(en)?|interventie\w*|ingrepen|aanpakken|measures?|tools?|interventions?)\b",
    re.IGNORECASE,
)
_MOST = 6  # instruments in an answer
# A link to an aim or from a risk that was asked for counts; one that may cause the risk counts against.
_WEIGHT = {"dient": 2, "beperkt": 2, "kan_veroorzaken": -3, "vereist": 0}


@dataclass(frozen=True, slots=True)
class Need:
    """What a question asks of an instrument: aims to serve, and risks to avoid. At least one of them."""

    aims: tuple[Concept, ...]
    risks: tuple[Concept, ...]


@dataclass(frozen=True, slots=True)
class Fit:
    """An instrument with its statements that bear on the need, best fit first; `warns` if it may cause the risk."""

    instrument: Instrument
    statements: tuple[Statement, ...]
    warns: bool


@cache
def catalogue() -> Catalogue:
    """The shipped catalogue, read once."""
    return read_catalogue(shipped() / "instrumenten.yaml")


def read_need(question: str) -> Need | None:
    """The need behind a question for instruments; None for any other question."""
    if not _ASKS.search(question):
        return None
    stems = words(question)
    vocabulary = catalogue()
    need = Need(
        tuple(concept for concept in vocabulary.aims if _named(concept, stems)),
        tuple(concept for concept in vocabulary.risks if _named(concept, stems)),
    )
    return need if need.aims or need.risks else None


def _named(concept: Concept, stems: Sequence[str]) -> bool:
    """Whether a label or synonym of a concept stands in a question, word by word, in either language."""
    names = (concept.label.nl, concept.label.en, *concept.synonyms.nl, *concept.synonyms.en)
    return any(_contains(stems, words(name)) for name in names)


def _contains(stems: Sequence[str], name: Sequence[str]) -> bool:
    length = len(name)
    return bool(name) and any(list(stems[i : i + length]) == list(name) for i in range(len(stems) - length + 1))


def fitting(need: Need) -> tuple[Fit, ...]:
    """The instruments that fit a need, best first, then those that may cause a risk to avoid."""
    scored = []
    for instrument in catalogue().instruments:
        links = list(_bearing(instrument, need))
        if links:
            scored.append((sum(_WEIGHT[link.relation] for link in links), instrument, links))
    scored.sort(key=lambda entry: -entry[0])
    fits = [_fit(instrument, links, warns=False) for score, instrument, links in scored if score > 0][:_MOST]
    against = [_fit(instrument, links, warns=True) for score, instrument, links in scored if score < 0]
    return (*fits, *against)


def _bearing(instrument: Instrument, need: Need) -> Iterator[Link]:
    """Links of an instrument that serve an aim, or bear on a risk, of the need; one for each target and relation."""
    seen: set[tuple[str, str]] = set()
    aims, risks = {concept.id for concept in need.aims}, {concept.id for concept in need.risks}
    for link in instrument.relations:
        bears = link.target in risks if link.relation != "dient" else link.target in aims
        if bears and (link.target, link.relation) not in seen:
            seen.add((link.target, link.relation))
            yield link


def _fit(instrument: Instrument, links: list[Link], *, warns: bool) -> Fit:
    return Fit(instrument, (*instrument.does[:1], *links), warns)


def texts(fit: Fit, language: Language) -> list[str]:
    """The statements of a fit in one language, none twice."""
    return list(dict.fromkeys(getattr(statement.text, language) for statement in fit.statements))
