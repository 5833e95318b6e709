"""What the composer works from: the question as read, and places in the index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.document import Passage
from ingest.index.generation import Generation
from ingest.index.store import DocumentKey
from retrieval.answer import Hit, Language, Reading
from retrieval.cite import Sentence
from retrieval.instruments import Need


@dataclass(frozen=True, slots=True)
class Task:
    """A question as read, in its language, and the documents that may be searched; `need` if it is for instruments."""

    reading: Reading
    language: Language
    keys: tuple[DocumentKey, ...]
    need: Need | None = None

    @property
    def question(self) -> str:
        """The whole question."""
        return self.reading.question


def passages_of(generation: Generation, key: DocumentKey) -> Iterator[tuple[int, Passage]]:
    """Row and passage of a document, in reading order; nothing if it is not held."""
    if generation.store.has(key):
        for row in generation.store.rows_of(key):
            yield row, generation.store.passage(row)


def whole(generation: Generation, row: int) -> Sentence:
    """A whole passage as one sentence, such as a statement of ours or a footnote."""
    passage = generation.store.passage(row)
    hit = Hit(rank=1, score=1.0, row=row, passage=passage, source=generation.store.record_of(passage))
    return Sentence(hit, passage.text, passage.start, passage.end, is_item=False)


def own_statement(generation: Generation, task: Task, source_id: str, text: str) -> Sentence | None:
    """A statement of our catalogue or glossary; None if that, or the source it speaks of, may not be searched."""
    row = generation.store.row_of_text(source_id, text) if (source_id, "catalogue") in task.keys else None
    if row is None:
        return None
    about = generation.store.passage(row).about
    if about and generation.store.holds(about) and all(key[0] != about for key in task.keys):
        return None
    return whole(generation, row)
