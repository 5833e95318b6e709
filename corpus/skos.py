"""The glossary as SKOS (home of rdflib). Source: W3C, SKOS Simple Knowledge Organization System Reference, 2009."""

from __future__ import annotations

from rdflib import DCTERMS, RDF, SKOS, Graph, Literal, URIRef

from corpus.terms import Glossary, Term

# Names only: nothing is published at these addresses.
_BASE = "urn:mengpaneel:begrip:"
_SCHEME = URIRef("urn:mengpaneel:begrippenlijst")
_TITLES = {"nl": "Begrippenlijst gemengde wijken en gemengd wonen", "en": "Glossary of mixed neighbourhoods and living"}


def to_turtle(glossary: Glossary) -> str:
    """All terms as one concept scheme, in Turtle.

    Preferred labels in Dutch and English; synonyms and abbreviations as alternative labels, everyday words as hidden
    ones (SKOS 5.1: found by, not shown); a label is given once per concept and language, as SKOS asks (S13).
    """
    graph = Graph()
    graph.bind("skos", SKOS)
    graph.add((_SCHEME, RDF.type, SKOS.ConceptScheme))
    for language, title in _TITLES.items():
        graph.add((_SCHEME, DCTERMS.title, Literal(title, lang=language)))
        graph.add((_SCHEME, SKOS.prefLabel, Literal(title, lang=language)))
    for term in glossary.terms:
        _add(graph, term)
    return graph.serialize(format="turtle")


def _add(graph: Graph, term: Term) -> None:
    concept = URIRef(_BASE + term.id)
    graph.add((concept, RDF.type, SKOS.Concept))
    graph.add((concept, SKOS.inScheme, _SCHEME))
    if not term.broader:
        graph.add((concept, SKOS.topConceptOf, _SCHEME))
        graph.add((_SCHEME, SKOS.hasTopConcept, concept))
    for language in ("nl", "en"):
        _add_labels(graph, concept, term, language)
        graph.add((concept, SKOS.definition, Literal(getattr(term.definition, language), lang=language)))
    for relation, others in (
        (SKOS.broader, term.broader),
        (SKOS.narrower, term.narrower),
        (SKOS.related, term.related),
    ):
        for other in others:
            graph.add((concept, relation, URIRef(_BASE + other)))


def _add_labels(graph: Graph, concept: URIRef, term: Term, language: str) -> None:
    given = {getattr(term.label, language)}
    graph.add((concept, SKOS.prefLabel, Literal(getattr(term.label, language), lang=language)))
    abbreviations = term.abbreviations if language == "nl" else ()
    for kind, names in (
        (SKOS.altLabel, (*getattr(term.synonyms, language), *abbreviations)),
        (SKOS.hiddenLabel, getattr(term.everyday, language)),
    ):
        for name in names:
            if name not in given:
                given.add(name)
                graph.add((concept, kind, Literal(name, lang=language)))
