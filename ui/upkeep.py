"""The command that keeps the index whole."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from corpus import RegisterError
from ingest.embed import ModelUnavailable
from ingest.index.doctor import Diagnosis, examine, put_back, set_aside, tidy
from ingest.index.generation import DataFolder, IndexMissing, WriterBusy
from ingest.run import NothingToIngest
from ui.ingesting import bars, ingest_by
from ui.messages import Messages
from ui.settings import Settings

HEALTHY, REPAIRED, NOT_REPAIRED = 0, 1, 4


class _Unrepaired(RuntimeError):
    """The index cannot be repaired; the message says why and what to do, in the reader's language."""


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
        with bars(messages) as progress:
            report = ingest_by(settings, (), progress)
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
