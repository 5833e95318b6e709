"""What a lesson is about: the instruments, terms and stretches of text that belong to its subject, best first."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from corpus import shipped
from corpus.instruments import Concept, Instrument
from corpus.terms import Term, read_glossary
from ingest.index.lexical import words
from retrieval.answer import Filters, Language
from retrieval.engine import Engine
from retrieval.instruments import catalogue
from retrieval.lesson.library import Library, Stretch
from retrieval.lesson.model import LessonError, Subject

_DEPTH = 80  # passages looked at for a theme
_OWN = Filters(kinds=frozenset({"samenvatting"}))  # digests, catalogue and glossary, also where an original is held


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """The subject worked out. `concept` is the aim or risk of the catalogue that the theme names, if it names one."""

    title: str
    concept: Concept | None
    instruments: tuple[Instrument, ...]
    terms: tuple[Term, ...]
    stretches: tuple[Stretch, ...]


@cache
def glossary() -> tuple[Term, ...]:
    """The shipped terms, read once."""
    return read_glossary(shipped() / "begrippen.yaml").terms


def gather(
    engine: Engine, library: Library, subject: Subject, name: str, language: Language, quotes: Sequence[str] = ()
) -> Material:
    """The material of a theme (in words), a source (by id), an instrument (by id or name) or an answer (its question).

    `quotes` are the words that the answer cites; what holds them comes first.

    raises  LessonError if the subject is not known or holds too little
    """
    if subject == "source":
        return _of_source(engine, library, name, language)
    chosen = _instrument(name, language) if subject == "instrument" else None
    concept = None if chosen else _concept(name)
    title = _label(chosen.name, language) if chosen else _label(concept.label, language) if concept else name
    near = [s for s in library.stretches if s.block.language == language and any(q in s.text for q in quotes)]
    near += _near(engine, library, title, language)
    said = {stretch.text for stretch in near}
    linked = [i for i in catalogue().instruments if concept and concept.id in {link.target for link in i.relations}]
    by_text = [i for i in _by_mentions(said, language) if i not in linked]
    instruments = [*([chosen] if chosen else ()), *linked, *(i for i in by_text if i is not chosen)]
    own = [library.statement(_label(s.text, language), language) for i in instruments[:8] for s in i.statements()]
    return _material(library, title, concept, instruments, [*near, *own], language)


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
    rests = _rests_on(name)
    stretches.sort(key=lambda stretch: -rests["".join(stretch.block.locator.section[-1:])])
    return _material(library, record.short_title, None, instruments, [*stretches, *own], language)


def _rests_on(source: str) -> Counter[str]:
    """How much of catalogue and glossary rests on each section of a source: what the field takes from it."""
    statements = (s for instrument in catalogue().instruments for s in instrument.statements())
    places = [place for statement in statements for place in statement.at]
    places += [place for term in glossary() for place in term.at]
    return Counter(place.section or "" for place in places if place.source == source)


def _material(
    library: Library,
    title: str,
    concept: Concept | None,
    instruments: Iterable[Instrument],
    stretches: list[Stretch],
    language: Language,
) -> Material:
    unique = tuple({stretch.text: stretch for stretch in stretches}.values())
    return Material(
        title=title,
        concept=concept,
        instruments=tuple(instruments),
        terms=_terms(library, title, unique, language),
        stretches=unique,
    )


def _near(engine: Engine, library: Library, title: str, language: Language) -> list[Stretch]:
    """What the search finds for a title; in originals only where there is no digest, which the library then lacks."""
    hits = [
        *engine.search(title, k=_DEPTH, filters=_OWN, language=language).hits,
        *engine.search(title, k=_DEPTH, language=language).hits,
    ]
    return library.in_passages(list(dict.fromkeys(hit.passage.id for hit in hits)), language)


def _by_mentions(said: set[str], language: Language) -> list[Instrument]:
    """Instruments of which statements were found, those with most first."""
    counted = [
        (sum(_label(statement.text, language) in said for statement in instrument.statements()), instrument)
        for instrument in catalogue().instruments
    ]
    return [instrument for count, instrument in sorted(counted, key=lambda pair: -pair[0]) if count]


def _terms(library: Library, title: str, stretches: Sequence[Stretch], language: Language) -> tuple[Term, ...]:
    """Terms that the stretches name, those of the title first, then those named often here and seldom elsewhere."""
    texts = [f" {' '.join(words(stretch.text))} " for stretch in stretches if stretch.block.kind != "gist"]
    heads = f" {' '.join(words(title))} "
    scored = []
    for term in glossary():
        label = f" {' '.join(words(_label(term.label, language)))} "
        count = sum(label in text for text in texts)
        if label.strip() and (count or label in heads):
            weight = math.log1p(count) * library.rarity(_label(term.label, language), language)
            scored.append((label not in heads, -weight, term.id, term))
    return tuple(term for *_, term in sorted(scored, key=lambda row: row[:3]))


def _instrument(name: str, language: Language) -> Instrument:
    wanted = name.strip().lower()
    for instrument in catalogue().instruments:
        names = (instrument.id, instrument.name.nl, instrument.name.en, *instrument.other_names.nl)
        if wanted in (known.lower() for known in names):
            return instrument
    raise LessonError(
        f"Geen instrument in de catalogus met de naam {name!r}; bijvoorbeeld: {_examples(language)}.",
        f"No instrument in the catalogue by the name {name!r}; for example: {_examples(language)}.",
    )


def _examples(language: Language) -> str:
    return ", ".join(instrument.id for instrument in catalogue().instruments[:6])


def _concept(name: str) -> Concept | None:
    """The aim or risk that a theme names, by id, label or synonym, in either language."""
    wanted = words(name)
    for concept in (*catalogue().aims, *catalogue().risks):
        names = (concept.id, concept.label.nl, concept.label.en, *concept.synonyms.nl, *concept.synonyms.en)
        if any(wanted == words(known) for known in names):
            return concept
    return None


def _label(text: object, language: Language) -> str:
    return str(getattr(text, language))
