"""Reading is exact: every original against its plain text, and the rules behind it on small files made for the test."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from conftest import ORIGINALS, needs_originals
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from corpus import Source
from evals.reading import measure, table
from evals.reading_truth import CASES, Case, compare, words
from ingest.document import Document
from ingest.errors import ReadError
from ingest.readers.joins import Joiner
from ingest.readers.read import read_file

SOURCE = Source.model_validate({"id": "bron", "title": "Een bron", "kind": "rapport"})
Placed = tuple[float, float, float, str]  # x, y, size, text; above 12 points bold


def read(name: str, data: bytes) -> Document:
    return read_file(SOURCE, Path(name), data)


def pdf(*pages: list[Placed]) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for page in pages:
        for x, y, size, text in page:
            canvas.setFont("Helvetica-Bold" if size > 12 else "Helvetica", size)
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def body_page(number: int) -> list[Placed]:
    """A page with a heading and three lines of running text."""
    lines = [
        "De wijk verandert snel en de gemeente wil daarom",
        "met bewoners in gesprek over wat er nodig is in",
        "de buurt.",
    ]
    return [(70, 740, 16, f"{number} Hoofdstuk"), *[(70, 700 - 14 * n, 10, line) for n, line in enumerate(lines)]]


def texts(document: Document, kind: str) -> list[str]:
    return [block.text for block in document.blocks if block.kind == kind]


def page(body: str) -> bytes:
    filler = (
        "<p>De gemeente wil dat mensen elkaar in de buurt vaker tegenkomen, en richt daarom pleinen anders in.</p>" * 2
    )
    return f"<html><body><main><h1>Wonen in de buurt</h1>{filler}{body}</main></body></html>".encode()


# --- the originals ----------------------------------------------------------------------------------


@needs_originals
@pytest.mark.parametrize("case", [pytest.param(case, id=Path(case.file).stem[:20]) for case in CASES])
def test_an_original_is_read_word_for_word_with_its_notes_headings_and_pages(case: Case) -> None:
    row = measure(case, "mengpaneel", ORIGINALS)
    assert row.in_order >= 99.7
    assert (row.gained, row.hyphens, row.headings_wrong, row.notes_in_body) == ([], [], [], 0)
    for right, of in filter(None, (row.notes, row.linked, row.headings, row.pages)):
        assert right == of
    assert row.reader in table([row])


@needs_originals
def test_the_benchmark_sees_what_a_plain_reader_gets_wrong() -> None:
    row = measure(CASES[2], "pypdf extract_text", ORIGINALS)
    assert (row.notes, row.linked, row.notes_in_body) == ((0, 1), (0, 1), 1)
    assert "monitor" in row.gained


def test_lost_gained_and_hyphens_are_counted_by_hand() -> None:
    source = words("De sociaal-economische wijk- en buurt-\naanpak van de wijk-\naanpak helpt. De wijkaanpak dus.")
    read = words("De sociaaleconomische wijk- en buurtaanpak van die wijk-aanpak helpt. De wijkaanpak dus.")
    found = compare(source, read)
    assert (found.lost, found.gained) == (["de"], ["die"])
    assert found.hyphens == ["sociaal-economische > sociaaleconomische", "wijk-aanpak¬ > wijk-aanpak"]


# --- PDF --------------------------------------------------------------------------------------------


def test_of_a_cover_the_title_stays_and_a_page_that_repeats_it_goes() -> None:
    cover: list[Placed] = [
        (70, 690, 36, "Gemengde wijken"),
        (70, 580, 14, "2024"),
        (70, 60, 10, "Een uitgave van de stad"),
    ]
    imprint: list[Placed] = [(70, 150, 11, "Gemengde wijken"), (70, 120, 9, "Een uitgave van de stad, 2024")]
    document = read("a.pdf", pdf(cover, imprint, *[body_page(n) for n in range(1, 5)]))
    assert [b.text for b in document.blocks[:2]] == ["Gemengde wijken", "1 Hoofdstuk"]
    assert "uitgave" not in document.text


def test_a_first_page_with_a_list_is_no_cover() -> None:
    agenda: list[Placed] = [(70, 740, 36, "Agenda"), (70, 700, 10, "1. Opening"), (70, 680, 10, "2. Verslag")]
    document = read("a.pdf", pdf(agenda, *[body_page(n) for n in range(1, 6)]))
    assert "Opening" in document.text


def test_numbers_alone_in_a_figure_are_a_row_and_no_sentence() -> None:
    labels: list[Placed] = [(120, 500, 10, "1.1"), (240, 500, 10, "1.2"), (360, 500, 10, "1.3")]
    document = read("a.pdf", pdf([*body_page(1), *labels]))
    assert texts(document, "table") == ["1.1 | 1.2 | 1.3"]


@pytest.mark.parametrize("rise", [pytest.param(0, id="on the line"), pytest.param(4, id="raised above it")])
def test_a_note_mark_leaves_its_word_wherever_it_stands(rise: float) -> None:
    lines: list[Placed] = [
        (70, 700, 10, "De wijk is gemengd"), (160, 700 + rise, 6, "3"), (166, 700, 10, "en dat blijft zo in de"),
        (70, 686, 10, "komende jaren, zo zegt de gemeente."), (70, 672, 10, "Dat is een gewone regel in dit blad."),
        (70, 100 + rise, 5, "3"), (76, 100, 8, "Jansen, P. (2019). Een onderzoek."),
    ]  # fmt: skip
    document = read("a.pdf", pdf(lines))
    first, last = document.blocks[0], document.blocks[-1]
    assert (first.text[:40], first.notes) == ("De wijk is gemengd en dat blijft zo in d", ("3",))
    assert (last.kind, last.locator.note, last.text) == ("note", "3", "Jansen, P. (2019). Een onderzoek.")


def test_a_page_that_a_browser_drew_in_pixels_and_upside_down_is_read_in_order() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    canvas.translate(0, 800)
    canvas.scale(0.24, -0.24)
    for n, (size, text) in enumerate([(80, "Titel"), (40, "De wijk ver-"), (40, "andert snel.")]):
        line = canvas.beginText()
        line.setFont("Helvetica", size)
        line.setTextTransform(1, 0, 0, -1, 300, 400 + 50 * n)
        line.textOut(text)
        canvas.drawText(line)
    canvas.save()
    document = read("a.pdf", buffer.getvalue())
    assert [(b.kind, b.text) for b in document.blocks] == [
        ("heading", "Titel"),
        ("paragraph", "De wijk verandert snel."),
    ]


def test_what_stands_far_apart_on_a_line_is_not_one_word() -> None:
    document = read(
        "a.pdf", pdf([*body_page(1), (70, 400, 10, "Het platform voor leefbare wijken"), (460, 400, 10, "adres")])
    )
    assert "wijken adres" in document.text


def test_a_pdf_with_a_broken_table_of_contents_or_text_off_the_paper_says_so() -> None:
    whole = pdf(body_page(1))
    broken = whole[: whole.rindex(b"startxref")] + b"startxref\n99999999\n%%EOF\n"
    assert read("a.pdf", whole).warnings == ()
    assert "beschadigd" in read("a.pdf", broken).warnings[0]
    assert read("a.pdf", broken).text == read("a.pdf", whole).text
    wide = read("a.pdf", pdf(body_page(1), [(70, 700, 10, "De wijk is gemengd. " * 50)]))
    assert wide.warnings == ("op blz. 2 loopt tekst buiten het blad; wie de PDF opent ziet niet alles",)


@pytest.mark.parametrize(
    ("left", "right", "joined"),
    [
        pytest.param(
            "de middenklasse-", "effecten", "de middenklasse-effecten", id="two vowels that would run together"
        ),
        pytest.param("het muse-", "um", "het museum", id="a Latin ending"),
        pytest.param("de buurt-", "aanpak", "de buurtaanpak", id="no vowels meet"),
        pytest.param("de twee-", "eenheid", "de tweeeenheid", id="as the document writes it"),
    ],
)
def test_a_hyphen_that_spelling_asks_for_stays_at_the_end_of_a_line(left: str, right: str, joined: str) -> None:
    assert Joiner(["de tweeeenheid"]).join(left, right) == joined


# --- web pages --------------------------------------------------------------------------------------

TOOLTIP = """<p>Het Rijk doet mee.<span class="footnote"><span class="footnote__tooltip" role="note">Rijk (2022). Plan.</span>
<sup><a href="#noot-1">1</a></sup></span> De rest volgt.</p>"""
ENDNOTE = """<p>Het Rijk doet mee.<sup><a href="#fn1">1</a></sup> De rest volgt op 20 m<sup>2</sup> later.</p>
<ol><li id="fn1">1. Rijk (2022). Plan. <a href="#r1">terug</a></li></ol>"""


@pytest.mark.parametrize("body", [pytest.param(TOOLTIP, id="tooltip"), pytest.param(ENDNOTE, id="endnote")])
def test_a_footnote_of_a_web_page_is_a_block_and_its_mark_a_link(body: str) -> None:
    document = read("a.html", page(body))
    (noted,) = [block for block in document.blocks if block.notes]
    assert noted.text.startswith("Het Rijk doet mee. De rest volgt")
    assert noted.notes == ("1",)
    assert [(b.locator.note, b.text) for b in document.blocks if b.kind == "note"] == [("1", "Rijk (2022). Plan.")]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            '<section class="nieuwsbrief"><h2>Ontvang nieuws</h2><p>Weg ermee.</p></section>', id="newsletter"
        ),
        pytest.param('<div id="contact"><h2>Contact</h2><p>Weg ermee: 06 12345678</p></div>', id="contact"),
        pytest.param("<form><p>Weg ermee.</p><label>Naam</label></form>", id="form"),
        pytest.param('<p style="display: none">Weg ermee.</p>', id="hidden"),
        pytest.param("<h2>Weg ermee</h2><p><img src='a.svg'></p>", id="heading without text"),
        pytest.param('<ul><li><a href="/a">Weg ermee</a></li><li><a href="/b">Meer</a></li></ul>', id="menu"),
        pytest.param('<a class="button" href="/x">Weg ermee</a>', id="button"),
        pytest.param("<figure><figcaption>Wonen in de buurt</figcaption></figure>", id="repeated title"),
    ],
)
def test_forms_services_and_empty_headings_of_a_web_page_are_not_read(body: str) -> None:
    document = read("a.html", page(body))
    assert "Weg ermee" not in document.text
    assert texts(document, "heading") == ["Wonen in de buurt"]


def test_a_page_without_a_main_part_is_searched_for_its_text() -> None:
    text = page(
        "<h2>Aanpak</h2><p>Bewoners kiezen samen met de corporatie welke plekken worden aangepakt.</p>"
    ).decode()
    document = read("a.html", f"{text.replace('<main>', '<div>').replace('</main>', '</div>')}".encode())
    assert texts(document, "heading") == ["Wonen in de buurt", "Aanpak"]
    assert document.text.endswith("worden aangepakt.")


def test_a_list_of_literature_is_text_though_it_is_all_links() -> None:
    titles = ["Zeven vragen die elke protagonist van menging zou moeten stellen", "Samenleven in een wijk met velen"]
    links = "".join(f'<li><a href="/{n}">{title}</a></li>' for n, title in enumerate(titles))
    assert texts(read("a.html", page(f"<ul>{links}</ul>")), "item") == titles


def test_a_section_named_for_its_subject_is_read() -> None:
    document = read(
        "a.html", page('<section class="contact-tussen-buren"><h2>Contact</h2><p>Buren groeten elkaar.</p></section>')
    )
    assert document.text.endswith("Contact\n\nBuren groeten elkaar.")


def test_table_rows_repeat_the_header_and_inner_lists_are_read_once() -> None:
    document = read("a.html", page(
        "<table><tr><th>Stad</th><th>Huizen</th></tr><tr><td>Utrecht</td><td>12</td></tr><tr><td>Almelo</td><td></td></tr></table>"
        "<ul><li>Eerst<ul><li>Daarna</li></ul></li></ul>"
    ))  # fmt: skip
    assert texts(document, "table") == ["Stad: Utrecht | Huizen: 12", "Stad: Almelo"]
    assert texts(document, "item") == ["Eerst", "Daarna"]


def test_a_web_page_nested_too_deeply_is_refused_with_that_reason() -> None:
    with pytest.raises(ReadError, match="te diep genest"):
        read("a.html", page("<div>" * 5000 + "tekst"))
