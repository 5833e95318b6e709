"""The web page: what stands on it, and which event leads where (with ui.conversation the home of gradio)."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, get_args

from fastapi import FastAPI
from starlette.middleware import Middleware

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported, so before it

import gradio as gr

from retrieval.answer import Filters, Language
from ui import frame
from ui.address import MAX_QUESTION
from ui.conversation import Assistant, Conversation
from ui.guard import Guard
from ui.kept import Kept
from ui.messages import Messages
from ui.server import plain_app, serve
from ui.upload import Uploads

_AT_ONCE = 4  # events handled at the same time
_WAITING = 64
_SESSIONS = 1_000  # whose last question is remembered


@dataclass(frozen=True, slots=True)
class Offer:
    """What an operator offers beside asking; by default nothing is kept and nothing can be added."""

    kept: Kept | None = None
    uploads: Uploads | None = None


def launch(
    engine: Assistant,
    host: str,
    port: int,
    root_path: str | None = None,
    ready: Callable[[str], None] = lambda address: None,
    offer: Offer | None = None,
    beside: FastAPI | None = None,
) -> None:
    """Serve the page until interrupted; `ready` is called with its address once it can be opened.

    `root_path` is the path under which a reverse proxy offers the page; `beside` has what else the server offers.

    raises  OSError if the port is taken; KeyboardInterrupt when stopped by hand
    """
    offer = offer or Offer()
    app = beside or plain_app()
    settings = launch_settings(offer)
    gr.mount_gradio_app(app, build_page(engine, offer), "", host, port, root_path=root_path, **settings)
    serve(app, host, port, ready)


def launch_settings(offer: Offer) -> dict[str, Any]:
    """What gradio is told: nothing shared, measured, kept, or fetched from elsewhere."""
    upload_mb = offer.uploads.most_mb if offer.uploads else 0
    guard = Middleware(Guard, upload_bytes=upload_mb * 1_000_000)
    return {
        "show_error": False,
        "ssr_mode": False,
        "enable_monitoring": False,
        "run_history": False,
        "mcp_server": False,
        "footer_links": [],
        "allowed_paths": [],
        "max_file_size": f"{upload_mb}mb" if upload_mb else "1kb",
        "theme": gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"]),
        "head": _head(),
        "app_kwargs": {"middleware": [guard], "docs_url": None, "redoc_url": None, "openapi_url": None},
    }


def build_page(engine: Assistant, offer: Offer | None = None) -> gr.Blocks:
    """The page, not yet served."""
    offer = offer or Offer()
    messages = Messages("nl")
    page = gr.Blocks(title=messages("page.title"), analytics_enabled=False, fill_width=True)
    conversation = Conversation(engine, offer.kept, offer.uploads)
    with page:
        _connect(page, _lay_out(messages, engine, offer.uploads), conversation)
    page.state_session_capacity = _SESSIONS
    page.queue(max_size=_WAITING, default_concurrency_limit=_AT_ONCE, api_open=False)
    return page


# --- layout -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Fields:
    """The components that take part in events; `shown` are in the order of what `Conversation` gives."""

    question: gr.Textbox
    send: gr.Button
    address: gr.Textbox
    result: gr.HTML
    links: gr.HTML
    shown: list[Any]
    adding: tuple[list[gr.UploadButton], gr.HTML] | None


def _lay_out(messages: Messages, engine: Assistant, uploads: Uploads | None) -> _Fields:
    """Place the components in the order of the page, in Dutch; `Conversation` gives the words of another language."""
    bare: dict[str, Any] = {"apply_default_css": False, "js_on_load": None}
    masthead = gr.HTML(frame.masthead_html(messages), **bare)
    links = gr.HTML(
        '<div id="content" tabindex="-1"></div><p id="said" role="status" class="unseen"></p>'
        '<p id="notice" role="alert"></p>',
        apply_default_css=False,
        js_on_load=_FOLLOW,
    )
    with gr.Column(elem_id="asking"):
        with gr.Row(elem_id="ask"):
            question = gr.Textbox(
                label=messages("page.question.label"),
                placeholder=messages("page.question.placeholder"),
                max_length=MAX_QUESTION,
                max_lines=6,
                elem_id="question",
            )
            send = gr.Button(messages("page.send"), variant="primary", scale=0, min_width=112, elem_id="send")
        filters = gr.HTML(frame.filters_html(engine.holdings, Filters(), messages), **bare)
        status = gr.HTML("", apply_default_css=False, elem_id="status", js_on_load="element.role = 'status';")
        result = gr.HTML("", apply_default_css=False, elem_id="result", js_on_load=_JUDGE)
        examples = gr.HTML(frame.examples_html(messages, folded=False), **bare)
    browse = gr.HTML("", **bare, elem_id="browse")
    adding = _lay_out_adding(uploads) if uploads else None
    foot = gr.HTML(frame.foot_html(engine.holdings, messages), **bare, elem_id="foot")
    address = gr.Textbox(visible=False)
    shown = [masthead, question, send, filters, status, result, examples, browse, foot]
    return _Fields(question, send, address, result, links, shown, adding)


def _connect(page: gr.Blocks, fields: _Fields, conversation: Conversation) -> None:
    """Tie the components to the conversation. No event is offered as an API."""
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    busy: dict[str, Any] = {"concurrency_id": "ask", **quiet}
    asking = [fields.question, fields.address]
    triggers = [fields.question.submit, fields.send.click]
    events = [
        page.load(conversation.open, fields.address, fields.shown, js="() => [location.href]", **busy),
        fields.links.click(conversation.follow, None, fields.shown, trigger_mode="multiple", **busy),
        gr.on(triggers, conversation.ask, asking, fields.shown, trigger_mode="always_last", js=_ASKED, **busy),
    ]
    for event in events:
        event.failure(conversation.failed, None, fields.shown, **quiet)
    fields.result.select(conversation.judge, None, None, **quiet)
    if fields.adding:
        buttons, outcome = fields.adding
        for button in buttons:
            event = button.upload(conversation.add, button, outcome, concurrency_id="add", **quiet)
            event.failure(conversation.not_added, None, outcome, **quiet)


def _lay_out_adding(uploads: Uploads) -> tuple[list[gr.UploadButton], gr.HTML]:
    """The button to add a document and what came of it, seen among the sources only.

    It stands there in both languages, since gradio's button keeps its words; the style shows that of the page.
    """
    buttons = []
    kinds, most = list(uploads.suffixes), uploads.most_mb
    with gr.Column(elem_id="adding"):
        for language in get_args(Language):
            messages = Messages(language)
            with gr.Column(elem_classes=[f"in-{language}"]):
                words = frame.adding_html(messages("sources.add", kinds=", ".join(kinds), most=most), kinds, most)
                gr.HTML(words, apply_default_css=False, js_on_load=None)
                label = messages("sources.add.button")
                buttons.append(gr.UploadButton(label, file_types=kinds, elem_classes=["add"]))
        outcome = gr.HTML("", apply_default_css=False, js_on_load="element.role = 'status';")
    return buttons, outcome


# --- in the browser ---------------------------------------------------------------------------

# ui/page.js calls these: they lead a link that was followed, and a verdict, to the server
_FOLLOW = "own.go = address => trigger('click', {address});"
_JUDGE = """element.addEventListener('click', event => {
  const button = event.target.closest('button.verdict');
  if (!button) return;
  trigger('select', {verdict: button.dataset.verdict, address: location.href});
  button.textContent = button.dataset.done;
  say(button.dataset.done);
});"""
_ASKED = "(question, address) => [question, mengpaneelAsked(question)]"


def _head() -> str:
    names = ("style.css", "memo.js", "lesson.js", "page.js")
    style, *scripts = (files("ui").joinpath(name).read_text(encoding="utf-8") for name in names)
    return f"<style>{style}</style><script>{''.join(scripts)}</script>"
