"""Quiz items: right answers from the catalogue, the glossary and the digests; wrong options that nothing supports."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product

from corpus.instruments import Concept, Instrument, Link, Relation, Statement
from corpus.terms import Term
from ingest.index.lexical import words
from retrieval.answer import Citation, Language
from retrieval.instruments import catalogue
from retrieval.lesson.library import Library, share_a_root, stands_alone
from retrieval.lesson.material import Material, glossary, is_name, names_it
from retrieval.lesson.model import QuizItem, QuizKind
from retrieval.lesson.support import Evidence

GAP = "_____"
_WRONG = 3  # wrong options of an item
_ALIKE = 0.5  # definitions that share more of their stems are too much alike to be right and wrong
_MONTHS = (
    "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
    "|january|february|march|may|june|july|august|october"
)
_FIGURE = re.compile(
    r"(?<![\w.,/:-])(\d{1,3}(?:\.\d{3})+|\d{1,4})(?![\w/:-]|[.,]\d|\s?[–-])"
    rf"(?!\s+(?i:{_MONTHS})\b)(?P<percent>\s?(?:%|procent|per ?cent))?"
)
# What stands before a number that is no fact of the sentence: a reference, a day, a name, the end of a range.
_REFERENCE = re.compile(
    rf"(?:(?i:\b(?:art(?:ikel|icle)?|artikelen|lid|leden|noot|note|stap|step|blz|p|nr|nummer|hoofdstuk|chapter|{_MONTHS}"
    r"|actielijn|box|boek|staatsblad))\.?\s*|\b[A-Z]\w*\s+|[–-]\s*)$"
)
_ALIKE_TERMS = 16  # terms near one among which wrong options are sought that read like the right one
_SHORT = 10  # words below which a sentence says too little to fill it in
_SHARED = 4  # words longer or shorter that a shared word makes up for
_NEAR = 8  # instruments among which chance decides which is asked about first
_TRIES = 8  # candidates for wrong options that the check is asked about, for one item
_PREDICATES = {
    "aim": {"nl": "Dit helpt bij {target}.", "en": "This helps with {target}."},
    "limits": {"nl": "Dit beperkt {target}.", "en": "This limits {target}."},
    "risk": {"nl": "Dit kan leiden tot {target}.", "en": "This may lead to {target}."},
}
_RELATIONS: dict[QuizKind, Relation] = {"aim": "dient", "limits": "beperkt", "risk": "kan_veroorzaken"}


def claim(kind: QuizKind, asked: str, option: str, language: Language) -> tuple[str, tuple[str, ...]]:
    """What an option of an item would say, and the names of the thing it would say that about; none for a number.

    The claim itself leaves out that name: in a passage that holds it, its words would count as support.
    """
    if kind in _PREDICATES:
        return _PREDICATES[kind][language].format(target=asked), _names_of(option, language)
    if kind == "definition":
        return option, _names_of(asked, language)
    if kind in ("term", "instrument"):
        return asked, _names_of(option, language)
    return asked.replace(GAP, option), ()


def _names_of(label: str, language: Language) -> tuple[str, ...]:
    """All names of the instrument, aim, risk or term with this label."""
    for instrument in catalogue().instruments:
        if getattr(instrument.name, language) == label:
            return label, *getattr(instrument.other_names, language)
    for term in glossary():
        if getattr(term.label, language) == label:
            return label, *getattr(term.synonyms, language), *term.abbreviations
    for concept in (*catalogue().aims, *catalogue().risks):
        if getattr(concept.label, language) == label:
            return label, *getattr(concept.synonyms, language)
    raise KeyError(label)


class Quiz:
    """Makes the items of one lesson; the same random numbers make the same items."""

    def __init__(
        self, library: Library, material: Material, evidence: Evidence, chance: random.Random, language: Language
    ) -> None:
        self._library = library
        self._material = material
        self._evidence = evidence
        self._chance = chance
        self._language: Language = language
        self._asked: set[str] = set()
        self._answered: set[str] = set()  # ids of the instruments that were a right answer

    def items(self, count: int, terms: Sequence[Term]) -> list[QuizItem]:
        """Up to `count` items, a kind in turn, so that each kind occurs as far as the material allows."""
        makers = [
            self._definitions(terms[0::2]),
            self._figures(choice=True),
            self._targets("aim"),
            self._gaps(terms),
            self._instruments(),
            self._terms(terms[1::2]),
            self._targets("risk"),
            self._targets("limits"),
            self._figures(choice=False),
        ]
        found: list[QuizItem] = []
        while makers and len(found) < count:
            maker = makers.pop(0)
            item = next(maker, None)
            if item:
                makers.append(maker)
                found.append(item)
        return found

    def _fresh(self, *texts: str) -> bool:
        """Whether none of these was asked about before; from now on they are."""
        keys = {" ".join(words(text)) for text in texts}
        if keys & self._asked:
            return False
        self._asked |= keys
        return True

    def _say(self, text: object) -> str:
        return str(getattr(text, self._language))

    def _untrue(self, kind: QuizKind, asked: str, options: Iterable[str]) -> list[str]:
        """The first options that the collection does not support, as many as an item has."""
        found: list[str] = []
        for option in islice(dict.fromkeys(options), _TRIES):
            if not self._evidence.anywhere(*claim(kind, asked, option, self._language)):
                found.append(option)
            if len(found) == _WRONG:
                break
        return found

    # --- terms ----------------------------------------------------------------------------------

    def _definitions(self, terms: Sequence[Term]) -> Iterator[QuizItem]:
        """What a term means; the wrong options are meanings of terms near it."""
        for term in terms:
            label, meaning = self._say(term.label), self._say(term.definition)
            if self._fresh(label):
                wrong = self._untrue("definition", label, [self._say(o.definition) for o in self._others(term)])
                if len(wrong) == _WRONG:
                    yield self._term_item("definition", term, label, meaning, wrong)

    def _terms(self, terms: Sequence[Term]) -> Iterator[QuizItem]:
        """Which term a definition is of."""
        for term in terms:
            label, meaning = self._say(term.label), self._say(term.definition)
            gives_away = set(words(label)) <= set(words(meaning))
            if not gives_away and self._fresh(label):
                wrong = self._untrue("term", meaning, [self._say(o.label) for o in self._others(term)])
                if len(wrong) == _WRONG:
                    yield self._term_item("term", term, meaning, label, wrong)

    def _term_item(self, kind: QuizKind, term: Term, asked: str, right: str, wrong: Sequence[str]) -> QuizItem:
        return QuizItem(kind=kind, asked=asked, right=right, wrong=tuple(wrong), citation=self.definition(term))

    def definition(self, term: Term) -> Citation:
        """The definition of a term as a citation."""
        return self._library.statement(self._say(term.definition), self._language).cited()

    def _others(self, term: Term) -> list[Term]:
        """Terms near this one whose definition is not also one of it: no family, no look-alike; those whose definition
        reads most like it first.

        Terms that the glossary relates directly can mean nearly the same; those that share a relation do not.
        """
        by_id = {other.id: other for other in glossary()}
        family = {term.id, *term.broader, *term.narrower, *term.related}
        near = [by_id[name] for related in term.related for name in by_id[related].related]
        near += list(self._material.terms)
        proper = self._say(term.label)[:1].isupper()  # a name is no likely answer where a word is asked
        near = [other for other in near if not is_name(other) and (proper or not self._say(other.label)[:1].isupper())]
        mine, fit = set(words(self._say(term.definition))), list[Term]()
        for other in dict.fromkeys(other.id for other in near if other.id not in family):
            theirs = set(words(self._say(by_id[other].definition)))
            named = set(words(self._say(by_id[other].label))) <= mine or set(words(self._say(term.label))) <= theirs
            alike = named or len(mine & theirs) > _ALIKE * min(len(mine), len(theirs))
            if not alike and not self._related_names(term, by_id[other]):
                fit.append(by_id[other])
        return sorted(fit[:_ALIKE_TERMS], key=lambda other: self._unlike(term, other))

    def _unlike(self, term: Term, other: Term) -> int:
        """In words: how much longer or shorter a definition is, less what it begins and says alike."""
        ours, theirs = self._say(term.definition), self._say(other.definition)
        alike = len(set(words(ours)) & set(words(theirs))) + (ours.split()[0] == theirs.split()[0])
        return abs(len(ours.split()) - len(theirs.split())) - _SHARED * alike

    def _related_names(self, term: Term, other: Term) -> bool:
        """Whether one name holds the other: "menging" and "sociale menging" are one thing to a reader."""
        ours = [set(words(name)) for name in (self._say(term.label), *getattr(term.synonyms, self._language))]
        theirs = [set(words(name)) for name in (self._say(other.label), *getattr(other.synonyms, self._language))]
        return any(a and b and (a <= b or b <= a) for a in ours for b in theirs)

    # --- instruments ----------------------------------------------------------------------------

    def _instruments(self) -> Iterator[QuizItem]:
        """Which instrument a description is of; the wrong ones serve none of its aims."""
        for instrument in self._material.instruments:
            names = set(words(" ".join((self._say(instrument.name), *getattr(instrument.other_names, self._language)))))
            statement = next((s for s in instrument.does if not names & set(words(self._say(s.text)))), None)
            if statement is None or instrument.id in self._answered or not self._fresh(self._say(statement.text)):
                continue
            others = self._unlinked(instrument, {link.target for link in instrument.relations})
            asked = set(words(self._say(statement.text)))
            others = [o for o in others if len(asked & self._said_of(o)) <= _ALIKE * len(asked)]
            item = self._instrument_item("instrument", instrument, statement, self._say(statement.text), others)
            if item:
                yield item

    def _targets(self, kind: QuizKind) -> Iterator[QuizItem]:
        """Which instrument serves an aim, limits or may cause a risk, those of the theme first.

        No passage names a wrong one together with it.
        """
        relation = _RELATIONS[kind]
        concepts = {concept.id: concept for concept in (*catalogue().aims, *catalogue().risks)}
        few = self._material.instruments
        pairs = [(i, link) for i in few[:_NEAR] for link in i.relations if link.relation == relation]
        self._chance.shuffle(pairs)
        pairs += [(i, link) for i in few[_NEAR:] for link in i.relations if link.relation == relation]
        pairs.sort(key=lambda pair: pair[1].target not in self._material.targets)
        for again, (instrument, link) in product((False, True), pairs):
            if (instrument.id in self._answered) != again:
                continue
            concept = concepts[link.target]
            label = self._say(concept.label)
            gives_away = share_a_root(label, self._say(instrument.name))
            if gives_away or not self._names(concept, link) or not self._fresh(f"{kind} {label}"):
                continue
            names = _names_of(label, self._language)
            others = [
                other
                for other in self._unlinked(instrument, {link.target})
                if not self._evidence.together(_names_of(self._say(other.name), self._language), names)
            ]
            item = self._instrument_item(kind, instrument, link, label, others)
            if item:
                yield item

    def _instrument_item(
        self, kind: QuizKind, right: Instrument, statement: Statement, asked: str, others: Sequence[Instrument]
    ) -> QuizItem | None:
        wrong = self._untrue(kind, asked, [self._say(other.name) for other in others])
        if len(wrong) < _WRONG:
            return None
        self._answered.add(right.id)
        citation = self._library.statement(self._say(statement.text), self._language).cited()
        return QuizItem(kind=kind, asked=asked, right=self._say(right.name), wrong=tuple(wrong), citation=citation)

    def _unlinked(self, right: Instrument, targets: set[str]) -> list[Instrument]:
        """Instruments without a link to any of the targets, by chance, those of the same domain first."""
        others = [i for i in catalogue().instruments if not targets & {link.target for link in i.relations}]
        self._chance.shuffle(others)
        return sorted((o for o in others if o is not right), key=lambda other: other.domain != right.domain)

    def _said_of(self, instrument: Instrument) -> set[str]:
        return set(words(" ".join(self._say(statement.text) for statement in instrument.statements())))

    def _names(self, concept: Concept, link: Link) -> bool:
        """Whether the words of a link name its aim or risk, so that a reader sees that they answer the question."""
        said = self._say(link.text)
        names = (self._say(concept.label), *getattr(concept.synonyms, self._language))
        return any(names_it(said, name, self._language) for name in names)

    # --- sentences ------------------------------------------------------------------------------

    def _figures(self, *, choice: bool) -> Iterator[QuizItem]:
        """A sentence without its number, to be chosen or filled in."""
        for citation in filter(self._material.is_about, self._sentences()):
            figures = [m for m in _FIGURE.finditer(citation.quote) if _is_figure(citation.quote, m)]
            if not figures:
                continue
            figure = self._chance.choice(figures)
            asked = citation.quote[: figure.start(1)] + GAP + citation.quote[figure.end(1) :]
            if not self._fresh(citation.quote):
                continue
            wrong = self._untrue("number", asked, self._near_figures(citation, figure)) if choice else []
            if not choice or len(wrong) == _WRONG:
                yield QuizItem(kind="number", asked=asked, right=figure[1], wrong=tuple(wrong), citation=citation)

    def _near_figures(self, citation: Citation, figure: re.Match[str]) -> list[str]:
        """Numbers of the same size that the passage does not hold."""
        held = {m[1] for m in _FIGURE.finditer(citation.passage.searchable)}
        near = _near_numbers(figure[1], percent=bool(figure["percent"]), chance=self._chance)
        return [number for number in near if number not in held]

    def _gaps(self, terms: Sequence[Term]) -> Iterator[QuizItem]:
        """A sentence without the term that it is about, to be filled in."""
        for term in terms:
            label = self._say(term.label)
            also = (*getattr(term.synonyms, self._language), *term.abbreviations)
            pattern = re.compile(rf"(?<!\w){re.escape(label)}(?!\w)", re.IGNORECASE)
            for citation in self._sentences():
                hits = list(pattern.finditer(citation.quote))
                rest = pattern.sub(" ", citation.quote)
                if len(hits) != 1 or set(words(label)) & set(words(rest)):
                    continue
                asked = citation.quote[: hits[0].start()] + GAP + citation.quote[hits[0].end() :]
                if names_it(citation.quote, label, self._language) and self._fresh(citation.quote):
                    right = citation.quote[hits[0].start() : hits[0].end()]
                    yield QuizItem(kind="gap", asked=asked, right=right, also=also, citation=citation)
                    break

    def _sentences(self) -> Iterator[Citation]:
        for stretch in self._material.stretches:
            if stretch.block.kind in ("paragraph", "item") and stretch.passage.source_id != "begrippenlijst":
                yield from (
                    c for c in stretch.sentences() if _SHORT <= len(c.quote.split()) <= 45 and stands_alone(c.quote)
                )


def _is_figure(text: str, figure: re.Match[str]) -> bool:
    """Whether a number is a fact worth knowing, not part of a reference, a date or a name, and not a year."""
    before = text[: figure.start()]
    in_brackets = before.count("(") > before.count(")")
    year = figure[1].isdigit() and 1900 <= int(figure[1]) <= 2100 and not figure["percent"]
    return not in_brackets and not year and not _REFERENCE.search(before) and figure[1] not in ("0", "1")


def _near_numbers(figure: str, *, percent: bool, chance: random.Random) -> list[str]:
    """Numbers that could stand there too: percentages up to 100, else of the same size."""
    value = int(figure.replace(".", ""))
    unit = 10 ** max(0, len(str(value).rstrip("0")) - 1) * 10 ** (len(str(value)) - len(str(value).rstrip("0")))
    step = max(1, unit // 4)
    near = [value + step * n for n in (-2, -1, 1, 2, 3, 4)]
    near = [number for number in near if number > 1 and (not percent or number < 100)]
    chance.shuffle(near)
    dotted = "." in figure
    return [f"{number:,}".replace(",", ".") if dotted else str(number) for number in near]
