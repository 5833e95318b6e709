"""Document -> passages: one section or lid each, cut at sentence ends, 40 to 220 words where the text allows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from ingest.document import Block, Document, Locator, Passage
from ingest.sentences import sentence_spans

MIN_WORDS = 40
TARGET_WORDS = 130
MAX_WORDS = 220


def split(document: Document) -> tuple[Passage, ...]:
    """All passages of a document, in reading order."""
    sections = {note: block.locator.section for block in document.blocks for note in block.notes}
    found: list[Passage] = []
    for _, blocks in groupby(document.blocks, key=_unit):
        group = [block for block in blocks if block.kind != "heading"]
        for run in _runs(group):
            found += _cut(document, run, sections)
    return tuple(found)


def _unit(block: Block) -> tuple[object, ...]:
    """What may share a passage: the same section, provision, language and status."""
    place = block.locator
    lid = place.paragraph if block.kind != "gist" else None
    own = (block.start,) if block.kind in ("gist", "note") or block.topic else ()
    return (place.section, place.article, lid, place.note, block.about, block.language, block.status, own)


def _runs(blocks: list[Block]) -> Iterator[list[Block]]:
    """Neighbouring blocks gathered up to the target; an introduction stays with its list."""
    run: list[Block] = []
    for block in blocks:
        total = _words(run) + len(block.text.split())
        introduced = bool(run) and (run[-1].text.endswith(":") or block.kind == "item")
        limit = MAX_WORDS if introduced or _words(run) < MIN_WORDS else TARGET_WORDS
        if run and total > limit:
            yield run
            run = []
        run.append(block)
    if run:
        yield run


def _words(blocks: Iterable[Block]) -> int:
    return sum(len(block.text.split()) for block in blocks)


def _cut(document: Document, run: list[Block], sections: dict[str, tuple[str, ...]]) -> Iterator[Passage]:
    """One passage of a run, or several if the run is longer than a passage may be."""
    start, end = run[0].start, run[-1].end
    spans = [(start, end)] if _words(run) <= MAX_WORDS else _pieces(document.text, start, end)
    for first, last in spans:
        inside = [block for block in run if block.start < last and block.end > first]
        starts = tuple(p for block in inside for p in block.page_starts if first < p < last)
        locator = _locator(inside, first, last)
        yield Passage(
            source_id=document.source.id,
            form=document.form,
            kind=run[0].kind,
            text=document.text[first:last],
            start=first,
            end=last,
            locator=locator,
            context=_context(document, locator, sections, run[0].topic),
            page_starts=starts,
            notes=tuple(note for block in inside for note in block.notes),
            about=run[0].about,
            language=run[0].language,
            status=run[0].status,
        )


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a long stretch at sentence ends into parts of about equal length."""
    spans = [(start + a, start + b) for a, b in sentence_spans(text[start:end])]
    spans = [part for span in spans for part in _by_words(text, *span)]
    total = len(text[start:end].split())
    goal = total / -(-total // TARGET_WORDS)
    pieces: list[tuple[int, int]] = []
    (first, last), count = spans[0], 0
    for a, b in spans:
        words = len(text[a:b].split())
        if count and count + words / 2 > goal:
            pieces.append((first, last))
            first, count = a, 0
        count += words
        last = b
    pieces.append((first, last))
    return pieces


def _by_words(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence longer than a passage is cut between words; a word longer than that, anywhere."""
    limit = MAX_WORDS * 8
    while end - start > limit:
        cut = text.rfind(" ", start, start + limit)
        cut = cut if cut > start else start + limit
        yield start, cut
        start = cut + 1 if text[cut] == " " else cut
    yield start, end


def _locator(blocks: list[Block], start: int, end: int) -> Locator:
    """The place that all blocks share, from the page of the first to the page of the last."""
    first, last = blocks[0], blocks[-1]
    page = place_at(first, start).page
    page_end = place_at(last, end - 1).page
    paragraphs = {block.locator.paragraph for block in blocks}
    items = {block.locator.item for block in blocks}
    return replace(
        first.locator,
        page=page,
        page_end=page_end if page_end != page else None,
        page_label=place_at(first, start).page_label,
        paragraph=first.locator.paragraph if len(paragraphs) == 1 else None,
        item=first.locator.item if len(items) == 1 else None,
    )


def place_at(block: Block, offset: int) -> Locator:
    """Where exactly in the source a character of a block stands; `offset` counts in the document's text."""
    turned = sum(start <= offset for start in block.page_starts)
    place = block.locator
    if not turned or place.page is None:
        return replace(place, page_end=None if block.page_starts else place.page_end)
    label = place.page_label
    label = str(int(label) + turned) if label and label.isdigit() else None
    return replace(place, page=place.page + turned, page_end=None, page_label=label)


def _context(document: Document, locator: Locator, sections: dict[str, tuple[str, ...]], topic: str) -> str:
    if topic:
        return topic
    source = document.source
    title = f"{source.short_title} ({source.afkorting})" if source.afkorting else source.short_title
    path = list(locator.section)
    if locator.note:
        path = [*sections.get(locator.note, ()), f"noot {locator.note}"]
    if locator.paragraph:
        path.append(f"lid {locator.paragraph}")
    return " › ".join([title, *(part for part in path if part != title)])
