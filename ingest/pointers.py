"""Pointers: texts of ours that are never shown but lead to places in the sources, in the words of those who ask.

Every everyday question leads to the passages of the place where its answer stands; one that asks for a statement of
our digest leads to the place of that statement, and knows what it says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus import RegisterError, Source
from corpus.everyday import read_everyday
from corpus.place import Place
from ingest.document import Locator, Passage
from ingest.places import holds
from ingest.sentences import sentences


@dataclass(frozen=True, slots=True)
class Pointer:
    """A text and the place to which it leads, or the source of whose digest it leads to the statement that begins
    with the words `says`."""

    text: str
    place: Place
    says: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Where a pointer leads: rows of passages, best known first, and the statement there, if it leads to one."""

    rows: tuple[int, ...]
    statement: str | None = None


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
        whole = Place(source=everyday.source)
        for stated in everyday.statements:
            yield from (Pointer(text, whole, stated.says) for text in (*stated.nl, *stated.en))


def targets(pointers: Sequence[Pointer], passages: Sequence[Passage], sources: Sequence[Source]) -> list[Target]:
    """For each pointer where it leads; to no rows if its source is not held, or no digest of it.

    A law is pointed to in every text of it that is held.

    raises  RegisterError if no statement of a digest that is held begins with the words of a pointer
    """
    passages_of = _Passages(passages, sources)
    found: dict[tuple[Place, str | None], Target] = {}
    for pointer in pointers:
        wanted = pointer.place, pointer.says
        if wanted not in found:
            found[wanted] = passages_of.target(*wanted)
    return [found[pointer.place, pointer.says] for pointer in pointers]


class _Passages:
    """The passages that can be pointed to, by source, and the statements of the digests."""

    def __init__(self, passages: Sequence[Passage], sources: Sequence[Source]) -> None:
        self._passages = passages
        self._law = {source.id: source.bwb_id for source in sources if source.bwb_id}
        self._texts: dict[str, list[str]] = defaultdict(list)
        for source_id, bwb_id in self._law.items():
            self._texts[bwb_id].append(source_id)
        self._rows: dict[str, list[int]] = defaultdict(list)
        self._statements: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for row, passage in enumerate(passages):
            if passage.form != "catalogue":
                self._rows[passage.source_id].append(row)
            if passage.form == "digest" and passage.kind != "gist":
                stated = ((sentence, row) for sentence in sentences(passage.text))
                self._statements[passage.source_id] += stated

    def target(self, place: Place, says: str | None) -> Target:
        if says is None:
            return Target(self._of(place))
        statements = self._statements.get(place.source)
        if not statements:
            return Target(())
        begun = [(statement, row) for statement, row in statements if statement.startswith(says)]
        if len(begun) != 1:
            raise RegisterError(
                f"vragen: {place.source}: statements: says: {len(begun)} statements of the digest begin with {says!r}; "
                "it must be one: give the words with which it begins, as many as tell it from the others"
            )
        statement, row = begun[0]
        there = self._of(_place(place.source, self._passages[row].locator))
        return Target((row, *(other for other in there if self._passages[other].form == "original")), statement)

    def _of(self, place: Place) -> tuple[int, ...]:
        same = self._texts[self._law[place.source]] if place.source in self._law else [place.source]
        return tuple(
            row
            for source_id in same
            for row in self._rows[source_id]
            if holds(place.model_copy(update={"source": source_id}), self._passages[row])
        )


def _place(source: str, found: Locator) -> Place:
    """The place of a passage of a digest, in the source that it is of."""
    one = found.paragraph if found.paragraph and found.paragraph.isdigit() else None
    section = None if found.article else "".join(found.section[-1:]) or None
    return Place(source=source, page=found.page, section=section, article=found.article, paragraph=one)
