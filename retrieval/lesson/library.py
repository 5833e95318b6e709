"""The texts that lessons are made from, as citable stretches: our digests, catalogue and glossary, and originals that
have no digest."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from corpus import Source
from ingest.document import Block, Document, Passage
from ingest.index.lexical import words
from ingest.passages import place_at, split
from ingest.sentences import sentence_spans
from retrieval.answer import Citation, Language
from retrieval.cite import mark_length
from retrieval.engine import Engine

_ROOT = 7  # letters by which two words are known to be of one root
# Words that point back to a sentence before: without it, what they stand for is lost.
_BACK = frozenset(
    "dit deze dan dus daar daarmee daardoor daarom daarbij daarin daarvan daarvoor hun hen zij ze zulke ook echter "
    "hierbij hierdoor hiermee hiervan zo zowel toch bovendien this these they their them such also however therefore "
    "thus it he she".split()
)


def stands_alone(sentence: str) -> bool:
    """Whether a sentence can be read without the one before it."""
    said = re.findall(r"\w+", sentence.lower())
    return sentence.endswith(".") and sentence[:1].isupper() and not _BACK & set(said)


def place_of(citation: Citation) -> tuple[str, str]:
    """The section or article that a citation stands in, with its source."""
    place = citation.locator
    return citation.source.id, place.article or "".join(place.section[-1:])


def stems(text: str) -> str:
    """The stems of a text in order, each between spaces, so that a name can be looked up in it."""
    return f" {' '.join(words(text))} "


def share_a_root(text: str, other: str) -> bool:
    """Whether a word of each begins alike, so that the one gives the other away."""
    return bool({word[:_ROOT] for word in words(text)} & {word[:_ROOT] for word in words(other)})


def is_of_the_whole(citation: Citation) -> bool:
    """Whether a citation is of a document as a whole: that says what the document is, not what it teaches."""
    return place_of(citation)[1] in (citation.source.title, citation.source.short_title)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A paragraph, list item, gist or statement with the passage and the record that it is cited by."""

    block: Block
    passage: Passage
    source: Source

    @property
    def text(self) -> str:
        """Its words."""
        return self.block.text

    def cited(self, start: int = 0, end: int | None = None) -> Citation:
        """A citation of `text[start:end]`; it is numbered when the lesson is complete."""
        end = len(self.text) if end is None else end
        first = self.block.start + start
        return Citation(
            n=0,
            source=self.source,
            passage=self.passage,
            locator=place_at(self.block, first),
            quote=self.text[start:end],
            char_start=first,
            char_end=self.block.start + end,
        )

    def sentences(self) -> Iterator[Citation]:
        """Its sentences; a list item is one, however many stops it has, without its mark."""
        is_item = self.block.kind == "item"
        spans = [(mark_length(self.text), len(self.text))] if is_item else sentence_spans(self.text)
        for start, end in spans:
            yield self.cited(start, end)


class Library:
    """All stretches, by document and by their words."""

    def __init__(self, engine: Engine) -> None:
        held = {(holding.source.id, holding.form) for holding in engine.holdings}
        self._records = {holding.source.id: holding.source for holding in engine.holdings}
        self.stretches: list[Stretch] = []
        for holding in engine.holdings:
            if holding.form != "original" or (holding.source.id, "digest") not in held:
                self.stretches += self._of(engine.document(holding.source.id, holding.form))
        self._stems: dict[str, list[str]] = {"nl": [], "en": []}
        for stretch in self.stretches:
            self._stems[stretch.block.language].append(stems(stretch.text))
        self._by_text = {(stretch.block.language, stretch.text): stretch for stretch in reversed(self.stretches)}

    def _of(self, document: Document) -> Iterator[Stretch]:
        passages = split(document)
        starts = [passage.start for passage in passages]
        for block in document.blocks:
            index = bisect_right(starts, block.start) - 1
            if block.kind == "heading" or index < 0 or passages[index].end < block.end:
                continue
            record = self._records.get(block.about or "", document.source)
            yield Stretch(block, passages[index], record)

    def rarity(self, name: str, language: Language) -> float:
        """How telling a name is: the fewer stretches hold its stems, the higher; 0 if all do."""
        key = stems(name)
        texts = self._stems[language]
        return math.log(len(texts) / max(1, sum(key in text for text in texts)))

    def statement(self, text: str, language: Language) -> Stretch:
        """A statement of the catalogue, or a definition of the glossary, by its words.

        raises  KeyError if the index is of another edition of them
        """
        return self._by_text[language, text]

    def of_source(self, source_id: str, language: Language) -> list[Stretch]:
        """What one source says, in its order: its own stretches, not those of the catalogue."""
        return [s for s in self.stretches if s.passage.source_id == source_id and s.block.language == language]

    def in_passages(self, ids: list[str], language: Language) -> list[Stretch]:
        """The stretches of these passages, in the order of the passages."""
        order = {name: number for number, name in enumerate(ids)}
        found = [s for s in self.stretches if s.passage.id in order and s.block.language == language]
        return sorted(found, key=lambda stretch: order[stretch.passage.id])
