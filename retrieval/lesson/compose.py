"""A lesson from its material: what is chosen, in which order, and that nothing comes twice."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from corpus.instruments import Instrument, Link, Statement
from ingest.index.lexical import words
from retrieval.answer import Citation, Language
from retrieval.engine import Engine
from retrieval.instruments import catalogue
from retrieval.lesson.library import Library, stands_alone
from retrieval.lesson.material import Material, gather
from retrieval.lesson.model import (
    Card,
    Case,
    CaseAsk,
    CaseQuestion,
    Debate,
    Lesson,
    LessonError,
    Minutes,
    Subject,
)
from retrieval.lesson.quiz import Quiz
from retrieval.lesson.support import Check, Evidence


@dataclass(frozen=True, slots=True)
class _Size:
    """How much of each part a lesson of a length holds."""

    points: int
    debates: int
    arguments: int
    cards: int
    quiz: int
    reading: int


_SIZES: dict[Minutes, _Size] = {
    15: _Size(points=3, debates=2, arguments=2, cards=4, quiz=5, reading=3),
    45: _Size(points=5, debates=2, arguments=3, cards=8, quiz=8, reading=5),
    90: _Size(points=7, debates=3, arguments=3, cards=12, quiz=12, reading=8),
}
_T = TypeVar("_T")
_CHOICE = 2  # chance picks from this many times as much as is needed, so that another seed makes another lesson


class LessonMaker:
    """Makes lessons from one knowledge base."""

    def __init__(self, engine: Engine, check: Check) -> None:
        """`check` tells whether passages support a sentence."""
        self._engine = engine
        self._library = Library(engine)
        self._evidence = Evidence(engine, check)

    def make(
        self, subject: Subject, name: str, minutes: Minutes, seed: int, language: Language, quotes: Sequence[str] = ()
    ) -> Lesson:
        """A lesson on a theme, source, instrument or answer (then `quotes` are the words that it cites).

        raises  LessonError if the subject is not known or holds too little
        """
        material = gather(self._engine, self._library, subject, name, language, quotes)
        if len(material.stretches) < _SIZES[minutes].points or not material.terms:
            raise LessonError(
                f"Over {name!r} staat te weinig in de bronnen voor een les van {minutes} minuten; "
                "kies een ruimer thema of een kortere les.",
                f"The sources hold too little on {name!r} for a lesson of {minutes} minutes; "
                "choose a wider theme or a shorter lesson.",
            )
        chance = random.Random(f"{seed} {subject} {name} {minutes} {language}")
        draft = _Draft(self._library, material, self._evidence, chance, language, _SIZES[minutes])
        return _numbered(draft.lesson(minutes, seed, self._engine.manifest.corpus_version))


class _Draft:
    """One lesson in the making."""

    def __init__(
        self,
        library: Library,
        material: Material,
        evidence: Evidence,
        chance: random.Random,
        language: Language,
        size: _Size,
    ) -> None:
        self._library = library
        self._material = material
        self._evidence = evidence
        self._chance = chance
        self._language: Language = language
        self._size = size
        self._told: set[str] = set()  # the words told so far: none come twice

    def lesson(self, minutes: Minutes, seed: int, version: str) -> Lesson:
        """All parts; the debates come first, since their arguments are the scarcest."""
        debates = self._debates()
        case = self._case({debate.instrument for debate in debates})
        points = self._points()
        terms = self._material.terms[: self._size.cards * _CHOICE]
        quiz = Quiz(self._library, self._material, self._evidence, self._chance, self._language)
        chosen = self._pick(terms, self._size.cards)
        cards = [Card(self._say(term.label), quiz.definition(term)) for term in chosen]
        items = quiz.items(self._size.quiz, chosen)
        lesson = Lesson(
            title=self._material.title,
            minutes=minutes,
            seed=seed,
            language=self._language,
            corpus_version=version,
            points=tuple(points),
            debates=tuple(debates),
            case=case,
            cards=tuple(cards),
            quiz=tuple(items),
            reading=(),
        )
        return replace(lesson, reading=tuple(_reading(lesson.citations(), self._size.reading)))

    def _say(self, text: object) -> str:
        return str(getattr(text, self._language))

    def _pick(self, choices: Sequence[_T], count: int) -> list[_T]:
        """As many of the first choices, by chance, in their order."""
        pool = choices[: count * _CHOICE]
        chosen = set(self._chance.sample(range(len(pool)), min(count, len(pool))))
        return [item for number, item in enumerate(pool) if number in chosen]

    def _tell(self, citations: Iterable[Citation], count: int) -> tuple[Citation, ...]:
        """The first citations that were not told before and that their passage supports."""
        found: list[Citation] = []
        for citation in citations:
            key = " ".join(words(citation.quote))
            if len(found) < count and key not in self._told and self._evidence.stands(citation):
                self._told.add(key)
                found.append(citation)
        return tuple(found)

    def _statements(self, statements: Iterable[Statement]) -> Iterator[Citation]:
        for statement in statements:
            yield self._library.statement(self._say(statement.text), self._language).cited()

    def _points(self) -> tuple[Citation, ...]:
        """Gists of the sections on which most of what the catalogue says of the subject rests, else first sentences."""
        rests = Counter(_place(s.cited()) for s in self._material.stretches if s.passage.form == "catalogue")
        every = (s for s in self._library.stretches if s.block.kind == "gist" and s.block.language == self._language)
        gists = sorted((s.cited() for s in every), key=lambda citation: -rests[_place(citation)])
        gists = [citation for citation in gists if rests[_place(citation)]]
        gists += [s.cited() for s in self._material.stretches if s.block.kind == "gist"]
        texts = [s for s in self._material.stretches if s.block.kind == "paragraph"]
        firsts = [next(s.sentences()) for s in texts if s.passage.source_id != "begrippenlijst"]
        firsts = [citation for citation in firsts if stands_alone(citation.quote)]
        picked = self._tell(self._pick(gists, self._size.points), self._size.points)
        return picked + self._tell(firsts, self._size.points - len(picked))

    def _debates(self) -> list[Debate]:
        """On instruments for which the sources bring arguments on both sides."""
        fit = [i for i in self._material.instruments if _for(i, None) and _against(i)]
        found: list[Debate] = []
        for instrument in [*self._pick(fit, self._size.debates), *fit]:
            if len(found) == self._size.debates or self._say(instrument.name) in {d.instrument for d in found}:
                continue
            debate = self._debate(instrument)
            if debate:
                found.append(debate)
        return found

    def _debate(self, instrument: Instrument) -> Debate | None:
        concept = self._material.concept
        links = _for(instrument, concept.id if concept else None) or _for(instrument, None)
        labels = {c.id: self._say(c.label) for c in (*catalogue().aims, *catalogue().risks)}
        told = set(self._told)
        rest = [link for link in _for(instrument, None) if link not in links]
        arguments_for = self._tell(self._statements([*links, *rest]), self._size.arguments)
        arguments_against = self._tell(self._statements(_against(instrument)), self._size.arguments)
        if not arguments_for or not arguments_against:
            self._told = told
            return None
        return Debate(
            instrument=self._say(instrument.name),
            target=labels[links[0].target],
            relation=links[0].relation,
            arguments_for=arguments_for,
            arguments_against=arguments_against,
            conditions=self._tell(self._statements(instrument.conditions), self._size.arguments),
        )

    def _case(self, debated: set[str]) -> Case | None:
        """On an instrument that was not debated, the one with most to ask about among the first."""
        pool = [i for i in self._material.instruments if self._say(i.name) not in debated]
        ranked = sorted(self._pick(pool, 4), key=lambda i: -len([group for _, group in _asks(i) if group]))
        for instrument in [*ranked, *pool]:
            situation = self._tell(self._statements((*instrument.does, *instrument.effects)), self._size.arguments)
            if not situation:
                continue
            answered = [
                (asks, self._tell(self._statements(group), self._size.arguments)) for asks, group in _asks(instrument)
            ]
            questions = [CaseQuestion(asks, answers) for asks, answers in answered if answers]
            if questions:
                return Case(
                    instrument=self._say(instrument.name),
                    situation=situation,
                    questions=(*questions, CaseQuestion("advice")),
                )
        return None


def _for(instrument: Instrument, target: str | None) -> list[Link]:
    """Links that speak for an instrument: aims that it serves, risks that it limits."""
    return [
        link
        for link in instrument.relations
        if link.relation in ("dient", "beperkt") and (target is None or link.target == target)
    ]


def _against(instrument: Instrument) -> list[Statement]:
    return [*(link for link in instrument.relations if link.relation == "kan_veroorzaken"), *instrument.criticism]


def _asks(instrument: Instrument) -> list[tuple[CaseAsk, Sequence[Statement]]]:
    return [
        ("aims", [link for link in instrument.relations if link.relation == "dient"]),
        ("risks", _against(instrument)),
        ("conditions", instrument.conditions),
        ("law", instrument.legal_basis),
    ]


def _reading(citations: Iterable[Citation], count: int) -> list[Citation]:
    """The places that the lesson rests on most, each section once, as they first occur; not our own glossary."""
    places: dict[tuple[str, str], list[Citation]] = {}
    for citation in citations:
        if citation.source.path is None or citation.source.kind != "samenvatting":
            places.setdefault(_place(citation), []).append(citation)
    most = sorted(places.values(), key=lambda group: -len(group))[:count]
    return [group[0] for group in sorted(most, key=lambda group: (group[0].source.id, group[0].locator.page or 0))]


def _place(citation: Citation) -> tuple[str, str]:
    """The section or article that a citation stands in."""
    place = citation.locator
    return citation.source.id, place.article or "".join(place.section[-1:])


def _numbered(lesson: Lesson) -> Lesson:
    """The lesson with its citations numbered from 1, in its order."""
    number = 0

    def mark(citation: Citation) -> Citation:
        nonlocal number
        number += 1
        return replace(citation, n=number)

    def each(citations: Iterable[Citation]) -> tuple[Citation, ...]:
        return tuple(mark(citation) for citation in citations)

    def debate(one: Debate) -> Debate:
        return replace(
            one,
            arguments_for=each(one.arguments_for),
            arguments_against=each(one.arguments_against),
            conditions=each(one.conditions),
        )

    def case(one: Case) -> Case:
        situation = each(one.situation)
        questions = tuple(replace(question, answers=each(question.answers)) for question in one.questions)
        return replace(one, situation=situation, questions=questions)

    return replace(
        lesson,
        points=each(lesson.points),
        debates=tuple(debate(one) for one in lesson.debates),
        case=case(lesson.case) if lesson.case else None,
        cards=tuple(replace(card, citation=mark(card.citation)) for card in lesson.cards),
        quiz=tuple(replace(item, citation=mark(item.citation)) for item in lesson.quiz),
        reading=each(lesson.reading),
    )
