"""A lesson for other programs: Moodle (GIFT), Anki (CSV) and JSON."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

from retrieval.answer import Citation
from retrieval.lesson.model import Lesson, QuizItem
from ui.contract import citation_json
from ui.lesson.words import feedback, place, stem, thesis
from ui.messages import Messages
from ui.places import address

_SPECIAL = re.compile(r"([\\~=#{}:])")


def gift_file(lesson: Lesson) -> str:
    """The quiz in Moodle's GIFT format: one question a paragraph, with feedback that names the passage."""
    messages = Messages(lesson.language)
    category = _SPECIAL.sub("", lesson.title).replace("/", "-")
    questions = [_gift(number, item, messages) for number, item in enumerate(lesson.quiz, start=1)]
    return "\n\n".join([f"$CATEGORY: Mengpaneel/{category}", *questions]) + "\n"


def _gift(number: int, item: QuizItem, messages: Messages) -> str:
    said = _escaped(feedback(item, messages))
    lines = [f"::{_escaped(f'{number:02} {item.kind}')}::{_escaped(stem(item, messages))} {{"]
    if item.wrong:
        wrong = _escaped(messages("lesson.quiz.wrong"))
        lines += [
            f"\t{'=' if o == item.right else '~'}{_escaped(o)}#{said if o == item.right else wrong}"
            for o in item.options
        ]
    else:
        lines += [f"\t={_escaped(answer)}#{said}" for answer in item.accepted]
    return "\n".join([*lines, f"\t####{said}", "}"])


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def anki_file(lesson: Lesson) -> str:
    """Term cards and quiz as notes for Anki, with its file headers; a note is told apart by its front."""
    messages = Messages(lesson.language)
    out = io.StringIO()
    out.write(f"#separator:Comma\n#html:false\n#columns:{messages('lesson.anki.columns')}\n")
    writer = csv.writer(out, lineterminator="\n")
    for card in lesson.cards:
        writer.writerow([card.term, card.citation.quote, *_where(card.citation, messages)])
    for item in lesson.quiz:
        front = stem(item, messages)
        if item.wrong:
            front = "\n".join([front, *(f"- {option}" for option in item.options)])
        writer.writerow([front, item.right, *_where(item.citation, messages)])
    return out.getvalue()


def _where(citation: Citation, messages: Messages) -> tuple[str, str]:
    return place(citation, messages), address(citation.source, citation.locator) or ""


def lesson_json(lesson: Lesson) -> dict[str, Any]:
    """The lesson as plain data; citations as in docs/answer.schema.json, named by their number."""
    messages = Messages(lesson.language)
    return {
        "title": lesson.title,
        "minutes": lesson.minutes,
        "seed": lesson.seed,
        "language": lesson.language,
        "corpus_version": lesson.corpus_version,
        "points": _numbers(lesson.points),
        "debates": [
            {
                "statement": thesis(debate, messages),
                "for": _numbers(debate.arguments_for),
                "against": _numbers(debate.arguments_against),
                "conditions": _numbers(debate.conditions),
            }
            for debate in lesson.debates
        ],
        "case": lesson.case
        and {
            "instrument": lesson.case.instrument,
            "situation": _numbers(lesson.case.situation),
            "questions": [
                {"question": messages(f"lesson.ask.{q.asks}"), "answers": _numbers(q.answers)}
                for q in lesson.case.questions
            ],
        },
        "cards": [{"term": card.term, "citation": card.citation.n} for card in lesson.cards],
        "quiz": [
            {
                "kind": item.kind,
                "question": stem(item, messages),
                "right": item.right,
                "accepted": list(item.accepted),
                "options": list(item.options),
                "feedback": feedback(item, messages),
                "citation": item.citation.n,
            }
            for item in lesson.quiz
        ],
        "reading": _numbers(lesson.reading),
        "citations": [citation_json(citation) for citation in (*lesson.citations(), *lesson.reading)],
    }


def _numbers(citations: tuple[Citation, ...]) -> list[int]:
    return [citation.n for citation in citations]


def json_file(lesson: Lesson) -> str:
    """`lesson_json` as text."""
    return json.dumps(lesson_json(lesson), indent=1, ensure_ascii=False) + "\n"
