"""The encoder as a file: built once, kept with its sha256, built anew if the two do not agree."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from ingest.e5.weights import PackedModel, packed_path

RECIPE = "e5-small-int8-1"
"""Name of the built file. Count it up whenever `graph` builds something else."""


class ModelCacheError(RuntimeError):
    """The built encoder cannot be kept in its folder."""


def model_bytes(folder: Path) -> bytes:
    """The ONNX file from `folder`, about 80 MB, built there first if need be (some seconds, 0.7 GB).

    Raises WeightsError if there is nothing to build from, ModelCacheError if `folder` cannot be written.
    """
    path = folder / f"{RECIPE}.onnx"
    kept = _intact(path)
    if kept is not None:
        return kept
    from ingest.e5.graph import build_model  # here, because onnx is needed for building only

    built = build_model(PackedModel(packed_path()))
    try:
        _keep(path, built)
    except OSError as error:
        if _intact(path) is not None:  # Windows: another process has just built it and has it open
            return built
        raise ModelCacheError(
            f"cannot keep the embedding model in {folder} ({error}); make room or choose another folder"
        ) from error
    return built


def _intact(path: Path) -> bytes | None:
    """The file's bytes, or None if it is missing or not what its hash says."""
    try:
        data = path.read_bytes()
        expected = _hash_path(path).read_text("ascii", errors="replace").split()[:1]
    except OSError:
        return None
    return data if expected == [hashlib.sha256(data).hexdigest()] else None


def _keep(path: Path, data: bytes) -> None:
    """Write the file, then its hash. Builds are equal byte for byte, so another process writing the
    same two names in between does no harm; whoever reads in between builds for itself."""
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(data).hexdigest()
    _replace(path, data)
    _replace(_hash_path(path), f"{digest}  {path.name}\n".encode("ascii"))


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _hash_path(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")
