"""Policy maker and trainer, from first question to file on disk: the real server in a real browser, nl and en.

The analyst's journey is in test_basket.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import pytest
from serving import Server
from test_page_browser import AXE, CHROMIUM, RULES, sync_api

from retrieval.answer import Language
from ui.messages import Messages

pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no chromium on this machine")
QUESTIONS: dict[Language, str] = {
    "nl": "Welke instrumenten passen bij verdichting zonder verdringing?",
    "en": "What does a community coach do?",
}
THEMES: dict[Language, str] = {"nl": "verdringing", "en": "displacement"}
Visit = Callable[[str], sync_api.Page]


@pytest.fixture
def visit(own_server: Server) -> Iterator[Visit]:
    """Open an address of the page; afterwards no script may have gone wrong."""
    faults: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(viewport={"width": 320, "height": 800}, permissions=["clipboard-read"])

        def visit(address: str) -> sync_api.Page:
            page = context.new_page()
            page.on("pageerror", lambda error: faults.append(str(error)))
            page.set_default_timeout(150_000)
            page.goto(address if address.startswith("http") else own_server.address + address)
            page.wait_for_selector(".view" if "view=" in address else "a.example", state="attached")
            page.wait_for_function("own.go !== null")
            return page

        yield visit
        browser.close()
    assert not faults


def _accessible(page: sync_api.Page) -> None:
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
    assert not [(rule["id"], [node["html"][:200] for node in rule["nodes"][:3]]) for rule in found]
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def _saved(page: sync_api.Page, button: str, folder: Path) -> Path:
    with page.expect_download() as coming:
        page.get_by_role("button", name=button).click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_policy_maker_asks_checks_the_source_and_shares_the_answer(
    visit: Visit, language: Language, tmp_path: Path
) -> None:
    page, said = visit(f"/?lang={language}"), Messages(language)
    page.fill("#question textarea", QUESTIONS[language])
    page.press("#question textarea", "Enter")
    page.wait_for_selector(".result[data-address]")
    said_first = page.locator(".reading .words, .instruments td span").first.inner_text()
    number = page.locator(".answer a.number").first
    shown = number.inner_text().strip("[]")
    number.click()
    assert page.evaluate("document.activeElement.id") == f"bron-{shown}"
    card = page.locator(".card:focus-within")
    assert card.locator("h3").inner_text()
    assert card.locator(f"mark[data-n='{shown}']").inner_text() in card.locator(".passage").first.inner_text()

    page.get_by_role("button", name=said("page.link")).click()
    page.wait_for_selector(f"#said:has-text('{said('page.copied')}')", state="attached")
    later = visit(page.evaluate("navigator.clipboard.readText()"))
    later.wait_for_selector(f".since:has-text('{said('page.since.same')}')")
    assert later.locator(".reading .words, .instruments td span").first.inner_text() == said_first
    printed = tmp_path / "antwoord.pdf"
    later.pdf(path=str(printed))
    assert printed.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_trainer_chooses_a_theme_reads_the_lesson_and_takes_its_files_home(
    visit: Visit, language: Language, tmp_path: Path
) -> None:
    gift_parser = pytest.importorskip(
        "pygiftparser.parser", reason="see the Makefile for how pygiftparser is installed"
    )
    page, said = visit(f"/?lang={language}"), Messages(language)
    page.click(".views a[href*='view=lesson']")
    page.wait_for_selector("#lesson")
    page.get_by_label(said("lesson.choose.theme")).fill(THEMES[language])
    page.select_option("#field-minutes", "15")
    page.focus("#field-minutes")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#lesson-title")
    assert page.evaluate("document.activeElement.id") == "lesson-title"
    assert page.inner_text("#lesson-title") == said("lesson.title", title=THEMES[language])
    assert page.url.endswith(f"?lang={language}&view=lesson&minutes=15&seed=1#q={THEMES[language]}")
    for part in ("goals", "points", "debates", "case", "cards", "quiz", "reading"):
        assert page.locator(f".{part}-part li, .{part}-part dd").count()
    items = page.locator(".points-part li, .cards-part dd")
    assert all(said("instruments.from") in text for text in items.all_inner_texts())

    right = page.locator(".quiz-part details").first
    assert not right.locator("strong").is_visible()
    right.locator("summary").focus()
    page.keyboard.press("Enter")
    assert right.locator("strong").is_visible()
    assert right.locator("mark").inner_text() in right.locator(".passage").inner_text()
    assert right.locator(".from a").get_attribute("href")
    _accessible(page)

    answer = right.locator("strong").inner_text()
    handout = "\n".join(
        p.text for p in docx.Document(str(_saved(page, said("lesson.download.handout"), tmp_path))).paragraphs
    )
    copy = "\n".join(
        p.text for p in docx.Document(str(_saved(page, said("lesson.download.trainer"), tmp_path))).paragraphs
    )
    first = page.locator(".thesis").first.inner_text()
    assert first in handout
    assert first in copy
    assert answer in copy
    assert answer not in handout
    gift = _saved(page, said("lesson.download.gift"), tmp_path)
    assert gift.suffix == ".gift"
    questions = gift_parser.parseFile(gift.read_text(encoding="utf-8").splitlines(keepends=True))
    assert len(questions) == page.locator(".quiz-part details").count() == 5
    assert all(question.valid for question in questions)
    anki = _saved(page, said("lesson.download.anki"), tmp_path).read_text(encoding="utf-8")
    assert anki.startswith("#separator:Comma")

    again = visit(page.url)  # the address holds the choice
    again.wait_for_selector(f".thesis:has-text('{first}')")
    assert again.evaluate("document.activeElement.tagName") == "BODY"
    other = "en" if language == "nl" else "nl"
    assert again.locator("a.switch").get_attribute("href").startswith(f"?lang={other}&view=lesson&minutes=15")


def test_a_lesson_grows_out_of_an_answer_or_a_saved_one_and_a_fault_is_one_sentence(visit: Visit) -> None:
    page = visit("/?lang=nl&view=lesson&minutes=15#q=kerncentrales")
    page.wait_for_selector("#lesson-fault:has-text('Over ‘kerncentrales’ zeggen de bronnen te weinig')")
    page.fill("#field-q", "")
    page.click("text=Maak de les")
    page.wait_for_selector("#lesson-fault:has-text('Kies eerst een thema')")
    page.fill("#field-q", "iets")
    page.select_option("#field-of", "instrument:kansenzones")  # one or the other
    assert page.input_value("#field-q") == ""

    page.goto(re.sub(r"\?.*", "?lang=nl#q=Wat+is+publieke+familiariteit%3F", page.url))
    page.wait_for_selector(".result[data-address]")
    page.click(".answer .keep")
    page.click("text=Maak hier een les van")
    page.wait_for_selector("#lesson-title:has-text('Publieke familiariteit')")
    assert "publieke familiariteit" in page.inner_text(".cards-part")
    assert page.get_attribute("#lesson-saved a", "href") == "?lang=nl&view=lesson#q=Wat+is+publieke+familiariteit%3F"
    page.emulate_media(media="print")
    assert not page.is_visible("#lesson")
    assert page.is_visible(".thesis >> nth=0")


@pytest.mark.parametrize("choice", ["of=instrument:nergens&minutes=15", "of=source:x&minutes=20", "of=rommel&seed=-1"])
def test_an_address_that_means_nothing_is_one_sentence(visit: Visit, choice: str) -> None:
    page = visit(f"/?lang=en&view=lesson&{choice}")
    if "rommel" in choice:  # nothing chosen
        assert page.inner_text("#lesson-made") == ""
        return
    page.wait_for_selector("#lesson-fault:not(:empty)")
    assert page.inner_text("#lesson-made") == ""
