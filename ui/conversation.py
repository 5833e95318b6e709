"""The events of the page: an address comes in, what is shown at it goes out (with ui.page the home of gradio)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import gradio as gr

from corpus import Source
from ingest.document import Document, Form
from ingest.index.generation import Manifest
from ingest.index.store import Holding
from retrieval.answer import Answer, Event, FilterError, Filters, Language, PassagesFound
from retrieval.instruments import catalogue
from retrieval.vocabulary import glossary
from ui import frame, instruments_view, law_view, memo_view, sources_view, terms_view, view
from ui.address import Address, Asked, address_of, checked_question, made_of, read_address, since
from ui.cards import Shelf
from ui.kept import Kept
from ui.lesson import view as lesson_view
from ui.messages import Messages
from ui.upload import Added, NotAdded, Uploads

_PATIENCE = 0.8  # seconds after which the passages are shown while the answer is still being made
_AROUND = 600  # characters shown before and after a passage


class Assistant(Protocol):
    """What the page needs of an engine. Called from several threads at once."""

    @property
    def holdings(self) -> tuple[Holding, ...]:
        """The documents held."""

    @property
    def manifest(self) -> Manifest:
        """What the index was built from."""

    def ask_stream(
        self, question: str, *, filters: Filters = ..., language: Language | None = ..., previous: str | None = ...
    ) -> Iterator[Event]:
        """The passages found, at last the answer; `previous` is the question before as understood.

        raises  FilterError
        """

    def stored_text(self, source_id: str, form: Form) -> str:
        """The whole stored text of a document."""

    def document(self, source_id: str, form: Form) -> Document:
        """A document as it was read."""


class Conversation:
    """Answers the events of the page; holds nothing of anyone between them."""

    def __init__(self, engine: Assistant, kept: Kept | None = None, uploads: Uploads | None = None) -> None:
        self._engine, self._kept, self._uploads = engine, kept, uploads
        self._pool = ThreadPoolExecutor(8, thread_name_prefix="ask")

    # --- events; each returns values for: masthead, question, send, filters, status, result, examples, browse, foot

    def open(self, address: str) -> Iterator[tuple[Any, ...]]:
        """What stands at an address: an answer, or a page of what is browsed."""
        at = read_address(address)
        messages = Messages(at.language)
        if at.view == "ask":
            yield from self._asking(at, messages)
        else:
            skips = (gr.skip(),) * 4
            masthead, question, send, foot = self._frame(at, messages)
            yield masthead, question, send, *skips, _fresh(self._browsed(at, messages)), foot

    def follow(self, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        """What stands at the address of a link that was followed."""
        yield from self.open(str(event.address))

    def ask(self, question: str | None, address: str) -> Iterator[tuple[Any, ...]]:
        """The answer to the question in the box; `address` holds it with the filters that are ticked."""
        messages = Messages(read_address(address).language)
        try:
            checked_question(question)
        except FilterError as error:
            yield self._failure(error, messages)
            return
        yield from self.open(address)

    def failed(self, request: gr.Request) -> tuple[Any, ...]:
        """One sentence when an event broke; the trace is in the log of the server."""
        messages = _messages(request)
        return self._failure(
            FilterError(Messages("nl")("page.error.failed"), Messages("en")("page.error.failed")), messages
        )

    def judge(self, event: gr.EventData) -> None:
        """Keep a verdict on an answer, where the operator has switched that on."""
        if self._kept is None:
            return
        asked = read_address(str(event.address)).asked()
        if asked:
            self._kept.verdict(str(event.verdict), asked.question, asked.made.version if asked.made else "")

    def add(self, file: str | None, request: gr.Request) -> Iterator[str]:
        """Add a document; says how far it is, and at last what was read."""
        messages = _messages(request)
        if self._uploads is None or not file:
            return
        try:
            for step in self._uploads.add(Path(file), messages.language):
                if isinstance(step, Added):
                    yield sources_view.added_html(step, messages)
                else:
                    name, done, total = step
                    key = f"sources.add.step.{name}" if total else "sources.add.step.start"
                    yield frame.status_html(messages(key, done=done, total=total))
        except NotAdded as error:
            yield frame.error_html(str(error), messages)

    def not_added(self, request: gr.Request) -> str:
        """One sentence when a file did not even come in."""
        messages = _messages(request)
        return frame.error_html(messages("page.unfit"), messages)

    # --- asking -------------------------------------------------------------------------------

    def _asking(self, at: Address, messages: Messages) -> Iterator[tuple[Any, ...]]:
        masthead, question, send, foot = self._frame(at, messages)
        holdings = self._engine.holdings
        try:
            asked = at.asked()
        except FilterError as error:
            _, *failure = self._failure(error, messages)
            yield masthead, *failure
            return
        if asked is None:
            filters = frame.filters_html(holdings, Filters(), messages)
            examples = frame.examples_html(messages, folded=False)
            yield masthead, question, send, filters, "", "", examples, "", foot
            return
        filters = frame.filters_html(holdings, asked.filters, messages)
        chips = frame.chips_html(asked, view.source_titles(holdings), messages)
        examples = frame.examples_html(messages, folded=True)
        question = {**question, "value": asked.question}
        steps = self._steps(asked, messages)
        try:
            for status, result in steps:
                yield masthead, question, send, filters + chips, status, result, examples, "", foot
        except FilterError as error:
            _, *failure = self._failure(error, messages)
            yield masthead, *failure

    def _steps(self, asked: Asked, messages: Messages) -> Iterator[tuple[Any, Any]]:
        """Status and result: that it is searching, the passages if the answer takes long, the answer.

        raises  FilterError
        """
        yield frame.status_html(messages("page.busy")), gr.skip()
        found: Future[PassagesFound] = Future()
        work = self._pool.submit(self._answer, asked, messages.language, found)
        either: tuple[Future[Any], ...] = (work, found)
        wait([work], _PATIENCE)
        wait(either, return_when=FIRST_COMPLETED)
        if not work.done():
            shelf = Shelf(view.source_titles(self._engine.holdings))
            searching = view.searching_html(asked.question, found.result().hits, messages, shelf)
            yield frame.status_html(messages("page.composing")), searching
        answer = work.result()
        if self._kept:
            self._kept.question(answer)
        yield frame.status_html(view.status_text(answer, messages)), self._result(asked, answer, messages)

    def _answer(self, asked: Asked, language: Language, found: Future[PassagesFound]) -> Answer:
        """The answer; `found` is told of the passages as soon as they are there.

        raises  FilterError
        """
        events = self._engine.ask_stream(
            asked.question, filters=asked.filters, language=language, previous=asked.previous
        )
        for event in events:
            if isinstance(event, PassagesFound):
                found.set_result(event)
                break
        return next(event for event in events if isinstance(event, Answer))

    def _result(self, asked: Asked, answer: Answer, messages: Messages) -> str:
        text_of, holdings = self._engine.stored_text, self._engine.holdings
        now = made_of(answer, text_of)
        changed = since(asked.made, now, (h.key for h in holdings), text_of) if asked.made else None
        understood = answer.reading.question if answer.reading else asked.question
        if understood == asked.question:  # it stands by itself
            asked = replace(asked, previous=None)
        follow = {
            question: address_of(Asked(question, asked.filters, understood), messages.language)
            for question in answer.follow_ups
        }
        html = view.result_html(
            answer,
            messages,
            Shelf(view.source_titles(holdings), _around(answer, self._engine)),
            address=address_of(replace(asked, made=now), messages.language),
            alone=address_of(Asked(asked.question, asked.filters), messages.language),
            since=changed,
            follow=follow,
            feedback=bool(self._kept and self._kept.feedback),
        )
        return _fresh(html)

    # --- browsing -----------------------------------------------------------------------------

    def _browsed(self, at: Address, messages: Messages) -> str:
        holdings, values = self._engine.holdings, at.values
        if at.view == "instruments":
            known = {instrument.id: instrument for instrument in catalogue().instruments}
            if values.get("instrument") in known:
                chosen = known[values["instrument"]]
                return instruments_view.instrument_html(chosen, catalogue(), _records(holdings), messages)
            return instruments_view.instruments_html(catalogue(), _records(holdings), values, messages)
        if at.view == "terms":
            terms = {term.id: term for term in glossary().terms}
            if values.get("term") in terms:
                return terms_view.term_html(terms[values["term"]], glossary(), _records(holdings), messages)
            return terms_view.terms_html(glossary(), values, messages)
        if at.view == "law":
            return law_view.law_html(holdings, values, self._engine.document, messages)
        if at.view == "memo":
            return memo_view.memo_html(messages)
        if at.view == "lesson":
            theme = at.fragment.get("q", ("",))[0]
            return lesson_view.choose_html(catalogue(), holdings, values, theme, messages)
        if at.view == "sources":
            return sources_view.sources_html(holdings, self._engine.manifest.corpus_version, messages)
        days = self._kept.days if self._kept and self._kept.questions else None
        return sources_view.about_html(messages, kept_days=days, feedback=bool(self._kept and self._kept.feedback))

    def _frame(self, at: Address, messages: Messages) -> tuple[Any, Any, Any, Any]:
        """Masthead, question, button and foot."""
        question = gr.update(label=messages("page.question.label"), placeholder=messages("page.question.placeholder"))
        foot = frame.foot_html(self._engine.holdings, messages)
        return frame.masthead_html(messages, at), question, gr.update(value=messages("page.send")), foot

    def _failure(self, error: FilterError, messages: Messages) -> tuple[Any, ...]:
        sentence = error.nl if messages.language == "nl" else error.en
        sentence = sentence[:1].upper() + sentence[1:]
        examples = frame.examples_html(messages, folded=False)
        said, shown = frame.status_html(sentence, seen=False), _fresh(frame.error_html(sentence, messages))
        skip = gr.skip()
        return skip, skip, skip, skip, said, shown, examples, skip, skip


def _fresh(html: str) -> str:
    """Marked as new, for the page's script: it then sets address, title and focus."""
    return f'<div data-key="{secrets.token_hex(6)}">{html}</div>'


def _messages(request: gr.Request) -> Messages:
    """In the language of the address: Dutch unless it says ?lang=en."""
    return Messages("en" if request.query_params.get("lang") == "en" else "nl")


def _records(holdings: tuple[Holding, ...]) -> Mapping[str, Source]:
    return {holding.source.id: holding.source for holding in holdings}


def _around(answer: Answer, engine: Assistant) -> dict[str, tuple[str, str]]:
    """The text before and after every cited passage, by the passage's id; of the catalogue's that says nothing."""
    cited = (citation.passage for citation in answer.citations)
    passages = {passage.id: passage for passage in cited if passage.form != "catalogue"}
    texts = {key: engine.stored_text(*key) for key in {(p.source_id, p.form) for p in passages.values()}}
    return {
        name: (_before(texts[p.source_id, p.form][: p.start]), _after(texts[p.source_id, p.form][p.end :]))
        for name, p in passages.items()
    }


def _before(text: str) -> str:
    """The last paragraphs of a text, whole words."""
    text = text.rstrip()
    if len(text) <= _AROUND:
        return text
    return "… " + text[-_AROUND:].partition(" ")[2]


def _after(text: str) -> str:
    text = text.lstrip()
    return text if len(text) <= _AROUND else text[:_AROUND].rpartition(" ")[0] + " …"
