"""The committed figures hold: retrieval may not fall by more than the tolerance; a line is added when a figure changed."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from conftest import needs_originals

from evals.history import HISTORY, MEASURED, last, record
from evals.metrics import means, measure
from evals.question import read_questions
from evals.run import askable, ranking_of, search
from retrieval.engine import Engine

# Floating point differs a little between processors, and may turn a close pair of passages round.
TOLERANCE = 0.02


def fallen(engine: Engine) -> dict[str, tuple[float, float]]:
    """Measures on the dev split that are below the last line by more than the tolerance: committed, found."""
    originals = sum(holding.form == "original" for holding in engine.holdings)
    line = last("dev", originals)
    assert line, f"no line for dev with {originals} originals: run `mengpaneel evaluate --record`"
    questions = [q for q in askable(engine, read_questions()) if q.split == "dev" and q.answerable]
    values = measure([ranking_of(q, [hit.passage for hit in search(engine, q).hits]) for q in questions])
    now = means(values, questions)
    committed = {name: line["figures"][name] for name in MEASURED}
    return {name: (was, now[name]) for name, was in committed.items() if now[name] < was - TOLERANCE}


def test_on_the_shipped_knowledge_base_no_figure_fell(own_engine: Engine) -> None:
    assert not fallen(own_engine)


@needs_originals
def test_with_originals_no_figure_fell(originals_engine: Engine) -> None:
    assert not fallen(originals_engine)


def figures() -> dict[str, Any]:
    share = {
        "hit@5": 0.1,
        "places@800w": 0.1,
        "precision": 0.5,
        "judged": 0.5,
        "recall": 0.5,
        "false_refusals": 0.1,
        "all": 0.6,
        "vital": 0.7,
    }
    return {"corpus_version": "c", "split": "dev", "originals": 0, "questions": 2,
            "retrieval": {"all": dict.fromkeys(MEASURED, 0.5)}, "gap_nl_en": share, "citations": share,
            "nuggets": share, "refusing": share}  # fmt: skip


def test_a_line_is_added_only_when_a_figure_changed(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    assert [record(figures(), path), record(figures(), path)] == [True, False]
    better = deepcopy(figures())
    better["retrieval"]["all"]["hit@5"] = 0.6
    assert record(better, path)
    assert len(path.read_text().splitlines()) == 2
    found = last("dev", 0, path)
    assert found
    assert found["figures"]["hit@5"] == 0.6


def test_runs_on_other_texts_or_another_split_have_lines_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    record(figures(), path)
    assert record({**figures(), "originals": 13}, path)
    assert not record(figures(), path)
    assert last("test", 0, path) is None


def test_the_committed_history_says_when_and_on_what() -> None:
    lines = [json.loads(line) for line in HISTORY.read_text(encoding="utf-8").splitlines()]
    assert lines
    assert all(line["date"] and line["corpus_version"] and line["split"] == "dev" for line in lines)
