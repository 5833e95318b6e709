"""The index of pointers: texts that lead to passages, found by meaning and scored by late interaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.e5 import Embedded
from ingest.embed import Vectors
from ingest.index.tokens import PassageTokens, TokenIndex, write_tokens

_STATEMENTS = "statements.json"
_NEAREST = 250  # pointers that are scored by their tokens


def write_pointers(
    folder: Path,
    rows: Sequence[Sequence[int]],
    statements: Sequence[str | None],
    vectors: Vectors,
    tokens: Sequence[PassageTokens],
    centre: Vectors,
) -> None:
    """Write pointer n, with row n of `vectors` (n, dimension) and its tokens, as leading to the passages `rows[n]` and
    to the statement `statements[n]`, if to one."""
    folder.mkdir()
    texts = {text: number for number, text in enumerate(dict.fromkeys(filter(None, statements)))}
    (folder / _STATEMENTS).write_text(json.dumps(list(texts), ensure_ascii=False), encoding="utf-8")
    np.save(folder / "stated.npy", np.array([texts[text] if text else -1 for text in statements], dtype=np.int64))
    np.save(folder / "vectors.npy", vectors)
    np.save(folder / "starts.npy", np.cumsum([0, *map(len, rows)], dtype=np.int64))
    np.save(folder / "rows.npy", np.array([row for led_to in rows for row in led_to], dtype=np.int64))
    write_tokens(folder / "tokens", tokens, centre)


@dataclass(frozen=True, slots=True)
class Lead:
    """A pointer's score by late interaction, between -1 and 1, the passage rows to which it leads, and the statement
    of a digest, if it leads to one."""

    score: float
    rows: tuple[int, ...]
    statement: str | None = None


class PointerIndex:
    """The published pointers, memory-mapped."""

    def __init__(self, folder: Path) -> None:
        self._vectors = np.load(folder / "vectors.npy", mmap_mode="r")
        self._starts = np.load(folder / "starts.npy")
        self._rows = np.load(folder / "rows.npy")
        self._tokens = TokenIndex(folder / "tokens")
        self._stated = np.load(folder / "stated.npy")
        self._statements: list[str] = json.loads((folder / _STATEMENTS).read_text(encoding="utf-8"))

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
        fit = len(self._vectors) == self.count == self._tokens.count == len(self._stated) and self._tokens.is_whole()
        told = np.all((self._stated >= -1) & (self._stated < len(self._statements)))
        return bool(
            leads
            and fit
            and told
            and np.all(np.diff(self._starts) > 0)
            and np.all((self._rows >= 0) & (self._rows < passages))
        )

    def nearest(self, query: Embedded) -> list[Lead]:
        """The pointers near a query, in no order."""
        nearest = np.argsort(-(self._vectors @ query.vector), kind="stable")[:_NEAREST]
        scores = self._tokens.scores(self._tokens.question(query), nearest.tolist())
        return [self._lead(int(pointer), float(score)) for pointer, score in zip(nearest, scores, strict=True)]

    def _lead(self, pointer: int, score: float) -> Lead:
        rows = self._rows[self._starts[pointer] : self._starts[pointer + 1]]
        stated = int(self._stated[pointer])
        return Lead(score, tuple(rows.tolist()), self._statements[stated] if stated >= 0 else None)
