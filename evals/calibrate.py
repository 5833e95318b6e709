"""Fit retrieval/confidence.yaml on the evaluation set and on questions made for it: `python -m evals.calibrate
DATA_FOLDER...`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus import shipped
from corpus.everyday import read_everyday
from evals.question import Question, read_calibration, read_questions
from evals.run import askable
from ingest.embed import DEFAULT_MODEL, Embedder, Vectors, open_embedder
from ingest.index.generation import DataFolder
from retrieval.confidence import FITTED, THRESHOLD, USUAL, Fitted, leaning
from retrieval.engine import Engine

_SEED = 6
_FOLDS = 10
# Newton's method; the pull keeps a cue without counterexample from settling everything.
_STEPS, _PULL = 50, 1e-2
_HEAD = "# Written by `python -m evals.calibrate`; see docs/quality.md.\n"


@dataclass(frozen=True, eq=False)
class Seen:
    """Questions asked of the indexes: what the estimate looks at (n, d), vectors (n, dimension), labels (n,) that are
    1 where there is an answer, and the group of each, which no split parts. `everyday` (e, dimension) are the vectors
    of the everyday questions, all answerable."""

    features: np.ndarray
    vectors: np.ndarray
    labels: np.ndarray
    groups: tuple[str, ...]
    everyday: np.ndarray

    def some(self, rows: np.ndarray) -> Seen:
        """Only these questions."""
        groups = tuple(np.array(self.groups)[rows])
        return Seen(self.features[rows], self.vectors[rows], self.labels[rows], groups, self.everyday)


def logistic(features: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Logistic regression on standardised features: (n, d) and (n,) -> (d + 1,) weights, the bias last."""
    mean, spread = features.mean(axis=0), features.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    scaled = np.column_stack([(features - mean) / spread, np.ones(len(features))])
    weights = np.zeros(scaled.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-scaled @ weights))
        slope = scaled.T @ (chance - labels) / len(labels) + _PULL * weights
        curve = (scaled * (chance * (1 - chance))[:, None]).T @ scaled / len(labels) + _PULL * np.eye(len(weights))
        weights -= np.linalg.solve(curve, slope)
    raw = weights[:-1] / spread
    return np.append(raw, weights[-1] - raw @ mean)


def discriminant(seen: Seen) -> tuple[np.ndarray, float]:
    """Fisher's linear discriminant between vectors of answerable and unanswerable questions: direction and offset.

    A third of the answerable side are the everyday questions: they keep plain wording from looking unanswerable. The
    covariance is taken over all vectors and its mean variance added to every dimension, as there are few questions.
    """
    every = np.vstack([seen.vectors, seen.everyday])
    covariance = np.cov(every.T)
    covariance += np.eye(len(covariance)) * np.trace(covariance) / len(covariance)
    answerable = (2 * seen.vectors[seen.labels == 1].mean(axis=0) + seen.everyday.mean(axis=0)) / 3
    unanswerable = seen.vectors[seen.labels == 0].mean(axis=0)
    direction = np.linalg.solve(covariance, answerable - unanswerable)
    return direction, float(-direction @ (answerable + unanswerable) / 2)


def fit(seen: Seen) -> Fitted:
    """Both steps. The weights are fitted on how each question leans by a direction found without it."""
    leans = np.zeros(len(seen.labels))
    for left_out in folds(seen.groups):
        direction, offset = discriminant(seen.some(~left_out))
        leans[left_out] = seen.vectors[left_out] @ direction + offset
    weights = logistic(np.column_stack([seen.features[:, :-1], leans]), seen.labels)
    direction, offset = discriminant(seen)
    whole = np.round(direction * 100).astype(int)
    usual = np.round(seen.features[seen.labels == 1][:, USUAL].mean(axis=0), 3)
    return Fitted(
        weights=tuple(np.round(weights, 3)),
        direction=tuple(whole.tolist()),
        offset=round(offset, 4),
        usual=(float(usual[0]), float(usual[1]), float(usual[2])),
    )


def chances(seen: Seen, fitted: Fitted) -> np.ndarray:
    """(n,): the estimate for each question."""
    leans = np.array([leaning(vector, fitted) for vector in seen.vectors])
    weights = np.array(fitted.weights)
    estimate: np.ndarray = 1 / (
        1 + np.exp(-(np.column_stack([seen.features[:, :-1], leans]) @ weights[:-1] + weights[-1]))
    )
    return estimate


def cross_validated(seen: Seen) -> np.ndarray:
    """(n,): the chance of each question as fitted without it and the others of its group."""
    chance = np.zeros(len(seen.labels))
    for left_out in folds(seen.groups):
        chance[left_out] = chances(seen.some(left_out), fit(seen.some(~left_out)))
    return chance


def folds(groups: Sequence[str]) -> list[np.ndarray]:
    """Masks (n,) of what each fold leaves out."""
    names = {name: place for place, name in enumerate(sorted(set(groups)))}
    fold = np.random.default_rng(_SEED).permutation(len(names)) % _FOLDS
    of_question = np.array([fold[names[group]] for group in groups])
    return [mask for number in range(_FOLDS) if (mask := of_question == number).any()]


def group_of(question: Question) -> str:
    """Pairs stay together, and so do the questions for calibration with one gold place, often translations."""
    if question.split == "calibration" and question.gold:
        return question.gold[0].model_dump_json()
    return question.pair or question.id


def _ask(root: Path, asked: Sequence[Question]) -> list[tuple[Question, tuple[float, ...], Vectors]]:
    """The questions whose sources an index holds, what the estimate looks at for each, and its vector."""
    data = DataFolder(root)
    with Engine(data, lambda: open_embedder(DEFAULT_MODEL, data.models)) as engine:
        embed = engine.embedder.embed_query
        return [(q, engine.confidence_features(q.question), embed(q.question).vector) for q in askable(engine, asked)]


def _everyday(embedder: Embedder) -> np.ndarray:
    asked = [asked for source in read_everyday(shipped()) for asked in source.questions]
    return np.array([embedder.embed_query(text).vector for a in asked for text in (*a.nl, *a.en)], dtype=np.float64)


def main() -> int:
    """Write the weights that suit all the indexes together; print what each threshold would refuse of the dev
    questions and of those for calibration, left out of the fit, and what the threshold in use does on each index."""
    questions = [q for q in read_questions() if q.split == "dev" and q.type != "hostile"]
    questions += read_calibration()
    by_root = [_ask(Path(root), questions) for root in sys.argv[1:]]
    rows = [row for asked in by_root for row in asked]
    models = DataFolder(Path(sys.argv[1])).models
    seen = Seen(
        features=np.array([features for _, features, _ in rows]),
        vectors=np.array([vector for _, _, vector in rows], dtype=np.float64),
        labels=np.array([float(q.answerable) for q, _, _ in rows]),
        groups=tuple(group_of(q) for q, _, _ in rows),
        everyday=_everyday(open_embedder(DEFAULT_MODEL, models)),
    )
    left_out = cross_validated(seen)
    splits = np.array([q.split for q, _, _ in rows])
    roots = np.repeat(np.arange(len(by_root)), [len(asked) for asked in by_root])
    for split in ("dev", "calibration"):
        for threshold in np.arange(0.1, 0.6, 0.02):
            _tell(f"{split} {threshold:.2f}", left_out < threshold, seen.labels, splits == split)
        for number, root in enumerate(sys.argv[1:]):
            _tell(f"{split} in use, {root}", left_out < THRESHOLD, seen.labels, (splits == split) & (roots == number))
    fitted = fit(seen)
    lines = "".join(f"{name}: {list(value)}\n" for name, value in fitted if isinstance(value, tuple))
    FITTED.write_text(f"{_HEAD}{lines}offset: {fitted.offset}\n", encoding="utf-8")
    print("weights", fitted.weights)
    return 0


def _tell(name: str, refused: np.ndarray, labels: np.ndarray, chosen: np.ndarray) -> None:
    missing, wrong = (refused[chosen & (labels == side)].mean() for side in (0, 1))
    print(f"{name}: refuses {missing:.3f} of the unanswerable and {wrong:.3f} of the answerable questions")


if __name__ == "__main__":
    raise SystemExit(main())
