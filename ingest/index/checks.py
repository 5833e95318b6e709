"""Whether the parts of a published index hold: its store, its lexical index, its tokens and its vectors."""

from __future__ import annotations

import json
import multiprocessing
import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import ValidationError

from ingest.document import Block, DocumentError, Passage
from ingest.index.generation import Manifest
from ingest.index.lexical import Lexical, words
from ingest.index.pointers import PointerIndex
from ingest.index.store import Holding, Store
from ingest.index.tokens import TokenIndex
from ingest.index.vectors import VectorIndex

Part = Literal["index", "cache", "left over"]

_UNIT = 0.01  # how far the length of a vector may be from 1
_VECTOR_SECONDS = 600
_UNREADABLE = (OSError, ValueError, KeyError, IndexError, TypeError, EOFError, sqlite3.Error)


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of damage: its name, how often it was found, and where it was found first."""

    name: str
    part: Part
    count: int
    example: str


def counted(name: str, places: Sequence[str], part: Part = "index") -> Iterator[Fault]:
    if places:
        yield Fault(name, part, len(places), places[0])


# --- the store ---


def store_faults(path: Path, manifest: Manifest) -> tuple[list[Fault], list[Passage]]:
    """Faults of the store, and its passages by row."""
    if not is_sound(path):
        return [Fault("store", "index", 1, path.name)], []
    try:
        store = Store(path)
    except (sqlite3.Error, ValueError, TypeError) as error:
        return [Fault("record", "index", 1, _first_line(error))], []
    try:
        texts = {holding.key: store.text(holding.key) for holding in store.holdings}
        faults = [fault for holding in store.holdings for fault in _blocks(store, holding, texts[holding.key])]
        passages, unreadable = _passages(store, path)
    except _UNREADABLE as error:
        return [Fault("store", "index", 1, _first_line(error))], []
    finally:
        store.close()
    pages = {holding.key: holding.page_count for holding in store.holdings}
    strayed = [p.id for p in passages if texts[p.source_id, p.form][p.start : p.end] != p.text or not _starts_inside(p)]
    lost = [p.id for p in passages if not _page_exists(p, pages[p.source_id, p.form])]
    faults += [*counted("passage", unreadable), *counted("quote", strayed), *counted("page", lost)]
    if len(passages) != manifest.passages and not unreadable:
        faults.append(Fault("count", "index", abs(manifest.passages - len(passages)), manifest.id))
    return faults, passages


def is_sound(path: Path) -> bool:
    """Whether SQLite finds no damage in a file."""
    try:
        return path.is_file() and rows_of(path, "PRAGMA quick_check") == [("ok",)]
    except sqlite3.Error:
        return False


def rows_of(path: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(query).fetchall()


def _blocks(store: Store, holding: Holding, text: str) -> Iterator[Fault]:
    """The blocks, laid end to end, are the text."""
    try:
        blocks = store.blocks(holding.key)
    except ValidationError as error:
        yield Fault("block", "index", 1, f"{holding.source.id}: {_first_line(error)}")
        return
    whole = "\n\n".join(block.text for block in blocks) == text
    placed = all(text[block.start : block.end] == block.text and _starts_inside(block) for block in blocks)
    marked = all(block.start <= mark <= block.end for block in blocks for mark in block.note_starts)
    on_pages = all(_page_exists(block, holding.page_count) for block in blocks)
    if not (whole and placed and marked and on_pages):
        yield Fault("block", "index", 1, holding.source.id)


def _starts_inside(piece: Block | Passage) -> bool:
    """Whether the pages that begin in a piece begin inside it, in order."""
    starts = piece.page_starts
    return list(starts) == sorted(starts) and all(piece.start < start < piece.end for start in starts)


def _page_exists(piece: Block | Passage, page_count: int) -> bool:
    """Whether a place lies on the pages that were read; a text without pages of its own is not judged."""
    place = piece.locator
    if place.page is None or not page_count:
        return place.page is None or place.page >= 1
    return 1 <= place.page <= (place.page_end or place.page) <= page_count


def _passages(store: Store, path: Path) -> tuple[list[Passage], list[str]]:
    """All passages by row, and the ids of those that are no longer what they were."""
    rows = rows_of(path, "SELECT row, id FROM passage ORDER BY row")
    passages: list[Passage] = []
    wrong: list[str] = []
    for number, (row, passage_id) in enumerate(rows):
        try:
            passage = store.passage(row)
        except (DocumentError, ValueError, KeyError, TypeError, IndexError):
            wrong.append(str(passage_id))
            continue
        if row != number or passage.id != passage_id:
            wrong.append(str(passage_id))
        passages.append(passage)
    return passages, wrong


# --- the lexical index and the vectors ---


def lexical_faults(folder: Path, passages: Sequence[Passage]) -> list[Fault]:
    """Every passage stands under exactly its own words."""
    try:
        lexical = Lexical(folder)
        count = lexical.count
        rows, numbers, known = lexical.postings()
        held = rows * (len(known) + 1) + numbers
    except _UNREADABLE as error:
        return [Fault("lexical", "index", 1, _first_line(error))]
    if count != len(passages):
        return [Fault("lexical entry", "index", abs(count - len(passages)), folder.name)]
    due = [
        row * (len(known) + 1) + known.get(word, len(known))
        for row, passage in enumerate(passages)
        for word in set(words(passage.searchable) or [""])
    ]
    differing = np.setxor1d(held, np.asarray(due, dtype=np.int64)) // (len(known) + 1)
    ids = [passages[row].id if row < len(passages) else str(row) for row in np.unique(differing).tolist()]
    return list(counted("lexical entry", ids))


def token_faults(folder: Path, passages: Sequence[Passage]) -> list[Fault]:
    """Every passage has the tokens of its own text."""
    try:
        tokens = TokenIndex(folder)
        if not tokens.is_whole() or tokens.count != len(passages):
            return [Fault("token entry", "index", max(1, abs(tokens.count - len(passages))), folder.name)]
    except _UNREADABLE as error:
        return [Fault("tokens", "index", 1, _first_line(error))]
    strayed: list[str] = []
    for row, passage in enumerate(passages):
        own = tokens.places(row)
        if not len(own) or own.min() < 0 or own.max() > len(passage.searchable):
            strayed.append(passage.id)
    return list(counted("token entry", strayed))


def pointer_faults(folder: Path, passages: Sequence[Passage]) -> list[Fault]:
    """Every everyday question is whole and leads to passages that are there."""
    try:
        if PointerIndex(folder).is_whole(len(passages)):
            return []
    except _UNREADABLE as error:
        return [Fault("pointers", "index", 1, _first_line(error))]
    return [Fault("pointers", "index", 1, folder.name)]


def vector_faults(folder: Path, passages: Sequence[Passage]) -> list[Fault]:
    """Every passage has its vector, of unit length, and no vector is without a passage."""
    held = _entries_apart(folder)
    if held is None:
        return [Fault("vectors", "index", 1, folder.name)]
    due = {passage.id: row for row, passage in enumerate(passages)}
    missing = [passage_id for passage_id in due if passage_id not in held]
    wrong = [passage_id for passage_id, row in held.items() if row != due.get(passage_id)]
    return [*counted("vector missing", missing), *counted("vector wrong", wrong)]


def _entries_apart(folder: Path) -> dict[str, int] | None:
    """Row of every passage that has a sound vector (-1 for a damaged one), None if they cannot be read.

    Asked of a process of its own: native code that meets a damaged file may bring its process down.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as private:
        process = context.Process(target=_send_entries, args=(theirs, str(folder), private), daemon=True)
        process.start()
        theirs.close()
        try:
            entries: dict[str, int] | None = json.loads(ours.recv_bytes()) if ours.poll(_VECTOR_SECONDS) else None
        except EOFError:
            entries = None
        finally:
            process.kill()
            process.join()
            ours.close()
    return entries


def _send_entries(pipe: Connection, folder: str, private: str) -> None:
    """The child. What it complains of is no message for a person."""
    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - for the life of the process
    vectors = VectorIndex(Path(folder), Path(private))
    entries = {passage_id: row if abs(length - 1) < _UNIT else -1 for passage_id, row, length in vectors.entries()}
    vectors.close()
    pipe.send_bytes(json.dumps(entries).encode())


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0][:200] or type(error).__name__
