"""What stands under a source: the footnotes of a quote and the law that it names, as text and as HTML."""

from __future__ import annotations

import html
from collections.abc import Sequence

from retrieval.answer import Citation, Footnote, LawLink
from ui.messages import Messages
from ui.places import day_text


def note_text(note: Footnote, messages: Messages) -> str:
    """ "noot 70: ..." """
    return f"{messages('place.note', note=note.number)}: {note.text}"


def law_texts(citation: Citation, messages: Messages) -> tuple[tuple[str, str], ...]:
    """Every provision that a quote names, once: its text with the dates, and its address."""
    found = {link.citation: (_law_text(link, citation, messages), link.url) for link in reversed(citation.law_links)}
    return tuple(reversed(found.values()))


def _law_text(link: LawLink, citation: Citation, messages: Messages) -> str:
    """The date of the law text held against that of the source; nothing to compare within one text of a law."""
    if link.toestand and link.toestand == citation.source.toestand:
        return link.citation
    if link.toestand is None:
        dates = messages("source.law.not_held")
    elif link.reported is None:
        dates = messages("source.law.held", held=day_text(link.toestand, messages))
    else:
        held, reported = day_text(link.toestand, messages), day_text(link.reported, messages)
        dates = messages("source.law.dates", held=held, reported=reported)
    return f"{link.citation} ({dates})"


def source_notes_html(citations: Sequence[Citation], messages: Messages) -> str:
    """Footnotes of these quotes and the law that they name, linked, each once; "" if there are none.

    Text from outside is escaped.
    """
    lines: dict[str, None] = {}
    for citation in citations:
        for note in citation.notes:
            lines[f'<li lang="{_escape(citation.source.language)}">{_escape(note_text(note, messages))}</li>'] = None
        for text, address in law_texts(citation, messages):
            link = f'<a href="{_escape(address)}" target="_blank" rel="noopener noreferrer">{_escape(text)}</a>'
            lines[f"<li>{messages('source.names', laws=link)}</li>"] = None
    return f'<ul class="source-notes">{"".join(lines)}</ul>' if lines else ""


def _escape(text: str) -> str:
    return html.escape(text.encode("utf-8", "replace").decode("utf-8"), quote=True)
