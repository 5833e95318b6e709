"""The glossary on the page: all terms to search through, and each at its own address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from corpus.terms import Glossary, Term
from ui.instruments_view import Records, source_of
from ui.markup import escape, field, link, query
from ui.messages import Messages


def terms_html(glossary: Glossary, values: Mapping[str, str], messages: Messages) -> str:
    """Every term with its definition; a word typed sifts them in the browser, in both languages."""
    find = values.get("find", "")
    control = f'<input id="field-find" name="find" type="search" autocomplete="off" value="{escape(find)}">'
    ordered = sorted(glossary.terms, key=lambda term: _label(term, messages).casefold())
    items = "".join(_item(term, messages) for term in ordered)
    return (
        f'<section class="view" aria-labelledby="view-title"><h2 id="view-title" tabindex="-1">'
        f"{escape(messages('page.view.terms'))}</h2><p>{escape(messages('terms.intro', count=len(ordered)))}</p>"
        f'<form class="sieve fields" role="search" data-of=".terms > li" data-said="{escape(messages("sieve.said"))}">'
        f"{field('find', messages('terms.find'), control)}</form>"
        f'<p role="status" class="count"></p><ul class="terms">{items}</ul></section>'
    )


def _label(term: Term, messages: Messages) -> str:
    return str(getattr(term.label, messages.language))


def _item(term: Term, messages: Messages) -> str:
    other = "en" if messages.language == "nl" else "nl"
    names = " ".join(term.names()).casefold()
    title = link(query(lang=messages.language, term=term.id), _label(term, messages))
    return (
        f'<li data-find="{escape(names)}"><p class="term">{title} '
        f'<span class="other" lang="{other}">{escape(getattr(term.label, other))}</span></p>'
        f"<p>{escape(getattr(term.definition, messages.language))}</p></li>"
    )


def term_html(term: Term, glossary: Glossary, records: Records, messages: Messages) -> str:
    """One term: names in both languages, definition, sources, and the terms that hang together with it."""
    other = "en" if messages.language == "nl" else "nl"
    by_id = {entry.id: entry for entry in glossary.terms}
    rows = [
        (messages("terms.in_other"), f'<span lang="{other}">{escape(getattr(term.label, other))}</span>'),
        (messages("terms.synonyms"), escape(", ".join(getattr(term.synonyms, messages.language)))),
        (messages("terms.abbreviations"), escape(", ".join(term.abbreviations))),
        *(
            (messages(f"terms.{name}"), _links((by_id[other_id] for other_id in getattr(term, name)), messages))
            for name in ("broader", "narrower", "related")
        ),
        (messages("terms.sources"), "; ".join(source_of(place, records, messages) for place in term.at)),
    ]
    facts = "".join(f"<div><dt>{escape(name)}</dt><dd>{shown}</dd></div>" for name, shown in rows if shown)
    back = link(query(lang=messages.language, view="terms"), messages("terms.back"))
    return (
        f'<section class="view own" aria-labelledby="view-title"><p>{back}</p>'
        f'<h2 id="view-title" tabindex="-1">{escape(_label(term, messages))}</h2>'
        f'<p class="definition">{escape(getattr(term.definition, messages.language))}</p>'
        f'<dl class="facts">{facts}</dl></section>'
    )


def _links(terms: Iterable[Term], messages: Messages) -> str:
    return ", ".join(link(query(lang=messages.language, term=term.id), _label(term, messages)) for term in terms)
