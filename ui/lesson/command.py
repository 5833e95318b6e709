"""The command `lesson`."""

from __future__ import annotations

import sys
from argparse import Namespace

from retrieval.lesson.compose import LessonMaker
from retrieval.lesson.model import Lesson, LessonError, Subject
from retrieval.lesson.support import by_verifier
from ui.commands import CommandError, open_engine
from ui.lesson.document import lesson_file
from ui.lesson.exchange import anki_file, gift_file, json_file
from ui.memo.command import named_form, put
from ui.memo.model import MemoError, SavedAnswer
from ui.memo.read import saved_answer
from ui.memo.write import MEMO_FORMATS
from ui.messages import Messages
from ui.pandoc import PandocError
from ui.settings import Settings

LESSON_FORMATS = (*MEMO_FORMATS, "gift", "anki", "json")
_TEXTS = {"gift": gift_file, "anki": anki_file, "json": json_file}


def lesson(options: Namespace, settings: Settings, messages: Messages) -> int:
    """Make a lesson and write it."""
    given: dict[Subject, object] = {
        "theme": options.theme,
        "source": options.source,
        "instrument": options.instrument,
        "answer": options.answer,
    }
    chosen = [(subject, value) for subject, value in given.items() if value]
    if len(chosen) != 1:
        raise CommandError(messages("lesson.subject"), 2)
    form = named_form(options, LESSON_FORMATS, messages)
    subject, value = chosen[0]
    answer = _answer(options, messages) if subject == "answer" else None
    name = answer.question if answer else str(value)
    quotes = [citation.quote for citation in answer.citations] if answer else []
    try:
        with open_engine(settings, messages) as engine:
            maker = LessonMaker(engine, by_verifier(engine))
            made = maker.make(subject, name, options.minutes, options.seed, messages.language, quotes)
        put(_content(made, form, trainer=options.trainer), options.output)
    except LessonError as error:
        raise CommandError(error.en if messages.language == "en" else error.nl, 2) from error
    except (PandocError, OSError) as error:
        raise CommandError(messages("memo.failed", fault=error)) from error
    if options.output:
        count = len(list(made.citations()))
        sources = len({citation.source.id for citation in made.citations()})
        print(messages("lesson.written", path=options.output, items=count, sources=sources), file=sys.stderr)
    return 0


def _answer(options: Namespace, messages: Messages) -> SavedAnswer:
    try:
        return saved_answer(options.answer, messages)
    except MemoError as error:
        raise CommandError(str(error), 2) from error


def _content(made: Lesson, form: str, *, trainer: bool) -> bytes:
    if form in _TEXTS:
        return _TEXTS[form](made).encode()
    return lesson_file(made, next(f for f in MEMO_FORMATS if f == form), trainer=trainer)
