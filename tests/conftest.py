"""Real parts for the tests: the shipped knowledge base indexed once, and the originals where they are present."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from serving import Server, free_port, served

from ingest.embed import DEFAULT_MODEL, Embedder, open_embedder
from ingest.index.generation import DataFolder
from ingest.run import ingest
from retrieval.engine import Engine

ROOT = Path(__file__).parent.parent
ORIGINALS = ROOT.parent / "shared" / "corpus"

needs_originals = pytest.mark.skipif(
    not ORIGINALS.is_dir(), reason=f"the original documents are not at {ORIGINALS}; see README"
)


def copy_of(data: DataFolder, folder: Path, *paths: Path) -> DataFolder:
    """A data folder of its own with the same index, in which these paths are ingested too.

    Its embeddings are copied, so that only what is new is embedded; the model, which no test changes, is shared.
    """
    shutil.copytree(data.root, folder, ignore=shutil.ignore_patterns("models", "readers", "*.lock"))
    (folder / "models").symlink_to(data.models, target_is_directory=True)
    copy = DataFolder(folder)
    if paths:
        refresh(copy, *paths)
    return copy


def refresh(data: DataFolder, *paths: Path) -> None:
    """Ingest again, these paths as well."""
    ingest(data, paths, DEFAULT_MODEL, lambda: embedder(data), lambda *_: None)


def embedder(data: DataFolder) -> Embedder:
    """The default model, kept in the data folder."""
    return open_embedder(DEFAULT_MODEL, data.models)


@pytest.fixture(scope="session")
def own_data(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """Index of the shipped knowledge base alone, as in a fresh clone."""
    data = DataFolder(tmp_path_factory.mktemp("own"))
    refresh(data)
    return data


@pytest.fixture(scope="session")
def own_engine(own_data: DataFolder) -> Iterator[Engine]:
    engine = Engine(own_data, lambda: embedder(own_data))
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def originals_data(own_data: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """Index with the originals beside it."""
    if not ORIGINALS.is_dir():
        pytest.skip(f"the original documents are not at {ORIGINALS}")
    return copy_of(own_data, tmp_path_factory.mktemp("originals") / "data", ORIGINALS)


@pytest.fixture(scope="session")
def originals_engine(originals_data: DataFolder) -> Iterator[Engine]:
    engine = Engine(originals_data, lambda: embedder(originals_data))
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def own_server(own_data: DataFolder) -> Iterator[Server]:
    """`mengpaneel serve` over the shipped knowledge base."""
    port = free_port()
    settings = {"requests_per_minute": "100000", "cors_origins": f"http://127.0.0.1:{port}"}
    with served(own_data, **settings) as address:
        yield Server(address, port)


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def mengpaneel() -> Run:
    """Run the real command line in a process of its own."""

    def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ui.cli", *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**os.environ, "COLUMNS": "100", **environment},
            timeout=300,
            check=False,
        )

    return run
