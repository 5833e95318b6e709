"""`mengpaneel law`: an article on a day, what changed between two days, and what is not held."""

from __future__ import annotations

import pytest
from conftest import Run, needs_originals

from ingest.index.generation import DataFolder

LAW = "Huisvestingswet 2014"


@needs_originals
def test_an_article_is_shown_as_it_stood_on_the_day(originals_data: DataFolder, mengpaneel: Run) -> None:
    now = mengpaneel("--data", originals_data.root, "law", LAW, "4")
    then = mengpaneel("--data", originals_data.root, "law", LAW, "4", "--date", "2016-01-01")
    assert now.returncode == then.returncode == 0
    assert "tekst van 1-1-2024" in now.stdout
    assert "tekst van 29-11-2015" in then.stdout
    assert "goedkope woonruimte" in then.stdout
    assert "goedkope woonruimte" not in now.stdout


@needs_originals
def test_what_changed_is_told_per_article_and_word_by_word(originals_data: DataFolder, mengpaneel: Run) -> None:
    overview = mengpaneel("--data", originals_data.root, "law", LAW, "--since", "2016-01-01").stdout
    assert "art. 4: gewijzigd" in overview
    assert "art. 11a: nieuw" in overview
    assert "art. 5:" not in overview
    detail = mengpaneel("--data", originals_data.root, "law", LAW, "4", "--since", "2016-01-01").stdout
    assert "[-goedkope-]" in detail


@needs_originals
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["Bouwbesluit"], "Wbmgp", id="a law not held names those held"),
        pytest.param([LAW, "999"], "Artikel 999", id="no such article"),
        pytest.param([LAW, "--date", "1990-01-01"], "29-11-2015", id="before the oldest text"),
        pytest.param([LAW, "--date", "gisteren"], "JJJJ-MM-DD", id="no day"),
    ],
)
def test_what_is_not_held_is_said(originals_data: DataFolder, mengpaneel: Run, arguments: list[str], said: str) -> None:
    done = mengpaneel("--data", originals_data.root, "law", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
