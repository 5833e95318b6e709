"""Our instrument catalogue and glossary -> Documents, so that they are searched and cited like any source.

Every statement is a block in Dutch and one in English. An instrument's statement carries the place in the source on
which it rests; a definition is our own and is cited as the glossary's.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from corpus import Source
from corpus.instruments import Catalogue, Instrument, Link, Statement, read_catalogue
from corpus.place import Bilingual, Place
from corpus.terms import Glossary, Term, read_glossary
from ingest.document import Document, DocumentBuilder, Locator

# Roles of statements, as they are searched with: (field of Instrument, Dutch, English).
_ROLES = (
    ("does", "wat het doet", "what it does"),
    ("relations", "doelen en risico's", "aims and risks"),
    ("legal_basis", "wettelijke grondslag", "legal basis"),
    ("effects", "effect", "effect"),
    ("conditions", "voorwaarden", "conditions"),
    ("criticism", "kritiek", "criticism"),
)
_RELATIONS = {
    "dient": ("doel", "aim"),
    "kan_veroorzaken": ("risico", "risk"),
    "beperkt": ("beperkt risico", "limits risk"),
    "vereist": ("voorwaarde", "condition"),
}


def read_own(source: Source, path: Path) -> Document:
    """Our own YAML file as a document: the instrument catalogue or the glossary, by its name.

    raises  RegisterError naming file and field
    """
    if path.stem == "begrippen":
        return glossary_document(source, read_glossary(path))
    return catalogue_document(source, read_catalogue(path))


def catalogue_document(source: Source, catalogue: Catalogue) -> Document:
    """The instrument catalogue: a heading per instrument, a block per statement and language."""
    builder = DocumentBuilder(source, form="catalogue")
    labels = {concept.id: concept.label for concept in (*catalogue.aims, *catalogue.risks)}
    for instrument in catalogue.instruments:
        builder.add("heading", instrument.name.nl, Locator(section=(instrument.name.nl,)), level=1)
        for statement, role in _statements(instrument, labels):
            place = statement.at[0]
            for language in ("nl", "en"):
                builder.add(
                    "paragraph",
                    getattr(statement.text, language),
                    _locator(place),
                    about=place.source,
                    language=language,
                    topic=f"{_topic(instrument, language)} › {getattr(role, language)}",
                )
    return builder.build()


def _statements(instrument: Instrument, labels: dict[str, Bilingual]) -> Iterator[tuple[Statement, Bilingual]]:
    for field, nl, en in _ROLES:
        for statement in getattr(instrument, field):
            if isinstance(statement, Link):
                target = labels[statement.target]
                word_nl, word_en = _RELATIONS[statement.relation]
                yield statement, Bilingual(nl=f"{word_nl}: {target.nl}", en=f"{word_en}: {target.en}")
            else:
                yield statement, Bilingual(nl=nl, en=en)


def _topic(instrument: Instrument, language: str) -> str:
    names = (getattr(instrument.name, language), *getattr(instrument.other_names, language))
    return f"Instrument: {'; '.join(names)}"


def _locator(place: Place) -> Locator:
    return Locator(
        page=place.page,
        page_label=str(place.page) if place.page else None,
        section=(place.section,) if place.section else (),
        article=place.article,
        paragraph=place.paragraph,
        note=place.note,
    )


def glossary_document(source: Source, glossary: Glossary) -> Document:
    """The glossary: a heading per term, its definition in both languages."""
    builder = DocumentBuilder(source, form="catalogue")
    for term in glossary.terms:
        section = Locator(section=(term.label.nl,))
        builder.add("heading", term.label.nl, section, level=1)
        for language in ("nl", "en"):
            builder.add(
                "paragraph",
                getattr(term.definition, language),
                section,
                language=language,
                topic=_names(term, language),
            )
    return builder.build()


def _names(term: Term, language: str) -> str:
    label = getattr(term.label, language)
    names = dict.fromkeys((label, *term.abbreviations, *getattr(term.synonyms, language)))
    return f"{'Term' if language == 'en' else 'Begrip'}: {'; '.join(names)}"
