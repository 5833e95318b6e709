"""A lesson as a document: the hand-out for participants, and the trainer's copy with arguments and answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from retrieval.answer import Citation
from retrieval.lesson.model import Case, Debate, Lesson, Minutes, QuizItem
from ui.lesson.words import stem, thesis
from ui.memo.model import MemoFormat, Note
from ui.memo.write import document_file, footnote, source_lists
from ui.messages import Messages
from ui.pandoc import Node, bullets, emphasis, heading, numbered, para, strong, words
from ui.places import in_quotes, place_text, source_line

# Minutes for learning points and terms, statements, case, quiz.
_PLAN: dict[Minutes, tuple[int, int, int, int]] = {15: (3, 5, 3, 4), 45: (8, 15, 12, 10), 90: (15, 30, 30, 15)}


def lesson_file(lesson: Lesson, form: MemoFormat, *, trainer: bool) -> bytes:
    """The lesson as a file, for the trainer with arguments, answers and the place of each.

    raises  PandocError
    """
    messages = Messages(lesson.language)
    writer = _Writer(lesson, messages, trainer)
    kind = messages("lesson.copy" if trainer else "lesson.handout", minutes=lesson.minutes)
    title = messages("lesson.title", title=lesson.title)
    sources = tuple({c.source.id: c.source for c in (*lesson.citations(), *lesson.reading)}.values())
    blocks = [*writer.blocks(), *source_lists(sources, messages)]
    return document_file(title, kind, None, blocks, sources, form, messages)


class _Writer:
    def __init__(self, lesson: Lesson, messages: Messages, trainer: bool) -> None:
        self._lesson = lesson
        self._messages = messages
        self._trainer = trainer

    def blocks(self) -> list[Node]:
        """The parts in the order of the lesson."""
        lesson, messages = self._lesson, self._messages
        blocks = [heading(2, messages("lesson.points")), self._cited(lesson.points)]
        if self._trainer:
            blocks = [*self._plan(), *blocks]
        if lesson.debates:
            blocks += [heading(2, messages("lesson.debates")), para(emphasis(messages("lesson.debate.task")))]
        for number, debate in enumerate(lesson.debates, start=1):
            blocks += self._debate(number, debate)
        if lesson.case:
            blocks += self._case(lesson.case)
        blocks.append(heading(2, messages("lesson.cards")))
        blocks.append(
            {
                "t": "DefinitionList",
                "c": [[words(card.term), [[para(*self._said(card.citation))]]] for card in lesson.cards],
            }
        )
        blocks += [heading(2, messages("lesson.quiz")), numbered([self._item(item) for item in lesson.quiz])]
        blocks += [heading(2, messages("lesson.reading")), bullets([self._place(c) for c in lesson.reading])]
        origin = messages("lesson.origin", version=lesson.corpus_version, seed=lesson.seed)
        return [*blocks, para(emphasis(origin))]

    def _plan(self) -> list[Node]:
        keys = ("lesson.points", "lesson.debates", "lesson.case.short", "lesson.quiz")
        rows = [
            words(self._messages("lesson.plan.line", part=self._messages(key), minutes=minutes))
            for key, minutes in zip(keys, _PLAN[self._lesson.minutes], strict=True)
        ]
        return [heading(2, self._messages("lesson.plan")), bullets(rows)]

    def _said(self, citation: Citation) -> list[Node]:
        """The words of a citation with their footnote."""
        text = citation.quote if citation.in_our_words else in_quotes(citation.quote)
        return [*words(text), self._note(citation)]

    def _note(self, citation: Citation) -> Node:
        note = Note(
            source=citation.source,
            locator=citation.locator,
            quote=citation.quote,
            in_our_words=citation.in_our_words,
            version=self._lesson.corpus_version,
        )
        return footnote(note, self._messages)

    def _cited(self, citations: Iterable[Citation]) -> Node:
        return bullets([self._said(citation) for citation in citations])

    def _debate(self, number: int, debate: Debate) -> list[Node]:
        messages = self._messages
        blocks = [
            heading(3, messages("lesson.debate.title", number=number)),
            para(strong(thesis(debate, messages))),
        ]
        if not self._trainer:
            return blocks
        sides = (
            ("for", debate.arguments_for),
            ("against", debate.arguments_against),
            ("conditions", debate.conditions),
        )
        for side, citations in sides:
            blocks += self._group(messages(f"lesson.{side}"), citations)
        return blocks

    def _group(self, title: str, citations: Sequence[Citation]) -> list[Node]:
        return [para(emphasis(title)), self._cited(citations)] if citations else []

    def _case(self, case: Case) -> list[Node]:
        messages = self._messages
        blocks = [
            heading(2, messages("lesson.case", instrument=case.instrument)),
            para(*words(messages("lesson.case.task", instrument=case.instrument))),
            self._cited(case.situation),
        ]
        questions: list[list[Node]] = []
        for question in case.questions:
            asked: list[Node] = [para(*words(messages(f"lesson.ask.{question.asks}")))]
            if self._trainer and question.answers:
                asked.append(self._cited(question.answers))
            elif self._trainer:
                asked.append(para(emphasis(messages("lesson.own_answer"))))
            questions.append(asked)
        return [*blocks, numbered(questions)]

    def _item(self, item: QuizItem) -> list[Node]:
        blocks = [para(*words(stem(item, self._messages)))]
        if item.wrong:
            options = [[para(*words(option))] for option in item.options]
            blocks.append({"t": "OrderedList", "c": [[1, {"t": "UpperAlpha"}, {"t": "Period"}], options]})
        if self._trainer:
            right = words(self._messages("lesson.quiz.right", right=item.right.rstrip(".")))
            blocks.append(para({"t": "Strong", "c": right}, self._note(item.citation)))
        return blocks

    def _place(self, citation: Citation) -> list[Node]:
        source = source_line(citation.source, self._messages)
        return words(f"{source}, {place_text(citation.locator, citation.source, self._messages)}")
