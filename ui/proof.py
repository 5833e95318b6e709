"""Thirty memos and thirty lessons made by script, with what was counted: `python -m ui.proof DATA FOLDER`.

Each quote is compared with the stored text, each lesson with the check of support, each Word file with its footnotes.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from retrieval.answer import Citation
from retrieval.engine import Engine
from retrieval.instruments import catalogue
from retrieval.lesson.compose import LessonMaker
from retrieval.lesson.model import MINUTES, Lesson, Subject
from retrieval.lesson.quiz import claim
from retrieval.lesson.support import Evidence, by_verifier
from ui.commands import open_engine
from ui.lesson.document import lesson_file
from ui.memo.model import Answered, Memo
from ui.memo.read import look_up, validated
from ui.memo.write import memo_file
from ui.messages import Messages
from ui.settings import load_settings

_COUNT = 30


def themes() -> list[str]:
    """Thirty aims and risks of the catalogue."""
    return [concept.label.nl for concept in (*catalogue().aims, *catalogue().risks)][:_COUNT]


def subjects(engine: Engine) -> list[tuple[Subject, str]]:
    """Thirty subjects: twenty themes, five sources, five instruments."""
    sources = [h.source.id for h in engine.holdings if h.form == "digest"][:5]
    instruments = [instrument.id for instrument in catalogue().instruments[::18]][:5]
    chosen: list[tuple[Subject, str]] = [("theme", name) for name in themes()[:20]]
    return [*chosen, *(("source", name) for name in sources), *(("instrument", name) for name in instruments)]


def memo_counts(memo: Memo, document: bytes, texts: dict[str, str]) -> dict[str, Any]:
    """What one memo holds and how often it fails."""
    notes = memo.notes()
    lines = [line.text for item in memo.items if isinstance(item, Answered) for line in item.lines if line.notes]
    return {
        "title": memo.title,
        "items": len(lines),
        "citations": len(notes),
        "sources": len({note.source.id for note in notes}),
        "footnotes_missing": len(notes) - _footnotes(document),
        "quotes_not_in_text": sum(not any(note.quote in text for text in texts.values()) for note in notes),
        "duplicates": _twice(lines),
    }


def lesson_counts(lesson: Lesson, document: bytes, texts: dict[str, str], evidence: Evidence) -> dict[str, Any]:
    """What one lesson holds and how often it fails."""
    cited = list(lesson.citations())
    told = [c.quote for c in cited[: len(cited) - len(lesson.quiz)]]
    return {
        "title": lesson.title,
        "minutes": lesson.minutes,
        "items": len(cited),
        "quiz": dict(Counter(item.kind for item in lesson.quiz)),
        "sources": len({citation.source.id for citation in cited}),
        "footnotes_missing": len(cited) - _footnotes(document),
        "quotes_not_in_text": sum(not _stands(citation, texts) for citation in cited),
        "not_supported": sum(not evidence.stands(citation) for citation in cited),
        "wrong_options": sum(len(item.wrong) for item in lesson.quiz),
        "wrong_options_supported": sum(
            evidence.anywhere(*claim(item.kind, item.asked, option, lesson.language))
            for item in lesson.quiz
            for option in item.wrong
        ),
        "duplicates": _twice(told) + _twice([f"{item.kind} {item.asked}" for item in lesson.quiz]),
    }


def _footnotes(document: bytes) -> int:
    with zipfile.ZipFile(BytesIO(document)) as archive:
        return len(re.findall(r'<w:footnote w:id="\d+"', archive.read("word/footnotes.xml").decode()))


def _stands(citation: Citation, texts: dict[str, str]) -> bool:
    stored = texts[f"{citation.passage.source_id} {citation.passage.form}"]
    return stored[citation.char_start : citation.char_end] == citation.quote


def _twice(texts: list[str]) -> int:
    return len(texts) - len({" ".join(text.split()).lower() for text in texts})


def main(data: Path, folder: Path) -> None:
    """Make all, write them to a folder, print the counts."""
    messages = Messages("nl")
    folder.mkdir(parents=True, exist_ok=True)
    settings = load_settings(data=data)
    with open_engine(settings, messages) as engine:
        texts = {f"{h.source.id} {h.form}": engine.stored_text(h.source.id, h.form) for h in engine.holdings}
        rows = list(_memos(engine, texts, folder, messages))
        _total("memos", rows)
        rows = list(_lessons(engine, texts, folder))
        _total("lessons", rows)


def _memos(engine: Engine, texts: dict[str, str], folder: Path, messages: Messages) -> Iterator[dict[str, Any]]:
    for number, theme in enumerate(themes(), start=1):
        asked = [f"Welke instrumenten helpen bij {theme}?", f"Wat zeggen de bronnen over {theme}?"]
        content = {"title": f"Memo: {theme}", "items": [{"question": question} for question in asked]}
        memo = look_up(validated(content, messages), engine, "http://127.0.0.1:7860", messages)
        document = memo_file(memo, "docx")
        (folder / f"memo-{number:02}.docx").write_bytes(document)
        yield _print(memo_counts(memo, document, texts))


def _lessons(engine: Engine, texts: dict[str, str], folder: Path) -> Iterator[dict[str, Any]]:
    check = by_verifier(engine)
    maker, evidence = LessonMaker(engine, check), Evidence(engine, check)
    for number, (subject, name) in enumerate(subjects(engine), start=1):
        lesson = maker.make(subject, name, MINUTES[number % len(MINUTES)], number, "nl")
        document = lesson_file(lesson, "docx", trainer=True)
        (folder / f"les-{number:02}.docx").write_bytes(document)
        yield _print(lesson_counts(lesson, document, texts, evidence))


def _print(row: dict[str, Any]) -> dict[str, Any]:
    print(json.dumps(row, ensure_ascii=False), flush=True)
    return row


def _total(name: str, rows: list[dict[str, Any]]) -> None:
    sums = {key: sum(row[key] for row in rows) for key, value in rows[0].items() if isinstance(value, int)}
    print(json.dumps({name: len(rows), **sums}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
