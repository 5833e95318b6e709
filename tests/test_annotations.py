"""Under a quote: the footnotes of its sentence and the law that it names; and what is found by author."""

from __future__ import annotations

from collections import Counter

import pytest
from conftest import needs_originals

from corpus import Source
from ingest.document import Document, DocumentBuilder, Locator
from ingest.index.generation import DataFolder, Generation
from ingest.law_mentions import mentions, written
from ingest.law_references import LawNames
from retrieval.annotate import annotated
from retrieval.answer import Citation, Hit
from retrieval.cite import cite, sentences_of
from retrieval.engine import Engine
from ui.cards import Shelf, card_html
from ui.contract import answer_json
from ui.messages import Messages
from ui.source_notes import law_texts
from ui.text import answer_text

REPORT = "kennisfundament-gemengde-wijken"
HW, WBMGP, WBH = "BWBR0035303", "BWBR0019388", "BWBR0049889"
# Read by a person: every provision, and every naming of a law that is held, in the originals that are no law.
PROVISIONS = {REPORT: Counter({(WBMGP, "8"): 4, (WBMGP, "9"): 2, (WBMGP, "10"): 3})}
LAWS = {
    REPORT: Counter({WBMGP: 9, HW: 4, WBH: 1}),
    "10-succesfactoren-gemengd-wonen": Counter({HW: 3}),
}
OTHERS = (
    "tsv-2020-4-utrecht-wil-leren-van-gemengd-wonen",
    "huurdersraad-themabijeenkomst-2019-10-14",
    "platform31-gemengde-wijk-tussenstap",
)
AUTHORS = [
    ("Wat schrijft Klinenberg over ontmoeting?", {"84"}),
    ("Wat zegt Vertovec over superdiversiteit?", {"21"}),
    ("Putnam 2007", {"69"}),
    ("Waar wordt Allport aangehaald?", {"63"}),
    ("Wat schrijft Lofland?", {"74"}),
    ("de studie van Troost, Van Ham en Manley uit 2023", {"38"}),
    ("Welk onderzoek van Boterman en Manting wordt genoemd?", {"24"}),
    ("Wat schrijft Bredewold over oppervlakkig contact?", {"90", "91"}),
    ("Jennissen, De nieuwe verscheidenheid, 2018", {"22", "26"}),
    ("Hospers over de wijkeconomie", {"97"}),
]


def law(title: str, bwb_id: str, date: str = "2014-06-04", **more: str) -> Source:
    record = {"kind": "wet", "title": f"Wet van die dag, houdende regels ({title})", "citeertitel": title, **more}
    return Source.model_validate({"id": bwb_id, "bwb_id": bwb_id, "toestand": "2024-01-01", "date": date, **record})


HOUSING = law("Huisvestingswet 2014", "BWBR0000001")
AREAS = law("Wet gebieden", "BWBR0000002", afkorting="Wgeb")


def report(*blocks: tuple[str, str], date: str | None = "2024", notes: tuple[str, ...] = ()) -> Document:
    """Headings ("#"), paragraphs ("") and notes (their number); the last paragraph has the marks of `notes`."""
    builder = DocumentBuilder(Source.model_validate({"id": "nota", "title": "Nota", "kind": "rapport", "date": date}))
    section: tuple[str, ...] = ()
    for number, (kind, text) in enumerate(blocks):
        if kind.startswith("#"):
            section = (*section[: len(kind) - 1], text)
            builder.add("heading", text, Locator(section=section), level=len(kind))
        elif kind:
            builder.add("note", text, Locator(note=kind))
        else:
            marked = notes if all(later for later, _ in blocks[number + 1 :]) else ()
            starts = (len(text),) * len(marked)
            builder.add("paragraph", text, Locator(section=section), notes=marked, note_starts=starts)
    return builder.build()


def named(document: Document) -> list[tuple[str, str | None, str | None]]:
    found = mentions(document, LawNames.of([HOUSING, AREAS], written(document.source, document.form)))
    return [(document.text[r.start : r.end], r.article, r.bwb_id) for r in found if r.bwb_id]


def test_an_article_without_a_law_is_of_the_law_that_its_section_speaks_of() -> None:
    found = named(
        report(
            ("#", "Instrumenten"),
            ("", "Artikel 3 staat hier los."),
            ("##", "Wet gebieden"),
            ("", "Een eis mag (artikel 8). De Huisvestingswet 2014 gaat voor; artikel 9 regelt dat."),
            ("", "Dat geldt voor zowel artikel 8 als 10 en niet in artikel 5 van de Wgeb."),
            ("#", "Slot"),
            ("", "Over artikel 4 weten we niets."),
        )
    )
    assert found == [
        ("Wet gebieden", None, AREAS.bwb_id),
        ("artikel 8", "8", AREAS.bwb_id),
        ("Huisvestingswet 2014", None, HOUSING.bwb_id),
        ("artikel 9", "9", HOUSING.bwb_id),
        ("artikel 8", "8", HOUSING.bwb_id),
        ("10", "10", HOUSING.bwb_id),
        ("artikel 5 van de Wgeb", "5", AREAS.bwb_id),
    ]


def test_a_footnote_speaks_of_the_law_at_the_place_of_its_mark() -> None:
    blocks = (
        ("#", "Wet gebieden"),
        ("", "Dat is onderzocht."),
        ("#", "Later"),
        ("", "Iets anders."),
        ("7", "Zie art. 8."),
    )
    assert ("art. 8", "8", AREAS.bwb_id) not in named(report(*blocks, notes=("7",)))
    assert ("art. 8", "8", AREAS.bwb_id) in named(report(*blocks[:2], blocks[4], notes=("7",)))


@pytest.mark.parametrize(
    ("date", "text", "expected"),
    [
        ("2024", "Volgens de Huisvestingswet mag dat.", HOUSING.bwb_id),
        (None, "Aanpassen Huisvestingswet", HOUSING.bwb_id),
        ("2010-05-01", "Volgens de Huisvestingswet mag dat.", None),
        ("2024", "Volgens de Invoeringswet Huisvestingswet mag dat.", None),
        ("2024", "Zie de Wet van die dag, houdende regels.", None),
        ("2024", "Volgens de huisvestingswetten mag dat.", None),
    ],
)
def test_a_name_may_lack_its_year_but_is_never_guessed(date: str | None, text: str, expected: str | None) -> None:
    assert [bwb_id for _, _, bwb_id in named(report(("", text), date=date))] == ([expected] if expected else [])


def test_a_law_is_known_by_its_full_title_too() -> None:
    document = report(("", "De Wet van die dag, houdende regels (Huisvestingswet 2014) werkt."))
    assert named(document) == [("Wet van die dag, houdende regels (Huisvestingswet 2014)", None, HOUSING.bwb_id)]


@needs_originals
def test_every_provision_and_law_named_in_the_originals_is_found_and_nothing_else(originals_data: DataFolder) -> None:
    generation = Generation(originals_data)
    try:
        for source in (*LAWS, *OTHERS):
            found = generation.store.mentions((source, "original"))
            provisions = Counter((r.bwb_id, r.article) for r in found if r.article)
            assert provisions == PROVISIONS.get(source, Counter())
            assert Counter(r.bwb_id for r in found if not r.article) == LAWS.get(source, Counter())
    finally:
        generation.close()


# --- under a quote ---


def citations_of(generation: Generation, source: str, words: str, day: str | None = None) -> list[Citation]:
    """Citations of every sentence with these words in the original."""
    store = generation.store
    found = []
    for row in range(len(generation.documents_by_row)):
        passage = store.passage(row)
        if (passage.source_id, passage.form) == (source, "original") and words in passage.text:
            hit = Hit(rank=1, score=1.0, row=row, passage=passage, source=store.record_of(passage))
            found += [cite(store, 1, s) for s in sentences_of(hit, store) if words in s.text]
    return list(annotated(store, found, day))


@needs_originals
def test_each_footnote_is_shown_with_one_sentence_only_that_of_its_mark(originals_data: DataFolder) -> None:
    generation = Generation(originals_data)
    try:
        shown: Counter[str] = Counter()
        for row in range(len(generation.documents_by_row)):
            passage = generation.store.passage(row)
            if passage.source_id == REPORT and passage.form == "original":
                hit = Hit(rank=1, score=1.0, row=row, passage=passage, source=generation.store.record_of(passage))
                said = [cite(generation.store, 1, s) for s in sentences_of(hit, generation.store)]
                shown.update(note.number for c in annotated(generation.store, said, None) for note in c.notes)
        (omstreden,) = citations_of(generation, REPORT, "De Wbmgp is omstreden")
    finally:
        generation.close()
    assert shown == Counter({str(number): 1 for number in range(1, 100)})
    assert [(note.number, note.locator.page) for note in omstreden.notes] == [("60", 22)]
    assert omstreden.notes[0].text.startswith("Hochstenbach")


@needs_originals
def test_a_link_counts_in_the_quote_and_sets_both_dates_side_by_side(originals_data: DataFolder) -> None:
    generation = Generation(originals_data)
    try:
        (citation,) = citations_of(generation, REPORT, "De Wbmgp is omstreden")
        (old,) = citations_of(generation, REPORT, "Hoewel de Huisvestingswet 2014", day="2016-01-01")
        (own,) = citations_of(generation, "BWBR0019388_2015-11-29", "De artikelen 8 en 35 van de Huisvestingswet 2014")
    finally:
        generation.close()
    links = [(citation.quote[k.start : k.end], k.citation, k.toestand, k.reported) for k in citation.law_links]
    assert links == [
        ("Wbmgp", "Wbmgp", "2015-11-29", "2024"),
        ("artikel 8", "art. 8 Wbmgp", "2015-11-29", "2024"),
    ]
    assert citation.law_links[1].url.endswith("jci1.3:c:BWBR0019388&artikel=8&z=2015-11-29&g=2015-11-29")
    assert [link.toestand for link in old.law_links] == ["2015-11-29"], "the text of the day asked for"
    assert [link.citation for link in own.law_links] == ["art. 8 Huisvestingswet 2014", "art. 35 Huisvestingswet 2014"]


@needs_originals
def test_a_lid_named_in_a_law_is_a_lid_of_the_article_at_hand_in_the_same_text(originals_data: DataFolder) -> None:
    generation = Generation(originals_data)
    try:
        found = citations_of(generation, "BWBR0035303_2015-11-29", "eerste en tweede lid")
    finally:
        generation.close()
    alone = [(c, k) for c in found for k in c.law_links if c.quote[k.start : k.end] == "eerste en tweede lid"]
    assert alone
    for citation, link in alone:
        assert link.citation == f"art. {citation.locator.article} lid 1 en 2 Huisvestingswet 2014"
        assert link.url.endswith(f"artikel={citation.locator.article}&lid=1&z=2015-11-29&g=2015-11-29")


@needs_originals
def test_notes_and_law_reach_json_and_terminal(originals_engine: Engine) -> None:
    answer = originals_engine.ask("Welke kritiek is er op artikel 8 van de Wbmgp?")
    noted = [c for c in answer_json(answer)["citations"] if c["notes"]]
    named = [link for c in answer_json(answer)["citations"] for link in c["law_links"]]
    assert noted
    assert noted[0]["notes"][0].keys() == {"number", "text", "locator", "study"}
    assert any(link["citation"] == "art. 8 Wbmgp" and link["reported"] == "2024" for link in named)
    text = answer_text(answer, Messages("nl"))
    assert f"noot {noted[0]['notes'][0]['number']}: " in text
    assert "tekst in huis van 29-11-2015; bron van 2024" in " ".join(text.split())


@needs_originals
def test_the_card_links_each_law_once_and_escapes_what_comes_from_outside(originals_data: DataFolder) -> None:
    generation = Generation(originals_data)
    try:
        citations = citations_of(generation, REPORT, "De Wbmgp is omstreden")
    finally:
        generation.close()
    shown = card_html(citations[0], [*citations, *citations], Messages("nl"), Shelf())
    assert shown.count(">art. 8 Wbmgp") == 1
    assert "&amp;artikel=8" in shown
    assert shown.count("noot 60") == 1


def test_what_is_known_of_the_dates_is_said_and_no_more(own_engine: Engine) -> None:
    """Without originals there is no law text in house."""
    answer = own_engine.ask("Wat kan een gemeente met artikel 8 van de Wbmgp?")
    texts = [text for citation in answer.citations for text, _ in law_texts(citation, Messages("nl"))]
    assert texts
    assert all("tekst in huis" not in text for text in texts)


@needs_originals
def test_a_study_is_found_by_its_author(originals_engine: Engine) -> None:
    ranks = []
    for question, notes in AUTHORS:
        hits = [hit for hit in originals_engine.search(question, k=8).hits if hit.source.id == REPORT]
        named = [hit.rank for hit in hits if hit.passage.locator.note in notes or notes & set(hit.passage.notes)]
        ranks.append(min(named, default=99))
    assert max(ranks) <= 8
    assert sum(rank <= 5 for rank in ranks) >= 9
