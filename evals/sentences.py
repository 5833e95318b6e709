"""Fit the weights of retrieval/relevance.py on the judged sentences: `python -m evals.sentences DATA_FOLDER...`.

The questions are those of the dev split and those for calibration, on none of which the reranker was trained. How good
the chances are, with it and without, is told by the average precision for groups of questions that are left out of the
fit in turn.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.calibrate import folds, group_of, logistic
from evals.judgements import judgement
from evals.question import Question, read_calibration, read_questions
from evals.run import askable
from ingest.embed import DEFAULT_MODEL, open_embedder
from ingest.index.generation import DataFolder
from retrieval.engine import Engine
from retrieval.relevance import READ

Row = tuple[Question, tuple[float, ...], bool]


def _seen(root: Path) -> list[Row]:
    """Every judged sentence that may stand in the answer to a question: features, and whether it belongs there."""
    data = DataFolder(root)
    with Engine(data, lambda: open_embedder(DEFAULT_MODEL, data.models)) as engine:
        dev = [question for question in read_questions() if question.split == "dev"]
        asked = [q for q in askable(engine, [*dev, *read_calibration()]) if q.answerable]
        described = [(q, *pair) for q in asked for pair in engine.sentence_features(q.question)]
    judged = [(q, features, judgement(q, sentence.text)) for q, sentence, features in described]
    return [(q, features, label != "beside") for q, features, label in judged if label is not None]


def average_precision(labels: NDArray[np.float64], chances: NDArray[np.float64]) -> float:
    """Mean of the precision at the place of each one that is right, best chance first."""
    right = labels[np.argsort(-chances, kind="stable")]
    precision = np.cumsum(right) / np.arange(1, len(right) + 1)
    return float(precision[right == 1].mean())


def _left_out(features: NDArray[np.float64], labels: NDArray[np.float64], groups: Sequence[str]) -> float:
    chances = np.zeros(len(labels))
    for left_out in folds(groups):
        weights = logistic(features[~left_out], labels[~left_out])
        chances[left_out] = features[left_out] @ weights[:-1] + weights[-1]
    return average_precision(labels, chances)


def main(roots: Sequence[str]) -> int:
    """Print the weights that suit all the indexes together."""
    seen = [row for root in roots for row in _seen(Path(root))]
    groups = [group_of(question) for question, _, _ in seen]
    with_reading = np.array([row for _, row, _ in seen], dtype=np.float64)
    labels = np.array([float(label) for _, _, label in seen])
    print(f"{len(seen)} sentences, {labels.mean():.2f} of which belong in the answer")
    for name, features in (("with the reranker", with_reading), ("without", with_reading[:, :-READ])):
        print(f"{name}: average precision left out of the fit {_left_out(features, labels, groups):.3f}")
        print("weights", np.round(logistic(features, labels), 2).tolist())
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
