"""What every request passes first: whose headers are believed, who is logged in, and how many requests a minute."""

from __future__ import annotations

import ipaddress
import math
import time
from typing import Any, cast

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from ui.api.problems import Problem, problem_response
from ui.metrics import MeasuredEngine
from ui.settings import Settings

_FORWARDED = ("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-prefix", "forwarded")
_OPEN = ("/api/v1/health", "/metrics")  # for monitors, which do not log in
_DOORS = {"/api/": "rest", "/mcp": "mcp", "/embed.js": "embed"}
_DOCUMENTS = "/api/v1/documents"
_MEMO = "/api/v1/export/memo"
_MEMO_BYTES = 2_000_000  # a memo brings its answers along
_PAGE_ASKS = "/gradio_api/queue/join"


class Door:
    """Takes forwarded headers from trusted proxies only, demands a login where one is set, and holds back a flood."""

    def __init__(self, app: ASGIApp, settings: Settings, engine: MeasuredEngine) -> None:
        self._app = app
        # called for trusted peers only; uvicorn has types of its own for what starlette calls the same
        self._behind_proxy = cast(ASGIApp, ProxyHeadersMiddleware(cast(Any, app), trusted_hosts="*"))
        self._settings = settings
        self._engine = engine
        self._trusted = [ipaddress.ip_network(network) for network in settings.trusted_proxies]
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._rate = RateLimitItemPerMinute(settings.requests_per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        trusted = self._is_trusted(scope)
        login = self._settings.login_header.lower()
        headers = MutableHeaders(scope=scope)
        if not trusted:
            for name in (*_FORWARDED, *filter(None, [login])):
                del headers[name]
        path, user = str(scope["path"]), headers.get(login) if login else None
        send = self._counting(path, send)
        client = user or _client(scope, headers if trusted else Headers())
        problem = self._refusal(path, user, client, scope["method"])
        if path.startswith("/api/"):
            most = 1_000 * self._settings.max_request_kb
            if path == _MEMO:
                most = max(most, _MEMO_BYTES)
            if path == _DOCUMENTS:
                most = 1_000_000 * self._settings.max_file_mb
            receive = _limited(receive, most)
            length = headers.get("content-length", "")
            if length.isdigit() and int(length) > most:
                problem = problem or Problem(413, "too_large")
        if problem:
            await problem_response(problem, headers)(scope, receive, send)
            return
        await (self._behind_proxy if trusted else self._app)(scope, receive, send)

    def _is_trusted(self, scope: Scope) -> bool:
        peer = scope["client"][0] if scope.get("client") else ""
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self._trusted)

    def _refusal(self, path: str, user: str | None, client: str, method: str) -> Problem | None:
        if any(letter < " " for letter in path):  # a path with a line end fits no route at all
            return Problem(404, "not_found")
        if path in _OPEN:
            return None
        if self._settings.login_header and not user:
            return Problem(401, "no_login")
        if not (_door(path) or path.endswith(_PAGE_ASKS)) or method == "OPTIONS":
            return None
        if self._limiter.hit(self._rate, client):
            return None
        seconds = max(1, math.ceil(self._limiter.get_window_stats(self._rate, client).reset_time - time.time()))
        limit = self._settings.requests_per_minute
        return Problem(429, "too_many", {"retry-after": str(seconds)}, seconds=seconds, limit=limit)

    def _counting(self, path: str, send: Send) -> Send:
        door = _door(path)
        if door is None:
            return send

        async def counting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._engine.requests.labels(door, str(message["status"])).inc()
            await send(message)

        return counting


def _limited(receive: Receive, most: int) -> Receive:
    """The body of a request that does not say how long it is, up to `most` bytes."""
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise HTTPException(413)
        return message

    return limited


def _door(path: str) -> str | None:
    return next((name for start, name in _DOORS.items() if path.startswith(start)), None)


def _client(scope: Scope, headers: Headers) -> str:
    """The address that asks: the last one that a trusted proxy names, else the peer."""
    forwarded = headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return forwarded or (scope["client"][0] if scope.get("client") else "")
