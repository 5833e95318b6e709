"""Reading a memo, and looking up what it cites in the knowledge base at hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from corpus import RegisterError, Source
from corpus.yaml_file import load_yaml
from ingest.document import Document, Locator
from ingest.passages import place_at
from retrieval.answer import Answer, AnswerPart, Cell, Citation, Filters, InstrumentRow
from retrieval.engine import Engine
from ui.address import permalink
from ui.memo.model import (
    CELLS,
    Answered,
    AnswerItem,
    Heading,
    HeadingItem,
    Line,
    Memo,
    MemoError,
    MemoInput,
    MemoItem,
    Note,
    OwnText,
    QuestionItem,
    QuoteItem,
    SavedAnswer,
    SavedCell,
    SavedCitation,
    SavedInstrument,
    SavedPart,
    TextItem,
)
from ui.messages import Messages
from ui.places import in_quotes


def read_memo(path: Path, messages: Messages) -> MemoInput:
    """A memo of a YAML or JSON file.

    raises  MemoError naming each wrong field
    """
    try:
        return validated(load_yaml(path), messages)
    except RegisterError as error:
        raise MemoError(messages("memo.wrong", fault=error)) from error


def saved_answer(path: Path, messages: Messages) -> SavedAnswer:
    """An answer saved from `ask --json`.

    raises  MemoError
    """
    items = read_memo(path, messages).items
    if len(items) != 1 or not isinstance(items[0], AnswerItem):
        raise MemoError(messages("lesson.not_an_answer", path=path))
    return items[0].answer


def validated(content: object, messages: Messages) -> MemoInput:
    """A memo of plain data, as the basket holds it; an answer saved from `ask --json` is a memo of one item.

    raises  MemoError naming each wrong field
    """
    if isinstance(content, dict) and "citations" in content:
        content = {
            "title": content.get("question"),
            "language": content.get("language"),
            "items": [{"answer": content}],
        }
    try:
        return MemoInput.model_validate(content)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'memo'}: {e['msg']}" for e in error.errors())
        raise MemoError(messages("memo.wrong", fault=faults)) from error


def look_up(memo: MemoInput, engine: Engine, base: str, messages: Messages) -> Memo:
    """The memo with its questions answered and its citations found; `base` is the address of the page.

    raises  MemoError if a quote does not stand in its source, FilterError
    """
    return Memo(
        title=memo.title,
        author=memo.author,
        date=memo.date.isoformat() if memo.date else None,
        language=memo.language,
        quotes=memo.quotes,
        items=tuple(_without_repeats(_item(item, engine, base, messages) for item in memo.items)),
    )


def _without_repeats(items: Iterable[MemoItem]) -> Iterator[MemoItem]:
    """The items; an answer leaves out what an earlier answer says word for word, and headings that lose all."""
    told: set[str] = set()
    for item in items:
        if not isinstance(item, Answered):
            yield item
            continue
        fresh = [line for line in item.lines if line.kind == "heading" or line.text not in told]
        told |= {line.text for line in fresh if line.kind != "heading"}
        kept = [
            line
            for line, following in zip(fresh, [*fresh[1:], None], strict=True)
            if line.kind != "heading" or (following and following.kind != "heading")
        ]
        yield replace(item, lines=tuple(kept), left_out=len(item.lines) - len(fresh))


def memo_of(answer: Answer, filters: Filters, base: str, *, quotes: bool = False) -> Memo:
    """One answer as a memo."""
    return Memo(
        title=answer.question,
        author=None,
        date=None,
        language=answer.language,
        quotes=quotes,
        items=(answered(answer, filters, base),),
    )


def _item(
    item: HeadingItem | TextItem | QuestionItem | QuoteItem | AnswerItem, engine: Engine, base: str, messages: Messages
) -> MemoItem:
    if isinstance(item, HeadingItem):
        return Heading(item.heading)
    if isinstance(item, TextItem):
        return OwnText(item.text)
    if isinstance(item, QuoteItem):
        return _quoted(item, engine, messages)
    if isinstance(item, AnswerItem):
        return _saved(item.answer, item.link, engine, messages)
    filters = Filters(
        kinds=item.kinds,
        sources=item.sources,
        from_year=item.from_year,
        until_year=item.until_year,
        date=item.date.isoformat() if item.date else None,
    )
    return answered(engine.ask(item.question, filters=filters), filters, base)


def answered(answer: Answer, filters: Filters, base: str) -> Answered:
    """An answer with a footnote for each citation."""
    notes = {citation.n: _note(citation, answer.corpus_version) for citation in answer.citations}
    return Answered(
        question=answer.question,
        lines=_lines(answer.parts, answer.instruments, notes, Messages(answer.language)),
        reason=answer.reason,
        version=answer.corpus_version,
        link=permalink(base, answer, filters),
    )


def _lines(
    parts: Sequence[AnswerPart | SavedPart],
    instruments: Sequence[InstrumentRow | SavedInstrument],
    notes: Mapping[int, Note],
    messages: Messages,
) -> tuple[Line, ...]:
    """The sentences of an answer, then a line for each filled cell of its table of instruments."""
    lines = [Line(part.text, part.kind, tuple(notes[n] for n in part.citations)) for part in parts]
    if instruments:
        lines.append(Line(messages("page.instruments"), "heading"))
    for row in instruments:
        warning = f" ({messages('page.instruments.warns')})" if row.warns else ""
        for name in CELLS:
            cell: Cell | SavedCell = getattr(row, name)
            if cell.text:
                text = f"{row.name}{warning}. {messages(f'page.instruments.{name}')}: {cell.text}"
                lines.append(Line(text, "catalogue", tuple(notes[n] for n in cell.citations)))
    return tuple(lines)


def _note(citation: Citation, version: str) -> Note:
    return Note(
        source=citation.source,
        locator=citation.locator,
        quote=citation.quote,
        in_our_words=citation.in_our_words,
        version=version,
    )


def _quoted(item: QuoteItem, engine: Engine, messages: Messages) -> Line:
    """Exact words looked up: the original first, then our digest of it, then what our catalogue says of it."""
    held = [holding for holding in engine.holdings if holding.source.id == item.source]
    if not held:
        raise MemoError(messages("memo.no_source", source=item.source))
    ours_too = [h for h in engine.holdings if h.form == "catalogue" and h not in held]
    for holding in (*sorted(held, key=lambda holding: holding.form != "original"), *ours_too):
        document = engine.document(holding.source.id, holding.form)
        start = _start(document, item, anywhere=holding in held)
        if start is not None:
            ours = holding.form != "original"
            note = Note(
                source=held[0].source,
                locator=_place(document, start),
                quote=item.quote,
                in_our_words=ours,
                version=engine.manifest.corpus_version,
            )
            return Line(item.quote, "digest" if ours else "quote", (note,))
    raise MemoError(messages("memo.no_quote", quote=in_quotes(item.quote), source=item.source))


def _start(document: Document, item: QuoteItem, *, anywhere: bool) -> int | None:
    """Where the words begin; else than `anywhere` they must be said about the source."""
    if anywhere:
        found = document.text.find(item.quote)
        return found if found >= 0 else None
    told = (block for block in document.blocks if block.about == item.source)
    return next((block.start + block.text.index(item.quote) for block in told if item.quote in block.text), None)


def _place(document: Document, offset: int) -> Locator:
    return place_at(next(block for block in document.blocks if block.start <= offset < block.end + 2), offset)


def _saved(saved: SavedAnswer, link: str | None, engine: Engine, messages: Messages) -> Answered:
    """An answer kept earlier; each quote is looked for in the texts held now."""
    texts: dict[str, list[str]] = {}
    records: dict[str, Source] = {}
    for holding in engine.holdings:
        records.setdefault(holding.source.id, holding.source)
        key = "" if holding.form == "catalogue" else holding.source.id
        texts.setdefault(key, []).append(engine.stored_text(holding.source.id, holding.form))
    notes = {}
    for citation in saved.citations:
        stands = any(citation.quote in text for text in (*texts.get(citation.source_id, ()), *texts.get("", ())))
        source = records.get(citation.source_id) or _record(citation)
        notes[citation.n] = Note(
            source=source,
            locator=Locator(**citation.locator.model_dump()),
            quote=citation.quote,
            in_our_words=citation.kind == "samenvatting",
            version=saved.corpus_version,
            stands=stands,
        )
    return Answered(
        question=saved.question,
        lines=_lines(saved.answer, saved.instruments, notes, messages),
        reason=saved.reason,
        version=saved.corpus_version,
        link=link,
    )


def _record(citation: SavedCitation) -> Source:
    """The record of a source that is no longer held, from what the answer tells of it.

    raises  MemoError if that cannot be a source
    """
    try:
        return Source(
            stem=citation.source_id,
            title=citation.title,
            kind=citation.kind,
            authors=citation.authors,
            publisher=citation.publisher,
            date=citation.date,
            url=citation.url,
            toestand=citation.toestand,
        )
    except ValidationError as error:
        raise MemoError(f"{citation.source_id}: {error.errors()[0]['msg']}") from error
