"""Answers and passages as text for a terminal."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence

from corpus.terms import Term
from retrieval.answer import Answer, AnswerPart, Cell, Citation, Hit, InstrumentRow, SearchResult
from ui.messages import Messages
from ui.places import address, place_text, said, source_line
from ui.source_notes import law_texts, note_text, studies_text

_MAX_WIDTH = 100


def answer_text(answer: Answer, messages: Messages) -> str:
    """The answer with numbered citations, then the sources; or the reason and the nearest passages."""
    lines = [line for notice in answer.notices for line in _wrap(notice)]
    if answer.reading and answer.reading.question != answer.question:
        lines = [*_wrap(messages("cli.answer.read", question=answer.reading.question)), *lines]
    if answer.answered:
        lines += [line for row in answer.instruments for line in _instrument(row, messages)]
        cited = {citation.n: citation for citation in answer.citations}
        lines += [line for part in answer.parts for line in _part(part, [cited[n] for n in part.citations], messages)]
        lines += ["", messages("cli.answer.sources")]
        lines += [line for citation in answer.citations for line in _citation(citation, messages)]
    else:
        lines += _wrap(answer.reason or "")
        if answer.hits:
            lines += ["", messages("cli.answer.nearest")]
            lines += [line for hit in answer.hits[:3] for line in _hit(hit, messages)]
    if answer.follow_ups:
        lines += ["", messages("cli.answer.next"), *(f"- {question}" for question in answer.follow_ups)]
    check = messages(
        "cli.answer.check",
        confidence=answer.confidence,
        ms=answer.timings_ms.get("total", 0.0),
        version=answer.corpus_version,
    )
    return "\n".join([*lines, "", *_wrap(check)])


def search_text(result: SearchResult, messages: Messages) -> str:
    """The passages, best first."""
    if not result.hits:
        return messages("cli.search.nothing")
    return "\n".join(line for hit in result.hits for line in _hit(hit, messages))


def term_text(term: Term, messages: Messages) -> str:
    """A term with its names and definition, the reader's language first."""
    first, second = ("en", "nl") if messages.language == "en" else ("nl", "en")
    label, other = getattr(term.label, first), getattr(term.label, second)
    also = ", ".join((*term.abbreviations, *getattr(term.synonyms, first)))
    lines = [f"{label} ({other})", *_wrap(also, "  ", "  ")] if also else [f"{label} ({other})"]
    return "\n".join([*lines, *_wrap(getattr(term.definition, first), "  ", "  ")])


def _part(part: AnswerPart, cited: Sequence[Citation], messages: Messages) -> list[str]:
    if part.kind == "heading":
        return ["", part.text, "-" * min(len(part.text), _MAX_WIDTH)]
    marks = "".join(f"[{n}]" for n in part.citations)
    text = said(part.text, part.kind, in_our_words=any(c.in_our_words for c in cited))
    if part.kind == "caveat":
        text = messages("cli.answer.caveat", text=text)
    return _wrap(" ".join(filter(None, (text, marks, studies_text(cited, messages)))))


def _instrument(row: InstrumentRow, messages: Messages) -> list[str]:
    """An instrument of the table, a line for each column."""
    name = messages("cli.answer.caveat", text=row.name) if row.warns else row.name
    columns = (("serves", row.serves), ("risk", row.risk), ("law", row.legal_basis), ("evidence", row.evidence))
    lines = [f"- {messages(f'cli.answer.{column}')}: {_cell(cell, messages)}" for column, cell in columns]
    return ["", name, *(piece for line in lines for piece in _wrap(line, "  "))]


def _cell(cell: Cell, messages: Messages) -> str:
    marks = "".join(f"[{n}]" for n in cell.citations)
    return f"{cell.text} {marks}" if cell.text else messages("cli.answer.not_found")


def _citation(citation: Citation, messages: Messages) -> list[str]:
    digest = f" ({messages('cli.answer.digest')})" if citation.in_our_words else ""
    place = place_text(citation.locator, citation.source, messages)
    lines = _wrap(f"[{citation.n}] {source_line(citation.source, messages)}{digest}, {place}", "    ")
    link = address(citation.source, citation.locator)
    lines += [f"    {link}"] if link else []
    named = [text for text, _ in law_texts(citation, messages)]
    if named:
        lines += _wrap(messages("source.names", laws="; ".join(named)), "    ", "    ")
    return [*lines, *(line for note in citation.notes for line in _wrap(note_text(note, messages), "    ", "    "))]


def _hit(hit: Hit, messages: Messages) -> list[str]:
    digest = f" ({messages('cli.answer.digest')})" if hit.passage.form != "original" else ""
    place = place_text(hit.passage.locator, hit.source, messages)
    head = f"{hit.rank}. {source_line(hit.source, messages)}{digest}, {place}"
    return [*_wrap(head, "   "), *_wrap(hit.passage.text, "   ", "   "), ""]


def _wrap(text: str, indent: str = "", first: str = "") -> list[str]:
    width = min(shutil.get_terminal_size().columns, _MAX_WIDTH)
    return textwrap.wrap(" ".join(text.split()), width, initial_indent=first, subsequent_indent=indent) or [""]
