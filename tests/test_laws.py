"""Laws: every word in its place, status, references, links, and two texts of one law side by side."""

from __future__ import annotations

import tarfile
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from conftest import ORIGINALS, needs_originals
from lxml import etree

from corpus import Source, read_register
from evals.laws import Count, Found, check, compare_references, record
from ingest.document import Document, Locator
from ingest.law_compare import ArticleChange, ComparisonError, compare, word_diff
from ingest.law_references import LawNames, citation_text, held_text, jci, references, web_address
from ingest.readers.law import is_amending, status_of
from ingest.readers.law_markdown import read_law_markdown
from ingest.readers.law_xml import read_law_xml
from ingest.readers.read import read_file

SCALE = ORIGINALS.parent / "schaal" / "wetten-xml-2024.tar.xz"


def law(body: str, title: str = "Wet van 1 mei 2020, houdende regels (Proefwet)") -> Document:
    xml = f"""<toestand bwb-id="BWBR0000001" inwerkingtreding="2020-01-01"><wetgeving><intitule>{title}</intitule>
    <citeertitel>Proefwet</citeertitel><wet-besluit><wettekst>{body}</wettekst></wet-besluit></wetgeving></toestand>"""
    return read_law_xml(source(title=title), xml.encode())


def source(**fields: str) -> Source:
    return Source.model_validate({"id": "wet", "title": "Wet", "kind": "wet", **fields})


def article(number: str, body: str, attributes: str = "") -> str:
    return f"<artikel {attributes}><kop><label>Artikel</label><nr>{number}</nr></kop>{body}</artikel>"


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if block.kind != "heading"]


# --- every word in its place ----------------------------------------------------------------------

TABLE = """<table><title>Tabel A</title><tgroup cols="3"><colspec colname="a"/><colspec colname="b"/><colspec colname="c"/>
<thead><row><entry colname="a" morerows="1"><al>Soort</al></entry><entry namest="b" nameend="c"><al>Huur</al></entry></row>
<row><entry colname="b"><al>laagste</al></entry><entry colname="c"><al>hoogste:</al></entry></row></thead>
<tbody><row><entry colname="a" morerows="1"><al>kamer</al></entry><entry colname="b"><al>€ 1</al><al>of 2</al></entry>
<entry colname="c"><al>€ 3</al></entry></row><row><entry colname="b"/><entry colname="c"><al>€ 4</al></entry></row></tbody>
</tgroup></table>"""


def test_each_row_of_a_table_names_its_columns() -> None:
    assert texts(law(article("1", f"<al>Tarief:</al>{TABLE}"))) == [
        "Tarief:",
        "Tabel A",
        "Soort | Huur",
        "Soort | laagste | hoogste:",
        "Soort: kamer | Huur, laagste: € 1 of 2 | Huur, hoogste: € 3",
        "Soort: kamer | Huur, hoogste: € 4",
    ]


def test_a_note_stands_by_itself_and_two_notes_of_one_number_are_two() -> None:
    noot = "<noot><noot.nr>1)</noot.nr><noot.al>{}</noot.al></noot>"
    document = law(article("1", f"<al>Ede{noot.format('Deels.')}</al><al>Epe {noot.format('Heel.')}</al>"))
    assert texts(document) == ["Ede", "Deels.", "Epe", "Heel."]
    assert [block.locator.note for block in document.blocks if block.kind == "note"] == ["1", "1-2"]
    assert [block.notes for block in document.blocks if block.kind == "paragraph"] == [("1",), ("1-2",)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("<al>5 m<sup>2</sup> en 10<sup>-6</sup></al>", "5 m² en 10⁻⁶", id="raised figures"),
        pytest.param("<al>CO<inf>2</inf>-uitstoot</al>", "CO2-uitstoot", id="lowered figures"),
        pytest.param(
            "<al>€ 500<redactie>nu € 600</redactie>per jaar</al>", "€ 500 [Red: nu € 600] per jaar", id="remark"
        ),
        pytest.param(
            "<al>van de het<tekstcorrectie>lees: het</tekstcorrectie> hof</al>",
            "van de het [Red: lees: het] hof",
            id="correction",
        ),
        pytest.param(
            "<plaatje><illustratie/><bijschrift>Kaart 1</bijschrift></plaatje>", "[afbeelding] Kaart 1", id="map"
        ),
        pytest.param("<tussenkop>Artikel 9</tussenkop>", "Artikel 9", id="heading between"),
    ],
)
def test_what_stands_inside_a_line_is_neither_lost_nor_glued(body: str, expected: str) -> None:
    assert texts(law(article("1", body))) == [expected]


def test_text_behind_a_lid_or_a_chapter_belongs_to_what_is_around_it() -> None:
    document = law(
        "<hoofdstuk><kop><label>Hoofdstuk</label><nr>1</nr></kop><structuurtekst><al>Vooraf.</al></structuurtekst>"
        + article("1", "<lid><lidnr>1</lidnr><al>Een.</al></lid><al>Slot.</al>")
        + "</hoofdstuk><hoofdstuk><kop><nr>Tweede</nr><label>hoofdstuk</label></kop><afdeling><kop><label>Afdeling 1</label>"
        "</kop><hoofdstuk><kop><titel>Diep</titel></kop><artikel><kop><label>Artikel 2a</label></kop><al>Twee.</al></artikel>"
        "</hoofdstuk></afdeling></hoofdstuk>"
    )
    places = [(b.locator.article, b.locator.paragraph, b.text) for b in document.blocks if b.kind != "heading"]
    assert places == [(None, None, "Vooraf."), ("1", "1", "Een."), ("1", None, "Slot."), ("2a", None, "Twee.")]
    assert document.blocks[-1].locator.section == ("Tweede hoofdstuk", "Afdeling 1", "Diep", "Artikel 2a")


def test_the_count_of_words_sees_what_is_lost_and_what_is_misplaced() -> None:
    body = article("1", "<lid><lidnr>1</lidnr><al>een twee drie</al></lid><lid><lidnr>2</lidnr><al>vier</al></lid>")
    xml = f'<toestand bwb-id="BWBR0000001"><wetgeving><wet-besluit><wettekst>{body}</wettekst></wet-besluit></wetgeving></toestand>'
    whole, less = law(body), law(body.replace("twee ", ""))
    moved = law(body.replace("een twee", "twee").replace("vier", "vier een"))
    assert check("a", xml.encode(), whole) == Count(laws=1, articles=1, words=6)
    assert check("a", xml.encode(), less).lost == 1
    assert (check("a", xml.encode(), moved).lost, check("a", xml.encode(), moved).elsewhere) == (0, 1)


@pytest.mark.skipif(not SCALE.is_file(), reason=f"the 272 laws are not at {SCALE}")
def test_a_sample_of_the_real_laws_loses_no_word_and_its_references_are_recognised(tmp_path: Path) -> None:
    count, found, documents = Count(), Found(), []
    with tarfile.open(SCALE) as archive:
        for member in archive:
            if member.isfile() and member.name.endswith(".xml") and len(documents) < 12:
                opened = archive.extractfile(member)
                assert opened is not None
                data = opened.read()
                documents.append((data, read_law_xml(record(Path(member.name), data), data)))
    names = LawNames.of([document.source for _, document in documents])
    for data, document in documents:
        count.add(check(document.source.id, data, document))
        compare_references(etree.fromstring(data), names, document.source, found)
    assert count.words > 30_000
    assert (count.lost, count.gained, count.elsewhere, count.out_of_order, count.faults) == (0, 0, 0, 0, [])
    assert found.recall >= 0.93
    assert found.precision >= 0.97


def test_law_markdown_reads_unnumbered_headings_tables_and_stops_before_the_signatures() -> None:
    text = """##Wet\n\n### Eerste  afdeling  \n\n####Begin\n\n### Enig  artikel  \n\n1.  Tarief: \n\n2.  Vervallen. \n
| Soort: | Huur |\n|:---|:---|\n| kamer | 5 |\n| --- | 6 |\n\nb.het tweede. \n\nLasten en bevelen dat deze geldt.\n\n### Bijlage\n\nLijst.\n"""
    document = read_law_markdown(source(), text)
    places = [(b.locator.article, b.locator.paragraph, b.locator.item, b.text, b.status) for b in document.blocks]
    assert places[1:] == [
        ("enig", None, None, "Enig artikel", ""),
        ("enig", "1", None, "Tarief:", ""),
        ("enig", "2", None, "Vervallen.", "vervallen"),
        ("enig", "2", None, "Soort: | Huur", "vervallen"),
        ("enig", "2", None, "Soort: kamer | Huur: 5", "vervallen"),
        ("enig", "2", None, "Huur: 6", "vervallen"),
        ("enig", "2", "b", "b.het tweede.", "vervallen"),
        (None, None, None, "Lasten en bevelen dat deze geldt.", ""),
        (None, None, None, "Bijlage", ""),
        (None, None, None, "Lijst.", ""),
    ]


# --- status ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("remark", "status"),
    [
        ("Vervallen.", "vervallen"),
        ("Vervallen per 01-07-2005", "vervallen"),
        ("Door vernummering vervallen.", "vervallen"),
        ("Dit lid is nog niet in werking getreden.", "niet in werking"),
        ("Dit onderdeel is nog niet inwerking getreden", "niet in werking"),
        ("Dit artikel treedt niet meer in werking. Ingetrokken bij Stb. 2014/442.", "niet in werking"),
        ("Dit artikel treedt niet in werking dan nadat de raad is gehoord.", ""),
        ("Vervallen verklaring van een vergunning geschiedt schriftelijk.", ""),
        ("Zolang artikel 3 nog niet in werking is, geldt artikel 2.", ""),
    ],
)
def test_a_remark_tells_that_a_provision_is_no_valid_law(remark: str, status: str) -> None:
    assert status_of(remark) == status


def test_status_comes_down_from_a_chapter_and_holds_for_one_lid() -> None:
    lid = "<lid><lidnr>{}</lidnr><al>{}</al></lid>"
    document = law(
        '<hoofdstuk status="nogniet"><kop><label>Hoofdstuk</label><nr>1</nr></kop>'
        + article("1", "<al>Later.</al>", 'status="goed"')
        + "</hoofdstuk>"
        + article("2", lid.format(1, "<redactie>Vervallen.</redactie>") + lid.format(2, "Geldt."))
    )
    assert [b.status for b in document.blocks if b.kind != "heading"] == ["niet in werking", "vervallen", ""]


@pytest.mark.parametrize(
    ("title", "remarks", "expected"),
    [
        pytest.param("Wet van 1 mei 2020 tot wijziging van de Woningwet", 0, True, id="by its title"),
        pytest.param("Invoeringswet", 3, True, id="by most of its articles"),
        pytest.param("Huisvestingswet", 1, False, id="a law that ends with an amendment"),
    ],
)
def test_an_amending_act_is_known_as_such(title: str, remarks: int, expected: bool) -> None:
    amends = article("I", "<al><redactie>Wijzigt de Woningwet.</redactie></al>").replace("I<", "{}<")
    body = (
        "".join(amends.format(n) for n in range(remarks))
        + article("8", "<al>Regel.</al>")
        + article("9", "<al>Slot.</al>")
    )
    assert is_amending(law(body, title)) is expected


@needs_originals
def test_the_amending_acts_of_the_corpus_are_the_two() -> None:
    assert {id for id in corpus() if is_amending(read(id))} == {"BWBR0049889_2024-07-01", "BWBR0039275_2017-07-01"}


# --- references and links -------------------------------------------------------------------------

HUISVESTING = source(id="a", bwb_id="BWBR0035303", citeertitel="Huisvestingswet 2014", toestand="2024-01-01")
LAWS = [
    HUISVESTING,
    source(id="b", bwb_id="BWBR0035303", citeertitel="Huisvestingswet 2014", toestand="2015-11-29"),
    source(id="c", bwb_id="BWBR0019388", citeertitel="Wet bijzondere maatregelen grootstedelijke problematiek",
           afkorting="Wbmgp", toestand="2015-11-29"),
    source(id="d", bwb_id="BWBR0005290", citeertitel="Burgerlijk Wetboek Boek 7", toestand="2024-01-01"),
    source(id="e", bwb_id="BWBR0005537", citeertitel="Algemene wet bestuursrecht", afkorting="Awb", toestand="2024-01-01"),
]  # fmt: skip
NAMES = LawNames.of(LAWS)
OWN, WBMGP, BW7, AWB = "BWBR0035303", "BWBR0019388", "BWBR0005290", "BWBR0005537"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("artikel 8 Wbmgp", [("8", None, None, WBMGP)]),
        ("art. 14, tweede lid, onder b, Huisvestingswet 2014", [("14", "2", "b", OWN)]),
        ("de artikelen 5 tot en met 7 van de Wet X", [("5-7", None, None, None)]),
        ("Het eerste lid is van toepassing", [(None, "1", None, OWN)]),
        ("artikel 3:46 Awb", [("3:46", None, None, AWB)]),
        ("artikel 7:271, eerste lid, tweede volzin, van het Burgerlijk Wetboek", [("271", "1", None, BW7)]),
        ("artikel 271 lid 2 van Boek 7 van het Burgerlijk Wetboek", [("271", "2", None, BW7)]),
        ("art. 6:162 lid 1 BW", [("6:162", "1", None, None)]),
        ("het eerste en tweede lid van artikel 14", [("14", "1,2", None, OWN)]),
        (
            "de artikelen 8:41, eerste lid, en 8:82 van de Algemene wet bestuursrecht en artikel 5 van die wet",
            [("8:41", "1", None, AWB), ("8:82", None, None, AWB), ("5", None, None, AWB)],
        ),
        (
            "artikel 129, derde lid, of artikel 230 van Boek 7 van het Burgerlijk Wetboek",
            [("129", "3", None, BW7), ("230", None, None, BW7)],
        ),
        ("artikel 1, eerste lid, onderdeel b, onder 2°, van deze wet", [("1", "1", "b, 2°", OWN)]),
        ("de artikelen 42, onder a, en 43, tweede lid", [("42", None, "a", OWN), ("43", "2", None, OWN)]),
        ("binnen artikel 8 en 3 maanden", [("8", None, None, OWN)]),
        ("artikel 5 van de Huisvestingswet", [("5", None, None, None)]),
        ("artikel 5 van de Huisvestingswet 2014 BES", [("5", None, None, None)]),
        ("Algemene wet bestuursrecht: de artikelen 3:1 en 3:2", [("3:1", None, None, AWB), ("3:2", None, None, AWB)]),
    ],
)  # fmt: skip
def test_a_reference_names_its_provision_and_a_law_only_if_that_is_held(
    text: str, expected: list[tuple[str | None, ...]]
) -> None:
    found = references(text, NAMES, HUISVESTING)
    said = [
        (f"{r.article}-{r.last_article}" if r.last_article else r.article, r.paragraph, r.item, r.bwb_id) for r in found
    ]
    assert said == expected
    assert all(text[r.start : r.end].strip() == text[r.start : r.end] != "" for r in found)


def test_in_a_report_a_provision_without_a_law_is_left_open_and_bare_leden_are_none() -> None:
    (found,) = references("Volgens artikel 8 geldt het eerste lid.", NAMES)
    assert (found.article, found.law, found.bwb_id) == ("8", None, None)


def test_the_text_of_a_law_is_the_one_of_the_day() -> None:
    days = [held_text("BWBR0035303", LAWS, day) for day in ("2014-01-01", "2016-05-01", None)]
    assert [law and law.toestand for law in days] == [None, "2015-11-29", "2024-01-01"]


def test_a_lid_has_a_link_an_address_and_a_citation() -> None:
    place = Locator(article="14", paragraph="2", item="a, 1°")
    link = "jci1.3:c:BWBR0035303&artikel=14&lid=2&o=a&o=1&z=2024-01-01&g=2024-01-01"
    assert jci(HUISVESTING, place) == link
    assert web_address(HUISVESTING, place) == f"https://wetten.overheid.nl/{link}"
    assert jci(HUISVESTING, Locator(article="D 2")).startswith("jci1.3:c:BWBR0035303&artikel=D_2&z=")
    assert jci(HUISVESTING, Locator()) == "jci1.3:c:BWBR0035303&z=2024-01-01&g=2024-01-01"
    assert citation_text(HUISVESTING, place) == "art. 14 lid 2 onder a 1° Huisvestingswet 2014"
    assert citation_text(LAWS[3], Locator(article="271", paragraph="1")) == "art. 7:271 lid 1 BW"
    assert citation_text(LAWS[4], Locator(article="3:46", item="–")) == "art. 3:46 Awb"


# --- two texts of one law -------------------------------------------------------------------------


@cache
def corpus() -> dict[str, Source]:
    return {s.id: s for s in read_register(ORIGINALS / "bronnen.yaml") if s.kind == "wet" and s.path}


@cache
def read(id: str) -> Document:
    path = ORIGINALS / str(corpus()[id].path)
    return read_file(corpus()[id], path, path.read_bytes())


def change(changes: tuple[ArticleChange, ...], number: str) -> ArticleChange:
    return next(change for change in changes if change.article == number)


@needs_originals
def test_the_huisvestingswet_of_2015_against_that_of_2024() -> None:
    changes = compare(read("BWBR0035303_2015-11-29"), read("BWBR0035303_2024-01-01"))
    kinds = {change.article: change.change for change in changes}
    unchanged = "5 8 11 13 16a 19 20 27 28 31 32 34 53 54".split()
    new = "11a 11b 11c 23a 23b 23c 23d 23e 23f 23g 23h 33a".split()
    assert [article for article, kind in kinds.items() if kind == "same"] == unchanged
    assert [article for article, kind in kinds.items() if kind == "new"] == new
    assert {kinds[article] for article in "1 2 3 4 6 7 9 10 12 14 15".split()} == {"changed"}
    assert Counter(kinds.values()) == {"changed": 33, "same": 14, "new": 12, "repealed": 6}
    (first, second) = change(changes, "2").lids
    assert (first.paragraph, [pair for pair in first.words if pair[0] != "same"]) == ("1", [("out", "goedkope")])
    assert second.paragraph == "2"


def test_articles_that_moved_are_gone_and_new_and_typography_is_no_change() -> None:
    old = law(
        article("1", "<al>Zij heet «wijk»  – of buurt.</al>")
        + article("2", "<al>Weg.</al>")
        + article("3", "<al>Eén.</al>")
    )
    new = law(
        article("1", "<al>Zij heet “wijk” - of buurt.</al>")
        + article("3", "<lid><lidnr>1</lidnr><al>Eén.</al></lid><lid><lidnr>2</lidnr><al>Twee.</al></lid>")
        + article("4", "<al>Weg.</al>")
        + article("5", "<al>Vervallen</al>", 'status="vervallen"')
    )
    changes = compare(old, new)
    assert [(c.article, c.change) for c in changes] == [
        ("1", "same"), ("2", "gone"), ("3", "changed"), ("4", "new"), ("5", "repealed")
    ]  # fmt: skip
    assert [(lid.paragraph, lid.words) for lid in changes[2].lids] == [("2", (("in", "Twee."),))]


def test_a_word_diff_leads_from_the_old_text_to_the_new() -> None:
    assert list(word_diff("a. huur en koop", "a huur of koop")) == [
        ("same", "a huur"), ("out", "en"), ("in", "of"), ("same", "koop")
    ]  # fmt: skip


def test_texts_of_two_laws_are_not_compared() -> None:
    body = article("1", "<al>Een.</al>")
    other = read_law_xml(
        LAWS[4],
        f"<toestand><wetgeving><wet-besluit><wettekst>{body}</wettekst></wet-besluit></wetgeving></toestand>".encode(),
    )
    with pytest.raises(ComparisonError, match="two laws"):
        compare(law(body), other)
