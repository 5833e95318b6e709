"""Word document -> Document (home of python-docx).

Source: ECMA-376 part 1, WordprocessingML.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError
from lxml import etree

from corpus import Source
from ingest.document import Document, DocumentBuilder
from ingest.errors import ReadError
from ingest.readers.office import ZIP_FAULTS, Cell, NotedOutline, Package, Run, flat, parse_part, table_rows

_NO_DOCX = (
    "de inhoud is geen Word-document (.docx); sla het opnieuw op als .docx",
    "the content is no Word document (.docx); save it as .docx again",
)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"(?:heading|kop)\s*(\d)", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|inhopg|table of figures)\b", re.IGNORECASE)
_SPACES = {f"{_W}{name}" for name in ("tab", "br", "cr", "ptab")}
_REFERENCES = {f"{_W}footnoteReference": "footnotes", f"{_W}endnoteReference": "endnotes"}
# Deleted and moved text, instructions of fields, properties; and the older copy of a drawing.
_SILENT = {f"{_W}{name}" for name in ("del", "moveFrom", "instrText", "pPr", "rPr", "sdtPr", "softHyphen")} | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}
_MAX_SPAN = 100
_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def read_docx(source: Source, data: bytes) -> Document:
    """Read headings, paragraphs, lists, tables, footnotes and endnotes in their order.

    raises  ReadError if the file is no Word document, locked, damaged or without text
    """
    Package(data, _NO_DOCX)
    try:
        content = docx.Document(io.BytesIO(data))
    except (PackageNotFoundError, etree.XMLSyntaxError, KeyError, AttributeError, *ZIP_FAULTS) as error:
        raise ReadError(*_NO_DOCX) from error
    reader = _DocxReader(source, content)
    body = content.element.find(f"{_W}body")
    if body is not None:
        reader.blocks(body)
    return reader.outline.finish()


class _DocxReader:
    """Walks the body once, also into content controls and text boxes, which python-docx passes over."""

    def __init__(self, source: Source, content: Any) -> None:
        self.outline = NotedOutline(DocumentBuilder(source))
        self._styles = {style.style_id: style for style in content.styles}
        self._notes = {kind: _note_bodies(content.part, kind) for kind in _REFERENCES.values()}
        self._counts = dict.fromkeys(self._notes, 0)
        formats = [*content.element.iter(f"{_W}endnotePr"), *content.settings.element.iter(f"{_W}endnotePr")]
        self._arabic_endnotes = any(_value(f.find(f"{_W}numFmt")) == "decimal" for f in formats)

    def blocks(self, parent: etree._Element) -> None:
        """Add every paragraph and table below an element."""
        for child in parent:
            if child.tag == f"{_W}p":
                self._paragraph(child)
            elif child.tag == f"{_W}tbl":
                self._table(child)
            elif child.tag == f"{_W}sdt" and _is_contents(child):
                continue
            elif child.tag not in _SILENT:
                self.blocks(child)

    def _paragraph(self, element: etree._Element) -> None:
        run = self._run(element)
        names = self._style_names(element)
        level = _heading_level(element, names)
        if any(_CONTENTS.match(name) for name in names):
            return
        if level:
            self.outline.titled(level, run.text, tuple(run.notes))
        else:
            is_item = any("list" in name.lower() or "lijst" in name.lower() for name in names) or _is_numbered(element)
            self.outline.noted("item" if is_item else "paragraph", run.text, tuple(run.notes))
        for box in run.boxes:
            self.blocks(box)

    def _style_names(self, element: etree._Element) -> list[str]:
        """Names of the paragraph's style and of those it is based on, nearest first."""
        style = self._styles.get(_value(element.find(f"{_W}pPr/{_W}pStyle")))
        names: list[str] = []
        while style is not None and len(names) < 10:
            names.append(style.name or "")
            style = getattr(style, "base_style", None)
        return names

    def _run(self, element: etree._Element) -> Run:
        run = Run()
        self._gather(element, run)
        return run

    def _gather(self, element: etree._Element, run: Run) -> None:
        for child in element:
            if child.tag == f"{_W}t":
                run.parts.append(child.text or "")
            elif child.tag in _SPACES:
                run.parts.append(" ")
            elif child.tag == f"{_W}noBreakHyphen":
                run.parts.append("-")
            elif child.tag == f"{_W}txbxContent":
                run.boxes.append(child)
            elif child.tag in _REFERENCES:
                run.mark(self._note(child))
                if child.get(f"{_W}customMarkFollows") in ("1", "true", "on"):
                    return  # the rest of this run is the mark itself
            elif child.tag not in _SILENT:
                self._gather(child, run)

    def _note(self, reference: etree._Element) -> str:
        """Remember the note that a mark refers to; returns its number as Word prints it."""
        kind = _REFERENCES[reference.tag]
        if reference.get(f"{_W}customMarkFollows") in ("1", "true", "on"):
            number = "".join(t.text or "" for t in reference.itersiblings(f"{_W}t")).strip()
        else:
            self._counts[kind] += 1
            arabic = kind == "footnotes" or self._arabic_endnotes
            number = str(self._counts[kind]) if arabic else _roman(self._counts[kind])
        body = self._notes[kind].pop(reference.get(f"{_W}id", ""), None)
        if body is not None:
            self.outline.note(number, self._flat(body).text)
        return number

    def _flat(self, element: etree._Element) -> Cell:
        return flat(element, {f"{_W}p"}, _SILENT, self._run)

    def _table(self, table: etree._Element) -> None:
        """A table row by row; one of a single column is a box, read as the text that it holds."""
        rows = [(row, list(_below(row, "tc", "tbl"))) for row in _below(table, "tr", "tbl")]
        if all(len(cells) <= 1 for _, cells in rows):
            for _, cells in rows:
                for cell in cells:
                    self.blocks(cell)
            return
        headers = 0
        for row, _ in rows:
            if row.find(f"{_W}trPr/{_W}tblHeader") is None:
                break
            headers += 1
        for line in table_rows(self._grid([cells for _, cells in rows]), headers):
            self.outline.noted("table", line.text, line.notes)

    def _grid(self, rows: list[list[etree._Element]]) -> list[list[Cell]]:
        grid: list[list[Cell]] = []
        for row in rows:
            cells: list[Cell] = []
            for element in row:
                merge = element.find(f"{_W}tcPr/{_W}vMerge")
                above = grid[-1] if grid else []
                if merge is not None and _value(merge) != "restart" and len(cells) < len(above):
                    cell = above[len(cells)]
                else:
                    cell = self._flat(element)
                span = _value(element.find(f"{_W}tcPr/{_W}gridSpan"))
                cells += [cell] * (min(int(span), _MAX_SPAN) if span.isdecimal() and len(span) < 6 else 1)
            grid.append(cells)
        return grid


def _note_bodies(part: Any, kind: str) -> dict[str, etree._Element]:
    """Notes of a document by their id; none if it has no such part."""
    found: dict[str, etree._Element] = {}
    for relation in part.rels.values():
        if not relation.is_external and relation.reltype.endswith(f"/{kind}"):
            for note in parse_part(relation.target_part.blob):
                if note.get(f"{_W}type") in (None, "normal"):
                    found[note.get(f"{_W}id", "")] = note
    return found


def _value(element: etree._Element | None) -> str:
    return "" if element is None else element.get(f"{_W}val", "")


def _heading_level(element: etree._Element, names: list[str]) -> int:
    """Level of a heading, 0 for other text: by its style, else by its own outline level."""
    for name in names:
        heading = _HEADING.match(name)
        if heading or name == "Title":
            return int(heading[1]) if heading else 1
    depth = _value(element.find(f"{_W}pPr/{_W}outlineLvl"))
    return int(depth) + 1 if depth in list("012345678") else 0


def _is_numbered(element: etree._Element) -> bool:
    numbering = element.find(f"{_W}pPr/{_W}numPr/{_W}numId")
    return numbering is not None and _value(numbering) != "0"


def _is_contents(control: etree._Element) -> bool:
    gallery = control.find(f"{_W}sdtPr/{_W}docPartObj/{_W}docPartGallery")
    return _value(gallery) == "Table of Contents"


def _below(parent: etree._Element, tag: str, stop: str) -> Iterator[etree._Element]:
    """Elements of a tag, also inside content controls, but not inside a nested table."""
    for child in parent:
        if child.tag == f"{_W}{tag}":
            yield child
        elif child.tag != f"{_W}{stop}":
            yield from _below(child, tag, stop)


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        text += letters * (number // value)
        number %= value
    return text
