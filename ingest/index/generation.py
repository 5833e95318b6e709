"""Generations: built beside the current one, published by one atomic step, opened read-only."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from ingest.index.lexical import Lexical
from ingest.index.pointers import PointerIndex
from ingest.index.store import Store
from ingest.index.tokens import TokenIndex
from ingest.index.vectors import VectorIndex

# Raised whenever reading, splitting or indexing changes, so that an old index is rebuilt.
PIPELINE = 8
_CURRENT = "current"
_BUILDING = ".building"


class IndexMissing(RuntimeError):
    """No index has been built yet in this data folder."""


class WriterBusy(RuntimeError):
    """Another process is ingesting into this data folder."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation was built from.

    `inputs` is a fingerprint of files, records and model; `roots` are the files and folders that were ingested
    beside the shipped knowledge base; `corpus_version` changes when any text changes; `seconds` is how long it took.
    """

    id: str
    corpus_version: str
    inputs: str
    embedding_model: str
    passages: int
    seconds: float
    roots: tuple[str, ...] = ()
    pipeline: int = PIPELINE


class DataFolder:
    """Paths below the data folder, and which generation is current."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.generations = root / "generations"
        self.readers = root / "readers"
        self.models = root / "models"
        self.embeddings = root / "cache" / "embeddings.sqlite"

    def current(self) -> str | None:
        """Id of the published generation, None before the first."""
        try:
            return (self.root / _CURRENT).read_text(encoding="utf-8").strip() or None
        except FileNotFoundError:
            return None

    def manifest(self) -> Manifest | None:
        """Manifest of the current generation; None before the first, or if it cannot be read as one."""
        current = self.current()
        try:
            fields = json.loads((self.generations / str(current) / "manifest.json").read_text(encoding="utf-8"))
            return Manifest(**{**fields, "roots": tuple(fields["roots"])})
        except (FileNotFoundError, json.JSONDecodeError, KeyError, TypeError):
            return None

    @contextmanager
    def writer(self, timeout_seconds: float) -> Iterator[None]:
        """Hold the one writer's place.

        raises  WriterBusy after `timeout_seconds`
        """
        self.root.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.root / "writer.lock", timeout=timeout_seconds):
                yield
        except Timeout as error:
            raise WriterBusy(str(self.root)) from error

    @contextmanager
    def building(self) -> Iterator[Path]:
        """An empty folder for the next generation; removed if building fails. Under the writer's lock."""
        self.generations.mkdir(parents=True, exist_ok=True)
        for left in self.generations.glob(f"*{_BUILDING}"):
            shutil.rmtree(left, ignore_errors=True)
        folder = self.generations / f"{secrets.token_hex(6)}{_BUILDING}"
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, folder: Path, manifest: Manifest) -> None:
        """Make a finished folder the current generation; the one before stays for readers that are opening it."""
        (folder / "manifest.json").write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
        _flush(folder)
        before = self.current()
        folder.rename(self.generations / manifest.id)
        temporary = self.root / f"{_CURRENT}.new"
        temporary.write_text(manifest.id, encoding="utf-8")
        _flush(temporary)
        temporary.replace(self.root / _CURRENT)
        for old in self.generations.iterdir():
            if old.name not in (manifest.id, before):
                shutil.rmtree(old, ignore_errors=True)


def _flush(path: Path) -> None:
    """Force files to disk, so that a power cut cannot publish an empty one."""
    for file in [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]:
        with file.open("rb+") as handle:
            os.fsync(handle.fileno())


class Generation:
    """The published index, opened for reading."""

    def __init__(self, data: DataFolder) -> None:
        """Open the current generation.

        raises  IndexMissing if there is none
        """
        while True:
            manifest = data.manifest()
            if manifest is None or manifest.pipeline != PIPELINE:
                raise IndexMissing(str(data.root))
            try:
                self._open(data, manifest)
                return
            except (FileNotFoundError, sqlite3.OperationalError):
                # two ingests may have passed since the manifest was read, and removed this generation
                if data.current() == manifest.id:
                    raise

    def _open(self, data: DataFolder, manifest: Manifest) -> None:
        folder = data.generations / manifest.id
        self.manifest = manifest
        self.store = Store(folder / "store.sqlite")
        self.lexical = Lexical(folder / "lexical")
        self.tokens = TokenIndex(folder / "tokens")
        self.pointers = PointerIndex(folder / "pointers")
        self.vectors = VectorIndex(folder / "chroma", data.readers)
        self.documents_by_row = self.store.documents_by_row()
        # (documents,): whether everyday questions lead to a document
        self.asked_about = np.zeros(len(self.store.holdings), dtype=np.bool_)
        self.asked_about[self.documents_by_row[self.pointers.rows]] = True

    def close(self) -> None:
        """Release files and the private copy."""
        self.vectors.close()
        self.store.close()
