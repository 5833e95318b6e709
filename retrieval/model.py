"""The language model, an option: text from an OpenAI-compatible endpoint, through LlamaIndex, within bounds.

Whatever the endpoint does ends in text or in one `ModelFault`, within about twice the time allowed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

import httpx

if TYPE_CHECKING:
    from llama_index.llms.openai_like import OpenAILike

ModelFaultKind = Literal[
    "timeout",  # not finished within the time allowed
    "unreachable",  # no connection
    "rate_limit",  # 429, also after a second try
    "not_found",  # 404: no such model, or no such address
    "key",  # 401 or 403
    "rejected",  # another refusal of the request: too long, unknown setting, a redirect
    "server",  # a fault reported by the endpoint, also after a second try
    "garbage",  # an answer that is not of the protocol: HTML, broken JSON, text of another shape
    "broken_off",  # the stream ended before the text did
    "empty",  # an answer without text
    "refused",  # the model or its filter would not answer
    "too_long",  # more bytes than any answer has
]
_MAX_BYTES = 4_000_000  # of one response: every token comes in a frame of its own
_PAUSE = 1.0  # seconds before the second and last try


class ModelFault(Exception):
    """The endpoint gave no usable text; `kind` says why. Holds nothing that the endpoint sent."""

    def __init__(self, kind: ModelFaultKind) -> None:
        super().__init__(kind)
        self.kind: ModelFaultKind = kind


class LanguageModel(Protocol):
    """Something that writes text for a prompt; `name` is shown to the reader."""

    @property
    def name(self) -> str: ...

    def stream(self, system: str, user: str) -> Iterator[str]:
        """Pieces of text as they come.

        raises  ModelFault
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """An OpenAI-compatible endpoint. `url` usually ends in /v1; `seconds` is the time for one whole answer."""

    url: str
    name: str
    key: str = field(default="", repr=False)
    temperature: float = 0.0
    seconds: float = 60.0
    max_tokens: int = 1500  # an answer of 300 words with its source codes, and some room

    def stream(self, system: str, user: str) -> Iterator[str]:
        """Pieces of text as they come; a busy or failing endpoint is asked a second time, once.

        raises  ModelFault
        """
        import llama_index.llms.openai_like  # noqa: F401  # loading it is not the endpoint's time

        until = time.monotonic() + self.seconds
        for last in (False, True):
            try:
                yield from self._stream(system, user, until)
            except ModelFault as fault:
                # Either fault comes before any text, or the text so far would come twice.
                if last or fault.kind not in ("rate_limit", "server") or time.monotonic() + _PAUSE >= until:
                    raise
                time.sleep(_PAUSE)
            else:
                return

    def _stream(self, system: str, user: str, until: float) -> Iterator[str]:
        import openai
        from llama_index.core.llms import ChatMessage

        messages = [ChatMessage(role="system", content=system), ChatMessage(role="user", content=user)]
        with httpx.Client(transport=_Bounded(until, bool(self.key)), timeout=self.seconds) as client:
            text, finish = "", None
            try:
                with closing(self.chat_model(client).stream_chat(messages)) as chunks:
                    for chunk in chunks:
                        finish = _finish(chunk.raw) or finish
                        text += chunk.delta or ""
                        yield chunk.delta or ""
            except (openai.APIError, httpx.HTTPError) as error:
                kind = _kind(error)
                raise ModelFault("broken_off" if text and kind != "timeout" else kind) from None
            except (ValueError, TypeError, AttributeError, LookupError):
                # The client takes every shape for the right one and trips over what is missing.
                raise ModelFault("garbage") from None
        if finish == "content_filter":
            raise ModelFault("refused")
        if finish is None:
            raise ModelFault("broken_off" if text else "garbage")
        if not text.strip():
            raise ModelFault("empty")

    def chat_model(self, client: httpx.Client) -> OpenAILike:
        """LlamaIndex's own model for this endpoint, over a client of the caller's."""
        from llama_index.llms.openai_like import OpenAILike

        return OpenAILike(
            model=self.name,
            api_base=self.url,
            # Without one, the client would take a key for another service from the environment.
            api_key=self.key or "none",
            temperature=self.temperature,
            max_tokens=self.max_tokens,
            is_chat_model=True,
            max_retries=0,
            timeout=self.seconds,
            http_client=client,  # type: ignore[call-arg]  # a field that the adapter passes on to its parent
        )


def _finish(raw: object) -> str | None:
    """Why the model stopped, if this chunk says so."""
    choices = getattr(raw, "choices", None) or ()
    if choices and getattr(choices[0].delta, "refusal", None):
        return "content_filter"
    return choices[0].finish_reason if choices else None


def _kind(error: Exception) -> ModelFaultKind:
    """What happened, if it was before the first text."""
    import openai

    kinds: tuple[tuple[type[Exception], ModelFaultKind], ...] = (
        (openai.APITimeoutError, "timeout"),
        (httpx.TimeoutException, "timeout"),
        (openai.APIConnectionError, "unreachable"),
        (openai.RateLimitError, "rate_limit"),
        (openai.NotFoundError, "not_found"),
        (openai.AuthenticationError, "key"),
        (openai.PermissionDeniedError, "key"),
        (openai.InternalServerError, "server"),
        (openai.APIStatusError, "rejected"),
        (openai.APIError, "server"),
        (httpx.HTTPError, "broken_off"),
    )
    return next(kind for known, kind in kinds if isinstance(error, known))


class _Bounded(httpx.BaseTransport):
    """Requests bare of what identifies this machine, and responses of bounded size and duration.

    httpx itself bounds only the wait for a next byte, so a slow drip or an endless line would pass.
    """

    def __init__(self, until: float, has_key: bool) -> None:
        self._until = until
        self._has_key = has_key
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        for name in list(request.headers):
            if name.startswith(("x-stainless-", "openai-")) or (name == "authorization" and not self._has_key):
                del request.headers[name]
        request.headers["accept-encoding"] = "identity"  # the bound is on what is read, not on what it unpacks to
        response = self._inner.handle_request(request)
        assert isinstance(response.stream, httpx.SyncByteStream)
        response.stream = _BoundedStream(response.stream, self._until)
        return response

    def close(self) -> None:
        self._inner.close()


class _BoundedStream(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream, until: float) -> None:
        self._stream = stream
        self._until = until

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._stream:
            size += len(chunk)
            if time.monotonic() > self._until:
                raise ModelFault("timeout")
            if size > _MAX_BYTES:
                raise ModelFault("too_long")
            yield chunk

    def close(self) -> None:
        self._stream.close()
