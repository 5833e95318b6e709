"""A lesson's questions and their feedback in words."""

from __future__ import annotations

from retrieval.answer import Citation
from retrieval.lesson.model import Debate, QuizItem
from ui.messages import Messages
from ui.places import address, in_quotes, place_text, source_line


def stem(item: QuizItem, messages: Messages) -> str:
    """What a quiz item asks."""
    return messages(f"lesson.quiz.{item.kind}", asked=item.asked)


def thesis(debate: Debate, messages: Messages) -> str:
    """The statement that is discussed."""
    return messages(f"lesson.debate.{debate.relation}", instrument=debate.instrument, target=debate.target)


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
