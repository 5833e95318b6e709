"""The web page: layout and a handful of events (home of gradio). What it shows is made in ui.view."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Protocol

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus import KINDS, Kind
from ingest.index.store import Holding
from retrieval.answer import Answer, FilterError, Filters, Language
from ui import view
from ui.messages import Messages
from ui.server import plain_app, serve

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported, so before it

import gradio as gr

MAX_QUESTION = 2_000  # characters
_MAX_BODY = 100_000  # bytes of a request
_AT_ONCE = 2  # questions answered at the same time
_WAITING = 64
_SESSIONS = 1_000  # whose last question is remembered


class Assistant(Protocol):
    """What the page needs of an engine. Called from several threads at once."""

    @property
    def holdings(self) -> tuple[Holding, ...]:
        """The documents held."""

    def ask(self, question: str, *, filters: Filters = ..., language: Language | None = ...) -> Answer:
        """Answer a question, or say why not.

        raises  FilterError
        """


def launch(
    engine: Assistant,
    host: str,
    port: int,
    root_path: str | None = None,
    ready: Callable[[str], None] = lambda address: None,
    beside: FastAPI | None = None,
) -> None:
    """Serve the page until interrupted; `ready` is called with its address once it can be opened.

    `root_path` is the path under which a reverse proxy offers the page; `beside` has what else the server offers.

    raises  OSError if the port is taken; KeyboardInterrupt when stopped by hand
    """
    app = beside or plain_app()
    gr.mount_gradio_app(app, build_page(engine), "", host, port, root_path=root_path, **launch_settings())
    serve(app, host, port, ready)


def launch_settings() -> dict[str, Any]:
    """What gradio is told: nothing shared, measured, kept, or fetched from elsewhere."""
    return {
        "show_error": False,
        "ssr_mode": False,
        "enable_monitoring": False,
        "run_history": False,
        "mcp_server": False,
        "footer_links": [],
        "allowed_paths": [],
        "max_file_size": "1kb",
        "theme": gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["monospace"]),
        "head": _head(),
        "app_kwargs": {"middleware": [Middleware(_Guard)], "docs_url": None, "redoc_url": None, "openapi_url": None},
    }


def build_page(engine: Assistant) -> gr.Blocks:
    """The page, not yet served."""
    messages = Messages("nl")
    page = gr.Blocks(title=messages("page.title"), analytics_enabled=False, fill_width=True)
    with page:
        _connect(page, _lay_out(messages, engine.holdings), _Conversation(engine))
    page.state_session_capacity = _SESSIONS
    page.queue(max_size=_WAITING, default_concurrency_limit=_AT_ONCE, api_open=False)
    return page


# --- layout -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Fields:
    """The components that take part in events.

    `labelled` are those whose words depend on the language, in the order of `_texts`; `asking` are question and
    filters, as `_Conversation.ask` takes them; `answering` is what an answer changes, the last one for `speak`.
    """

    masthead: gr.HTML
    question: gr.Textbox
    send: gr.Button
    examples: gr.HTML
    labelled: list[Any]
    asking: list[Any]
    answering: list[Any]


def _lay_out(messages: Messages, holdings: Sequence[Holding]) -> _Fields:
    """Place the components in the order of the page; `_texts` gives their words."""
    texts = _texts(messages, holdings)
    bare: dict[str, Any] = {"apply_default_css": False}
    masthead = gr.HTML(**texts["masthead"], **bare, js_on_load=_SWITCH)
    with gr.Row(elem_id="ask"):
        question = gr.Textbox(**texts["question"], max_length=MAX_QUESTION, max_lines=6, elem_id="question")
        send = gr.Button(**texts["send"], variant="primary", scale=0, min_width=112, elem_id="send")
    with gr.Accordion(**texts["filters"], open=False, elem_id="filters") as fold:
        kinds = gr.CheckboxGroup(**texts["kinds"])
        sources = gr.Dropdown(**texts["sources"], multiselect=True)
        with gr.Row():
            from_year = gr.Textbox(**texts["from_year"], max_length=4, min_width=100)
            until_year = gr.Textbox(**texts["until_year"], max_length=4, min_width=100)
            day = gr.Textbox(**texts["day"], max_length=10, min_width=200)
    status = gr.HTML("", **bare, elem_id="status", js_on_load="element.setAttribute('role', 'status');")
    result = gr.HTML("", **bare, elem_id="result", js_on_load=None)
    examples = gr.HTML(view.examples_html(messages, folded=False), **bare, js_on_load=_CHOOSE)
    colophon = gr.HTML(**texts["colophon"], **bare, js_on_load=None)
    filters = [kinds, sources, from_year, until_year, day]
    return _Fields(
        masthead,
        question,
        send,
        examples,
        labelled=[masthead, question, send, fold, *filters, colophon],
        asking=[question, *filters],
        answering=[status, result, examples, gr.State(None)],
    )


def _texts(messages: Messages, holdings: Sequence[Holding]) -> dict[str, dict[str, Any]]:
    """Words and choices of `_Fields.labelled`, in that order."""

    def texts(name: str, *kinds: str, **more: Any) -> dict[str, Any]:
        return {**{kind: messages(f"page.{name}.{kind}") for kind in kinds}, **more}

    return {
        "masthead": {"value": view.masthead_html(messages)},
        "question": texts("question", "label", "placeholder"),
        "send": {"value": messages("page.send")},
        "filters": texts("filters", "label"),
        "kinds": texts("kinds", "label", "info", choices=_kinds(messages, holdings)),
        "sources": texts("sources.filter", "label", "info", choices=_sources(messages, holdings)),
        "from_year": texts("from_year", "label", "placeholder"),
        "until_year": texts("until_year", "label", "placeholder"),
        "day": texts("day", "label", "placeholder"),
        "colophon": {"value": view.holdings_html(holdings, messages)},
    }


def _kinds(messages: Messages, holdings: Sequence[Holding]) -> list[tuple[str, str]]:
    held = {h.source.kind for h in holdings} | {"samenvatting" for h in holdings if h.form == "digest"}
    return [(messages(f"page.kind.{kind}"), kind) for kind in KINDS if kind in held]


def _sources(messages: Messages, holdings: Sequence[Holding]) -> list[tuple[str, str]]:
    held = {holding.source.id: holding.source for holding in holdings}.values()
    titled = [
        (", ".join(filter(None, (source.short_title, view.law_date(source, messages)))), source.id) for source in held
    ]
    return sorted(titled, key=lambda entry: entry[0].casefold())


# --- events -----------------------------------------------------------------------------------


def _connect(page: gr.Blocks, fields: _Fields, conversation: _Conversation) -> None:
    """Tie the components to the conversation. No event is offered as an API."""
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    once: dict[str, Any] = {"concurrency_id": "ask", "trigger_mode": "once", **quiet}
    asked = fields.answering[-1]
    page.load(conversation.greet, None, [*fields.labelled, fields.examples], **quiet)
    fields.masthead.click(conversation.speak, asked, [*fields.labelled, *fields.answering], **quiet)
    triggers = [fields.question.submit, fields.send.click]
    typed = gr.on(triggers, conversation.ask, fields.asking, fields.answering, **once)
    chosen = fields.examples.click(conversation.choose, None, fields.question, **quiet)
    chosen = chosen.success(conversation.ask, fields.asking, fields.answering, **once)
    for event in (typed, chosen):
        event.failure(conversation.failed, None, fields.answering, **quiet)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The last question, to be asked again in the other language."""

    question: str
    filters: Filters


@dataclass(frozen=True, slots=True)
class _Conversation:
    """Answers the events of the page."""

    engine: Assistant

    def greet(self, request: gr.Request) -> list[Any]:
        """The page in the language of its address."""
        messages = _messages(request)
        labelled = [gr.update(**words) for words in _texts(messages, self.engine.holdings).values()]
        return [*labelled, view.examples_html(messages, folded=False)]

    def speak(self, asked: _Asked | None, request: gr.Request) -> list[Any]:
        """The page in the other language, the last question answered again."""
        *labelled, examples = self.greet(request)
        return [*labelled, *(self._answer(asked, _messages(request)) if asked else ("", "", examples, None))]

    def choose(self, event: gr.EventData) -> str:
        """The example that was clicked."""
        return str(event.question)

    def ask(
        self,
        question: str | None,
        kinds: list[Kind] | None,
        sources: list[str] | None,
        from_year: str | None,
        until_year: str | None,
        day: str | None,
        request: gr.Request,
    ) -> Iterator[tuple[Any, ...]]:
        """First that it is searching, then the answer or what is wrong with the question."""
        messages = _messages(request)
        try:
            filters = Filters(
                kinds=frozenset(kinds or ()),
                sources=frozenset(sources or ()),
                from_year=_year(from_year),
                until_year=_year(until_year),
                date=(day or "").strip() or None,
            )
            asked = _Asked(_question(question), filters)
        except FilterError as error:
            yield _failure(error, messages)
            return
        yield view.status_html(messages("page.busy")), gr.skip(), gr.skip(), gr.skip()
        yield self._answer(asked, messages)

    def failed(self, request: gr.Request) -> tuple[Any, ...]:
        """One sentence when an event broke; the trace is in the log of the server."""
        return _failure(_complaint("page.error.failed"), _messages(request))

    def _answer(self, asked: _Asked, messages: Messages) -> tuple[Any, ...]:
        try:
            answer = self.engine.ask(asked.question, filters=asked.filters, language=messages.language)
        except FilterError as error:
            return _failure(error, messages)
        status = view.status_html(view.status_text(answer, messages))
        result = view.result_html(answer, messages, view.source_titles(self.engine.holdings))
        return status, result, view.examples_html(messages, folded=True), asked


def _messages(request: gr.Request) -> Messages:
    """In the language of the address: Dutch unless it says ?lang=en."""
    return Messages("en" if request.query_params.get("lang") == "en" else "nl")


def _question(text: str | None) -> str:
    """The question without white space around it and without what UTF-8 cannot hold.

    raises  FilterError if nothing or too much is left
    """
    question = (text or "").encode("utf-8", "replace").decode("utf-8").strip()
    if not question:
        raise _complaint("page.error.empty")
    if len(question) > MAX_QUESTION:
        raise _complaint("page.error.long", length=len(question), most=MAX_QUESTION)
    return question


def _year(text: str | None) -> int | None:
    """A year of four digits, None if nothing is written.

    raises  FilterError
    """
    year = (text or "").strip()
    if year and not re.fullmatch("[0-9]{4}", year):
        raise _complaint("page.error.year", value=year[:20])
    return int(year) if year else None


def _complaint(key: str, **values: object) -> FilterError:
    return FilterError(Messages("nl")(key, **values), Messages("en")(key, **values))


def _failure(error: FilterError, messages: Messages) -> tuple[Any, ...]:
    sentence = error.nl if messages.language == "nl" else error.en
    sentence = sentence[:1].upper() + sentence[1:]
    examples = view.examples_html(messages, folded=False)
    return view.status_html(sentence, seen=False), view.error_html(sentence, messages), examples, None


# --- in the browser ---------------------------------------------------------------------------

# A link first: without this script it loads the page again in the other language, but loses the answer.
_SWITCH = """element.addEventListener('click', event => {
  const link = event.target.closest('a.switch');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  history.replaceState(history.state, '', link.href);
  mengpaneelLanguage();
  trigger('click');
});"""
# The example itself is about to be folded away: move the focus to where the question will stand.
_CHOOSE = """element.addEventListener('click', event => {
  const example = event.target.closest('button.example');
  if (!example) return;
  document.getElementById('ask').focus();
  trigger('click', {question: example.textContent});
});"""


def _head() -> str:
    style = files("ui").joinpath("style.css").read_text(encoding="utf-8")
    return f"<style>{style}</style><script>{view.SCRIPT}</script>"


# --- the server's door ------------------------------------------------------------------------

_POSTS = ("/gradio_api/queue/join", "/gradio_api/reset", "/gradio_api/cancel")
_CLOSED = ("/gradio_api/file", "/gradio_api/proxy", "/gradio_api/deep_link", "/monitoring")
_HEADERS = {
    # gradio compiles its handlers in the browser, hence 'unsafe-eval'; no other host is named
    b"content-security-policy": b"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    b"style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; object-src 'none'; "
    b"form-action 'self'; base-uri 'self'; frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}


class _Guard:
    """Refuses uploads, large requests and what the page does not use; sets the security headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS.items()]
            await send(message)

        status = _refusal(scope) if scope["type"] == "http" else None
        app = PlainTextResponse("", status_code=status) if status else self._app
        await app(scope, receive, guarded)


def _refusal(scope: Scope) -> int | None:
    """Status to refuse a request with, None to let it pass."""
    path: str = scope["path"]
    if any(closed in path for closed in _CLOSED):
        return 404
    if scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return None
    if not path.rstrip("/").endswith(_POSTS):
        return 404
    length = dict(scope["headers"]).get(b"content-length", b"")
    return None if length.isdigit() and int(length) <= _MAX_BODY else 413
