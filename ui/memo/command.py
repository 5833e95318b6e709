"""The commands that write documents: `memo`, `ask --format` and `sources --format`."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from corpus import Source
from retrieval.answer import Answer, Filters
from ui.address import base_address
from ui.commands import CommandError, open_engine
from ui.memo.model import Memo, MemoError, MemoFormat
from ui.memo.read import look_up, memo_of, read_memo
from ui.memo.write import MEMO_FORMATS, memo_file, sources_of
from ui.messages import Messages
from ui.pandoc import PandocError
from ui.references import ReferenceFormat, references_file
from ui.settings import Settings

_BINARY = ("docx", "odt")


def memo(options: Namespace, settings: Settings, messages: Messages) -> int:
    """Write a memo of a file."""
    form = form_of(options, messages)
    try:
        given = read_memo(options.file, messages)
        with open_engine(settings, messages) as engine:
            found = look_up(given, engine, base_address(settings), messages)
    except MemoError as error:
        raise CommandError(str(error), 2) from error
    _write(found, form, options.output, messages)
    return 0


def write_answer(
    answer: Answer, filters: Filters, form: MemoFormat, options: Namespace, settings: Settings, messages: Messages
) -> None:
    """Write one answer as a document."""
    _write(memo_of(answer, filters, base_address(settings), quotes=options.quotes), form, options.output, messages)


def sources_cited(path: Path, settings: Settings, messages: Messages) -> tuple[Source, ...]:
    """The sources that a memo, or an answer saved from `ask --json`, cites.

    raises  CommandError
    """
    try:
        given = read_memo(path, messages)
        with open_engine(settings, messages) as engine:
            return sources_of(look_up(given, engine, base_address(settings), messages))
    except MemoError as error:
        raise CommandError(str(error), 2) from error


def write_references(sources: tuple[Source, ...], form: ReferenceFormat, output: Path | None) -> None:
    """Write references to a file, or to standard output."""
    put(references_file(sources, form).encode(), output)


def put(content: bytes, output: Path | None) -> None:
    """Write to a file, or to standard output."""
    if output:
        output.write_bytes(content)
    else:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


def form_of(options: Namespace, messages: Messages) -> MemoFormat:
    """The form of a document asked for.

    raises  CommandError
    """
    name = named_form(options, MEMO_FORMATS, messages)
    return next(form for form in MEMO_FORMATS if form == name)


def named_form(options: Namespace, forms: Sequence[str], messages: Messages) -> str:
    """The form asked for, else that of the name of the file, one of `forms`.

    raises  CommandError
    """
    name = options.format or (options.output.suffix[1:].lower() if options.output else "md")
    if name not in forms:
        raise CommandError(messages("memo.no_format", path=options.output, formats=", ".join(forms)), 2)
    if name in _BINARY and not options.output:
        raise CommandError(messages("memo.needs_output", form=name), 2)
    return str(name)


def _write(found: Memo, form: MemoFormat, output: Path | None, messages: Messages) -> None:
    try:
        put(memo_file(found, form), output)
    except (PandocError, OSError) as error:
        raise CommandError(messages("memo.failed", fault=error)) from error
    if output:
        said = messages("memo.written", path=output, notes=len(found.notes()), sources=len(sources_of(found)))
        print(said, file=sys.stderr)
