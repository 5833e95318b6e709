"""How a Word document looks: pandoc's own template with small footnotes, dark headings and page numbers."""

from __future__ import annotations

from functools import cache
from io import BytesIO

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

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
    foot = document.sections[0].footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    foot._p.append(field)
    out = BytesIO()
    document.save(out)
    return out.getvalue()
