"""Plain text and Markdown -> Document."""

from __future__ import annotations

import re
import unicodedata

from corpus import Source
from ingest.document import BlockKind, Document, DocumentBuilder
from ingest.errors import ReadError
from ingest.readers.outline import OutlineBuilder

_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_ITEM = re.compile(r"^(?:[-*+•]|\d{1,3}[.)]|[a-z][.)])\s+\S")
_MARKUP = (
    (re.compile(r"!\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"\[([^\]]+)\]\([^)]*\)"), r"\1"),
    (re.compile(r"(?<![\w*])(\*{1,3})(\S(?:.*?\S)?)\1(?![\w*])"), r"\2"),
    (re.compile(r"`([^`]+)`"), r"\1"),
)
_MAX_NOISE = 0.10  # share of replaced or control characters above which a file is no text


def decode(data: bytes) -> tuple[str, str | None]:
    """Text of the bytes, and a warning if characters had to be replaced.

    raises  ReadError if the bytes are empty or no text
    """
    if not data.strip():
        raise ReadError("het bestand is leeg", "the file is empty")
    text, fallback = _decoded(data)
    clean = _CONTROL.sub("", text)
    lost = len(text) - len(clean) + clean.count("\ufffd")
    if lost > _MAX_NOISE * len(text) or not any(c.isalpha() for c in clean):
        raise ReadError(
            "de inhoud is geen leesbare tekst; sla het document op als UTF-8-tekst",
            "the content is no readable text; save the document as UTF-8 text",
        )
    warning = f"gelezen als {fallback}" if fallback else None
    if lost:
        warning = f"{lost} onleesbare tekens weggelaten of vervangen"
    return unicodedata.normalize("NFC", clean.replace("\r\n", "\n").replace("\r", "\n")), warning


def _decoded(data: bytes) -> tuple[str, str | None]:
    for mark, encoding in _BOMS.items():
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), None
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError:
        noise = sum(byte < 9 or 13 < byte < 32 for byte in data)
        if noise:
            return data.decode("utf-8", errors="replace"), None
        return data.decode("windows-1252", errors="replace"), "windows-1252"


def read_text(source: Source, data: bytes) -> Document:
    """Read plain text: blank lines divide paragraphs; a short line between them is a heading."""
    text, warning = decode(data)
    outline = OutlineBuilder(DocumentBuilder(source))
    if warning:
        outline.document.warnings.append(warning)
    chunks = [chunk.strip() for chunk in re.split(r"\n\s*\n", text) if chunk.strip()]
    for number, chunk in enumerate(chunks):
        if _is_plain_heading(chunk) and number + 1 < len(chunks):
            outline.heading(2, chunk)
        else:
            _paragraphs(outline, chunk)
    return outline.build()


def _is_plain_heading(chunk: str) -> bool:
    words = chunk.split()
    return "\n" not in chunk and len(words) <= 12 and chunk[-1] not in ".,;!:" and not _ITEM.match(chunk)


def read_markdown(source: Source, data: bytes) -> Document:
    """Read Markdown: # headings, lists, paragraphs; emphasis and link targets are dropped."""
    text, warning = decode(data)
    outline = OutlineBuilder(DocumentBuilder(source))
    if warning:
        outline.document.warnings.append(warning)
    for chunk in re.split(r"\n\s*\n|\n(?=#{1,6}\s)", text):
        lines = chunk.strip().splitlines()
        heading = _HEADING.match(lines[0]) if lines else None
        if heading:
            outline.heading(len(heading[1]), plain(heading[2]))
            lines = lines[1:]
        _paragraphs(outline, plain("\n".join(lines)))
    return outline.build()


def plain(text: str) -> str:
    """Markdown without its marks: the words a reader sees."""
    for pattern, replacement in _MARKUP:
        text = pattern.sub(replacement, text)
    return text


def _paragraphs(outline: OutlineBuilder, chunk: str) -> None:
    """One chunk: running lines are one paragraph, every marked line an item."""
    current: list[str] = []
    kind: BlockKind = "paragraph"
    for line in chunk.splitlines():
        if _ITEM.match(line.strip()):
            outline.text(kind, " ".join(current))
            current, kind = [], "item"
        elif line.lstrip().startswith("|"):
            outline.text(kind, " ".join(current))
            current, kind = [], "paragraph"
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if not all(re.fullmatch(r":?-{2,}:?", cell) for cell in cells):
                outline.text("table", " | ".join(cells))
            continue
        current.append(line.strip())
    outline.text(kind, " ".join(current))
