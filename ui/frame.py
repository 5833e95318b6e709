"""What stands around every view: masthead with navigation, question filters, examples, and the line at the foot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import get_args
from urllib.parse import urlencode

from corpus import KINDS
from ingest.index.store import Holding
from retrieval.answer import Filters
from ui.address import Address, Asked, View, address_of, without
from ui.cards import law_date
from ui.markup import escape, field, link, query
from ui.messages import Messages
from ui.places import day_text

# theme -> example questions, by the names that the catalogue gives them
EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "steering": ("evidence", "steer"),
    "displacement": ("instruments", "gentrification"),
    "living": ("factors", "meeting", "coach"),
    "law": ("article", "permit", "priority"),
}

_FAULTS = ("crowded", "hasty", "unfit", "lost")  # of which the page's script tells


def masthead_html(messages: Messages, at: Address | None = None) -> str:
    """Name, purpose, the switch of language and the way to every view."""
    other = "en" if messages.language == "nl" else "nl"
    switch = f'<a data-go class="switch" href="{escape(_translated(at, other))}" hreflang="{other}" lang="{other}">'
    sliders = '<span class="sliders" aria-hidden="true"><i></i><i></i><i></i></span>'
    view = at.view if at else "ask"
    ways = "".join(
        f"<li>{link(_way(name, messages), messages(f'page.view.{name}'), current=name == view)}</li>"
        for name in get_args(View)
    )
    return (
        f'<a class="skip" href="#content">{escape(messages("page.skip"))}</a>'
        f'<div class="masthead"><div class="name">{sliders}<h1>{escape(messages("page.title"))}</h1></div>'
        f"{switch}{escape(messages('page.switch'))}</a>"
        f'<p class="tagline">{escape(messages("page.tagline"))}</p>'
        f'<nav class="views" aria-label="{escape(messages("page.views"))}"><ul>{ways}</ul></nav></div>'
        + "".join(f'<p id="{fault}" hidden>{escape(messages(f"page.{fault}"))}</p>' for fault in _FAULTS)
    )


def _way(view: View, messages: Messages) -> str:
    return query(lang=messages.language, view=None if view == "ask" else view)


def _translated(at: Address | None, language: str) -> str:
    """The same address in the other language; a question is asked again."""
    if at is None:
        return query(lang=language)
    if at.view == "lesson":
        fragment = urlencode([("q", at.fragment["q"][0])], errors="replace") if "q" in at.fragment else ""
        return query(**{**at.values, "lang": language}) + (f"#{fragment}" if fragment else "")
    if "q" in at.fragment:
        fields = [(name, value) for name, given in at.fragment.items() if name not in "vac" for value in given]
        return f"?lang={language}#{urlencode(fields, errors='replace')}"
    return query(**{**at.values, "lang": language})


def examples_html(messages: Messages, *, folded: bool) -> str:
    """Example questions by theme, as links to their answers; folded once something has been asked."""
    themes = "".join(_theme(theme, names, messages) for theme, names in EXAMPLES.items())
    title, inner = escape(messages("page.examples")), f'<div class="themes">{themes}</div>'
    if folded:
        return f'<details class="examples"><summary>{title}</summary>{inner}</details>'
    heading = f'<h2 id="examples-title">{title}</h2>'
    return f'<section class="examples" aria-labelledby="examples-title">{heading}{inner}</section>'


def example_questions(messages: Messages) -> list[str]:
    """All example questions."""
    return [messages(f"page.example.{name}") for names in EXAMPLES.values() for name in names]


def _theme(theme: str, names: Iterable[str], messages: Messages) -> str:
    questions = [messages(f"page.example.{name}") for name in names]
    items = "".join(
        f"<li>{link(address_of(Asked(question, Filters()), messages.language), question, kind='example')}</li>"
        for question in questions
    )
    return f'<div class="theme"><h3>{escape(messages(f"page.theme.{theme}"))}</h3><ul>{items}</ul></div>'


# --- filters ----------------------------------------------------------------------------------


def filters_html(holdings: Sequence[Holding], filters: Filters, messages: Messages) -> str:
    """The form of filters, folded; the page's script reads it when a question is sent."""
    held = {h.source.kind for h in holdings} | {"samenvatting" for h in holdings if h.form == "digest"}
    kinds = "".join(
        _box("kind", kind, messages(f"page.kind.{kind}"), kind in filters.kinds) for kind in KINDS if kind in held
    )
    titles = sorted(_titled(holdings, messages), key=lambda entry: entry[1].casefold())
    sources = "".join(_box("source", name, title, name in filters.sources) for name, title in titles)
    years = "".join(
        field(name, messages(f"page.{key}.label"), _input(name, value, 'inputmode="numeric" maxlength="4" size="6"'))
        for name, key, value in (
            ("from", "from_year", filters.from_year),
            ("until", "until_year", filters.until_year),
        )
    )
    day = field("day", messages("page.day.label"), _input("day", filters.date, 'type="date"'))
    return (
        f'<details class="filters"><summary>{escape(messages("page.filters.label"))}</summary>'
        f'<form id="filters"><fieldset><legend>{escape(messages("page.kinds.label"))}</legend>'
        f'<p class="info">{escape(messages("page.kinds.info"))}</p><div class="boxes">{kinds}</div></fieldset>'
        f"<fieldset><legend>{escape(messages('page.sources.filter.label'))}</legend>"
        f'<p class="info">{escape(messages("page.sources.filter.info"))}</p>'
        f'<div class="boxes long">{sources}</div></fieldset>'
        f'<div class="fields">{years}{day}</div></form></details>'
    )


def _box(name: str, value: str, label: str, ticked: bool) -> str:
    mark = " checked" if ticked else ""
    box = f'<input type="checkbox" name="{name}" value="{escape(value)}"{mark}>'
    return f"<label>{box} <span>{escape(label)}</span></label>"


def _input(name: str, value: object, attributes: str) -> str:
    shown = "" if value is None else escape(value)
    return f'<input id="field-{name}" name="{name}" value="{shown}" {attributes}>'


def _titled(holdings: Sequence[Holding], messages: Messages) -> list[tuple[str, str]]:
    held = {holding.source.id: holding.source for holding in holdings}.values()
    return [(s.id, ", ".join(filter(None, (s.short_title, law_date(s, messages))))) for s in held]


def chips_html(asked: Asked, titles: Mapping[str, str], messages: Messages) -> str:
    """The filters that hold, each a link to the same question without it; empty if there are none."""
    filters = asked.filters
    chips: list[tuple[str, str, str]] = [
        ("kinds", kind, messages(f"page.kind.{kind}")) for kind in sorted(filters.kinds)
    ]
    chips += [("sources", name, titles.get(name, name)) for name in sorted(filters.sources)]
    if filters.from_year is not None:
        chips.append(("from_year", "", messages("page.chip.from", year=filters.from_year)))
    if filters.until_year is not None:
        chips.append(("until_year", "", messages("page.chip.until", year=filters.until_year)))
    if filters.date:
        chips.append(("date", "", messages("page.chip.day", day=day_text(filters.date, messages))))
    if not chips:
        return ""
    links = "".join(f"<li>{_chip(asked, name, value, text, messages)}</li>" for name, value, text in chips)
    clear = address_of(replace(asked, filters=Filters(), made=None), messages.language)
    return (
        f'<nav class="chips" aria-label="{escape(messages("page.chips"))}"><ul>{links}'
        f"<li>{link(clear, messages('page.chips.clear'))}</li></ul></nav>"
    )


def _chip(asked: Asked, name: str, value: str, text: str, messages: Messages) -> str:
    address = address_of(without(asked, name, value), messages.language)
    label = escape(messages("page.chip.remove", filter=text))
    shown = f'{escape(text)} <span aria-hidden="true">×</span>'
    return f'<a data-go class="chip" href="{escape(address)}" aria-label="{label}">{shown}</a>'


# --- what is said in between ------------------------------------------------------------------


def status_html(sentence: str, *, seen: bool = True) -> str:
    """The status line; unseen it is only spoken."""
    kind = "" if seen else ' class="unseen"'
    return f"<p{kind}>{escape(sentence)}</p>"


def adding_html(sentence: str, kinds: Sequence[str], most_mb: int) -> str:
    """What can be added; the page's script refuses any other file before it is sent."""
    return f'<p data-kinds="{escape(" ".join(kinds))}" data-most="{most_mb}">{escape(sentence)}</p>'


def error_html(sentence: str, messages: Messages) -> str:
    """One sentence in place of a result."""
    heading = f'<h2 id="error-title" tabindex="-1">{escape(messages("page.error"))}</h2>'
    return f'<section class="failure" aria-labelledby="error-title">{heading}<p>{escape(sentence)}</p></section>'


def foot_html(holdings: Sequence[Holding], messages: Messages) -> str:
    """That a machine answers, how much is held, and the way to how it works."""
    counts = messages(
        "page.holdings", sources=len({h.source.id for h in holdings}), passages=sum(h.passages for h in holdings)
    )
    sources = link(query(lang=messages.language, view="sources"), counts)
    about = link(query(lang=messages.language, view="about"), messages("page.view.about"))
    return f'<div class="colophon"><p>{escape(messages("page.machine"))} {about}.</p><p>{sources}</p></div>'
