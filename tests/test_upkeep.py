"""Upkeep: editable documents read exactly, the reading report, near-duplicates, and a doctor for real damage."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
import sqlite3
import zipfile
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import chromadb
import docx
import numpy as np
import pytest
from conftest import ORIGINALS, Run, copy_of, needs_originals
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from lxml import html

from corpus import Source
from ingest.collect import Failure
from ingest.document import Document, DocumentBuilder, Form, Locator
from ingest.errors import ReadError
from ingest.index.doctor import examine
from ingest.index.generation import DataFolder, Generation, IndexMissing
from ingest.near_duplicates import NearDuplicate, near_duplicates, without_doubles
from ingest.passages import split
from ingest.readers import office
from ingest.readers.docx import read_docx
from ingest.readers.odt import read_odt
from ingest.reading_report import doubts, report_html
from ui.ingesting import REPORT_TEXTS
from ui.messages import Messages
from ui.settings import Settings
from ui.upkeep import doctor

SOURCE = Source(id="nota", title="Nota", kind="rapport")

# --- OpenDocument ---

_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{uri}:1.0"'
    for name, uri in (("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"), ("draw", "drawing"))
)  # fmt: skip
_MIMETYPE = b"application/vnd.oasis.opendocument.text"


def odt_file(body: str, *, before: str = "", mimetype: bytes = _MIMETYPE, manifest: str = "", **parts: bytes) -> bytes:
    """An .odt as LibreOffice lays it out, with this XML as its text."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<office:document-content {_SPACES}><office:automatic-styles>'
        '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Heading_20_2"/>'
        f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", mimetype, zipfile.ZIP_STORED)
        package.writestr("content.xml", content)
        package.writestr(
            "META-INF/manifest.xml",
            f'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{manifest}</m:manifest>',
        )
        for name, data in parts.items():
            package.writestr(name, data)
    return buffer.getvalue()


def note(number: str, text: str) -> str:
    return (
        f'<text:note text:note-class="footnote"><text:note-citation>{number}</text:note-citation>'
        f"<text:note-body><text:p>{text}</text:p></text:note-body></text:note>"
    )


def cells(*texts: str) -> str:
    return "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in texts)


def row(*texts: str) -> str:
    return f"<table:table-row>{cells(*texts)}</table:table-row>"


def outline(document: Document) -> list[tuple[int, str]]:
    return [(block.level, block.text) for block in document.blocks if block.kind == "heading"]


def bodies(document: Document) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in document.blocks if block.kind != "heading"]


def test_an_odt_keeps_headings_paragraphs_nested_lists_and_their_order() -> None:
    document = read_odt(
        SOURCE,
        odt_file(
            "<text:table-of-content><text:index-body><text:p>Inleiding 3</text:p></text:index-body></text:table-of-content>"
            '<text:h text:outline-level="1">Inleiding</text:h><text:p>Een<text:s text:c="3"/>wijk<text:tab/>is <text:span>ge</text:span>mengd.</text:p>'
            "<text:section><text:list><text:list-item><text:p>fiets</text:p><text:list><text:list-item><text:p>bakfiets</text:p>"
            "</text:list-item></text:list></text:list-item><text:list-item><text:p>bus</text:p></text:list-item></text:list></text:section>"
            '<text:p text:style-name="P1">Aanpak</text:p><text:p>Het begin.<office:annotation><text:p>Klopt dit?</text:p></office:annotation>'
            "<draw:frame><draw:text-box><text:p>In een kader.</text:p></draw:text-box></draw:frame></text:p>"
        ),
    )
    assert outline(document) == [(1, "Inleiding"), (2, "Aanpak")]
    assert bodies(document) == [
        ("paragraph", "Een wijk is gemengd."),
        ("item", "fiets"),
        ("item", "bakfiets"),
        ("item", "bus"),
        ("paragraph", "Het begin."),
        ("paragraph", "In een kader."),
    ]
    assert document.blocks[-1].locator.section == ("Inleiding", "Aanpak")


def test_an_odt_footnote_leaves_the_word_and_is_a_block_of_its_own() -> None:
    body = f'<text:h text:outline-level="1">Kop{note("1", "Over de kop.")}</text:h><text:p>Menging{note("2", "Bolt 2017, p. 3.")} helpt.</text:p>'
    document = read_odt(SOURCE, odt_file(body))
    paragraph = document.blocks[1]
    assert (paragraph.text, paragraph.notes) == ("Menging helpt.", ("1", "2"))
    assert [(b.kind, b.locator.note, b.text) for b in document.blocks[2:]] == [
        ("note", "1", "Over de kop."),
        ("note", "2", "Bolt 2017, p. 3."),
    ]
    assert doubts(document) == []
    assert "noot 2" in split(document)[-1].context


TABLE = {
    "header repeated": (
        f"<table:table-header-rows>{row('Wijk', 'Huur', 'Koop')}</table:table-header-rows>{row('Noord', '40%', '60%')}{row('Zuid', '', '70%')}",
        ["Wijk: Noord | Huur: 40% | Koop: 60%", "Wijk: Zuid | Koop: 70%"],
    ),
    "no header marked, empty corner": (f"{row('', '2019', '2024')}{row('Huur', '40%', '35%')}", ["Huur | 2019: 40% | 2024: 35%"]),
    "names and values": (f"{row('Naam:', 'Vogelbuurt')}{row('Jaar:', '2024')}", ["Naam: | Vogelbuurt", "Jaar: | 2024"]),
    "cell over two rows": (
        f"{row('Wijk', 'Jaar')}<table:table-row><table:table-cell table:number-rows-spanned=\"2\"><text:p>Noord</text:p></table:table-cell>{cells('2019')}</table:table-row>"
        f"<table:table-row><table:covered-table-cell/>{cells('2024')}</table:table-row>",
        ["Wijk: Noord | Jaar: 2019", "Wijk: Noord | Jaar: 2024"],
    ),
    "cell over two columns": (
        f"{row('Wijk', 'Huur', 'Koop')}<table:table-row>{cells('Noord')}<table:table-cell table:number-columns-spanned=\"2\"><text:p>onbekend</text:p></table:table-cell>"
        "<table:covered-table-cell/></table:table-row>",
        ["Wijk: Noord | Huur: onbekend"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_every_table_row_can_be_read_alone(name: str) -> None:
    xml, expected = TABLE[name]
    document = read_odt(SOURCE, odt_file(f"<table:table>{xml}</table:table>"))
    assert bodies(document) == [("table", line) for line in expected]


def test_a_table_of_one_column_is_a_box_with_text() -> None:
    document = read_odt(SOURCE, odt_file(f"<table:table>{row('Kader over wonen.')}</table:table>"))
    assert bodies(document) == [("paragraph", "Kader over wonen.")]


_ENTITY = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b SYSTEM "file:///etc/hostname">]>'
HOSTILE = {
    "no zip": (b"no zip", "geen OpenDocument"),
    "cut off": (odt_file("<text:p>Tekst.</text:p>")[:-60], "geen OpenDocument"),
    "a spreadsheet": (odt_file("", mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "geen OpenDocument"),
    "locked": (odt_file("<text:p>x</text:p>", manifest="<m:file-entry><m:encryption-data/></m:file-entry>"), "wachtwoord"),
    "entities": (odt_file("<text:p>&a;&b;</text:p>", before=_ENTITY), "DOCTYPE"),
    "broken XML": (odt_file("<text:p>Tekst."), "beschadigd"),
    "nested absurdly": (odt_file("<text:list><text:list-item>" * 5000), "beschadigd"),
    "no text": (odt_file("<text:p/>"), "geen leesbare tekst"),
    "old Word or locked Word": (b"\xd0\xcf\x11\xe0" + bytes(600), "wachtwoord"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_an_odt_that_cannot_be_read_is_refused_with_reason_and_remedy(name: str) -> None:
    data, reason = HOSTILE[name]
    with pytest.raises(ReadError, match=reason):
        read_odt(SOURCE, data)


@pytest.mark.parametrize("read", [read_odt, read_docx])
def test_a_package_that_unpacks_to_more_than_is_safe_is_refused(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[Source, bytes], Document]
) -> None:
    monkeypatch.setattr(office, "MAX_UNPACKED_MB", 1)
    with pytest.raises(ReadError, match="pakt uit"):
        read(SOURCE, odt_file("", picture=bytes(2_000_000)))


def test_damaged_editable_documents_are_read_or_refused_and_never_crash() -> None:
    """Bytes of the package, and of the XML inside a package that is whole otherwise."""
    random = np.random.default_rng(4)
    plain = docx.Document()
    plain.add_paragraph("Tekst in Word.", style="List Bullet")
    plain.add_table(2, 2)
    buffer = io.BytesIO()
    plain.save(buffer)
    body = f"<text:p>Tekst{note('1', 'Noot.')}.</text:p><table:table>{row('a', 'b')}{row('c', 'd')}</table:table>"
    readers = ((read_odt, odt_file(body), "content.xml"), (read_docx, buffer.getvalue(), "word/document.xml"))
    for read, whole, part in readers:
        for _ in range(150):
            for data in (damaged(whole, random), with_damaged(whole, part, random)):
                with contextlib.suppress(ReadError):
                    assert read(SOURCE, data).blocks


def damaged(whole: bytes, random: np.random.Generator) -> bytes:
    data = bytearray(whole)
    for position in random.integers(0, len(data), 3):
        data[position] = random.integers(32, 127)
    return bytes(data)


def with_damaged(whole: bytes, part: str, random: np.random.Generator) -> bytes:
    """Element and attribute names are swapped, so that the XML often stays well-formed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == part:
                names = sorted(set(re.findall(rb"(?<=[</ ])[a-z]+:[a-zA-Z]+(?=[ =/>])", data)))
                data = data.replace(*(names[n] for n in random.integers(0, len(names), 2)))
                data = data if random.random() < 0.5 else damaged(data, random)
            new.writestr(name, data)
    return buffer.getvalue()


# --- Word ---

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word_file(*body: str, footnotes: str = "", endnotes: str = "") -> bytes:
    """A .docx with these elements as its body and these notes."""
    made = docx.Document()
    for number, xml in enumerate(body):
        made.element.body.insert(number, parse_xml(re.sub(r"^<(w:\w+)", rf"<\1 {_W}", xml)))
    for kind, notes in (("footnotes", footnotes), ("endnotes", endnotes)):
        if notes:
            blob = f'<?xml version="1.0"?>{"" if notes.startswith("<w") else notes}<w:{kind} {_W}>{notes if notes.startswith("<w") else ""}</w:{kind}>'
            part = Part(PackURI(f"/word/{kind}.xml"), "application/xml", blob.encode(), made.part.package)
            made.part.relate_to(part, getattr(RELATIONSHIP_TYPE, kind.upper()))
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def p(*runs: str, properties: str = "") -> str:
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{''.join(runs)}</w:p>"


def r(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_a_word_document_gives_its_notes_and_the_text_that_python_docx_passes_over() -> None:
    mark, end = '<w:r><w:footnoteReference w:id="7"/></w:r>', '<w:r><w:endnoteReference w:id="2"/></w:r>'
    document = read_docx(
        SOURCE,
        word_file(
            p(r("Menging"), mark, r(" helpt"), f"<w:ins>{r(' soms')}</w:ins>", f"<w:del>{r('altijd')}</w:del>", end, r(".")),
            f"<w:sdt><w:sdtContent>{p(r('In een invulveld.'))}</w:sdtContent></w:sdt>",
            "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val=\"Table of Contents\"/></w:docPartObj></w:sdtPr>"
            f"<w:sdtContent>{p(r('Inleiding 3'))}</w:sdtContent></w:sdt>",
            p(r("Genummerd"), properties='<w:numPr><w:numId w:val="1"/></w:numPr>'),
            footnotes=f'<w:footnote w:type="separator" w:id="-1">{p(r("–"))}</w:footnote><w:footnote w:id="7">{p(r("Bolt 2017."))}</w:footnote>',
            endnotes=f'<w:endnote w:id="2">{p(r("Zie de bijlage."))}</w:endnote>',
        ),
    )  # fmt: skip
    assert document.blocks[0].notes == ("1", "i")
    assert [(b.kind, b.text, b.locator.note) for b in document.blocks] == [
        ("paragraph", "Menging helpt soms.", None),
        ("paragraph", "In een invulveld.", None),
        ("item", "Genummerd", None),
        ("note", "Bolt 2017.", "1"),
        ("note", "Zie de bijlage.", "i"),
    ]


def test_word_notes_with_entities_are_refused() -> None:
    with pytest.raises(ReadError, match="DOCTYPE"):
        read_docx(SOURCE, word_file(p(r("Tekst.")), footnotes=_ENTITY.replace("<!DOCTYPE x", "<!DOCTYPE w:footnotes")))


def test_a_word_table_repeats_its_header_and_its_merged_cells() -> None:
    made = docx.Document()
    table = made.add_table(3, 3)
    for line, texts in zip(
        table.rows, (("Wijk", "Huur", "Koop"), ("Noord", "40%", "60%"), ("", "45%", "45%")), strict=True
    ):
        for cell, text in zip(line.cells, texts, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0)).text = "Noord"
    table.cell(2, 1).merge(table.cell(2, 2)).text = "gelijk"
    buffer = io.BytesIO()
    made.save(buffer)
    assert bodies(read_docx(SOURCE, buffer.getvalue())) == [
        ("table", "Wijk: Noord | Huur: 40% | Koop: 60%"),
        ("table", "Wijk: Noord | Huur: gelijk"),
    ]


# --- the reading report ---


def made(text: list[tuple[str, str, Locator, int, tuple[str, ...]]], pages: int = 0, title: str = "Nota") -> Document:
    builder = DocumentBuilder(Source(id="nota", title=title, kind="rapport"), page_count=pages, warnings=["let op <b>"])
    for kind, words, place, level, notes in text:
        builder.add(kind, words, place, level=level, notes=notes)  # type: ignore[arg-type]
    return builder.build()


ODD = made(
    [
        ("heading", "1 Begin", Locator(page=1), 1, ()),
        ("paragraph", "Deze zin houdt op bij de", Locator(page=1), 0, ("1", "2")),
        ("paragraph", "volgende bladzijde.", Locator(page=2), 0, ()),
        ("heading", "1.1.1 Diep", Locator(page=2), 3, ()),
        ("paragraph", "woord " * 401 + ".", Locator(page=2), 0, ()),
        ("heading", "3 Eind", Locator(page=4), 1, ()),
        ("heading", "Artikel 2", Locator(page=4, article="2"), 1, ()),
        ("heading", "Artikel 2a", Locator(page=4, article="2a"), 1, ()),
        ("heading", "Artikel 4", Locator(page=4, article="4"), 1, ()),
        ("note", "Noot een.", Locator(page=1, note="1"), 0, ()),
        ("note", "Noot drie.", Locator(page=4, note="3"), 0, ()),
    ],
    pages=4,
    title="<script>alert(1)</script>",
)


def test_doubtful_places_are_found_by_general_checks() -> None:
    found = {(doubt.name, doubt.place.page, doubt.excerpt[:12]) for doubt in doubts(ODD)}
    assert found == {
        ("mark", 1, "2: Deze zin "),
        ("note", 4, "Noot drie."),
        ("jump", 2, "1.1.1 Diep"),
        ("number", 4, "3 Eind"),
        ("article", 4, "Artikel 4"),
        ("open_end", 1, "…Deze zin ho"),
        ("long", 2, "woord woord "),
        ("empty_page", 3, ""),
    }


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_report_is_one_page_without_scripts_or_requests(language: str) -> None:
    failures = [Failure(Path("<img src=x>.pdf"), ReadError("kapot", "broken"))]
    double = NearDuplicate(("nota", "original"), ("<b>kopie", "original"), 0.93)
    page = report_html([ODD], failures, [Path("over.txt")], Messages(language).below(REPORT_TEXTS), language, [double])  # type: ignore[arg-type]
    tree = html.fromstring(page)
    assert not tree.xpath("//script | //img | //link | //iframe | //@src | //@onload")
    assert all(link.startswith("#") for link in tree.xpath("//@href"))
    text = tree.text_content()
    for words in (
        "<script>alert(1)</script>",
        "<img src=x>.pdf",
        "let op <b>",
        "over.txt",
        "1.1.1 Diep",
        "Noot drie.",
        "<b>kopie",
        "93%",
    ):
        assert words in text
    assert ("kapot" if language == "nl" else "broken") in text
    assert text.count("Noot een.") == 1
    counts = tree.xpath("//section//td[@class='number']/text()")
    assert counts[:6] == ["4", "6", "3", "0", "0", "2"]


# --- near-duplicates ---


def paper(name: str, text: str, form: Form = "original", **record: object) -> Document:
    builder = DocumentBuilder(
        Source.model_validate({"id": name, "title": name, "kind": "rapport", **record}), form=form
    )
    builder.add("paragraph", text, Locator())
    return builder.build()


WORDS = [f"woord{number}" for number in range(400)]
TEXT = " ".join(WORDS)
ALMOST = " ".join([*WORDS[:200], "anders", *WORDS[201:]])  # 396 shingles, of which 5 differ: 391 / 401


def law(name: str, text: str, **record: object) -> Document:
    return paper(name, text, kind="wet", **record)


def test_near_duplicates_are_found_with_their_exact_similarity() -> None:
    other = paper("c", " ".join(reversed(WORDS)))
    found = near_duplicates([paper("a", TEXT), other, paper("b", ALMOST), paper("d", "kort"), paper("e", "")])
    assert [(pair.first, pair.second) for pair in found] == [(("a", "original"), ("b", "original"))]
    assert found[0].similarity == pytest.approx(391 / 401, abs=1e-4)


MEANT = {
    "two toestanden": (law("w1", TEXT, bwb_id="BWBR0035303", toestand="2015-11-29"), law("w2", ALMOST, bwb_id="BWBR0035303", toestand="2024-01-01"), False),
    "two undated copies of a law": (law("w1", TEXT, citeertitel="Wet"), law("w2", ALMOST, citeertitel="Wet"), False),
    "one toestand twice": (law("w1", TEXT, bwb_id="BWBR0035303", toestand="2024-01-01"), law("w2", ALMOST, bwb_id="BWBR0035303", toestand="2024-01-01"), True),
    "two texts that call themselves law": (law("w1", TEXT), law("w2", ALMOST), True),
    "two laws": (law("w1", TEXT, bwb_id="BWBR0000001", toestand="2024-01-01"), law("w2", ALMOST, bwb_id="BWBR0000002", toestand="2024-01-01"), False),
    "a digest of its own source": (paper("a", TEXT), paper("a", ALMOST, "digest"), False),
    "our catalogue": (paper("a", TEXT), paper("b", TEXT, "catalogue"), False),
}  # fmt: skip


@pytest.mark.parametrize("name", MEANT)
def test_what_is_meant_to_be_alike_is_not_reported(name: str) -> None:
    first, second, reported = MEANT[name]
    assert bool(near_duplicates([first, second])) is reported


def test_of_a_pair_the_one_with_a_record_is_kept_else_the_first() -> None:
    bare, described, later = paper("a", TEXT), paper("b", ALMOST, date="2024"), paper("c", TEXT, date="2023")
    kept, left_out = without_doubles([bare, described, later, paper("d", " ".join(reversed(WORDS)))])
    assert [document.source.id for document in kept] == ["b", "d"]
    assert {pair.second[0]: pair.first[0] for pair in left_out} == {"a": "b", "c": "b"}


def test_a_text_that_is_near_only_to_one_left_out_is_kept() -> None:
    """Each next text differs a little more; only the first and the third are too far apart to be one."""
    chain = [" ".join([*(f"nieuw{n}" for n in range(first)), *WORDS[first:]]) for first in (0, 40, 80)]
    kept, left_out = without_doubles([paper(f"p{n}", text) for n, text in enumerate(chain)])
    assert [document.source.id for document in kept] == ["p0", "p2"]
    assert [(pair.first[0], pair.second[0]) for pair in left_out] == [("p0", "p1")]


@needs_originals
def test_a_near_copy_is_left_out_until_the_first_is_gone(own_data: DataFolder, tmp_path: Path, mengpaneel: Run) -> None:
    page = ORIGINALS / "webpaginas" / "10-succesfactoren-gemengd-wonen.html"
    copies = tmp_path / "papieren"
    copies.mkdir()
    text = page.read_text(encoding="utf-8")
    (copies / "a-eerste.html").write_text(text, encoding="utf-8")
    (copies / "b-tweede.html").write_text(text.replace("webinar", "online bijeenkomst"), encoding="utf-8")
    folder, report = tmp_path / "data", tmp_path / "leesverslag.html"
    copy_of(own_data, folder)
    done = mengpaneel("--data", folder, "ingest", copies, "--report", report)
    assert "b-tweede is bijna gelijk aan a-eerste" in " ".join(done.stderr.split())
    assert "b-tweede" in report.read_text(encoding="utf-8")
    assert held(folder) == {"a-eerste"}
    (copies / "a-eerste.html").unlink()
    assert mengpaneel("--data", folder, "ingest").returncode == 0
    assert held(folder) == {"b-tweede"}


def held(folder: Path) -> set[str]:
    generation = Generation(DataFolder(folder))
    names = {holding.source.id for holding in generation.store.holdings}
    generation.close()
    return {name for name in names if name.startswith(("a-", "b-"))}


def test_the_index_over_rare_shingles_misses_no_pair() -> None:
    """Against comparing all with all, on texts that share much."""
    random = np.random.default_rng(7)
    texts = [[*WORDS] for _ in range(30)]
    for words in texts:
        for position in random.integers(0, len(words), random.integers(0, 25)):
            words[position] = f"eigen{random.integers(1000)}"
    papers = [paper(f"p{number:02}", " ".join(words)) for number, words in enumerate(texts)]
    sets = [{tuple(words[n : n + 5]) for n in range(len(words) - 4)} for words in texts]
    expected = {
        (f"p{a:02}", f"p{b:02}") for a in range(30) for b in range(a) if len(sets[a] & sets[b]) >= 0.8 * len(sets[a] | sets[b])
    }  # fmt: skip
    found = {(pair.second[0], pair.first[0]) for pair in near_duplicates(papers)}
    assert 10 < len(expected) < 435
    assert found == expected


# --- the doctor ---


@pytest.fixture
def data(own_data: DataFolder, tmp_path: Path) -> DataFolder:
    """A copy of the index of the shipped knowledge base, to be damaged."""
    return copy_of(own_data, tmp_path / "data")


def current(data: DataFolder) -> Path:
    return data.generations / str(data.current())


def cure(data: DataFolder) -> int:
    return doctor(Namespace(), Settings(data=data.root), Messages("nl"))


def faults(data: DataFolder) -> dict[str, int]:
    return {fault.name: fault.count for fault in examine(data).faults}


def delete_vectors(data: DataFolder) -> None:
    client = chromadb.PersistentClient(
        path=str(current(data) / "chroma"), settings=chromadb.Settings(anonymized_telemetry=False)
    )
    collection = client.get_collection("passages", embedding_function=None)
    ids = collection.get(limit=2)["ids"]
    collection.delete(ids=ids[:1])
    collection.update(ids=ids[1:], metadatas=[{"row": 9999}])
    client.close()


def change(data: DataFolder, statement: str) -> None:
    connection = sqlite3.connect(current(data) / "store.sqlite")
    with connection:
        assert connection.execute(statement).rowcount > 0
    connection.close()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def edit_text(data: DataFolder) -> None:
    change(data, "UPDATE document SET text = replace(text, 'wijk', 'stad') WHERE id = 1")


def break_page(data: DataFolder) -> None:
    """A document of one page, in which places on later pages stand."""
    page = """(SELECT document FROM passage WHERE json_extract(body, '$.locator.page') > 1 LIMIT 1)"""
    change(data, f"UPDATE document SET page_count = 1 WHERE id = {page}")


def forget_words(data: DataFolder) -> None:
    """Another passage's words in the place of one passage's: the count stays right."""
    path = next((current(data) / "lexical").glob("indices*.npy"))
    rows = np.load(path)
    rows[rows == 0] = 1
    np.save(path, rows)


def forget_tokens(data: DataFolder) -> None:
    path = current(data) / "tokens" / "starts.npy"
    starts = np.load(path)
    starts[1] = 0
    np.save(path, starts)


DAMAGE: dict[str, tuple[Callable[[DataFolder], object], set[str]]] = {
    "a vector deleted, another astray": (delete_vectors, {"vector missing", "vector wrong"}),
    "vectors cut off": (lambda data: cut(current(data) / "chroma" / "chroma.sqlite3"), {"vectors"}),
    "no vectors": (lambda data: shutil.rmtree(current(data) / "chroma"), {"vectors"}),
    "store cut off": (lambda data: cut(current(data) / "store.sqlite"), {"store"}),
    "text edited": (edit_text, {"block", "quote"}),
    "passage edited": (lambda data: change(data, "UPDATE passage SET body = replace(body, '\"start\": ', '\"start\": 1') WHERE row = 3"), {"passage"}),
    "passage lost": (lambda data: change(data, "DELETE FROM passage WHERE row = 5"), {"passage"}),
    "record invalid": (lambda data: change(data, "UPDATE document SET source = replace(source, '\"kind\":\"', '\"kind\":\"x') WHERE id = 0"), {"record"}),
    "no lexical index": (lambda data: shutil.rmtree(current(data) / "lexical"), {"lexical"}),
    "words of a passage lost": (forget_words, {"lexical entry"}),
    "no token vectors": (lambda data: (current(data) / "tokens" / "bits.npy").unlink(), {"tokens"}),
    "no everyday questions": (lambda data: (current(data) / "pointers" / "rows.npy").unlink(), {"pointers"}),
    "token vectors of one passage lost": (forget_tokens, {"token entry"}),
    "page that does not exist": (break_page, {"block", "page"}),
    "no manifest": (lambda data: (current(data) / "manifest.json").write_text("{"), {"manifest"}),
    "cache cut off": (lambda data: cut(data.embeddings), {"cache"}),
    "generation left unfinished": (lambda data: (data.generations / "0a1b.building").mkdir(), {"left over"}),
    "private copy of a dead reader": (lambda data: (data.readers / "3").mkdir(parents=True), {"left over"}),
}  # fmt: skip
LOST_ROOTS = {"no manifest"}


def test_a_whole_index_is_healthy(data: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert faults(data) == {}
    assert cure(data) == 0
    assert "In orde" in capsys.readouterr().out


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found_and_repaired(name: str, data: DataFolder, capsys: pytest.CaptureFixture[str]) -> None:
    damage, expected = DAMAGE[name]
    damage(data)
    assert set(faults(data)) == expected
    if name in LOST_ROOTS:
        assert cure(data) == 4
        assert "mengpaneel ingest" in capsys.readouterr().err
        return
    assert cure(data) == 1, "it has looked again, and found nothing"
    assert "Hersteld" in capsys.readouterr().out
    generation = Generation(data)
    assert generation.vectors.count() == generation.manifest.passages
    generation.close()
    assert not (data.root / "damaged").exists()


def test_a_reader_at_work_is_not_left_over(data: DataFolder) -> None:
    generation = Generation(data)
    assert faults(data) == {}
    generation.close()


def test_a_repair_that_fails_puts_the_index_back(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (current(data) / "lexical" / "params.index.json").unlink()
    before = sorted(path.name for path in current(data).iterdir())
    settings = Settings(
        data=data.root, model=str(data.root / "geen-model")
    )  # a path: a name would be looked for online
    assert doctor(Namespace(), settings, Messages("en")) == 4
    assert "Not repaired" in capsys.readouterr().err
    assert sorted(path.name for path in current(data).iterdir()) == before
    assert not (data.root / "damaged").exists()


def test_a_repair_that_would_lose_a_source_is_not_begun(
    data: DataFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = current(data) / "manifest.json"
    path.write_text(path.read_text().replace('"roots": []', f'"roots": ["{tmp_path / "weg"}"]'))
    shutil.rmtree(current(data) / "lexical")
    assert cure(data) == 4
    assert str(tmp_path / "weg") in capsys.readouterr().err


def test_without_an_index_there_is_nothing_to_repair(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(IndexMissing):
        examine(DataFolder(tmp_path))
    assert cure(DataFolder(tmp_path)) == 4
    assert "mengpaneel ingest" in capsys.readouterr().err
