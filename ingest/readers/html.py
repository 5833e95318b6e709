"""Web page -> Document (home of trafilatura, which leaves out menus, cookie banners, forms and scripts)."""

from __future__ import annotations

import trafilatura
from lxml import etree

from corpus import Source
from ingest.document import Document, DocumentBuilder
from ingest.errors import ReadError
from ingest.readers.outline import OutlineBuilder
from ingest.readers.text import decode


def read_html(source: Source, data: bytes) -> Document:
    """Read the main text of a saved web page.

    raises  ReadError if no text is left once menus and forms are gone
    """
    text, warning = decode(data)
    xml = trafilatura.extract(text, output_format="xml", include_comments=False, include_tables=True)
    if not xml:
        raise ReadError(
            "in deze webpagina staat geen lopende tekst; bewaar de pagina opnieuw, geheel geladen",
            "this web page holds no running text; save it again, fully loaded",
        )
    outline = OutlineBuilder(DocumentBuilder(source))
    if warning:
        outline.document.warnings.append(warning)
    main = etree.fromstring(xml.encode()).find("main")
    if main is not None:
        _walk(outline, main)
    return outline.build()


def _walk(outline: OutlineBuilder, parent: etree._Element) -> None:
    for element in parent:
        if element.tag == "head":
            outline.heading(int(element.get("rend", "h2")[1:] or 2), _text(element))
        elif element.tag == "list":
            for item in element.iter("item"):
                outline.text("item", _text(item))
        elif element.tag == "table":
            for row in element.iter("row"):
                outline.text("table", " | ".join(_text(cell) for cell in row.iter("cell")))
        else:
            outline.text("paragraph", _text(element))
        outline.text("paragraph", element.tail or "")


def _text(element: etree._Element) -> str:
    return "".join(str(part) for part in element.itertext())
