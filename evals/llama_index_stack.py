"""LlamaIndex as its documentation sets it up, over our texts and our embedding model, for comparison.

SentenceSplitter with its defaults (1024 tokens, 20 of overlap) and a VectorStoreIndex. Its retriever gives two chunks
by default; here it gives as many as are measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from llama_index.core import Document as LlamaDocument
from llama_index.core import VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import BaseNode
from pydantic import PrivateAttr

from evals.baselines import Baseline, Chunk, Embed, Texts, baseline
from evals.question import Question
from ingest.embed import Embedder
from retrieval.engine import Engine

NAME = "LlamaIndex"


class _OurEmbedding(BaseEmbedding):
    """Our embedding model as LlamaIndex takes one."""

    _embedder: Embedder = PrivateAttr()
    _embed: Embed = PrivateAttr()

    def __init__(self, embedder: Embedder, embed: Embed) -> None:
        super().__init__(model_name=embedder.name)
        self._embedder = embedder
        self._embed = embed

    def _get_query_embedding(self, query: str) -> list[float]:
        return list(map(float, self._embedder.embed_query(query).vector))

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        return [list(map(float, vector)) for vector in self._embed(texts)]


def run_llama_index(
    engine: Engine, questions: Sequence[Question], texts: Texts, embedder: Embedder, embed: Embed
) -> Baseline:
    """LlamaIndex's default stack over the texts, asked all questions."""
    nodes: list[BaseNode] = []
    chunks: list[Chunk] = []
    for document in texts.documents:
        for node in SentenceSplitter().get_nodes_from_documents([LlamaDocument(text=document.text)]):
            start, end = getattr(node, "start_char_idx", None), getattr(node, "end_char_idx", None)
            if start is None or end is None:
                raise ValueError(f"{document.source.id}: LlamaIndex does not tell where in the text a chunk stands")
            node.id_ = str(len(nodes))
            nodes.append(node)
            chunks.append(Chunk((document.source.id, document.form), start, end, document.text[start:end]))
    index = VectorStoreIndex(nodes, embed_model=_OurEmbedding(embedder, embed))
    retriever: Any = index.as_retriever(similarity_top_k=len(nodes))

    def scores(question: str) -> np.ndarray:
        found = np.full(len(chunks), -np.inf)
        for scored in retriever.retrieve(question):
            found[int(scored.node.node_id)] = scored.score
        return found

    return baseline(NAME, engine, questions, texts, chunks, scores)
