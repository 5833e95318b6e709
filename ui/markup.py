"""Text -> HTML that is only text: escaping stands here and nowhere else, with the few shapes that every view shares."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from ui.messages import Messages


def escape(text: object) -> str:
    """Text made safe between tags and in quoted attributes; a lone surrogate becomes "?"."""
    return html.escape(str(text).encode("utf-8", "replace").decode("utf-8"), quote=True)


def query(**parameters: str | None) -> str:
    """An address within the page, "?lang=nl&view=law"; what is empty is left out."""
    return "?" + urlencode({name: value for name, value in parameters.items() if value}, errors="replace")


def link(address: str, text: str, *, current: bool = False, kind: str = "") -> str:
    """A link within the page, opened without loading it again. `text` is plain."""
    marks = (' aria-current="page"' if current else "") + (f' class="{kind}"' if kind else "")
    return f'<a data-go href="{escape(address)}"{marks}>{escape(text)}</a>'


def outside(address: str, text: str, messages: Messages) -> str:
    """A link to another site, which opens in a new tab and says so."""
    aside = f'<span class="unseen"> {escape(messages("page.open.newtab"))}</span>'
    return f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{escape(text)}{aside}</a>'


def table(caption: str, heads: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]], *, kind: str = "") -> str:
    """A table; of each row the attributes and its cells as HTML, the first of which is its heading.

    The roles are written out because on a narrow screen the style lays the cells one below the other, and a browser
    then no longer takes it for a table.
    """
    head = "".join(f'<th role="columnheader" scope="col">{escape(name)}</th>' for name in heads)
    body = "".join(f'<tr role="row"{attributes}>{_cells(heads, cells)}</tr>' for attributes, cells in rows)
    return (
        f'<table role="table" class="{kind}"><caption>{escape(caption)}</caption>'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead><tbody role="rowgroup">{body}</tbody></table>'
    )


def _cells(heads: Sequence[str], cells: Sequence[str]) -> str:
    first, *others = cells
    rest = (
        f'<td role="cell" data-label="{escape(head)}">{cell}</td>' for head, cell in zip(heads[1:], others, strict=True)
    )
    return f'<th role="rowheader" scope="row">{first}</th>{"".join(rest)}'


def options(choices: Iterable[tuple[str, str]], chosen: str | None, anything: str | None = None) -> str:
    """Options of a list: (value, text); `anything` is the text of the empty one."""
    all_choices = ([("", anything)] if anything is not None else []) + list(choices)
    return "".join(
        f'<option value="{escape(value)}"{" selected" if value == (chosen or "") else ""}>{escape(text)}</option>'
        for value, text in all_choices
    )


def field(name: str, label: str, control: str) -> str:
    """A labelled control of a form; `control` is its HTML with the id `field-{name}`."""
    return f'<div class="field"><label for="field-{name}">{escape(label)}</label>{control}</div>'
