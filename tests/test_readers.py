"""Reading files of every kind, made for the test; what is wrong with a file is said with a remedy."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from corpus import Source
from ingest.document import Document
from ingest.errors import ReadError
from ingest.readers.digest import parse_place, read_digest
from ingest.readers.joins import Joiner
from ingest.readers.read import read_bytes, read_file, record_for

SOURCE = Source.model_validate({"id": "bron", "title": "Een bron", "kind": "rapport"})


def read(name: str, data: bytes) -> Document:
    return read_file(SOURCE, Path(name), data)


def outline(document: Document) -> list[tuple[int, str]]:
    return [(block.level, block.text) for block in document.blocks if block.kind == "heading"]


def bodies(document: Document) -> list[str]:
    return [block.text for block in document.blocks if block.kind != "heading"]


def test_markdown_gives_headings_paragraphs_and_items_in_order() -> None:
    text = "# Titel\n\nEerste *alinea* met [koppeling](http://x.nl).\n\n## Onder\n\n- een\n- twee\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    document = read("a.md", text.encode())
    assert outline(document) == [(1, "Titel"), (2, "Onder")]
    assert bodies(document) == ["Eerste alinea met koppeling.", "- een", "- twee", "a | b", "1 | 2"]
    assert document.blocks[-1].locator.section == ("Titel", "Onder")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_text_is_read_in_the_encodings_that_offices_use(encoding: str) -> None:
    document = read("a.txt", "Coördinatie kost één financiële ruimte.".encode(encoding))
    assert document.text == "Coördinatie kost één financiële ruimte."


def test_a_web_page_is_read_without_menu_banner_and_script() -> None:
    page = """<html><body><nav><a href="/">Home</a></nav><div class="cookie-banner">Alle cookies accepteren</div>
    <main><article><h1>Wonen in de buurt</h1><p>De gemeente wil dat mensen elkaar in de buurt vaker tegenkomen, en
    richt daarom pleinen en portieken anders in dan vroeger.</p><script>alert(1)</script><h2>Aanpak</h2>
    <p>Bewoners kiezen samen met de corporatie welke plekken het eerst worden aangepakt en wie ze beheert.</p>
    </article></main><footer>Privacy</footer></body></html>"""
    document = read("a.html", page.encode())
    assert [text for _, text in outline(document)] == ["Wonen in de buurt", "Aanpak"]
    assert "alert" not in document.text
    assert "cookies" not in document.text


def test_a_word_document_keeps_headings_lists_and_table_rows() -> None:
    made = docx.Document()
    made.add_heading("Hoofdstuk", 1)
    made.add_paragraph("Een alinea.")
    made.add_paragraph("Een punt", style="List Bullet")
    table = made.add_table(1, 2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "buurt", "12"
    buffer = io.BytesIO()
    made.save(buffer)
    document = read("a.docx", buffer.getvalue())
    assert outline(document) == [(1, "Hoofdstuk")]
    assert [block.kind for block in document.blocks[1:]] == ["paragraph", "item", "table"]
    assert bodies(document)[-1] == "buurt | 12"


def pdf(*pages: list[tuple[float, float, int, str]]) -> bytes:
    """A PDF of pages with lines (x, y, size, text); sizes above 12 are bold."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for page in pages:
        for x, y, size, text in page:
            canvas.setFont("Helvetica-Bold" if size > 12 else "Helvetica", size)
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def test_a_pdf_paragraph_over_two_pages_is_one_with_both_pages_and_no_running_header() -> None:
    first = [(70, 800, 8, "Rapport over wijken"), (70, 740, 18, "1 Inleiding"), (70, 700, 10, "De wijk ver-"),
             (70, 686, 10, "andert snel en de gemeente wil"), (70, 40, 8, "1")]  # fmt: skip
    second = [(70, 800, 8, "Rapport over wijken"), (70, 740, 10, "daarom met bewoners in gesprek."), (70, 40, 8, "2")]
    document = read("a.pdf", pdf(first, second))
    assert outline(document) == [(1, "1 Inleiding")]
    (body,) = [block for block in document.blocks if block.kind == "paragraph"]
    assert body.text == "De wijk verandert snel en de gemeente wil daarom met bewoners in gesprek."
    assert (body.locator.page, body.locator.page_end) == (1, 2)
    assert body.text[body.page_starts[0] - body.start :].startswith("daarom")


def test_a_pdf_footnote_is_a_block_of_its_own_and_its_mark_leaves_the_word() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    text = canvas.beginText(70, 700)
    text.setFont("Helvetica", 10)
    text.textOut("Onderzoek laat zien dat menging helpt.")
    text.setFont("Helvetica", 6)
    text.textOut("12")
    canvas.drawText(text)
    for n in range(5):
        canvas.setFont("Helvetica", 10)
        canvas.drawString(70, 660 - 14 * n, "Nog een regel gewone tekst die de maat van het blad bepaalt.")
    note = canvas.beginText(70, 100)
    note.setFont("Helvetica", 5)
    note.textOut("12")
    note.setFont("Helvetica", 8)
    note.textOut(" Jansen, P. (2019). Een onderzoek.")
    canvas.drawText(note)
    canvas.save()
    document = read("a.pdf", buffer.getvalue())
    assert document.blocks[0].text == "Onderzoek laat zien dat menging helpt."
    assert document.blocks[0].notes == ("12",)
    last = document.blocks[-1]
    assert (last.kind, last.locator.note, last.text) == ("note", "12", "Jansen, P. (2019). Een onderzoek.")


LAW_XML = """<toestand bwb-id="BWBR0000001" inwerkingtreding="2020-01-01"><wetgeving><intitule>Wet van 1 mei</intitule>
<citeertitel>Proefwet</citeertitel><wet-besluit><wettekst><hoofdstuk><kop><label>Hoofdstuk</label><nr>1</nr>
<titel>Begin</titel></kop><artikel status="goed"><kop><label>Artikel</label><nr>1</nr></kop>
<lid><lidnr>1</lidnr><al>De raad kan regels geven over:</al><lijst><li><li.nr>a.</li.nr><al>bouwen, en</al></li>
<li><li.nr>b.</li.nr><al>wonen.</al></li></lijst></lid><lid><lidnr>2</lidnr><al>De regels gelden vier jaar.</al></lid>
</artikel><artikel status="goed"><kop><label>Artikel</label><nr>2a</nr></kop><al><redactie>Dit artikel treedt niet meer
in werking.</redactie></al><lid><lidnr>1</lidnr><al>Dit gold nooit.</al></lid></artikel>
<artikel status="vervallen"><kop><label>Artikel</label><nr>3</nr></kop><al>Vervallen</al></artikel></hoofdstuk>
</wettekst></wet-besluit></wetgeving></toestand>"""


def test_a_law_is_read_by_chapter_article_lid_and_onderdeel_with_its_status() -> None:
    document = read("a.xml", LAW_XML.encode())
    places = [(b.locator.article, b.locator.paragraph, b.locator.item, b.status, b.text) for b in document.blocks]
    assert places[2:6] == [
        ("1", "1", None, "", "De raad kan regels geven over:"),
        ("1", "1", "a", "", "a. bouwen, en"),
        ("1", "1", "b", "", "b. wonen."),
        ("1", "2", None, "", "De regels gelden vier jaar."),
    ]
    assert {status for article, _, _, status, _ in places if article == "2a"} == {"niet in werking"}
    assert {status for article, _, _, status, _ in places if article == "3"} == {"vervallen"}
    assert document.blocks[2].locator.section == ("Hoofdstuk 1. Begin", "Artikel 1")


def test_a_toestand_without_a_record_tells_its_own_facts() -> None:
    source = record_for(Path("wet.xml"), LAW_XML.encode())
    assert (source.id, source.kind, source.citeertitel) == ("BWBR0000001_2020-01-01", "wet", "Proefwet")


def test_law_markdown_gives_the_same_tree_as_xml() -> None:
    text = """##Proefwet\n\n### Hoofdstuk  1  \n\n####Begin\n\n### Artikel  1  \n\n1.  De raad kan regels geven over: \n
a. *bouwen:* huizen, en  \n\nb. wonen, te weten \n\n1°. huren  \n\n2.  De regels gelden.  \n\n### Artikel  2  \n\nVervallen.\n"""
    document = read("wet.md", text.encode())
    places = [(b.locator.article, b.locator.paragraph, b.locator.item, b.text) for b in document.blocks]
    assert places[2:] == [
        ("1", "1", None, "De raad kan regels geven over:"),
        ("1", "1", "a", "a. bouwen: huizen, en"),
        ("1", "1", "b", "b. wonen, te weten"),
        ("1", "1", "b, 1°", "1°. huren"),
        ("1", "2", None, "De regels gelden."),
        ("2", None, None, "Artikel 2"),
        ("2", None, None, "Vervallen."),
    ]
    assert document.blocks[-1].status == "vervallen"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        pytest.param("a.pdf", b"PK\x03\x04 zip", "geen PDF", id="a zip named pdf"),
        pytest.param("a.pdf", b"%PDF-1.4\ngarbage", "beschadigd", id="a broken pdf"),
        pytest.param("a.pdf", pdf([]), "geen tekstlaag", id="a pdf without text"),
        pytest.param("a.docx", b"no zip", "geen Word", id="no docx"),
        pytest.param("a.xml", b"<toestand>", "ongeldige XML op regel 1", id="broken xml"),
        pytest.param("a.xml", b"<html/>", "geen BWB-toestand", id="other xml"),
        pytest.param(
            "a.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><toestand>&b;</toestand>', "DOCTYPE|ongeldig", id="entity"
        ),
        pytest.param("a.txt", bytes(range(256)) * 20, "geen leesbare tekst", id="noise"),
        pytest.param("a.html", b"<html><body></body></html>", "geen lopende tekst", id="empty page"),
        pytest.param("a.xyz", b"text", "wordt niet gelezen", id="unknown type"),
    ],
)
def test_a_file_that_cannot_be_read_gives_reason_and_remedy_in_both_languages(
    name: str, data: bytes, reason: str
) -> None:
    with pytest.raises(ReadError, match=reason) as error:
        read(name, data)
    assert error.value.en != error.value.nl


def test_an_empty_and_a_too_large_file_are_refused_before_reading(tmp_path: Path) -> None:
    empty, large = tmp_path / "a.txt", tmp_path / "b.txt"
    empty.write_bytes(b"")
    large.write_bytes(b"x" * 2_000_001)
    with pytest.raises(ReadError, match="leeg"):
        read_bytes(empty, 1)
    with pytest.raises(ReadError, match="MENGPANEEL_MAX_FILE_MB"):
        read_bytes(large, 1)


@pytest.mark.parametrize(
    ("left", "right", "joined"),
    [
        pytest.param("de woning-", "markt is krap", "de woningmarkt is krap", id="a broken word"),
        pytest.param("sociaal-", "economisch beleid", "sociaal-economisch beleid", id="a real hyphen"),
        pytest.param("een gemengd-wonen-pro-", "ject van Portaal", "een gemengd-wonen-project van Portaal", id="both"),
        pytest.param("de woon-", "en leefomgeving", "de woon- en leefomgeving", id="an elliptic hyphen"),
        pytest.param("in Zuid-", "Holland ligt", "in Zuid-Holland ligt", id="a name"),
        pytest.param("een regel", "en nog een", "een regel en nog een", id="no hyphen"),
    ],
)
def test_end_of_line_hyphens_go_and_real_ones_stay(left: str, right: str, joined: str) -> None:
    known = ["het sociaal-economisch plan", "de woningmarkt", "dit project loopt", "gemengd-wonen-project"]
    assert Joiner(known).join(left, right) == joined


DIGEST = """---
source: bron
---

## 1 Begin

> nl: De kern.
> en: The gist.

Eerste alinea met 12 procent. {p=3-4; n=7,8}

### Artikel 8

> nl: Kern.
> en: Gist.

- De raad kan dit. {art=8; lid=2; ond=a; bron=andere}
"""


def test_a_digest_paragraph_carries_the_place_in_the_original() -> None:
    document = read_digest(SOURCE, DIGEST)
    paragraph = next(block for block in document.blocks if block.kind == "paragraph")
    item = document.blocks[-1]
    assert (paragraph.locator.page, paragraph.locator.page_end, paragraph.notes) == (3, 4, ("7", "8"))
    assert (item.kind, item.locator.article, item.locator.paragraph, item.about) == ("item", "8", "2", "andere")
    assert [(b.language, b.text) for b in document.blocks if b.kind == "gist"][:2] == [
        ("nl", "De kern."),
        ("en", "The gist."),
    ]


def test_a_digest_paragraph_without_a_place_is_refused_with_its_line() -> None:
    with pytest.raises(ReadError, match="regel 3"):
        read_digest(SOURCE, "## Kop\n\nZonder plaats.")
    with pytest.raises(ReadError, match="onbekende plaats"):
        parse_place("blz=3")
