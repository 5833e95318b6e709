"""Places and sources in words: "blz. 21, § Verdichting"; "art. 14 lid 2 Huisvestingswet 2014, tekst van 1-1-2024".

Law is cited in the style of the Leidraad voor juridische auteurs.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from corpus import Source
from ingest.document import Locator
from ingest.law_references import citation_text, web_address
from retrieval.answer import PartKind
from retrieval.phrases import day as day_in_words
from ui.messages import Messages

_DOUBLE = tuple('“”„«»"')


def said(text: str, kind: PartKind, *, in_our_words: bool) -> str:
    """A sentence of an answer, in quotation marks where it is in the source's own words."""
    return in_quotes(text) if kind == "quote" or (kind == "caveat" and not in_our_words) else text


def in_quotes(text: str) -> str:
    """Words between quotation marks: single ones round words that themselves begin or end with double ones."""
    return f"‘{text}’" if text[:1] in _DOUBLE or text[-1:] in _DOUBLE else f"“{text}”"


def place_text(place: Locator, source: Source, messages: Messages) -> str:
    """Where in the source, as plain text in the reader's language."""
    if place.article:
        return _provision(place, source, messages)
    parts = []
    if place.note:
        parts.append(messages("place.note", note=place.note))
    if place.page:
        parts.append(messages("place.page", page=_pages(place)))
    if place.section:
        parts.append(f"§ {place.section[-1]}")
    return ", ".join(parts) or messages("place.nowhere")


def _pages(place: Locator) -> str:
    first = place.page_label or str(place.page)
    if place.page_end is None or place.page is None:
        return first
    last = str(int(first) + place.page_end - place.page) if first.isdigit() else str(place.page_end)
    return f"{first}-{last}"


def _provision(place: Locator, source: Source, messages: Messages) -> str:
    text = citation_text(source, place)
    if source.toestand:
        text = f"{text}, {messages('place.toestand', date=day_text(source.toestand, messages))}"
    return text


def address(source: Source, place: Locator) -> str | None:
    """Where a reader opens the place: the provision on wetten.overheid.nl, the page of a PDF, else the source.

    None unless it is an http or https address.
    """
    if source.bwb_id and place.article:
        return web_address(source, place)
    if not source.url:
        return None
    parts = urlsplit(source.url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    if place.page and parts.path.lower().endswith(".pdf"):
        return parts._replace(fragment=f"page={place.page}").geturl()
    return source.url


def day_text(day: str, messages: Messages) -> str:
    """A day in the reader's form: 1-1-2024 in Dutch, 1 January 2024 in English; a bare year stays one."""
    parts = day.split("-")
    if len(parts) != 3:
        return day
    year, month, number = (int(part) for part in parts)
    return f"{number}-{month}-{year}" if messages.language == "nl" else day_in_words(day, "en")


def source_line(source: Source, messages: Messages) -> str:
    """Who, what and when: "WijkWijzer (2024). Kennisfundament gemengde wijken"; a law by its short title."""
    if source.kind == "wet":
        return f"{source.short_title} ({source.afkorting})" if source.afkorting else source.short_title
    authors = source.authors or ((source.publisher,) if source.publisher else source.contributors)
    year = str(source.year) if source.year else messages("source.undated")
    who = ", ".join(authors)
    return f"{who} ({year}). {source.title}" if who else f"{source.title} ({year})"
