"""Fit the weights of retrieval/confidence.py on the evaluation set: `python -m evals.calibrate DATA_FOLDER...`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from evals.question import Question, read_questions
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


def _seen(root: Path) -> list[tuple[Question, tuple[float, ...]]]:
    """The dev questions whose sources an index holds, and what the estimate looks at for each."""
    data = DataFolder(root)
    with Engine(data, lambda: open_embedder(DEFAULT_MODEL, data.models)) as engine:
        held = {holding.source.id for holding in engine.holdings}
        questions = [q for q in read_questions() if q.split == "dev" and q.type != "hostile"]
        asked = [q for q in questions if all(place.source in held for place in q.gold)]
        return [(q, engine.confidence_features(q.question)) for q in asked]


def main() -> int:
    """Print the weights that suit all the indexes together, and what each threshold would refuse."""
    seen = [pair for root in sys.argv[1:] for pair in _seen(Path(root))]
    features = np.array([row for _, row in seen])
    labels = np.array([float(q.answerable) for q, _ in seen])
    weights = fit(features, labels)
    chance = 1 / (1 + np.exp(-(features @ weights[:-1] + weights[-1])))
    print("weights", np.round(weights, 2).tolist())
    for threshold in np.arange(0.1, 0.7, 0.05):
        refused = chance < threshold
        right, wrong = refused[labels == 0].mean(), refused[labels == 1].mean()
        print(f"{threshold:.2f}: refuses {right:.3f} of the unanswerable and {wrong:.3f} of the answerable questions")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
