"""Word document -> Document (home of python-docx)."""

from __future__ import annotations

import io
import re
from zipfile import BadZipFile

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph

from corpus import Source
from ingest.document import Document, DocumentBuilder
from ingest.errors import ReadError
from ingest.readers.outline import OutlineBuilder

_HEADING = re.compile(r"(?:heading|kop)\s*(\d)", re.IGNORECASE)


def read_docx(source: Source, data: bytes) -> Document:
    """Read headings, paragraphs, lists and tables in their order.

    raises  ReadError if the file is no Word document
    """
    try:
        content = docx.Document(io.BytesIO(data))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError) as error:
        raise ReadError(
            "de inhoud is geen Word-document (.docx); sla het opnieuw op als .docx",
            "the content is no Word document (.docx); save it as .docx again",
        ) from error
    outline = OutlineBuilder(DocumentBuilder(source))
    for part in content.iter_inner_content():
        if isinstance(part, Paragraph):
            _paragraph(outline, part)
        elif isinstance(part, Table):
            for row in part.rows:
                outline.text("table", " | ".join(cell.text for cell in row.cells))
    return outline.build()


def _paragraph(outline: OutlineBuilder, paragraph: Paragraph) -> None:
    style = (paragraph.style.name if paragraph.style else "") or ""
    heading = _HEADING.match(style)
    if heading or style == "Title":
        outline.heading(int(heading[1]) if heading else 1, paragraph.text)
    else:
        is_item = "list" in style.lower() or "lijst" in style.lower()
        outline.text("item" if is_item else "paragraph", paragraph.text)
