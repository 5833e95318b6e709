"""The server: one port for the page and the programs' doors (home of uvicorn)."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

_BACKLOG = 128  # connections that wait to be taken
_LEAVE = 5  # seconds that open requests get when the server stops


def plain_app() -> FastAPI:
    """An application without any route, and without pages that describe it."""
    return FastAPI(docs_url=None, redoc_url=None, openapi_url=None)


class _Server(uvicorn.Server):
    """Tells when it can be reached."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def serve(app: FastAPI, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until interrupted or terminated; `ready` is called with the address once it can be opened.

    raises  OSError if the port is taken; KeyboardInterrupt or SystemExit when stopped
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=_BACKLOG) as bound:
        named = f"[{host}]" if ":" in host else host
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,  # who asked what is nobody's business
            proxy_headers=False,  # believed only where the settings say so
            server_header=False,
            timeout_graceful_shutdown=_LEAVE,
        )
        # uvicorn raises the signal again once it has stopped: then the index must still be closed
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        _Server(config, lambda: ready(f"http://{named}:{port}/")).run(sockets=[bound])
