"""The names of the glossary's terms, found in a text by their stems."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from corpus import shipped
from corpus.terms import Glossary, Term, read_glossary
from ingest.index.lexical import words

Name = tuple[str, ...]


@cache
def _glossary() -> Glossary:
    """The shipped glossary, read once."""
    return read_glossary(shipped() / "begrippen.yaml")


@cache
def _names(everyday: bool) -> tuple[tuple[Name, Term], ...]:
    """Every name of every term as stems, the longest first; citizens' own words only if `everyday`."""
    found: dict[Name, Term] = {}
    for term in _glossary().terms:
        formal = (term.label.nl, term.label.en, *term.abbreviations, *term.synonyms.nl, *term.synonyms.en)
        for name in term.names() if everyday else formal:
            found.setdefault(tuple(words(name)), term)
    found.pop((), None)
    return tuple(sorted(found.items(), key=lambda entry: -len(entry[0])))


@cache
def dutch_labels() -> tuple[tuple[Name, Term], ...]:
    """The Dutch label of every term as stems."""
    return tuple((tuple(words(t.label.nl)), t) for t in _glossary().terms)


def contains(stems: Sequence[str], name: Sequence[str]) -> bool:
    """Whether the words of a name stand side by side among stems."""
    length = len(name)
    return bool(name) and any(list(stems[i : i + length]) == list(name) for i in range(len(stems) - length + 1))


def named_terms(text: str, *, everyday: bool = False) -> list[Term]:
    """The terms that a text names, the longest name first, none twice."""
    stems = words(text)
    held = set(stems)
    found = [term for name, term in _names(everyday) if held.issuperset(name) and contains(stems, name)]
    return list({term.id: term for term in found}.values())
