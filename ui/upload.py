"""Adding a document through the page: kept in the data folder, read, and told what came of it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, TimeoutError
from dataclasses import dataclass
from pathlib import Path

from ingest.embed import ModelUnavailable, OpenEmbedder
from ingest.errors import ReadError
from ingest.index.generation import DataFolder, WriterBusy
from ingest.readers.read import SUFFIXES, read_bytes, record_for
from ingest.reading_report import report_html
from ingest.run import IngestReport, NothingToIngest, ingest
from ingest.sandbox import Limits
from retrieval.answer import Language
from ui.messages import Messages, catalogue
from ui.settings import Settings

_REPORT = "upkeep.report."


@dataclass(frozen=True, slots=True)
class Added:
    """A document that was read: its name, pages and passages, and the reading report as a page of its own."""

    name: str
    pages: int
    passages: int
    report: str


class NotAdded(ValueError):
    """The document was not added; the message is one sentence in the reader's language."""


class Uploads:
    """Adds documents to the index of the settings."""

    def __init__(self, settings: Settings, open_embedder: OpenEmbedder) -> None:
        self._settings = settings
        self._open_embedder = open_embedder
        self._pool = ThreadPoolExecutor(1)  # one writer at a time

    @property
    def most_mb(self) -> int:
        """Largest file that is taken, in MB."""
        return self._settings.max_file_mb

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The kinds of file that can be read."""
        return tuple(sorted(SUFFIXES))

    def add(self, file: Path, language: Language) -> Iterator[tuple[str, int, int] | Added]:
        """Add a file: first how far it is (step, done, total), at last what was read.

        raises  NotAdded
        """
        messages = Messages(language)
        path = self._keep(file)
        try:
            seen = [("read", 0, 0)]
            work = self._pool.submit(self._ingest, path, lambda *step: seen.append(step))
            while not work.done():
                yield seen[-1]
                try:
                    work.result(timeout=0.5)
                except TimeoutError:
                    continue
            yield _added(work.result(), path, language)
        except ReadError as error:
            path.unlink(missing_ok=True)
            raise NotAdded(error.in_language(language)) from error
        except WriterBusy as error:
            path.unlink(missing_ok=True)
            raise NotAdded(messages("sources.add.busy")) from error
        except (ModelUnavailable, NothingToIngest, OSError) as error:
            path.unlink(missing_ok=True)
            raise NotAdded(messages("sources.add.failed")) from error

    def _keep(self, file: Path) -> Path:
        """A copy under a plain name in the data folder."""
        folder = self._settings.data / "uploads"
        folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", file.stem).strip("-._")[:100] or "document"
        path = folder / f"{name}{file.suffix.lower()}"
        shutil.move(file, path)
        return path

    def _ingest(self, path: Path, progress: object) -> IngestReport:
        settings = self._settings
        report = ingest(
            DataFolder(settings.data),
            [path],
            settings.embedding_model,
            self._open_embedder,
            progress,  # type: ignore[arg-type]
            lock_seconds=settings.lock_seconds,
            max_mb=settings.max_file_mb,
            limits=Limits(memory_mb=settings.read_memory_mb, seconds=settings.read_seconds),
            again=True,
        )
        for failure in report.failures:
            if failure.path.resolve() == path.resolve():
                raise failure.error
        return report


def _added(report: IngestReport, path: Path, language: Language) -> Added:
    name = record_for(path, read_bytes(path, 10_000)).id
    documents = [d for d in report.documents if d.source.id == name and d.form == "original"]
    holdings = [h for h in report.holdings if h.key == (name, "original")]
    texts = {
        key.removeprefix(_REPORT): entry[language] for key, entry in catalogue().items() if key.startswith(_REPORT)
    }
    return Added(
        path.name,
        sum(h.page_count for h in holdings),
        sum(h.passages for h in holdings),
        report_html(documents, (), (), texts, language),
    )
