"""What stands under a source: the footnotes of a quote and the law that it names."""

from __future__ import annotations

from collections.abc import Iterable

from retrieval.answer import Citation, Footnote, LawLink
from ui.messages import Messages
from ui.places import day_text


def note_text(note: Footnote, messages: Messages) -> str:
    """ "noot 70: ..." """
    return f"{messages('place.note', note=note.number)}: {note.text}"


def studies_text(citations: Iterable[Citation], messages: Messages) -> str:
    """ "met verwijzing naar Miltenburg (2017)": the studies that a quote rests on; "" if it names them itself."""
    studies = {note.study for c in citations for note in c.notes if note.study and not _is_named(note.study, c.quote)}
    said = ", ".join(sorted(studies)).replace(" e.a.", f" {messages('source.authors')}")
    said = said.replace(" en andere", f" {messages('source.others')}")
    return messages("source.studies", studies=said) if studies else ""


def _is_named(study: str, quote: str) -> bool:
    """Whether a quote gives the name and the year of a study."""
    name, _, year = study.removesuffix(" en andere").removesuffix(")").rpartition(" (")
    return name.removesuffix(" e.a.") in quote and year in quote


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
