"""Which documents an ingest is about: files and folders -> candidates with their records."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus import Source, read_register
from corpus.register import REGISTER_NAME
from ingest.document import Form
from ingest.errors import ReadError
from ingest.readers.read import SUFFIXES, read_bytes, record_for

DIGESTS = "samenvattingen"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One document to read: its record, its form and its bytes."""

    source: Source
    form: Form
    path: Path
    data: bytes

    @property
    def fingerprint(self) -> str:
        """Changes when the file or its record changes."""
        key = f"{self.form}\x1f{self.source.model_dump_json()}\x1f".encode()
        return hashlib.sha256(key + hashlib.sha256(self.data).digest()).hexdigest()


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that was not ingested, and why."""

    path: Path
    error: ReadError


@dataclass(frozen=True, slots=True)
class Collected:
    """What was found below the given paths. `passed_over` are files that a register does not list."""

    candidates: tuple[Candidate, ...]
    failures: tuple[Failure, ...]
    passed_over: tuple[Path, ...]


class _Collector:
    def __init__(self, max_mb: int) -> None:
        self._max_mb = max_mb
        self.candidates: dict[tuple[str, Form], Candidate] = {}
        self.failures: list[Failure] = []
        self.passed_over: list[Path] = []

    def root(self, root: Path) -> None:
        if root.is_file():
            self._file(root)
        elif (root / REGISTER_NAME).is_file():
            self._registered(root)
        else:
            for path in _files(root):
                if path.suffix.lower() in SUFFIXES:
                    self._unregistered(path)
                else:
                    self.passed_over.append(path)

    def _file(self, path: Path) -> None:
        """A single file; a register in a folder above it may know it."""
        for folder in path.parents:
            register = folder / REGISTER_NAME
            if register.is_file():
                for source in read_register(register):
                    if source.path and (folder / source.path).resolve() == path.resolve():
                        self._add(source, "original", path)
                        return
                break
        self._unregistered(path)

    def _registered(self, folder: Path) -> None:
        listed = {(folder / REGISTER_NAME).resolve()}
        for source in read_register(folder / REGISTER_NAME):
            digest = folder / DIGESTS / f"{source.id}.md"
            if source.path:
                path = folder / source.path
                listed.add(path.resolve())
                self._add(source, "catalogue" if path.suffix == ".yaml" else "original", path)
            if digest.is_file():
                listed.add(digest.resolve())
                self._add(source, "digest", digest)
            if source.text:
                listed.add((folder / source.text).resolve())
        for path in _files(folder):
            if path.resolve() not in listed and path.suffix.lower() in SUFFIXES:
                self.passed_over.append(path)

    def _add(self, source: Source, form: Form, path: Path) -> None:
        try:
            candidate = Candidate(source, form, path, read_bytes(path, self._max_mb))
        except ReadError as error:
            self.failures.append(Failure(path, error))
            return
        self._keep(candidate)

    def _unregistered(self, path: Path) -> None:
        try:
            data = read_bytes(path, self._max_mb)
            source = record_for(path, data)
        except ReadError as error:
            self.failures.append(Failure(path, error))
            return
        self._keep(Candidate(source, "original", path, data))

    def _keep(self, candidate: Candidate) -> None:
        key = (candidate.source.id, candidate.form)
        held = self.candidates.get(key)
        if held is None:
            self.candidates[key] = candidate
        elif held.path.resolve() != candidate.path.resolve():
            reason = ReadError(
                f"de naam {candidate.source.id!r} is al van {held.path}; geef het bestand een andere naam",
                f"the id {candidate.source.id!r} belongs to {held.path}; give the file another name",
            )
            self.failures.append(Failure(candidate.path, reason))


def _files(folder: Path) -> Iterator[Path]:
    """Files below a folder, sorted; links that lead out of it are not followed."""
    top = folder.resolve()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.resolve().is_relative_to(top):
            yield path


def collect(roots: list[Path], max_mb: int) -> Collected:
    """All documents below the given files and folders.

    raises  RegisterError if a register cannot be used
    """
    collector = _Collector(max_mb)
    for root in roots:
        collector.root(root)
    return Collected(tuple(collector.candidates.values()), tuple(collector.failures), tuple(collector.passed_over))
