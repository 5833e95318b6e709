"""Engine: one open generation and one embedding model, asked many times, from any thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from corpus import Source
from ingest.document import Document, Form, Passage
from ingest.embed import Embedder, OpenEmbedder
from ingest.index.generation import DataFolder, Generation, Manifest
from ingest.index.store import Holding, Store
from retrieval import confidence
from retrieval.annotate import annotated
from retrieval.answer import Answer, Filters, Language, SearchResult
from retrieval.compose import GENERATOR, candidates, compose
from retrieval.language import language_of
from retrieval.reasons import no_documents, no_support, provision_fault
from retrieval.scope import documents
from retrieval.search import Found, find

MAX_QUESTION = 20_000  # characters; what comes behind is not read
_DEPTH = 40  # passages among which the composer looks


class _Lease:
    """A generation and how many questions are using it."""

    def __init__(self, generation: Generation) -> None:
        self.generation = generation
        self.users = 0
        self.retired = False


class Engine:
    """Answers questions from the published index, and moves to a newer one by itself."""

    def __init__(self, data: DataFolder, open_embedder: OpenEmbedder) -> None:
        """Open index and model.

        raises  IndexMissing, ModelUnavailable
        """
        self._data = data
        self._lock = threading.Lock()
        self._current = _Lease(Generation(data))
        self._embedder: Embedder = open_embedder()

    @property
    def manifest(self) -> Manifest:
        """Manifest of the generation in use."""
        return self._current.generation.manifest

    @property
    def holdings(self) -> tuple[Holding, ...]:
        """The documents held, in order."""
        with self._generation() as generation:
            return generation.store.holdings

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

    def neighbours(self, passage_id: str) -> tuple[Passage | None, Passage | None]:
        """The passages before and after one in the same section; None where the section ends.

        raises  KeyError if it is not held
        """
        with self._generation() as generation:
            store = generation.store
            before, after = store.neighbours(store.row_of(passage_id))
            return (
                None if before is None else store.passage(before),
                None if after is None else store.passage(after),
            )

    def passages_of(self, source_id: str, form: Form, offset: int, limit: int) -> list[tuple[Passage, Source]]:
        """Passages of a document in reading order, each with the record of the source that it speaks of.

        raises  KeyError if the document is not held
        """
        with self._generation() as generation:
            store = generation.store
            return [_recorded(store, row) for row in store.rows_of((source_id, form))[offset : offset + limit]]

    def passage(
        self, passage_id: str, around: int
    ) -> tuple[list[tuple[Passage, Source]], tuple[Passage, Source], list[tuple[Passage, Source]]]:
        """A passage with its record, and the `around` passages before and behind it in its document.

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
            found, _ = self._find(generation, question, language_of(question), Filters(), 8)
            return confidence.features(question, language_of(question), found)

    def counts(self) -> dict[str, int]:
        """How many passages each part of the index holds; equal numbers mean a healthy index."""
        with self._generation() as generation:
            return {
                "passages": len(generation.documents_by_row),
                "vectors": generation.vectors.count(),
                "lexical": generation.lexical.count,
            }

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
        self, question: str, *, k: int = 8, filters: Filters | None = None, language: Language | None = None
    ) -> Answer:
        """Answer a question with cited sentences, or say why the sources do not.

        k         number of passages given with the answer
        language  of the interface texts in the answer; None: that of the question

        raises  FilterError
        """
        began = time.perf_counter()
        question = question[:MAX_QUESTION].strip()
        spoken = language or language_of(question)
        with self._generation() as generation:
            asked_in = language_of(question)
            found, timings = self._find(generation, question, asked_in, filters or Filters(), k)
            sure = confidence.estimate(question, asked_in, found)
            holdings = generation.store.holdings
            reason = provision_fault(spoken, found, holdings) if found.hits else no_documents(spoken)
            if reason is None and not (found.exact or sure >= confidence.THRESHOLD):
                reason = no_support(spoken, holdings)
            moment = time.perf_counter()
            composed = None
            if reason is None:
                sentences = candidates(found, generation.store)
                composed = compose(generation, found, question, asked_in, sentences)
                reason = None if composed.parts else no_support(spoken, holdings)
            citations = annotated(generation.store, composed.citations if composed else (), (filters or Filters()).date)
            timings["compose"] = _ms(moment)
            version = generation.manifest.corpus_version
        timings["total"] = _ms(began)
        return Answer(
            question=question,
            language=spoken,
            answered=reason is None,
            reason=reason,
            parts=composed.parts if composed else (),
            citations=citations,
            hits=found.hits[:k],
            confidence=round(sure, 3),
            generator=GENERATOR,
            corpus_version=version,
            timings_ms=timings,
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


def _recorded(store: Store, row: int) -> tuple[Passage, Source]:
    passage = store.passage(row)
    return passage, store.record_of(passage)


def _ms(since: float) -> float:
    return round((time.perf_counter() - since) * 1000, 2)
