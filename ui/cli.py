"""The command line: reads arguments and settings, calls a command, turns every known error into one sentence."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NoReturn

from corpus import KINDS, RegisterError
from retrieval.answer import Language
from ui.messages import Messages
from ui.settings import Settings, WrongSettings, load_settings

FAILED, WRONG_USE = 1, 2
_MAX_K = 100


class WrongUse(Exception):
    """The arguments cannot be used; the message says which, in the reader's language.

    No ValueError, which argparse would replace by a message of its own.
    """


class _Parser(argparse.ArgumentParser):
    """argparse in our own words."""

    def __init__(self, messages: Messages, **options: Any) -> None:
        super().__init__(add_help=False, allow_abbrev=False, **options)
        self.messages = messages
        self.names: set[str] = set()  # of the commands
        self._positionals.title = messages("cli.arguments")
        self._optionals.title = messages("cli.options")
        self.add_argument("-h", "--help", action="help", help=messages("cli.help"))

    def format_usage(self) -> str:
        formatter = self._get_formatter()
        formatter.add_usage(self.usage, self._actions, self._mutually_exclusive_groups, self.messages("cli.usage"))
        return formatter.format_help()

    def format_help(self) -> str:
        formatter = self._get_formatter()
        formatter.add_usage(self.usage, self._actions, self._mutually_exclusive_groups, self.messages("cli.usage"))
        formatter.add_text(self.description)
        for group in self._action_groups:
            formatter.start_section(group.title)
            formatter.add_arguments(group._group_actions)
            formatter.end_section()
        return formatter.format_help()

    def error(self, message: str) -> NoReturn:
        raise WrongUse(message)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 failed, 2 wrong use, 3 some files failed."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    messages = Messages(_language(arguments))
    command = ""
    try:
        parser = _parser(messages)
        command = next((word for word in arguments if word in parser.names), "")
        options = parser.parse_args(arguments)
        if options.command is None:
            print(parser.format_help())
            return WRONG_USE
        settings = load_settings(
            data=options.data, host=getattr(options, "host", None), port=getattr(options, "port", None)
        )
        return _run(options, settings, messages)
    except WrongUse as error:
        return _fail(messages("cli.wrong", fault=error, command=command), WRONG_USE)
    except WrongSettings as error:
        return _fail(messages("cli.error.settings", fault=error), WRONG_USE)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def _run(options: argparse.Namespace, settings: Settings, messages: Messages) -> int:
    """Call the command; the libraries behind it are loaded only now."""
    from ingest.embed import ModelUnavailable
    from ingest.errors import ReadError
    from ingest.index.generation import IndexMissing, WriterBusy
    from ingest.run import NothingToIngest
    from retrieval.answer import FilterError
    from ui import commands, evaluating, fetching, lawbook, upkeep
    from ui.lesson import command as lesson_commands
    from ui.memo import command as memo_commands

    rooms: dict[str, Any] = {
        "fetch": fetching,
        "add": fetching,
        "doctor": upkeep,
        "law": lawbook,
        "evaluate": evaluating,
        "memo": memo_commands,
        "lesson": lesson_commands,
    }
    command: Callable[..., int] = getattr(rooms.get(options.command, commands), options.command)
    try:
        return command(options, settings, messages)
    except (FilterError, ReadError) as error:
        return _fail(error.en if messages.language == "en" else error.nl, WRONG_USE)
    except commands.CommandError as error:
        return _fail(str(error), error.code)
    except IndexMissing as error:
        return _fail(messages("cli.error.no_index", folder=error), FAILED)
    except WriterBusy as error:
        return _fail(messages("cli.error.busy", folder=error, seconds=settings.lock_seconds), FAILED)
    except ModelUnavailable as error:
        return _fail(messages("cli.error.model", fault=error), FAILED)
    except RegisterError as error:
        return _fail(messages("cli.error.register", fault=error), WRONG_USE)
    except NothingToIngest as error:
        return _fail(messages("cli.error.nothing", fault=error), FAILED)


def _fail(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code


def _language(arguments: Sequence[str]) -> Language:
    """Language of the messages, known before the arguments are parsed."""
    for word, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if word == "--lang=en" or (word == "--lang" and following == "en"):
            return "en"
    return "nl"


def _parser(messages: Messages) -> _Parser:
    parser = _Parser(messages, prog="mengpaneel", description=messages("cli.about"))
    parser.add_argument(
        "--version", action="version", version=f"mengpaneel {version('mengpaneel')}", help=messages("cli.version")
    )
    _common(parser, messages, ("nl", "en"))
    commands = parser.add_subparsers(dest="command", title=messages("cli.commands"), metavar="")

    def add(name: str, languages: tuple[str, ...] = ("nl", "en"), about: str = "") -> _Parser:
        about = messages(about or f"cli.{name}")
        parser.names.add(name)
        command = commands.add_parser(name, messages=messages, help=about, description=about)
        _common(command, messages, languages, default=argparse.SUPPRESS)
        return command

    ingest = add("ingest")
    ingest.add_argument("paths", nargs="*", metavar="PATH", type=_path(messages), help=messages("cli.ingest.paths"))
    ingest.add_argument("--report", type=Path, metavar="FILE", help=messages("upkeep.report.help"))
    for name, word in (("ask", "question"), ("search", "query")):
        command = add(name, ("nl", "en", "auto"))
        command.add_argument("question", nargs="+", metavar=word.upper(), help=messages(f"cli.{word}"))
        command.add_argument("--json", action="store_true", help=messages("cli.json"))
        command.add_argument("-k", type=_number(messages, 1, _MAX_K), default=8, metavar="N", help=messages("cli.k"))
        _filters(command, messages)
        if name == "ask":
            command.add_argument("--previous", metavar="QUESTION", help=messages("cli.previous"))
            _document(command, messages)
    memo = add("memo", about="memo.about")
    memo.add_argument("file", metavar="FILE", type=_path(messages), help=messages("memo.file"))
    _document(memo, messages)
    _lesson(add("lesson", about="lesson.about"), messages)
    batch = add("batch")
    batch.add_argument("questions", metavar="QUESTIONS", type=_path(messages), help=messages("cli.batch.questions"))
    batch.add_argument("--out", required=True, type=Path, metavar="RUN", help=messages("cli.batch.out"))
    batch.add_argument("-k", type=_number(messages, 1, _MAX_K), default=8, metavar="N", help=messages("cli.k"))
    serve = add("serve")
    serve.add_argument("--host", metavar="HOST", help=messages("cli.host"))
    serve.add_argument("--port", type=_number(messages, 1, 65535), metavar="PORT", help=messages("cli.port"))
    add("mcp", about="mcp.about")
    for name in ("sources", "status"):
        command = add(name)
        command.add_argument("--json", action="store_true", help=messages("cli.json"))
        if name == "sources":
            _references(command, messages)
    fetch = add("fetch", about="fetch.about")
    fetch.add_argument("sources", nargs="*", metavar="SOURCE", help=messages("fetch.sources"))
    fetch.add_argument("--date", metavar="DAY", help=messages("fetch.date"))
    _add(add("add", about="add.about"), messages)
    add("doctor", about="upkeep.about")
    law = add("law", about="law.about")
    law.add_argument("law", metavar="LAW", help=messages("law.law"))
    law.add_argument("article", nargs="?", metavar="ARTICLE", help=messages("law.article"))
    for name in ("date", "since"):
        law.add_argument(f"--{name}", metavar="DAY", type=_day(messages), help=messages(f"law.{name}"))
    terms = add("terms")
    terms.add_argument("--skos", type=Path, metavar="FILE", help=messages("cli.terms.skos"))
    terms.add_argument("words", nargs="*", metavar="WORD", help=messages("cli.terms.words"))
    _evaluate(add("evaluate", about="evaluate.about"), messages)
    return parser


def _evaluate(command: _Parser, messages: Messages) -> None:
    command.add_argument("--json", action="store_true", help=messages("cli.json"))
    command.add_argument(
        "--split", type=_choice(messages, ("dev", "test", "all")), default="dev", metavar="dev|test|all",
        help=messages("evaluate.split"),
    )  # fmt: skip
    command.add_argument("--save", type=Path, metavar="RUN", help=messages("evaluate.save"))
    command.add_argument("--against", type=_path(messages), metavar="RUN", help=messages("evaluate.against.help"))
    command.add_argument("--baselines", action="store_true", help=messages("evaluate.baselines.help"))
    command.add_argument("--beir", type=_path(messages), metavar="DIR", help=messages("evaluate.beir"))
    command.add_argument("--report", type=Path, metavar="FILE", help=messages("evaluate.report"))
    command.add_argument("--record", action="store_true", help=messages("evaluate.record"))
    command.add_argument("--trec", type=Path, metavar="FILE", help=messages("evaluate.trec"))


def _document(command: _Parser, messages: Messages) -> None:
    _choices(command, messages, "--format", ("docx", "odt", "md", "html"), "memo.format")
    command.add_argument("--output", type=Path, metavar="FILE", help=messages("memo.output"))
    if command.prog.endswith(" ask"):
        command.add_argument("--quotes", action="store_true", help=messages("memo.quotes"))


def _lesson(command: _Parser, messages: Messages) -> None:
    for name, value in (("theme", "WORDS"), ("source", "ID"), ("instrument", "NAME")):
        command.add_argument(f"--{name}", metavar=value, help=messages(f"lesson.{name}"))
    command.add_argument("--answer", type=_path(messages), metavar="FILE", help=messages("lesson.answer"))
    minutes, forms = ("15", "45", "90"), ("docx", "odt", "md", "html", "gift", "anki", "json")
    check = _choice(messages, minutes)
    command.add_argument(
        "--minutes", type=lambda value: int(check(value)), default=45, metavar="|".join(minutes),
        help=messages("lesson.minutes"),
    )  # fmt: skip
    command.add_argument(
        "--seed", type=_number(messages, 0, 10**9), default=1, metavar="N", help=messages("lesson.seed")
    )
    _choices(command, messages, "--format", forms, "lesson.format")
    command.add_argument("--trainer", action="store_true", help=messages("lesson.trainer"))
    command.add_argument("--output", type=Path, metavar="FILE", help=messages("memo.output"))


def _references(command: _Parser, messages: Messages) -> None:
    _choices(command, messages, "--format", ("ris", "bibtex", "csl"), "memo.sources.format")
    command.add_argument("--of", type=_path(messages), metavar="FILE", help=messages("memo.sources.of"))
    command.add_argument("--output", type=Path, metavar="FILE", help=messages("memo.output"))


def _choices(command: _Parser, messages: Messages, name: str, choices: tuple[str, ...], key: str) -> None:
    shown = "|".join(choices)
    command.add_argument(name, type=_choice(messages, choices), metavar=shown, help=messages(key, formats=shown))


def _add(command: _Parser, messages: Messages) -> None:
    command.add_argument("file", metavar="FILE", type=Path, help=messages("add.file"))
    kinds = ", ".join(KINDS)
    for name in ("title", "kind", "publisher", "date", "url", "id"):
        command.add_argument(f"--{name}", metavar=name.upper(), help=messages(f"add.{name}", kinds=kinds))
    command.add_argument("--author", action="append", default=[], metavar="NAME", help=messages("add.author"))


def _common(parser: _Parser, messages: Messages, languages: tuple[str, ...], default: object = None) -> None:
    parser.add_argument(
        "--lang", type=_choice(messages, languages), metavar="|".join(languages), default=default,
        help=messages("cli.lang"),
    )  # fmt: skip
    parser.add_argument("--data", type=Path, metavar="DIR", default=default, help=messages("cli.data"))


def _filters(command: _Parser, messages: Messages) -> None:
    year = _number(messages, 1800, 2200)
    command.add_argument(
        "--kind", action="append", default=[], type=_choice(messages, KINDS), metavar="KIND", help=messages("cli.kind")
    )
    command.add_argument("--source", action="append", default=[], metavar="ID", help=messages("cli.source"))
    command.add_argument("--from", dest="from_year", type=year, metavar="YEAR", help=messages("cli.from"))
    command.add_argument("--until", dest="until_year", type=year, metavar="YEAR", help=messages("cli.until"))
    command.add_argument("--date", metavar="DAY", help=messages("cli.date"))


def _choice(messages: Messages, choices: Sequence[str]) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in choices:
            raise WrongUse(messages("cli.wrong.choice", value=value, choices=", ".join(choices)))
        return value

    return check


def _number(messages: Messages, low: int, high: int) -> Callable[[str], int]:
    def check(value: str) -> int:
        if not value.isdigit() or not low <= int(value) <= high:
            raise WrongUse(messages("cli.wrong.number", value=value, low=low, high=high))
        return int(value)

    return check


def _day(messages: Messages) -> Callable[[str], str]:
    def check(value: str) -> str:
        try:
            return dt.date.fromisoformat(value).isoformat()
        except ValueError as error:
            raise WrongUse(messages("cli.wrong.day", value=value)) from error

    return check


def _path(messages: Messages) -> Callable[[str], Path]:
    def check(value: str) -> Path:
        if not Path(value).exists():
            raise WrongUse(messages("cli.wrong.path", path=value))
        return Path(value)

    return check


if __name__ == "__main__":
    raise SystemExit(main())
