"""PDF bytes -> lines of text with place, size and weight (home of pypdf).

Lines keep the order of the content stream, which in typeset documents is the reading order, columns included.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

from pypdf import PdfReader
from pypdf.errors import DependencyError, LimitReachedError, PdfReadError, PyPdfError

from ingest.errors import ReadError
from ingest.readers.outline import MARK, lift_marks

_LOCKED = (
    "de PDF is met een wachtwoord beveiligd; sla hem zonder wachtwoord op",
    "the PDF is locked with a password; save it without",
)
_SAME_LINE = 2.0  # points
_BOLD = re.compile(r"bold|black|heavy|semibold", re.IGNORECASE)
_SUPERSCRIPT = re.compile(r"\d{1,3}")


@dataclass(frozen=True, slots=True)
class Piece:
    """One run of text in one font. `x` in points from the left, `size` in points."""

    x: float
    size: float
    bold: bool
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """Pieces on one base line of one page. `y` in points from the bottom; `page` counts from 0."""

    page: int
    y: float
    pieces: tuple[Piece, ...]

    @property
    def x(self) -> float:
        """Left edge in points."""
        return self.pieces[0].x

    @property
    def size(self) -> float:
        """Size of most of its characters, in points."""
        return max(self.pieces, key=lambda piece: len(piece.text.strip())).size

    @property
    def bold(self) -> bool:
        """Whether every visible piece is bold."""
        return all(piece.bold for piece in self.pieces if piece.text.strip())

    @property
    def text(self) -> str:
        """The characters, superscript note marks left out, white space squeezed."""
        return lift_marks(self._marked)[0]

    @property
    def mark_starts(self) -> tuple[int, ...]:
        """Offset in `text` behind which each of `marks` stands."""
        return lift_marks(self._marked)[1]

    @property
    def _marked(self) -> str:
        words: list[str] = []
        for piece, following in zip(self.pieces, (*self.pieces[1:], None), strict=True):
            is_mark = self.is_mark(piece)
            words.append(MARK if is_mark else piece.text)
            if not is_mark and following is not None and _is_apart(piece, following):
                words.append(" ")
        return "".join(words)

    @property
    def marks(self) -> tuple[str, ...]:
        """Footnote numbers set as superscript in this line."""
        return tuple(piece.text.strip() for piece in self.pieces if self.is_mark(piece))

    def is_mark(self, piece: Piece) -> bool:
        """Whether a piece is a superscript number beside larger text."""
        return piece.size <= 0.8 * self.size and bool(_SUPERSCRIPT.fullmatch(piece.text.strip()))


def _is_apart(left: Piece, right: Piece) -> bool:
    """Whether a gap divides two pieces. Widths are estimated: the longer a piece, the wider the gap must be."""
    text = left.text.strip()
    width = 0.55 * left.size * len(text)
    unsure = 0.15 * max(0, len(text) - 6)
    return right.x - (left.x + width) > (0.4 + unsure) * left.size


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """A bookmark: `depth` from 1, `page` counts from 0."""

    depth: int
    title: str
    page: int


@dataclass(frozen=True, slots=True)
class PdfText:
    """All lines of a PDF, page by page, with heights in points, printed labels and bookmarks.

    `warnings` say in Dutch where the text may be incomplete or stand beside the paper.
    """

    pages: tuple[tuple[Line, ...], ...]
    heights: tuple[float, ...]
    labels: tuple[str, ...]
    outline: tuple[OutlineEntry, ...]
    warnings: tuple[str, ...] = ()


def read_lines(data: bytes) -> PdfText:
    """Read all pages.

    raises  ReadError if the data is no PDF, is locked, damaged or has no pages
    """
    if not data.lstrip().startswith(b"%PDF-"):
        raise ReadError(
            "de inhoud is geen PDF, al zegt de naam van wel; sla het document opnieuw op als PDF",
            "the content is no PDF, although the name says so; save the document as PDF again",
        )
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadError(*_LOCKED)
        pages = tuple(_page_lines(number, page) for number, page in enumerate(reader.pages))
        if not pages:
            raise ReadError("de PDF heeft geen bladzijden", "the PDF has no pages")
        return PdfText(
            pages=pages,
            heights=tuple(float(page.mediabox.height) for page in reader.pages),
            labels=tuple(reader.page_labels),
            outline=tuple(_outline(reader, reader.outline, 1)),
            warnings=(*_repaired(data), *_outside(reader, pages)),
        )
    except LimitReachedError as error:
        raise ReadError(
            "de PDF pakt uit tot meer dan veilig is; open hem en druk hem af naar een nieuwe PDF",
            "the PDF unpacks to more than is safe; open it and print it to a new PDF",
        ) from error
    except DependencyError as error:  # AES: without a password it could not be read either
        raise ReadError(*_LOCKED) from error
    except (PyPdfError, PdfReadError, RecursionError, ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, ReadError):
            raise
        raise ReadError(
            f"de PDF is beschadigd of onvolledig ({type(error).__name__}); open hem en sla hem opnieuw op",
            f"the PDF is damaged or incomplete ({type(error).__name__}); open it and save it again",
        ) from error


def _page_lines(number: int, page: Any) -> tuple[Line, ...]:
    runs: list[tuple[float, Piece]] = []

    def visit(text: str, page_matrix: list[float], matrix: list[float], font: Any, size: float) -> None:
        if text.strip():
            a, b, c, d, left, top = page_matrix  # browsers draw in pixels and upside down, and turn it by this
            scale = abs(b * matrix[2] + d * matrix[3]) or abs(a * matrix[0] + c * matrix[1]) or 1.0
            x, y = a * matrix[4] + c * matrix[5] + left, b * matrix[4] + d * matrix[5] + top
            bold = bool(_BOLD.search(str((font or {}).get("/BaseFont", ""))))
            clean = text.replace("\n", " ").replace(MARK, "")
            runs.append((y, Piece(x, round(size * scale, 1), bold, clean)))

    page.extract_text(visitor_text=visit)
    lines: list[Line] = []
    current: list[Piece] = []
    base = 0.0
    for y, piece in runs:
        joined = _base_line(current, base, piece, y)
        if joined is not None:
            current.append(piece)
            base = joined
            continue
        if current:
            lines.append(Line(number, base, tuple(current)))
        current, base = [piece], y
    if current:
        lines.append(Line(number, base, tuple(current)))
    return tuple(lines)


def _base_line(line: list[Piece], base: float, piece: Piece, y: float) -> float | None:
    """Base line of a line with a next piece, or None if the piece is not on it; note marks stand raised above it."""
    if not line:
        return None
    if abs(y - base) <= _SAME_LINE:
        return base
    size = max(part.size for part in line)
    if _is_raised(piece, y - base, size) and piece.x > line[-1].x:
        return base
    if len(line) == 1 and _is_raised(line[0], base - y, piece.size) and piece.x > line[0].x:
        return y
    return None


def _is_raised(piece: Piece, rise: float, size: float) -> bool:
    """Whether a piece is a small number standing `rise` points above text of a size."""
    number = _SUPERSCRIPT.fullmatch(piece.text.strip())
    return bool(number) and piece.size <= 0.8 * size and 0 < rise <= 0.7 * size


def _repaired(data: bytes) -> tuple[str, ...]:
    """A warning if the table of contents of the file does not stand where the file says: pypdf then searches it."""
    starts = re.findall(rb"startxref\s+(\d{1,12})", data[-2048:])
    at = data.find(b"%PDF-") + int(starts[-1]) if starts else len(data)
    if re.match(rb"\s*(?:xref|\d+\s+\d+\s+obj)", data[at : at + 64]):
        return ()
    return ("de PDF is beschadigd; gelezen is wat nog te vinden was, er kan tekst ontbreken",)


def _outside(reader: PdfReader, pages: tuple[tuple[Line, ...], ...]) -> tuple[str, ...]:
    """A warning naming the pages on which text runs off the paper. Widths are estimated low, so it is sure."""
    found: list[str] = []
    for page, lines in zip(reader.pages, pages, strict=True):
        box = page.mediabox
        if page.rotation == 0 and any(
            not box.bottom <= line.y <= box.top or piece.x + 0.3 * piece.size * len(piece.text) > box.right
            for line in lines
            for piece in line.pieces
        ):
            found.append(str(page.page_number + 1 if page.page_number is not None else "?"))
    if not found:
        return ()
    return (f"op blz. {', '.join(found[:10])} loopt tekst buiten het blad; wie de PDF opent ziet niet alles",)


def _outline(reader: PdfReader, entries: list[Any], depth: int) -> list[OutlineEntry]:
    found: list[OutlineEntry] = []
    for entry in entries:
        if isinstance(entry, list):
            found += _outline(reader, entry, depth + 1)
            continue
        page = reader.get_destination_page_number(entry)
        if page is not None and entry.title:
            found.append(OutlineEntry(depth, " ".join(str(entry.title).split()), page))
    return found
