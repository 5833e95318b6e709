"""OpenDocument text -> Document; and what it shares with Word: the zip, its XML parts, tables as rows, note marks.

Source: OASIS OpenDocument 1.3, part 2 (packages) and part 3 (schema).
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from lzma import LZMAError
from zipfile import BadZipFile, ZipFile

from lxml import etree

from corpus import Source
from ingest.document import BlockKind, Document, DocumentBuilder, Locator
from ingest.errors import ReadError
from ingest.readers.outline import MARK, OutlineBuilder, lift_marks

_MAX_COLUMNS = 100
MAX_UNPACKED_MB = 200  # of a whole package; its pictures are never unpacked
MAX_PART_MB = 50  # of one part that is read
_MAX_HEADER_WORDS = 12
_ENCRYPTED = 0x1  # flag bit of a zip entry
_OLE = b"\xd0\xcf\x11\xe0"  # what Office wraps around a document with a password, and what .doc is
ZIP_FAULTS = (BadZipFile, LZMAError, zlib.error, EOFError, OSError, NotImplementedError, ValueError)

LOCKED = (
    "het document is met een wachtwoord beveiligd; sla het zonder wachtwoord op",
    "the document is locked with a password; save it without",
)
BROKEN = (
    "het document is beschadigd of onvolledig; open het en sla het opnieuw op",
    "the document is damaged or incomplete; open it and save it again",
)


# --- what zipped office formats share ---


class Package:
    """A zipped office document. Names inside it are only compared, never used as a path."""

    def __init__(self, data: bytes, no_package: tuple[str, str]) -> None:
        """Open it; nothing is unpacked yet.

        raises  ReadError with `no_package` if it is no zip; if it is locked or unpacks to more than is safe
        """
        if data.startswith(_OLE):
            raise ReadError(
                "het document is met een wachtwoord beveiligd of van voor 2007; sla het opnieuw op, zonder wachtwoord",
                "the document is locked with a password or older than 2007; save it again, without password",
            )
        try:
            self._zip = ZipFile(io.BytesIO(data))
        except ZIP_FAULTS as error:
            raise ReadError(*no_package) from error
        entries = self._zip.infolist()
        if any(entry.flag_bits & _ENCRYPTED for entry in entries):
            raise ReadError(*LOCKED)
        if sum(entry.file_size for entry in entries) > MAX_UNPACKED_MB * 1_000_000:
            raise ReadError(
                f"het document pakt uit tot meer dan {MAX_UNPACKED_MB} MB; haal er afbeeldingen uit of splits het",
                f"the document unpacks to more than {MAX_UNPACKED_MB} MB; take out pictures or split it",
            )

    def part(self, name: str) -> bytes | None:
        """The bytes of a part, None if there is none.

        raises  ReadError if it is damaged or larger than is safe
        """
        try:
            with self._zip.open(name) as part:
                data = part.read(MAX_PART_MB * 1_000_000 + 1)
        except KeyError:
            return None
        except ZIP_FAULTS as error:
            raise ReadError(*BROKEN) from error
        if len(data) > MAX_PART_MB * 1_000_000:
            raise ReadError(
                f"het document bevat meer dan {MAX_PART_MB} MB tekst; splits het",
                f"the document holds more than {MAX_PART_MB} MB of text; split it",
            )
        return data


def parse_part(data: bytes) -> etree._Element:
    """The XML of a part: no entities, no DTD, nothing fetched.

    raises  ReadError if it is broken, nested absurdly deep or has a DOCTYPE
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ReadError(*BROKEN) from error
    if root.getroottree().docinfo.doctype:
        raise ReadError(
            "een DOCTYPE of entiteiten zijn niet toegestaan; open het document en sla het opnieuw op",
            "a DOCTYPE or entities are not allowed; open the document and save it again",
        )
    return root


@dataclass(slots=True)
class NotedOutline(OutlineBuilder):
    """An outline whose blocks know their footnotes; the notes themselves follow at the end, as in a PDF."""

    _bodies: list[tuple[str, str]] = field(default_factory=list)
    _pending: tuple[str, ...] = ()

    def titled(self, level: int, text: str, notes: tuple[str, ...]) -> None:
        """Open a heading; its marks go to the text below it, where a heading cannot carry them."""
        self.heading(level, text)
        self._pending += notes

    def noted(self, kind: BlockKind, text: str, notes: tuple[str, ...]) -> None:
        """Add one paragraph, item or table row with the marks of its notes."""
        if lift_marks(text)[0]:
            self.text(kind, MARK * len(self._pending) + text, self._pending + notes)
            self._pending = ()
        else:
            self._pending += notes

    def note(self, number: str, text: str) -> None:
        """Remember one footnote."""
        self._bodies.append((number, text))

    def finish(self) -> Document:
        """The document.

        raises  ReadError if it holds no text
        """
        for number, text in self._bodies:
            self.document.add("note", lift_marks(text)[0], Locator(note=number or None))
        return self.build()


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table as a person reads it, with its MARKs; a merged cell stands in every place that it covers."""

    text: str
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Run:
    """What stands in one paragraph: its characters and MARKs, their notes, and boxes with paragraphs of their own."""

    parts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    boxes: list[etree._Element] = field(default_factory=list)

    def mark(self, number: str) -> None:
        """A note mark stands here."""
        self.parts.append(MARK)
        self.notes.append(number)

    @property
    def text(self) -> str:
        """The characters, white space squeezed."""
        return " ".join("".join(self.parts).split())


def flat(element: etree._Element, paragraphs: set[str], silent: set[str], run_of: Callable[..., Run]) -> Cell:
    """All text below an element as one stretch: of a cell or a note."""
    texts: list[str] = []
    notes: list[str] = []
    for child in element:
        if child.tag in silent:
            continue
        inner = [child]
        if child.tag in paragraphs:
            run = run_of(child)
            texts.append(run.text)
            notes += run.notes
            inner = run.boxes
        for part in inner:
            cell = flat(part, paragraphs, silent, run_of)
            texts.append(cell.text)
            notes += cell.notes
    return Cell(" ".join(text for text in texts if text), tuple(notes))


Rows = Sequence[Sequence[Cell]]


def table_rows(rows: Rows, header_count: int) -> Iterator[Cell]:
    """Every row as "kop: waarde | kop: waarde", so that it can be read, found and quoted alone.

    `header_count` rows are marked as header by the document; if 0, the first row is one if it looks like it.
    Empty cells and repetitions of a merged cell are left out.
    """
    count = min(header_count, len(rows) - 1) if header_count else int(_looks_like_header(rows))
    texts = [[lift_marks(cell.text)[0] for cell in column] for column in _columns(rows[:count])]
    heads = [" ".join(dict.fromkeys(text for text in column if text)) for column in texts]
    waiting = tuple(dict.fromkeys(note for row in rows[:count] for cell in row for note in cell.notes))
    for row in rows[count:]:
        parts: list[str] = []
        notes: tuple[str, ...] = ()
        for number, cell in enumerate(row):
            if lift_marks(cell.text)[0] and not (number and cell is row[number - 1]):
                head = heads[number].rstrip(":") if number < len(heads) else ""
                parts.append(f"{head}: {cell.text}" if head else cell.text)
                notes += cell.notes
        if parts:
            yield Cell(MARK * len(waiting) + " | ".join(parts), waiting + notes)
            waiting = ()


def _looks_like_header(rows: Rows) -> bool:
    """Two rows or more, and a first one of short, different words; only its corner may be empty."""
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    texts = [lift_marks(cell.text)[0] for cell in rows[0]]
    short = all(len(text.split()) <= _MAX_HEADER_WORDS for text in texts)
    return short and all(texts[1:]) and len(set(texts)) == len(texts) and not texts[0].endswith(":")


def _columns(rows: Rows) -> Iterator[list[Cell]]:
    for number in range(max((len(row) for row in rows), default=0)):
        yield [row[number] for row in rows if number < len(row)]


# --- OpenDocument ---

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
