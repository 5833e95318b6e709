"""How a Word document looks: pandoc's own template on A4, with small footnotes, dark headings, ruled tables and page
numbers."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from itertools import pairwise
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

_FONT = "Calibri"
_SIZES = {"Normal": 11, "Footnote Text": 9, "Title": 20, "Heading 1": 16, "Heading 2": 14, "Heading 3": 12}
_DARK = RGBColor(0x1F, 0x2A, 0x44)


@cache
def styled(template: bytes) -> bytes:
    """The template of pandoc with our sizes and a page number at the foot."""
    document = Document(BytesIO(template))
    for name, size in _SIZES.items():
        style = document.styles[name]
        style.font.name, style.font.size = _FONT, Pt(size)
        if name != "Normal" and "Text" not in name:
            style.font.color.rgb = _DARK
    document.styles["Footnote Text"].paragraph_format.space_after = Pt(2)
    document.styles[
        "First Paragraph"
    ].paragraph_format.keep_with_next = True  # a heading and one line do not end a page
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(25)
    document.styles["Table"].element.find(f".//{qn('w:tblInd')}").addnext(_rules())
    foot = page.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    foot._p.append(field)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def kept_together(document: bytes) -> bytes:
    """A Word document in which a page never ends between a question and its options."""
    opened = Document(BytesIO(document))
    for one, following in pairwise(opened.paragraphs):
        if _depth(following):
            one.paragraph_format.keep_with_next = True
    out = BytesIO()
    opened.save(out)
    return out.getvalue()


def _depth(paragraph: Paragraph) -> int:
    """How deep in a list a paragraph is: 0 in its first level, and outside one."""
    found = paragraph._p.xpath("./w:pPr/w:numPr/w:ilvl/@w:val")
    return int(found[0]) if found else 0


def _rules() -> Any:
    """Thin lines between the cells of a table and below it."""
    borders = OxmlElement("w:tblBorders")
    for side in ("bottom", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "9A9A9A")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    return borders
