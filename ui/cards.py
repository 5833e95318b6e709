"""Source cards: where a quote stands, its words marked in the passage, and everything to check it by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from corpus import Source
from ingest.document import Locator, Passage
from retrieval.answer import Citation, Hit
from ui import places
from ui.basket import keep_quote_html
from ui.markup import escape, outside
from ui.messages import Messages
from ui.source_notes import law_texts, note_text

_HEADING_LENGTH = 60  # characters of a heading in a place
_STATUS = {"vervallen": "page.status.vervallen", "niet in werking": "page.status.niet_in_werking"}

Titles = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the cards show besides an answer: titles by source id, and the text before and after passages by id."""

    titles: Titles = field(default_factory=dict)
    around: Mapping[str, tuple[str, str]] = field(default_factory=dict)


# --- places -----------------------------------------------------------------------------------


def place_text(found: Citation | Hit, messages: Messages, titles: Titles | None = None) -> str:
    """Where a find stands: "blz. 22, § Aanpak", "art. 8 lid 2 Wbmgp, tekst van 29-11-2015". Plain text, not escaped.

    `titles` gives the title of every source held, for a passage that is about another source than its own.
    """
    place, about = _locator(found), found.passage.about
    if about == found.source.id:  # a statement of the catalogue: its headings are not the source's
        return places.place_text(replace(place, section=()), found.source, messages)
    if about:
        title = (titles or {}).get(about, about)
        if not place.page:
            return messages("page.place.about", title=title)
        pages = places.place_text(replace(place, section=(), article=None), found.source, messages)
        return messages("page.place.of", pages=pages, title=title)
    shown = replace(place, section=tuple(_shortened(heading) for heading in place.section[-1:]))
    return places.place_text(shown, found.source, messages)


def _locator(found: Citation | Hit) -> Locator:
    return found.locator if isinstance(found, Citation) else found.passage.locator


def _shortened(heading: str) -> str:
    if len(heading) <= _HEADING_LENGTH:
        return heading
    return heading[:_HEADING_LENGTH].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def law_date(source: Source, messages: Messages) -> str:
    """The day of a law's text in words, "" for what is not a law text of a known day."""
    return messages("place.toestand", date=places.day_text(source.toestand, messages)) if source.toestand else ""


def record_text(source: Source, messages: Messages) -> str:
    """Kind, date and publisher."""
    date = law_date(source, messages) or str(source.year or messages("source.undated"))
    publisher = None if source.kind == "wet" else source.publisher
    return " · ".join(filter(None, (messages(f"page.kind.{source.kind}"), date, publisher)))


# --- the passage ------------------------------------------------------------------------------


def passage_html(passage: Passage, citations: Iterable[Citation] = ()) -> str:
    """The passage, its quotes marked. A quote that does not stand where it should, or overlaps, stays unmarked."""
    out: list[str] = []
    done = 0
    for citation in sorted(citations, key=lambda c: c.char_start):
        start, end = citation.char_start - passage.start, citation.char_end - passage.start
        if start < done or passage.text[start:end] != citation.quote:
            continue
        out += escape(passage.text[done:start]), f'<mark data-n="{citation.n}">{escape(citation.quote)}</mark>'
        done = end
    out.append(escape(passage.text[done:]))
    return f'<blockquote class="passage" lang="{escape(passage.language)}">{"".join(out)}</blockquote>'


def _around(passage: Passage, shelf: Shelf, messages: Messages) -> str:
    """The text before and after, folded."""
    before, after = shelf.around.get(passage.id, ("", ""))
    if not (before or after):
        return ""
    texts = (("page.around.before", before), ("page.around.after", after))
    parts = "".join(
        f'<h4>{escape(messages(key))}</h4><blockquote class="passage" lang="{escape(passage.language)}">'
        f"{escape(text)}</blockquote>"
        for key, text in texts
        if text
    )
    return f'<details class="around"><summary>{escape(messages("page.around"))}</summary>{parts}</details>'


# --- the card ---------------------------------------------------------------------------------


def card_html(first: Citation | Hit, citations: Sequence[Citation], messages: Messages, shelf: Shelf) -> str:
    """One passage with all citations of it; without citations a find."""
    source, passage = first.source, first.passage
    rows = _cited_places(citations, messages, shelf.titles)
    if not rows:
        rows = f'<li class="place">{escape(place_text(first, messages, shelf.titles))}</li>'
    several = " several" if len(citations) > 1 else ""
    copies = "".join(
        f'<span class="pair">{_copy(c, messages, shelf.titles)}{keep_quote_html(c, messages)}</span>' for c in citations
    )
    actions = f'<div class="actions">{_source_link(first, messages)}{copies}</div>'
    return (
        f'<article class="card {escape(passage.form)}{several}">'
        f'<h3 lang="{escape(source.language)}">{escape(source.short_title)}</h3>'
        f'<p class="record">{_badges(passage, messages)}<span>{escape(record_text(source, messages))}</span></p>'
        f'<ul class="places">{rows}</ul>{passage_html(passage, citations)}'
        f"{_notes(citations, messages)}{_provisions(citations, messages)}{_around(passage, shelf, messages)}"
        f"{actions}</article>"
    )


def _cited_places(citations: Sequence[Citation], messages: Messages, titles: Titles) -> str:
    """Number and place of every citation; of the same place in a row only the last is seen, the others are spoken."""
    shown = [place_text(citation, messages, titles) for citation in citations]
    rows = []
    for citation, place, following in zip(citations, shown, [*shown[1:], None], strict=False):
        n, back = citation.n, escape(messages("page.mark.back", n=citation.n))
        number = f'<a class="number" href="#verwijzing-{n}" aria-label="{back}">[{n}]</a>'
        same = place == following
        text = f'<span class="unseen">{escape(place)}</span>' if same else escape(place)
        rows.append(f'<li class="place{" same" if same else ""}" id="bron-{n}" tabindex="-1">{number} {text}</li>')
    return "".join(rows)


def _badges(passage: Passage, messages: Messages) -> str:
    badges: list[tuple[str, str]] = [(passage.form, messages(f"page.{passage.form}.badge"))]
    if passage.status:
        key = _STATUS.get(passage.status)
        badges.append(("status", messages(key) if key else passage.status))
    return "".join(f'<span class="badge {escape(name)}">{escape(text)}</span>' for name, text in badges)


def _notes(citations: Sequence[Citation], messages: Messages) -> str:
    """Footnotes that the quotes refer to, each once."""
    rows = dict.fromkeys(
        f'<li lang="{escape(citation.passage.language)}">{escape(note_text(note, messages))}</li>'
        for citation in citations
        for note in citation.notes
    )
    return _extra("page.notes", rows, messages)


def _provisions(citations: Sequence[Citation], messages: Messages) -> str:
    """Provisions that the quotes name, each once, with the dates of the text held and of the source."""
    named = dict.fromkeys(entry for citation in citations for entry in law_texts(citation, messages))
    rows = [f"<li>{_linked(text, address, messages)}</li>" for text, address in named]
    return _extra("page.provisions", rows, messages)


def _linked(text: str, address: str, messages: Messages) -> str:
    return outside(address, text, messages) if address.startswith(("https://", "http://")) else escape(text)


def _extra(key: str, rows: Iterable[str], messages: Messages) -> str:
    shown = "".join(rows)
    return f'<div class="extra"><h4>{escape(messages(key))}</h4><ul>{shown}</ul></div>' if shown else ""


def _source_link(found: Citation | Hit, messages: Messages) -> str:
    # the page of a passage about another source is a page of that other source
    place = _locator(found) if found.passage.about in (None, found.source.id) else Locator()
    address = places.address(found.source, place)
    if address is None:
        return ""
    page_key = "page.open.article" if place.article else "page.open.page"
    key = "page.open" if address == found.source.url else page_key
    text = messages(key, page=place.page_label or place.page)
    return f'<span class="source-link">{outside(address, text, messages)}</span>'


def reference_text(citation: Citation, messages: Messages, titles: Titles | None = None) -> str:
    """Source and place of a quote in one line, with its address: to stand behind the quote."""
    line = places.source_line(citation.source, messages)
    place = place_text(citation, messages, titles)
    # the place of a provision names its law already
    said = place if citation.locator.article and not citation.in_our_words else f"{line}, {place}"
    address = places.address(citation.source, citation.locator)
    return f"{said}. {address}" if address else f"{said}."


def _copy(citation: Citation, messages: Messages, titles: Titles) -> str:
    own = citation.in_our_words
    quote = messages("page.copy.own", quote=citation.quote) if own else places.in_quotes(citation.quote)
    text = f"{quote} ({reference_text(citation, messages, titles)})"
    label = messages("page.copy", n=citation.n)
    done = escape(messages("page.copied"))
    return f'<button type="button" class="copy" data-done="{done}" data-copy="{escape(text)}">{escape(label)}</button>'
