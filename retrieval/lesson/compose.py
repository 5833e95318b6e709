"""A lesson from its material: what is chosen, in which order, and that nothing comes twice."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from corpus.instruments import Instrument, Link, Statement
from corpus.terms import Term
from ingest.index.lexical import words
from retrieval.answer import Citation, Language
from retrieval.engine import Engine
from retrieval.instruments import catalogue
from retrieval.lesson.library import Library, is_of_the_whole, place_of, share_a_root, stands_alone
from retrieval.lesson.material import Material, gather, names_other
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
    """How much of each part a lesson of a length holds; `own` are the questions of the case that have no answer."""

    points: int
    debates: int
    arguments: int
    cards: int
    quiz: int
    reading: int
    own: tuple[CaseAsk, ...]


_SIZES: dict[Minutes, _Size] = {
    15: _Size(points=3, debates=2, arguments=2, cards=4, quiz=5, reading=3, own=("advice",)),
    45: _Size(points=5, debates=2, arguments=3, cards=8, quiz=8, reading=5, own=("unknown", "advice")),
    90: _Size(points=7, debates=3, arguments=3, cards=12, quiz=12, reading=8, own=("parties", "unknown", "advice")),
}
_T = TypeVar("_T")
_CHOICE = 2  # chance picks from this many times as much as is needed, so that another seed makes another lesson
_SPARE = 2  # points left to chance: the best tell most
_SPARE_TERMS = 4  # terms passed over at most
_POINTS = 3  # that a lesson has at least, if need be on what only comes near
_ENOUGH = 2  # arguments for a statement, before what an instrument does for something else counts as one
_CASES = 6  # instruments near a subject that none is linked to, among which that of the case is chosen
_ASKED = 2  # questions with an answer that a case has at least
_RELATED = ("dient", "beperkt")  # how it is linked to an aim that it serves, a risk that it limits
_BRINGS = "kan_veroorzaken"  # how an instrument is linked to a risk that it brings


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
        if len(material.stretches) < _POINTS or not material.terms:
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
        self._labels = {c.id: self._say(c.label) for c in (*catalogue().aims, *catalogue().risks)}

    def lesson(self, minutes: Minutes, seed: int, version: str) -> Lesson:
        """All parts; the debates come first, since their arguments are the scarcest."""
        debates = self._debates()
        case = self._case({debate.instrument for debate in debates})
        points = self._points()
        chosen = self._terms()
        quiz = Quiz(self._library, self._material, self._evidence, self._chance, self._language)
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
        return replace(lesson, reading=tuple(_reading(lesson.citations(), self._further(), self._size.reading)))

    def _further(self) -> list[Citation]:
        """What the sources say of the subject, by name first."""
        found = [stretch.cited() for stretch in self._material.stretches]
        found.sort(key=lambda citation: not self._material.telling & set(words(citation.quote)))
        return [citation for citation in found if self._material.is_about(citation)]

    def _say(self, text: object) -> str:
        return str(getattr(text, self._language))

    def _terms(self) -> list[Term]:
        """The terms of the subject itself, and others by chance."""
        heads = list(self._material.heads[: self._size.cards // 2])
        rest = [term for term in self._material.terms if term not in heads]
        return [*heads, *self._pick(rest, self._size.cards - len(heads), spare=_SPARE_TERMS)]

    def _pick(self, choices: Sequence[_T], count: int, spare: int | None = None) -> list[_T]:
        """As many of the first choices, by chance, in their order; `spare` is how many are passed over at most."""
        pool = choices[: count + spare] if spare is not None else choices[: count * _CHOICE]
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
        """Gists of the sections on which most of the subject rests, then of those near it, else first sentences."""
        every = (s for s in self._library.stretches if s.block.kind == "gist" and s.block.language == self._language)
        told = [citation for citation in (s.cited() for s in every) if not is_of_the_whole(citation)]
        gists = sorted(told, key=lambda citation: -self._material.weight(citation))
        found = [s.cited() for s in self._material.stretches if s.block.kind == "gist"]
        ranked = [
            *(citation for citation in gists if self._material.weight(citation)),
            *(citation for citation in found if self._material.is_about(citation)),
        ]
        unique = list({citation.quote: citation for citation in ranked}.values())
        count = self._size.points
        sure = max(0, count - _SPARE)
        picked = self._tell([*unique[:sure], *self._pick(unique[sure:], count - sure), *unique[sure:]], count)
        texts = [s for s in self._material.stretches if s.block.kind == "paragraph"]
        firsts = [next(s.sentences()) for s in texts if s.passage.source_id != "begrippenlijst"]
        firsts = [citation for citation in firsts if stands_alone(citation.quote)]
        picked += self._tell(filter(self._material.is_about, firsts), count - len(picked))
        return picked + self._tell([*found, *firsts], _POINTS - len(picked))

    def _debates(self) -> list[Debate]:
        """On instruments for which the sources bring arguments on both sides; those of the subject itself first."""
        material, found = self._material, list[Debate]()
        fit = [i for i in material.instruments if _for(i) and _against(i)]
        fit.sort(key=lambda i: i.domain == "proces")  # a way of working is less of a choice than a measure
        on_it = {*_RELATED, _BRINGS}
        own = [i for i in fit if any(self._on_it(link) and link.relation in on_it for link in i.relations)]
        rest = sorted((i for i in fit if i not in own), key=lambda i: not self._tells(i))
        count = self._size.debates
        first = [material.focus] if material.focus in fit else []
        for instrument in [*first, *self._pick(own, count), *own, *self._pick(rest, count), *rest]:
            if len(found) == count:
                break
            if self._say(instrument.name) not in {debate.instrument for debate in found}:
                debate = self._debate(instrument, len(found) + 1)
                found += [debate] if debate else []
        return found

    def _tells(self, instrument: Instrument) -> bool:
        """Whether the catalogue names the subject with an instrument."""
        return any(self._material.telling & set(words(self._say(s.text))) for s in instrument.statements())

    def _on_it(self, link: Link) -> bool:
        """Whether a link is to what the lesson is on, not to something of a longer name."""
        label = self._labels[link.target]
        return link.target in self._material.targets and not names_other(self._say(link.text), label, self._language)

    def _of_itself(self, instrument: Instrument, link: Link) -> bool:
        """Whether an instrument would be for, or against, what its own name says: that tells nothing."""
        return share_a_root(self._say(instrument.name), self._labels[link.target])

    def _debate(self, instrument: Instrument, number: int) -> Debate | None:
        told = set(self._told)
        stated = self._stated(instrument)
        helping = sorted(_for(instrument), key=lambda link: self._of_itself(instrument, link))
        on_it = [link for link in helping if stated.relation == _BRINGS or link.target == stated.target]
        against = sorted(_against(instrument), key=lambda s: getattr(s, "target", "") != stated.target)
        arguments_for = self._tell(self._statements(on_it), self._size.arguments)
        arguments_for += self._tell(self._statements(helping), _ENOUGH - len(arguments_for))
        arguments_against = self._tell(self._statements(against), self._size.arguments)
        if not arguments_for or not arguments_against:
            self._told = told
            return None
        return Debate(
            instrument=self._say(instrument.name),
            target=self._labels[stated.target],
            relation=stated.relation,
            wording=number,
            arguments_for=arguments_for,
            arguments_against=arguments_against,
            conditions=self._tell(self._statements(instrument.conditions), self._size.arguments),
        )

    def _stated(self, instrument: Instrument) -> Link:
        """The link that the statement is on: one to the subject, else, by chance, what it serves or what it brings."""
        brings = [link for link in instrument.relations if link.relation == _BRINGS]
        helps = sorted(_for(instrument), key=lambda link: self._of_itself(instrument, link))
        if instrument is not self._material.focus:
            own = [link for link in (*helps, *brings) if self._on_it(link)]
            if own:
                return own[0]
        return self._chance.choice([helps[0], *brings[:1]])

    def _case(self, debated: set[str]) -> Case | None:
        """On an instrument that was not debated: that of the subject, else the one with most to ask about of a few."""
        material = self._material
        pool = [i for i in material.instruments if self._say(i.name) not in debated]
        own = [i for i in pool if any(self._on_it(link) for link in _for(i))]
        rich = sorted(own or pool[:_CASES], key=lambda i: -sum(bool(group) for _, group in _asks(i)))
        ranked = self._pick(rich, 4, spare=2)
        first = [material.focus] if material.focus in pool else []
        for instrument in [*first, *ranked, *pool]:
            told = set(self._told)
            situation = self._tell(self._statements(instrument.does), self._size.arguments)
            answered = [
                (asks, self._tell(self._statements(group), self._size.arguments)) for asks, group in _asks(instrument)
            ]
            questions = [CaseQuestion(asks, answers) for asks, answers in answered if answers]
            links = sorted(
                _for(instrument),
                key=lambda link: (not self._on_it(link), self._of_itself(instrument, link)),
            )
            if situation and len(questions) >= _ASKED and links:
                return Case(
                    instrument=self._say(instrument.name),
                    target=self._labels[links[0].target],
                    relation=links[0].relation,
                    actors=instrument.actors,
                    situation=situation,
                    questions=(*questions, *map(CaseQuestion, self._size.own)),
                )
            self._told = told
        return None


def _for(instrument: Instrument) -> list[Link]:
    """Links that speak for an instrument: aims that it serves, risks that it limits."""
    return [link for link in instrument.relations if link.relation in _RELATED]


def _against(instrument: Instrument) -> list[Statement]:
    return [*(link for link in instrument.relations if link.relation == _BRINGS), *instrument.criticism]


def _asks(instrument: Instrument) -> list[tuple[CaseAsk, Sequence[Statement]]]:
    return [
        ("aims", _for(instrument)),
        ("effects", instrument.effects),
        ("risks", _against(instrument)),
        ("conditions", instrument.conditions),
        ("law", instrument.legal_basis),
    ]


def _reading(citations: Iterable[Citation], further: Iterable[Citation], count: int) -> list[Citation]:
    """The places that the lesson rests on most, each section once: one of every source, then one of each source that
    only says more of the subject, then others. Our own glossary is not among them.
    """
    places: dict[tuple[str, str], list[Citation]] = {}
    for citation in citations:
        if citation.source.path is None or citation.source.kind != "samenvatting":
            places.setdefault(place_of(citation), []).append(citation)
    of_source: Counter[str] = Counter()
    turns: list[tuple[int, Citation]] = []
    for group in sorted(places.values(), key=lambda group: -len(group)):
        of_source[group[0].source.id] += 1
        turns.append((of_source[group[0].source.id], group[0]))
    firsts = [citation for turn, citation in turns if turn == 1]
    others = dict[str, Citation]()
    for citation in further:
        if citation.source.id not in of_source and citation.source.kind != "samenvatting":
            others.setdefault(citation.source.id, citation)
    later = [citation for _, citation in sorted(turns, key=lambda turn: turn[0]) if citation not in firsts]
    chosen = [*firsts, *others.values(), *later][:count]
    return sorted(chosen, key=lambda citation: (citation.source.id, citation.locator.page or 0))


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
