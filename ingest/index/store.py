"""The store: documents, blocks and passages in one SQLite file, read-only once published."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from corpus import Source
from ingest.document import Block, Document, Form, Locator, Passage
from ingest.law_mentions import mentions, written
from ingest.law_references import LawNames, LawReference

_SCHEMA = """
CREATE TABLE document (
    id INTEGER PRIMARY KEY, source_id TEXT NOT NULL, form TEXT NOT NULL, source TEXT NOT NULL,
    text TEXT NOT NULL, page_count INTEGER NOT NULL, sections INTEGER NOT NULL, warnings TEXT NOT NULL,
    UNIQUE (source_id, form));
CREATE TABLE block (document INTEGER NOT NULL REFERENCES document, start INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (document, start)) WITHOUT ROWID;
CREATE TABLE passage (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document INTEGER NOT NULL REFERENCES document,
    body TEXT NOT NULL);
CREATE INDEX passage_of_document ON passage (document);
"""
_SOURCE = TypeAdapter(Source)
_BLOCK = TypeAdapter(Block)
_LOCATOR = TypeAdapter(Locator)

DocumentKey = tuple[str, Form]


@dataclass(frozen=True, slots=True)
class Holding:
    """One document as held: its record, its form and what was read."""

    source: Source
    form: Form
    page_count: int
    sections: int
    passages: int
    warnings: tuple[str, ...]

    @property
    def key(self) -> DocumentKey:
        """Identifies the document."""
        return self.source.id, self.form


def write_store(path: Path, documents: Iterable[tuple[Document, Sequence[Passage]]]) -> int:
    """Write all documents with their passages; returns the number of passages. Rows count from 0."""
    row = 0
    connection = sqlite3.connect(path)
    try:
        connection.executescript(_SCHEMA)
        for number, (document, passages) in enumerate(documents):
            connection.execute("INSERT INTO document VALUES (?,?,?,?,?,?,?,?)", _document_row(number, document))
            blocks = ((number, block.start, _BLOCK.dump_json(block).decode()) for block in document.blocks)
            connection.executemany("INSERT INTO block VALUES (?,?,?)", blocks)
            for passage in passages:
                body = json.dumps(_passage_body(passage), ensure_ascii=False)
                connection.execute("INSERT INTO passage VALUES (?,?,?,?)", (row, passage.id, number, body))
                row += 1
        connection.commit()
    finally:
        connection.close()
    return row


def _document_row(number: int, document: Document) -> tuple[object, ...]:
    return (
        number,
        document.source.id,
        document.form,
        document.source.model_dump_json(),
        document.text,
        document.page_count,
        document.section_count,
        json.dumps(document.warnings, ensure_ascii=False),
    )


_PASSAGE_FIELDS = ("kind", "text", "start", "end", "context", "page_starts", "notes", "about", "language", "status")


def _passage_body(passage: Passage) -> dict[str, Any]:
    body = {name: getattr(passage, name) for name in _PASSAGE_FIELDS}
    return {**body, "locator": _LOCATOR.dump_python(passage.locator, exclude_defaults=True)}


class Store:
    """A published store, opened read-only; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        # immutable: no locks, no journal; a published file never changes
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        self._db = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self.holdings = self._holdings()
        self._by_key = {holding.key: holding for holding in self.holdings}
        self._numbers = {key: number for number, key in enumerate(self._by_key)}
        self._by_id = {holding.source.id: holding.source for holding in reversed(self.holdings)}
        self._rows = int(self._db.execute("SELECT count(*) FROM passage").fetchone()[0])
        self._passage = lru_cache(maxsize=20_000)(self._read_passage)
        self._catalogue_rows = lru_cache(maxsize=4)(self._read_catalogue_rows)
        self._blocks = lru_cache(maxsize=500)(self._read_blocks)
        self._between = lru_cache(maxsize=20_000)(self._read_between)
        self._mentions = lru_cache(maxsize=500)(self._find_mentions)
        self._law_names = lru_cache(maxsize=50)(self._names_of_laws)

    def _holdings(self) -> tuple[Holding, ...]:
        rows = self._db.execute(
            "SELECT source, form, page_count, sections, warnings, "
            "(SELECT count(*) FROM passage WHERE passage.document = document.id) FROM document ORDER BY id"
        )
        return tuple(
            Holding(_SOURCE.validate_json(source), form, pages, sections, count, tuple(json.loads(warnings)))
            for source, form, pages, sections, warnings, count in rows
        )

    def source(self, key: DocumentKey) -> Source:
        """Record of a document.

        raises  KeyError if it is not held
        """
        return self._by_key[key].source

    def row_of_text(self, source_id: str, text: str) -> int | None:
        """Row of the catalogue passage with exactly this text; None if there is none."""
        return self._catalogue_rows(source_id).get(text)

    def _read_catalogue_rows(self, source_id: str) -> dict[str, int]:
        rows = self._db.execute(
            "SELECT row FROM passage JOIN document ON document.id = passage.document "
            "WHERE source_id = ? AND form = 'catalogue'",
            (source_id,),
        )
        return {self.passage(row).text: row for (row,) in rows.fetchall()}

    def holds_original(self, source_id: str) -> bool:
        """Whether the source itself is held, not only what we wrote about it."""
        return self.has((source_id, "original"))

    def record_of(self, passage: Passage) -> Source:
        """Record of the source that a passage speaks of: its own, or for a remark on another source that one's."""
        spoken_of = self._by_id.get(passage.about) if passage.about else None
        return spoken_of or self.source((passage.source_id, passage.form))

    def number_of(self, key: DocumentKey) -> int:
        """Number of a document, its place among the holdings.

        raises  KeyError if it is not held
        """
        return self._numbers[key]

    def has(self, key: DocumentKey) -> bool:
        """Whether a document is held in this form."""
        return key in self._by_key

    def holds(self, source_id: str) -> bool:
        """Whether anything of a source is held, in whatever form."""
        return source_id in self._by_id

    def documents_by_row(self) -> NDArray[np.int32]:
        """(passages,): document number of every passage row."""
        rows = self._db.execute("SELECT document FROM passage ORDER BY row")
        return np.fromiter((number for (number,) in rows), dtype=np.int32, count=self._rows)

    def passage(self, row: int) -> Passage:
        """The passage in that row."""
        return self._passage(row)

    def _read_passage(self, row: int) -> Passage:
        number, body = self._db.execute("SELECT document, body FROM passage WHERE row = ?", (row,)).fetchone()
        holding = self.holdings[number]
        fields = json.loads(body)
        locator = fields.pop("locator")
        locator["section"] = tuple(locator.get("section", ()))
        return Passage(
            source_id=holding.source.id,
            form=holding.form,
            locator=Locator(**locator),
            page_starts=tuple(fields.pop("page_starts")),
            notes=tuple(fields.pop("notes")),
            **fields,
        )

    def rows_of(self, key: DocumentKey) -> range:
        """Rows of the passages of a document, in reading order.

        raises  KeyError if it is not held
        """
        query = "SELECT min(row), count(*) FROM passage WHERE document = ?"
        first, count = self._db.execute(query, (self.number_of(key),)).fetchone()
        return range(first or 0, (first or 0) + count)

    def text(self, key: DocumentKey) -> str:
        """Whole text of a document."""
        found = self._db.execute("SELECT text FROM document WHERE source_id = ? AND form = ?", key).fetchone()
        return str(found[0])

    def document(self, key: DocumentKey) -> Document:
        """A document as it was read.

        raises  KeyError if it is not held
        """
        holding = self._by_key[key]
        return Document(
            source=holding.source,
            form=holding.form,
            text=self.text(key),
            blocks=self.blocks(key),
            page_count=holding.page_count,
            warnings=holding.warnings,
        )

    def blocks(self, key: DocumentKey) -> tuple[Block, ...]:
        """Blocks of a document in reading order."""
        return self._blocks(key)

    def blocks_between(self, key: DocumentKey, start: int, end: int) -> tuple[Block, ...]:
        """Blocks of which a part stands in these characters of a document, in reading order."""
        return self._between(key, start, end)

    def _read_between(self, key: DocumentKey, start: int, end: int) -> tuple[Block, ...]:
        first = (
            "(SELECT max(before.start) FROM block AS before WHERE before.document = document.id AND before.start <= ?)"
        )
        return self._read_blocks(key, f"AND start < ? AND start >= coalesce({first}, 0) ", end, start)

    def _read_blocks(self, key: DocumentKey, only: str = "", *values: str | int) -> tuple[Block, ...]:
        rows = self._db.execute(
            "SELECT body FROM block JOIN document ON document.id = block.document "
            f"WHERE source_id = ? AND form = ? {only}ORDER BY start",
            (*key, *values),
        )
        return tuple(_BLOCK.validate_json(body) for (body,) in rows)

    def mentions(self, key: DocumentKey, article: str | None = None) -> tuple[LawReference, ...]:
        """Provisions and laws that a document names, in its order; offsets count in its text.

        article  only that article of a law is read
        """
        return self._mentions(key, article)

    def _find_mentions(self, key: DocumentKey, article: str | None) -> tuple[LawReference, ...]:
        held = self._by_key[key]
        blocks = self.blocks(key) if article is None else self._article(key, article)
        document = Document(source=held.source, form=held.form, text=self.text(key), blocks=blocks)
        return mentions(document, self._law_names(written(held.source, held.form)))

    def _article(self, key: DocumentKey, article: str) -> tuple[Block, ...]:
        return self._read_blocks(key, "AND json_extract(body, '$.locator.article') = ? ", article)

    def _names_of_laws(self, day: str | None) -> LawNames:
        return LawNames.of((holding.source for holding in self.holdings if holding.source.bwb_id), day)

    def row_of(self, passage_id: str) -> int:
        """Row of a passage.

        raises  KeyError if it is not held
        """
        found = self._db.execute("SELECT row FROM passage WHERE id = ?", (passage_id,)).fetchone()
        if found is None:
            raise KeyError(passage_id)
        return int(found[0])

    def close(self) -> None:
        """Close the file."""
        self._db.close()
