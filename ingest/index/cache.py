"""Embedding cache: what was embedded once is never embedded again, also not after a crash."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np

from ingest.embed import Embedder, Vectors
from ingest.index.tokens import PassageTokens, centre_of, pack

_BATCH = 32  # small enough that a killed run loses seconds
# Texts of ours, Dutch and English, that tell where a model's token vectors lie: the same in every index, so that what
# is found does not hang on what happened to be ingested first.
_MIDDLE = files("ingest.index").joinpath("centre.txt").read_text(encoding="utf-8").split("\n\n")


class EmbeddingCache:
    """Vectors and token signs by model and content, in SQLite. One writer, under the writer's lock."""

    def __init__(self, path: Path, embedder: Embedder) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._embedder = embedder
        self._model = f"{embedder.name}/{hashlib.sha256(repr(_MIDDLE).encode()).hexdigest()[:8]}"
        self._db = sqlite3.connect(path)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.executescript(
            "CREATE TABLE IF NOT EXISTS centre (model TEXT PRIMARY KEY, vector BLOB);"
            "CREATE TABLE IF NOT EXISTS passage (model TEXT, content BLOB, vector BLOB, bits BLOB, spans BLOB, "
            "PRIMARY KEY (model, content)) WITHOUT ROWID;"
        )

    def centre(self) -> Vectors:
        """(dimension,): the mean token vector of this model over texts that are always the same."""
        held = self._db.execute("SELECT vector FROM centre WHERE model = ?", (self._model,)).fetchone()
        if held:
            return np.frombuffer(held[0], dtype=np.float32)
        centre = centre_of(self._embedder.embed_passages(_MIDDLE))
        with self._db:
            self._db.execute("INSERT INTO centre VALUES (?,?)", (self._model, centre.tobytes()))
        return centre

    def embed(
        self, texts: Sequence[str], centre: Vectors, vectors: Vectors, tokens: dict[int, PassageTokens]
    ) -> Iterator[int]:
        """Fill `vectors` (len(texts), dimension) and `tokens` by row; yields how many were done, the known first."""
        keys = [hashlib.sha256(text.encode()).digest() for text in texts]
        missing = [row for row, key in enumerate(keys) if not self._held(row, key, vectors, tokens)]
        yield len(texts) - len(missing)
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            fresh = self._embedder.embed_passages([texts[row] for row in batch])
            rows = []
            for row, embedded in zip(batch, fresh, strict=True):
                vectors[row], tokens[row] = embedded.vector, pack(embedded, centre)
                blobs = (embedded.vector, tokens[row].bits, tokens[row].spans)
                rows.append((self._model, keys[row], *(blob.tobytes() for blob in blobs)))
            with self._db:
                self._db.executemany("INSERT OR REPLACE INTO passage VALUES (?,?,?,?,?)", rows)
            yield len(batch)

    def _held(self, row: int, key: bytes, vectors: Vectors, tokens: dict[int, PassageTokens]) -> bool:
        found = self._db.execute(
            "SELECT vector, bits, spans FROM passage WHERE model = ? AND content = ?", (self._model, key)
        ).fetchone()
        if not found:
            return False
        vectors[row] = np.frombuffer(found[0], dtype=np.float32)
        width = -(-self._embedder.dimension // 8)
        bits = np.frombuffer(found[1], dtype=np.uint8).reshape(-1, width)
        tokens[row] = PassageTokens(bits, np.frombuffer(found[2], dtype=np.int32).reshape(-1, 2))
        return True

    def close(self) -> None:
        """Close the file."""
        self._db.close()
