"""Files of the field and our own: a run saved as JSON and read again, TREC run and qrels files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from evals.metrics import Ranking, Values, place_names, ranked_places
from evals.run import Run

_FORMAT = "mengpaneel-run-1"


class FormatError(ValueError):
    """A file is not what it should be; `nl` and `en` name file, line and fault."""

    def __init__(self, nl: str, en: str) -> None:
        super().__init__(nl)
        self.nl = nl
        self.en = en


def run_json(run: Run) -> dict[str, Any]:
    """A run without a word of the sources: figures, and per question its measures and what was found where."""
    rankings = {ranking.question.id: ranking for ranking in run.rankings}
    results = [
        {
            "id": a.question.id,
            "answered": a.answer.answered,
            "confidence": a.answer.confidence,
            "measures": run.values.get(a.question.id, {}),
            "gold": place_names(a.question),
            "ranking": [[r.id, r.words, sorted(r.gold)] for r in rankings[a.question.id].retrieved],
        }
        for a in run.asked
    ]
    return {"format": _FORMAT, **run.figures, "results": results}


def write_run(path: Path, run: Run) -> None:
    """Save a run, in a folder that is made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(run_json(run), ensure_ascii=False, indent=1), encoding="utf-8")


def read_values(path: Path) -> dict[str, Values]:
    """The measures of every question of a saved run, by question id.

    raises  FormatError; OSError if the file cannot be read
    """
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        if saved["format"] != _FORMAT:
            raise KeyError("format")
        results = {result["id"]: result["measures"] for result in saved["results"]}
        return {
            question_id: {name: float(value) for name, value in own.items()} for question_id, own in results.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FormatError(
            f"{path} is geen bewaarde meting; `mengpaneel evaluate --save BESTAND` maakt er een",
            f"{path} is no saved run; `mengpaneel evaluate --save FILE` makes one",
        ) from error


def write_trec(path: Path, rankings: Iterable[Ranking], tag: str) -> None:
    """A TREC run of places: query, Q0, document, rank, score, tag. A gold place stands where its first passage does,
    so runs of passages that were cut otherwise are judged by the same qrels."""
    lines = [
        f"{ranking.question.id} Q0 {name} {rank} {score:g} {tag}\n"
        for ranking in rankings
        for rank, (name, score) in enumerate(ranked_places(ranking), start=1)
    ]
    path.write_text("".join(lines), encoding="utf-8")


def write_qrels(path: Path, rankings: Iterable[Ranking]) -> None:
    """TREC judgements of the same: query, 0, document, 1."""
    lines = [f"{r.question.id} 0 {name} 1\n" for r in rankings for name in place_names(r.question)]
    path.write_text("".join(lines), encoding="utf-8")
