"""Two runs over the same questions: the difference of every measure, with a paired bootstrap interval.

Source: Efron & Tibshirani 1993 (percentile interval); paired, so that hard questions weigh on both runs alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evals.metrics import Values

_RESAMPLES, _SEED = 10_000, 20_260_101


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure in two runs over `n` questions, and the 95 % interval (`low`, `high`) of after minus before."""

    measure: str
    n: int
    before: float
    after: float
    low: float
    high: float

    @property
    def certain(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


def compare(before: Mapping[str, Values], after: Mapping[str, Values], measures: Sequence[str]) -> list[Difference]:
    """Differences of these measures over the questions that both runs have them for, by question id."""
    found = []
    for measure in measures:
        common = [q for q in sorted(before.keys() & after.keys()) if measure in before[q] and measure in after[q]]
        if common:
            old = np.array([before[question][measure] for question in common])
            new = np.array([after[question][measure] for question in common])
            low, high = _interval(new - old)
            found.append(Difference(measure, len(common), float(old.mean()), float(new.mean()), low, high))
    return found


def _interval(differences: np.ndarray) -> tuple[float, float]:
    generator = np.random.default_rng(_SEED)
    drawn = generator.integers(len(differences), size=(_RESAMPLES, len(differences)))
    low, high = np.percentile(differences[drawn].mean(axis=1), (2.5, 97.5))
    return float(low), float(high)
