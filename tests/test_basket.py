"""The memo on the page, from question to file: the real server in a real browser."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from serving import served
from test_page_browser import AXE, CHROMIUM, RULES, sync_api

from ingest.index.generation import DataFolder
from ui.address import read_address

pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no chromium on this machine")
QUESTION = "Wat is publieke familiariteit?"


@pytest.fixture(scope="module")
def address(own_data: DataFolder) -> Iterator[str]:
    with served(own_data) as address:
        yield address


@pytest.fixture
def page(address: str) -> Iterator[sync_api.Page]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 390, "height": 800})
        page.set_default_timeout(60_000)
        page.goto(f"{address}/")
        page.wait_for_selector("a.example")  # the page's script is there from here on
        page.wait_for_function("own.go !== null")
        page.fill("#question textarea", QUESTION)
        page.press("#question textarea", "Enter")
        page.wait_for_selector(".result[data-address]")
        yield page
        browser.close()


def _write(page: sync_api.Page, form: str, folder: Path) -> Path:
    page.select_option("#field-format", form)
    with page.expect_download() as coming:
        page.click("text=Maak het bestand")
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def _items(page: sync_api.Page) -> list[str]:
    return page.locator("#memo-items .badge").all_inner_texts()


def test_an_answer_and_a_quote_become_a_document_with_a_footnote_for_each_citation(
    page: sync_api.Page, tmp_path: Path
) -> None:
    marks = page.locator(".reading a.number").count()
    for _ in range(2):  # the same is kept once
        page.click(".answer .keep")
    page.click("[aria-label='Bewaar citaat 1 in de memo']")
    page.click(".views a[href*='view=memo']")
    page.wait_for_selector("#memo-items li")
    assert _items(page) == ["Antwoord", "Citaat"]

    page.get_by_role("button", name="Omhoog: onderdeel 2").focus()
    page.keyboard.press("Enter")
    assert _items(page) == ["Citaat", "Antwoord"]
    page.wait_for_selector("#said:has-text('Staat nu op plaats 1')", state="attached")
    assert page.evaluate("document.activeElement.closest('[data-at]').dataset.at") == "0"
    page.click("text=Voeg eigen tekst toe")
    page.keyboard.type("Ons *eigen* oordeel")
    page.get_by_label("Titel").fill("Een memo")
    page.click("text=Voeg een kop toe")
    page.get_by_role("button", name="Haal weg: onderdeel 4").click()
    assert len(_items(page)) == 3
    page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
    assert not [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    page.reload()  # the browser keeps it
    page.wait_for_selector("#memo-items li")
    assert page.get_by_label("Titel").input_value() == "Een memo"
    document = _write(page, "docx", tmp_path)
    paragraphs = [p.text for p in docx.Document(str(document)).paragraphs]
    assert "Ons eigen oordeel" in paragraphs
    with zipfile.ZipFile(document) as archive:
        notes = re.findall(r'<w:footnote w:id="\d+"', archive.read("word/footnotes.xml").decode())
    assert len(notes) == marks + 1 > 2

    link = re.search(r"\((http\S+#q=\S+)\)", _write(page, "md", tmp_path).read_text(encoding="utf-8"))
    assert link
    asked = read_address(link[1]).asked()
    assert asked
    assert asked.question == QUESTION
    page.goto(link[1])
    page.wait_for_selector(".since:has-text('hetzelfde antwoord')")


def test_sources_are_written_for_zotero_and_a_fault_is_one_sentence(page: sync_api.Page, tmp_path: Path) -> None:
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
