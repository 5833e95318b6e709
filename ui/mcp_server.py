"""The MCP door: tools and resources for assistants that speak the Model Context Protocol (home of mcp)."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from importlib.metadata import version
from typing import Annotated, Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import Field
from starlette.routing import BaseRoute

from corpus import Kind
from corpus.instruments import Domain, Instrument, Relation, Scale
from retrieval.answer import FilterError, Language
from retrieval.engine import Engine
from ui.api.laws import article_on
from ui.api.models import MAX_K, ArticleRecord, Asked, Day, PassageAndNeighbours, Question, SourceRecord, Year
from ui.api.problems import Problem
from ui.api.reading import MAX_AROUND, by_source, find_instruments, passage_around
from ui.contract import answer_json, search_json
from ui.messages import Messages
from ui.settings import Settings

_LOCAL = ("127.0.0.1", "localhost", "[::1]")
K = Annotated[int, Field(ge=1, le=MAX_K)]


def mcp_server(engine: Engine) -> MCPServer[Any]:
    """The server, not yet listening. What a tool tells a language model is in English; quotes are as in the source."""
    server: MCPServer[Any] = MCPServer(
        "mengpaneel",
        title="Mengpaneel",
        instructions=Messages("en")("mcp.instructions"),
        version=version("mengpaneel"),
        log_level="WARNING",
    )
    _add_asking(server, engine)
    _add_reading(server, engine)
    _add_resources(server, engine)
    return server


def _add_asking(server: MCPServer[Any], engine: Engine) -> None:
    say = Messages("en")

    @server.tool(description=say("mcp.ask"))
    def ask(
        question: Question,
        language: Language | None = None,
        kinds: list[Kind] = [],  # noqa: B006 (pydantic copies it)
        sources: list[str] = [],  # noqa: B006
        from_year: Year | None = None,
        until_year: Year | None = None,
        date: Day | None = None,
    ) -> dict[str, Any]:
        asked = Asked(
            question=question,
            language=language,
            kinds=kinds,
            sources=sources,
            from_year=from_year,
            until_year=until_year,
            date=date,
        )
        try:
            return answer_json(engine.ask(question, filters=asked.filters(), language=language))
        except FilterError as error:
            raise ToolError(error.en) from error

    @server.tool(description=say("mcp.search"))
    def search(query: Question, k: K = 8) -> dict[str, Any]:
        return search_json(engine.search(query, k=k))


def _add_reading(server: MCPServer[Any], engine: Engine) -> None:
    say = Messages("en")

    @server.tool(description=say("mcp.get_passage"))
    def get_passage(passage_id: str, around: Annotated[int, Field(ge=0, le=MAX_AROUND)] = 1) -> PassageAndNeighbours:
        try:
            return passage_around(engine, passage_id, around)
        except KeyError as error:
            values = {"what": say("api.what.passage"), "called": passage_id}
            raise ToolError(say("api.problem.no_such.detail", **values)) from error

    @server.tool("find_instruments", description=say("mcp.find_instruments"))
    def find(
        aim: str | None = None,
        risk: str | None = None,
        relation: Relation | None = None,
        domain: Domain | None = None,
        scale: Scale | None = None,
        actor: str | None = None,
    ) -> list[Instrument]:
        return find_instruments(aim, risk, relation, domain, scale, actor)

    @server.tool(description=say("mcp.law_article"))
    def law_article(law: str, article: str, date: Day | None = None) -> ArticleRecord:
        try:
            return article_on(engine, law, article, date, say)
        except Problem as error:
            raise ToolError(str(error.values["fault"])) from error


def _add_resources(server: MCPServer[Any], engine: Engine) -> None:
    say = Messages("en")

    @server.resource("mengpaneel://sources", description=say("mcp.sources"), mime_type="application/json")
    def sources() -> str:
        records = [SourceRecord.of(held).model_dump() for held in by_source(engine).values()]
        return json.dumps(records, ensure_ascii=False)

    @server.resource("mengpaneel://sources/{source_id}", description=say("mcp.source"), mime_type="text/plain")
    def source(source_id: str) -> str:
        held = by_source(engine)[source_id]
        return engine.stored_text(source_id, held[0].form)


def mcp_door(
    engine: Engine, settings: Settings
) -> tuple[list[BaseRoute], Callable[[], AbstractAsyncContextManager[None]]]:
    """The routes of the door over HTTP, and what must run while it is open. It keeps no sessions: tools only read."""
    server = mcp_server(engine)
    named = [*settings.hosts, settings.host, *_LOCAL]
    guard = TransportSecuritySettings(
        enable_dns_rebinding_protection=True,
        allowed_hosts=[form for name in named for form in (name, f"{name}:*")],
        allowed_origins=[*settings.cors_origins, *(f"http://{name}:*" for name in _LOCAL)],
    )
    app = server.streamable_http_app(
        streamable_http_path="/mcp",
        json_response=True,
        stateless_http=True,
        max_request_body_size=settings.max_request_kb * 1000,
        transport_security=guard,
    )
    return list(app.routes), server.session_manager.run


def serve_stdio(engine: Engine) -> None:
    """Speak MCP over standard input and output until the input ends."""
    mcp_server(engine).run("stdio")
