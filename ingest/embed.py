"""Embedding models behind one small interface: texts in, vectors of unit length out, of the text and of its tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.e5 import E5Encoder, Embedded

Vectors = NDArray[np.float32]

DEFAULT_MODEL = "multilingual-e5-small"


class ModelUnavailable(RuntimeError):
    """An embedding model cannot be loaded; the message says what to install or set."""


class Embedder(Protocol):
    """An embedding model. All vectors have unit length, so a dot product is a cosine."""

    @property
    def name(self) -> str:
        """Name of model and settings: vectors of one name can be compared."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def embed_passages(self, texts: Sequence[str]) -> list[Embedded]:
        """Passages, each with its token vectors."""

    def embed_query(self, text: str) -> Embedded:
        """A question."""


class SentenceTransformersEmbedder:
    """Any sentence-transformers model (home of that library; needs the extra `models`).

    `query_prefix` and `passage_prefix` are set before every text, as the model's card asks.
    """

    def __init__(self, model: str, query_prefix: str, passage_prefix: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise ModelUnavailable(f"model {model!r} needs the extra 'models': pip install '.[models]'") from error
        try:
            self._model = SentenceTransformer(model, device="cpu")
        except (OSError, ValueError) as error:
            raise ModelUnavailable(f"model {model!r} cannot be loaded: {error}") from error
        self.name = f"sentence-transformers/{model}|{query_prefix}|{passage_prefix}"
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self._query_prefix = query_prefix
        self._passage_prefix = passage_prefix

    def embed_passages(self, texts: Sequence[str]) -> list[Embedded]:
        """Passages, each with its token vectors."""
        return [self._embed(text, self._passage_prefix) for text in texts]

    def embed_query(self, text: str) -> Embedded:
        """A question."""
        return self._embed(text, self._query_prefix)

    def _embed(self, text: str, prefix: str) -> Embedded:
        found = self._model.encode([prefix + text], output_value=None, show_progress_bar=False)[0]
        limit = self._model.max_seq_length
        places = self._model.tokenizer(prefix + text, return_offsets_mapping=True, truncation=True, max_length=limit)
        spans = np.asarray(places["offset_mapping"], dtype=np.int64).reshape(-1, 2)
        tokens = np.asarray(found["token_embeddings"], dtype=np.float32)[: len(spans)]
        own = (spans[:, 1] > spans[:, 0]) & (spans[:, 0] >= len(prefix))  # special tokens have no place
        return Embedded(
            vector=_unit(np.asarray(found["sentence_embedding"], dtype=np.float32)),
            tokens=_unit(tokens[own]),
            spans=spans[own] - len(prefix),
        )


def _unit(vectors: Vectors) -> Vectors:
    """The same directions, length 1."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Vectors = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return unit


def open_embedder(
    model: str, models: Path, query_prefix: str = "query: ", passage_prefix: str = "passage: "
) -> Embedder:
    """The model of that name: the bundled one, or any that sentence-transformers can load.

    models  folder in which the bundled model is built once; the bundled model sets E5's own prefixes

    raises  ModelUnavailable; the bundled model is loaded, and may fail, at the first text
    """
    if model == DEFAULT_MODEL:
        return E5Encoder(models)
    return SentenceTransformersEmbedder(model, query_prefix, passage_prefix)


OpenEmbedder = Callable[[], Embedder]
