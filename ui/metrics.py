"""Figures for monitoring, in the form of Prometheus (home of prometheus_client). No question is kept in them."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from ingest.embed import OpenEmbedder
from ingest.index.generation import DataFolder
from retrieval.answer import Answer, Event, FilterError
from retrieval.engine import Engine
from retrieval.entailment import Entailment
from retrieval.model import LanguageModel

MEDIA_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)


class MeasuredEngine(Engine):
    """An engine that counts its questions and times them, whoever asks."""

    def __init__(
        self,
        data: DataFolder,
        open_embedder: OpenEmbedder,
        language_model: LanguageModel | None = None,
        entailment: Entailment | None = None,
    ) -> None:
        super().__init__(data, open_embedder, language_model, entailment)
        self.registry = CollectorRegistry()
        self._questions = Counter("mengpaneel_questions", "Questions by outcome", ["outcome"], registry=self.registry)
        for outcome in ("answered", "refused", "wrong_filter"):
            self._questions.labels(outcome)
        self._seconds = Histogram(
            "mengpaneel_answer_seconds", "Time from question to answer", buckets=_SECONDS, registry=self.registry
        )
        self.requests = Counter(
            "mengpaneel_requests", "Requests to the interfaces for programs", ["door", "status"], registry=self.registry
        )
        self.registry.register(_Index(self))

    def ask_stream(self, question: str, **how: Any) -> Generator[Event, None, None]:
        """As of Engine; `ask` comes by here too."""
        began = time.perf_counter()
        try:
            for event in super().ask_stream(question, **how):
                if isinstance(event, Answer):
                    self._questions.labels("answered" if event.answered else "refused").inc()
                    self._seconds.observe(time.perf_counter() - began)
                yield event
        except FilterError:
            self._questions.labels("wrong_filter").inc()
            raise

    def exposition(self) -> bytes:
        """All figures as text."""
        return generate_latest(self.registry)


class _Index(Collector):
    """What is held now, read when asked for."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[GaugeMetricFamily | InfoMetricFamily]:
        holdings, manifest = self._engine.holdings, self._engine.manifest
        index = InfoMetricFamily("mengpaneel_index", "The index in use")
        index.add_metric([], {"generation": manifest.id, "corpus_version": manifest.corpus_version})
        yield index
        yield GaugeMetricFamily("mengpaneel_passages", "Passages in the index", value=manifest.passages)
        yield GaugeMetricFamily("mengpaneel_documents", "Documents in the index", value=len(holdings))
