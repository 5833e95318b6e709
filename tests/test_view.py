"""What the page shows, from real Answer objects: places, exact marks, and nothing of a document that is not text."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from corpus import Source
from ingest.document import Locator, Passage
from ingest.index.store import Holding
from retrieval.answer import (
    AddedTerm,
    Answer,
    AnswerPart,
    Cell,
    Citation,
    Filters,
    Footnote,
    Hit,
    InstrumentRow,
    Language,
    LawLink,
    Reading,
)
from ui import cards, frame, places, sources_view, view
from ui.address import Asked, Since, address_of
from ui.cards import Shelf
from ui.messages import Messages

NL, EN = Messages("nl"), Messages("en")
LAW = Source(
    stem="BWBR0019388_2015-11-29",
    title="Wet van 22 december 2005, houdende regels",
    citeertitel="Wet bijzondere maatregelen grootstedelijke problematiek",
    afkorting="Wbmgp",
    kind="wet",
    bwb_id="BWBR0019388",
    toestand="2015-11-29",
    url="https://wetten.overheid.nl/BWBR0019388/2015-11-29/0",
)
REPORT = Source(
    stem="kennisfundament",
    title="Kennisfundament gemengde wijken",
    kind="rapport",
    publisher="WijkWijzer",
    date="2024",
    url="https://example.org/kennisfundament.pdf",
)
TEXT = "Menging helpt weinig. Ontmoeting helpt meer. Verdringing blijft een risico."


def passage(source: Source = REPORT, text: str = TEXT, start: int = 100, **more: object) -> Passage:
    fields: dict[str, object] = {
        "form": "original",
        "kind": "paragraph",
        "locator": Locator(page=22, section=("Wat werkt",)),
        "context": "",
        **more,
    }
    return Passage(source_id=source.id, text=text, start=start, end=start + len(text), **fields)  # type: ignore[arg-type]


def citation(n: int, quote: str, of: Passage, source: Source = REPORT, locator: Locator | None = None) -> Citation:
    start = of.start + of.text.index(quote)
    return Citation(
        n=n,
        source=source,
        passage=of,
        locator=locator or of.locator,
        quote=quote,
        char_start=start,
        char_end=start + len(quote),
    )


def hit(of: Passage, source: Source = REPORT) -> Hit:
    return Hit(rank=1, score=0.5, row=1, passage=of, source=source)


def answer(
    parts: tuple[AnswerPart, ...] = (),
    citations: tuple[Citation, ...] = (),
    hits: tuple[Hit, ...] = (),
    reason: str | None = None,
    question: str = "Werkt menging?",
    language: Language = "nl",
) -> Answer:
    return Answer(
        question=question,
        language=language,
        answered=bool(parts),
        reason=reason,
        parts=parts,
        citations=citations,
        hits=hits,
        confidence=0.87,
        generator="extractive",
        corpus_version="abc",
        timings_ms={"embed": 20.0, "total": 84.6},
    )


class Page(HTMLParser):
    """Tags, attributes and text of a piece of HTML, as a browser would read them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def having(self, name: str) -> list[str | None]:
        return [attributes[name] for _, attributes in self.tags if name in attributes]


PLACES = [
    pytest.param(LAW, Locator(article="8", paragraph="2"), "art. 8 lid 2 Wbmgp, tekst van 29-11-2015", id="lid"),
    pytest.param(REPORT, Locator(page=22, section=("Wetten", "Aanpak")), "blz. 22, § Aanpak", id="page and section"),
    pytest.param(REPORT, Locator(page=19, note="48"), "noot 48, blz. 19", id="footnote"),
    pytest.param(REPORT, Locator(section=("1 Bewoners",)), "§ 1 Bewoners", id="web page"),
]


@pytest.mark.parametrize(("source", "locator", "expected"), PLACES)
def test_a_place_reads_as_one_would_cite_it(source: Source, locator: Locator, expected: str) -> None:
    of = passage(source, locator=locator)
    assert cards.place_text(hit(of, source), NL) == expected
    assert cards.place_text(citation(1, TEXT, of, source), NL) == expected


def test_an_item_of_a_provision_is_named() -> None:
    found = hit(passage(LAW, locator=Locator(article="1", paragraph="1", item="a")), LAW)
    assert "art. 1 lid 1" in cards.place_text(found, NL)
    assert "onder a" in cards.place_text(found, NL)


def test_a_citation_is_placed_where_its_quote_stands_not_where_its_passage_begins() -> None:
    cited = citation(1, "Ontmoeting helpt meer.", passage(), locator=Locator(page=23))
    assert cards.place_text(cited, NL) == "blz. 23"


def test_a_long_heading_is_cut_at_a_word() -> None:
    heading = "Wet bijzondere maatregelen grootstedelijke problematiek en haar toepassing in Rotterdam"
    place = cards.place_text(hit(passage(locator=Locator(page=22, section=(heading,)))), NL)
    assert place == "blz. 22, § Wet bijzondere maatregelen grootstedelijke problematiek en…"


def test_a_passage_about_another_source_gives_the_page_of_that_source() -> None:
    of = passage(LAW, about=REPORT.id, form="digest", locator=Locator(page=22, section=("Artikel 10",), article="10"))
    found = hit(of, LAW)
    assert cards.place_text(found, NL, {REPORT.id: REPORT.title}) == "blz. 22 van Kennisfundament gemengde wijken"
    assert cards.place_text(found, EN) == "p. 22 of kennisfundament"


def test_a_statement_of_the_catalogue_is_placed_in_the_source_it_is_about() -> None:
    place = Locator(page=20, page_label="20", section=("Verdichting",))
    found = hit(passage(REPORT, about=REPORT.id, form="digest", locator=place))
    assert cards.place_text(found, NL) == "blz. 20"
    assert "kennisfundament.pdf#page=20" in view.result_html(answer(hits=(found,), reason="Nee."), NL)


def test_the_exact_quotes_are_marked_in_the_passage() -> None:
    of = passage()
    quotes = [citation(2, "Verdringing blijft een risico.", of), citation(1, "Ontmoeting helpt meer.", of)]
    assert cards.passage_html(of, quotes) == (
        '<blockquote class="passage" lang="nl">Menging helpt weinig. <mark data-n="1">Ontmoeting helpt meer.</mark> '
        '<mark data-n="2">Verdringing blijft een risico.</mark></blockquote>'
    )


def test_a_quote_that_does_not_stand_there_is_not_marked() -> None:
    of = passage()
    moved = citation(1, "Ontmoeting helpt meer.", passage(start=99))
    assert "<mark" not in cards.passage_html(of, [moved])


def test_an_answer_links_every_mark_to_a_place_and_back() -> None:
    of = passage()
    cited = (citation(1, "Menging helpt weinig.", of), citation(2, "Ontmoeting helpt meer.", of))
    parts = (
        AnswerPart("Wat werkt", "heading"),
        AnswerPart("Menging helpt weinig.", "quote", (1,)),
        AnswerPart("Ontmoeting helpt meer.", "quote", (2,)),
        AnswerPart("De bron is van 2024.", "caveat", (1,)),
    )
    page = Page(view.result_html(answer(parts, cited, (hit(of),)), NL))
    ids = page.having("id")
    assert len(ids) == len(set(ids))
    links = [link for link in page.having("href") if link and link.startswith("#")]
    assert set(links) == {"#bron-1", "#bron-2", "#verwijzing-1", "#verwijzing-2"}
    assert {link[1:] for link in links} <= set(ids)
    assert ("h3", {}) in page.tags
    assert "“Menging helpt weinig.”" in page.text
    assert "Let op “De bron is van 2024.”" in page.text


def test_one_passage_is_one_card_and_a_cited_passage_is_no_other_find() -> None:
    of, other = passage(), passage(text="Iets anders staat hier.", start=900)
    cited = (citation(1, "Menging helpt weinig.", of), citation(2, "Ontmoeting helpt meer.", of))
    parts = tuple(AnswerPart(c.quote, "quote", (c.n,)) for c in cited)
    html = view.result_html(answer(parts, cited, (hit(of), hit(other))), NL)
    assert html.count("<article") == 2
    assert "Andere vondsten (1)" in html


def test_confidence_law_text_and_time_are_shown() -> None:
    of = passage(LAW, locator=Locator(article="8", paragraph="2"))
    shown = answer((AnswerPart(TEXT, "quote", (1,)),), (citation(1, TEXT, of, LAW),))
    text = Page(view.result_html(shown, NL)).text
    assert "groot (87%)" in text
    assert "Wbmgp, tekst van 29-11-2015" in text
    assert "85 milliseconden" in text
    assert "automatisch systeem" in text
    assert "high (87%)" in Page(view.result_html(shown, EN)).text


@pytest.mark.parametrize(
    ("confidence", "expected"),
    [(0.0, "klein (1%)"), (0.5, "matig (50%)"), (0.7, "redelijk (70%)"), (1.0, "groot (99%)")],
)
def test_confidence_is_a_word_and_a_figure(confidence: float, expected: str) -> None:
    assert view.confidence_text(confidence, NL).startswith(expected)


def test_long_times_are_in_seconds_with_the_decimal_sign_of_the_language() -> None:
    assert view.time_text({"embed": 1000.0, "retrieve": 250.0}, NL) == "1,2 seconden"
    assert view.time_text({"total": 1250.0}, EN) == "1.2 seconds"


def test_a_digest_is_told_apart_from_an_original() -> None:
    digest = Page(view.result_html(answer(hits=(hit(passage(form="digest")),), reason="Nee."), NL))
    original = Page(view.result_html(answer(hits=(hit(passage()),), reason="Nee."), NL))
    assert "Samenvatting in eigen woorden" in digest.text
    assert "Samenvatting in eigen woorden" not in original.text
    words = view.result_html(
        answer((AnswerPart(TEXT, "digest", (1,)),), (citation(1, TEXT, passage(form="digest")),)), NL
    )
    assert "in eigen woorden" in words
    assert "“" not in words


def test_everything_an_answer_carries_is_shown() -> None:
    link = LawLink(
        start=0, end=4, citation="art. 8 Wbmgp", url="https://a.nl/8", toestand="2015-11-29", reported="2024"
    )
    note = Footnote(number="12", text="Zie het register.", locator=Locator(page=3))
    cited = replace(citation(1, TEXT, passage()), notes=(note,), law_links=(link,))
    row = InstrumentRow(
        id="grondbeleid",
        name="Grondbeleid",
        serves=Cell(text="Spreidt woningen.", citations=(1,)),
        risk=Cell(),
        legal_basis=Cell(),
        evidence=Cell(),
        warns=True,
    )
    shown = replace(
        answer((AnswerPart(TEXT, "quote", (1,)),), (cited,)),
        reading=Reading(
            question="Werkt menging in wijken?",
            kind="for_and_against",
            terms=(AddedTerm(said="mengen", term="menging"),),
            aims=("menging",),
            law_date="2024-01-01",
        ),
        instruments=(row,),
        follow_ups=("En op straatniveau?",),
        notices=("Zonder taalmodel.",),
        struck=1,
    )
    html = view.result_html(shown, NL, follow={"En op straatniveau?": "?lang=nl#q=x"})
    page = Page(html)
    for said in (
        "Werkt menging in wijken?",
        "voor en tegen",
        "mengen → menging",
        "gemengde wijken",
        "1-1-2024",
        "niet gevonden",
        "kan het risico veroorzaken",
        "En op straatniveau?",
        "Zonder taalmodel.",
        "Eén zin van het taalmodel",
        "noot 12: Zie het register.",
        "art. 8 Wbmgp",
        "tekst in huis van 29-11-2015; bron van 2024",
    ):
        assert said in page.text, said
    ids = page.having("id")
    assert len(ids) == len(set(ids))
    assert "?lang=nl&instrument=grondbeleid" in page.having("href")


def test_a_copied_quote_carries_its_reference() -> None:
    html = view.result_html(answer((AnswerPart(TEXT, "quote", (1,)),), (citation(1, TEXT, passage()),)), NL)
    (copied,) = [text for text in Page(html).having("data-copy") if text]
    assert copied.startswith(f"“{TEXT}” (WijkWijzer (2024). Kennisfundament gemengde wijken, blz. 22")
    assert copied.endswith("https://example.org/kennisfundament.pdf#page=22)")


def test_a_refusal_gives_its_reason_and_the_nearest_passages_as_such() -> None:
    page = Page(view.result_html(answer(hits=(hit(passage()),), reason="De bronnen zwijgen."), NL))
    assert "Geen antwoord" in page.text
    assert "De bronnen zwijgen." in page.text
    assert "Dichtstbijzijnde passages" in page.text
    assert "Aangehaalde bronnen" not in page.text
    assert "others" not in page.having("class")


def test_repealed_law_says_so() -> None:
    shown = answer(hits=(hit(passage(LAW, status="vervallen", locator=Locator(article="6")), LAW),), reason="Nee.")
    assert "Vervallen" in Page(view.result_html(shown, NL)).text


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org/a.pdf", "https://example.org/a.pdf#page=22"),
        ("https://example.org/a.PDF?x=1", "https://example.org/a.PDF?x=1#page=22"),
        ("https://example.org/", "https://example.org/"),
        ("javascript:alert(1)//https://", None),
        ("data:text/html,<script>", None),
        ("https:", None),
        (None, None),
    ],
)
def test_only_web_addresses_are_linked_and_a_pdf_opens_at_the_page(url: str | None, expected: str | None) -> None:
    source = REPORT.model_copy(update={"url": url})  # not validated again: the view must hold by itself
    assert places.address(source, Locator(page=22)) == expected


HOSTILE = "\"><img src=x onerror=alert(1)><script>alert(2)</script>{n}&lt;${value}{{x}}' onclick='alert(3)"
ALLOWED = {
    *("a", "article", "aside", "blockquote", "dd", "details", "div", "dl", "dt", "h1", "h2", "h3", "i", "li", "mark"),
    *("p", "section", "span", "strong", "summary", "ul", "button", "nav", "h4", "dl", "ol"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
}


@pytest.mark.parametrize("messages", [NL, EN], ids=["nl", "en"])
def test_hostile_text_stays_text(messages: Messages) -> None:
    source = REPORT.model_copy(update={"title": HOSTILE, "publisher": HOSTILE, "url": f"https://a.nl/{HOSTILE}"})
    place = Locator(page=1, page_label=HOSTILE, section=(HOSTILE,), note=HOSTILE)
    of = passage(source, HOSTILE, locator=place, language=HOSTILE, status=HOSTILE)
    law = source.model_copy(update={"kind": "wet", "afkorting": HOSTILE, "toestand": HOSTILE})
    provision = passage(law, HOSTILE, 900, locator=Locator(article=HOSTILE, paragraph=HOSTILE, item=HOSTILE))
    kinds = ("quote", "digest", "catalogue", "heading", "caveat", "generated")
    link = LawLink(start=0, end=1, citation=HOSTILE, url="javascript:alert(9)", toestand=HOSTILE, reported=HOSTILE)
    note = Footnote(number=HOSTILE, text=HOSTILE, locator=place)
    cited = (
        replace(citation(1, HOSTILE, of, source), notes=(note,), law_links=(link,)),
        citation(2, HOSTILE, provision, law),
    )
    parts = tuple(AnswerPart(HOSTILE, kind, (1, 2)) for kind in kinds)  # type: ignore[arg-type]
    hits = (hit(passage(source, HOSTILE, 5000, about=HOSTILE), source),)
    holding = Holding(source, "original", 1, 1, 1, ())
    cell = Cell(text=HOSTILE, citations=(1,))
    row = InstrumentRow(id=HOSTILE, name=HOSTILE, serves=cell, risk=cell, legal_basis=cell, evidence=cell, warns=True)
    shown = replace(
        answer(parts, cited, hits, question=HOSTILE + "\ud800"),
        reading=Reading(question=HOSTILE, terms=(AddedTerm(said=HOSTILE, term=HOSTILE),), aims=(HOSTILE,)),
        instruments=(row,),
        follow_ups=(HOSTILE,),
        notices=(HOSTILE,),
        struck=2,
    )
    shelf = Shelf({source.id: HOSTILE}, {of.id: (HOSTILE, HOSTILE)})
    asked = Asked(HOSTILE, Filters(sources=frozenset([HOSTILE]), date=HOSTILE), HOSTILE)
    address = address_of(asked, messages.language)
    since = Since(False, False, (HOSTILE,), (HOSTILE,))
    html = (
        view.result_html(shown, messages, shelf, address=address, since=since, follow={HOSTILE: address}, feedback=True)
        + frame.chips_html(asked, {}, messages)
        + view.result_html(answer(hits=hits, reason=HOSTILE, question=HOSTILE), messages)
        + frame.error_html(HOSTILE, messages)
        + frame.status_html(HOSTILE)
        + sources_view.sources_html([holding], "abc", messages)
    )
    page = Page(html)
    assert {tag for tag, _ in page.tags} <= ALLOWED
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on") or name == "src"]
    assert {link.split(":")[0] for link in page.having("href") if link and link[0] not in "#?"} == {"https"}
    assert page.text.count("<script>alert(2)</script>{n}&lt;${value}{{x}}") >= len(kinds)
    html.encode("utf-8")


def test_the_page_around_an_answer_is_in_the_language_asked() -> None:
    for language, other in (("nl", "en"), ("en", "nl")):
        messages = Messages(language)  # type: ignore[arg-type]
        page = Page(frame.masthead_html(messages) + frame.examples_html(messages, folded=True))
        assert f"?lang={other}" in page.having("href")
        assert len([link for link in page.having("href") if link and "#q=" in link]) == 10
    assert "Welke instrumenten passen bij verdichting zonder verdringing?" in frame.examples_html(NL, folded=False)
    assert "Which instruments fit verdichting without displacement?" in frame.examples_html(EN, folded=False)


def test_what_is_held_is_listed_once_a_source() -> None:
    held = [Holding(REPORT, "original", 37, 9, 120, ()), Holding(REPORT, "digest", 0, 9, 30, ())]
    page = Page(sources_view.sources_html(held, "abc", NL))
    assert "De kennisbank: 1 bronnen, 150 passages" in page.text
    assert page.text.count(REPORT.title) == 1
