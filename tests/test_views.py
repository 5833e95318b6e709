"""The views beside asking, their addresses, and what an operator may keep; from the shipped files and made-up laws."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import copy_of
from hypothesis import given
from hypothesis import strategies as st
from test_view import EN, NL, TEXT, Page, answer, citation, passage

from corpus import Source, read_register, shipped
from ingest.document import Document, DocumentBuilder, Form, Locator
from ingest.index.generation import DataFolder
from ingest.index.store import Holding
from retrieval.answer import AnswerPart, FilterError, Filters
from retrieval.instruments import catalogue
from ui import frame, instruments_view, law_view, sources_view, terms_view
from ui.address import Asked, Made, address_of, made_of, permalink, read_address, since, without
from ui.conversation import glossary
from ui.kept import Kept
from ui.messages import Messages
from ui.settings import Settings
from ui.upload import Added, NotAdded, Uploads

RECORDS = {source.id: source for source in read_register(shipped() / "bronnen.yaml")}
FILTERS = Filters(
    kinds=frozenset(["wet", "rapport"]), sources=frozenset(["a-b"]), from_year=2005, until_year=2020, date="2016-01-01"
)


# --- addresses --------------------------------------------------------------------------------


@given(st.text(min_size=1, max_size=200).filter(str.strip), st.sampled_from([Filters(), FILTERS]))
def test_an_address_holds_question_and_filters_exactly(question: str, filters: Filters) -> None:
    asked = Asked(question.encode("utf-8", "replace").decode().strip(), filters, "Vorige vraag?")
    made = Made("abc", "123", (("a-b:original", "fff"), ("wet_2024-01-01:digest", "000")))
    for given_ in (asked, replace(asked, made=made)):
        read = read_address("https://x.nl/pad/" + address_of(given_, "en"))
        assert (read.asked(), read.language, read.view) == (given_, "en", "ask")


@given(st.text(min_size=1, max_size=200).filter(str.strip), st.sampled_from([Filters(), FILTERS]))
def test_the_link_in_a_footnote_is_one_that_the_page_opens(question: str, filters: Filters) -> None:
    shown = replace(answer(), question=question.encode("utf-8", "replace").decode().strip())
    link = permalink("https://x.nl/pad", shown, filters)
    asked = read_address(link).asked()
    assert asked
    assert asked.made
    assert (asked.question, asked.filters) == (shown.question, filters)
    told = since(asked.made, made_of(shown, lambda source, form: ""), [], lambda source, form: "")
    assert (told.same_collection, told.same_answer, told.knows_sources) == (True, True, False)


def test_a_question_stands_where_no_server_sees_it() -> None:
    assert "#" not in address_of(Asked("geheim", FILTERS), "nl").partition("geheim")[2]
    assert address_of(Asked("geheim", FILTERS), "nl").startswith("?lang=nl#q=geheim")


@pytest.mark.parametrize(
    ("address", "view"),
    [
        ("", "ask"),
        ("?view=nothing", "ask"),
        ("?instrument=grondbeleid", "instruments"),
        ("?term=menging", "terms"),
        ("?lang=en&view=law", "law"),
        ("http://[", "ask"),
        ("?" + "&" * 100_000, "ask"),
    ],
)
def test_any_address_leads_somewhere(address: str, view: str) -> None:
    assert read_address(address).view == view
    assert read_address(address).asked() is None


@pytest.mark.parametrize(
    ("fragment", "said"),
    [
        ("q=x&kind=boek", "‘boek’ is geen soort bron; kies een soort bij de filters."),
        ("q=x&from=vroe", "‘vroe’ is geen jaar; schrijf vier cijfers, bijvoorbeeld 2015."),
        ("q=" + "x" * 2001, "De vraag telt 2001 tekens; hooguit 2000 mag."),
    ],
)
def test_a_wrong_address_is_one_sentence(fragment: str, said: str) -> None:
    with pytest.raises(FilterError) as fault:
        read_address(f"?lang=nl#{fragment}").asked()
    assert fault.value.nl == said


def test_every_filter_can_be_taken_away_and_only_that_one() -> None:
    html = frame.chips_html(Asked("Waarom?", FILTERS), {"a-b": "Het rapport"}, NL)
    page = Page(html)
    left = [read_address(str(link)).asked() for link in page.having("href")]
    expected = [
        replace(FILTERS, kinds=frozenset(["wet"])),
        replace(FILTERS, kinds=frozenset(["rapport"])),
        replace(FILTERS, sources=frozenset()),
        replace(FILTERS, from_year=None),
        replace(FILTERS, until_year=None),
        replace(FILTERS, date=None),
        Filters(),
    ]
    assert [asked.filters for asked in left if asked] == expected
    assert without(Asked("x", FILTERS), "date").filters.date is None
    assert "wettekst van 1-1-2016" in page.text
    assert frame.chips_html(Asked("Waarom?", Filters()), {}, NL) == ""


def test_a_link_tells_which_cited_source_changed_and_which_is_gone() -> None:
    of, other = passage(), passage(form="digest")
    shown = answer((AnswerPart(TEXT, "quote", (1, 2)),), (citation(1, TEXT, of), citation(2, TEXT, other)))
    texts: dict[tuple[str, Form], str] = {(of.source_id, "original"): "oud", (of.source_id, "digest"): "samenvatting"}

    def text_of(source: str, form: Form) -> str:
        return texts[source, form]

    made = made_of(shown, text_of)
    same = since(made, made, texts, text_of)
    assert (same.same_collection, same.same_answer, same.changed, same.gone) == (True, True, (), ())
    texts[of.source_id, "original"] = "nieuw"
    later = made_of(replace(shown, corpus_version="def", parts=shown.parts[:0]), text_of)
    told = since(made, later, [(of.source_id, "original")], text_of)
    assert (told.same_collection, told.same_answer) == (False, False)
    assert (told.changed, told.gone) == ((of.source_id,), (of.source_id,))


# --- browsing ---------------------------------------------------------------------------------


@pytest.mark.parametrize("messages", [NL, EN], ids=["nl", "en"])
def test_every_instrument_stands_in_the_table_and_every_statement_names_its_source(messages: Messages) -> None:
    html = instruments_view.instruments_html(catalogue(), RECORDS, {"aim": "verdichting"}, messages)
    page = Page(html)
    links = page.having("href")
    for instrument in catalogue().instruments:
        assert f"?lang={messages.language}&instrument={instrument.id}" in links
        own = instruments_view.instrument_html(instrument, catalogue(), RECORDS, messages)
        statements = list(instrument.statements())
        assert own.count('class="from"') == len(statements)
        assert all(getattr(s.text, messages.language) in Page(own).text for s in statements)
    items = re.findall(r"<li>[^<]*( <span class=\"at\".*?)?</li>", html)
    assert items
    assert 'value="verdichting" selected' in html


def test_the_picture_counts_what_the_catalogue_says() -> None:
    text = Page(instruments_view.instruments_html(catalogue(), RECORDS, {}, NL)).text
    serving = [
        i
        for i in catalogue().instruments
        if any(r.target == "leefbaarheid" and r.relation == "dient" for r in i.relations)
    ]
    assert f"leefbaarheid: instrumenten die dit dienen: {len(serving)}" in text


@pytest.mark.parametrize("messages", [NL, EN], ids=["nl", "en"])
def test_every_term_can_be_found_and_leads_to_its_neighbours(messages: Messages) -> None:
    terms = glossary().terms
    page = Page(terms_view.terms_html(glossary(), {"find": '"><b>'}, messages))
    assert len(page.having("data-find")) == len(terms)
    assert "b" not in {tag for tag, _ in page.tags}
    known = {term.id for term in terms}
    for term in terms[:40]:
        own = Page(terms_view.term_html(term, glossary(), RECORDS, messages))
        linked = {str(link).partition("term=")[2] for link in own.having("href") if link and "term=" in link}
        assert linked == {*term.broader, *term.narrower, *term.related}
        assert linked <= known


def _law(day: str, *lids: str) -> Document:
    source = Source(stem=f"BWBR0000001_{day}", title="Woonwet", kind="wet", bwb_id="BWBR0000001", toestand=day)
    builder = DocumentBuilder(source)
    builder.add("heading", "Artikel 1", Locator(article="1"), level=1)
    for number, text in enumerate(lids, start=1):
        builder.add("paragraph", text, Locator(article="1", paragraph=str(number)))
    return builder.build()


OLD, NEW = (
    _law("2015-01-01", "De raad kan <b>weigeren</b>.", "Dit blijft."),
    _law("2024-01-01", "De raad mag weigeren.", "Dit blijft."),
)
LAWS = [Holding(document.source, "original", 0, 1, 2, ()) for document in (OLD, NEW)]


def _shown(messages: Messages = NL, laws: list[Holding] = LAWS, **values: str) -> str:
    held = {document.source.id: document for document in (OLD, NEW)}
    return law_view.law_html(laws, {"law": "BWBR0000001", **values}, lambda source, form: held[source], messages)


def test_an_article_reads_as_on_the_day_asked() -> None:
    assert "mag weigeren" in Page(_shown(article="1")).text
    old = Page(_shown(article="1", date="2016-05-05"))
    assert "<b>weigeren</b>" in old.text
    assert "tekst van 1-1-2015" in old.text
    assert "?lang=nl&view=law&law=BWBR0000001&article=1&date=2024-01-01" in Page(_shown()).having("href")


def test_two_days_stand_side_by_side_with_what_went_and_what_came() -> None:
    html = _shown(article="1", since="2016-05-05")
    assert re.findall(r"</span>([^<]+)<span[^>]*> \[einde vervallen\]", html) == ["kan &lt;b&gt;weigeren&lt;/b&gt;."]
    assert re.findall(r"</span>([^<]+)<span[^>]*> \[einde nieuw\]", html) == ["mag weigeren."]
    assert "Dit blijft" not in html
    assert "1 artikelen zijn anders" in Page(_shown(since="2016-05-05")).text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"law": "BWBR9"}, "Van deze wet is geen tekst in huis"),
        ({"article": "99"}, "Artikel 99 staat niet in Woonwet"),
        ({"date": "gisteren"}, "‘gisteren’ is geen dag"),
        ({"date": "1999-01-01"}, "op 1-1-1999 geen tekst in huis; de oudste is van 1-1-2015"),
        ({"since": "2024-02-02"}, "Op beide dagen gold de tekst van 1-1-2024"),
    ],
)
def test_what_cannot_be_shown_of_a_law_is_one_sentence(values: dict[str, str], said: str) -> None:
    assert said in Page(_shown(**values)).text


def test_of_a_law_with_only_a_digest_nothing_is_compared() -> None:
    digests = [replace(holding, form="digest") for holding in LAWS]
    assert "alleen een samenvatting in huis" in Page(_shown(laws=digests, since="2016-01-01")).text


def test_the_sources_say_what_is_missing() -> None:
    html = sources_view.sources_html([*LAWS[:1], replace(LAWS[1], form="digest")], "abc", NL)
    assert "Versie van de collectie: abc" in html
    assert Page(html).text.partition("Wat ontbreekt")[2].count("Woonwet, tekst van 1-1-2024") == 1
    assert "Van elke bron is het origineel in huis." in sources_view.sources_html(LAWS, "abc", NL)


# --- kept, added ------------------------------------------------------------------------------


def test_nothing_is_kept_unless_it_is_switched_on(tmp_path: Path) -> None:
    kept = Kept(tmp_path, questions=False, feedback=False, days=30)
    kept.question(answer())
    kept.verdict("right", "Waarom?", "abc")
    assert list(tmp_path.iterdir()) == []
    assert "Uw vragen worden niet opgeslagen." in sources_view.about_html(NL, kept_days=None, feedback=False)


def test_questions_go_when_their_days_are_over_and_unknown_verdicts_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(json.dumps({"time": "2020-01-01T00:00:00+00:00", "question": "oud"}) + "\n", encoding="utf-8")
    kept = Kept(tmp_path, questions=True, feedback=True, days=30)
    kept.question(answer(question="nieuw"))
    assert [json.loads(line)["question"] for line in path.read_text(encoding="utf-8").splitlines()] == ["nieuw"]
    kept.verdict("right", "Waarom?", "abc")
    kept.verdict("<b>", "Waarom?", "abc")
    (line,) = (tmp_path / "feedback.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["verdict"] == "right"
    assert "30 dagen" in sources_view.about_html(NL, kept_days=30, feedback=True)


@pytest.mark.parametrize(
    ("host", "uploads", "offered"),
    [("127.0.0.1", None, True), ("0.0.0.0", None, False), ("0.0.0.0", True, True), ("127.0.0.1", False, False)],
)
def test_documents_can_be_added_only_on_ones_own_machine_unless_set(
    host: str, uploads: bool | None, offered: bool
) -> None:
    assert Settings(host=host, uploads=uploads).offers_uploads is offered
    assert not Settings(host="127.0.0.1", trusted_proxies=("127.0.0.1",)).offers_uploads


def test_an_added_document_is_read_and_a_bad_one_is_one_sentence(own_data: DataFolder, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    copy_of(own_data, folder)
    uploads = Uploads(Settings(data=folder))
    file = tmp_path / "Mijn nota (1).md"
    file.write_text("# Nota over portieken\n\nEen portiekgesprek helpt buren.\n", encoding="utf-8")
    *steps, added = uploads.add(file, "nl")
    assert steps
    assert isinstance(added, Added)
    assert (added.name, added.passages) == ("Mijn-nota-1.md", 1)
    assert "portiek" in added.report
    bad = tmp_path / "leeg.pdf"
    bad.write_bytes(b"%PDF-1.4 niets")
    with pytest.raises(NotAdded) as fault:
        list(uploads.add(bad, "nl"))
    assert "\n" not in str(fault.value)
    assert not (folder / "uploads" / "leeg.pdf").exists()
