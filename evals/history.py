"""The figures of every commit that changed one: a line each in evals/history.jsonl."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from evals.metrics import Figures

HISTORY = Path(__file__).parent / "history.jsonl"
MEASURED = ("recall@5", "recall@10", "recall@50", "hit@5", "nDCG@10", "MRR@10", "places@400w", "places@800w")
_SAME = ("corpus_version", "split", "originals", "figures")


def line_of(figures: Figures) -> dict[str, Any]:
    """What is kept of a run: what was measured on, and the figures that matter."""
    found = {name: figures["retrieval"]["all"][name] for name in MEASURED}
    found |= {f"gap {name}": figures["gap_nl_en"][name] for name in ("hit@5", "places@800w")}
    found |= {f"citation {name}": figures["citations"][name] for name in ("precision", "judged", "recall")}
    found |= {f"nuggets {name}": figures["nuggets"][name] for name in ("all", "vital")}
    found |= {f"refusing {name}": figures["refusing"][name] for name in ("precision", "recall", "false_refusals")}
    kept = {name: figures[name] for name in ("corpus_version", "split", "originals", "questions")}
    return {**kept, "figures": found}


def record(figures: Figures, path: Path = HISTORY) -> bool:
    """Append a line if a figure changed since the last one on the same split and texts; whether it did."""
    line = line_of(figures)
    before = last(line["split"], line["originals"], path)
    if before and all(before[name] == line[name] for name in _SAME):
        return False
    dated = {"date": dt.date.today().isoformat(), "commit": _commit(), **line}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(dated, ensure_ascii=False) + "\n")
    return True


def last(split: str, originals: int, path: Path = HISTORY) -> dict[str, Any] | None:
    """The last line on this split with this number of originals held, None if there is none."""
    if not path.exists():
        return None
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    own = [line for line in lines if (line["split"], line["originals"]) == (split, originals)]
    return own[-1] if own else None


def _commit() -> str | None:
    """Short id and subject of the commit measured, None outside a checkout."""
    git = shutil.which("git")
    if git is None:
        return None
    shown = subprocess.run(
        [git, "log", "-1", "--format=%h %s"], cwd=HISTORY.parent, capture_output=True, text=True, check=False
    )
    return shown.stdout.strip() or None
