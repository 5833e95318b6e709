"""What an operator may choose to keep: questions for a number of days, and verdicts on answers. Both off by default."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Mapping
from pathlib import Path

from retrieval.answer import Answer

VERDICTS = ("right", "wrong", "missing")


class Kept:
    """Appends to JSON lines in the data folder; safe to use from several threads."""

    def __init__(self, folder: Path, *, questions: bool, feedback: bool, days: int) -> None:
        self.questions, self.feedback, self.days = questions, feedback, days
        self._folder = folder
        self._lock = threading.Lock()

    def question(self, answer: Answer) -> None:
        """Keep a question, if that is on."""
        if self.questions:
            self._append("questions.jsonl", {"question": answer.question, "answered": answer.answered})

    def verdict(self, verdict: str, question: str, corpus_version: str) -> None:
        """Keep what a reader thought of an answer, if that is on."""
        if self.feedback and verdict in VERDICTS:
            record = {"verdict": verdict, "question": question, "corpus_version": corpus_version}
            self._append("feedback.jsonl", record)

    def _append(self, name: str, record: Mapping[str, object]) -> None:
        """Add a line, and drop what is older than the days it may be kept."""
        now = dt.datetime.now(dt.UTC)
        oldest = (now - dt.timedelta(days=self.days)).isoformat(timespec="seconds")
        line = json.dumps({"time": now.isoformat(timespec="seconds"), **record}, ensure_ascii=False) + "\n"
        with self._lock:
            path = self._folder / name
            held = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
            if held and json.loads(held[0])["time"] < oldest:
                path.write_text("".join(kept for kept in held if json.loads(kept)["time"] >= oldest), encoding="utf-8")
            with path.open("a", encoding="utf-8") as file:
                file.write(line)
