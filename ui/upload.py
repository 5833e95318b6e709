"""Adding a document through the page: kept in the data folder, read, and told what came of it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, TimeoutError
from dataclasses import dataclass
from pathlib import Path

from ingest.embed import ModelUnavailable
from ingest.errors import ReadError
from ingest.index.generation import WriterBusy
from ingest.readers.read import SUFFIXES, read_bytes, record_for
from ingest.reading_report import report_html
from ingest.run import IngestReport, NothingToIngest, Progress
from retrieval.answer import Language
from ui.ingesting import REPORT_TEXTS, ingest_by
from ui.messages import Messages
from ui.settings import Settings


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

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
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
            yield _added(work.result(), path, messages)
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

    def _ingest(self, path: Path, progress: Progress) -> IngestReport:
        report = ingest_by(self._settings, [path], progress, again=True)
        for failure in report.failures:
            if failure.path.resolve() == path.resolve():
                raise failure.error
        return report


def _added(report: IngestReport, path: Path, messages: Messages) -> Added:
    name = record_for(path, read_bytes(path, 10_000)).id
    documents = [d for d in report.documents if d.source.id == name and d.form == "original"]
    holdings = [h for h in report.holdings if h.key == (name, "original")]
    return Added(
        path.name,
        sum(h.page_count for h in holdings),
        sum(h.passages for h in holdings),
        report_html(documents, (), (), messages.below(REPORT_TEXTS), messages.language),
    )
