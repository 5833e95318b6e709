"""The command that keeps the index whole, and the words of the reading report."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from corpus import RegisterError
from ingest.embed import ModelUnavailable
from ingest.index.doctor import Diagnosis, examine, put_back, set_aside, tidy
from ingest.index.generation import DataFolder, IndexMissing, WriterBusy
from ingest.run import IngestReport, NothingToIngest
from ingest.run import ingest as run_ingest
from ingest.sandbox import Limits
from retrieval.answer import Language
from ui.messages import Messages, catalogue
from ui.models import embedder_of
from ui.settings import Settings

HEALTHY, REPAIRED, NOT_REPAIRED = 0, 1, 4
_REPORT = "upkeep.report."


class _Unrepaired(RuntimeError):
    """The index cannot be repaired; the message says why and what to do, in the reader's language."""


def report_texts(language: Language) -> dict[str, str]:
    """What `ingest.reading_report.report_html` needs as `texts`."""
    return {key.removeprefix(_REPORT): entry[language] for key, entry in catalogue().items() if key.startswith(_REPORT)}


def doctor(options: Namespace, settings: Settings, messages: Messages) -> int:
    """Check the whole index and repair what is wrong: 0 healthy, 1 repaired, 4 not repaired."""
    data = DataFolder(settings.data)
    try:
        with data.writer(settings.lock_seconds):
            put_back(data)  # what a doctor that was killed had set aside
            diagnosis = examine(data)
            if diagnosis.healthy:
                print(messages("upkeep.healthy", passages=diagnosis.passages))
                return HEALTHY
            _print_faults(diagnosis, messages)
            if diagnosis.must_build:
                _check_sources(diagnosis, messages)
                set_aside(data, diagnosis.roots or ())
            tidy(data, diagnosis)
        repaired = _build(data, settings, messages) if diagnosis.must_build else _look_again(data, settings, messages)
        print(messages("upkeep.repaired", passages=repaired.passages))
    except IndexMissing as error:
        return _fail(messages("upkeep.no_index", folder=error))
    except WriterBusy as error:
        return _fail(messages("upkeep.unrepaired", fault=messages("upkeep.busy", folder=error)))
    except OSError as error:
        return _fail(messages("upkeep.unrepaired", fault=messages("upkeep.disk", fault=error)))
    except _Unrepaired as error:
        return _fail(messages("upkeep.unrepaired", fault=error))
    return REPAIRED


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return NOT_REPAIRED


def _print_faults(diagnosis: Diagnosis, messages: Messages) -> None:
    print(messages("upkeep.found"))
    for fault in diagnosis.faults:
        key = f"upkeep.fault.{fault.name.replace(' ', '_')}"
        print(f"- {messages(key, count=fault.count, example=fault.example)}")


def _check_sources(diagnosis: Diagnosis, messages: Messages) -> None:
    """Building from what is no longer there would lose it."""
    if diagnosis.roots is None:
        raise _Unrepaired(messages("upkeep.no_roots"))
    gone = [root for root in diagnosis.roots if not root.exists()]
    if gone:
        raise _Unrepaired(messages("upkeep.gone", paths=_names(gone)))


def _names(paths: list[Path]) -> str:
    return ", ".join(map(str, paths))


def _build(data: DataFolder, settings: Settings, messages: Messages) -> Diagnosis:
    """Build the index again; the damaged one comes back if that fails.

    raises  _Unrepaired, WriterBusy
    """
    try:
        report = _ingest(data, settings, messages)
    except ModelUnavailable as error:
        raise _Unrepaired(messages("upkeep.model", fault=error)) from error
    except RegisterError as error:
        raise _Unrepaired(messages("upkeep.register", fault=error)) from error
    except NothingToIngest as error:
        raise _Unrepaired(messages("upkeep.nothing", fault=error)) from error
    finally:
        with data.writer(settings.lock_seconds):
            put_back(data)  # nothing to put back once a newer index is published
    for failure in report.failures:
        fault = failure.error.in_language(messages.language)
        print(messages("cli.error.file", path=failure.path, fault=fault), file=sys.stderr)
    return _look_again(data, settings, messages)


def _ingest(data: DataFolder, settings: Settings, messages: Messages) -> IngestReport:
    columns = TextColumn("{task.description:>10}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def show(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(messages(f"upkeep.step.{step}"))
            bar.update(tasks[step], completed=done, total=total)

        return run_ingest(
            data,
            (),
            settings.embedding_model,
            embedder_of(settings),
            show,
            lock_seconds=settings.lock_seconds,
            max_mb=settings.max_file_mb,
            limits=Limits(memory_mb=settings.read_memory_mb, seconds=settings.read_seconds),
        )


def _look_again(data: DataFolder, settings: Settings, messages: Messages) -> Diagnosis:
    """The diagnosis after a repair.

    raises  _Unrepaired if it is still not healthy
    """
    with data.writer(settings.lock_seconds):
        diagnosis = examine(data)
    if not diagnosis.healthy:
        _print_faults(diagnosis, messages)
        raise _Unrepaired(messages("upkeep.still"))
    return diagnosis
