"""Simple stacks over the same texts, for comparison: dense, BM25 and their fusion on plain 512-token chunks.

A chunk is cut by tokens alone, whatever stands there, without title or headings; no chunk knows of pages, sections or
articles. It holds a gold place if any of its text is of a passage of that place.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evals.metrics import DEPTH, Ranking, Retrieved, Values, measure
from evals.question import Question
from ingest.document import Document, Passage
from ingest.e5.tokens import E5Tokenizer
from ingest.e5.weights import PackedModel, packed_path
from ingest.embed import Embedder, Vectors
from ingest.index.cache import EmbeddingCache
from ingest.index.lexical import Lexical, write_lexical
from ingest.index.store import DocumentKey
from ingest.index.tokens import PassageTokens
from ingest.passages import split
from retrieval.answer import Filters
from retrieval.engine import Engine
from retrieval.scope import documents

CHUNK_TOKENS = 512
_OVERHEAD = 5  # <s>, </s> and the prefix "passage: ", so that a chunk fits the model whole
_RRF = 60  # Cormack, Clarke & Büttcher 2009
_FUSED = 100

# Texts in, vectors (n, dimension) of unit length out.
Embed = Callable[[Sequence[str]], Vectors]
Scores = NDArray[np.floating]
# A question in, a score per chunk out; minus infinity where the chunk is not found.
Scorer = Callable[[str], Scores]


@dataclass(frozen=True, slots=True)
class Chunk:
    """`Document.text[start:end]` of one document."""

    key: DocumentKey
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Texts:
    """The documents that every system searches, and their passages, by which chunks are judged."""

    documents: tuple[Document, ...]
    passages: Mapping[DocumentKey, tuple[Passage, ...]]


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a simple stack found, and the measures of every question by its id."""

    name: str
    rankings: tuple[Ranking, ...]
    values: dict[str, Values]


def texts_of(engine: Engine) -> Texts:
    """All documents that the engine holds."""
    read = tuple(engine.document(*holding.key) for holding in engine.holdings)
    return Texts(read, {(document.source.id, document.form): split(document) for document in read})


def cached_embedding(path: Path, embedder: Embedder) -> Embed:
    """An `Embed` for passages that keeps what it made in this file."""

    def embed(texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), embedder.dimension), dtype=np.float32)
        tokens: dict[int, PassageTokens] = {}
        cache = EmbeddingCache(path, embedder)
        try:
            for _ in cache.embed(texts, cache.centre(), vectors, tokens):
                pass
        finally:
            cache.close()
        return vectors

    return embed


def run_baselines(
    engine: Engine, questions: Sequence[Question], texts: Texts, embedder: Embedder, embed: Embed
) -> list[Baseline]:
    """Dense, BM25 and their fusion on plain chunks of the texts, each asked all questions."""
    chunks = list(token_chunks(texts.documents))
    vectors = embed([chunk.text for chunk in chunks])
    with tempfile.TemporaryDirectory() as folder:
        write_lexical(Path(folder) / "lexical", [chunk.text for chunk in chunks])
        lexical = Lexical(Path(folder) / "lexical")

        def dense(question: str) -> Scores:
            return vectors @ embedder.embed_query(question).vector

        def bm25(question: str) -> Scores:
            scores = lexical.scores(question)
            return np.where(scores > 0, scores, -np.inf)

        def fused(question: str) -> Scores:
            return _fuse(dense(question), bm25(question))

        systems: dict[str, Scorer] = {"dense": dense, "BM25": bm25, "dense + BM25, RRF": fused}
        return [baseline(name, engine, questions, texts, chunks, scorer) for name, scorer in systems.items()]


def baseline(
    name: str,
    engine: Engine,
    questions: Sequence[Question],
    texts: Texts,
    chunks: Sequence[Chunk],
    scorer: Scorer,
) -> Baseline:
    """Rank the chunks for every question by a scorer, within the same documents that our own search may use."""
    rankings = []
    for question in questions:
        allowed = set(documents(engine.holdings, Filters(date=question.date)))
        inside = np.array([chunk.key in allowed for chunk in chunks])
        scores = np.where(inside, scorer(question.question), -np.inf)
        best = [chunks[row] for row in np.argsort(-scores, kind="stable")[:DEPTH] if np.isfinite(scores[row])]
        rankings.append(judge(question, best, texts))
    return Baseline(name, tuple(rankings), measure(rankings))


def judge(question: Question, chunks: Sequence[Chunk], texts: Texts) -> Ranking:
    """A ranking of chunks, with the gold places that they hold."""
    gold = [
        [((p.source_id, p.form), p) for found in texts.passages.values() for p in found if place.holds(p)]
        for place in question.gold
    ]
    retrieved = []
    for chunk in chunks:
        held: dict[int, int] = {}
        for number, passages in enumerate(gold):
            ends = [p.end for key, p in passages if key == chunk.key and p.start < chunk.end and p.end > chunk.start]
            if ends:
                held[number] = len(chunk.text[: min(ends) - chunk.start].split())
        source, form = chunk.key
        retrieved.append(Retrieved(f"{source}.{form}.{chunk.start}-{chunk.end}", len(chunk.text.split()), held))
    return Ranking(question, tuple(retrieved))


def token_chunks(read: Sequence[Document]) -> Iterator[Chunk]:
    """Each document in stretches of as many tokens as the model takes, one behind the other."""
    tokenizer = E5Tokenizer(PackedModel(packed_path()).pieces())
    size = CHUNK_TOKENS - _OVERHEAD
    for document in read:
        spans = tokenizer.encode(document.text).spans
        for first in range(0, len(spans), size):
            own = spans[first : first + size]
            start, end = int(own[0][0]), int(own[-1][1])
            if document.text[start:end].strip():
                yield Chunk((document.source.id, document.form), start, end, document.text[start:end])


def _fuse(*systems: Scores) -> Scores:
    """Reciprocal rank fusion of the best of each system."""
    fused = np.zeros(len(systems[0]))
    for scores in systems:
        best = np.argsort(-scores, kind="stable")[:_FUSED]
        best = best[np.isfinite(scores[best])]
        fused[best] += 1 / (_RRF + np.arange(1, len(best) + 1))
    return np.where(fused > 0, fused, -np.inf)
