"""Engine: one open generation and one embedding model, asked many times, from any thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType

from threadpoolctl import threadpool_limits

from corpus import Source
from ingest.document import Document, Form, Passage
from ingest.embed import Embedder, OpenEmbedder
from ingest.index.generation import DataFolder, Generation, Manifest
from ingest.index.store import Holding, Store
from retrieval import confidence
from retrieval.annotate import annotated
from retrieval.answer import Answer, Event, Filters, Language, PassagesFound, QuestionKind, SearchResult
from retrieval.beyond import Beyond, look_beyond
from retrieval.cite import Sentence
from retrieval.compose import GENERATOR, NOTHING, candidates, compose
from retrieval.entailment import Entailment
from retrieval.follow_up import complete, next_questions
from retrieval.generate import Writer
from retrieval.language import language_of
from retrieval.model import LanguageModel
from retrieval.phrases import phrase
from retrieval.read import law_day, read
from retrieval.reasons import gap, no_documents, no_support, provision_fault
from retrieval.relevance import features, score
from retrieval.scope import documents
from retrieval.search import Found, find
from retrieval.verify import Verifier

MAX_QUESTION = 20_000  # characters; what comes behind is not read
_DEPTH = 40  # passages among which the composer looks

Recorded = tuple[Passage, Source]  # a passage and the record of the source that it speaks of


class _Lease:
    """A generation and how many questions are using it."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self.users = 0
        self.retired = False


class Engine:
    """Answers questions from the published index, and moves to a newer one by itself."""

    def __init__(
        self,
        data: DataFolder,
        open_embedder: OpenEmbedder,
        language_model: LanguageModel | None = None,
        entailment: Entailment | None = None,
    ) -> None:
        """Open index and embedding model. `language_model` may write the answers; without it none takes part.
        `entailment` settles what the check of such sentences doubts.

        raises  IndexMissing, ModelUnavailable
        """
        # questions run side by side, one thread each: numpy's own threads double the work and hinder the neighbours
        threadpool_limits(1, user_api="blas")
        self._data = data
        self._lock = threading.Lock()
        self._current = _Lease(Generation(data))
        self._embedder: Embedder = open_embedder()
        self._verifier = Verifier(self._embedder, entailment)
        self._writer = Writer(language_model, self._verifier) if language_model else None

    @property
    def manifest(self) -> Manifest:
        """Manifest of the generation in use."""
        return self._current.generation.manifest

    @property
    def holdings(self) -> tuple[Holding, ...]:
        """The documents held, in order."""
        with self._generation() as generation:
            return generation.store.holdings

    @property
    def embedder(self) -> Embedder:
        """The embedding model in use."""
        return self._embedder

    @property
    def verifier(self) -> Verifier:
        """The check of support, with the model of entailment if one is set."""
        return self._verifier

    def stored_text(self, source_id: str, form: Form) -> str:
        """The whole stored text of a document: what citations count their offsets in."""
        with self._generation() as generation:
            return generation.store.text((source_id, form))

    def document(self, source_id: str, form: Form) -> Document:
        """A document as it was read.

        raises  KeyError if it is not held
        """
        with self._generation() as generation:
            return generation.store.document((source_id, form))

    def passages_of(self, source_id: str, form: Form, offset: int, limit: int) -> list[Recorded]:
        """Passages of a document in reading order.

        raises  KeyError if the document is not held
        """
        with self._generation() as generation:
            store = generation.store
            return [_recorded(store, row) for row in store.rows_of((source_id, form))[offset : offset + limit]]

    def passage(self, passage_id: str, around: int) -> tuple[list[Recorded], Recorded, list[Recorded]]:
        """The `around` passages before one in its document, that passage, and as many behind it.

        raises  KeyError if it is not held
        """
        with self._generation() as generation:
            store = generation.store
            row = store.row_of(passage_id)
            middle = store.passage(row)
            rows = store.rows_of((middle.source_id, middle.form))
            before = range(max(rows.start, row - around), row)
            after = range(row + 1, min(rows.stop, row + 1 + around))
            return [_recorded(store, r) for r in before], _recorded(store, row), [_recorded(store, r) for r in after]

    def confidence_features(self, question: str) -> tuple[float, ...]:
        """What the estimate of confidence looks at, for calibration."""
        with self._generation() as generation:
            found, kind = self._read(generation, question)
            scored = score(generation, found, question, kind, candidates(generation, found, question))
            return confidence.features(question, found, _beyond(question, found, generation), generation, scored)

    def sentence_features(self, question: str) -> list[tuple[Sentence, tuple[float, ...]]]:
        """The sentences that may stand in an answer, each with what its choice rests on, for calibration."""
        with self._generation() as generation:
            found, kind = self._read(generation, question)
            sentences = candidates(generation, found, question)
            return list(zip(sentences, features(generation, found, question, kind, sentences), strict=True))

    def _read(self, generation: Generation, question: str) -> tuple[Found, QuestionKind]:
        """What is found for a question, and of which kind it is."""
        language = language_of(question)
        found, _ = self._find(generation, question, language, Filters(), 8)
        return found, read(question, language, found, documents(generation.store.holdings, Filters())).reading.kind

    def counts(self) -> dict[str, int]:
        """How many passages each part of the index holds; equal numbers mean a healthy index."""
        with self._generation() as generation:
            return {
                "passages": len(generation.documents_by_row),
                "vectors": generation.vectors.count(),
                "lexical": generation.lexical.count,
            }

    def warm_up(self, questions: Iterable[str]) -> None:
        """Load what the first question would wait for, by answering these; no language model takes part."""
        for question in questions:
            language = language_of(question)
            with self._generation() as generation:
                found, _ = self._find(generation, question, language, Filters(), 8)
                answer = self._composed(generation, found, question, language, language, Filters())
                annotated(generation.store, answer.citations, None)

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the index."""
        with self._lock:
            self._retire(self._current)

    def search(
        self, query: str, *, k: int = 8, filters: Filters | None = None, language: Language | None = None
    ) -> SearchResult:
        """The `k` best passages.

        raises  FilterError
        """
        began = time.perf_counter()
        query = query[:MAX_QUESTION].strip()
        spoken = language or language_of(query)
        with self._generation() as generation:
            found, timings = self._find(generation, query, spoken, filters or Filters(), k)
            version = generation.manifest.corpus_version
        timings["total"] = _ms(began)
        return SearchResult(
            query=query, language=spoken, hits=found.hits[:k], corpus_version=version, timings_ms=timings
        )

    def ask(
        self,
        question: str,
        *,
        k: int = 8,
        filters: Filters | None = None,
        language: Language | None = None,
        previous: str | None = None,
    ) -> Answer:
        """Answer a question with cited sentences, or say why the sources do not.

        k         number of passages given with the answer
        language  of the interface texts in the answer; None: that of the question
        previous  the question before as understood (`Reading.question`), for a follow-up

        raises  FilterError
        """
        events = self.ask_stream(question, k=k, filters=filters, language=language, previous=previous)
        return next(event for event in events if isinstance(event, Answer))

    def ask_stream(
        self,
        question: str,
        *,
        k: int = 8,
        filters: Filters | None = None,
        language: Language | None = None,
        previous: str | None = None,
    ) -> Generator[Event, None, None]:
        """As `ask`, as events: the passages, the sentences of a language model as they pass, last the answer.

        raises  FilterError
        """
        began = time.perf_counter()
        question = question[:MAX_QUESTION].strip()
        whole, asked_in = complete(question, previous)
        with self._generation() as generation:
            scope, too_early = law_day(whole, filters or Filters(), generation.store.holdings, asked_in)
            found, timings = self._find(generation, whole, asked_in, scope, k)
            yield PassagesFound(found.hits[:k])
            moment = time.perf_counter()
            answer = self._composed(generation, found, whole, asked_in, language or asked_in, scope)
            timings["compose"] = _ms(moment)
            if self._writer and answer.answered and not (found.exact or answer.instruments):
                # A provision is quoted and a table stays a table: there is no text for a model to write.
                answer = yield from self._writer.rewrite(generation.store, found.hits, answer)
            citations = annotated(generation.store, answer.citations, scope.date)
        timings["total"] = _ms(began)
        notices = (*too_early, *answer.notices)
        yield replace(
            answer,
            question=question,
            citations=citations,
            hits=found.hits[:k],
            notices=notices,
            timings_ms={**answer.timings_ms, **timings},
        )

    def _composed(
        self, generation: Generation, found: Found, whole: str, asked_in: Language, spoken: Language, scope: Filters
    ) -> Answer:
        """The default composer's answer to a whole question, or the reason why there is none."""
        holdings = generation.store.holdings
        beyond = _beyond(whole, found, generation)
        task = read(whole, asked_in, found, documents(holdings, scope), scope.date)
        scored = score(generation, found, whole, task.reading.kind, candidates(generation, found, whole))
        sure = confidence.estimate(whole, found, beyond, generation, scored)
        reason = provision_fault(spoken, found, holdings) if found.hits else no_documents(spoken)
        if reason is None and not (found.exact or task.need or sure >= confidence.THRESHOLD):
            reason = no_support(spoken, holdings, gap(whole, spoken, beyond, generation.lexical))
        composed = compose(generation, found, task, scored) if reason is None else NOTHING
        if reason is None and not composed.parts:
            reason = no_support(spoken, holdings)
        return Answer(
            question=whole,
            language=spoken,
            answered=reason is None,
            reason=reason,
            parts=composed.parts,
            citations=composed.citations,
            hits=found.hits,
            confidence=round(sure, 3),
            generator=GENERATOR,
            corpus_version=generation.manifest.corpus_version,
            reading=task.reading,
            instruments=composed.instruments,
            follow_ups=next_questions(generation, task, composed.citations) if reason is None else (),
            notices=(*composed.notices, *_not_held(beyond, spoken)) if reason is None else (),
        )

    def _find(
        self, generation: Generation, question: str, language: Language, filters: Filters, k: int
    ) -> tuple[Found, dict[str, float]]:
        moment = time.perf_counter()
        keys = documents(generation.store.holdings, filters)
        query = self._embedder.embed_query(question)
        timings = {"embed": _ms(moment)}
        moment = time.perf_counter()
        found = find(generation, question, query, language, keys, max(k, _DEPTH))
        timings["retrieve"] = _ms(moment)
        return found, timings

    # --- generations ----------------------------------------------------------------------------

    @contextmanager
    def _generation(self) -> Iterator[Generation]:
        """The newest published generation, kept open while it is used."""
        lease = self._lease()
        try:
            yield lease.generation
        finally:
            with self._lock:
                lease.users -= 1
                if lease.retired and not lease.users:
                    lease.generation.close()

    def _lease(self) -> _Lease:
        with self._lock:
            newest = self._data.manifest()
            if newest and newest.id != self._current.generation.manifest.id:
                self._retire(self._current)
                self._current = _Lease(Generation(self._data))
            self._current.users += 1
            return self._current

    def _retire(self, lease: _Lease) -> None:
        lease.retired = True
        if not lease.users:
            lease.generation.close()


def _beyond(question: str, found: Found, generation: Generation) -> Beyond:
    return look_beyond(question, found.hits, [holding.source for holding in generation.store.holdings])


def _not_held(beyond: Beyond, language: Language) -> Iterator[str]:
    """A notice if the question names a law of which no text is held."""
    if beyond.law:
        yield phrase("law_not_held", language, law=beyond.law)


def _recorded(store: Store, row: int) -> Recorded:
    passage = store.passage(row)
    return passage, store.record_of(passage)


def _ms(since: float) -> float:
    return round((time.perf_counter() - since) * 1000, 2)
