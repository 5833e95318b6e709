"""OpenDocument text -> Document.

Source: OASIS OpenDocument 1.3, part 2 (packages) and part 3 (schema).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from corpus import Source
from ingest.document import BlockKind, Document, DocumentBuilder
from ingest.errors import ReadError
from ingest.readers.office import BROKEN, LOCKED, Cell, NotedOutline, Package, Run, flat, parse_part, table_rows

_MAX_COLUMNS = 100
_NO_ODT = (
    "de inhoud is geen OpenDocument-tekst (.odt); sla het document opnieuw op als .odt",
    "the content is no OpenDocument text (.odt); save the document as .odt again",
)
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_MANIFEST = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}"
_KINDS_OF_TEXT = re.compile(rb"application/vnd\.oasis\.opendocument\.text(-template|-master)?\s*")
_HEADING_STYLE = re.compile(r"(?:Heading|Kop)(?:_20_|\s)*(\d{1,2})$", re.IGNORECASE)
_PARAGRAPHS = {f"{_TEXT}p", f"{_TEXT}h"}
_SPACES = {f"{_TEXT}{name}" for name in ("s", "tab", "line-break")}
# Comments, deleted text, readings of ruby; and the contents page and other lists that the program made itself.
_SILENT = {f"{_OFFICE}annotation", f"{_OFFICE}forms", f"{_TEXT}tracked-changes", f"{_TEXT}ruby-text"} | {
    f"{_TEXT}{name}"
    for name in ("table-of-content", "illustration-index", "table-index", "object-index", "user-index",
                 "alphabetical-index", "hidden-text", "hidden-paragraph")
}  # fmt: skip
_GROUPS = {f"{_TABLE}{name}" for name in ("table-header-rows", "table-rows", "table-row-group")}


def read_odt(source: Source, data: bytes) -> Document:
    """Read headings, paragraphs, lists, tables and footnotes in their order.

    raises  ReadError if the file is no OpenDocument text, locked, damaged or without text
    """
    package = Package(data, _NO_ODT)
    kind = package.part("mimetype")
    if kind is not None and not _KINDS_OF_TEXT.fullmatch(kind):
        raise ReadError(*_NO_ODT)
    manifest = package.part("META-INF/manifest.xml")
    if manifest and next(parse_part(manifest).iter(f"{_MANIFEST}encryption-data"), None) is not None:
        raise ReadError(*LOCKED)
    content = package.part("content.xml")
    if content is None:
        raise ReadError(*(_NO_ODT if kind is None else BROKEN))
    root = parse_part(content)
    body = root.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise ReadError(*_NO_ODT)
    reader = _OdtReader(source, root)
    reader.blocks(body, "paragraph")
    return reader.outline.finish()


class _OdtReader:
    """Walks the body once."""

    def __init__(self, source: Source, root: etree._Element) -> None:
        self.outline = NotedOutline(DocumentBuilder(source))
        self._parents = {
            style.get(f"{_STYLE}name", ""): style.get(f"{_STYLE}parent-style-name", "")
            for style in root.iterfind(f"{_OFFICE}automatic-styles/{_STYLE}style")
        }

    def blocks(self, parent: etree._Element, kind: BlockKind) -> None:
        """Add everything below an element; `kind` is that of its paragraphs."""
        for child in parent:
            if child.tag in _PARAGRAPHS:
                self._paragraph(child, kind)
            elif child.tag == f"{_TABLE}table":
                self._table(child)
            elif child.tag in (f"{_TEXT}list", f"{_TEXT}numbered-paragraph"):
                self.blocks(child, "item")
            elif child.get(f"{_TEXT}display") == "none":
                self.outline.document.warnings.append("een verborgen deel is overgeslagen")
            elif child.tag not in _SILENT:
                self.blocks(child, kind)

    def _paragraph(self, element: etree._Element, kind: BlockKind) -> None:
        run = self._run(element)
        level = self._level(element)
        if level:
            self.outline.titled(level, run.text, tuple(run.notes))
        else:
            self.outline.noted(kind, run.text, tuple(run.notes))
        for box in run.boxes:
            self.blocks(box, "paragraph")

    def _level(self, element: etree._Element) -> int:
        """Level of a heading, 0 for other text."""
        if element.tag == f"{_TEXT}h":
            return _number(element, f"{_TEXT}outline-level")
        style = element.get(f"{_TEXT}style-name", "")
        style = self._parents.get(style) or style
        named = _HEADING_STYLE.match(style)
        return int(named[1]) if named else int(style == "Title")

    def _run(self, element: etree._Element) -> Run:
        run = Run()
        self._gather(element, run)
        return run

    def _gather(self, element: etree._Element, run: Run) -> None:
        run.parts.append(element.text or "")
        for child in element:
            if child.tag in _SPACES:
                run.parts.append(" ")
            elif child.tag == f"{_TEXT}note":
                run.mark(self._note(child))
            elif str(child.tag).startswith(_DRAW):
                run.boxes.append(child)
            elif child.tag not in _SILENT:
                self._gather(child, run)
            run.parts.append(child.tail or "")

    def _note(self, note: etree._Element) -> str:
        """Remember a footnote; returns its number."""
        citation = note.find(f"{_TEXT}note-citation")
        number = "" if citation is None else citation.get(f"{_TEXT}label") or "".join(citation.itertext())
        body = note.find(f"{_TEXT}note-body")
        if body is not None:
            self.outline.note(number.strip(), self._flat(body).text)
        return number.strip()

    def _flat(self, element: etree._Element) -> Cell:
        return flat(element, _PARAGRAPHS, _SILENT, self._run)

    def _table(self, table: etree._Element) -> None:
        """A table row by row; one of a single column is a box, read as the text that it holds."""
        rows = list(_table_rows(table))
        if all(len(row) <= 1 for row, _ in rows):
            for row, _ in rows:
                self.blocks(row, "paragraph")
            return
        headers = sum(is_header for _, is_header in rows)
        for line in table_rows(self._grid([row for row, _ in rows]), headers):
            self.outline.noted("table", line.text, line.notes)

    def _grid(self, rows: Iterable[etree._Element]) -> list[list[Cell]]:
        grid: list[list[Cell]] = []
        spans: dict[int, tuple[int, Cell]] = {}  # column -> rows still covered from above, and by what
        for row in rows:
            cells: list[Cell] = []
            for element in row:
                repeat = min(_number(element, f"{_TABLE}number-columns-repeated"), _MAX_COLUMNS - len(cells))
                own = Cell("") if element.tag == f"{_TABLE}covered-table-cell" else self._flat(element)
                for _ in range(repeat):
                    left, above = spans.get(len(cells), (0, own))
                    if element.tag == f"{_TABLE}covered-table-cell":
                        cell = above if left else cells[-1] if cells else own
                        spans[len(cells)] = (left - 1, above)
                    else:
                        cell = own
                        spans[len(cells)] = (_number(element, f"{_TABLE}number-rows-spanned") - 1, own)
                    cells.append(cell)
            grid.append(cells)
        return grid


def _table_rows(parent: etree._Element, is_header: bool = False) -> Iterator[tuple[etree._Element, bool]]:
    for child in parent:
        if child.tag == f"{_TABLE}table-row":
            yield child, is_header
        elif child.tag in _GROUPS:
            yield from _table_rows(child, is_header or child.tag == f"{_TABLE}table-header-rows")


def _number(element: etree._Element, attribute: str) -> int:
    """A count of 1 or more; what is no number counts as 1."""
    value = element.get(attribute, "1")
    return max(1, int(value)) if value.isdecimal() and len(value) < 6 else 1
