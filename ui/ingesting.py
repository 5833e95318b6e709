"""Ingesting by the settings, with bars in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn
from rich.progress import Progress as Bars

from ingest.index.generation import DataFolder
from ingest.run import IngestReport, Progress, ingest
from ingest.sandbox import Limits
from ui.messages import Messages
from ui.models import embedder_of
from ui.settings import Settings

REPORT_TEXTS = "upkeep.report."  # where the catalogue has what `ingest.reading_report.report_html` needs as texts


def limits_of(settings: Settings) -> Limits:
    """What reading one file may cost."""
    return Limits(memory_mb=settings.read_memory_mb, seconds=settings.read_seconds)


def ingest_by(settings: Settings, paths: Sequence[Path], progress: Progress, *, again: bool = False) -> IngestReport:
    """Bring the index of the settings up to date, these paths as well; `again` and errors as in `ingest.run.ingest`."""
    return ingest(
        DataFolder(settings.data),
        paths,
        settings.embedding_model,
        embedder_of(settings),
        progress,
        lock_seconds=settings.lock_seconds,
        max_mb=settings.max_file_mb,
        limits=limits_of(settings),
        again=again,
    )


@contextmanager
def bars(messages: Messages) -> Iterator[Progress]:
    """Bars on standard error, one for each step."""
    columns = TextColumn("{task.description:>10}"), BarColumn(), MofNCompleteColumn()
    with Bars(*columns, console=Console(stderr=True), transient=True) as shown:
        tasks: dict[str, TaskID] = {}

        def show(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = shown.add_task(messages(f"cli.step.{step}"))
            shown.update(tasks[step], completed=done, total=total)

        yield show
