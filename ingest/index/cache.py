"""Embedding cache: what was embedded once is never embedded again, also not after a crash."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ingest.embed import Embedder, Vectors

_BATCH = 32  # small enough that a killed run loses seconds


class EmbeddingCache:
    """Vectors by model and content, in SQLite. One writer, under the writer's lock."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS vector (model TEXT, content BLOB, row BLOB, PRIMARY KEY (model, content)) "
            "WITHOUT ROWID"
        )

    def embed(self, embedder: Embedder, texts: Sequence[str], out: Vectors) -> Iterator[int]:
        """Fill `out` (len(texts), dimension); yields how many rows were done, those known first."""
        keys = [hashlib.sha256(text.encode()).digest() for text in texts]
        missing: list[int] = []
        for row, key in enumerate(keys):
            held = self._db.execute(
                "SELECT row FROM vector WHERE model = ? AND content = ?", (embedder.name, key)
            ).fetchone()
            if held:
                out[row] = np.frombuffer(held[0], dtype=np.float32)
            else:
                missing.append(row)
        yield len(texts) - len(missing)
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            vectors = embedder.embed_passages([texts[row] for row in batch])
            out[batch] = vectors
            rows = [(embedder.name, keys[row], vector.tobytes()) for row, vector in zip(batch, vectors, strict=True)]
            with self._db:
                self._db.executemany("INSERT OR REPLACE INTO vector VALUES (?,?,?)", rows)
            yield len(batch)

    def close(self) -> None:
        """Close the file."""
        self._db.close()
