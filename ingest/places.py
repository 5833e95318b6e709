"""Whether a passage is of a place that one of our own files names."""

from __future__ import annotations

import re

from corpus.place import Place
from ingest.document import Passage


def holds(place: Place, passage: Passage) -> bool:
    """Whether a passage is of this place; a remark of ours on another source is of the place it speaks of."""
    if (passage.about or passage.source_id) != place.source:
        return False
    found = passage.locator
    if place.article is not None:
        same = (found.article or "").lower() == place.article.lower()
        return same and (place.paragraph is None or _covers(found.paragraph, place.paragraph))
    if place.note is not None:
        return found.note == place.note or place.note in passage.notes
    if place.page is not None and found.page is not None:
        if not found.page <= place.page <= (found.page_end or found.page):
            return False
    elif place.page is not None and place.section is None:
        return False
    note_of_page = place.page is not None and found.note is not None  # notes stand in no section, but on a page
    return place.section is None or note_of_page or _under(found.section, place.section)


def _covers(paragraph: str | None, asked: str) -> bool:
    """Whether a lid ("2"), several ("1,3") or a run ("1-3") includes the one asked for."""
    if paragraph is None:
        return True
    for part in paragraph.split(","):
        first, _, last = part.partition("-")
        if part == asked or (last.isdigit() and asked.isdigit() and int(first) <= int(asked) <= int(last)):
            return True
    return False


def _under(section: tuple[str, ...], heading: str) -> bool:
    wanted = _key(heading)
    return any(_key(part) == wanted or wanted.startswith(_key(part)) for part in section)


def _key(heading: str) -> str:
    return re.sub(r"\W", "", heading).lower()
