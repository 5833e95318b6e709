"""The lexical index: BM25 over Dutch word stems (home of bm25s and PyStemmer).

Source: Lù 2024, BM25S, arXiv:2407.03618; Snowball Dutch (Kraaij & Pohlmann).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import bm25s
import numpy as np
import Stemmer
from numpy.typing import NDArray

_WORD = re.compile(r"[^\W_]+(?:[:.]\d+)*")
# Function words carry no subject; articles of law are found by number, so digits stay.
_STOP = frozenset(
    "de het een en van in op te ten ter der den des is zijn was waren wordt worden werd dat die dit deze er aan "
    "met voor bij uit over om door naar als ook of maar dan dus want niet geen wel nog al zo je u we wij zij ze "
    "hij hun hen haar ons onze men mijn uw jouw wat welke welk wie waar wanneer hoe waarom waarvoor kan kunnen "
    "mag mogen moet moeten zal zullen wil willen heb hebt heeft hebben had hadden the a an of to and or in on for "
    "with is are was were be by at from that this these those which what who where when how why can may must "
    "should do does did not it its as".split()
)


def words(text: str) -> list[str]:
    """Stems of the content words of a text, accents folded, in order."""
    folded = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    content = [word for word in _WORD.findall(plain) if word not in _STOP]
    stems: list[str] = Stemmer.Stemmer("dutch").stemWords(content)
    return stems


def write_lexical(folder: Path, texts: Sequence[str]) -> None:
    """Index all texts, row n for text n."""
    index = bm25s.BM25(k1=1.2, b=0.75)
    index.index([words(text) or [""] for text in texts], show_progress=False)
    index.save(str(folder))


class Lexical:
    """A published lexical index, memory-mapped."""

    def __init__(self, folder: Path) -> None:
        self._index = bm25s.BM25.load(str(folder), mmap=True)
        self._starts = np.asarray(self._index.scores["indptr"])

    @property
    def count(self) -> int:
        """How many passages are indexed."""
        return int(self._index.scores["num_docs"])

    def postings(self) -> tuple[NDArray[np.int64], NDArray[np.int64], dict[str, int]]:
        """Passage row and word number of every entry, and the number of each word."""
        starts, rows = np.asarray(self._index.scores["indptr"]), np.asarray(self._index.scores["indices"])
        numbers = np.repeat(np.arange(len(starts) - 1, dtype=np.int64), np.diff(starts))
        return rows.astype(np.int64), numbers, dict(self._index.vocab_dict)

    def knows(self, word: str) -> bool:
        """Whether a passage holds a word, or it has no content of its own."""
        return all(stem in self._index.vocab_dict for stem in words(word))

    def rarity(self, stem: str) -> float:
        """Inverse document frequency of a stem: logarithm of the share of the passages that hold it, negated."""
        number = self._index.vocab_dict.get(stem)
        held = 0 if number is None else int(self._starts[number + 1] - self._starts[number])
        return math.log((self.count + 1) / (held + 1))

    def scores(self, text: str) -> NDArray[np.float32]:
        """(passages,): BM25 score of every passage row for the words of a question, 0 without a shared word."""
        known = [word for word in words(text) if word in self._index.vocab_dict]
        if not known:
            return np.zeros(self.count, dtype=np.float32)
        return np.asarray(self._index.get_scores(known), dtype=np.float32)
