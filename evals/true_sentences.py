"""True sentences with the passages that support them: out of the originals, our digests and their gists."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.document import Passage
from ingest.sentences import sentences
from retrieval.answer import Language

Half = Literal["tune", "report"]
Written = Literal["original", "digest", "gist nl", "gist en"]
_WORDS = range(7, 46)


@dataclass(frozen=True, slots=True)
class TrueSentence:
    """A sentence, the passage in which it stands, and for our own words the passages of the source it summarises.

    All passages are `Passage.searchable`. `half` is fixed by source and section: half the sections are tuned on.
    """

    text: str
    written: Written
    half: Half
    section: str
    own: tuple[str, ...]
    originals: tuple[str, ...]

    @property
    def language(self) -> Language:
        """Language of the sentence."""
        return "en" if self.written == "gist en" else "nl"


def true_sentences(passages: Sequence[Passage]) -> list[TrueSentence]:
    """Every sentence of 7 to 45 words of the passages; one of ours only if the place it names is held."""
    originals: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        if passage.form == "original":
            originals[passage.source_id].append(passage)
    found: list[TrueSentence] = []
    for passage in passages:
        if passage.form == "catalogue" or passage.about or passage.kind in ("table", "note"):
            continue
        place = passage if passage.form == "original" else None
        rests_on = [place] if place else list(_at(passage, originals[passage.source_id]))
        if rests_on:
            found += _sentences(passage, tuple(p.searchable for p in rests_on))
    return found


def _sentences(passage: Passage, originals: tuple[str, ...]) -> Iterator[TrueSentence]:
    section = f"{passage.source_id}|{passage.locator.article or '/'.join(passage.locator.section[-1:])}"
    half: Half = "tune" if hashlib.sha256(section.lower().encode()).digest()[0] % 2 else "report"
    for text in sentences(passage.text):
        text = " ".join(text.split())
        if len(text.split()) in _WORDS and re.match(r"[\"'‘“]?[A-Z0-9]", text) and text[-1] in ".!?;":
            yield TrueSentence(text, _written(passage), half, section, (passage.searchable,), originals)


def _written(passage: Passage) -> Written:
    if passage.form == "original":
        return "original"
    if passage.kind != "gist":
        return "digest"
    return "gist en" if passage.language == "en" else "gist nl"


def _at(passage: Passage, originals: Sequence[Passage]) -> Iterator[Passage]:
    """The passages of the original that stand where a digest says it found what it says."""
    place = passage.locator
    articles = [article.strip().lower() for article in (place.article or "").split(",")]
    for original in originals:
        there = original.locator
        if place.article:
            held = (there.article or "").lower() in articles
        elif passage.kind != "gist" and place.page is not None:
            first, last = there.page or 0, there.page_end or there.page or 0
            held = first <= (place.page_end or place.page) and last >= place.page
        else:
            held = bool(place.section) and there.section[-1:] == place.section[-1:]
        if held:
            yield original
