"""PDF -> Document: headings, paragraphs, lists and footnotes out of lines of text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from corpus import Source
from ingest.document import BlockKind, Document, DocumentBuilder, Locator
from ingest.errors import ReadError
from ingest.readers.joins import SENTENCE_END, Joiner
from ingest.readers.pdf_lines import Line, PdfText, read_lines

_LEADERS = re.compile(r"(\. ?){5,}")
_MARKER = re.compile(r"(?:[•▪◦–‣o·-]|\d{1,2}[.)]|[a-z][.)])")
_MARKED = re.compile(r"^([•▪◦–‣·-]|\d{1,2}[.)]|[a-z][.)])\s+(?=\S)")
_MARGIN = 0.08  # share of the page's height in which running headers and footers stand
_MAX_HEADING_WORDS = 25
_MAX_COVER_WORDS, _MIN_PAGES = 40, 5  # a shorter document has no cover, but may begin with a list


def read_pdf(source: Source, data: bytes) -> Document:
    """Read a report, article or minutes.

    raises  ReadError if the file is no readable PDF or has no text layer
    """
    text = read_lines(data)
    if not any(line.text for page in text.pages for line in page):
        raise ReadError(
            "de PDF heeft geen tekstlaag (een scan); maak de tekst eerst herkenbaar met OCR",
            "the PDF has no text layer (a scan); run OCR on it first",
        )
    return _PdfBuilder(source, text).build()


@dataclass(slots=True)
class _Open:
    """A block under construction; `starts` are offsets at which a next page begins, `note_starts` those of marks."""

    kind: BlockKind
    text: str
    first: Line
    last: Line
    lines: int = 1
    starts: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    note_starts: list[int] = field(default_factory=list)
    indent: float = 0.0
    number: str | None = None


class _PdfBuilder:
    """Walks the lines once, body first; footnotes follow at the end of the document."""

    def __init__(self, source: Source, text: PdfText) -> None:
        self._text = text
        self._document = DocumentBuilder(source, page_count=len(text.pages), warnings=list(text.warnings))
        self._furniture, printed = _furniture(text)
        self._labels = [printed.get(n) or label for n, label in enumerate(text.labels)]
        body, notes = self._split_notes()
        self._body_size = _dominant_size(body)
        self._joiner = Joiner(line.text for line in (*body, *notes))
        self._body, self._notes = body, notes
        self._leading = _leading(body, self._body_size)
        self._levels = _heading_sizes(body, self._body_size)
        self._path: list[tuple[int, str]] = []
        self._open: _Open | None = None

    def build(self) -> Document:
        for line in self._body:
            self._line(line)
        self._close()
        self._add_notes()
        return self._document.build()

    # --- which lines are what -------------------------------------------------------------------

    def _split_notes(self) -> tuple[list[Line], list[Line]]:
        """Body and footnote lines of all pages, running headers and contents pages left out."""
        pages = [
            [line for line in page if line.text and (n, line.y) not in self._furniture]
            for n, page in enumerate(self._text.pages)
        ]
        size = _dominant_size([line for page in pages for line in page])
        covers = _covers(pages, size)
        body = next(_title(page) for page in pages if page) if covers else []
        notes: list[Line] = []
        for page in pages[covers:]:
            if sum(bool(_LEADERS.search(line.text)) for line in page) >= 5:
                continue
            cut = _note_start(page, size)
            body += page[:cut]
            notes += page[cut:]
        return body, notes

    def _is_heading(self, line: Line) -> bool:
        larger = line.size > self._body_size * 1.25
        return larger or (line.bold and line.size >= self._body_size * 0.95)

    # --- the walk -------------------------------------------------------------------------------

    def _line(self, line: Line) -> None:
        drop_cap = len(line.text) == 1 and line.size > 2 * self._body_size
        kind: BlockKind = "heading" if self._is_heading(line) and not drop_cap else "paragraph"
        marker = _list_marker(line) if kind == "paragraph" and self._may_start_item(line) else None
        if marker:
            kind = "item"
        if self._open and self._continues(line, kind, marker):
            self._append(line)
            return
        self._close()
        indent = line.pieces[1].x if marker and len(line.pieces) > 1 else line.x
        marks, at = list(line.marks), list(line.mark_starts)
        self._open = _Open(kind, line.text, line, line, notes=marks, note_starts=at, indent=indent)

    def _may_start_item(self, line: Line) -> bool:
        """A dash or number at the start of a line opens an item, unless it stands in a running sentence."""
        return len(line.pieces) > 1 or self._open is None or bool(SENTENCE_END.search(self._open.text))

    def _continues(self, line: Line, kind: BlockKind, marker: str | None) -> bool:
        block = self._open
        if block is None or marker:
            return False
        if len(block.text) == 1 and block.first.size > 2 * self._body_size:
            return True  # a drop cap
        if (kind == "heading") != (block.kind == "heading"):
            return False
        moved = line.page != block.last.page or line.y > block.last.y
        gap = block.last.y - line.y
        if kind == "heading":
            return not moved and abs(line.size - block.first.size) < 0.6 and gap < 1.6 * line.size
        if moved:
            indented = line.x > _column_left(self._body, line) + 4
            return not SENTENCE_END.search(block.text) and not (indented and block.text[-1] != "-")
        if gap > 1.35 * max(self._leading, 1.2 * line.size) or abs(line.size - block.last.size) > 1:
            return False
        if block.kind == "item":
            return line.x >= block.indent - 3
        new_paragraph = line.x > block.last.x + 4 and bool(SENTENCE_END.search(block.text))
        return not new_paragraph

    def _append(self, line: Line) -> None:
        block = self._open
        if block is None:
            return
        drop_cap = len(block.text) == 1 and block.first.size > 2 * self._body_size
        joined = block.text + line.text if drop_cap else self._joiner.join(block.text, line.text)
        if line.page != block.last.page:
            block.starts.append(len(joined) - len(line.text))
        block.note_starts += [len(joined) - len(line.text) + offset for offset in line.mark_starts]
        block.text = joined
        block.lines += 1
        block.notes += line.marks
        block.last = line

    def _close(self) -> None:
        block, self._open = self._open, None
        if block is None:
            return
        words = block.text.split()
        if block.lines in (1, len(words)) and not any(c.isalpha() for c in block.text):
            block.kind, block.text, block.starts = "table", " | ".join(words), []  # numbers in a figure: no sentence
            block.note_starts = []
        if block.kind == "heading" and (len(words) > _MAX_HEADING_WORDS or not any(c.isalpha() for c in block.text)):
            block.kind = "paragraph"
        if block.kind == "heading":
            self._heading(block)
        else:
            self._document.add(
                block.kind,
                block.text,
                self._place(block.first.page, block.last.page),
                page_starts=tuple(block.starts),
                notes=tuple(block.notes),
                note_starts=tuple(block.note_starts),
            )

    def _heading(self, block: _Open) -> None:
        level = self._outline_level(block) or self._levels.get(block.first.size, 9)
        self._path = [entry for entry in self._path if entry[0] < level]
        self._path.append((level, block.text))
        self._document.add("heading", block.text, self._place(block.first.page, block.last.page), level=len(self._path))

    def _outline_level(self, block: _Open) -> int:
        key = _key(block.text)
        for entry in self._text.outline:
            title = _key(entry.title)
            if entry.page == block.first.page and (title == key or (len(title) > 7 and key.startswith(title))):
                return entry.depth
        return 0

    def _place(self, first: int, last: int, note: str | None = None) -> Locator:
        return Locator(
            page=first + 1,
            page_end=last + 1 if last != first else None,
            page_label=self._labels[first],
            section=tuple(text for _, text in self._path) if note is None else (),
            note=note,
        )

    def _add_notes(self) -> None:
        for note in _notes(self._notes, self._joiner):
            self._document.add("note", note.text, self._place(note.first.page, note.last.page, note.number), notes=())


def _furniture(text: PdfText) -> tuple[set[tuple[int, float]], dict[int, str]]:
    """Running headers and footers (page, y), and the page numbers printed in them."""
    found: Counter[str] = Counter()
    margin: list[tuple[int, Line, str]] = []
    for number, page in enumerate(text.pages):
        height = text.heights[number]
        for line in page:
            if line.y > height * (1 - _MARGIN) or line.y < height * _MARGIN:
                key = re.sub(r"\d+", "#", line.text)
                key = re.sub(r"[^\w#]", "", "".join(sorted(key.split())))
                found[key] += 1
                margin.append((number, line, key))
    repeated = {key for key, count in found.items() if count >= 2}
    furniture = {(number, line.y) for number, line, key in margin if key in repeated}
    return furniture, _printed_numbers([(n, line) for n, line, key in margin if key in repeated])


def _printed_numbers(lines: list[tuple[int, Line]]) -> dict[int, str]:
    """Numbers in headers and footers that grow by one a page: the printed page numbers."""
    offsets: Counter[int] = Counter()
    seen: list[tuple[int, int]] = []
    for page, line in lines:
        for number in {int(n) for n in re.findall(r"\b\d{1,4}\b", line.text)}:
            offsets[number - page] += 1
            seen.append((page, number))
    if not offsets:
        return {}
    best, count = offsets.most_common(1)[0]
    return {page: str(number) for page, number in seen if number - page == best} if count >= 2 else {}


def _covers(pages: list[list[Line]], body_size: float) -> int:
    """How many pages at the front hold nothing but the title and an imprint."""
    title: list[Line] = []
    for number, page in enumerate(pages):
        if page and not _is_cover(page, title, body_size):
            return number if title and len(pages) >= _MIN_PAGES else 0
        title = title or _title(page)
    return 0


def _is_cover(page: list[Line], title: list[Line], body_size: float) -> bool:
    """Few words and no sentence: on the first such page under a large title, on the next repeating it."""
    text = " ".join(line.text for line in page)
    known = _key(" ".join(line.text for line in title))
    named = known in _key(text) if title else _title(page)[0].size > 1.8 * body_size
    runs_on = any(
        _list_marker(line) or re.search(r"[.!?]$", line.text) or (line.text[0].islower() and line.size == body_size)
        for line in page
    )
    return named and not runs_on and len(text.split()) <= _MAX_COVER_WORDS


def _title(page: list[Line]) -> list[Line]:
    """The largest lines of a page."""
    largest = max((line.size for line in page), default=0.0)
    return [line for line in page if line.size == largest]


def _note_start(page: list[Line], body_size: float) -> int:
    """Index of the first footnote line: small print that begins with a number, at the foot of the page."""
    cut = len(page)
    for index in range(len(page) - 1, -1, -1):
        line = page[index]
        if line.size > body_size * 0.88:
            break
        if line.pieces[0].text.strip().isdigit() and line.marks:
            cut = index
    return cut


def _notes(lines: list[Line], joiner: Joiner) -> Iterator[_Open]:
    note: _Open | None = None
    for line in lines:
        number = line.marks[0] if line.marks and line.is_mark(line.pieces[0]) else None
        if number or note is None:
            if note:
                yield note
            note = _Open("note", line.text, line, line, number=number)
        else:
            note.text = joiner.join(note.text, line.text)
            note.last = line
    if note:
        yield note


def _dominant_size(lines: list[Line]) -> float:
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _leading(lines: list[Line], size: float) -> float:
    """The usual distance between base lines of body text, in points."""
    gaps: Counter[float] = Counter()
    for above, below in pairwise(lines):
        if above.page == below.page and above.size == below.size == size and above.y > below.y:
            gaps[round(above.y - below.y, 1)] += 1
    return gaps.most_common(1)[0][0] if gaps else 1.3 * size


def _heading_sizes(lines: list[Line], body_size: float) -> dict[float, int]:
    """Level by size: the largest heading is 1."""
    sizes = sorted({line.size for line in lines if line.bold or line.size > body_size * 1.25}, reverse=True)
    return {size: level for level, size in enumerate(sizes, start=1)}


def _column_left(lines: list[Line], line: Line) -> float:
    """Left edge of the column in which a line stands."""
    near = [other.x for other in lines if other.page == line.page and abs(other.x - line.x) < 30]
    return min(near, default=line.x)


def _list_marker(line: Line) -> str | None:
    if len(line.pieces) > 1 and _MARKER.fullmatch(line.pieces[0].text.strip()):
        return line.pieces[0].text.strip()
    marked = _MARKED.match(line.text)
    return marked[1] if marked and not marked[1].isdigit() else None


def _key(text: str) -> str:
    return re.sub(r"\W", "", text).lower()
