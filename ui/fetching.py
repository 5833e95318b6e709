"""The commands that bring originals in: `fetch` from publishers, `add` from the user's own files."""

from __future__ import annotations

import datetime as dt
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from corpus import KINDS, Source, read_register, shipped
from corpus.fetch import OFFICIAL, Services, Web
from corpus.guard import FetchError
from corpus.originals import Collection, Fetched, Originals, OriginalsBusy, UnknownSources, Wanted, plan
from corpus.register import REGISTER_NAME
from ingest.errors import ReadError
from ingest.readers.read import read_bytes, record_for
from ingest.sandbox import Sandbox
from ui.commands import CommandError, ingest
from ui.ingesting import limits_of
from ui.messages import Messages
from ui.settings import Settings

_FOLDER = "originals"
_FAILED, _WRONG_USE, _SOME_FAILED = 1, 2, 3
_UNDATED = {"z.d.", "n.d."}


@dataclass(slots=True)
class _Result:
    """What a fetch came to."""

    held: list[Fetched] = field(default_factory=list)
    failed: list[tuple[Wanted, FetchError]] = field(default_factory=list)
    elsewhere: list[Wanted] = field(default_factory=list)


def fetch(options: Namespace, settings: Settings, messages: Messages, services: Services = OFFICIAL) -> int:
    """Fetch originals and ingest them; 3 if some failed, or what was named is not offered.

    raises  CommandError if there is no network, a name or day is wrong, or another process is fetching
    """
    known = read_register(shipped() / REGISTER_NAME)
    wanted = _plan(options, known, messages)
    originals = Originals(settings.data / _FOLDER)
    with _locked(originals, settings, messages):
        result = _fetch(wanted, originals, known, settings, messages, services)
    for each in result.elsewhere:
        _say_elsewhere(each, messages, first=each is result.elsewhere[0])
    print(messages("fetch.done", held=len(originals.records()), folder=originals.folder, failed=len(result.failed)))
    code = _SOME_FAILED if result.failed or (options.sources and result.elsewhere) else 0
    if result.held:
        code = max(code, ingest(Namespace(paths=[originals.folder], report=None), settings, messages))
    return code


def _plan(options: Namespace, known: tuple[Source, ...], messages: Messages) -> list[Wanted]:
    try:
        day = dt.datetime.strptime(options.date, "%Y-%m-%d").date() if options.date else None
    except ValueError as error:
        raise CommandError(messages("fetch.wrong.date", value=options.date), _WRONG_USE) from error
    try:
        return plan(known, options.sources, day, dt.date.today())
    except UnknownSources as error:
        ids = ", ".join(source.id for source in known if source.path is None)
        wrong = messages("fetch.wrong.source", names=", ".join(error.names), known=ids)
        raise CommandError(wrong, _WRONG_USE) from error


@contextmanager
def _locked(originals: Originals, settings: Settings, messages: Messages) -> Iterator[None]:
    try:
        with originals.lock(settings.lock_seconds):
            yield
    except OriginalsBusy as error:
        raise CommandError(messages("fetch.busy", folder=error)) from error
    except OSError as error:
        fault = messages("fetch.fault.folder", folder=originals.folder, fault=error.strerror or error)
        raise CommandError(fault) from error


def _fetch(
    wanted: list[Wanted],
    originals: Originals,
    known: tuple[Source, ...],
    settings: Settings,
    messages: Messages,
    services: Services,
) -> _Result:
    result = _Result()
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with (
        Web(services, settings.max_file_mb * 1_000_000) as web,
        Bars(*columns, console=Console(stderr=True), transient=True) as bars,
    ):
        collection = Collection(originals, known, web, services)
        for each in wanted:
            if each.offered:
                _fetch_one(each, collection, bars, result, messages)
            else:
                result.elsewhere.append(each)
    for held in result.held:  # not while the bars are shown: they would take standard output for themselves
        print(messages(f"fetch.{held.state}", id=held.source.id, size=_size(held.size, messages)))
        if held.differs:
            _warn(messages("fetch.differs", id=held.source.id))
    for wrong, error in result.failed:
        _warn(messages("fetch.failed", name=wrong.name, fault=_sentence(error, messages)))
    for note in collection.notes:
        _warn(messages("fetch.search_failed", fault=_sentence(note, messages)))
    return result


def _fetch_one(wanted: Wanted, collection: Collection, bars: Bars, result: _Result, messages: Messages) -> None:
    task = bars.add_task(wanted.name, total=None)

    def show(done: int, total: int | None) -> None:
        bars.update(task, completed=done, total=total)

    try:
        result.held.append(collection.fetch(wanted, show))
    except FetchError as error:
        if error.reason == "no_network":
            raise CommandError(_sentence(error, messages)) from error
        result.failed.append((wanted, error))
    finally:
        bars.remove_task(task)


def _say_elsewhere(wanted: Wanted, messages: Messages, *, first: bool) -> None:
    if first:
        print(messages("fetch.elsewhere"))
    source = wanted.source
    names = [source.publisher, *source.contributors[: 0 if source.publisher else None], source.url] if source else []
    place = ", ".join(name for name in names if name) or messages("fetch.elsewhere.unknown")
    title = source.title if source else wanted.name
    print(messages("fetch.elsewhere.source", title=title, place=place, id=wanted.name))


def _sentence(error: FetchError, messages: Messages) -> str:
    values = dict(error.values)
    for name in ("size", "limit"):
        if isinstance(size := values.get(name), int):
            values[name] = _size(size, messages)
    return messages(f"fetch.fault.{error.reason}", **values)


def _size(size: int, messages: Messages) -> str:
    """As people write it: 336 kB, 1,2 MB."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    number = f"{size / 1_000_000:.1f} MB"
    return number if messages.language == "en" else number.replace(".", ",")


def _warn(sentence: str) -> None:
    Console(stderr=True).print(sentence, markup=False, highlight=False, soft_wrap=True)


def add(options: Namespace, settings: Settings, messages: Messages) -> int:
    """Hold a file of the user's among the originals, and ingest it.

    raises  CommandError if the file cannot be read, or something about it is missing or wrong
    """
    path: Path = options.file
    if not path.is_file():
        raise CommandError(messages("add.no_file", path=path), _WRONG_USE)
    originals = Originals(settings.data / _FOLDER)
    try:
        data = read_bytes(path, settings.max_file_mb)
        source = _record(options, path, data, originals, messages)
        with Sandbox(limits_of(settings)) as sandbox:
            sandbox.read(source, "original", path, data)
    except ReadError as error:
        fault = messages("cli.error.file", path=path, fault=error.in_language(messages.language))
        raise CommandError(fault, _WRONG_USE) from error
    with _locked(originals, settings, messages):
        _refuse_taken(source, data, originals, messages, replace=options.id is not None)
        state = originals.add(source, data, path.resolve().as_uri())
    key = {"new": "add.done", "changed": "add.replaced", "unchanged": "add.held"}[state]
    print(messages(key, id=source.id, path=originals.folder / str(source.path)))
    return ingest(Namespace(paths=[originals.folder], report=None), settings, messages)


def _record(options: Namespace, path: Path, data: bytes, originals: Originals, messages: Messages) -> Source:
    """The file's record: what the user says, then what a register knows, then what the file tells, then what they
    answer when asked."""
    try:
        told = record_for(path, data)
    except ValidationError as error:
        raise CommandError(messages("add.wrong.record", fault=_fault(error, messages)), _WRONG_USE) from error
    source_id = options.id or told.id
    registers = (*originals.records(), *read_register(shipped() / REGISTER_NAME))
    known = next((source for source in registers if source.id == source_id), None)
    fields = (known or told).model_dump()
    if known is None:
        fields |= dict.fromkeys(_untold(told, path))
    given = {name: getattr(options, name) for name in ("title", "kind", "publisher", "date", "url")}
    fields |= {name: value for name, value in given.items() if value is not None}
    fields |= {"id": source_id, "path": f"{source_id}{path.suffix.lower()}"}
    if options.author:
        fields["authors"] = options.author
    for name in ("title", "kind", "date"):
        if fields[name] is None and not (name == "date" and (known or fields["toestand"])):
            fields[name] = _ask(name, fields, messages)
    if fields["date"] in _UNDATED:
        fields["date"] = None
    return _checked(fields, messages)


def _untold(told: Source, path: Path) -> Iterator[str]:
    """Fields that `record_for` filled in for want of better: a title from the file's name, the most common kind."""
    if told.title in (path.stem.strip(), told.id):
        yield "title"
    if told.kind == "rapport":
        yield "kind"


def _ask(name: str, fields: dict[str, Any], messages: Messages) -> str:
    """The user's answer, asked until it will do.

    raises  CommandError naming the option if nobody can be asked
    """
    kinds = ", ".join(KINDS)
    while sys.stdin.isatty():
        print(f"{messages(f'add.{name}', kinds=kinds)}: ", end="", file=sys.stderr, flush=True)
        answer = sys.stdin.readline()
        if not answer:
            break
        trial = {**fields, "title": "-", "kind": "rapport", "date": None}
        if name != "date" or answer.strip() not in _UNDATED:
            trial[name] = answer.strip()
        try:
            Source.model_validate(trial)
        except ValidationError:
            _warn(messages(f"add.wrong.{name}", kinds=kinds))
        else:
            return answer.strip()
    raise CommandError(messages("add.missing", option=name), _WRONG_USE)


def _checked(fields: dict[str, Any], messages: Messages) -> Source:
    try:
        return Source.model_validate(fields)
    except ValidationError as error:
        raise CommandError(_fault(error, messages), _WRONG_USE) from error


def _fault(error: ValidationError, messages: Messages) -> str:
    """Each wrong field, in words of ours where we have them."""
    own = {"stem": "id", **{name: name for name in ("id", "title", "kind", "date", "url")}}
    faults = [(own.get(str(e["loc"][0]) if e["loc"] else ""), e["msg"]) for e in error.errors()]
    return "; ".join(
        f"--{name}: {messages(f'add.wrong.{name}', kinds=', '.join(KINDS))}" if name else fault
        for name, fault in faults
    )


def _refuse_taken(source: Source, data: bytes, originals: Originals, messages: Messages, *, replace: bool) -> None:
    """An id is not given to a second document by accident, nor ever to one that belongs to our own texts.

    raises  CommandError
    """
    held = originals.find(source.id)
    ours = any(s.id == source.id and s.path for s in read_register(shipped() / REGISTER_NAME))
    file = originals.folder / str(held.path if held else None)
    other = held is not None and file.is_file() and file.read_bytes() != data
    if ours or (other and not replace):
        raise CommandError(messages("add.taken", id=source.id), _WRONG_USE)
