"""Where a whole document names law: provisions and laws, each with the law that is meant.

A report says "artikel 8" of the law that its section speaks of; so does a footnote, of the place where its mark stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpus import Source
from ingest.document import Block, Document, Form
from ingest.law_references import LawNames, LawReference, references

_LAW = r"(?:wet|wetboek|besluit|regeling|verordening)"
_LIKE_A_LAW = re.compile(rf"\b(?:[A-Z]\w*{_LAW}|{_LAW.title()})\b")
# A name may be the end of another one: "Invoeringswet Omgevingswet", "Wet tot wijziging van de Gemeentewet".
_LONGER = re.compile(rf"{_LAW}\s+(?:(?:tot|houdende)\s+\w+\s+van\s+(?:de\s+|het\s+)?)?$", re.IGNORECASE)
_LIST_MARK = re.compile(r"^\S{1,5}[.)°º]?\s+(?=\S)")
_UNDATED = "9999"  # a text without a date may speak of any law that there is


class _AtHand:
    """The law named last in every section, and where each footnote is referred to."""

    def __init__(self) -> None:
        self._sections: dict[tuple[str, ...], LawReference] = {}
        self._notes: dict[str, LawReference | None] = {}

    def law(self, block: Block) -> LawReference | None:
        """What "artikel 8" is of, where a block begins: a law named in its section, else in one around it."""
        if block.locator.note:
            return self._notes.get(block.locator.note)
        path = block.locator.section
        around = (path[:depth] for depth in range(len(path), 0, -1))
        return next((self._sections[section] for section in around if section in self._sections), None)

    def read(self, block: Block, laws: Sequence[LawReference], before: LawReference | None) -> None:
        """Remember the laws that a block names, and what was named before each of its note marks."""
        for number, note in enumerate(block.notes):
            mark = block.note_starts[number] if block.note_starts else block.end
            said = [law for law in laws if block.start + law.start < mark]
            self._notes.setdefault(note, said[-1] if said else before)
        if laws:
            self._sections[block.locator.section] = laws[-1]


class _Lists:
    """The items of the list at hand in a law, without their marks."""

    def __init__(self) -> None:
        self._place: tuple[object, ...] = ()
        self._items: dict[tuple[str, ...], str] = {}

    def above(self, block: Block) -> tuple[str, ...]:
        """Texts of the items around a block, innermost first."""
        place = (block.locator.section, block.locator.article, block.locator.paragraph)
        if place != self._place:
            self._place, self._items = place, {}
        path = tuple((block.locator.item or "").split(", ")) if block.locator.item else ()
        around = [self._items.get(path[:depth], "") for depth in range(len(path) - 1, 0, -1)]
        self._items[path] = _LIST_MARK.sub("", block.text)
        return tuple(around)


def written(source: Source, form: Form) -> str | None:
    """The day by which a law must be there for a document to mean it by a short name; None in the text of a law."""
    return None if source.bwb_id and form == "original" else source.date or _UNDATED


def mentions(document: Document, names: LawNames) -> tuple[LawReference, ...]:
    """All provisions and laws named in a document, in its order; offsets count in the document's text.

    names  of the laws that may be recognised, as of the day `written`
    A law named without an article has no `article`, but `law`. A law may be given by one article alone.
    """
    own = document.source if document.source.bwb_id else None
    at_hand, lists = _AtHand(), _Lists()
    found: list[LawReference] = []
    for block in document.blocks:
        before = at_hand.law(block)
        said = tuple(_laws(block.text, names))
        provisions = references(block.text, names, own, lists.above(block))
        if own is None:
            provisions = tuple(_with_law(reference, said, before) for reference in provisions)
        at_hand.read(block, said, before)
        found += [_moved(r, block.start) for r in (*provisions, *_alone(said, provisions, own))]
    return tuple(sorted(found, key=lambda reference: reference.start))


def _laws(text: str, names: LawNames) -> Iterator[LawReference]:
    """The laws that a text names, with or without a provision; `bwb_id` is None for what only looks like a name."""
    held = [m for m in names.pattern.finditer(text) if not _LONGER.search(text, max(0, m.start() - 80), m.start())]
    like = (m for m in _LIKE_A_LAW.finditer(text) if not any(h.start() < m.end() and m.start() < h.end() for h in held))
    for m in sorted([*held, *like], key=lambda m: m.start()):
        bwb_id = names.bwb_id(m[0]) if m in held else None
        yield LawReference(start=m.start(), end=m.end(), article=None, law=m[0], bwb_id=bwb_id)


def _with_law(reference: LawReference, said: Sequence[LawReference], before: LawReference | None) -> LawReference:
    """A provision without a law is of the law named last before it."""
    if reference.law:
        return reference
    law = next((law for law in reversed(said) if law.start < reference.start), before)
    return replace(reference, law=law.law, bwb_id=law.bwb_id) if law else reference


def _alone(
    said: Sequence[LawReference], provisions: Sequence[LawReference], own: Source | None
) -> Iterator[LawReference]:
    """Laws named by themselves: not as part of a provision, and not the law at hand."""
    for law in said:
        inside = any(r.start < law.end and law.start < r.end for r in provisions)
        if law.bwb_id and not inside and not (own and own.bwb_id == law.bwb_id):
            yield law


def _moved(reference: LawReference, by: int) -> LawReference:
    return replace(reference, start=reference.start + by, end=reference.end + by)
