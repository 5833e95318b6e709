"""Ask and search."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse, StreamingResponse

from corpus import Kind
from retrieval.answer import Answer, Event, Filters, Language
from ui.api.desk import AtDesk, VersionedRoute
from ui.api.models import MAX_K, MAX_QUESTION, Asked, Day, Json, Year
from ui.api.problems import responses
from ui.contract import answer_json, event_json, search_json

router = APIRouter(tags=["ask"], route_class=VersionedRoute)
_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer, or the reason why the sources give none; the JSON of docs/answer.schema.json.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}},
    }
}
_FOUND: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The best passages, best first.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/SearchResult"}}},
    }
}
ERRORS = responses(400, 404, 413, 422, 429, 503)
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events with JSON data: `passages`, `sentence` of a model, `answer` (as of /ask).",
        "content": {"text/event-stream": {"schema": {"$ref": "#/components/schemas/AskEvent"}}},
    }
}


@router.post("/ask", response_class=JSONResponse, responses={**_ANSWER, **ERRORS})
async def ask(asked: Asked, desk: AtDesk) -> Response:
    """Answer a question with cited sentences, or say why the sources do not."""
    answer = await desk.run(lambda: _answer(asked, desk))
    return JSONResponse(answer_json(answer))


def _answer(asked: Asked, desk: AtDesk) -> Answer:
    return desk.engine.ask(asked.question, k=asked.k, filters=asked.filters(), language=asked.language)


@router.post("/ask/stream", response_class=StreamingResponse, responses={**_STREAM, **ERRORS})
async def ask_stream(asked: Asked, desk: AtDesk) -> Response:
    """The passages as soon as they are found, sentences as they come, then the answer, as server-sent events."""
    coming = desk.engine.ask_stream(asked.question, k=asked.k, filters=asked.filters(), language=asked.language)
    first = await desk.run(lambda: next(coming))  # what is wrong with the question shows here, before anything is sent

    async def events() -> AsyncIterator[str]:
        event: Event | None = first
        try:
            while event is not None:
                yield _event(*event_json(event))
                event = await desk.run(lambda: next(coming, None))
        finally:  # also when nobody listens any more
            coming.close()

    # nginx would collect the events and send them all at the end
    return StreamingResponse(events(), media_type="text/event-stream", headers={"x-accel-buffering": "no"})


def _event(name: str, data: Json) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


@router.get("/search", response_class=JSONResponse, responses={**_FOUND, **responses(404, 422, 429, 503)})
async def search(
    desk: AtDesk,
    q: Annotated[str, Query(min_length=1, max_length=MAX_QUESTION, pattern=r"\S", examples=["verdringing"])],
    k: Annotated[int, Query(ge=1, le=MAX_K)] = 8,
    language: Language | None = None,
    kind: Annotated[list[Kind], Query(max_length=10)] = [],  # noqa: B006 (FastAPI copies it)
    source: Annotated[list[str], Query(max_length=100)] = [],  # noqa: B006
    from_year: Year | None = None,
    until_year: Year | None = None,
    date: Day | None = None,
) -> Response:
    """The passages that fit a query best, without an answer."""
    filters = Filters(
        kinds=frozenset(kind), sources=frozenset(source), from_year=from_year, until_year=until_year, date=date
    )
    found = await desk.run(lambda: desk.engine.search(q, k=k, filters=filters, language=language))
    return JSONResponse(search_json(found))
