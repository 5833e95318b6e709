"""The memo on the page: an empty frame, which ui/memo.js fills with what the browser keeps."""

from __future__ import annotations

import json

from ui.markup import escape, field, options
from ui.memo.model import EXPORT_FORMATS
from ui.messages import Messages

_SPOKEN = ("answer", "quote", "text", "heading", "up", "down", "drop", "moved", "dropped", "untitled", "written")


def memo_html(messages: Messages) -> str:
    """Title, the items in order, own text, and the file to make of them."""
    words = escape(json.dumps({name: messages(f"basket.{name}") for name in _SPOKEN}, ensure_ascii=False))
    fields = "".join(
        field(name, messages(f"basket.field.{name}"), f'<input id="field-{name}" name="{name}" maxlength="300">')
        for name in ("title", "author")
    )
    formats = options(((name, messages(f"basket.format.{name}")) for name in EXPORT_FORMATS), EXPORT_FORMATS[0])
    choice = field("format", messages("basket.format"), f'<select id="field-format" name="format">{formats}</select>')
    quotes = f'<label class="tick"><input type="checkbox" name="quotes"> {escape(messages("basket.quotes"))}</label>'
    adding = "".join(_button(f'data-add="{name}"', f"basket.add.{name}", messages) for name in ("text", "heading"))
    undo = f'<button type="button" class="copy" data-undo hidden>{escape(messages("basket.undo"))}</button>'
    return (
        f'<section class="view" aria-labelledby="view-title"><h2 id="view-title" tabindex="-1">'
        f"{escape(messages('page.view.memo'))}</h2><p>{escape(messages('basket.intro'))}</p>"
        f'<form id="memo" data-words="{words}"><div class="fields">{fields}</div>'
        f'<p id="memo-empty">{escape(messages("basket.empty"))}</p>'
        f'<h3 id="memo-title">{escape(messages("basket.items"))}</h3>'
        f'<ol id="memo-items" aria-labelledby="memo-title"></ol><div class="tools">{adding}{undo}</div>'
        f'<div class="fields">{choice}{quotes}'
        f'<button class="plain">{escape(messages("basket.write"))}</button></div>'
        f'<p id="memo-fault" role="alert"></p></form>{_item(messages)}</section>'
    )


def _button(attributes: str, key: str, messages: Messages) -> str:
    return f'<button type="button" class="copy" {attributes}>{escape(messages(key))}</button>'


def _item(messages: Messages) -> str:
    """One item as the script copies it; it takes out the fields that an item does not have."""
    buttons = "".join(
        _button(attributes, f"basket.button.{name}", messages)
        for attributes, name in (('data-move="-1"', "up"), ('data-move="1"', "down"), ("data-drop", "drop"))
    )
    return (
        '<template id="memo-item"><li class="card"><p class="record"><span class="badge"></span></p>'
        '<p class="words"></p><p class="from"></p><textarea rows="4" maxlength="50000"></textarea>'
        f'<input maxlength="300"><div class="actions">{buttons}</div></li></template>'
    )
