"""The real server in a process of its own, for the tests of its doors."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ingest.index.generation import DataFolder

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Server:
    """A running server: its address, and the port of the one origin whose pages may ask it."""

    address: str
    intranet_port: int


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def served(data: DataFolder, port: int | None = None, **settings: str) -> Iterator[str]:
    """Address of `mengpaneel serve`, without a slash at the end; settings as in the environment."""
    port = port or free_port()
    environment = {f"MENGPANEEL_{name.upper()}": value for name, value in settings.items()}
    server = subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "--data", str(data.root), "serve", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        assert f":{port}/" in line, line or server.communicate()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        _, complaints = server.communicate(timeout=30)
    assert server.returncode == 0, complaints
    assert "Traceback" not in complaints
