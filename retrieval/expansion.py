"""Words of the question -> terms of the field, by our glossary: everyday words, abbreviations, English for Dutch."""

from __future__ import annotations

from functools import cache

from corpus import shipped
from corpus.terms import Term, read_glossary
from ingest.index.lexical import words
from retrieval.answer import AddedTerm

GLOSSARY = "begrippenlijst"  # id of the glossary among the sources
_LONGEST = 5  # words in a name that is looked up


@cache
def _names() -> dict[tuple[str, ...], tuple[str, Term]]:
    """Stems of every name of every term -> (name, term); a label goes before another term's synonym."""
    terms = read_glossary(shipped() / "begrippen.yaml").terms
    found: dict[tuple[str, ...], tuple[str, Term]] = {}
    for rank in range(max(len(term.names()) for term in terms)):
        for term in terms:
            for name in term.names()[rank : rank + 1]:
                stems = tuple(words(name))
                # a phrase of which one content word is left ("een baan hebben") says too little
                if stems and (len(stems) > 1 or len(name.split()) == 1) and len(stems) <= _LONGEST:
                    found.setdefault(stems, (name, term))
    return found


def terms_named(question: str) -> tuple[tuple[str, Term], ...]:
    """Terms that a question names, each once: (the name it uses, the term), the longest names first found."""
    stems = words(question)
    names = _names()
    found: dict[str, tuple[str, Term]] = {}
    taken: set[int] = set()
    for length in range(min(_LONGEST, len(stems)), 0, -1):
        for start in range(len(stems) - length + 1):
            span = range(start, start + length)
            entry = names.get(tuple(stems[start : start + length]))
            if entry and taken.isdisjoint(span):
                taken.update(span)
                found.setdefault(entry[1].id, entry)
    return tuple(found.values())


def added_terms(question: str) -> tuple[AddedTerm, ...]:
    """Dutch labels of terms that a question names in other words."""
    stems = set(words(question))
    return tuple(
        AddedTerm(said=name, term=term.label.nl)
        for name, term in terms_named(question)
        if not set(words(term.label.nl)) <= stems
    )
