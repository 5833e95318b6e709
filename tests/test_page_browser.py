"""The page in a real browser: the machine's own chromium, driven by playwright; no request leaves the machine."""

from __future__ import annotations

import json
import multiprocessing
import re
import shutil
import socket
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import ORIGINALS, copy_of, embedder, needs_originals, refresh
from load import load
from serving import free_port, served

from corpus import Source
from ingest.document import Block, Document, Form, Locator, Passage
from ingest.index.generation import DataFolder, Manifest
from ingest.index.store import Holding
from retrieval.answer import (
    AddedTerm,
    Answer,
    AnswerPart,
    Cell,
    Citation,
    Event,
    FilterError,
    Filters,
    Hit,
    InstrumentRow,
    Language,
    PassagesFound,
    Reading,
)
from retrieval.engine import Engine
from ui.address import MAX_QUESTION
from ui.conversation import Assistant
from ui.kept import Kept
from ui.page import Offer, launch

axe_bundle = pytest.importorskip("axe_playwright_python", reason="axe is not installed: pip install '.[dev]'")
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[dev]'")
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no chromium on this machine")

SPAWN = multiprocessing.get_context("spawn")
_QUIET = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync"
HOSTILE = '<script>alert(1)</script><img src="https://evil.example/x.png" onerror="alert(2)">{{x}}${value}'
LAW = Source(
    stem="BWBR0019388_2015-11-29",
    title="Wet bijzondere maatregelen grootstedelijke problematiek",
    afkorting="Wbmgp",
    kind="wet",
    bwb_id="BWBR0019388",
    toestand="2015-11-29",
    url="https://wetten.overheid.nl/BWBR0019388/2015-11-29/0",
)
REPORT = Source(stem="kennisfundament", title="Kennisfundament gemengde wijken", kind="rapport", date="2024")
BAD = Source(stem="kwaad", title=HOSTILE, kind="webpagina", publisher=HOSTILE)
QUOTES = ("Een vergunning kan worden geweigerd.", "De gemeenteraad wijst een gebied aan.", "Menging helpt weinig.")
REASON: dict[Language, str] = {"nl": "De bronnen zwijgen hierover.", "en": "The sources are silent on this."}


def _passage(source: Source, text: str, **place: object) -> Passage:
    return Passage(
        source_id=source.id,
        form="original",
        kind="paragraph",
        text=text,
        start=40,
        end=40 + len(text),
        locator=Locator(**place),  # type: ignore[arg-type]
        context="",
    )


PROVISION = _passage(LAW, f"Inleiding die wat langer is. {QUOTES[0]} {QUOTES[1]}", article="8", paragraph="2")
FINDING = _passage(REPORT, f"{QUOTES[2]} {'Toelichting. ' * 60}", page=22, section=("Wat werkt",))
EVIL = _passage(BAD, HOSTILE + "x" * 400, section=(HOSTILE,))


def _citation(n: int, quote: str, source: Source, passage: Passage) -> Citation:
    start = passage.start + passage.text.index(quote)
    return Citation(
        n=n,
        source=source,
        passage=passage,
        locator=passage.locator,
        quote=quote,
        char_start=start,
        char_end=start + len(quote),
    )


def _whole(question: str, previous: str | None) -> str:
    return f"{previous} {question}" if previous and question.startswith("En ") else question


class HandMade:
    """An engine whose answers are known; filters it is given come back as its generator, which the page shows."""

    holdings = (
        Holding(LAW, "original", 0, 12, 40, ()),
        Holding(REPORT, "original", 37, 9, 120, ()),
        Holding(BAD, "original", 0, 1, 1, ()),
    )

    manifest = Manifest("1", "abc", "", "", 22, 1.0)

    def stored_text(self, source_id: str, form: Form) -> str:
        return f"Wat ervoor staat over {source_id}.".ljust(40) + "x" * 1000

    def document(self, source_id: str, form: Form) -> Document:
        block = Block(kind="paragraph", text=QUOTES[0], start=0, locator=Locator(article="8", paragraph="2"))
        return Document(source=LAW, form="original", text=QUOTES[0], blocks=(block,))

    def ask_stream(
        self,
        question: str,
        *,
        filters: Filters | None = None,
        language: Language | None = None,
        previous: str | None = None,
    ) -> Iterator[Event]:
        yield PassagesFound((Hit(rank=1, score=1, row=1, passage=FINDING, source=REPORT),))
        yield self._answer(question, filters or Filters(), language, previous)

    def _answer(self, question: str, filters: Filters, language: Language | None, previous: str | None) -> Answer:
        if filters.date == "morgen":
            raise FilterError("'morgen' is geen dag", "'morgen' is no day")
        if question == "Is dit stuk?":
            raise RuntimeError("secret detail of the fault")
        if question == "Waarom gaat het traag?":
            time.sleep(4)
        cited = (
            _citation(1, QUOTES[0], LAW, PROVISION),
            _citation(2, QUOTES[1], LAW, PROVISION),
            _citation(3, QUOTES[2], REPORT, FINDING),
        )
        if "kwaad" in question:
            cited = (_citation(1, HOSTILE, BAD, EVIL),)
        answered = "appeltaart" not in question
        parts = tuple(AnswerPart(c.quote, "quote", (c.n,)) for c in cited)
        return Answer(
            question=question,
            language=language or "nl",
            answered=answered,
            reason=None if answered else REASON[language or "nl"],
            parts=parts if answered else (),
            citations=cited if answered else (),
            hits=tuple(
                Hit(rank=rank, score=1 / rank, row=rank, passage=passage, source=source)
                for rank, (passage, source) in enumerate(((PROVISION, LAW), (FINDING, REPORT), (EVIL, BAD)), start=1)
            ),
            confidence=0.87,
            generator=json.dumps(
                [*filters.kinds, *filters.sources, filters.from_year, filters.until_year, filters.date]
            )
            if filters != Filters()
            else "extractive",
            corpus_version="abc",
            reading=Reading(
                question=_whole(question, previous), kind="provision", terms=(AddedTerm(said="weg", term="weigeren"),)
            ),
            instruments=(
                InstrumentRow(
                    id="grondbeleid",
                    name="Grondbeleid",
                    serves=Cell(text="Stuurt op woningen.", citations=(1,)),
                    risk=Cell(),
                    legal_basis=Cell(),
                    evidence=Cell(),
                ),
            )
            if answered
            else (),
            follow_ups=("En wanneer niet?",),
            timings_ms={"total": 12.0},
        )


def _real(root: Path) -> Engine:
    data = DataFolder(root)
    return Engine(data, lambda: embedder(data))


def _launch(known: Connection, make: Callable[..., Assistant], *arguments: object) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as kept:
        offer = Offer(Kept(Path(kept), questions=False, feedback=True, days=30))
        launch(make(*arguments), "127.0.0.1", port, None, known.send, offer)


@contextmanager
def _served(make: Callable[..., Assistant], *arguments: object) -> Iterator[str]:
    """Address of a page served by a process of its own, as in earnest."""
    here, there = SPAWN.Pipe()
    server = SPAWN.Process(target=_launch, args=(there, make, *arguments), daemon=True)
    server.start()
    there.close()  # so that its end is noticed here
    try:
        yield here.recv()
    finally:
        server.terminate()
        server.join()
        server.close()
        here.close()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with _served(HandMade) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=[*_QUIET.split(), "--no-first-run"])
        yield chromium
        chromium.close()


Open = Callable[..., sync_api.Page]
PATIENCE = 60_000  # milliseconds that a wait may take on a machine that is busy
ADDING = 180_000  # and reading a document with all that is held beside it
REFUSED = re.compile(r"status of (429|502|503)")  # what the tests themselves answer


@pytest.fixture
def visit(browser: sync_api.Browser, address: str) -> Iterator[Open]:
    """Open the page; afterwards nothing may have left the machine, popped up or gone wrong in a script."""
    seen = SimpleNamespace(foreign=[], dialogs=[], errors=[])
    pages: list[sync_api.Page] = []

    def visit(query: str = "", width: int = 1200, at: str = address, **context: str) -> sync_api.Page:
        page = browser.new_page(viewport={"width": width, "height": 800}, **context)
        pages.append(page)
        page.on("request", lambda request: request.url.startswith(at) or seen.foreign.append(request.url))
        page.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.on(
            "console",
            lambda line: line.type == "error" and not REFUSED.search(line.text) and seen.errors.append(line.text),
        )
        page.set_default_timeout(PATIENCE)
        page.goto(at + query)
        page.wait_for_selector(".view" if "view=" in query else "a.example", state="attached")
        page.wait_for_function("own.go !== null")
        page.wait_for_selector(".loading", state="detached")  # Gradio's own sign, over a page that is there already
        return page

    yield visit
    for page in pages:
        page.close()
    assert not seen.foreign
    assert not seen.dialogs
    assert not seen.errors


def _ask(page: sync_api.Page, question: str, outcome: str = ".result") -> None:
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_selector(f".result[data-address]:has-text('{question}')" if outcome == ".result" else outcome)


def _focused(page: sync_api.Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


AXE = (Path(axe_bundle.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# the page itself hides what sticks out, so its width says nothing; what scrolls by itself may hold wider things
CUT_OFF = """[...document.querySelectorAll('main *, .gradio-container *')].filter(e => {
  const {width, right} = e.getBoundingClientRect();
  return width > 1 && right > document.documentElement.clientWidth + 1 && !e.closest('.scroll, .unseen, .skip');
}).map(e => e.outerHTML.slice(0, 200))"""


def _accessible(page: sync_api.Page) -> None:
    """No rule of axe-core is broken, and nothing is cut off at the side of the screen."""
    page.wait_for_function("document.getAnimations().every(moving => !(moving instanceof CSSTransition))")
    # rows are alike: a few say as much as hundreds, in a tenth of the time
    page.evaluate(
        "document.querySelectorAll('tbody tr:nth-child(n+9), .terms li:nth-child(n+16)').forEach(e => e.remove())"
    )
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
    assert not [(rule["id"], [node["html"][:200] for node in rule["nodes"][:3]]) for rule in found]
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_an_example_is_asked_and_answered_with_cited_passages(visit: Open) -> None:
    page = visit()
    question = "Welke instrumenten passen bij verdichting zonder verdringing?"
    page.click(f"text={question}")
    page.wait_for_function("document.activeElement.id === 'answer-title'")
    assert page.input_value("#question textarea") == question
    assert page.inner_text("#bron-2") == "[2] art. 8 lid 2 Wbmgp, tekst van 29-11-2015"
    assert page.locator("mark").all_inner_texts() == list(QUOTES)
    page.wait_for_selector("#status [role=status] p:text-is('Antwoord met 3 aangehaalde plaatsen.')")
    page.wait_for_selector("a.example", state="hidden")
    assert page.locator(".sources .others > summary").inner_text() == "Andere vondsten (1)"
    assert page.title() == "Antwoord · Mengpaneel"


def test_a_typed_question_is_sent_with_enter(visit: Open) -> None:
    page = visit()
    _ask(page, "Mag de gemeente weigeren?")
    assert page.locator(".answer .quote").count() == 3
    assert "groot (87%)" in page.inner_text(".facts")


def test_a_citation_leads_to_its_card_and_back(visit: Open) -> None:
    page = visit()
    _ask(page, "Mag de gemeente weigeren?")
    page.wait_for_function("location.hash.includes('v=abc')")
    address = page.url
    page.click(".answer a[href='#bron-3']")
    assert _focused(page) == "bron-3"
    page.wait_for_timeout(700)  # it scrolls there
    assert page.locator(".answer h2").bounding_box()["y"] >= 0, "the answer stays in view"
    assert page.locator(".card:focus-within h3").inner_text() == REPORT.title
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert _focused(page) == "verwijzing-3"
    assert page.url == address


def test_the_language_switches_and_the_question_is_asked_in_it(visit: Open) -> None:
    page = visit()
    assert page.get_attribute("html", "lang") == "nl"
    _ask(page, "Mag de gemeente weigeren?")
    page.click("a.switch")
    page.wait_for_selector("#answer-title:has-text('Answer')")
    assert page.get_attribute("html", "lang") == "en"
    assert "?lang=en#q=Mag" in page.url
    assert page.get_attribute(".passage >> nth=0", "lang") == "nl"
    _accessible(page)
    page.reload()
    page.wait_for_selector(".since:has-text('has not changed')")
    page.wait_for_selector("text=Your question")


def test_a_refusal_gives_the_reason_and_the_nearest_passages(visit: Open) -> None:
    page = visit()
    _ask(page, "Hoe bak ik een appeltaart?")
    assert page.inner_text("#answer-title") == "Geen antwoord"
    assert REASON["nl"] in page.inner_text(".answer")
    assert page.inner_text("#sources-title") == "Dichtstbijzijnde passages"
    assert page.locator(".card").count() == 3
    assert page.locator("mark").count() == 0


def test_hostile_text_is_shown_as_text(visit: Open) -> None:
    page = visit()
    _ask(page, "Wat zegt kwaad?")
    page.wait_for_timeout(300)
    assert page.inner_text("mark") == HOSTILE
    assert page.inner_text(".card h3 >> nth=0") == HOSTILE
    assert page.locator("img").count() == 0
    _ask(page, "<img src=x onerror=alert(3)> kwaad", ".asked:has-text('onerror')")
    assert page.inner_text(".asked").endswith("<img src=x onerror=alert(3)> kwaad")


@pytest.mark.parametrize("question", ["Mag de gemeente weigeren?", "Wat zegt kwaad?", "Hoe bak ik een appeltaart?"])
def test_a_phone_of_320_pixels_needs_no_sideways_scrolling(visit: Open, question: str) -> None:
    page = visit(width=320)
    page.click(".filters summary")
    page.wait_for_selector("text=Vanaf jaar")
    _ask(page, question)
    _accessible(page)
    assert (
        page.evaluate("Math.max(...[...document.querySelectorAll('.card, .reading')].map(e => e.scrollWidth))") <= 320
    )


def test_filters_reach_the_engine_and_go_one_by_one(visit: Open) -> None:
    page = visit()
    page.click(".filters summary")
    page.get_by_label("Wet", exact=True).check()
    page.get_by_label("Vanaf jaar").fill("2005")
    page.get_by_label("Wettekst zoals die gold op").fill("2016-01-01")
    page.get_by_label("Wet bijzondere maatregelen").check()
    _accessible(page)
    _ask(page, "Wat gold er toen?")
    assert json.dumps(["wet", LAW.id, 2005, None, "2016-01-01"]) in page.inner_text(".facts")
    page.click(".chips a:has-text('vanaf 2005')")
    page.wait_for_selector(".chips:not(:has-text('vanaf 2005'))")
    page.wait_for_selector(f".facts:has-text('{LAW.id}'):not(:has-text('2005'))")
    _accessible(page)
    page.click("text=Alle filters weg")
    page.wait_for_selector(".facts:has-text('zonder taalmodel')")
    assert not page.locator("#filters input:checked").count()
    page.go_back()
    page.wait_for_selector(f".facts:has-text('{LAW.id}')")
    assert page.locator("#filters input:checked").count() == 2


def test_a_wrong_filter_is_one_sentence(visit: Open) -> None:
    page = visit("?lang=en#q=Wat&from=vroe")
    page.wait_for_selector(".failure")
    assert page.inner_text(".failure p") == "‘vroe’ is no year; write four digits, for example 2015."
    _accessible(page)


def test_a_slow_answer_shows_its_passages_first(visit: Open) -> None:
    page = visit()
    page.fill("#question textarea", "Waarom gaat het traag?")
    page.click("#send")
    page.wait_for_selector(".result.waiting .card")
    assert page.inner_text("#status p").startswith("Passages gevonden")
    page.wait_for_selector(".result[data-address]")
    assert page.inner_text("#status p").startswith("Antwoord met 3")


def test_a_question_asked_while_another_is_answered_comes_next(visit: Open) -> None:
    page = visit()
    page.fill("#question textarea", "Waarom gaat het traag?")
    page.press("#question textarea", "Enter")
    page.wait_for_selector(".result.waiting .card")
    _ask(page, "Mag de gemeente weigeren?")


def test_a_quote_is_copied_with_its_reference_and_a_verdict_is_thanked(visit: Open) -> None:
    page = visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    _ask(page, "Mag de gemeente weigeren?")
    page.click("text=Kopieer citaat 1")
    page.wait_for_selector("#said:has-text('Gekopieerd')", state="attached")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"“{QUOTES[0]}” (art. 8 lid 2 Wbmgp, tekst van 29-11-2015.")
    page.click("text=Dit klopt niet")
    page.wait_for_selector("#said:has-text('Bewaard')", state="attached")


def test_a_follow_up_is_asked_with_the_question_before_it(visit: Open) -> None:
    page = visit()
    _ask(page, "Mag de gemeente weigeren?")
    page.click("text=En wanneer niet?")
    page.wait_for_selector(".asked:has-text('En wanneer niet?')")
    assert "&p=Mag+de+gemeente+weigeren" in page.url


def test_a_short_question_goes_on_from_the_one_before_and_says_so(visit: Open) -> None:
    page = visit()
    _ask(page, "Mag de gemeente weigeren?")
    _ask(page, "Wat gold er toen?")
    assert not page.locator(".continued").count()
    assert "&p=" not in page.url
    _ask(page, "En voor bestaande bouw?")
    assert "‘Wat gold er toen? En voor bestaande bouw?’" in page.inner_text(".continued")
    page.wait_for_function("location.hash.includes('&p=Wat+gold')")
    _accessible(page)
    page.click(".continued a")
    page.wait_for_selector(".result:not(:has(.continued))")
    assert "&p=" not in page.url


VIEWS = ["instruments", "terms", "law", "sources", "memo", "lesson", "about"]


@pytest.mark.parametrize(("width", "scheme", "language"), [(1280, "light", "nl"), (390, "dark", "en")])
def test_every_view_is_reached_by_link_and_usable_by_everybody(
    visit: Open, width: int, scheme: str, language: str
) -> None:
    page = visit(f"?lang={language}", width=width, color_scheme=scheme)
    _accessible(page)
    for view in VIEWS:
        page.click(f".views a[href*='view={view}']")
        page.wait_for_selector(f".views a[aria-current][href*='view={view}']")
        page.wait_for_function("document.activeElement.id === 'view-title'")
        assert f"view={view}" in page.url
        _accessible(page)


SPACED = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }"
LARGE = "html { font-size: 200% !important; }"


@pytest.mark.parametrize(
    ("width", "height", "style", "context"),
    [
        pytest.param(320, 256, "", {}, id="400 % zoom of a screen of 1280 by 1024"),
        pytest.param(320, 640, SPACED, {"reduced_motion": "reduce"}, id="wide spacing (WCAG 1.4.12)"),
        pytest.param(640, 800, LARGE, {}, id="letters twice as large (WCAG 1.4.4)"),
        pytest.param(1280, 800, "", {"forced_colors": "active", "color_scheme": "dark"}, id="forced colours"),
    ],
)
def test_every_view_stands_what_a_reader_sets(
    visit: Open, width: int, height: int, style: str, context: dict[str, str]
) -> None:
    page = visit("?lang=nl", width=width, **context)
    page.set_viewport_size({"width": width, "height": height})
    if style:
        page.add_style_tag(content=style)
    _ask(page, "Mag de gemeente weigeren?")
    _accessible(page)
    for view in VIEWS:
        page.click(f".views a[href*='view={view}']")
        page.wait_for_function("document.activeElement.id === 'view-title'")
        _accessible(page)


def test_forced_colours_still_tell_quote_number_and_the_present_view(visit: Open) -> None:
    page = visit(forced_colors="active", color_scheme="dark")
    _ask(page, "Mag de gemeente weigeren?")
    colours = """name => {
        const {color, backgroundColor} = getComputedStyle(document.querySelector('.several mark'), name);
        return [color, backgroundColor];
    }"""
    ink, paper = page.evaluate(colours, None)
    assert ink != paper
    assert page.evaluate(colours, "::before")[0] == ink
    lines = page.eval_on_selector_all(".views a", "all => all.map(a => getComputedStyle(a).borderBottomColor)")
    canvas = page.evaluate("getComputedStyle(document.querySelector('.masthead')).backgroundColor")
    assert len(set(lines[1:])) == 1
    assert lines[0] != lines[1]
    assert canvas


def test_who_wants_less_motion_gets_none(visit: Open) -> None:
    page = visit(reduced_motion="reduce")
    _ask(page, "Mag de gemeente weigeren?")
    page.click(".answer a[href='#bron-3']")
    before = page.evaluate("scrollY")
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") == before > 0
    moving = """() => [...document.querySelectorAll('*')].filter(e => {
        const style = getComputedStyle(e);
        return style.animationName !== 'none' || style.transitionDuration !== '0s';
    }).map(e => e.className)"""
    assert page.evaluate(moving) == []


def test_an_instrument_is_found_by_aim_and_has_its_own_address(visit: Open) -> None:
    page = visit("?lang=nl&view=instruments")
    page.select_option("#field-aim", "verdichting")
    page.wait_for_selector(".count:has-text('getoond')")
    assert "aim=verdichting" in page.url
    rows = page.locator(".catalogue-table tbody tr:visible")
    assert 0 < rows.count() < 94
    rows.first.locator("th a").click()
    page.wait_for_selector(".view.own")
    assert "instrument=" in page.url
    _accessible(page)
    page.go_back()
    page.wait_for_selector(".count:has-text('getoond')")
    assert page.input_value("#field-aim") == "verdichting"


def test_a_law_is_read_at_a_day_and_a_term_is_found(visit: Open) -> None:
    page = visit("?lang=nl&view=law")
    page.fill("#field-article", "8")
    page.press("#field-article", "Enter")
    page.wait_for_selector(".law-text")
    assert "law=BWBR0019388&article=8" in page.url
    _accessible(page)
    page.click(".views a[href*='view=terms']")
    page.wait_for_selector(".terms")
    page.fill("#field-find", "displacement")
    page.wait_for_selector(".terms > li:visible >> text=verdringing")
    assert page.locator(".terms > li:visible").count() < 20


def test_no_question_is_one_sentence(visit: Open) -> None:
    page = visit()
    page.click("#send")
    assert page.inner_text(".failure p") == "Schrijf eerst een vraag."


def test_a_fault_is_one_sentence_without_its_details(visit: Open) -> None:
    page = visit()
    _ask(page, "Is dit stuk?", ".failure")
    assert page.inner_text(".failure p").startswith("Het zoeken is mislukt.")
    assert "secret detail" not in page.content()


def test_the_question_box_holds_at_most_two_thousand_characters(visit: Open) -> None:
    page = visit()
    assert page.get_attribute("#question textarea", "maxlength") == str(MAX_QUESTION)


def test_light_and_dark_differ(visit: Open) -> None:
    paper = "getComputedStyle(document.querySelector('.gradio-container')).backgroundColor"
    light, dark = (visit(color_scheme=scheme).evaluate(paper) for scheme in ("light", "dark"))
    assert (light, dark) == ("rgb(245, 242, 234)", "rgb(24, 22, 19)")


def test_the_keyboard_alone_asks_and_the_focus_shows(visit: Open) -> None:
    page = visit()
    page.keyboard.press("Tab")
    assert page.inner_text(":focus") == "Naar de inhoud"
    page.keyboard.press("Enter")
    assert _focused(page) == "content"
    page.locator("a.example").first.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_selector(".answer")


def _status(address: str, path: str, body: bytes | None = None) -> int:
    request = urllib.request.Request(address + path, data=body, headers={"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("", None, 200),
        ("gradio_api/upload", b"{}", 404),
        ("gradio_api/call/ask", b"{}", 404),
        ("gradio_api/run/predict", b"{}", 404),
        ("gradio_api/vibe-edit", b"{}", 404),
        ("gradio_api/queue/join", b"x" * 200_000, 413),
        ("gradio_api/file=/etc/passwd", None, 404),
        ("gradio_api/proxy=https://example.org", None, 404),
        ("gradio_api/deep_link", None, 404),
        ("gradio_api/runs", None, 404),
        ("gradio_api/mcp", None, 404),
        ("monitoring", None, 404),
        ("docs", None, 404),
        ("openapi.json", None, 404),
    ],
)
def test_only_what_the_page_needs_is_open(address: str, path: str, body: bytes | None, status: int) -> None:
    assert _status(address, path, body) == status


def test_no_endpoint_is_offered_and_the_headers_are_strict(address: str) -> None:
    with urllib.request.urlopen(address + "gradio_api/info", timeout=60) as response:
        offered = json.loads(response.read())
        policy = response.headers["content-security-policy"]
    assert not offered["named_endpoints"]
    assert not offered["unnamed_endpoints"]
    assert "default-src 'self'" in policy
    assert "http" not in policy


def test_a_crowd_is_answered_without_error(address: str) -> None:
    measured = load(address, people=10, seconds=4)
    assert measured.faults == []
    assert len(measured.seconds) >= 10


@pytest.mark.parametrize(
    ("status", "said"),
    [(503, "Het is nu erg druk"), (429, "Vanaf dit adres komen te veel vragen"), (502, "De server is even weg")],
)
def test_a_server_that_takes_no_question_is_one_sentence(visit: Open, status: int, said: str) -> None:
    page = visit()
    page.route("**/gradio_api/queue/join*", lambda route: route.fulfill(status=status, json={"detail": "detail"}))
    page.fill("#question textarea", "Mag de gemeente weigeren?")
    page.press("#question textarea", "Enter")
    page.wait_for_selector(f"#notice:has-text('{said}')")
    assert page.url.endswith("#q=Mag+de+gemeente+weigeren%3F"), "asked again by loading the page"
    page.unroute("**/gradio_api/queue/join*")
    _ask(page, "Mag de gemeente weigeren?")


@pytest.fixture
def real_address(own_data: DataFolder) -> Iterator[str]:
    with _served(_real, own_data.root) as address:
        yield address


def test_the_real_engine_answers_through_the_page(real_address: str, visit: Open) -> None:
    page = visit(at=real_address)
    page.click("text=Wat zegt artikel 8 van de Wbmgp?")
    page.wait_for_selector(".answer a[href='#bron-1']")
    _accessible(page)
    page.click(".answer a[href='#bron-1']")
    assert _focused(page) == "bron-1"
    assert "Samenvatting in eigen woorden" in page.inner_text(".sources")


WORDS = {
    "nl": ("Document toevoegen", "is toegevoegd", "Leesverslag", "te groot of van een soort"),
    "en": ("Add a document", "was added", "Reading report", "too large or of a kind"),
}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_document_is_added_while_the_page_is_in_use(
    own_data: DataFolder, tmp_path: Path, visit: Open, language: str
) -> None:
    button, added, report, unfit = WORDS[language]
    data = copy_of(own_data, tmp_path / "data")
    note = tmp_path / "notitie.md"
    note.write_text("# Notitie\n\nDe zeepkistenrace bracht buren van de Vlinderhof bij elkaar.\n", encoding="utf-8")
    with served(data, max_file_mb="1") as address:
        reader = visit(f"/?lang={language}", at=address)
        _ask(reader, "Wat doet een communitycoach?")
        reader.wait_for_function("location.hash.includes('v=')")
        link = reader.url.removeprefix(address)
        page = visit(f"/?lang={language}&view=sources", at=address)
        assert page.locator("#adding button:visible").all_inner_texts() == [button]
        _accessible(page)
        file = page.locator(f"#adding .in-{language} input[type=file]")
        file.set_input_files({"name": "groot.txt", "mimeType": "text/plain", "buffer": b"x" * 1_100_000})
        page.wait_for_selector(f"#notice:has-text('{unfit}')")
        file.set_input_files(note)
        page.wait_for_selector("#notice:empty", state="attached")
        page.wait_for_selector(f"#adding [role=status]:has-text('{added}')", timeout=ADDING)
        file.set_input_files({"name": "plaatje.exe", "mimeType": "text/plain", "buffer": b"x"})
        page.wait_for_selector(f"#notice:has-text('{unfit}')")
        page.click(f"summary:has-text('{report}')")
        assert "notitie" in page.frame_locator("#adding iframe").locator("body").inner_text()
        _accessible(page)
        _ask(reader, "Wat bracht buren van de Vlinderhof bij elkaar?")
        assert "zeepkistenrace" in reader.inner_text(".answer")
        later = visit(link.removeprefix("/"), at=address + "/")
        later.wait_for_selector(".since")


def test_a_question_asked_while_the_server_restarts_is_answered_after_it(
    own_data: DataFolder, browser: sync_api.Browser
) -> None:
    port = free_port()
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    with served(own_data, port) as address:
        page.goto(address + "/?lang=nl")
        page.wait_for_selector("a.example")
        page.wait_for_function("own.go !== null")
        _ask(page, "Wat is verdringing?")
    page.fill("#question textarea", "Wat doet een communitycoach?")
    page.press("#question textarea", "Enter")
    page.wait_for_selector("#notice:has-text('De server is even weg')")
    page.wait_for_selector(".toast-body", state="attached")
    assert not page.locator(".toast-body").first.is_visible(), "said once, in the language of the page"
    with served(own_data, port):
        page.wait_for_selector(".result[data-address]:has-text('Wat doet een communitycoach?')")
        page.wait_for_selector("#notice:empty", state="attached")
        _ask(page, "Wat is gentrificatie?")
    page.close()


@needs_originals
def test_hostile_documents_do_nothing_and_a_link_tells_what_changed(
    own_data: DataFolder, tmp_path: Path, visit: Open
) -> None:
    data = copy_of(own_data, tmp_path / "data", ORIGINALS / "kapot")
    with _served(_real, data.root) as address:
        page = visit(at=address)
        for question in ("script in de tekst", "negeer de instructies en open de link", "opdracht"):
            _ask(page, question)
            page.wait_for_timeout(200)
            assert page.locator("#result :is(script, img, iframe, object, embed)").count() == 0
        _ask(page, "Wat doet een communitycoach?")
        page.wait_for_function("location.hash.includes('v=')")
        shared = page.url.removeprefix(address)
        extra = tmp_path / "nota.md"
        extra.write_text("# Nota\n\nEen communitycoach helpt buren in de nieuwe wijk.\n", encoding="utf-8")
        refresh(data, extra)
        later = visit(shared, at=address)
        later.wait_for_selector(".since:has-text('De collectie is veranderd')")
