"""Law on the page: an article as it stood on a day, and what changed between two days, side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from corpus import Source
from ingest.document import Block, Document, Form, Locator
from ingest.index.store import Holding
from ingest.law_compare import ArticleChange, LidChange, compare
from ingest.law_references import held_text
from ui.cards import law_date
from ui.markup import escape, field, link, options, outside, query
from ui.messages import Messages
from ui.places import address, day_text

OpenDocument = Callable[[str, Form], Document]


class LawError(ValueError):
    """What was asked of a law cannot be shown; the message says why, in the reader's language."""


def law_html(
    holdings: Sequence[Holding], values: Mapping[str, str], open_document: OpenDocument, messages: Messages
) -> str:
    """The form, and below it the article, the law or the comparison that the address asks for."""
    texts = _texts(holdings)
    body = f"<p>{escape(messages('law.view.intro'))}</p>{_form(texts, values, messages)}"
    if values.get("law"):
        try:
            body += _shown(texts, values, open_document, messages)
        except LawError as error:
            body += f'<p class="failure" role="alert">{escape(error)}</p>'
    return (
        f'<section class="view" aria-labelledby="view-title"><h2 id="view-title" tabindex="-1">'
        f"{escape(messages('page.view.law'))}</h2>{body}</section>"
    )


def _texts(holdings: Sequence[Holding]) -> dict[str, Holding]:
    """The law texts held, by id; the original goes before our digest."""
    laws = [h for h in holdings if h.source.bwb_id and h.form in ("original", "digest")]
    return {h.source.id: h for h in sorted(laws, key=lambda h: h.form == "original")}


def _form(texts: Mapping[str, Holding], values: Mapping[str, str], messages: Messages) -> str:
    laws = {h.source.bwb_id: h.source.short_title for h in texts.values()}
    choices = sorted(((str(number), title) for number, title in laws.items()), key=lambda c: c[1].casefold())
    controls = (
        field(
            "law",
            messages("law.view.law"),
            f'<select id="field-law" name="law">{options(choices, values.get("law"))}</select>',
        )
        + _field("article", messages("law.view.article"), values, 'size="8" maxlength="12" autocomplete="off"')
        + _field("date", messages("law.view.date"), values, 'type="date"')
        + _field("since", messages("law.view.since"), values, 'type="date"')
    )
    button = f'<button type="submit" class="plain">{escape(messages("law.view.show"))}</button>'
    return f'<form class="go fields" data-view="law">{controls}{button}</form>'


def _field(name: str, label: str, values: Mapping[str, str], attributes: str) -> str:
    value = escape(values.get(name, ""))
    return field(name, label, f'<input id="field-{name}" name="{name}" value="{value}" {attributes}>')


def _shown(
    texts: Mapping[str, Holding], values: Mapping[str, str], open_document: OpenDocument, messages: Messages
) -> str:
    sources = [h.source for h in texts.values() if h.source.bwb_id == values["law"]]
    if not sources:
        raise LawError(messages("law.view.unknown"))
    day, since = _day(values.get("date"), messages), _day(values.get("since"), messages)
    article = values.get("article") or None
    after = _text(sources, texts, day, open_document, messages)
    dates = _dates(sources, values, messages)
    if since is None:
        return dates + _article(after, article, messages)
    if not any(h.form == "original" for h in texts.values() if h.source in sources):
        raise LawError(messages("law.view.no_originals"))
    before = _text(sources, texts, since, open_document, messages)
    if before.source.id == after.source.id:
        raise LawError(messages("law.view.one_text", date=day_text(str(after.source.toestand), messages)))
    if {before.form, after.form} != {"original"}:
        raise LawError(messages("law.view.no_originals"))
    return dates + _comparison(before, after, article, messages)


def _day(text: str | None, messages: Messages) -> str | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise LawError(messages("law.view.no_day", value=text[:40])) from error


def _text(
    sources: Sequence[Source],
    texts: Mapping[str, Holding],
    day: str | None,
    open_document: OpenDocument,
    messages: Messages,
) -> Document:
    bwb_id = str(sources[0].bwb_id)
    source = held_text(bwb_id, sources, day)
    if source is None:
        oldest = min(str(law.toestand) for law in sources)
        raise LawError(messages("law.too_early", day=day_text(day or "", messages), oldest=day_text(oldest, messages)))
    return open_document(source.id, texts[source.id].form)


def _dates(sources: Sequence[Source], values: Mapping[str, str], messages: Messages) -> str:
    """The texts held, each a link to the same article in it."""
    days = sorted({str(source.toestand) for source in sources})
    article = values.get("article")
    items = "".join(
        f"<li>{link(_address(values['law'], article, day, messages), day_text(day, messages), kind='chip')}</li>"
        for day in days
    )
    said = escape(messages("law.view.held"))
    return f'<nav class="chips" aria-label="{said}"><p>{said}</p><ul>{items}</ul></nav>'


def _address(law: str, article: str | None, day: str, messages: Messages) -> str:
    return query(lang=messages.language, view="law", law=law, article=article, date=day)


# --- one text ---------------------------------------------------------------------------------


def _title(document: Document, messages: Messages) -> str:
    source = document.source
    own = (
        ""
        if document.form == "original"
        else f' <span class="badge digest">{escape(messages("page.digest.badge"))}</span>'
    )
    return f'<span lang="nl">{escape(source.short_title)}</span>, {escape(law_date(source, messages))}{own}'


def _article(document: Document, article: str | None, messages: Messages) -> str:
    blocks = [b for b in document.blocks if b.locator.article and article in (None, b.locator.article)]
    if not blocks:
        raise LawError(messages("law.view.no_article", article=article or "", law=document.source.short_title))
    heading = f"<h3>{_title(document, messages)}</h3>"
    if article is None:
        return heading + _contents(document, blocks, messages)
    there = address(document.source, Locator(article=article))
    original = f'<p class="source-link">{outside(there, messages("page.open.article"), messages)}</p>' if there else ""
    text = "".join(_block(block, messages) for block in blocks)
    return f'{heading}<div class="law-text" lang="nl">{text}</div>{original}'


def _contents(document: Document, blocks: Sequence[Block], messages: Messages) -> str:
    """The articles of a law by their headings, each a link."""
    law, day = str(document.source.bwb_id), str(document.source.toestand)
    headings: dict[str, str] = {}
    for block in blocks:
        article = str(block.locator.article)
        headings.setdefault(
            article, block.text if block.kind == "heading" else messages("law.view.art", article=article)
        )
    items = "".join(
        f'<li lang="nl">{link(_address(law, article, day, messages), text[:160])}</li>'
        for article, text in headings.items()
    )
    return f'<ul class="contents">{items}</ul>'


def _block(block: Block, messages: Messages) -> str:
    status = f' <span class="badge status">{escape(block.status)}</span>' if block.status else ""
    if block.kind == "heading":
        return f"<h4>{escape(block.text)}{status}</h4>"
    first = block.kind == "paragraph" and block.locator.paragraph
    number = f"<strong>{escape(block.locator.paragraph)}</strong> " if first else ""
    return f'<p class="{escape(block.kind)}">{number}{escape(block.text)}</p>'


# --- two texts --------------------------------------------------------------------------------


def _comparison(before: Document, after: Document, article: str | None, messages: Messages) -> str:
    changes = [c for c in compare(before, after) if (c.change != "same" if article is None else c.article == article)]
    heading = f"<h3>{_title(before, messages)} → {_title(after, messages)}</h3>"
    if not changes:
        key = "law.view.nothing_changed" if article is None else "law.view.no_article"
        return heading + f"<p>{escape(messages(key, article=article or '', law=after.source.short_title))}</p>"
    count = f"<p>{escape(messages('law.view.changes', count=len(changes)))}</p>" if article is None else ""
    return heading + count + "".join(_change(change, before, after, messages) for change in changes)


def _change(change: ArticleChange, before: Document, after: Document, messages: Messages) -> str:
    said = messages(f"law.{change.change}")
    title = f"<h4>{escape(messages('law.view.art', article=change.article))}: {escape(said)}</h4>"
    if change.change != "changed":
        of = after if change.change in ("new", "same", "repealed") else before
        there = _address(str(of.source.bwb_id), change.article, str(of.source.toestand), messages)
        return (
            f"{title}<p>{link(there, messages('law.view.read', date=day_text(str(of.source.toestand), messages)))}</p>"
        )
    return title + "".join(_lid(lid, before, after, messages) for lid in change.lids)


def _lid(lid: LidChange, before: Document, after: Document, messages: Messages) -> str:
    """Both wordings beside each other; what went is struck out on the left, what came is underlined on the right."""
    name = messages("law.view.lid", lid=lid.paragraph) if lid.paragraph else ""
    sides = "".join(
        f'<div class="side"><h5>{escape(" · ".join(filter(None, (name, law_date(document.source, messages)))))}</h5>'
        f'<p lang="nl">{_side(lid, op, tag, messages)}</p></div>'
        for document, op, tag in ((before, "out", "del"), (after, "in", "ins"))
    )
    return f'<div class="sides">{sides}</div>'


def _side(lid: LidChange, op: str, tag: str, messages: Messages) -> str:
    start, end = (escape(messages(f"law.view.{op}.{edge}")) for edge in ("start", "end"))
    spoken = f'<span class="unseen" lang="{messages.language}">'
    words = " ".join(
        f"<{tag}>{spoken}[{start}] </span>{escape(text)}{spoken} [{end}]</span></{tag}>" if kind == op else escape(text)
        for kind, text in lid.words
        if kind in (op, "same")
    )
    return words or f'<span class="nothing" lang="{messages.language}">{escape(messages("law.view.empty"))}</span>'
