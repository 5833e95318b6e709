"""Lists that a source makes with its headings: steps, factors, numbered sections, gathered whole."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from ingest.document import Block
from ingest.index.generation import Generation
from ingest.index.lexical import words
from ingest.index.store import DocumentKey
from retrieval.answer import Hit
from retrieval.cite import sentences_of
from retrieval.layout import Group
from retrieval.task import Task, passages_of, whole

_NUMBERED = re.compile(r"^(?P<word>[^\W\d]+\s+)?(?P<number>\d{1,2})\b(?!\.\d)[.:)]?\s*(?P<rest>\S.*)$")
_LOOKED_AT = 6  # hits that may lead to a list
_LEAST, _MOST = 3, 12  # sections of a list


def enumerated(generation: Generation, task: Task, hits: Sequence[Hit]) -> list[Group]:
    """The numbered sections of one source that list what is asked, each with its first sentence; else nothing.

    At least two of the best hits stand in such sections, and a word of the question in what they have in common.
    """
    seen: dict[tuple[DocumentKey, tuple[str, ...], str], set[str]] = defaultdict(set)
    for hit in [hit for hit in hits if hit.passage.form != "catalogue"][:_LOOKED_AT]:
        section = hit.passage.locator.section
        match = _NUMBERED.match(section[-1]) if section else None
        if match:
            key = (hit.passage.source_id, hit.passage.form)
            seen[key, section[:-1], (match["word"] or "").strip().lower()].add(section[-1])
    asked = set(words(" ".join([task.question, *(term.term for term in task.reading.terms)])))
    for (key, parent, word), headings in seen.items():
        common = {*words(word), *words(parent[-1] if parent else ""), *words(generation.store.source(key).title)}
        if len(headings) > 1 and asked & common:
            title = generation.store.source(key).title
            siblings = _siblings(generation.store.blocks(key), parent, word, title)
            if _LEAST <= len(siblings) <= _MOST:
                return _groups(generation, key, siblings)
    return []


def _siblings(blocks: Sequence[Block], parent: tuple[str, ...], word: str, title: str) -> list[tuple[str, ...]]:
    """The sections beside each other below `parent` that are numbered with the same word, by number.

    A `title` such as "10 factors" is no item of its own list.
    """
    found: dict[int, tuple[str, ...]] = {}
    for block in blocks:
        section = block.locator.section
        match = _NUMBERED.match(section[-1]) if section and section[:-1] == parent else None
        if match and (match["word"] or "").strip().lower() == word and words(section[-1]) != words(title):
            found.setdefault(int(match["number"]), section)
    return [found[number] for number in sorted(found)]


def _groups(generation: Generation, key: DocumentKey, sections: Sequence[tuple[str, ...]]) -> list[Group]:
    first: dict[tuple[str, ...], int] = {}
    for row, passage in passages_of(generation, key):
        if passage.kind not in ("note", "gist"):
            first.setdefault(passage.locator.section[: len(sections[0])], row)
    groups = []
    for section in sections:
        if section in first:
            hit = whole(generation, first[section]).hit
            groups.append(Group(section[-1], tuple(sentences_of(hit, generation.store)[:1])))
    return groups
