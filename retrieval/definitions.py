"""The glossary in an answer: the definition asked for, and the terms of Dutch quotes explained in English."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.index.generation import Generation
from ingest.index.lexical import words
from retrieval.answer import Hit
from retrieval.cite import Sentence
from retrieval.layout import Group
from retrieval.task import Task, own_statement, passages_of, whole
from retrieval.vocabulary import GLOSSARY, contains, dutch_labels, named_terms

_EXPLAINED = 2  # terms of quotes that are explained
_SHORTEST = 5  # letters of a term worth explaining


def definition_of(generation: Generation, task: Task, text: str) -> Sentence | None:
    """The glossary's definition of the term that a text names; None if it names none."""
    for term in named_terms(text):
        return own_statement(generation, task, GLOSSARY, getattr(term.definition, task.language))
    return None


def quoted_terms(generation: Generation, task: Task, quotes: Iterable[str]) -> list[Group]:
    """The key terms of Dutch quotes, those of the question first, each under its names with its definition."""
    asked = {term.id for term in named_terms(task.question)}
    stems = [words(quote) for quote in quotes]
    found = [
        term
        for name, term in dutch_labels()
        if len(term.label.nl) >= _SHORTEST and any(contains(quote, name) for quote in stems)
    ]
    found.sort(key=lambda term: (term.id not in asked, -len(term.label.nl)))
    groups = []
    for term in found:
        sentence = own_statement(generation, task, GLOSSARY, getattr(term.definition, task.language))
        if sentence is not None and term.label.nl.lower() != term.label.en.lower():
            groups.append(Group(f"{term.label.nl} – {term.label.en}", (sentence,)))
    return groups[:_EXPLAINED]


def gist_of(generation: Generation, task: Task, hit: Hit) -> Sentence | None:
    """What our digest says in one line, in the question's language, of the section of a quote; None if nothing."""
    section = hit.passage.locator.section
    if hit.passage.form != "original" or not section:
        return None
    for row, passage in passages_of(generation, (hit.source.id, "digest")):
        if passage.kind == "gist" and passage.language == task.language and passage.locator.section == section:
            return whole(generation, row)
    return None
