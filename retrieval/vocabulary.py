"""The names of the glossary's terms, found in a text by their stems."""

from __future__ import annotations

from collections.abc import Sequence, Set
from functools import cache

from corpus import shipped
from corpus.terms import Glossary, Term, read_glossary
from ingest.index.lexical import words
from retrieval.answer import AddedTerm

GLOSSARY = "begrippenlijst"  # id of the glossary among the sources
Name = tuple[str, ...]


@cache
def glossary() -> Glossary:
    """The shipped glossary, read once."""
    return read_glossary(shipped() / "begrippen.yaml")


@cache
def _names(everyday: bool) -> tuple[tuple[Name, str, Term], ...]:
    """Every name of every term, as stems and as written, the longest first; citizens' words only if `everyday`."""
    found: dict[Name, tuple[str, Term]] = {}
    for term in glossary().terms:
        formal = (term.label.nl, term.label.en, *term.abbreviations, *term.synonyms.nl, *term.synonyms.en)
        for name in term.names() if everyday else formal:
            stems = tuple(words(name))
            # a phrase of which one content word is left ("een baan hebben") says too little
            if len(stems) > 1 or (stems and len(name.split()) == 1):
                found.setdefault(stems, (name, term))
    return tuple(sorted(((stems, *entry) for stems, entry in found.items()), key=lambda entry: -len(entry[0])))


@cache
def dutch_labels() -> tuple[tuple[Name, Term], ...]:
    """The Dutch label of every term as stems."""
    return tuple((tuple(words(t.label.nl)), t) for t in glossary().terms)


def contains(stems: Sequence[str], name: Sequence[str]) -> bool:
    """Whether the words of a name stand side by side among stems."""
    length = len(name)
    return bool(name) and any(list(stems[i : i + length]) == list(name) for i in range(len(stems) - length + 1))


def names_in(text: str, *, everyday: bool = False) -> list[tuple[str, Term]]:
    """The names of terms that stand in a text with their terms, the longest first, no term twice."""
    stems = words(text)
    held = set(stems)
    found: dict[str, tuple[str, Term]] = {}
    for name, written, term in _names(everyday):
        if held.issuperset(name) and contains(stems, name):
            found.setdefault(term.id, (written, term))
    return list(found.values())


def named_terms(text: str, *, everyday: bool = False) -> list[Term]:
    """The terms that a text names, the longest name first, none twice."""
    return [term for _, term in names_in(text, everyday=everyday)]


def other_names(names: Set[str]) -> set[str]:
    """Every name of the terms that go by one of these names, in lower case."""
    known = [{name.lower() for name in term.names()} for term in glossary().terms]
    return {other for term in known if term & names for other in term}


def is_term(text: str) -> bool:
    """Whether a text is the name of a term and nothing else."""
    stems = tuple(words(text))
    return any(stems == name for name, _, _ in _names(everyday=False))


def added_terms(question: str) -> tuple[AddedTerm, ...]:
    """Dutch labels of the terms that a question names in other words: everyday words, abbreviations, English."""
    stems = set(words(question))
    return tuple(
        AddedTerm(said=name, term=term.label.nl)
        for name, term in names_in(question, everyday=True)
        if not set(words(term.label.nl)) <= stems
    )
