"""Quiz items: right answers from the catalogue, the glossary and the digests; wrong options that nothing supports."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from corpus.instruments import Concept, Instrument, Link, Statement
from corpus.terms import Term
from ingest.index.lexical import words
from retrieval.answer import Citation, Language
from retrieval.instruments import catalogue
from retrieval.lesson.library import Library, stands_alone
from retrieval.lesson.material import Material, glossary
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
CLAIMS = {
    "aim": {"nl": "{instrument} helpt bij {target}.", "en": "{instrument} helps with {target}."},
    "risk": {"nl": "{instrument} kan leiden tot {target}.", "en": "{instrument} may lead to {target}."},
    "definition": {"nl": "{term}: {text}", "en": "{term}: {text}"},
    "instrument": {"nl": "{instrument}: {text}", "en": "{instrument}: {text}"},
}


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

    # --- terms ----------------------------------------------------------------------------------

    def _definitions(self, terms: Sequence[Term]) -> Iterator[QuizItem]:
        """What a term means; the wrong options are meanings of terms near it."""
        for term in terms:
            wrong = [self._say(other.definition) for other in self._others(term)]
            if len(wrong) == _WRONG and self._fresh(self._say(term.label)):
                yield self._term_item("definition", term, self._say(term.label), self._say(term.definition), wrong)

    def _terms(self, terms: Sequence[Term]) -> Iterator[QuizItem]:
        """Which term a definition is of."""
        for term in terms:
            own = set(words(self._say(term.label)))
            if own <= set(words(self._say(term.definition))):
                continue  # the definition gives the answer away
            wrong = [self._say(other.label) for other in self._others(term)]
            if len(wrong) == _WRONG and self._fresh(self._say(term.label)):
                yield self._term_item("term", term, self._say(term.definition), self._say(term.label), wrong)

    def _term_item(self, kind: QuizKind, term: Term, asked: str, right: str, wrong: Sequence[str]) -> QuizItem:
        return QuizItem(kind=kind, asked=asked, right=right, wrong=tuple(wrong), citation=self.definition(term))

    def definition(self, term: Term) -> Citation:
        """The definition of a term as a citation."""
        return self._library.statement(self._say(term.definition), self._language).cited()

    def _others(self, term: Term) -> list[Term]:
        """Terms near this one whose definition is not also one of it: no broader or narrower term, no look-alike."""
        by_id = {other.id: other for other in glossary()}
        family = {term.id, *term.broader, *term.narrower}
        near = [by_id[name] for name in term.related]
        near += [by_id[name] for related in near for name in related.related]
        near += list(self._material.terms)
        mine = set(words(self._say(term.definition)))
        found: list[Term] = []
        for other in dict.fromkeys(other.id for other in near if other.id not in family):
            theirs = set(words(self._say(by_id[other].definition)))
            named = set(words(self._say(by_id[other].label))) <= mine or set(words(self._say(term.label))) <= theirs
            alike = named or len(mine & theirs) > _ALIKE * min(len(mine), len(theirs))
            if not alike and not self._related_names(term, by_id[other]) and not self._true_of(term, by_id[other]):
                found.append(by_id[other])
            if len(found) == _WRONG:
                break
        return found

    def _related_names(self, term: Term, other: Term) -> bool:
        """Whether one name holds the other: "menging" and "sociale menging" are one thing to a reader."""
        ours = [set(words(name)) for name in (self._say(term.label), *getattr(term.synonyms, self._language))]
        theirs = [set(words(name)) for name in (self._say(other.label), *getattr(other.synonyms, self._language))]
        return any(a and b and (a <= b or b <= a) for a in ours for b in theirs)

    def _true_of(self, term: Term, other: Term) -> bool:
        claim = CLAIMS["definition"][self._language].format(
            term=self._say(term.label), text=self._say(other.definition)
        )
        return self._evidence.anywhere(claim, self._say(term.label))

    # --- instruments ----------------------------------------------------------------------------

    def _instruments(self) -> Iterator[QuizItem]:
        """Which instrument a description is of; the wrong ones serve none of its aims."""
        for instrument in self._material.instruments:
            names = set(words(" ".join((self._say(instrument.name), *getattr(instrument.other_names, self._language)))))
            statement = next((s for s in instrument.does if not names & set(words(self._say(s.text)))), None)
            if statement is None:
                continue
            wrong = self._wrong_instruments(
                instrument, {link.target for link in instrument.relations}, "instrument", statement
            )
            if len(wrong) == _WRONG and self._fresh(self._say(statement.text), f"={instrument.id}"):
                yield QuizItem(
                    kind="instrument",
                    asked=self._say(statement.text),
                    right=self._say(instrument.name),
                    wrong=tuple(wrong),
                    citation=self._library.statement(self._say(statement.text), self._language).cited(),
                )

    def _targets(self, kind: QuizKind) -> Iterator[QuizItem]:
        """Which instrument serves an aim, or may cause a risk; nothing links the wrong ones to it."""
        relation = "dient" if kind == "aim" else "kan_veroorzaken"
        concepts = {concept.id: concept for concept in (*catalogue().aims, *catalogue().risks)}
        for instrument in self._material.instruments:
            for link in instrument.relations:
                concept = concepts[link.target]
                if link.relation != relation or not self._names(concept, link):
                    continue
                label = self._say(concept.label)
                wrong = self._wrong_instruments(instrument, {link.target}, kind, link)
                if len(wrong) == _WRONG and self._fresh(f"{kind} {label}"):
                    yield QuizItem(
                        kind=kind,
                        asked=label,
                        right=self._say(instrument.name),
                        wrong=tuple(wrong),
                        citation=self._library.statement(self._say(link.text), self._language).cited(),
                    )
                    break

    def _names(self, concept: Concept, link: Link) -> bool:
        """Whether the words of a link name its aim or risk, so that a reader sees that they answer the question."""
        said = set(words(self._say(link.text)))
        names = (self._say(concept.label), *getattr(concept.synonyms, self._language))
        return any(set(words(name)) <= said for name in names)

    def _wrong_instruments(
        self, right: Instrument, targets: set[str], kind: QuizKind, statement: Statement
    ) -> list[str]:
        """Names of instruments without a link to any of the targets, of the same domain first."""
        others = [i for i in catalogue().instruments if not targets & {link.target for link in i.relations}]
        self._chance.shuffle(others)
        others.sort(key=lambda other: other.domain != right.domain)
        found: list[str] = []
        for other in others:
            if other is not right and not self._bears_on(other, targets, kind, statement):
                found.append(self._say(other.name))
            if len(found) == _WRONG:
                break
        return found

    def _bears_on(self, other: Instrument, targets: set[str], kind: QuizKind, statement: Statement) -> bool:
        """Whether anything says of another instrument what is asked of the right one."""
        said = set(words(" ".join(self._say(s.text) for s in other.statements())))
        name = self._say(other.name)
        if kind == "instrument":
            claims = [CLAIMS[kind][self._language].format(instrument=name, text=self._say(statement.text))]
            texts = [set(words(self._say(statement.text)))]
            if len(texts[0] & said) / max(1, len(texts[0])) > _ALIKE:
                return True
        else:
            labels = [c for c in (*catalogue().aims, *catalogue().risks) if c.id in targets]
            if any(set(words(self._say(concept.label))) <= said for concept in labels):
                return True
            claims = [
                CLAIMS[kind][self._language].format(instrument=name, target=self._say(concept.label))
                for concept in labels
            ]
        return any(self._evidence.anywhere(claim, name) for claim in claims)

    # --- sentences ------------------------------------------------------------------------------

    def _figures(self, *, choice: bool) -> Iterator[QuizItem]:
        """A sentence without its number, to be chosen or filled in."""
        for citation in self._sentences():
            figures = [m for m in _FIGURE.finditer(citation.quote) if _is_figure(citation.quote, m)]
            if not figures:
                continue
            figure = self._chance.choice(figures)
            asked = citation.quote[: figure.start(1)] + GAP + citation.quote[figure.end(1) :]
            wrong: list[str] = []
            if choice:
                wrong = self._wrong_figures(citation, figure)
                if len(wrong) < _WRONG:
                    continue
            if self._fresh(asked):
                yield QuizItem(kind="number", asked=asked, right=figure[1], wrong=tuple(wrong), citation=citation)

    def _wrong_figures(self, citation: Citation, figure: re.Match[str]) -> list[str]:
        """Numbers of the same size that the passage does not hold and that make the sentence untrue."""
        quote, passage = citation.quote, citation.passage.searchable
        held = {m[1] for m in _FIGURE.finditer(passage)}
        found: list[str] = []
        for number in _near_numbers(figure[1], percent=bool(figure["percent"]), chance=self._chance):
            claim = quote[: figure.start(1)] + number + quote[figure.end(1) :]
            if number not in held and not self._evidence.anywhere(claim):
                found.append(number)
            if len(found) == _WRONG:
                break
        return found

    def _gaps(self, terms: Sequence[Term]) -> Iterator[QuizItem]:
        """A sentence without the term that it is about, to be filled in."""
        for term in terms:
            label = self._say(term.label)
            also = (*getattr(term.synonyms, self._language), *term.abbreviations)
            pattern = re.compile(rf"(?<!\w){re.escape(label)}(?!\w)", re.IGNORECASE)
            for citation in self._sentences():
                hits = list(pattern.finditer(citation.quote))
                rest = pattern.sub(" ", citation.quote)
                if len(hits) != 1 or set(words(label)) & set(words(rest)) or len(citation.quote.split()) < 8:
                    continue
                asked = citation.quote[: hits[0].start()] + GAP + citation.quote[hits[0].end() :]
                if self._fresh(asked):
                    right = citation.quote[hits[0].start() : hits[0].end()]
                    yield QuizItem(kind="gap", asked=asked, right=right, also=also, citation=citation)
                    break

    def _sentences(self) -> Iterator[Citation]:
        for stretch in self._material.stretches:
            if stretch.block.kind in ("paragraph", "item") and stretch.passage.source_id != "begrippenlijst":
                yield from (c for c in stretch.sentences() if 6 <= len(c.quote.split()) <= 45 and stands_alone(c.quote))


def _is_figure(text: str, figure: re.Match[str]) -> bool:
    """Whether a number is a fact of the sentence, not of a reference, a date or a name."""
    before = text[: figure.start()]
    in_brackets = before.count("(") > before.count(")")
    return not in_brackets and not _REFERENCE.search(before) and figure[1] not in ("0", "1")


def _near_numbers(figure: str, *, percent: bool, chance: random.Random) -> list[str]:
    """Numbers that could stand there too: percentages up to 100, years within ten, else of the same size."""
    value = int(figure.replace(".", ""))
    if 1900 <= value <= 2100 and not percent and "." not in figure:
        near = [value + step for step in (-10, -8, -5, -4, -3, -2, 2, 3, 4, 5, 8, 10)]
    else:
        unit = 10 ** max(0, len(str(value).rstrip("0")) - 1) * 10 ** (len(str(value)) - len(str(value).rstrip("0")))
        step = max(1, unit // 2 if unit > 1 else 1)
        near = [value + step * n for n in (-4, -3, -2, -1, 1, 2, 3, 4)]
        near = [number for number in near if number > 1 and (not percent or number < 100)]
    chance.shuffle(near)
    dotted = "." in figure
    return [f"{number:,}".replace(",", ".") if dotted else str(number) for number in near]
