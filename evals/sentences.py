"""Fit the weights of retrieval/choose.py on the dev questions: `python -m evals.sentences DATA_FOLDER...`.

A sentence belongs to the answer if its passage is of a gold place or it says a nugget; the latter counts more.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evals.calibrate import logistic
from evals.question import Question, read_questions
from evals.run import askable
from ingest.embed import DEFAULT_MODEL, open_embedder
from ingest.index.generation import DataFolder
from retrieval.cite import Sentence
from retrieval.engine import Engine

_NUGGET = 3  # how much a sentence that says a nugget counts


def belongs(sentence: Sentence, question: Question) -> tuple[bool, int]:
    """Whether a sentence belongs to the answer, and how much it counts."""
    if any(re.search(nugget.pattern, sentence.text, re.IGNORECASE) for nugget in question.nuggets):
        return True, _NUGGET
    return any(place.holds(sentence.hit.passage) for place in question.gold), 1


def _seen(root: Path) -> list[tuple[tuple[float, ...], bool, int]]:
    """Features, label and weight of every sentence that may stand in the answer to a dev question."""
    data = DataFolder(root)
    with Engine(data, lambda: open_embedder(DEFAULT_MODEL, data.models)) as engine:
        asked = [q for q in askable(engine, read_questions()) if q.split == "dev" and q.answerable]
        described = [(q, pair) for q in asked for pair in engine.sentence_features(q.question)]
        return [(features, *belongs(sentence, q)) for q, (sentence, features) in described]


def main(roots: Sequence[str]) -> int:
    """Print the weights that suit all the indexes together."""
    seen = [row for root in roots for row in _seen(Path(root))]
    times = [weight for _, _, weight in seen]
    features = np.repeat(np.array([row for row, _, _ in seen]), times, axis=0)
    labels = np.repeat(np.array([float(label) for _, label, _ in seen]), times)
    print(f"{len(seen)} sentences, weights", np.round(logistic(features, labels), 2).tolist())
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
