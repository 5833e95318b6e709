"""The table for a question for instruments: each instrument against the aims and risks asked for, every cell cited."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.instruments import Evidence, Link, Statement
from ingest.index.generation import Generation
from retrieval.answer import Cell, InstrumentRow, Language
from retrieval.instruments import CATALOGUE, Fit, Need, fitting
from retrieval.layout import Layout
from retrieval.task import Task, own_statement

_IN_A_CELL = 2  # statements
_EVIDENCE: dict[Evidence, tuple[str, str]] = {
    "sterk": ("sterk", "strong"),
    "matig": ("matig", "moderate"),
    "zwak": ("zwak", "weak"),
    "omstreden": ("omstreden", "contested"),
    "onbekend": ("onbekend", "unknown"),
}


def table(generation: Generation, layout: Layout, task: Task, need: Need) -> tuple[InstrumentRow, ...]:
    """The instruments that fit a need, best first, as far as their sources may be searched."""
    rows = []
    for fit in fitting(need):
        row = _row(generation, layout, task, need, fit)
        if row.serves.citations or row.risk.citations:
            rows.append(row)
    return tuple(rows)


def _row(generation: Generation, layout: Layout, task: Task, need: Need, fit: Fit) -> InstrumentRow:
    instrument = fit.instrument

    def cell(statements: Sequence[Statement], label: str = "") -> Cell:
        return _cell(generation, layout, task, statements, label)

    serves: list[Statement] = [link for link in fit.links if link.relation == "dient"]
    serves = serves or list(() if need.aims else instrument.does[:1])
    bearing = [link for link in fit.links if link.relation in ("beperkt", "kan_veroorzaken")]
    effects = sorted(instrument.effects, key=lambda effect: effect.evidence == "onbekend")[:1]
    rated = _rating(effects[0].evidence, task.language) if effects else ""
    return InstrumentRow(
        id=instrument.id,
        name=getattr(instrument.name, task.language),
        serves=cell(serves),
        risk=cell(bearing or _own_risks(fit, need)),
        legal_basis=cell(instrument.legal_basis),
        evidence=cell(effects, rated),
        warns=fit.warns,
    )


def _own_risks(fit: Fit, need: Need) -> list[Link]:
    """Where no risk was asked for, those that the instrument itself runs."""
    if need.risks:
        return []
    return [link for link in fit.instrument.relations if link.relation == "kan_veroorzaken"][:1]


def _rating(evidence: Evidence, language: Language) -> str:
    nl, en = _EVIDENCE[evidence]
    return en if language == "en" else nl


def _cell(generation: Generation, layout: Layout, task: Task, statements: Sequence[Statement], label: str) -> Cell:
    """The first statements that may be shown, cited; `label` stands before them. Without any: not found."""
    texts, numbers = [], []
    for statement in statements[:_IN_A_CELL]:
        text = getattr(statement.text, task.language)
        sentence = own_statement(generation, task, CATALOGUE, text)
        if sentence is not None and text not in texts:
            texts.append(text)
            numbers.append(layout.number(sentence))
    if not texts:
        return Cell()
    said = " ".join(texts)
    return Cell(text=f"{label}: {said}" if label else said, citations=tuple(numbers))
