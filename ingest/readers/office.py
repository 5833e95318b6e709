"""What zipped office formats share: the zip, its XML parts, tables as rows, note marks."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from lzma import LZMAError
from zipfile import BadZipFile, ZipFile

from lxml import etree

from corpus import safe_xml
from ingest.document import BlockKind, Document, Locator
from ingest.errors import ReadError
from ingest.readers.outline import MARK, OutlineBuilder, lift_marks

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
    """The XML of a part.

    raises  ReadError if it is broken, nested absurdly deep or has a DOCTYPE
    """
    try:
        return safe_xml.parse(data)
    except etree.XMLSyntaxError as error:
        raise ReadError(*BROKEN) from error
    except safe_xml.HasDoctype as error:
        raise ReadError(
            "een DOCTYPE of entiteiten zijn niet toegestaan; open het document en sla het opnieuw op",
            "a DOCTYPE or entities are not allowed; open the document and save it again",
        ) from error


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
