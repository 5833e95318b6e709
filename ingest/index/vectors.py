"""The vectors and their passages in Chroma (home of chromadb and of LlamaIndex's adapter to it).

Written through LlamaIndex, so that any LlamaIndex program can open the collection; read through Chroma itself,
which starts a second sooner. One process per path: a reader opens a private copy (chroma #7040, #1108).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from chromadb.config import Settings
from filelock import FileLock, Timeout

from ingest.document import Passage
from ingest.embed import Vectors

_COLLECTION = "passages"
_READ_BATCH = 1000
_BATCH = 200  # between 50 and 250 is fastest (Chroma's own guide)
# Exact enough to be taken as exact at our size; one thread, so that the same input gives the same graph.
_HNSW = {"space": "cosine", "ef_construction": 200, "ef_search": 400, "max_neighbors": 32, "num_threads": 1}


def _client(folder: Path) -> Any:
    return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))


def write_vectors(folder: Path, passages: Sequence[Passage], vectors: Vectors) -> Iterator[int]:
    """Write row n of `vectors` (n, dimension) for passage n; yields how many were written."""
    from llama_index.core.schema import BaseNode, TextNode
    from llama_index.vector_stores.chroma import ChromaVectorStore

    client = _client(folder)
    collection = client.create_collection(_COLLECTION, configuration={"hnsw": _HNSW}, embedding_function=None)
    store = ChromaVectorStore(chroma_collection=collection)
    for start in range(0, len(passages), _BATCH):
        nodes: list[BaseNode] = [
            TextNode(
                id_=passage.id,
                text=passage.text,
                embedding=vectors[row].tolist(),
                metadata={"row": row, "document": _document(passage.source_id, passage.form)},
            )
            for row, passage in enumerate(passages[start : start + _BATCH], start=start)
        ]
        store.add(nodes)
        yield len(nodes)
    if collection.count() != len(passages):
        raise RuntimeError(f"Chroma holds {collection.count()} of {len(passages)} passages; run ingest again")
    client.close()


def _document(source_id: str, form: str) -> str:
    return f"{source_id}|{form}"


class VectorIndex:
    """A published collection, opened in a private copy below `private`."""

    def __init__(self, folder: Path, private: Path) -> None:
        self._copy = _private_copy(folder, private)
        self._client = _client(self._copy.folder)
        self._collection = self._client.get_collection(_COLLECTION, embedding_function=None)

    def nearest(
        self, query: Vectors, count: int, documents: Sequence[tuple[str, str]] | None
    ) -> list[tuple[int, float]]:
        """The `count` nearest passages as (row, cosine), best first.

        query      (dimension,) of unit length
        documents  only passages of these (source id, form); None for all
        """
        if documents is not None and not documents:
            return []
        where = {"document": {"$in": [_document(*key) for key in documents]}} if documents is not None else None
        found = self._collection.query(
            query_embeddings=np.asarray([query], dtype=np.float32),
            n_results=count,
            where=where,
            include=["metadatas", "distances"],
        )
        pairs = zip(found["metadatas"][0], found["distances"][0], strict=True)
        return sorted(((int(meta["row"]), 1.0 - distance) for meta, distance in pairs), key=lambda p: (-p[1], p[0]))

    def count(self) -> int:
        """How many passages have a vector."""
        return int(self._collection.count())

    def entries(self) -> Iterator[tuple[str, int, float]]:
        """Passage id, row and length of every vector."""
        for start in range(0, self.count(), _READ_BATCH):
            batch = self._collection.get(limit=_READ_BATCH, offset=start, include=["metadatas", "embeddings"])
            lengths = np.linalg.norm(np.asarray(batch["embeddings"], dtype=np.float32), axis=1).tolist()
            for passage_id, meta, length in zip(batch["ids"], batch["metadatas"], lengths, strict=True):
                yield passage_id, int(meta["row"]), length

    def close(self) -> None:
        """Close Chroma and remove the private copy."""
        self._client.close()
        self._copy.remove()


class _PrivateCopy:
    """A copy that belongs to one process; its lock tells that the process lives."""

    def __init__(self, folder: Path, lock: FileLock) -> None:
        self.folder = folder
        self._lock = lock

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.release()  # its file stays: removing it would let two processes hold one number


def _private_copy(folder: Path, private: Path) -> _PrivateCopy:
    private.mkdir(parents=True, exist_ok=True)
    sweep(private)
    number = 0
    while True:
        lock = FileLock(private / f"{number}.lock", thread_local=False)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            number += 1
            continue
        own = private / str(number)
        shutil.rmtree(own, ignore_errors=True)
        shutil.copytree(folder, own)
        return _PrivateCopy(own, lock)


def sweep(private: Path) -> None:
    """Remove copies that a killed process left behind."""
    for own in private.iterdir():
        if not own.is_dir():
            continue
        lock = FileLock(private / f"{own.name}.lock", thread_local=False)
        try:
            with lock.acquire(blocking=False):
                shutil.rmtree(own, ignore_errors=True)
        except Timeout:
            continue
