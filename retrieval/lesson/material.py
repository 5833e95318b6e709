"""What a lesson is about: the instruments, terms and stretches of text that belong to its subject, best first."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from corpus import shipped
from corpus.instruments import Concept, Instrument, Statement
from corpus.place import Place
from corpus.terms import Term, read_glossary
from ingest.index.lexical import words
from retrieval.answer import Citation, Filters, Language
from retrieval.engine import Engine
from retrieval.instruments import catalogue
from retrieval.lesson.library import Library, Stretch, place_of, stems
from retrieval.lesson.model import LessonError, Subject

_DEPTH = 80  # passages looked at for a theme
_NEAREST = 60  # stretches among which a term's name counts
_INSTRUMENTS = 12  # found by text; those that the catalogue links to the subject all count
_TELLING = 3.0  # rarity below which a name is a common word: it stands in more than one stretch in twenty
_FEW = 4  # instruments that say where to look further
_NEARBY = 0.1  # how much a statement of a first instrument counts beside one on the subject
_PLAIN = 9  # words in which an everyday thing is defined
_OWN = Filters(kinds=frozenset({"samenvatting"}))  # digests, catalogue and glossary, also where an original is held

Homes = Counter[tuple[str, str]]  # sections by source and heading or article -> how much of the subject rests on them


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """The subject worked out.

    `concept` is the aim or risk that the theme names and `focus` the instrument that the lesson is on, if any; `homes`
    are the sections on which the subject rests, `wider` those on which its first instruments do. `telling` are the
    stems of the terms that it names, or of its title, that not every text holds.
    """

    title: str
    concept: Concept | None
    focus: Instrument | None
    instruments: tuple[Instrument, ...]
    heads: tuple[Term, ...]
    terms: tuple[Term, ...]
    stretches: tuple[Stretch, ...]
    homes: Homes
    wider: Homes
    telling: frozenset[str]

    def is_about(self, citation: Citation) -> bool:
        """Whether a sentence stands where the subject rests, or names it."""
        return bool(self.homes[place_of(citation)] or self.telling & set(words(citation.quote)))

    def weight(self, citation: Citation) -> float:
        """How much of a section is on the subject, or else near it; twice as much if the citation names it."""
        place = place_of(citation)
        here = self.homes[place] + self.wider[place] * _NEARBY
        named = 2 if self.telling & set(words(citation.quote)) else 1
        return named * here / math.sqrt(max(1, _all_homes()[place]))

    @property
    def targets(self) -> set[str]:
        """Ids of the aims and risks that the lesson is on: the theme, or what its instrument does."""
        if self.concept:
            return {self.concept.id}
        return {link.target for link in self.focus.relations} if self.focus else set()


@cache
def glossary() -> tuple[Term, ...]:
    """The shipped terms, read once."""
    return read_glossary(shipped() / "begrippen.yaml").terms


@cache
def _all_homes() -> Homes:
    """The sections on which the whole catalogue rests."""
    return _homes(statement for instrument in catalogue().instruments for statement in instrument.statements())


@cache
def _wider_names(name: str, language: Language) -> tuple[str, ...]:
    """The names of other terms that hold a name, in stems: "socio-cultural displacement" holds "displacement"."""
    key = stems(name)
    known = [[stems(n) for n in (_label(t.label, language), *getattr(t.synonyms, language))] for t in glossary()]
    return tuple(n for names in known if key not in names for n in names if key in n)


def names_it(text: str, name: str, language: Language) -> bool:
    """Whether a text holds a name other than within the longer name of another term."""
    said = stems(text)
    for wider in _wider_names(name, language):
        said = said.replace(wider, "  ")
    return stems(name) in said


def names_other(text: str, name: str, language: Language) -> bool:
    """Whether a text holds a name only within the longer name of another term."""
    return stems(name) in stems(text) and not names_it(text, name, language)


def gather(
    engine: Engine, library: Library, subject: Subject, name: str, language: Language, quotes: Sequence[str] = ()
) -> Material:
    """The material of a theme (in words), a source (by id), an instrument (by id or name) or an answer (its question).

    `quotes` are the words that the answer cites; what holds them comes first.

    raises  LessonError if the subject is not known or the sources say nothing of it
    """
    if subject == "source":
        return _of_source(engine, library, name, language)
    if subject == "instrument":
        return _of_instrument(engine, library, _instrument(name), language)
    if subject == "theme":
        concept, instrument = _concept(name), _named_instrument(name)
        if concept:
            return _of_concept(engine, library, concept, language)
        if instrument:
            return _of_instrument(engine, library, instrument, language)
    return _of_words(engine, library, name, language, quotes)


# --- subjects ---------------------------------------------------------------------------------


def _of_concept(engine: Engine, library: Library, concept: Concept, language: Language) -> Material:
    """An aim or risk: what the catalogue links to it goes first."""
    title = _label(concept.label, language)
    near = _near(engine, library, title, language)
    links = Counter(i.id for i in catalogue().instruments for link in i.relations if link.target == concept.id)
    by_id = {instrument.id: instrument for instrument in catalogue().instruments}
    linked = [by_id[key] for key, _ in links.most_common()]
    homes = _homes(link for i in linked for link in i.relations if link.target == concept.id)
    return _material(library, title, [*linked, *_by_text(near, language)], near, homes, language, concept=concept)


def _of_instrument(engine: Engine, library: Library, chosen: Instrument, language: Language) -> Material:
    """An instrument, with others for the same aims and risks beside it."""
    title = _label(chosen.name, language)
    near = _near(engine, library, title, language)
    targets = {link.target for link in chosen.relations}
    shared = {i.id: len(targets & {link.target for link in i.relations}) for i in catalogue().instruments}
    others = [i for i in catalogue().instruments if shared[i.id] and i is not chosen]
    others.sort(key=lambda other: (-shared[other.id], other.domain != chosen.domain))
    homes = _homes(chosen.statements())
    return _material(library, title, [chosen, *others[:_INSTRUMENTS]], near, homes, language, focus=chosen)


def _of_words(engine: Engine, library: Library, name: str, language: Language, quotes: Sequence[str]) -> Material:
    """A term, or any theme or question in words: then what the answer to it cites goes first."""
    term = _term(name)
    title = name[:1].upper() + name[1:] if name.endswith("?") else name
    cited: list[Citation] = []
    if term is None and not quotes:
        answer = engine.ask(name, language=language)
        if not answer.answered:
            raise LessonError(
                f"Over ‘{name}’ zeggen de bronnen te weinig voor een les; kies een ander thema of een bron.",
                f"The sources say too little of ‘{name}’ for a lesson; choose another theme or a source.",
            )
        cited = list(answer.citations)
        quotes = [citation.quote for citation in cited]
    homes: Homes = Counter(place_of(citation) for citation in cited)
    if term:
        homes.update(_home(place) for place in term.at)
    found = [s for s in library.stretches if s.block.language == language and any(q in s.text for q in quotes)]
    near = [*found, *_near(engine, library, _label(term.label, language) if term else name, language)]
    concept = _concept_in(library, name, language)
    linked = [i for i in catalogue().instruments if concept and concept.id in {link.target for link in i.relations}]
    found_too = _by_text(near, language)
    counted = {i.id: sum(homes[_home(p)] for s in i.statements() for p in s.at) for i in catalogue().instruments}
    at_home = sorted((i for i in catalogue().instruments if counted[i.id]), key=lambda i: -counted[i.id])
    linked.sort(key=lambda i: -counted[i.id])
    instruments = [*linked, *(i for i in at_home if i in found_too), *found_too, *at_home[:_INSTRUMENTS]]
    return _material(library, title, instruments, near, homes, language, concept=concept, term=term)


def _of_source(engine: Engine, library: Library, name: str, language: Language) -> Material:
    stretches = library.of_source(name, language)
    record = next((h.source for h in engine.holdings if h.source.id == name), None)
    if record is None:
        raise LessonError(
            f"Geen bron in huis met id {name!r}; `mengpaneel sources` noemt ze.",
            f"No source held by the id {name!r}; `mengpaneel sources` lists them.",
        )
    counted = Counter(i.id for i in catalogue().instruments for s in i.statements() if s.at[0].source == name)
    by_id = {instrument.id: instrument for instrument in catalogue().instruments}
    instruments = [by_id[key] for key, _ in counted.most_common()]
    own = [library.statement(_label(s.text, language), language) for i in instruments[:20] for s in i.statements()]
    own = [stretch for stretch in own if stretch.source.id == name]
    places = [place for instrument in catalogue().instruments for s in instrument.statements() for place in s.at]
    places += [place for term in glossary() for place in term.at]
    homes: Homes = Counter(_home(place) for place in places if place.source == name)
    stretches.sort(key=lambda stretch: -homes[place_of(stretch.cited())])
    return _material(library, record.short_title, instruments, [*stretches, *own], homes, language, nearest=None)


# --- what they share --------------------------------------------------------------------------


def _material(
    library: Library,
    title: str,
    instruments: Iterable[Instrument],
    stretches: list[Stretch],
    homes: Homes,
    language: Language,
    *,
    concept: Concept | None = None,
    focus: Instrument | None = None,
    term: Term | None = None,
    nearest: int | None = _NEAREST,
) -> Material:
    chosen = tuple({instrument.id: instrument for instrument in instruments}.values())
    own = [library.statement(_label(s.text, language), language) for i in chosen[:8] for s in i.statements()]
    near = list({stretch.text: stretch for stretch in stretches}.values())
    heads, terms = _terms(library, title, [*near[:nearest], *own], homes, language)
    if term:
        heads = tuple(dict.fromkeys([term.id, *heads]))
    by_id = {known.id: known for known in glossary()}
    subject = {title, _label(term.label, language) if term else title}
    known = {name: _label(by_id[name].label, language) for name in heads}
    told = {stem for name in known.values() or [title] for stem in words(name)}
    taught = [name for name in heads if known[name] in subject or not _is_plain(by_id[name], language)]
    return Material(
        title=title,
        concept=concept,
        focus=focus,
        instruments=chosen,
        heads=tuple(by_id[name] for name in taught),
        terms=tuple(by_id[name] for name in dict.fromkeys([*taught, *terms])),
        stretches=tuple({stretch.text: stretch for stretch in [*near, *own]}.values()),
        homes=homes,
        wider=_homes(statement for instrument in chosen[:_FEW] for statement in instrument.statements()),
        telling=frozenset(stem for stem in told if library.rarity(stem, language) >= _TELLING),
    )


def _near(engine: Engine, library: Library, title: str, language: Language) -> list[Stretch]:
    """What the search finds for a title; in originals only where there is no digest, which the library then lacks."""
    hits = [
        *engine.search(title, k=_DEPTH, filters=_OWN, language=language).hits,
        *engine.search(title, k=_DEPTH, language=language).hits,
    ]
    return library.in_passages(list(dict.fromkeys(hit.passage.id for hit in hits)), language)


def _by_text(near: Sequence[Stretch], language: Language) -> list[Instrument]:
    """Instruments of which statements are among the nearest stretches, as they first occur."""
    of = {_label(s.text, language): i for i in catalogue().instruments for s in i.statements()}
    found = {of[stretch.text].id: of[stretch.text] for stretch in near if stretch.text in of}
    return list(found.values())[:_INSTRUMENTS]


def _terms(
    library: Library, title: str, stretches: Sequence[Stretch], homes: Homes, language: Language
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ids of the terms of the title, and of terms that the stretches name, telling ones first.

    A term tells more the oftener it occurs here and the less elsewhere; twice as much if it rests on a section that
    the subject rests on or is linked to a term of the title, a quarter if it is plain.
    """
    texts = [stems(stretch.text) for stretch in stretches if stretch.block.kind != "gist"]
    head = stems(title)
    heads, scored = [], []
    for term in glossary():
        label = stems(_label(term.label, language))
        if not label.strip() or is_name(term):
            continue
        rarity = library.rarity(_label(term.label, language), language)
        if label in head:
            heads.append((rarity < _TELLING, -len(label), term.id))
        weight = math.log1p(sum(label in text for text in texts)) * rarity
        if weight and rarity >= _TELLING:
            at_home = any(homes[_home(place)] for place in term.at)
            scored.append((weight * (2 if at_home else 1), term))
    telling = [name for common, _, name in sorted(heads) if not common] or [name for *_, name in sorted(heads)]
    near = {
        linked for term in glossary() if term.id in telling for linked in (*term.broader, *term.narrower, *term.related)
    }
    ranked = [
        (-weight * (2 if term.id in near else 1) / (4 if _is_plain(term, language) else 1), term.id)
        for weight, term in scored
    ]
    return tuple(telling), tuple(name for _, name in sorted(ranked))


def _is_plain(term: Term, language: Language) -> bool:
    """Whether a term hardly needs teaching: a name, or an everyday thing that few words define before more is said."""
    short = len(_label(term.definition, language).split(";")[0].split()) <= _PLAIN
    return short or term.label.nl[:1].isupper()


def is_name(term: Term) -> bool:
    """Whether a term is the name of an organisation, project or place: the same word in both languages."""
    return term.label.nl == term.label.en and term.label.nl[:1].isupper()


def _homes(statements: Iterable[Statement]) -> Homes:
    return Counter(_home(place) for statement in statements for place in statement.at)


def _home(place: Place) -> tuple[str, str]:
    return place.source, place.article or place.section or ""


# --- names ------------------------------------------------------------------------------------


def _instrument(name: str) -> Instrument:
    instrument = _named_instrument(name)
    if instrument:
        return instrument
    examples = ", ".join(instrument.id for instrument in catalogue().instruments[:6])
    raise LessonError(
        f"Geen instrument in de catalogus met de naam {name!r}; bijvoorbeeld: {examples}.",
        f"No instrument in the catalogue by the name {name!r}; for example: {examples}.",
    )


def _named_instrument(name: str) -> Instrument | None:
    wanted = words(name)
    for instrument in catalogue().instruments:
        others = (*instrument.other_names.nl, *instrument.other_names.en)
        names = (instrument.id, instrument.name.nl, instrument.name.en, *others)
        if any(wanted == words(known) for known in names):
            return instrument
    return None


def _concept(name: str) -> Concept | None:
    """The aim or risk that a theme names, by id, label or synonym, in either language."""
    wanted = words(name)
    for concept in (*catalogue().aims, *catalogue().risks):
        names = (concept.id, concept.label.nl, concept.label.en, *concept.synonyms.nl, *concept.synonyms.en)
        if any(wanted == words(known) for known in names):
            return concept
    return None


def _concept_in(library: Library, name: str, language: Language) -> Concept | None:
    """The aim or risk that a question names with all words of one of its names; of several the least common one."""
    said = set(words(name))
    found = []
    for concept in (*catalogue().aims, *catalogue().risks):
        names = (concept.id.replace("-", " "), _label(concept.label, language), *getattr(concept.synonyms, language))
        found += [
            (library.rarity(known, language), concept.id, concept) for known in names if said >= set(words(known))
        ]
    return max(found, key=lambda row: row[:2])[2] if found else None


def _term(name: str) -> Term | None:
    wanted = words(name)
    return next((term for term in glossary() if any(wanted == words(known) for known in term.names())), None)


def _label(text: object, language: Language) -> str:
    return str(getattr(text, language))
