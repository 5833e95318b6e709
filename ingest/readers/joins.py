"""Joining lines into running text: end-of-line hyphens undone, real hyphens kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_BROKEN = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*)-$")
# Vowels that Dutch spelling keeps apart by a hyphen where two words meet ("zee-eend"); -um and -us are Latin endings.
_CLASH = re.compile(r"(?:a-[aeiu]|e-[eiu]|i-[eij]|o-[eiou]|u-[iu])(?!(?:m|s|ms)\b)")
_CONJUNCTION = re.compile(r"(en|of|and|or|tot)\b")
SENTENCE_END = re.compile(r"[.!?:;…][\"'”’»)\]]*$")


class Joiner:
    """Joins lines of one document; its own words decide which hyphens are real.

    A word that the document also writes unbroken loses the hyphen; one that it writes with a hyphen inside a
    line keeps it, and so does one that spelling asks it of; an elliptic "woon-" before "en" keeps hyphen and space.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._words: Counter[str] = Counter()
        for line in lines:
            for word in _WORD.findall(re.sub(r"-$", "", line)):
                self._words[word.lower()] += 1

    def join(self, left: str, right: str) -> str:
        """`left` and the line after it, as one text."""
        broken = _BROKEN.search(left)
        if not broken or not right:
            return f"{left} {right}".strip()
        if _CONJUNCTION.match(right):
            return f"{left} {right}"
        following = _WORD.match(right)
        if not following or not following[0][0].islower():
            return left + right
        return left + right if self._is_real(broken[1].lower(), following[0].lower()) else left[:-1] + right

    def _is_real(self, head: str, tail: str) -> bool:
        tail_part = tail.split("-")[0]
        last = head.split("-")[-1]
        solid = self._words[head + tail] + self._words[last + tail_part]
        hyphened = self._words[f"{head}-{tail}"] + self._words[f"{last}-{tail_part}"]
        if solid == hyphened == 0:
            return bool(_CLASH.match(f"{last[-1]}-{tail_part}"))
        return hyphened > solid
