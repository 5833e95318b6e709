"""Quotes: whether words stand in a source exactly, after a normalisation that anyone can repeat."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

_QUOTES = dict.fromkeys("‘’‚‛′`´", "'") | dict.fromkeys("“”„‟″«»", '"')
_DASHES = dict.fromkeys("‐‑‒–—―−", "-")
_DROPPED = dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_TABLE = str.maketrans({**_QUOTES, **_DASHES, **_DROPPED, "…": "..."})
_SPACE = re.compile(r"\s+")
_MARKED = re.compile(r"“([^“”]+)”|„([^„“”]+)[“”]|«([^«»]+)»|\"([^\"]+)\"|‘([^‘’]+(?:’\w[^‘’]*)*)’(?!\w)")
MIN_WORDS = 3
"""Fewer words between quotation marks are a term, not a quote."""


def normalised(text: str) -> str:
    """The text as quotes are compared.

    In this order: Unicode NFC; curly, low and angled quotation marks become ' or "; every dash and hyphen becomes -;
    soft hyphens and zero-width characters are dropped; … becomes three stops; white space of any kind and length
    becomes one space, and that at either end is dropped. Nothing else: case, accents and punctuation count.
    """
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text).translate(_TABLE)).strip()


def stands_in(quote: str, passages: Iterable[str]) -> bool:
    """Whether a quote stands in one of the passages, whole words, after `normalised`."""
    wanted = normalised(quote)
    if not wanted:
        return False
    pattern = re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)")
    return any(pattern.search(normalised(passage)) for passage in passages)


def marked_quotes(sentence: str) -> Iterator[str]:
    """What a sentence has between quotation marks, of at least three words; a stop or comma at its end left out."""
    for match in _MARKED.finditer(sentence):
        said = next(group for group in match.groups() if group is not None).strip().rstrip(".,;:")
        if len(said.split()) >= MIN_WORDS:
            yield said
