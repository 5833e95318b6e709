"""Is the index whole? Every passage with its vector and its words, every text and place as it was read.

Nothing is changed by looking. What is wrong is mended by building again: the doctor only clears the way.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

import numpy as np
from filelock import FileLock, Timeout
from pydantic import ValidationError

from ingest.document import Block, DocumentError, Passage
from ingest.index.generation import PIPELINE, DataFolder, IndexMissing, Manifest
from ingest.index.lexical import Lexical, words
from ingest.index.store import Holding, Store
from ingest.index.tokens import TokenIndex
from ingest.index.vectors import VectorIndex

Part = Literal["index", "cache", "left over"]

_SET_ASIDE = "damaged"
_BATCH = 1000
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


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is wrong. `roots` are the files and folders to build from, None if the index no longer tells."""

    faults: tuple[Fault, ...]
    passages: int
    roots: tuple[Path, ...] | None

    @property
    def healthy(self) -> bool:
        """Nothing is wrong."""
        return not self.faults

    @property
    def must_build(self) -> bool:
        """The index itself is damaged, not only what lies beside it."""
        return any(fault.part == "index" for fault in self.faults)


def examine(data: DataFolder) -> Diagnosis:
    """Check the published index, the embedding cache and what lies around. Call it under the writer's lock,
    or a generation that is being built counts as left over.

    raises  IndexMissing if nothing was ever built here
    """
    if data.current() is None and not _folders(data.generations):
        raise IndexMissing(str(data.root))
    manifest = data.manifest()
    remains = [str(path.relative_to(data.root)) for path in left_over(data)]
    faults = [*_cache(data.embeddings), *_counted("left over", remains, "left over")]
    passages: list[Passage] = []
    if manifest is None or manifest.pipeline != PIPELINE or manifest.id != data.current():
        faults.append(Fault("manifest", "index", 1, data.current() or "current"))
    else:
        folder = data.generations / manifest.id
        found, passages = _store(folder / "store.sqlite", manifest)
        faults += found
        if not found:  # which entries there must be is known only from a sound store
            faults += _lexical(folder / "lexical", passages)
            faults += _tokens(folder / "tokens", passages)
            faults += _vectors(folder / "chroma", passages)
    return Diagnosis(tuple(faults), len(passages), _roots(data))


def _counted(name: str, places: Sequence[str], part: Part = "index") -> Iterator[Fault]:
    if places:
        yield Fault(name, part, len(places), places[0])


# --- the store ---


def _store(path: Path, manifest: Manifest) -> tuple[list[Fault], list[Passage]]:
    """Faults of the store, and its passages by row."""
    if not _is_sound(path):
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
    faults += [*_counted("passage", unreadable), *_counted("quote", strayed), *_counted("page", lost)]
    if len(passages) != manifest.passages and not unreadable:
        faults.append(Fault("count", "index", abs(manifest.passages - len(passages)), manifest.id))
    return faults, passages


def _is_sound(path: Path) -> bool:
    """Whether SQLite finds no damage in a file."""
    try:
        return path.is_file() and _rows(path, "PRAGMA quick_check") == [("ok",)]
    except sqlite3.Error:
        return False


def _rows(path: Path, query: str) -> list[tuple[Any, ...]]:
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
    on_pages = all(_page_exists(block, holding.page_count) for block in blocks)
    if not (whole and placed and on_pages):
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
    rows = _rows(path, "SELECT row, id FROM passage ORDER BY row")
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


def _lexical(folder: Path, passages: Sequence[Passage]) -> list[Fault]:
    """Every passage stands under exactly its own words."""
    try:
        lexical = Lexical(folder)
        index = lexical._index
        count = lexical.count
        known: dict[str, int] = index.vocab_dict
        starts, rows = np.asarray(index.scores["indptr"]), np.asarray(index.scores["indices"])
        terms = np.repeat(np.arange(len(starts) - 1, dtype=np.int64), np.diff(starts))
        held = rows.astype(np.int64) * (len(known) + 1) + terms
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
    return list(_counted("lexical entry", ids))


def _tokens(folder: Path, passages: Sequence[Passage]) -> list[Fault]:
    """Every passage has the tokens of its own text."""
    try:
        tokens = TokenIndex(folder)
        starts, spans, bits = tokens._starts, np.asarray(tokens._spans), tokens._bits
        whole = bool(np.all(np.diff(starts) >= 0)) and starts[0] == 0 and starts[-1] == len(spans) == len(bits)
        if not whole or tokens.count != len(passages):
            return [Fault("token entry", "index", max(1, abs(tokens.count - len(passages))), folder.name)]
    except _UNREADABLE as error:
        return [Fault("tokens", "index", 1, _first_line(error))]
    strayed: list[str] = []
    for row, passage in enumerate(passages):
        own = spans[starts[row] : starts[row + 1]]
        if not len(own) or own.min() < 0 or own.max() > len(passage.searchable):
            strayed.append(passage.id)
    return list(_counted("token entry", strayed))


def _vectors(folder: Path, passages: Sequence[Passage]) -> list[Fault]:
    """Every passage has its vector, of unit length, and no vector is without a passage."""
    held = _entries_apart(folder)
    if held is None:
        return [Fault("vectors", "index", 1, folder.name)]
    due = {passage.id: row for row, passage in enumerate(passages)}
    missing = [passage_id for passage_id in due if passage_id not in held]
    wrong = [passage_id for passage_id, row in held.items() if row != due.get(passage_id)]
    return [*_counted("vector missing", missing), *_counted("vector wrong", wrong)]


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
    entries: dict[str, int] = {}
    for start in range(0, vectors.count(), _BATCH):
        batch = vectors._collection.get(limit=_BATCH, offset=start, include=["metadatas", "embeddings"])
        lengths = np.linalg.norm(np.asarray(batch["embeddings"], dtype=np.float32), axis=1)
        for passage_id, meta, length in zip(batch["ids"], batch["metadatas"], lengths, strict=True):
            entries[passage_id] = int(meta["row"]) if abs(length - 1) < _UNIT else -1
    vectors.close()
    pipe.send_bytes(json.dumps(entries).encode())


# --- beside the index ---


def _cache(path: Path) -> Iterator[Fault]:
    """The embedding cache can be read, and its rows are whole vectors."""
    if not path.exists():
        return
    if not _is_sound(path):
        yield Fault("cache", "cache", 1, path.name)
        return
    query = (
        "SELECT model, count(DISTINCT length(vector)), max(length(vector) % 4 + length(spans) % 8) "
        "FROM passage GROUP BY model"
    )
    try:
        models = _rows(path, query)
    except sqlite3.Error:
        return  # empty or of an older version: the next ingest fills it
    yield from _counted("cache", [str(model) for model, kinds, odd in models if kinds != 1 or odd], "cache")


def left_over(data: DataFolder) -> list[Path]:
    """What killed processes left behind: unfinished and superseded generations, private copies without a reader."""
    current = data.current()
    finished = [f for f in _folders(data.generations) if (f / "manifest.json").is_file() and f.name != current]
    finished.sort(key=lambda folder: folder.stat().st_mtime)
    before = finished[-1:]  # kept for readers that are opening it
    found = [f for f in _folders(data.generations) if f.name != current and f not in before]
    found += [own for own in _folders(data.readers) if not _is_in_use(own)]
    return found + [path for path in (data.root / "current.new",) if path.exists()]


def _folders(parent: Path) -> list[Path]:
    return sorted(path for path in parent.iterdir() if path.is_dir()) if parent.is_dir() else []


def _is_in_use(own: Path) -> bool:
    lock = FileLock(own.parent / f"{own.name}.lock", thread_local=False)
    try:
        with lock.acquire(blocking=False):
            return False
    except Timeout:
        return True


def _roots(data: DataFolder) -> tuple[Path, ...] | None:
    """Files and folders that were ingested, by the newest manifest that can be read."""
    current = data.generations / str(data.current())
    others = [folder for folder in _folders(data.generations) if folder != current]
    others.sort(key=lambda folder: folder.stat().st_mtime, reverse=True)
    for folder in (current, *others):
        try:
            fields = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            return tuple(Path(root) for root in fields["roots"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return None


# --- clearing the way; under the writer's lock ---


def tidy(data: DataFolder, diagnosis: Diagnosis) -> None:
    """Remove what is left over, and the embedding cache if it is damaged."""
    for path in left_over(data):
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
    if any(fault.part == "cache" for fault in diagnosis.faults):
        for suffix in ("", "-wal", "-shm"):
            Path(f"{data.embeddings}{suffix}").unlink(missing_ok=True)


def set_aside(data: DataFolder, roots: Sequence[Path]) -> None:
    """Move the current generation out of the way, so that the next ingest builds everything again.

    In its place stays a manifest that only names what to build from, in case that ingest is killed.
    """
    current = data.generations / str(data.current())
    if current.is_dir():
        aside = data.root / _SET_ASIDE
        aside.mkdir(exist_ok=True)
        current.rename(aside / current.name)
        current.mkdir()
        stub = Manifest(current.name, "", "", "", 0, 0.0, tuple(str(root) for root in roots), pipeline=0)
        (current / "manifest.json").write_text(json.dumps(asdict(stub)), encoding="utf-8")


def put_back(data: DataFolder) -> None:
    """Undo `set_aside`, unless something newer was built: a damaged index is better than none."""
    own = data.root / _SET_ASIDE / str(data.current())
    if own.is_dir():
        shutil.rmtree(data.generations / own.name, ignore_errors=True)
        own.rename(data.generations / own.name)
    shutil.rmtree(data.root / _SET_ASIDE, ignore_errors=True)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0][:200] or type(error).__name__
