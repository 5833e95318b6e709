"""What every route needs: the engine, the settings, and a place in the queue with a time limit."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Annotated, Any, TypeVar

import anyio
import anyio.to_thread
from fastapi import Depends, Query, Request, Response
from fastapi.routing import APIRoute

from retrieval.engine import Engine
from ui.api.problems import Problem, language_of_request
from ui.messages import Messages
from ui.settings import Settings

_AT_ONCE = 2  # questions answered at the same time
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Desk:
    """The engine, asked by few at a time."""

    engine: Engine
    settings: Settings
    places: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(_AT_ONCE))

    async def run(self, work: Callable[[], Result], at_least: float = 0) -> Result:
        """The result of a piece of work for the engine, waiting for a place included.

        raises  Problem if it takes longer than the settings allow, or than `at_least` seconds if that is more
        """
        seconds = max(self.settings.answer_seconds, at_least)
        try:
            with anyio.fail_after(seconds):
                return await anyio.to_thread.run_sync(work, limiter=self.places, abandon_on_cancel=True)
        except TimeoutError as error:
            raise Problem(503, "too_slow", {"retry-after": "30"}, seconds=seconds) from error


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _messages(request: Request) -> Messages:
    return Messages(language_of_request(request.headers))


AtDesk = Annotated[Desk, Depends(_desk)]
InLanguage = Annotated[Messages, Depends(_messages)]
Offset = Annotated[int, Query(ge=0, le=1_000_000_000)]
Limit = Annotated[int, Query(ge=1, le=200)]


def etag(engine: Engine) -> str:
    """Changes with the texts, the index and the program: what was held before is still true if it is the same."""
    manifest = engine.manifest
    return f'W/"{manifest.corpus_version}-{manifest.id}-{version("mengpaneel")}"'


class VersionedRoute(APIRoute):
    """A route whose answer holds as long as the corpus version: it has an ETag, and a 304 saves sending it again."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def versioned(request: Request) -> Response:
            tag = etag(_desk(request).engine)
            response = await handle(request)
            if response.status_code != 200:
                return response
            headers = {"etag": tag, "cache-control": "no-cache"}
            held = {name.strip() for name in request.headers.get("if-none-match", "").split(",")}
            if held & {tag, tag.removeprefix("W/"), "*"}:
                return Response(status_code=304, headers=headers)
            response.headers.update(headers)
            return response

        return versioned


def cut(everything: list[Result], offset: int, limit: int) -> list[Result]:
    """One page of a list."""
    return everything[offset : offset + limit]
