"""What a quoted sentence refers to: its footnotes, and the provisions and laws that it names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from corpus import Source
from ingest.document import Block, Locator
from ingest.index.store import Store
from ingest.law_references import LawReference, citation_text, held_text, web_address
from retrieval.answer import Citation, Footnote, LawLink
from retrieval.attribution import study


def annotated(store: Store, citations: Iterable[Citation], day: str | None) -> tuple[Citation, ...]:
    """The citations with their notes and links to law; `day` is that of the law asked for, None for the newest held."""
    return tuple(
        replace(c, notes=tuple(_notes(store, c)), law_links=tuple(_law_links(store, c, day))) for c in citations
    )


_TIED = ",\N{NO-BREAK SPACE}"  # a comma and a plain space divide the levels of one onderdeel


# --- footnotes ---


def _notes(store: Store, citation: Citation) -> Iterator[Footnote]:
    """The notes whose marks stand in the quote; our digest names those of its source."""
    passage = citation.passage
    if not passage.notes:
        return
    bodies: dict[str | None, Block] | None = None
    for block in store.blocks((passage.source_id, passage.form)):
        if not block.notes or block.start >= citation.char_end or block.end <= citation.char_start:
            continue
        if bodies is None:
            bodies = _bodies(store, block.about or passage.source_id)
        for number, note in enumerate(block.notes):
            body = bodies.get(note)
            if body and _is_marked(block, number, citation):
                yield Footnote(number=note, text=body.text, locator=body.locator, study=study(body.text))


def _bodies(store: Store, source_id: str) -> dict[str | None, Block]:
    """Footnotes of an original by number; none if only our digest of it is held."""
    if not store.holds_original(source_id):
        return {}
    return {block.locator.note: block for block in store.blocks((source_id, "original")) if block.kind == "note"}


def _is_marked(block: Block, number: int, citation: Citation) -> bool:
    """Whether a note's mark stands in the quote: behind one of its characters, or before the first of the block."""
    if not block.note_starts:
        return True
    mark = max(block.note_starts[number], block.start + 1)
    return citation.char_start < mark <= citation.char_end


# --- law ---


def _law_links(store: Store, citation: Citation, day: str | None) -> Iterator[LawLink]:
    passage = citation.passage
    article = citation.locator.article if citation.source.kind == "wet" else None
    for reference in store.mentions((passage.source_id, passage.form), article):
        if citation.char_start <= reference.start and reference.end <= citation.char_end and reference.bwb_id:
            link = _link(store, citation, reference, day)
            if link:
                yield link


def _link(store: Store, citation: Citation, reference: LawReference, day: str | None) -> LawLink | None:
    source = citation.source
    law, held = _law(store, source, reference, day)
    article = reference.article or (None if reference.law else citation.locator.article)
    if not (article or reference.law):
        return None
    numbers = Locator(article=article, paragraph=reference.paragraph, item=reference.item)
    return LawLink(
        start=reference.start - citation.char_start,
        end=reference.end - citation.char_start,
        citation=citation_text(law, _written(numbers, reference.last_article)),
        url=web_address(law, _first(numbers)),
        toestand=law.toestand if held else None,
        reported=source.toestand or source.date,
    )


def _law(store: Store, source: Source, reference: LawReference, day: str | None) -> tuple[Source, bool]:
    """The text of the law named, and whether it is held: this very text, the one of the day asked, else the newest."""
    if source.bwb_id == reference.bwb_id:
        return source, store.holds_original(source.id)
    records = [holding.source for holding in store.holdings if holding.source.bwb_id == reference.bwb_id]
    texts = [record for record in records if store.holds_original(record.id)]
    held = held_text(str(reference.bwb_id), texts, day)
    return (held, True) if held else (records[0].model_copy(update={"toestand": None}), False)


def _written(place: Locator, last_article: str | None) -> Locator:
    """Numbers as one writes them: "8-10", "lid 1 en 2", "onder a, b en c"."""
    article = f"{place.article}-{last_article}" if place.article and last_article else place.article
    return replace(place, article=article, paragraph=_listed(place.paragraph), item=_listed(place.item))


def _listed(numbers: str | None) -> str | None:
    """ "1,2,3" -> "1, 2 en 3", the comma tied to what follows; "a, 1°" is one place and stays."""
    if not numbers or "," not in numbers or ", " in numbers:
        return numbers
    *most, last = numbers.split(",")
    return f"{_TIED.join(most)} en {last}"


def _first(place: Locator) -> Locator:
    """The first of several lids or onderdelen: an address leads to one."""

    def first(numbers: str | None) -> str | None:
        return numbers if not numbers or ", " in numbers else numbers.split(",")[0].split("-")[0]

    return replace(place, paragraph=first(place.paragraph), item=first(place.item))
