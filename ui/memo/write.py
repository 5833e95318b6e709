"""A memo as a document: footnotes with place, link and corpus version, and lists of what is cited."""

from __future__ import annotations

from collections.abc import Sequence

from corpus import Source
from ingest.document import Locator
from ui.memo.model import Answered, Heading, Line, Memo, MemoFormat, MemoItem, Note, OwnText
from ui.messages import Messages
from ui.pandoc import (
    Node,
    bullets,
    cited,
    emphasis,
    heading,
    link,
    markdown,
    note,
    para,
    quoted,
    reference_list,
    spaced,
    words,
    write,
)
from ui.places import address, day_text, in_quotes, place_text, said
from ui.references import csl_item, legal_reference

_WRITERS: dict[MemoFormat, str] = {
    "docx": "docx",
    "odt": "odt",
    "md": "markdown-raw_html-native_divs-fenced_divs-native_spans-bracketed_spans-header_attributes-link_attributes"
    "-citations-smart",
    "html": "html5-smart",
}
MEMO_FORMATS = tuple(_WRITERS)


def memo_file(memo: Memo, form: MemoFormat) -> bytes:
    """The memo as a file: Word, OpenDocument, Markdown, or a piece of HTML for an intranet page. Text is UTF-8.

    raises  PandocError
    """
    messages = Messages(memo.language)
    blocks = [block for item in memo.items for block in _item(item, memo, messages)]
    blocks += source_lists(sources_of(memo), messages)
    return document_file(memo.title, memo.author, memo.date, blocks, sources_of(memo), form, messages)


def document_file(
    title: str,
    author: str | None,
    day: str | None,
    blocks: Sequence[Node],
    sources: Sequence[Source],
    form: MemoFormat,
    messages: Messages,
) -> bytes:
    """Blocks as a file with its title; `sources` are those that `cited` names and that the list of references holds."""
    shown = day_text(day, messages) if day else ""
    locale = "nl-NL" if messages.language == "nl" else "en-GB"
    items = [csl_item(source) for source in sources if not legal_reference(source, messages)]
    meta = {"lang": locale}
    if form in ("docx", "odt"):
        meta |= {"title": title, "author": author or "", "date": shown}
        return write(
            blocks, {key: value for key, value in meta.items() if value}, items, _WRITERS[form], "--standalone"
        )
    above = [heading(1, title)]
    byline = ", ".join(filter(None, (author, shown)))
    above += [para(emphasis(byline))] if byline else []
    prefix = ("--id-prefix=mengpaneel-",) if form == "html" else ()  # no clash with the page that takes it in
    return write([*above, *blocks], meta, items, _WRITERS[form], *prefix)


def sources_of(memo: Memo) -> tuple[Source, ...]:
    """What the memo cites, each source once, in order of appearance."""
    return tuple({note.source.id: note.source for note in memo.notes()}.values())


def _item(item: MemoItem, memo: Memo, messages: Messages) -> list[Node]:
    if isinstance(item, Heading):
        return [heading(2, item.text)]
    if isinstance(item, OwnText):
        return markdown(item.markdown)
    if isinstance(item, Line):
        return [quoted(para(*_line(item, memo, messages)))]
    return _answered(item, memo, messages)


def _answered(item: Answered, memo: Memo, messages: Messages) -> list[Node]:
    blocks = [] if item.question == memo.title else [heading(2, item.question)]
    for line in item.lines:
        blocks.append(heading(3, line.text) if line.kind == "heading" else para(*_line(line, memo, messages)))
    if item.left_out:
        blocks.append(para(emphasis(messages("memo.left_out", count=item.left_out))))
    if item.reason:
        blocks.append(para(*words(item.reason)))
    origin = words(messages("memo.origin", version=item.version))
    again = [link(item.link, messages("memo.again"))] if item.link else []
    blocks.append(para({"t": "Emph", "c": spaced(origin, again)}))
    return blocks


def _line(line: Line, memo: Memo, messages: Messages) -> list[Node]:
    text = said(line.text, line.kind, in_our_words=any(one.in_our_words for one in line.notes))
    if line.kind == "caveat":
        text = messages("cli.answer.caveat", text=text)
    return [*words(text), *(footnote(one, messages, with_quote=memo.quotes) for one in line.notes)]


def footnote(one: Note, messages: Messages, *, with_quote: bool = False) -> Node:
    """The footnote of a citation: source, pinpoint, whose words, the words if asked for, address and version."""
    place = place_text(one.locator, one.source, messages)
    if one.source.kind == "wet" and one.locator.article:
        reference = words(place[0].upper() + place[1:])
    else:
        reference = [*named(one.source, messages), *words(f", {place}")]
    ours = words(f"({messages('cli.answer.digest')})") if one.in_our_words else []
    exact = [{"t": "Space"}, *words(in_quotes(one.quote))] if with_quote else []
    where = address(one.source, one.locator)
    at = [{"t": "Str", "c": ","}, {"t": "Space"}, link(where)] if where else []
    stands = "memo.version" if one.stands else "memo.gone"
    version = words(messages(stands, version=one.version))
    return note(*spaced(reference, ours), *at, {"t": "Str", "c": "."}, *exact, {"t": "Space"}, *version)


def named(source: Source, messages: Messages) -> list[Node]:
    """A source named in running text: by the Leidraad, else as author and year."""
    legal = legal_reference(source, messages)
    if not legal:
        return [cited(source.id)]
    return [*([emphasis(legal.italic)] if legal.italic else []), *_after(legal.italic, legal.text)]


def _after(before: str, text: str) -> list[Node]:
    space: list[Node] = [{"t": "Space"}] if before and text.startswith(" ") else []
    return [*space, *words(text)]


def source_lists(sources: Sequence[Source], messages: Messages) -> list[Node]:
    """The list of references, and those of law and case law in the form of the Leidraad."""
    legal = {source.id: legal_reference(source, messages) for source in sources}
    blocks: list[Node] = []
    if not all(legal.values()):
        blocks += [heading(2, messages("memo.sources")), reference_list()]
    for key, laws in (("memo.laws", True), ("memo.cases", False)):
        rows = []
        for source in sorted(sources, key=lambda source: source.short_title):
            reference = legal[source.id]
            if reference and reference.listed and (source.kind == "wet") == laws:
                where = address(source, Locator())
                at = [{"t": "Str", "c": ","}, {"t": "Space"}, link(where)] if where else []
                rows.append([*words(reference.text), *at, {"t": "Str", "c": "."}])
        if rows:
            blocks += [heading(2, messages(key)), bullets(rows)]
    return blocks
