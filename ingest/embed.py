"""Embedding models behind one small interface: texts in, rows of unit length out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.e5 import E5Encoder

Vectors = NDArray[np.float32]

DEFAULT_MODEL = "multilingual-e5-small"


class ModelUnavailable(RuntimeError):
    """An embedding model cannot be loaded; the message says what to install or set."""


class Embedder(Protocol):
    """An embedding model. Rows have unit length, so a dot product is a cosine."""

    @property
    def name(self) -> str:
        """Name of model and settings: vectors of one name can be compared."""

    @property
    def dimension(self) -> int:
        """Length of a row."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dimension), one row a text."""

    def embed_query(self, text: str) -> Vectors:
        """(dimension,)."""


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

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(n, dimension) unit rows."""
        prefixed = [self._passage_prefix + text for text in texts]
        rows = self._model.encode(prefixed, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(rows, dtype=np.float32).reshape(len(texts), self.dimension)

    def embed_query(self, text: str) -> Vectors:
        """(dimension,) of unit length."""
        row = self._model.encode([self._query_prefix + text], normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(row[0], dtype=np.float32)


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
