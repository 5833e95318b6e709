"""What the buttons of an answer put into the memo: items as ui.memo reads them, kept by the browser."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from retrieval.answer import Answer, Citation
from ui.contract import answer_json
from ui.markup import escape
from ui.memo.model import SavedAnswer, SavedCitation
from ui.messages import Messages
from ui.places import place_text


def keep_answer_html(answer: Answer, address: str, messages: Messages) -> str:
    """The button that keeps an answer whole; `address` is its permanent link within the page."""
    whole = answer_json(answer)
    saved = {name: whole[name] for name in SavedAnswer.model_fields}
    saved["citations"] = [{name: c[name] for name in SavedCitation.model_fields} for c in whole["citations"]]
    return _button({"answer": saved, "link": address}, messages("basket.keep.answer"), "", messages)


def keep_quote_html(citation: Citation, messages: Messages) -> str:
    """The button that keeps one quote with the source that it is of."""
    where = f"{citation.source.short_title}, {place_text(citation.locator, citation.source, messages)}"
    item = {"quote": citation.quote, "source": citation.source.id, "from": where}
    return _button(item, messages("basket.keep"), messages("basket.keep.quote", n=citation.n), messages)


def _button(item: Mapping[str, Any], text: str, label: str, messages: Messages) -> str:
    spoken = f' aria-label="{escape(label)}"' if label else ""
    content = escape(json.dumps(item, ensure_ascii=False))
    said = f'data-done="{escape(messages("basket.kept"))}" data-full="{escape(messages("basket.full"))}"'
    return f'<button type="button" class="keep" data-keep="{content}" {said}{spoken}>{escape(text)}</button>'
