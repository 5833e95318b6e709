"""A scripted OpenAI-compatible endpoint on 127.0.0.1: it writes what a test tells it to, and misbehaves on order."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ingest.sentences import sentences

LONGEST = 8.0  # seconds that a stalling or endless script goes on at most


@dataclass(frozen=True)
class Asked:
    """One request: its headers and its two messages."""

    headers: dict[str, str]
    system: str
    user: str
    body: dict[str, Any]

    @property
    def codes(self) -> list[str]:
        """The source codes of the request, in order."""
        return re.findall(r"code \[bron:([0-9a-f]{4})\]", self.user)

    def true_sentence(self, number: int = 0) -> str:
        """A sentence of a source, word for word, with its code."""
        block = self.user.split("\n\n---")[number]
        said = next(s for s in reversed(sentences(block.split("\n", 1)[1])) if len(s.split()) > 5 and "?" not in s)
        return f"{said} [bron:{self.codes[number]}]"


Script = Callable[["Reply", Asked], None]


class Reply(BaseHTTPRequestHandler):
    """One exchange; scripts call `send`, `event` and `stream`."""

    protocol_version = "HTTP/1.0"  # the end of the answer is the end of the connection

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        by_role = {message["role"]: message["content"] for message in body["messages"]}
        asked = Asked({k.lower(): v for k, v in self.headers.items()}, by_role.get("system", ""), by_role["user"], body)
        server: Any = self.server
        server.asked.append(asked)
        with suppress(BrokenPipeError, ConnectionResetError):
            server.script(self, asked)

    def log_message(self, format: str, *arguments: object) -> None:
        """Quiet."""

    def start(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def send(self, status: int, content: str, kind: str = "application/json", **headers: str) -> None:
        self.start(status, kind, **headers)
        self.wfile.write(content.encode())

    def event(self, text: str | None = None, finish: str | None = None) -> None:
        delta = {} if text is None else {"content": text}
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        chunk = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())

    def stream(self, text: str, finish: str | None = "stop", size: int = 7) -> None:
        self.start()
        for start in range(0, len(text), size):
            self.event(text[start : start + size])
        if finish:
            self.event(finish=finish)
            self.wfile.write(b"data: [DONE]\n\n")

    def endless(self, pieces: Iterable[bytes]) -> None:
        until = time.monotonic() + LONGEST
        for piece in pieces:
            if time.monotonic() > until:
                return
            self.wfile.write(piece)


@dataclass
class ScriptedModel:
    """The running endpoint; set `script` before asking."""

    url: str
    server: Any
    asked: list[Asked] = field(default_factory=list)

    def says(self, write: Callable[[Asked], str]) -> None:
        """Stream this text."""
        self.server.script = lambda reply, asked: reply.stream(write(asked))

    def does(self, script: Script) -> None:
        """Misbehave."""
        self.server.script = script


@contextmanager
def scripted_model() -> Iterator[ScriptedModel]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Reply)
    server.daemon_threads = True
    model = ScriptedModel(f"http://127.0.0.1:{server.server_address[1]}/v1", server)
    server.asked = model.asked
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
