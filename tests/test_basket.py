"""The memo on the page, from question to file: the real server in a real browser."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import pytest
from serving import Server
from test_page_browser import AXE, CHROMIUM, RULES, sync_api

from retrieval.answer import Language
from ui.address import read_address
from ui.messages import Messages

pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no chromium on this machine")
QUESTIONS: dict[Language, str] = {
    "nl": "Wat is publieke familiariteit?",
    "en": "What is public familiarity?",
}


Start = Callable[[Language], sync_api.Page]


@pytest.fixture
def answered(own_server: Server) -> Iterator[Start]:
    """The page in a language, with an answer on it."""
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])

        def start(language: Language) -> sync_api.Page:
            page = browser.new_page(viewport={"width": 390, "height": 800})
            page.set_default_timeout(60_000)
            page.goto(f"{own_server.address}/?lang={language}")
            page.wait_for_selector("a.example")  # the page's script is there from here on
            page.wait_for_function("own.go !== null")
            page.fill("#question textarea", QUESTIONS[language])
            page.press("#question textarea", "Enter")
            page.wait_for_selector(".result[data-address]")
            return page

        yield start
        browser.close()


def _write(page: sync_api.Page, form: str, folder: Path, button: str = "Maak het bestand") -> Path:
    page.select_option("#field-format", form)
    with page.expect_download() as coming:
        page.get_by_role("button", name=button).click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def _items(page: sync_api.Page) -> list[str]:
    return page.locator("#memo-items .badge").all_inner_texts()


@pytest.mark.parametrize("language", ["nl", "en"])
def test_an_analyst_makes_a_document_of_an_answer_and_a_quote_with_a_footnote_for_each_citation(
    answered: Start, language: Language, tmp_path: Path
) -> None:
    page, said = answered(language), Messages(language)
    marks = page.locator(".reading a.number").count()
    for _ in range(2):  # the same is kept once
        page.click(".answer .keep")
    page.click(f"[aria-label='{said('basket.keep.quote', n=1)}']")
    page.click(".views a[href*='view=memo']")
    page.wait_for_selector("#memo-items li")
    assert _items(page) == [said("basket.answer"), said("basket.quote")]

    page.get_by_role("button", name=said("basket.up").replace("#", "2")).focus()
    page.keyboard.press("Enter")
    assert _items(page) == [said("basket.quote"), said("basket.answer")]
    page.wait_for_selector(f"#said:has-text('{said('basket.moved').replace('#', '1')}')", state="attached")
    assert page.evaluate("document.activeElement.closest('[data-at]').dataset.at") == "0"
    page.get_by_role("button", name=said("basket.add.text")).click()
    page.keyboard.type("Ons *eigen* oordeel")
    page.get_by_label(said("basket.field.title")).fill("Een memo")
    page.get_by_role("button", name=said("basket.add.heading")).click()
    page.get_by_role("button", name=said("basket.drop").replace("#", "4")).click()
    assert len(_items(page)) == 3
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
    assert not [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    page.reload()  # the browser keeps it
    page.wait_for_selector("#memo-items li")
    assert page.get_by_label(said("basket.field.title")).input_value() == "Een memo"
    document = _write(page, "docx", tmp_path, said("basket.write"))
    paragraphs = [p.text for p in docx.Document(str(document)).paragraphs]
    assert "Ons eigen oordeel" in paragraphs
    with zipfile.ZipFile(document) as archive:
        notes = re.findall(r'<w:footnote w:id="\d+"', archive.read("word/footnotes.xml").decode())
    assert len(notes) == marks + 1 > 2

    link = re.search(r"\((http\S+#q=\S+)\)", _write(page, "md", tmp_path, said("basket.write")).read_text("utf-8"))
    assert link
    asked = read_address(link[1]).asked()
    assert asked
    assert asked.question == QUESTIONS[language]
    page.goto(link[1])
    page.wait_for_selector(f".since:has-text('{said('page.since.same')}')")


def test_sources_are_written_for_zotero_and_a_fault_is_one_sentence(answered: Start, tmp_path: Path) -> None:
    page = answered("nl")
    page.click("[aria-label='Bewaar citaat 1 in de memo']")
    page.click(".views a[href*='view=memo']")
    page.wait_for_selector("#memo-items li")
    assert _write(page, "ris", tmp_path).read_text(encoding="utf-8").startswith("TY  - ")
    assert "@" in _write(page, "bibtex", tmp_path).read_text(encoding="utf-8")
    page.evaluate("changeMemo(memo => { memo.items[0].quote = 'Dit staat nergens.'; }, {at: 0, on: 'button'})")
    page.click("text=Maak het bestand")
    page.wait_for_selector("#memo-fault:has-text('staat niet letterlijk')")
    page.get_by_role("button", name="Haal weg: onderdeel 1").click()
    assert page.is_visible("text=De memo is nog leeg")
    page.click("text=Zet terug wat weg is gehaald")
    assert _items(page) == ["Citaat"]
