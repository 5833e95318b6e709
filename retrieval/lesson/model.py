"""What a lesson is made of. Every text in it is an exact slice of a stored text, cited with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from corpus.instruments import Relation
from retrieval.answer import Citation, Language

Minutes = Literal[15, 45, 90]
MINUTES: tuple[Minutes, ...] = get_args(Minutes)
Subject = Literal["theme", "source", "instrument", "answer"]
CaseAsk = Literal["aims", "effects", "risks", "conditions", "law", "parties", "unknown", "advice"]
QuizKind = Literal["definition", "term", "instrument", "aim", "limits", "risk", "number", "gap"]


def _sortable(option: str) -> tuple[int, str]:
    digits = option.replace(".", "")
    return (int(digits), "") if digits.isdigit() else (0, option.lower())


class LessonError(ValueError):
    """A lesson cannot be made; `nl` and `en` say why and what to do."""

    def __init__(self, nl: str, en: str) -> None:
        super().__init__(nl)
        self.nl = nl
        self.en = en


@dataclass(frozen=True, slots=True, kw_only=True)
class Debate:
    """A discussion statement on `instrument` and an aim or risk: what the sources bring for and against it.

    `relation` is the catalogue's and says what is stated: that the aim needs the instrument (dient), that limiting the
    risk does (beperkt), or that its benefits outweigh the risk that it brings (kan_veroorzaken). `wording` counts the
    ways to say so, from 1: no two statements of a lesson are put alike.
    """

    instrument: str
    target: str
    relation: Relation
    wording: int
    arguments_for: tuple[Citation, ...]
    arguments_against: tuple[Citation, ...]
    conditions: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class CaseQuestion:
    """A question on the case with what the sources say of it; who wins or loses, what is not known yet and the advice
    are for the participants themselves and have no answer."""

    asks: CaseAsk
    answers: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case to work on: a proposal as the sources describe it, and questions.

    `target` is the aim (relation dient) or risk (beperkt) for which the instrument is proposed; `actors` are those who
    have a say in it, as the catalogue names them.
    """

    instrument: str
    target: str
    relation: Relation
    actors: tuple[str, ...]
    situation: tuple[Citation, ...]
    questions: tuple[CaseQuestion, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A term; the quote of the citation is its definition."""

    term: str
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizItem:
    """One question. `asked` is what it asks about: a term, a definition, a statement, an aim, a risk, or a sentence
    with a gap. `right` is the answer, `also` other ways to write it; `wrong` are the other options, none for a
    fill-in. The citation supports the right answer.
    """

    kind: QuizKind
    asked: str
    right: str
    also: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    citation: Citation

    @property
    def options(self) -> tuple[str, ...]:
        """All options in an order that tells nothing: by the alphabet, numbers by size; none for a fill-in."""
        return tuple(sorted((self.right, *self.wrong), key=_sortable)) if self.wrong else ()

    @property
    def accepted(self) -> tuple[str, ...]:
        """Every way to write the right answer."""
        return tuple(dict.fromkeys((self.right, *self.also)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A lesson; `reading` are places to read, each named once."""

    title: str
    minutes: Minutes
    seed: int
    language: Language
    corpus_version: str
    points: tuple[Citation, ...]
    debates: tuple[Debate, ...]
    case: Case | None
    cards: tuple[Card, ...]
    quiz: tuple[QuizItem, ...]
    reading: tuple[Citation, ...]

    def citations(self) -> Iterator[Citation]:
        """All citations but those of the reading list, in the order of the lesson."""
        yield from self.points
        for debate in self.debates:
            yield from (*debate.arguments_for, *debate.arguments_against, *debate.conditions)
        if self.case:
            yield from self.case.situation
            for question in self.case.questions:
                yield from question.answers
        yield from (card.citation for card in self.cards)
        yield from (item.citation for item in self.quiz)
