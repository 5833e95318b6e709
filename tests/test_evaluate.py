"""`mengpaneel evaluate` from end to end on a few questions: figures, files, comparison and page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import Run

from evals.question import read_questions
from ingest.index.generation import DataFolder
from ui import evaluating
from ui.cli import main


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> int:
    """Twelve questions of the dev split, with and without an answer; how many."""
    dev = [q for q in read_questions() if q.split == "dev"]
    chosen = [
        *[q for q in dev if q.answerable and q.language == "nl"][:5],
        *[q for q in dev if q.answerable and q.language == "en"][:3],
        *[q for q in dev if q.type == "unanswerable"][:2],
        *[q for q in dev if q.type == "hostile"][:2],
    ]
    monkeypatch.setattr(evaluating, "read_questions", lambda: tuple(chosen))
    return len(chosen)


def test_a_run_is_measured_saved_compared_and_shown(
    few: int, own_data: DataFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved, page, trec = tmp_path / "run.json", tmp_path / "page.html", tmp_path / "run.txt"
    data = ["--data", str(own_data.root)]
    assert main([*data, "evaluate", "--save", str(saved), "--report", str(page), "--trec", str(trec)]) == 0
    shown = capsys.readouterr()
    assert "quotes: citations" in shown.out
    assert str(page) in shown.err
    run = json.loads(saved.read_text(encoding="utf-8"))
    assert len(run["results"]) == run["questions"] == few
    assert page.read_text(encoding="utf-8").count("<details") == few
    assert len({line.split()[0] for line in trec.read_text().splitlines()}) == few
    assert Path(f"{trec}.qrels").exists()

    assert main([*data, "evaluate", "--json", "--against", str(saved)]) == 0
    again = json.loads(capsys.readouterr().out)
    assert all(d["before"] == d["after"] and d["low"] == d["high"] == 0 for d in again["against"])
    assert again["quotes"]["citations"] == again["quotes"]["exact"] > 0
    assert again["hostile"]["asked"] == 2
    assert {"search_p50", "search_p95", "answer_p50", "answer_p95"} == again["latency_ms"].keys()


def test_a_file_that_is_no_run_is_refused_before_anything_is_asked(tmp_path: Path, mengpaneel: Run) -> None:
    (tmp_path / "run.json").write_text("{}")
    done = mengpaneel("--lang", "en", "--data", tmp_path / "empty", "evaluate", "--against", tmp_path / "run.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "run.json is no saved run" in done.stderr


@pytest.mark.parametrize("language", ["nl", "en"])
def test_help_names_every_choice(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--lang", language, "evaluate", "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    for flag in ("split", "save", "against", "baselines", "beir", "report", "record", "trec"):
        assert f"--{flag}" in shown
