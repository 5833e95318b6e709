"""Citations: sentences of passages as exact slices of the stored text, with the place of their own block."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.document import Locator
from ingest.index.store import Store
from ingest.passages import place_at
from ingest.sentences import sentence_spans
from retrieval.answer import Citation, Hit

_MARK = re.compile(r"(?:[•▪◦‣·●○■□*–—-]|\(?(?:\d{1,3}|[a-z]|([a-z])\1|[ivx]{1,4})[.)]|\d{1,3}°\.?)\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a hit's passage; `start` and `end` count in the stored text of the source."""

    hit: Hit
    text: str
    start: int
    end: int
    is_item: bool


def mark_length(item: str) -> int:
    """Length of the bullet, number or letter of a list item with the space behind it; the place names it already."""
    mark = _MARK.match(item)
    return mark.end() if mark else 0


def section_of(hit: Hit) -> tuple[str, str]:
    """The heading under which a sentence is shown: the innermost of its place, for a catalogue entry its name."""
    if hit.passage.form == "catalogue":
        return "", hit.passage.context.partition(" › ")[0].partition(";")[0]
    return hit.source.id, "".join(hit.passage.locator.section[-1:])


def sentences_of(hit: Hit, store: Store) -> list[Sentence]:
    """The sentences of a passage in order; a list item is one sentence, however many stops it has, without its mark."""
    passage = hit.passage
    found: list[Sentence] = []
    blocks = store.blocks_between((passage.source_id, passage.form), passage.start, passage.end)
    items = [block for block in blocks if block.kind == "item"]
    for start, end in sentence_spans(passage.text):
        first, last = passage.start + start, passage.start + end
        inside = next((b for b in items if b.start <= first < b.end), None)
        if inside and found and found[-1].is_item and found[-1].start >= inside.start:
            first = found.pop().start
        elif inside and first == inside.start:
            first += mark_length(passage.text[first - passage.start : last - passage.start])
        text = passage.text[first - passage.start : last - passage.start]
        found.append(Sentence(hit, text, first, last, inside is not None))
    return found


def locate(store: Store, hit: Hit, offset: int) -> Locator:
    """Where a character of a passage stands in its source, as exactly as its block tells."""
    passage = hit.passage
    block, *_ = store.blocks_between((passage.source_id, passage.form), offset, offset + 1)
    return place_at(block, offset)


def cite(store: Store, number: int, sentence: Sentence) -> Citation:
    """Citation `number` for a sentence."""
    return Citation(
        n=number,
        source=sentence.hit.source,
        passage=sentence.hit.passage,
        locator=locate(store, sentence.hit, sentence.start),
        quote=sentence.text,
        char_start=sentence.start,
        char_end=sentence.end,
    )
