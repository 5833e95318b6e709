"""What the knowledge base holds: sources, passages, instruments, terms."""

from __future__ import annotations

from functools import cache
from typing import Annotated

from fastapi import APIRouter, Path, Query

from corpus import Kind, shipped
from corpus.instruments import Concept, Domain, Instrument, Relation, Scale
from corpus.terms import Glossary, Term, read_glossary
from ingest.document import Form
from ingest.index.store import Holding
from retrieval.engine import Engine
from retrieval.instruments import catalogue
from ui.api.desk import AtDesk, InLanguage, Limit, Offset, VersionedRoute, cut
from ui.api.models import Page, PassageAndNeighbours, PassageRecord, SourceRecord
from ui.api.problems import Problem, responses
from ui.messages import Messages

MAX_AROUND = 10
router = APIRouter(tags=["knowledge base"], route_class=VersionedRoute)
Name = Annotated[str, Path(min_length=1, max_length=200)]


@router.get("/sources", responses=responses(422, 429))
def sources(
    desk: AtDesk, kind: Kind | None = None, form: Form | None = None, offset: Offset = 0, limit: Limit = 50
) -> Page[SourceRecord]:
    """The sources held, each with the forms in which it is held: the original, our digest, our catalogue."""
    found = [
        SourceRecord.of(held)
        for held in by_source(desk.engine).values()
        if kind in (None, held[0].source.kind) and (form is None or any(h.form == form for h in held))
    ]
    return Page[SourceRecord].of(cut(found, offset, limit), len(found), offset, limit)


def by_source(engine: Engine) -> dict[str, list[Holding]]:
    """Holdings of each source, in the order held."""
    found: dict[str, list[Holding]] = {}
    for holding in engine.holdings:
        found.setdefault(holding.source.id, []).append(holding)
    return found


@router.get("/sources/{source_id}", responses=responses(404, 422, 429))
def source(desk: AtDesk, messages: InLanguage, source_id: Name) -> SourceRecord:
    """One source."""
    held = by_source(desk.engine).get(source_id)
    if held is None:
        raise unknown("source", source_id, messages)
    return SourceRecord.of(held)


def unknown(what: str, name: str, messages: Messages) -> Problem:
    """That there is no such thing."""
    return Problem(404, "no_such", what=messages(f"api.what.{what}"), called=name)


@router.get("/sources/{source_id}/passages", responses=responses(404, 422, 429))
def passages_of_source(
    desk: AtDesk, messages: InLanguage, source_id: Name, form: Form = "original", offset: Offset = 0, limit: Limit = 50
) -> Page[PassageRecord]:
    """The passages of a source in reading order, of one form."""
    holding = next((h for h in by_source(desk.engine).get(source_id, []) if h.form == form), None)
    if holding is None:
        raise unknown("source", f"{source_id} ({form})", messages)
    found = desk.engine.passages_of(source_id, form, offset, limit)
    items = [PassageRecord.of(passage, record) for passage, record in found]
    return Page[PassageRecord].of(items, holding.passages, offset, limit)


@router.get("/passages/{passage_id}", responses=responses(404, 422, 429))
def passage(
    desk: AtDesk, messages: InLanguage, passage_id: Name, around: Annotated[int, Query(ge=0, le=MAX_AROUND)] = 1
) -> PassageAndNeighbours:
    """A passage by its id, with the passages `around` it."""
    try:
        return passage_around(desk.engine, passage_id, around)
    except KeyError as error:
        raise unknown("passage", passage_id, messages) from error


def passage_around(engine: Engine, passage_id: str, around: int) -> PassageAndNeighbours:
    """A passage and its neighbours in its source.

    raises  KeyError if it is not held
    """
    before, middle, after = engine.passage(passage_id, around)
    return PassageAndNeighbours(
        passage=PassageRecord.of(*middle),
        before=[PassageRecord.of(*each) for each in before],
        after=[PassageRecord.of(*each) for each in after],
    )


@router.get("/instruments", responses=responses(422, 429))
def instruments(
    aim: Annotated[str | None, Query(max_length=100, description="id of an aim that it serves")] = None,
    risk: Annotated[str | None, Query(max_length=100, description="id of a risk on which it bears")] = None,
    relation: Annotated[Relation | None, Query(description="how it bears on that risk")] = None,
    domain: Domain | None = None,
    scale: Scale | None = None,
    actor: Annotated[str | None, Query(max_length=100, examples=["gemeente"])] = None,
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[Instrument]:
    """Policy instruments of the catalogue; every statement has its place in a source. All conditions hold at once."""
    found = find_instruments(aim, risk, relation, domain, scale, actor)
    return Page[Instrument].of(cut(found, offset, limit), len(found), offset, limit)


def find_instruments(
    aim: str | None = None,
    risk: str | None = None,
    relation: Relation | None = None,
    domain: Domain | None = None,
    scale: Scale | None = None,
    actor: str | None = None,
) -> list[Instrument]:
    """The instruments for which all given conditions hold, in the catalogue's order."""

    def fits(instrument: Instrument) -> bool:
        links = {(link.target, link.relation) for link in instrument.relations}
        bears = {how for target, how in links if target == risk}
        return (
            (aim is None or (aim, "dient") in links)
            and (risk is None or bool(bears and relation is None) or relation in bears)
            and domain in (None, instrument.domain)
            and (scale is None or scale in instrument.scale)
            and (actor is None or actor.casefold() in {name.casefold() for name in instrument.actors})
        )

    return [instrument for instrument in catalogue().instruments if fits(instrument)]


@router.get("/instruments/{instrument_id}", responses=responses(404, 422, 429))
def instrument(messages: InLanguage, instrument_id: Name) -> Instrument:
    """One instrument."""
    found = next((each for each in catalogue().instruments if each.id == instrument_id), None)
    if found is None:
        raise unknown("instrument", instrument_id, messages)
    return found


@router.get("/aims", responses=responses(429))
def aims() -> list[Concept]:
    """The aims that instruments may serve."""
    return list(catalogue().aims)


@router.get("/risks", responses=responses(429))
def risks() -> list[Concept]:
    """The risks that instruments may cause or limit."""
    return list(catalogue().risks)


@cache
def _glossary() -> Glossary:
    return read_glossary(shipped() / "begrippen.yaml")


@router.get("/terms", responses=responses(422, 429))
def terms(
    q: Annotated[str, Query(max_length=100, description="a stretch of any name of the term")] = "",
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[Term]:
    """Terms of the field, in Dutch and English."""
    word = q.casefold()
    found = [term for term in _glossary().terms if word in " ".join(term.names()).casefold()]
    return Page[Term].of(cut(found, offset, limit), len(found), offset, limit)


@router.get("/terms/{term_id}", responses=responses(404, 422, 429))
def term(messages: InLanguage, term_id: Name) -> Term:
    """One term."""
    found = next((each for each in _glossary().terms if each.id == term_id), None)
    if found is None:
        raise unknown("term", term_id, messages)
    return found
