"""The page of an evaluation shows what was found and missed, asks nothing of the network, and runs nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html as parser
from test_evals import answer, passage, question

from evals.answers import Asked
from evals.compare import Difference
from evals.html import evaluation_html
from evals.metrics import MEASURES, grouped, means, measure
from evals.question import Nugget
from evals.run import Run, ranking_of
from ui.messages import catalogue

NASTY = "<script>alert('x')</script> & \" onload=1"
PREFIX = "evaluate.page."
TEXTS = {key.removeprefix(PREFIX): entry["en"] for key, entry in catalogue().items() if key.startswith(PREFIX)}
HEAD = dict.fromkeys(("precision", "recall", "false_refusals"), 0.5)


def run_of(*asked: Asked) -> Run:
    rankings = tuple(ranking_of(a.question, a.ranking) for a in asked)
    values = measure(rankings)
    answerable = [a.question for a in asked if a.question.answerable]
    figures = {"split": "dev", "questions": len(asked), "corpus_version": "c", "originals": 0, "embedding_model": NASTY,
               "retrieval": grouped(answerable, lambda members: means(values, members)),
               "refusing_curve": [{"threshold": t / 10, **HEAD} for t in range(1, 10)]}  # fmt: skip
    figures |= {
        name: {"n": 1} for name in ("gap_nl_en", "quotes", "citations", "nuggets", "refusing", "hostile", "latency_ms")
    }
    return Run("dev", figures, asked, rankings, values)


def page_of(run: Run) -> str:
    systems = {"simple <b>": run.figures["retrieval"]["all"], "mengpaneel": run.figures["retrieval"]["all"]}
    over = ("simple <b>", [Difference(MEASURES[0], 2, 0.25, 0.75, 0.1, 0.9)])
    return evaluation_html(run, systems, over, TEXTS, lambda p: f"{p.source_id} {NASTY}", "en")


@pytest.fixture
def run() -> Run:
    nuggets = (
        Nugget(text="Said fact", pattern="twintig", vital=True),
        Nugget(text="Other fact", pattern="x{3}", vital=False),
    )
    found = Asked(question([1, 7], "found", question=NASTY, nuggets=nuggets), answer(said="Er zijn twintig.", cited=(1,)),
                  tuple(passage(page, text=NASTY) for page in (9, 1, 8)))  # fmt: skip
    missed = Asked(question([3], "missed", language="en"), answer(answered=False), (passage(4),))
    refused = Asked(question([], "none", type="unanswerable"), answer(answered=False), ())
    return run_of(found, missed, refused)


def test_each_question_shows_gold_places_with_rank_passages_parts_and_facts(run: Run) -> None:
    page = parser.fromstring(page_of(run))
    found, missed, none = page.xpath("//details")
    text = " ".join(found.text_content().split())
    assert "bron, sheet 1 — found at 2" in text
    assert "bron, sheet 7 — not found" in text
    assert "Er zijn twintig." in text
    assert "Said fact (vital) — said" in text
    assert "Other fact — not said" in text
    assert [d.get("data-outcome") for d in (found, missed, none)] == ["first_five", "missed", "none"]


def test_what_sources_and_questions_say_is_text_on_the_page(run: Run) -> None:
    page = page_of(run)
    assert "<script" not in page.lower()
    assert NASTY in parser.fromstring(page).text_content()
    assert "simple &lt;b&gt;" in page


def test_the_page_asks_nothing_of_the_network_and_runs_nothing(run: Run) -> None:
    page = parser.fromstring(page_of(run))
    assert "default-src 'none'" in page.xpath("//meta[@http-equiv]/@content")[0]
    assert not page.xpath("//@src | //@href | //@onload | //link | //script | //img | //iframe")


def test_the_choices_show_only_matching_questions(run: Run, tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("chromium is not installed")
    (tmp_path / "page.html").write_text(page_of(run), encoding="utf-8")
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path="/usr/bin/chromium")
        page = browser.new_page(viewport={"width": 320, "height": 700})
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto((tmp_path / "page.html").as_uri())
        shown = page.locator("details.question:visible")
        assert shown.count() == 3
        page.select_option("select.language", "en")
        assert shown.count() == 1
        page.select_option("select.outcome", "first_five")
        assert shown.count() == 0
        page.select_option("select.language", "")
        assert shown.count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        assert said == []
        browser.close()
