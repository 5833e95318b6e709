"""Token vectors at one bit a dimension, for late interaction: a question against the tokens of a passage.

Every question token takes its best match among the passage's tokens, and the mean of these is the score (MaxSim of
ColBERT, Khattab & Zaharia 2020, arXiv:2004.12832). Vectors are centred first, since those of e5 all point much the
same way; of a passage's token only the signs are kept (48 bytes for 384 dimensions), the question keeps its floats.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.e5 import Embedded
from ingest.embed import Vectors

Bits = NDArray[np.uint8]
Spans = NDArray[np.int32]

_BLOCK = 2048  # tokens unpacked at a time: they stay in the processor's cache


@dataclass(frozen=True, slots=True, eq=False)
class PassageTokens:
    """Tokens of one passage: sign bits (t, dimension / 8) and places (t, 2) in its searchable text."""

    bits: Bits
    spans: Spans


def pack(embedded: Embedded, centre: Vectors) -> PassageTokens:
    """The signs of the centred token vectors."""
    bits = np.packbits(embedded.tokens > centre, axis=1)
    return PassageTokens(bits, embedded.spans.astype(np.int32))


def centre_of(embedded: Sequence[Embedded]) -> Vectors:
    """(dimension,): the mean token vector."""
    mean: Vectors = np.concatenate([text.tokens for text in embedded]).mean(axis=0).astype(np.float32)
    return mean


def write_tokens(folder: Path, passages: Sequence[PassageTokens], centre: Vectors) -> None:
    """Write all passages, row n for passage n."""
    folder.mkdir()
    starts = np.cumsum([0, *(len(passage.bits) for passage in passages)], dtype=np.int64)
    np.save(folder / "starts.npy", starts)
    nothing = PassageTokens(np.zeros((0, -(-len(centre) // 8)), dtype=np.uint8), np.zeros((0, 2), dtype=np.int32))
    np.save(folder / "bits.npy", np.concatenate([nothing.bits, *(passage.bits for passage in passages)]))
    np.save(folder / "spans.npy", np.concatenate([nothing.spans, *(passage.spans for passage in passages)]))
    np.save(folder / "centre.npy", centre)


class TokenIndex:
    """The published tokens, memory-mapped."""

    def __init__(self, folder: Path) -> None:
        self._starts = np.load(folder / "starts.npy")
        self._bits = np.load(folder / "bits.npy", mmap_mode="r")
        self._spans = np.load(folder / "spans.npy", mmap_mode="r")
        self._centre = np.load(folder / "centre.npy")

    @property
    def count(self) -> int:
        """How many passages have tokens."""
        return len(self._starts) - 1

    def is_whole(self) -> bool:
        """Whether the parts fit each other: every token has its bits and its place."""
        starts = self._starts
        ends_right = starts[0] == 0 and starts[-1] == len(self._spans) == len(self._bits)
        return bool(ends_right and np.all(np.diff(starts) >= 0))

    def places(self, row: int) -> Spans:
        """(t, 2): where the tokens of a passage stand in its searchable text."""
        return np.asarray(self._spans[self._starts[row] : self._starts[row + 1]])

    def within(self, row: int, start: int, end: int) -> Bits:
        """(t, dimension / 8): signs of the tokens of a stretch of the searchable text of a passage."""
        places = self.places(row)
        inside = (places[:, 0] >= start) & (places[:, 1] <= end)
        return np.asarray(self._bits[self._starts[row] : self._starts[row + 1]][inside])

    def question(self, embedded: Embedded) -> Vectors:
        """(m, dimension): a question's token vectors, centred, of unit length; one zero row if it has no tokens."""
        if not len(embedded.tokens):
            return np.zeros((1, len(self._centre)), dtype=np.float32)
        centred = embedded.tokens - self._centre
        unit: Vectors = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-12)
        return unit

    def scores(self, question: Vectors, rows: Sequence[int]) -> NDArray[np.float32]:
        """(rows,): mean over the question's tokens of the best match in each passage, between -1 and 1."""
        found = np.zeros(len(rows), dtype=np.float32)
        filled = [n for n, row in enumerate(rows) if self._starts[row + 1] > self._starts[row]]
        if not filled:
            return found
        bits = [self._bits[self._starts[rows[n]] : self._starts[rows[n] + 1]] for n in filled]
        firsts = np.cumsum([0, *(len(passage) for passage in bits[:-1])])
        best = np.maximum.reduceat(_matches(np.concatenate(bits), question), firsts, axis=0)
        found[filled] = best.mean(axis=1)
        return found

    def best(self, question: Vectors, rows: Sequence[int]) -> NDArray[np.float32]:
        """(m,): the best match of each token of a question among the tokens of these passages, -1 without any."""
        bits = [self._bits[self._starts[row] : self._starts[row + 1]] for row in rows]
        if not any(map(len, bits)):
            return np.full(len(question), -1, dtype=np.float32)
        best: NDArray[np.float32] = _matches(np.concatenate(bits), question).max(axis=0)
        return best

    def span_matches(self, question: Vectors, spans: Sequence[tuple[int, int, int]]) -> NDArray[np.float32]:
        """(spans, m): the best match of each token of a question in stretches (row, start, end) of the searchable text
        of passages, -1 without a token there."""
        rows = list(dict.fromkeys(row for row, _, _ in spans))
        found = np.full((len(spans), len(question)), -1, dtype=np.float32)
        if not rows:
            return found
        tokens = [slice(self._starts[row], self._starts[row + 1]) for row in rows]
        firsts = dict(zip(rows, np.cumsum([0, *(t.stop - t.start for t in tokens[:-1])]), strict=True))
        matches = _matches(np.concatenate([self._bits[t] for t in tokens]), question)
        for n, (row, start, end) in enumerate(spans):
            places = self._spans[self._starts[row] : self._starts[row + 1]]
            inside = (places[:, 0] >= start) & (places[:, 1] <= end)
            if inside.any():
                found[n] = matches[firsts[row] : firsts[row] + len(places)][inside].max(axis=0)
        return found


def _matches(bits: Bits, question: Vectors) -> NDArray[np.float32]:
    """(t, m): cosine of every token's signs with every token of the question."""
    dimension = question.shape[1]
    matches = np.empty((len(bits), len(question)), dtype=np.float32)
    # a sign is twice its bit less one: the bits are multiplied, and the rest is done on the small result
    doubled = 2 * question.T
    for start in range(0, len(bits), _BLOCK):
        block = slice(start, start + _BLOCK)
        np.matmul(np.unpackbits(bits[block], axis=1, count=dimension).astype(np.float32), doubled, out=matches[block])
    matches -= question.sum(axis=1)
    matches /= np.float32(np.sqrt(dimension))
    return matches
