"""A lesson's questions and their feedback in words."""

from __future__ import annotations

from dataclasses import replace
from string import ascii_uppercase

from corpus import Source
from retrieval.answer import Citation
from retrieval.lesson.model import Case, Debate, Lesson, Minutes, QuizItem
from ui.instruments_view import actor_text
from ui.messages import Messages
from ui.places import address, in_quotes, place_text, source_line

# Minutes for learning points and terms, statements, case, quiz.
_PLAN: dict[Minutes, tuple[int, int, int, int]] = {15: (3, 5, 4, 3), 45: (8, 15, 12, 10), 90: (15, 30, 30, 15)}
_GOAL_TERMS = 3


def stem(item: QuizItem, messages: Messages) -> str:
    """What a quiz item asks."""
    return messages(f"lesson.quiz.{item.kind}", asked=item.asked)


def right(item: QuizItem, messages: Messages) -> str:
    """The right answer, with the letter of the option."""
    letter = f"{ascii_uppercase[item.options.index(item.right)]}. " if item.wrong else ""
    return messages("lesson.quiz.right", right=letter + item.right.rstrip("."))


def thesis(debate: Debate, messages: Messages) -> str:
    """The statement that is discussed."""
    return messages(
        f"lesson.debate.{debate.relation}.{debate.wording}", instrument=debate.instrument, target=debate.target
    )


def roles(case: Case, messages: Messages) -> str:
    """Who has a say in the case; residents always have."""
    actors = dict.fromkeys([*case.actors, "bewoners"])
    return ", ".join(actor_text(actor, messages) for actor in actors)


def occasion(case: Case, messages: Messages) -> str:
    """Why advice is asked."""
    return messages(f"lesson.case.{case.relation}", target=case.target, instrument=case.instrument)


def goals(lesson: Lesson, messages: Messages) -> list[str]:
    """What participants can do after the lesson."""
    found = [messages("lesson.goal.terms", terms=", ".join(card.term for card in lesson.cards[:_GOAL_TERMS]))]
    if lesson.debates:
        instruments = ", ".join(f"‘{debate.instrument}’" for debate in lesson.debates)
        found.append(messages("lesson.goal.debates", instruments=instruments))
    if lesson.case:
        found.append(messages("lesson.goal.case", instrument=f"‘{lesson.case.instrument}’"))
    return found


def plan(lesson: Lesson) -> list[tuple[str, int]]:
    """The parts by name with their minutes; what a part that is not there would take goes to the learning points."""
    held = {"points": True, "debates": bool(lesson.debates), "case": bool(lesson.case), "quiz": bool(lesson.quiz)}
    minutes = dict(zip(held, _PLAN[lesson.minutes], strict=True))
    minutes["points"] += sum(minutes[part] for part, there in held.items() if not there)
    return [(part, minutes[part]) for part, there in held.items() if there]


def reading_places(lesson: Lesson, messages: Messages) -> list[tuple[Source, list[tuple[str, str | None]]]]:
    """The reading list: each source once, with its places and their addresses; a note is read with its page."""
    of_source: dict[str, list[Citation]] = {}
    for citation in lesson.reading:
        of_source.setdefault(citation.source.id, []).append(citation)
    found = []
    for group in of_source.values():
        source = group[0].source
        spots = [replace(citation.locator, note=None) for citation in group]
        found.append((source, [(place_text(spot, source, messages), address(source, spot)) for spot in spots]))
    return found


def place(citation: Citation, messages: Messages) -> str:
    """Source and place in one line, and whether the words are ours."""
    ours = f" ({messages('cli.answer.digest')})" if citation.in_our_words else ""
    return f"{source_line(citation.source, messages)}{ours}, {place_text(citation.locator, citation.source, messages)}"


def feedback(item: QuizItem, messages: Messages) -> str:
    """What a participant is told after answering: the words of the source, their place and address."""
    citation = item.citation
    said = messages(
        "lesson.quiz.feedback",
        source=source_line(citation.source, messages),
        place=place_text(citation.locator, citation.source, messages),
        quote=in_quotes(citation.quote),
    )
    where = address(citation.source, citation.locator)
    return f"{said} {where}" if where else said
