"""The content words of a question, and how well a text matches each of them in meaning."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.e5 import Embedded
from ingest.index.lexical import Lexical, words

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")


@dataclass(frozen=True, slots=True, eq=False)
class ContentWord:
    """A content word: which tokens of the question (m,) are of it, and its rarity in what is held, from 0."""

    tokens: NDArray[np.bool_]
    rarity: float


def content_words(question: str, query: Embedded, lexical: Lexical) -> list[ContentWord]:
    """The content words of a question in order, a compound with hyphens as one."""
    starts, ends = query.spans.T
    found = []
    for match in _WORD.finditer(question):
        stems = words(match[0])
        tokens = (starts < match.end()) & (ends > match.start())
        if stems and tokens.any():
            found.append(ContentWord(tokens, max(map(lexical.rarity, stems))))
    return found


def by_word(matches: NDArray[np.float32], asked: Sequence[ContentWord]) -> NDArray[np.float32]:
    """(n, words): from the matches (n, m) of texts with the tokens of a question, those with its content words."""
    found = [matches[:, word.tokens].mean(axis=1) for word in asked]
    return np.stack(found, axis=1) if found else np.zeros((len(matches), 0), dtype=np.float32)


def weighted(by_words: NDArray[np.float32], asked: Sequence[ContentWord]) -> NDArray[np.float32]:
    """(n,): the mean match of each text, a rare word counting more; 0 without a content word."""
    weights = np.array([word.rarity for word in asked], dtype=np.float32)
    if not weights.sum():
        return np.zeros(len(by_words), dtype=np.float32)
    mean: NDArray[np.float32] = by_words @ (weights / weights.sum())
    return mean
