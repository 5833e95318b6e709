"""The index of pointers: texts that lead to passages, found by meaning and scored by late interaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.e5 import Embedded
from ingest.embed import Vectors
from ingest.index.tokens import PassageTokens, TokenIndex, write_tokens

_NEAREST = 100  # pointers that are scored by their tokens


def write_pointers(
    folder: Path,
    rows: Sequence[Sequence[int]],
    vectors: Vectors,
    tokens: Sequence[PassageTokens],
    centre: Vectors,
) -> None:
    """Write pointer n, with row n of `vectors` (n, dimension) and its tokens, as leading to the passages `rows[n]`."""
    folder.mkdir()
    np.save(folder / "vectors.npy", vectors)
    np.save(folder / "starts.npy", np.cumsum([0, *map(len, rows)], dtype=np.int64))
    np.save(folder / "rows.npy", np.array([row for led_to in rows for row in led_to], dtype=np.int64))
    write_tokens(folder / "tokens", tokens, centre)


@dataclass(frozen=True, slots=True)
class Lead:
    """A pointer's score by late interaction, between -1 and 1, and the passage rows to which it leads."""

    score: float
    rows: tuple[int, ...]


class PointerIndex:
    """The published pointers, memory-mapped."""

    def __init__(self, folder: Path) -> None:
        self._vectors = np.load(folder / "vectors.npy", mmap_mode="r")
        self._starts = np.load(folder / "starts.npy")
        self._rows = np.load(folder / "rows.npy")
        self._tokens = TokenIndex(folder / "tokens")

    @property
    def count(self) -> int:
        """How many pointers there are."""
        return len(self._starts) - 1

    @property
    def rows(self) -> NDArray[np.int64]:
        """The passage rows to which pointers lead; a row may come more than once."""
        rows: NDArray[np.int64] = self._rows
        return rows

    def is_whole(self, passages: int) -> bool:
        """Whether the parts fit each other, and every pointer leads to some of that many passages."""
        leads = len(self._starts) and self._starts[0] == 0 and self._starts[-1] == len(self._rows)
        fit = len(self._vectors) == self.count == self._tokens.count and self._tokens.is_whole()
        return bool(
            leads and fit and np.all(np.diff(self._starts) > 0) and np.all((self._rows >= 0) & (self._rows < passages))
        )

    def nearest(self, query: Embedded) -> list[Lead]:
        """The pointers near a query, in no order."""
        nearest = np.argsort(-(self._vectors @ query.vector), kind="stable")[:_NEAREST]
        scores = self._tokens.scores(self._tokens.question(query), nearest.tolist())
        return [
            Lead(float(score), tuple(self._rows[self._starts[pointer] : self._starts[pointer + 1]].tolist()))
            for pointer, score in zip(nearest, scores, strict=True)
        ]
