"""The JSON of `ask` and `search`: the published contract of docs/answer.schema.json."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from ingest.document import Locator
from retrieval.answer import (
    Answer,
    Cell,
    Citation,
    Event,
    Hit,
    InstrumentRow,
    PassagesFound,
    Reading,
    SearchResult,
    SentenceChecked,
)
from ui.places import address

_SCHEMA = Path(__file__).parents[1] / "docs" / "answer.schema.json"


@cache
def answer_schema() -> dict[str, Any]:
    """The contract as JSON Schema."""
    schema: dict[str, Any] = json.loads(_SCHEMA.read_text(encoding="utf-8"))
    return schema


def answer_json(answer: Answer) -> dict[str, Any]:
    """An answer as the contract has it."""
    return {
        "question": answer.question,
        "language": answer.language,
        "answered": answer.answered,
        "reason": answer.reason,
        "answer": [{"text": part.text, "kind": part.kind, "citations": list(part.citations)} for part in answer.parts],
        "citations": [citation_json(citation) for citation in answer.citations],
        "passages": [_hit(hit) for hit in answer.hits],
        "confidence": answer.confidence,
        "generator": answer.generator,
        "corpus_version": answer.corpus_version,
        "reading": _reading(answer.reading) if answer.reading else None,
        "instruments": [_instrument(row) for row in answer.instruments],
        "follow_ups": list(answer.follow_ups),
        "notices": list(answer.notices),
        "struck": answer.struck,
        "timings_ms": answer.timings_ms,
    }


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "question": reading.question,
        "kind": reading.kind,
        "terms": [{"said": added.said, "term": added.term} for added in reading.terms],
        "aims": list(reading.aims),
        "risks": list(reading.risks),
        "law_date": reading.law_date,
    }


def _instrument(row: InstrumentRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "serves": _cell(row.serves),
        "risk": _cell(row.risk),
        "legal_basis": _cell(row.legal_basis),
        "evidence": _cell(row.evidence),
        "warns": row.warns,
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {"text": cell.text, "citations": list(cell.citations)}


def search_json(result: SearchResult) -> dict[str, Any]:
    """The passages part of the contract, for `search`."""
    return {
        "question": result.query,
        "language": result.language,
        "passages": [_hit(hit) for hit in result.hits],
        "corpus_version": result.corpus_version,
        "timings_ms": result.timings_ms,
    }


def event_json(event: Event) -> tuple[str, dict[str, Any]]:
    """Name and content of one event of an answer on its way; the last one is the answer itself."""
    if isinstance(event, PassagesFound):
        return "passages", {"passages": [_hit(hit) for hit in event.hits]}
    if isinstance(event, SentenceChecked):
        part = {"text": event.part.text, "kind": event.part.kind, "citations": list(event.part.citations)}
        return "sentence", {"part": part, "citations": [citation_json(citation) for citation in event.citations]}
    return "answer", answer_json(event)


def citation_json(citation: Citation) -> dict[str, Any]:
    """A citation as the contract has it."""
    source = citation.source
    return {
        "n": citation.n,
        "source_id": source.id,
        "title": source.short_title,
        "authors": list(source.authors),
        "publisher": source.publisher,
        "date": source.date,
        "kind": "samenvatting" if citation.in_our_words else source.kind,
        "locator": locator_json(citation.locator),
        "url": address(source, citation.locator),
        "toestand": source.toestand,
        "quote": citation.quote,
        "passage": citation.passage.text,
        "passage_id": citation.passage.id,
        "char_start": citation.char_start,
        "char_end": citation.char_end,
        "notes": [
            {"number": note.number, "text": note.text, "locator": locator_json(note.locator), "study": note.study}
            for note in citation.notes
        ],
        "law_links": [asdict(link) for link in citation.law_links],
    }


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "rank": hit.rank,
        "score": hit.score,
        "source_id": hit.source.id,
        "kind": "samenvatting" if hit.passage.form != "original" else hit.source.kind,
        "locator": locator_json(hit.passage.locator),
        "text": hit.passage.text,
        "id": hit.passage.id,
    }


def locator_json(locator: Locator) -> dict[str, Any]:
    """A place: sheet and printed page, heading path, article, lid, onderdeel, footnote."""
    return {
        "page": locator.page,
        "page_end": locator.page_end,
        "page_label": locator.page_label,
        "section": list(locator.section),
        "article": locator.article,
        "paragraph": locator.paragraph,
        "item": locator.item,
        "note": locator.note,
    }
