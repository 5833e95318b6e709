"""Is the index whole? Every passage with its vector and its words, every text and place as it was read.

Nothing is changed by looking. What is wrong is mended by building again: the doctor only clears the way.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.document import Passage
from ingest.index.checks import (
    Fault,
    counted,
    is_sound,
    lexical_faults,
    pointer_faults,
    rows_of,
    store_faults,
    token_faults,
    vector_faults,
)
from ingest.index.generation import PIPELINE, DataFolder, IndexMissing, Manifest

_SET_ASIDE = "damaged"


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
    faults = [*_cache(data.embeddings), *counted("left over", remains, "left over")]
    passages: list[Passage] = []
    if manifest is None or manifest.pipeline != PIPELINE or manifest.id != data.current():
        faults.append(Fault("manifest", "index", 1, data.current() or "current"))
    else:
        folder = data.generations / manifest.id
        found, passages = store_faults(folder / "store.sqlite", manifest)
        faults += found
        if not found:  # which entries there must be is known only from a sound store
            faults += lexical_faults(folder / "lexical", passages)
            faults += token_faults(folder / "tokens", passages)
            faults += pointer_faults(folder / "pointers", passages)
            faults += vector_faults(folder / "chroma", passages)
    return Diagnosis(tuple(faults), len(passages), _roots(data))


# --- beside the index ---


def _cache(path: Path) -> Iterator[Fault]:
    """The embedding cache can be read, and its rows are whole vectors."""
    if not path.exists():
        return
    if not is_sound(path):
        yield Fault("cache", "cache", 1, path.name)
        return
    query = (
        "SELECT model, count(DISTINCT length(vector)), max(length(vector) % 4 + length(spans) % 8) "
        "FROM passage GROUP BY model"
    )
    try:
        models = rows_of(path, query)
    except sqlite3.Error:
        return  # empty or of an older version: the next ingest fills it
    yield from counted("cache", [str(model) for model, kinds, odd in models if kinds != 1 or odd], "cache")


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
