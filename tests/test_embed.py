"""The element on a page of another origin, in a real browser, under the strict policy of its example page."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import ROOT
from serving import Server

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[dev]'")
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="no chromium on this machine")

EXAMPLE = ROOT / "docs" / "voorbeeld-intranet.html"
TAG = "mengpaneel-antwoord"


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing in the output of the tests."""


@pytest.fixture(scope="module")
def site(own_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The example page, and variants of it, on the intranet."""
    folder = tmp_path_factory.mktemp("intranet")
    page = EXAMPLE.read_text(encoding="utf-8").replace("SERVER", own_server.address)
    (folder / "index.html").write_text(page, encoding="utf-8")
    refused = page.replace("Wat is publieke familiariteit en waarom is het van belang?", "Hoe bak ik een appeltaart?")
    (folder / "refused.html").write_text(refused.replace('taal="nl"', 'taal="en"'), encoding="utf-8")
    away = page.replace(f"<{TAG} ", f'<{TAG} server="{own_server.address}/nergens" ')
    (folder / "away.html").write_text(away, encoding="utf-8")
    web = ThreadingHTTPServer(("127.0.0.1", own_server.intranet_port), partial(_Silent, directory=str(folder)))
    threading.Thread(target=web.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{own_server.intranet_port}"
    web.shutdown()
    web.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: sync_api.Browser, own_server: Server, site: str) -> Iterator[sync_api.Page]:
    """A page that may call the intranet and the server and nobody else."""
    foreign: list[str] = []
    page = browser.new_page()
    page.set_default_timeout(20_000)
    page.on(
        "request", lambda request: request.url.startswith((own_server.address, site)) or foreign.append(request.url)
    )
    yield page
    page.close()
    assert not foreign


def test_a_cited_answer_stands_on_the_intranet_page(page: sync_api.Page, site: str) -> None:
    complaints: list[str] = []
    page.on("console", lambda line: line.type == "error" and complaints.append(line.text))
    page.goto(site)
    element = page.locator(TAG)
    element.locator("ol li").first.wait_for()
    assert element.locator("h2").inner_text() == "Wat is publieke familiariteit en waarom is het van belang?"
    numbers = element.locator("p a").all_inner_texts()
    assert numbers[0] == "[1]"
    assert element.locator("h3").last.inner_text() == "Bronnen"
    assert any("samenvatting in eigen woorden" in source for source in element.locator("li").all_inner_texts())
    element.locator("p a").first.click()
    assert page.evaluate(f"document.querySelector('{TAG}').shadowRoot.activeElement.id") == "bron-1"
    # its style holds inside, also where the page allows none of its own
    assert element.evaluate("host => getComputedStyle(host).display") == "block"
    assert [line for line in complaints if "favicon" not in line] == []


def test_a_refusal_is_told_in_the_language_of_the_element(page: sync_api.Page, site: str) -> None:
    page.goto(f"{site}/refused.html")
    element = page.locator(TAG)
    element.locator("small").wait_for()
    assert element.locator("small").inner_text().startswith("Answer by Mengpaneel")
    assert element.locator("ol").count() == 0
    assert element.get_attribute("lang") == "en"


def test_another_question_is_asked_when_the_attribute_changes(page: sync_api.Page, site: str) -> None:
    page.goto(f"{site}/refused.html")
    page.locator(TAG).locator("small").wait_for()
    page.evaluate(f"document.querySelector('{TAG}').setAttribute('vraag', '<b>Wat is verdringing?</b>')")
    page.locator(TAG).locator("ol li").first.wait_for()
    assert page.locator(TAG).locator("h2").inner_text() == "<b>Wat is verdringing?</b>"


def test_a_server_that_does_not_answer_is_one_sentence(page: sync_api.Page, site: str) -> None:
    page.goto(f"{site}/away.html")
    page.locator(TAG).locator("[role=alert]").wait_for()
    assert page.locator(TAG).locator("[role=alert]").inner_text().startswith("Het antwoord kon niet worden opgehaald.")
