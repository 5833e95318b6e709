"""Laying out an answer: groups of sentences under headings, each sentence cited, the same citation once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from ingest.document import Form
from ingest.index.store import Store
from retrieval.answer import AnswerPart, Citation, PartKind
from retrieval.cite import Sentence, cite, section_of
from retrieval.relevance import Scored

_KINDS: dict[Form, PartKind] = {"original": "quote", "digest": "digest", "catalogue": "catalogue"}


@dataclass(frozen=True, slots=True)
class Group:
    """Sentences under one heading, none for the direct answer; a `dated` heading is shown even if it stands alone."""

    heading: str
    sentences: tuple[Sentence, ...]
    is_caveat: bool = False
    dated: bool = False


class Layout:
    """Parts and citations in the making."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._parts: list[AnswerPart] = []
        self._citations: dict[tuple[int, int, int], Citation] = {}
        self._dated = False

    @property
    def parts(self) -> tuple[AnswerPart, ...]:
        """All parts in order; a heading that stands alone above everything is left out."""
        headings = sum(part.kind == "heading" for part in self._parts)
        if headings == 1 and self._parts[0].kind == "heading" and not self._dated:
            return tuple(self._parts[1:])
        return tuple(self._parts)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations, by number."""
        return tuple(self._citations.values())

    def number(self, sentence: Sentence) -> int:
        """Number of the citation of a sentence, new if it is not cited yet."""
        key = (sentence.hit.row, sentence.start, sentence.end)
        if key not in self._citations:
            self._citations[key] = cite(self._store, len(self._citations) + 1, sentence)
        return self._citations[key].n

    @property
    def length(self) -> int:
        """Words so far."""
        return sum(len(part.text.split()) for part in self._parts)

    def add_all(self, groups: Iterable[Group]) -> None:
        """Append groups in order."""
        for group in groups:
            self.add(group)

    def add(self, group: Group) -> None:
        """Append a group, without the sentences that are said already; an empty one adds nothing, one whose heading
        stands already goes on there."""
        said = {part.text for part in self._parts if part.kind != "heading"}
        fresh = [sentence for sentence in group.sentences if sentence.text not in said]
        heading = AnswerPart(group.heading, "heading")
        at = len(self._parts)
        if fresh and group.heading and heading in self._parts:
            after = self._parts.index(heading) + 1
            at = next((n for n in range(after, at) if self._parts[n].kind == "heading"), at)
        elif fresh and group.heading:
            self._parts.append(heading)
            self._dated |= group.dated
            at += 1
        for offset, sentence in enumerate(fresh):
            kind: PartKind = "caveat" if group.is_caveat else _KINDS[sentence.hit.passage.form]
            self._parts.insert(at + offset, AnswerPart(sentence.text, kind, (self.number(sentence),)))


def by_section(chosen: Sequence[Scored]) -> list[Group]:
    """By section, the best section first, sentences in the source's order."""
    order: dict[tuple[str, str], int] = {}
    for scored in sorted(chosen, key=lambda s: -s.score):
        order.setdefault(section_of(scored.sentence.hit), len(order))
    flat = sorted((s.sentence for s in chosen), key=lambda s: (order[section_of(s.hit)], s.hit.passage.form, s.start))
    return [Group(section, tuple(group)) for (_, section), group in groupby(flat, key=lambda s: section_of(s.hit))]
