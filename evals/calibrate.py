"""Fit the weights of retrieval/confidence.py on the evaluation set: `python -m evals.calibrate DATA_FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from evals.question import read_questions
from ingest.embed import DEFAULT_MODEL, open_embedder
from ingest.index.generation import DataFolder
from retrieval.engine import Engine

_STEPS, _RATE, _PULL = 20_000, 0.5, 1e-3  # gradient descent with a light pull towards zero


def fit(features: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Logistic regression on standardised features: (n, d) and (n,) -> (d + 1,) weights, the bias last."""
    mean, spread = features.mean(axis=0), features.std(axis=0)
    scaled = np.column_stack([(features - mean) / np.where(spread > 0, spread, 1.0), np.ones(len(features))])
    weights = np.zeros(scaled.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-scaled @ weights))
        weights -= _RATE * (scaled.T @ (chance - labels) / len(labels) + _PULL * weights)
    raw = weights[:-1] / np.where(spread > 0, spread, 1.0)
    return np.append(raw, weights[-1] - raw @ mean)


def main() -> int:
    """Print the weights."""
    data = DataFolder(Path(sys.argv[1]))
    engine = Engine(data, lambda: open_embedder(DEFAULT_MODEL, data.models))
    questions = [q for q in read_questions() if q.split == "dev" and q.type != "hostile"]
    features = np.array([engine.confidence_features(q.question) for q in questions])
    labels = np.array([float(q.answerable) for q in questions])
    weights = fit(features, labels)
    chance = 1 / (1 + np.exp(-(features @ weights[:-1] + weights[-1])))
    for question, row, sure in sorted(zip(questions, features, chance, strict=True), key=lambda t: t[2]):
        print(f"{sure:.2f} {question.answerable!s:5} {np.round(row, 3)} {question.id} {question.question[:90]}")
    print("weights", np.round(weights, 2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
