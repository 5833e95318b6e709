"""The server's door: refuses large requests and what the page does not use, and sets the security headers."""

from __future__ import annotations

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_MAX_BODY = 100_000  # bytes of a request
_POSTS = ("/gradio_api/queue/join", "/gradio_api/reset", "/gradio_api/cancel")
_UPLOAD = "/gradio_api/upload"
_CLOSED = ("/gradio_api/file", "/gradio_api/proxy", "/gradio_api/deep_link", "/monitoring")
_HEADERS = {
    # gradio compiles its handlers in the browser, hence 'unsafe-eval'; no other host is named
    b"content-security-policy": b"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    b"style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; object-src 'none'; "
    b"form-action 'self'; base-uri 'self'; frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}


class Guard:
    """Lets pass what the page needs. `upload_bytes` is the largest document that may be added, 0 for none."""

    def __init__(self, app: ASGIApp, upload_bytes: int = 0) -> None:
        self._app = app
        self._upload_bytes = upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS.items()]
            await send(message)

        status = self._refusal(scope) if scope["type"] == "http" else None
        app = PlainTextResponse("", status_code=status) if status else self._app
        await app(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> int | None:
        """Status to refuse a request with, None to let it pass."""
        path: str = scope["path"].rstrip("/")
        if any(closed in path for closed in _CLOSED):
            return 404
        if scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return None
        if path.endswith(_POSTS):
            most = _MAX_BODY
        elif path.endswith(_UPLOAD) and self._upload_bytes:
            most = self._upload_bytes + _MAX_BODY  # the form around the file
        else:
            return 404
        length = dict(scope["headers"]).get(b"content-length", b"")
        return None if length.isdigit() and int(length) <= most else 413
