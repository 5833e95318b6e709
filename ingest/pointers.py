"""Pointers: texts of ours that are never shown but lead to places in the sources, in the words of those who ask.

Every everyday question leads to the passages of the place where its answer stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus import Source
from corpus.everyday import read_everyday
from corpus.place import Place
from ingest.document import Passage
from ingest.places import holds


@dataclass(frozen=True, slots=True)
class Pointer:
    """A text and the place to which it leads."""

    text: str
    place: Place


def read_pointers(folders: Sequence[Path]) -> tuple[Pointer, ...]:
    """The pointers kept in these folders, each text once.

    raises  RegisterError naming file and field
    """
    found = {pointer.text: pointer for folder in folders for pointer in _pointers(folder)}
    return tuple(found.values())


def _pointers(folder: Path) -> Iterator[Pointer]:
    for everyday in read_everyday(folder):
        for asked in everyday.questions:
            place = everyday.place(asked)
            yield from (Pointer(text, place) for text in (*asked.nl, *asked.en))


def targets(
    pointers: Sequence[Pointer], passages: Sequence[Passage], sources: Sequence[Source]
) -> list[tuple[int, ...]]:
    """For each pointer the rows of the passages to which it leads.

    A law is pointed to in every text of it that is held.
    """
    texts: dict[str, list[str]] = defaultdict(list)
    law = {source.id: source.bwb_id for source in sources if source.bwb_id}
    for source_id, bwb_id in law.items():
        texts[bwb_id].append(source_id)
    rows: dict[str, list[int]] = defaultdict(list)
    for row, passage in enumerate(passages):
        if passage.form != "catalogue":
            rows[passage.source_id].append(row)
    led: dict[Place, tuple[int, ...]] = {}
    for place in {pointer.place for pointer in pointers}:
        same = texts[law[place.source]] if place.source in law else [place.source]
        led[place] = tuple(
            row
            for source_id in same
            for row in rows[source_id]
            if holds(place.model_copy(update={"source": source_id}), passages[row])
        )
    return [led[pointer.place] for pointer in pointers]
