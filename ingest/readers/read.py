"""One file -> Document, by what the file is."""

from __future__ import annotations

import re
from pathlib import Path

from corpus import Source
from ingest.document import Document, Form
from ingest.errors import ReadError
from ingest.readers.catalogue import read_own
from ingest.readers.digest import read_digest
from ingest.readers.docx import read_docx
from ingest.readers.html import read_html
from ingest.readers.law_markdown import is_law_markdown, read_law_markdown
from ingest.readers.law_xml import law_facts, read_law_xml
from ingest.readers.odt import read_odt
from ingest.readers.pdf import read_pdf
from ingest.readers.text import decode, read_markdown, read_text

SUFFIXES = frozenset({".pdf", ".html", ".htm", ".md", ".markdown", ".txt", ".docx", ".odt", ".xml"})


def read_bytes(path: Path, max_mb: int) -> bytes:
    """The bytes of a file.

    raises  ReadError if it cannot be opened, is empty or larger than `max_mb`
    """
    try:
        size = path.stat().st_size
        if size > max_mb * 1_000_000:
            raise ReadError(
                f"het bestand is {size // 1_000_000} MB, meer dan de grens van {max_mb} MB; "
                "verhoog MENGPANEEL_MAX_FILE_MB of splits het bestand",
                f"the file has {size // 1_000_000} MB, more than the limit of {max_mb} MB; "
                "raise MENGPANEEL_MAX_FILE_MB or split the file",
            )
        data = path.read_bytes()
    except OSError as error:
        raise ReadError(
            f"kan niet worden geopend ({error.strerror})", f"cannot be opened ({error.strerror})"
        ) from error
    if not data:
        raise ReadError("het bestand is leeg", "the file is empty")
    return data


def read_document(source: Source, form: Form, path: Path, data: bytes) -> Document:
    """Read one document: an original, our digest of one, or our own catalogue.

    raises  ReadError with reason and remedy
    """
    if form == "digest":
        return read_digest(source, decode(data)[0])
    if form == "catalogue":
        return read_own(source, path)
    return read_file(source, path, data)


def read_file(source: Source, path: Path, data: bytes) -> Document:
    """Read one original.

    raises  ReadError with reason and remedy
    """
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        return read_pdf(source, data)
    if suffix in (".html", ".htm"):
        return read_html(source, data)
    if suffix == ".docx":
        return read_docx(source, data)
    if suffix == ".odt":
        return read_odt(source, data)
    if suffix == ".xml":
        return read_law_xml(source, data)
    if suffix in (".md", ".markdown"):
        text, _ = decode(data)
        return read_law_markdown(source, text) if is_law_markdown(text) else read_markdown(source, data)
    if suffix == ".txt":
        return read_text(source, data)
    known = ", ".join(sorted(SUFFIXES))
    raise ReadError(
        f"bestandstype {suffix or 'zonder naam'} wordt niet gelezen; bruikbaar zijn {known}",
        f"file type {suffix or 'without name'} is not read; usable are {known}",
    )


def record_for(path: Path, data: bytes) -> Source:
    """A record for a file without one: what the file itself tells, else its name."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem).strip("-._")[:100] or "document"
    fields: dict[str, object] = {"id": name, "title": path.stem.strip() or name, "kind": "rapport"}
    suffix = path.suffix.lower()
    if suffix in (".html", ".htm"):
        fields["kind"] = "webpagina"
    elif suffix == ".xml":
        fields |= {"kind": "wet", "publisher": "Staat der Nederlanden", **law_facts(data)}
    elif suffix in (".md", ".markdown"):
        text = data.decode("utf-8", errors="replace")
        title = re.search(r"^#{1,2}\s*(\S[^\n]*)$", text, re.MULTILINE)
        if title:
            fields["title"] = " ".join(title[1].split())
        if is_law_markdown(text):
            fields |= {"kind": "wet", "publisher": "Staat der Nederlanden"}
    return Source.model_validate(fields)
