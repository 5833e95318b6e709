"""A question for instruments, read as aims and risks in the catalogue's vocabulary, and the instruments that fit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from corpus import shipped
from corpus.instruments import Catalogue, Concept, Domain, Instrument, Link, Scale, read_catalogue
from ingest.index.lexical import words
from retrieval.answer import Hit
from retrieval.vocabulary import contains, named_terms

CATALOGUE = "instrumentencatalogus"  # id of the instrument catalogue among the sources
_ASKS = re.compile(
    r"\b(instrument\w*|maatregel\w*|middel(en)?|interventie\w*|ingrepen|aanpakken|measures?|tools?|interventions?)\b|"
    r"\b(wat|what)\s+(kan|kunnen|can|could)\b.*\b(doen|do)\b|"
    r"\bhoe\s+(voorkom|bevorder|bestrijd|versterk|vergroot|beperk)\w*\b|\bhow\s+(can|could|to|do|does)\b.*\b"
    r"(prevent|promote|avoid|counter|strengthen|limit|reduce)\b|"
    r"\bhoe\s+(kan|kun|kunnen)\b.*\b(voorkom|bevorder|bestrijd|versterk|vergro\w*t|beperk|tegengaa?n)\w*\b|"
    r"\b(wat|what)\s+(helpt|helps|werkt|works)\s+(tegen|om|bij|against|to)\b",
    re.IGNORECASE,
)
_MOST = 6  # instruments that fit
_WARNED = 3  # instruments that may cause a risk
# A link to an aim or from a risk that was asked for counts; one that may cause the risk counts against.
_WEIGHT = {"dient": 2.0, "beperkt": 2.0, "kan_veroorzaken": -3.0, "vereist": 0.0}
_WISHED = 0.5  # what an instrument gains for a scale or an actor that was asked for
_SHORTEST_PART = 7  # letters of a name that may be part of a compound
_AGREED = 2  # statements among the best hits that must share an aim, where the question names none
_LOOKED_AT = 10
_COUNTERS = frozenset(words("tegengaan countering"))  # what stands before the thing itself in the name of an aim
_DOMAINS: dict[str, Domain] = {
    "fysiek": "fysiek",
    "physical": "fysiek",
    "sociaal": "sociaal",
    "sociale": "sociaal",
    "social": "sociaal",
    "economisch": "economisch",
    "economic": "economisch",
    "juridisch": "juridisch",
    "wettelijk": "juridisch",
    "legal": "juridisch",
}
_OF_DOMAIN = re.compile(
    rf"\b({'|'.join(_DOMAINS)})e?\s+(?:instrument\w*|maatregel\w*|middelen|interventi\w*|ingrepen|measures?|tools?)\b",
    re.IGNORECASE,
)
_SCALES: dict[Scale, str] = {
    "complex": r"complex(?:en|es)?|gebouw(?:en)?|buildings?",
    "straat": r"straat|straten|streets?",
    "buurt": r"buurt(?:en|niveau)?",
    "wijk": r"wijkniveau",
    "stad": r"stad|stedelijk\w*|cit(?:y|ies)",
    "regio": r"regio\w*|regionaa?l\w*|region\w*",
}
_ON_SCALE = {
    scale: re.compile(
        rf"\b(?:op|in|binnen|per|at|within|on)\s+(?:(?:de|het|een|the|an?|schaal\s+van)\s+){{0,2}}(?:{names})\b",
        re.IGNORECASE,
    )
    for scale, names in _SCALES.items()
}


@dataclass(frozen=True, slots=True)
class Need:
    """What a question asks of an instrument: aims to serve, and risks to avoid. At least one of them.

    `domain`, `scales` and `actors` are those that the question names.
    """

    aims: tuple[Concept, ...]
    risks: tuple[Concept, ...]
    domain: Domain | None = None
    scales: tuple[Scale, ...] = ()
    actors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fit:
    """An instrument with its links that bear on the need, best fit first; `warns` if it may cause the risk."""

    instrument: Instrument
    links: tuple[Link, ...]
    warns: bool


@cache
def catalogue() -> Catalogue:
    """The shipped catalogue, read once."""
    return read_catalogue(shipped() / "instrumenten.yaml")


@cache
def _names(concept_id: str) -> tuple[tuple[str, ...], ...]:
    """Label, synonyms and id of a concept as stems, in both languages."""
    concept = next(c for c in (*catalogue().aims, *catalogue().risks) if c.id == concept_id)
    names = (concept.label.nl, concept.label.en, concept.id, *concept.synonyms.nl, *concept.synonyms.en)
    found = [tuple(words(text)) for text in names]
    countered = [name[1:] for name in found if name and name[0] in _COUNTERS]
    return tuple(name for name in (*found, *countered) if name)


def read_need(question: str, hits: Sequence[Hit] = ()) -> Need | None:
    """The need behind a question for instruments; None for any other question.

    Where the question names no aim or risk, that is taken which the catalogue's statements among its best `hits`
    agree on.
    """
    if not _ASKS.search(question):
        return None
    aims, risks = _named(catalogue().aims, question), _named(catalogue().risks, question)
    stems = words(question)
    if not aims and not risks:
        aims, risks = _agreed(hits)
    if not aims and not risks:
        return None
    domain = _OF_DOMAIN.search(question)
    actors = {actor for instrument in catalogue().instruments for actor in instrument.actors}
    return Need(
        aims,
        risks,
        _DOMAINS[domain[1].lower()] if domain else None,
        tuple(scale for scale, said in _ON_SCALE.items() if said.search(question)),
        tuple(sorted(actor for actor in actors if set(stems).issuperset(words(actor)))),
    )


def _named(concepts: Sequence[Concept], question: str) -> tuple[Concept, ...]:
    """The concepts that a question names: by label or synonym, as part of a compound, or by a term of the glossary."""
    stems = words(question)
    named = named_terms(question, everyday=True)
    terms = {tuple(words(name)) for term in named for name in (term.label.nl, term.label.en)}
    found = [c for c in concepts if any(_is_said(name, stems) or name in terms for name in _names(c.id))]
    longest = {c.id: max(len(name) for name in _names(c.id) if _is_said(name, stems) or name in terms) for c in found}
    return tuple(c for c in found if not _within_another(c, found, longest, stems))


def _within_another(concept: Concept, found: Sequence[Concept], longest: dict[str, int], stems: Sequence[str]) -> bool:
    """Whether a concept is named only by words of a longer name of another one: "contact" in "geen contact meer"."""
    mine = [name for name in _names(concept.id) if _is_said(name, stems)]
    others = [name for other in found if other is not concept for name in _names(other.id) if contains(stems, name)]
    return bool(mine) and all(any(len(o) > len(name) and contains(o, name) for o in others) for name in mine)


def _is_said(name: Sequence[str], stems: Sequence[str]) -> bool:
    if contains(stems, name):
        return True
    part = name[0]
    return len(name) == 1 and len(part) >= _SHORTEST_PART and any(s.startswith(part) or s.endswith(part) for s in stems)


def _agreed(hits: Sequence[Hit]) -> tuple[tuple[Concept, ...], tuple[Concept, ...]]:
    """The aims served and risks limited by at least two of the statements among the best hits."""
    links = {
        text: link
        for instrument in catalogue().instruments
        for link in instrument.relations
        if link.relation in ("dient", "beperkt")
        for text in (link.text.nl, link.text.en)
    }
    found = [links[hit.passage.text] for hit in hits[:_LOOKED_AT] if hit.passage.text in links]
    count = Counter(link.target for link in found)
    agreed = {target for target, times in count.items() if times >= _AGREED}
    aims = tuple(concept for concept in catalogue().aims if concept.id in agreed)
    return aims, tuple(concept for concept in catalogue().risks if concept.id in agreed)


def fitting(need: Need) -> tuple[Fit, ...]:
    """The instruments that fit a need, best first, then those that may cause a risk to avoid."""
    scored = []
    for instrument in catalogue().instruments:
        links = tuple(_bearing(instrument, need))
        if links and need.domain in (None, instrument.domain):
            scored.append((_worth(instrument, links, need), Fit(instrument, links, _warns(links))))
    scored.sort(key=lambda entry: -entry[0])
    fits = [fit for score, fit in scored if score > 0 and not fit.warns]
    warned = [fit for _, fit in scored if fit.warns]
    return (*fits[:_MOST], *warned[:_WARNED])


def _worth(instrument: Instrument, links: Sequence[Link], need: Need) -> float:
    worth = sum(_WEIGHT[link.relation] for link in links)
    wished = bool(set(instrument.scale) & set(need.scales)) + bool(set(instrument.actors) & set(need.actors))
    shown = any(effect.evidence in ("sterk", "matig") for effect in instrument.effects)
    served = any(link.relation == "dient" for link in links) and any(link.relation == "beperkt" for link in links)
    return worth + served + _WISHED * wished + 0.1 * shown


def _warns(links: Sequence[Link]) -> bool:
    return any(link.relation == "kan_veroorzaken" for link in links)


def _bearing(instrument: Instrument, need: Need) -> Iterator[Link]:
    """Links of an instrument that serve an aim, or bear on a risk, of the need; one for each target and relation."""
    seen: set[tuple[str, str]] = set()
    aims, risks = {concept.id for concept in need.aims}, {concept.id for concept in need.risks}
    for link in instrument.relations:
        bears = link.target in risks if link.relation != "dient" else link.target in aims
        if bears and (link.target, link.relation) not in seen:
            seen.add((link.target, link.relation))
            yield link
