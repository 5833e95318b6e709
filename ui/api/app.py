"""The server's application: the REST interface at /api/v1, MCP at /mcp, figures, the element, and room for the page."""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import Response

from ui.api import asking, documents, exports, laws, lessons, reading
from ui.api.desk import AtDesk, Desk
from ui.api.door import Door
from ui.api.models import Health
from ui.api.problems import Problem, ProblemDetails, responses, tell_problems
from ui.contract import answer_schema
from ui.lesson.desk import Lessons
from ui.messages import catalogue
from ui.metrics import MEDIA_TYPE, MeasuredEngine
from ui.settings import Settings

API = "/api/v1"
_SCHEMAS = "#/components/schemas/"
_SCRIPT_SECONDS = 3600  # that a browser keeps the element
health_router = APIRouter(tags=["operation"])


def server_app(engine: MeasuredEngine, settings: Settings) -> FastAPI:
    """All that the server offers beside the page."""
    from ui.mcp_server import mcp_door

    mcp_routes, mcp_running = mcp_door(engine, settings)

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        async with mcp_running():
            yield

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=running)
    app.mount(API, api_app(engine, settings))
    app.router.routes.extend(mcp_routes)
    script = _script()

    @app.get("/embed.js")
    def element() -> Response:
        headers = {"cache-control": f"max-age={_SCRIPT_SECONDS}", "x-content-type-options": "nosniff"}
        return Response(script, media_type="text/javascript", headers=headers)

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(engine.exposition(), media_type=MEDIA_TYPE)

    if settings.hosts:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*settings.hosts, "localhost", "127.0.0.1", "[::1]"])
    # present without origins too: only then gradio adds no CORS headers of its own
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(settings.cors_origins),
        allow_methods=["GET", "POST"],
        allow_headers=["content-type", "if-none-match", "accept-language"],
        expose_headers=["etag", "retry-after"],
    )
    app.add_middleware(Door, settings=settings, engine=engine)
    return app


def api_app(engine: MeasuredEngine, settings: Settings) -> FastAPI:
    """The REST interface."""
    api = FastAPI(
        title="Mengpaneel",
        version=version("mengpaneel"),
        docs_url=None,  # its pages are fetched from elsewhere
        redoc_url=None,
        openapi_url="/openapi.json",
        servers=[{"url": settings.root_path.rstrip("/") + API}],
        root_path_in_servers=False,
        redirect_slashes=False,
    )
    api.state.desk = Desk(engine, settings)
    api.state.intake = documents.Intake()
    api.state.lessons = Lessons(engine)
    tell_problems(api)
    for rooms in (asking, reading, laws, exports, lessons, documents):
        api.include_router(rooms.router)
    api.include_router(health_router)
    api.openapi = lambda: _described(api)  # type: ignore[method-assign]  # the way FastAPI documents
    return api


def _script() -> str:
    """The element, with its words in both languages."""
    words = {
        language: {
            key.removeprefix("embed."): text[language] for key, text in catalogue().items() if key.startswith("embed.")
        }
        for language in ("nl", "en")
    }
    source = files("ui").joinpath("embed.js").read_text(encoding="utf-8")
    return source.replace("WORDS", json.dumps(words, ensure_ascii=False), 1)


@health_router.get("/health", responses=responses(503))
def health(desk: AtDesk) -> Health:
    """Whether the server answers and its index is whole."""
    counts, manifest = desk.engine.counts(), desk.engine.manifest
    if len(set(counts.values())) != 1:
        raise Problem(503, "unhealthy")
    return Health(
        status="ok",
        version=version("mengpaneel"),
        corpus_version=manifest.corpus_version,
        generation=manifest.id,
        passages=manifest.passages,
    )


# --- OpenAPI ----------------------------------------------------------------------------------


def _described(api: FastAPI) -> dict[str, Any]:
    """The OpenAPI, made once: with the contract of an answer and the form of a problem."""
    if api.openapi_schema is None:
        described = get_openapi(
            title=api.title, version=api.version, routes=api.routes, servers=api.servers, description=api.description
        )
        schemas = described["components"]["schemas"]
        schemas |= _contract()
        problem = ProblemDetails.model_json_schema(ref_template=_SCHEMAS + "{model}")
        schemas |= problem.pop("$defs") | {"ProblemDetails": problem}
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        api.openapi_schema = described
    return api.openapi_schema


def _contract() -> dict[str, Any]:
    """The schemas of docs/answer.schema.json, as components."""
    answer = copy.deepcopy(answer_schema())
    parts = answer.pop("$defs")
    answer.pop("$schema")
    names = {name: f"Answer{name.capitalize()}" for name in parts}
    found = {name: answer["properties"][name] for name in ("question", "language", "passages", "corpus_version")}
    found["timings_ms"] = answer["properties"]["timings_ms"]
    result = {"type": "object", "required": list(found), "properties": found, "additionalProperties": False}
    schemas = {"Answer": answer, "SearchResult": result, **{names[name]: part for name, part in parts.items()}}
    schemas["AskEvent"] = {
        "type": "object",
        "required": ["event", "data"],
        "properties": {
            "event": {"enum": ["passages", "sentence", "answer"]},
            "data": {"type": "string", "contentMediaType": "application/json"},
        },
    }
    return {name: _repointed(schema, names) for name, schema in schemas.items()}


def _repointed(schema: Any, names: dict[str, str]) -> Any:
    """A schema whose references lead to the components."""
    if isinstance(schema, list):
        return [_repointed(each, names) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _SCHEMAS + names[value.rpartition("/")[2]] if key == "$ref" else _repointed(value, names)
        for key, value in schema.items()
    }
