"""The instrument catalogue on the page: a table to filter, a page of each instrument, a picture of how they hang
together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from corpus import Source
from corpus.instruments import Catalogue, Instrument, Link, Relation, Statement
from corpus.place import Place
from ingest.document import Locator
from retrieval.answer import Filters
from ui import places
from ui.address import Asked, address_of
from ui.markup import escape, field, link, options, outside, query, table
from ui.messages import Messages
from ui.picture import picture_svg

Records = Mapping[str, Source]
_SIEVES = ("aim", "risk", "domain", "scale", "actor")
_AVOIDS: Relation = "beperkt"


def instruments_html(catalogue: Catalogue, records: Records, values: Mapping[str, str], messages: Messages) -> str:
    """Filters, table and picture. Rows are sifted in the browser; the address says by what."""
    heads = [messages(f"instruments.{n}") for n in ("name", "where", "serves", "limits", "causes", "basis", "evidence")]
    labels = concept_labels(catalogue, messages)
    numbers = {name: n for n, name in enumerate(_cited(catalogue), start=1)}
    cells = _Cells(labels, records, numbers, messages)
    rows = [(_sifted(instrument), cells.row(instrument)) for instrument in catalogue.instruments]
    sources = "".join(
        f'<li value="{n}">{escape(records[name].short_title if name in records else name)}</li>'
        for name, n in numbers.items()
    )
    return (
        f'<section class="view" aria-labelledby="view-title"><h2 id="view-title" tabindex="-1">'
        f"{escape(messages('page.view.instruments'))}</h2><p>{escape(messages('instruments.intro'))}</p>"
        f"{picture_svg(catalogue, labels, messages)}{_sieve(catalogue, labels, values, messages)}"
        f"{table(messages('instruments.table'), heads, rows, kind='catalogue-table')}"
        f'<h3>{escape(messages("instruments.sources"))}</h3><ol class="numbered">{sources}</ol></section>'
    )


def concept_labels(catalogue: Catalogue, messages: Messages) -> dict[str, str]:
    """Aims and risks by id, in the reader's language."""
    return {c.id: getattr(c.label, messages.language) for c in (*catalogue.aims, *catalogue.risks)}


def _cited(catalogue: Catalogue) -> dict[str, None]:
    """Ids of the sources that the catalogue rests on, in order of appearance."""
    return {place.source: None for i in catalogue.instruments for s in i.statements() for place in s.at}


def _sieve(catalogue: Catalogue, labels: Mapping[str, str], values: Mapping[str, str], messages: Messages) -> str:
    actors = sorted({actor for i in catalogue.instruments for actor in i.actors})
    domains = list(dict.fromkeys(i.domain for i in catalogue.instruments))
    scales = ("complex", "straat", "buurt", "wijk", "stad", "regio")
    choices: dict[str, list[tuple[str, str]]] = {
        "aim": [(c.id, labels[c.id]) for c in catalogue.aims],
        "risk": [(c.id, labels[c.id]) for c in catalogue.risks],
        "domain": [(name, messages(f"instruments.domain.{name}")) for name in domains],
        "scale": [(name, messages(f"instruments.scale.{name}")) for name in scales],
        "actor": [(name, actor_text(name, messages)) for name in actors],
    }
    controls = "".join(
        field(
            name,
            messages(f"instruments.by.{name}"),
            f'<select id="field-{name}" name="{name}">'
            f"{options(choices[name], values.get(name), messages('instruments.any'))}</select>",
        )
        for name in _SIEVES
    )
    return (
        f'<form class="sieve fields" data-of=".catalogue-table tbody tr" data-said="{escape(messages("sieve.said"))}">'
        f'{controls}</form><p role="status" class="count"></p>'
    )


def actor_text(actor: str, messages: Messages) -> str:
    """An actor in the reader's language."""
    return messages("instruments.actor." + actor.replace(" ", "_"))


def _sifted(instrument: Instrument) -> str:
    """Attributes by which the browser sifts."""
    values: dict[str, Sequence[str]] = {
        "aim": [r.target for r in instrument.relations if r.relation == "dient"],
        "risk": [r.target for r in instrument.relations if r.relation == _AVOIDS],
        "domain": [instrument.domain],
        "scale": instrument.scale,
        "actor": instrument.actors,
    }
    return "".join(f' data-{name}="{escape("|".join(given))}"' for name, given in values.items())


class _Cells:
    """The cells of the table: what is stated, and behind it the number of its source and the page."""

    def __init__(
        self, labels: Mapping[str, str], records: Records, numbers: Mapping[str, int], messages: Messages
    ) -> None:
        self._labels, self._records, self._numbers, self._messages = labels, records, numbers, messages

    def row(self, instrument: Instrument) -> list[str]:
        messages = self._messages
        name = link(
            query(lang=messages.language, instrument=instrument.id), getattr(instrument.name, messages.language)
        )
        where = (
            messages(f"instruments.domain.{instrument.domain}"),
            ", ".join(messages(f"instruments.scale.{scale}") for scale in instrument.scale),
            ", ".join(actor_text(actor, messages) for actor in instrument.actors),
        )
        evidence = [(messages(f"instruments.evidence.{e.evidence}"), e.at) for e in instrument.effects]
        basis = [(getattr(b.text, messages.language), b.at) for b in instrument.legal_basis]
        return [
            name + self._marks(instrument.does[0].at),
            f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in where if text)}</ul>",
            *(self._list(self._linked(instrument, relation)) for relation in ("dient", "beperkt", "kan_veroorzaken")),
            self._list(basis),
            self._list(evidence),
        ]

    def _linked(self, instrument: Instrument, relation: str) -> list[tuple[str, tuple[Place, ...]]]:
        places_by_target: dict[str, tuple[Place, ...]] = {}
        for at in instrument.relations:
            if at.relation == relation:
                places_by_target[at.target] = (*places_by_target.get(at.target, ()), *at.at)
        return [(self._labels[target], at) for target, at in places_by_target.items()]

    def _list(self, entries: Sequence[tuple[str, tuple[Place, ...]]]) -> str:
        if not entries:
            return f'<span class="nothing">{escape(self._messages("page.instruments.nothing"))}</span>'
        return f"<ul>{''.join(f'<li>{escape(text)}{self._marks(at)}</li>' for text, at in entries)}</ul>"

    def _marks(self, at: Iterable[Place]) -> str:
        shown = {(p.source, p.page, p.article): p for p in at}
        return "".join(self._mark(place) for place in shown.values())

    def _mark(self, place: Place) -> str:
        record = self._records.get(place.source)
        where = place_of(place, record, self._messages)
        short = f"art. {place.article}" if place.article else where if place.page else ""
        title = record.short_title if record else place.source
        spoken = f'<span class="unseen">{escape(title)}: </span>'
        number = f"{self._numbers[place.source]}{', ' if short else ''}{short.split(',')[0]}"
        return f' <span class="at" title="{escape(f"{title}, {where}")}">{spoken}[{escape(number)}]</span>'


def place_of(place: Place, record: Source | None, messages: Messages) -> str:
    """Where a statement of ours rests, in words."""
    locator = locator_of(place)
    if record is None:
        return messages("place.page", page=place.page) if place.page else messages("place.nowhere")
    return places.place_text(locator, record, messages)


def locator_of(place: Place) -> Locator:
    """A place of our own files as a place in a document."""
    section = (place.section,) if place.section else ()
    return Locator(page=place.page, section=section, article=place.article, paragraph=place.paragraph, note=place.note)


# --- one instrument ---------------------------------------------------------------------------


def instrument_html(instrument: Instrument, catalogue: Catalogue, records: Records, messages: Messages) -> str:
    """Everything the catalogue says of one instrument, each statement with its sources."""
    labels, language = concept_labels(catalogue, messages), messages.language
    name = getattr(instrument.name, language)
    facts = [
        (messages("instruments.other_names"), ", ".join(getattr(instrument.other_names, language))),
        (messages("instruments.by.domain"), messages(f"instruments.domain.{instrument.domain}")),
        (messages("instruments.by.scale"), ", ".join(messages(f"instruments.scale.{s}") for s in instrument.scale)),
        (messages("instruments.by.actor"), ", ".join(actor_text(a, messages) for a in instrument.actors)),
    ]
    rows = "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in facts if v)
    groups: list[tuple[str, Sequence[Statement]]] = [
        ("does", instrument.does),
        *(
            (relation, [r for r in instrument.relations if r.relation == relation])
            for relation in ("dient", "beperkt", "kan_veroorzaken", "vereist")
        ),
        ("basis", instrument.legal_basis),
        ("effects", instrument.effects),
        ("conditions", instrument.conditions),
        ("criticism", instrument.criticism),
    ]
    sections = "".join(_group(key, found, labels, records, messages) for key, found in groups if found)
    question = messages("instruments.question", name=name)
    ask = link(address_of(Asked(question, Filters()), language), question, kind="chip")
    back = link(query(lang=language, view="instruments"), messages("instruments.back"))
    return (
        f'<section class="view own" aria-labelledby="view-title"><p>{back}</p>'
        f'<h2 id="view-title" tabindex="-1">{escape(name)}</h2><dl class="facts">{rows}</dl>'
        f'{sections}<p class="aside">{escape(messages("instruments.own_words"))}</p><p>{ask}</p></section>'
    )


def _group(
    key: str, found: Sequence[Statement], labels: Mapping[str, str], records: Records, messages: Messages
) -> str:
    items = "".join(_statement(statement, labels, records, messages) for statement in found)
    return f'<h3>{escape(messages(f"instruments.group.{key}"))}</h3><ul class="statements">{items}</ul>'


def _statement(statement: Statement, labels: Mapping[str, str], records: Records, messages: Messages) -> str:
    lead = ""
    if isinstance(statement, Link):
        kind = "aim" if statement.relation == "dient" else "risk"
        address = query(lang=messages.language, view="instruments", **{kind: statement.target})
        lead = f"<strong>{link(address, labels[statement.target])}</strong>: "
    text = escape(getattr(statement.text, messages.language))
    evidence = getattr(statement, "evidence", None)
    if evidence:
        text += f' <span class="badge">{escape(messages(f"instruments.evidence.{evidence}"))}</span>'
    at = "; ".join(source_of(place, records, messages) for place in statement.at)
    return f'<li>{lead}{text} <span class="from">{escape(messages("instruments.from"))}: {at}</span></li>'


def source_of(place: Place, records: Records, messages: Messages) -> str:
    """Title and place of a statement's source as HTML, linked where the source can be opened."""
    record = records.get(place.source)
    where = place_of(place, record, messages)
    if record is None:
        return escape(f"{place.source}, {where}")
    text = where if place.article else f"{record.short_title}, {where}"
    address = places.address(record, locator_of(place))
    return outside(address, text, messages) if address else escape(text)
