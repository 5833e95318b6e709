"""The reading report: one page, without scripts or requests, by which a person sees whether a source was read right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import pairwise
from pathlib import Path

from ingest.collect import Failure
from ingest.document import Block, Document, Locator
from ingest.law_mentions import mentions, written
from ingest.law_references import LawNames, LawReference
from ingest.near_duplicates import NearDuplicate
from ingest.passages import split
from ingest.readers.joins import SENTENCE_END

# Texts by key, as the caller's catalogue has them; `{name}` in a text is filled in here.
Texts = Mapping[str, str]

_MAX_PARAGRAPH_WORDS = 400
_MAX_SHOWN = 100  # doubts of one kind in one document
_EXCERPT = 90
_NUMBERED = re.compile(
    r"(?:(?:hoofdstuk|chapter|paragraaf|section|§)\s+)?(\d{1,2}(?:\.\d{1,2})*)[.:]?\s+\S", re.IGNORECASE
)
_ARTICLE = re.compile(r"(\d+)([a-z]*)")
_RECORD = (
    "title authors contributors publisher date issue pages language url licence note path bwb_id citeertitel afkorting "
    "toestand"
).split()
_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 3rem; border-top: 2px solid; padding-top: 1rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; margin: .5rem 0; } td { overflow-wrap: anywhere; }
th, td { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #8888; }
td.number { text-align: right; } ol.outline { list-style: none; padding: 0; } summary { cursor: pointer; }
.unsure { border-left: 4px solid #c60; padding-left: 1rem; } .page { opacity: .8; }
"""


# --- where the reading may have gone wrong ---


@dataclass(frozen=True, slots=True)
class Doubt:
    """A place that a person should look at: what is odd there, where, and the words that stand there."""

    name: str
    place: Locator
    excerpt: str


def doubts(document: Document) -> list[Doubt]:
    """All places of a document at which the reading may have gone wrong, by general rules."""
    return [
        *_note_doubts(document),
        *_heading_doubts(document),
        *_number_doubts(document),
        *_article_doubts(document),
        *_paragraph_doubts(document),
        *_page_doubts(document),
    ]


def _doubt(name: str, block: Block, excerpt: str = "") -> Doubt:
    return Doubt(name, block.locator, excerpt or block.text)


def _note_doubts(document: Document) -> Iterator[Doubt]:
    """Marks without a note, notes without a mark, and numbers that stand twice. A digest only names notes."""
    if document.form != "original":
        return
    marks = _marks(document)
    notes = Counter(block.locator.note for block in document.blocks if block.kind == "note")
    for block in document.blocks:
        for mark in block.notes:
            if mark not in notes:
                yield _doubt("mark", block, f"{mark}: {block.text}")
        if block.kind == "note" and block.locator.note not in marks:
            yield _doubt("note", block)
        if block.kind == "note" and notes[block.locator.note] > 1:
            yield _doubt("note_twice", block)


def _marks(document: Document) -> Counter[str | None]:
    return Counter(mark for block in document.blocks for mark in block.notes)


def _heading_doubts(document: Document) -> Iterator[Doubt]:
    """A heading more than one level below the one before it."""
    level = 0
    for block in document.blocks:
        if block.kind == "heading":
            if block.level > level + 1:
                yield _doubt("jump", block)
            level = block.level


def _number_doubts(document: Document) -> Iterator[Doubt]:
    """A numbered heading that does not follow the one before it: 2.1 and then 2.3, or 4 and then 6."""
    last: dict[tuple[int, ...], int] = {}  # by level and the numbers above: paragraphs begin anew in each chapter
    for block in document.blocks:
        found = _NUMBERED.match(block.text) if block.kind == "heading" and not block.locator.article else None
        if not found:
            continue
        *above, number = (int(part) for part in found[1].split("."))
        if number not in (last.get((block.level, *above), 0) + 1, 0, 1):
            yield _doubt("number", block)
        last[block.level, *above] = number


def _article_doubts(document: Document) -> Iterator[Doubt]:
    """An article that does not follow the one before it; 16a and 17 both follow 16."""
    before: tuple[int, str] | None = None
    for block in document.blocks:
        found = _ARTICLE.fullmatch(block.locator.article or "") if block.kind == "heading" else None
        if not found:
            continue
        number, letters = int(found[1]), found[2]
        follows = before is None or number == before[0] + 1 or (number == before[0] and letters > before[1])
        if not follows and number != 1:
            yield _doubt("article", block)
        before = number, letters


def _paragraph_doubts(document: Document) -> Iterator[Doubt]:
    """A paragraph that stops in mid-sentence before another, and one that is too long to be one."""
    for block, following in pairwise((*document.blocks, None)):
        if block is None or block.kind != "paragraph":
            continue
        if following and following.kind == "paragraph" and not SENTENCE_END.search(block.text):
            yield _doubt("open_end", block, f"…{block.text[-_EXCERPT:]} ¶ {following.text}")
        if len(block.text.split()) > _MAX_PARAGRAPH_WORDS:
            yield _doubt("long", block)


def _page_doubts(document: Document) -> Iterator[Doubt]:
    """A page of which nothing was read: a picture, a contents page, or a fault."""
    seen: set[int] = set()
    for block in document.blocks:
        if block.locator.page:
            seen.update(range(block.locator.page, (block.locator.page_end or block.locator.page) + 1))
    for page in range(1, document.page_count + 1):
        if page not in seen:
            yield Doubt("empty_page", Locator(page=page), "")


# --- the page ---


def report_html(
    documents: Sequence[Document],
    failures: Sequence[Failure],
    passed_over: Sequence[Path],
    texts: Texts,
    language: str = "nl",
    duplicates: Sequence[NearDuplicate] = (),
) -> str:
    """The whole page. Whatever came from a file is shown as text.

    texts  by key; see `ui/messages/upkeep.yaml`, `upkeep.report.*` without that prefix
    """
    found = [doubts(document) for document in documents]
    laws = [document.source for document in documents if document.source.bwb_id]
    names = cache(lambda day: LawNames.of(laws, day))
    body = [
        _tag("h1", texts["title"]),
        _tag("p", texts["intro"]),
        *_failures(failures, passed_over, texts, language),
        *_duplicates(duplicates, texts),
        *_contents(documents, found, texts),
    ]
    for number, (document, own) in enumerate(zip(documents, found, strict=True), start=1):
        said = mentions(document, names(written(document.source, document.form)))
        body += _document(document, own, said, number, texts)
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"{_tag('title', texts['title'])}\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )


def _tag(name: str, text: object) -> str:
    return f"<{name}>{escape(str(text))}</{name}>"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """A table of cells that are HTML already."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    lines = ["<tr>" + "".join(row) + "</tr>" for row in rows]
    return ["<table>", f"<thead><tr>{head}</tr></thead>", "<tbody>", *lines, "</tbody>", "</table>"]


def _cell(value: object) -> str:
    return f'<td class="number">{value}</td>' if isinstance(value, int) else _tag("td", value)


def _failures(failures: Sequence[Failure], passed_over: Sequence[Path], texts: Texts, language: str) -> Iterator[str]:
    if failures:
        yield _tag("h2", texts["failures"])
        rows = ((_cell(failure.path), _cell(failure.error.in_language(language))) for failure in failures)
        yield from _table((texts["file"], texts["reason"]), rows)
    if passed_over:
        yield _tag("h2", texts["passed_over"])
        yield "<ul>" + "".join(_tag("li", path) for path in passed_over) + "</ul>"


def _duplicates(duplicates: Sequence[NearDuplicate], texts: Texts) -> Iterator[str]:
    if duplicates:
        yield _tag("h2", texts["duplicates"])
        rows = ((_cell(d.second[0]), _cell(d.first[0]), _cell(f"{d.similarity:.0%}")) for d in duplicates)
        yield from _table((texts["left_out"], texts["kept"], texts["alike"]), rows)


def _contents(documents: Sequence[Document], found: Sequence[list[Doubt]], texts: Texts) -> Iterator[str]:
    yield _tag("h2", texts["documents"])
    rows = (
        (
            f'<td><a href="#d{number}">{escape(document.source.id)}</a></td>',
            _cell(texts[f"form.{document.form}"]),
            _cell(document.source.short_title),
            _cell(len(document.warnings)),
            _cell(len(own)),
        )
        for number, (document, own) in enumerate(zip(documents, found, strict=True), start=1)
    )
    heads = (texts["source"], texts["form"], texts["record.title"], texts["warnings"], texts["doubts"])
    yield from _table(heads, rows)


def _document(
    document: Document, own: list[Doubt], law: Sequence[LawReference], number: int, texts: Texts
) -> Iterator[str]:
    yield f'<section id="d{number}">'
    yield _tag("h2", f"{document.source.id} · {texts[f'form.{document.form}']}")
    yield from _counts(document, len(law), texts)
    if document.warnings:
        yield _tag("h3", texts["warnings"])
        yield "<ul>" + "".join(_tag("li", warning) for warning in document.warnings) + "</ul>"
    yield from _doubts(own, texts)
    yield from _folded(texts["record"], _record(document, texts))
    yield from _folded(texts["outline"], _outline(document, texts))
    yield from _folded(texts["notes"], _notes(document, texts))
    yield from _folded(texts["law_references"], _law(document, law, texts))
    yield "</section>"


def _folded(title: str, lines: Iterable[str]) -> Iterator[str]:
    content = list(lines)
    if content:
        yield f"<details>{_tag('summary', title)}"
        yield from content
        yield "</details>"


def _counts(document: Document, law: int, texts: Texts) -> Iterator[str]:
    kinds = Counter(block.kind for block in document.blocks)
    counts = {
        "pages": document.page_count,
        "sections": kinds["heading"],
        "paragraphs": kinds["paragraph"],
        "items": kinds["item"],
        "tables": kinds["table"],
        "notes": kinds["note"],
        "law_references": law,
        "passages": len(split(document)),
    }
    yield from _table((texts[name] for name in counts), [[_cell(count) for count in counts.values()]])


def _record(document: Document, texts: Texts) -> Iterator[str]:
    rows = []
    for field in _RECORD:
        value = getattr(document.source, field)
        if value:
            text = "; ".join(value) if isinstance(value, tuple) else value
            rows.append((f'<th scope="row">{escape(texts[f"record.{field}"])}</th>', _cell(text)))
    yield from _table((texts["field"], texts["value"]), rows)


def _doubts(own: list[Doubt], texts: Texts) -> Iterator[str]:
    if not own:
        yield _tag("p", texts["no_doubts"])
        return
    yield f'<div class="unsure">{_tag("h3", texts["doubts"])}'
    for name, count in Counter(doubt.name for doubt in own).items():
        yield _tag("h4", f"{texts[f'doubt.{name}']} ({count})")
        shown = [doubt for doubt in own if doubt.name == name][:_MAX_SHOWN]
        yield "<ul>"
        for doubt in shown:
            yield _tag("li", " · ".join(part for part in (_place(doubt.place, texts), _short(doubt.excerpt)) if part))
        yield "</ul>"
        if count > len(shown):
            yield _tag("p", texts["more"].format(count=count - len(shown)))
    yield "</div>"


def _outline(document: Document, texts: Texts) -> Iterator[str]:
    headings = [block for block in document.blocks if block.kind == "heading"]
    if headings:
        yield '<ol class="outline">'
        for block in headings:
            place = _page(block.locator, texts)
            page = f' <span class="page">{escape(place)}</span>' if place else ""
            status = f" [{escape(block.status)}]" if block.status else ""
            indent = f' style="margin-left: {1.5 * (block.level - 1):.1f}rem"'
            yield f"<li{indent}>{block.level} · {escape(block.text)}{status}{page}</li>"
        yield "</ol>"


def _notes(document: Document, texts: Texts) -> Iterator[str]:
    notes = [block for block in document.blocks if block.kind == "note"]
    marks = _marks(document)
    rows = (
        (
            _tag("td", block.locator.note or "–"),
            _cell(_page(block.locator, texts) or "–"),
            _cell(texts["yes"] if marks[block.locator.note] else texts["no"]),
            _cell(_short(block.text)),
        )
        for block in notes
    )
    if notes:
        yield from _table((texts["note"], texts["page"], texts["marked"], texts["text"]), rows)


def _law(document: Document, law: Sequence[LawReference], texts: Texts) -> Iterator[str]:
    """The first references as they stand in the text, and of which law each was taken to be."""
    rows = (
        (
            _cell(_short(document.text[reference.start : reference.end])),
            _cell(reference.article or "–"),
            _cell(reference.law or (texts["own_law"] if reference.bwb_id else "–")),
            _cell(reference.bwb_id or texts["no"]),
        )
        for reference in law[:_MAX_SHOWN]
    )
    if law:
        yield from _table((texts["text"], texts["article"], texts["law"], texts["recognised"]), rows)
    if len(law) > _MAX_SHOWN:
        yield _tag("p", texts["more"].format(count=len(law) - _MAX_SHOWN))


def _place(place: Locator, texts: Texts) -> str:
    parts = [_page(place, texts)]
    if place.note:
        parts.append(f"{texts['note']} {place.note}")
    if place.section:
        parts.append(f"§ {place.section[-1]}")
    return ", ".join(part for part in parts if part)


def _page(place: Locator, texts: Texts) -> str:
    """The sheet, with what is printed there if that differs."""
    if not place.page:
        return ""
    sheets = f"{place.page}-{place.page_end}" if place.page_end else f"{place.page}"
    printed = place.page_label if place.page_label != str(place.page) else None
    return texts["on_page"].format(page=f"{sheets} [{printed}]" if printed else sheets)


def _short(text: str) -> str:
    return text if len(text) <= 2 * _EXCERPT else f"{text[: 2 * _EXCERPT]}…"
