"""Fit the weights of retrieval/confidence.py on the evaluation set: `python -m evals.calibrate DATA_FOLDER...`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evals.question import Question, read_questions
from ingest.embed import DEFAULT_MODEL, open_embedder
from ingest.index.generation import DataFolder
from retrieval.engine import Engine

_SEED = 6
# Gradient descent; the pull keeps a cue without counterexample from settling everything.
_STEPS, _RATE, _PULL = 20_000, 0.5, 1e-2


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


def cross_validated(features: np.ndarray, labels: np.ndarray, groups: Sequence[str], folds: int = 10) -> np.ndarray:
    """(n,): the chance of each question by weights fitted without it and the others of its group."""
    names = sorted(set(groups))
    shuffled = np.random.default_rng(_SEED).permutation(len(names)) % folds
    fold = np.array([shuffled[names.index(group)] for group in groups])
    chance = np.zeros(len(labels))
    for left_out in range(folds):
        out = fold == left_out
        chance[out] = _chances(features[out], fit(features[~out], labels[~out]))
    return chance


def _chances(features: np.ndarray, weights: np.ndarray) -> np.ndarray:
    chances: np.ndarray = 1 / (1 + np.exp(-(features @ weights[:-1] + weights[-1])))
    return chances


def _seen(root: Path) -> list[tuple[Question, tuple[float, ...]]]:
    """The dev questions whose sources an index holds, and what the estimate looks at for each."""
    data = DataFolder(root)
    with Engine(data, lambda: open_embedder(DEFAULT_MODEL, data.models)) as engine:
        held = {holding.source.id for holding in engine.holdings}
        questions = [q for q in read_questions() if q.split == "dev" and q.type != "hostile"]
        asked = [q for q in questions if all(place.source in held for place in q.gold)]
        return [(q, engine.confidence_features(q.question)) for q in asked]


def main() -> int:
    """Print the weights that suit all the indexes together, and what each threshold would refuse: of the questions
    fitted on, and of questions left out of the fit."""
    seen = [pair for root in sys.argv[1:] for pair in _seen(Path(root))]
    features = np.array([row for _, row in seen])
    labels = np.array([float(q.answerable) for q, _ in seen])
    weights = fit(features, labels)
    print("weights", np.round(weights, 2).tolist())
    fitted, left_out = _chances(features, weights), cross_validated(features, labels, [q.pair or q.id for q, _ in seen])
    for threshold in np.arange(0.1, 0.7, 0.05):
        shares = [(chance < threshold)[labels == side].mean() for chance in (fitted, left_out) for side in (0, 1)]
        print(
            f"{threshold:.2f}: refuses {shares[0]:.3f} of the unanswerable and {shares[1]:.3f} of the answerable "
            f"questions; left out {shares[2]:.3f} and {shares[3]:.3f}"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
