"""A lesson as a document: the hand-out for participants, and the trainer's copy with arguments and answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from retrieval.answer import Citation
from retrieval.lesson.model import Case, Debate, Lesson, QuizItem
from ui.lesson.words import goals, occasion, plan, reading_places, right, roles, stem, thesis
from ui.memo.model import MemoFormat, Note
from ui.memo.write import document_file, footnote, source_lists
from ui.messages import Messages
from ui.pandoc import Node, bullets, emphasis, heading, numbered, para, room, strong, words
from ui.places import in_quotes, source_line

_LINES = 4  # that a participant has for notes


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
        blocks = [heading(2, messages("lesson.goals")), bullets([words(goal) for goal in goals(lesson, messages)])]
        if self._trainer:
            blocks += self._plan()
        blocks += [heading(2, messages("lesson.points")), self._cited(lesson.points)]
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
        blocks += [heading(2, messages("lesson.reading")), bullets(self._reading())]
        origin = messages("lesson.origin", version=lesson.corpus_version, seed=lesson.seed)
        return [*blocks, para(emphasis(origin))]

    def _plan(self) -> list[Node]:
        messages = self._messages
        titles = {"case": "lesson.case.short"}
        rows = [
            words(
                messages(
                    "lesson.plan.line",
                    part=messages(titles.get(part, f"lesson.{part}")),
                    minutes=minutes,
                    how=messages(f"lesson.how.{part}"),
                )
            )
            for part, minutes in plan(self._lesson)
        ]
        return [heading(2, messages("lesson.plan")), bullets(rows)]

    def _reading(self) -> list[list[Node]]:
        return [
            words(f"{source_line(source, self._messages)}: {'; '.join(text for text, _ in spots)}")
            for source, spots in reading_places(self._lesson, self._messages)
        ]

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
        title = f"{messages('lesson.debate.title', number=number)}. {thesis(debate, messages)}"
        blocks = [heading(3, title)]
        if not self._trainer:
            return [*blocks, room([messages("lesson.for"), messages("lesson.against")], _LINES)]
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
            para(*words(occasion(case, messages))),
            para(*words(messages("lesson.case.proposal"))),
            self._cited(case.situation),
            para(*words(messages("lesson.case.task", roles=roles(case, messages)))),
        ]
        questions: list[list[Node]] = []
        for question in case.questions:
            asked: list[Node] = [para(strong(messages(f"lesson.ask.{question.asks}")))]
            if self._trainer and question.answers:
                asked.append(self._cited(question.answers))
            elif self._trainer:
                asked.append(para(emphasis(messages("lesson.own_answer"))))
            else:
                asked.append(para(*[{"t": "LineBreak"}] * _LINES))
            questions.append(asked)
        return [*blocks, numbered(questions)]

    def _item(self, item: QuizItem) -> list[Node]:
        blocks: list[Node] = [{"t": "Plain", "c": words(stem(item, self._messages))}]
        if item.wrong:
            options = [[{"t": "Plain", "c": words(option)}] for option in item.options]
            blocks.append({"t": "OrderedList", "c": [[1, {"t": "UpperAlpha"}, {"t": "Period"}], options]})
        if not self._trainer:
            return [*blocks, para({"t": "Str", "c": "\u00a0"})]  # room, and a line for what is filled in
        return [*blocks, para(strong(right(item, self._messages)), self._note(item.citation))]
