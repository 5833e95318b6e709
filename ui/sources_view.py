"""What is held, from when, and what is missing; what an added document yielded; and how the whole works."""

from __future__ import annotations

from collections.abc import Sequence

from corpus import Source
from ingest.document import Locator
from ingest.index.store import Holding
from ui.cards import law_date, record_text
from ui.markup import escape, outside, table
from ui.messages import Messages
from ui.places import address
from ui.upload import Added


def sources_html(holdings: Sequence[Holding], version: str, messages: Messages) -> str:
    """Every source with what is held of it, law texts by date, and those of which there is no original."""
    by_source: dict[str, list[Holding]] = {}
    for holding in sorted(holdings, key=lambda h: (h.source.short_title.casefold(), h.source.toestand or "")):
        by_source.setdefault(holding.source.id, []).append(holding)
    own = [
        forms for forms in by_source.values() if forms[0].form == "catalogue" or forms[0].source.kind == "samenvatting"
    ]
    laws = [forms for forms in by_source.values() if forms[0].source.bwb_id]
    others = [forms for forms in by_source.values() if forms not in own and forms not in laws]
    missing = [forms[0].source for forms in (*laws, *others) if all(h.form != "original" for h in forms)]
    counts = messages("page.holdings", sources=len(by_source), passages=sum(h.passages for h in holdings))
    tables = "".join(
        _table(messages(f"sources.{name}"), group, messages)
        for name, group in (("others", others), ("laws", laws), ("own", own))
        if group
    )
    return (
        f'<section class="view" aria-labelledby="view-title"><h2 id="view-title" tabindex="-1">'
        f"{escape(messages('page.view.sources'))}</h2>"
        f"<p>{escape(counts)}. {escape(messages('sources.version', version=version))}</p>{tables}"
        f"{_missing(missing, messages)}</section>"
    )


def _table(caption: str, group: Sequence[Sequence[Holding]], messages: Messages) -> str:
    heads = [messages(f"sources.{name}") for name in ("title", "record", "held", "passages")]
    return table(caption, heads, [("", _row(forms, messages)) for forms in group], kind="held")


def _row(forms: Sequence[Holding], messages: Messages) -> list[str]:
    source = forms[0].source
    there = address(source, Locator())
    title = outside(there, source.short_title, messages) if there else escape(source.short_title)
    badges = "".join(
        f'<li><span class="badge {h.form}">{escape(messages(f"page.{h.form}.badge"))}</span></li>' for h in forms
    )
    doubts = sum(len(h.warnings) for h in forms)
    warned = f'<li class="from">{escape(messages("sources.warnings", count=doubts))}</li>' if doubts else ""
    return [
        f'<span lang="{escape(source.language)}">{title}</span>',
        escape(record_text(source, messages)),
        f"<ul>{badges}{warned}</ul>",
        escape(sum(h.passages for h in forms)),
    ]


def _missing(missing: Sequence[Source], messages: Messages) -> str:
    title = f"<h3>{escape(messages('sources.missing'))}</h3>"
    if not missing:
        return f"{title}<p>{escape(messages('sources.none_missing'))}</p>"
    items = "".join(
        f'<li><span lang="{escape(s.language)}">{escape(s.short_title)}</span>'
        f"{escape(', ' + law_date(s, messages) if law_date(s, messages) else '')}</li>"
        for s in missing
    )
    return f"{title}<p>{escape(messages('sources.missing.why'))}</p><ul class='dotted'>{items}</ul>"


def added_html(added: Added, messages: Messages) -> str:
    """What reading an added document yielded, with its reading report in a frame that may do nothing."""
    done = messages("sources.add.done", name=added.name, pages=added.pages, passages=added.passages)
    title = escape(messages("sources.add.report"))
    frame = f'<iframe sandbox="" title="{title}" srcdoc="{escape(added.report)}"></iframe>'
    return f'<p>{escape(done)}</p><details class="reading-report"><summary>{title}</summary>{frame}</details>'


def about_html(messages: Messages, *, kept_days: int | None, feedback: bool) -> str:
    """How it works, what it does not know, and what is kept of a question."""
    kept = messages("about.kept", days=kept_days) if kept_days else messages("about.not_kept")
    parts = ["how", "trust", "limits", "privacy", "keys"]
    body = "".join(
        f"<h3>{escape(messages(f'about.{name}.title'))}</h3>"
        + "".join(f"<p>{escape(line)}</p>" for line in messages(f"about.{name}").split("\n") if line)
        + (f"<p>{escape(kept)}</p>" if name == "privacy" else "")
        + (f"<p>{escape(messages('about.feedback'))}</p>" if name == "privacy" and feedback else "")
        for name in parts
    )
    return (
        f'<section class="view own" aria-labelledby="view-title"><h2 id="view-title" tabindex="-1">'
        f"{escape(messages('page.view.about'))}</h2>"
        f'<p class="caveat" role="note">{escape(messages("page.machine"))}</p>'
        f"{body}</section>"
    )
