"""The MCP door, tried with the protocol's own client: over standard input and output, and over HTTP."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import httpx
from conftest import ROOT, needs_originals
from mcp import Client, StdioServerParameters
from serving import Server

from ingest.index.generation import DataFolder

TOOLS = {"ask", "search", "get_passage", "find_instruments", "law_article"}
QUESTION = "Wat is publieke familiariteit?"
Session = Callable[[Client], Awaitable[None]]


def stdio(data: DataFolder) -> StdioServerParameters:
    return StdioServerParameters(
        command=sys.executable, args=["-m", "ui.cli", "--data", str(data.root), "mcp"], cwd=ROOT
    )


def run(server: StdioServerParameters | str, session: Session) -> None:
    async def connected() -> None:
        async with Client(server, read_timeout_seconds=120) as client:
            await session(client)

    anyio.run(connected)


async def called(client: Client, tool: str, **arguments: Any) -> Any:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return result.structured_content


async def journey(client: Client) -> None:
    """From a question to the passage behind its answer, an instrument, and a source."""
    assert {tool.name for tool in (await client.list_tools()).tools} == TOOLS
    answer = await called(client, "ask", question=QUESTION)
    assert answer["answered"]
    cited = answer["citations"][0]
    around = await called(client, "get_passage", passage_id=cited["passage_id"])
    assert cited["quote"] in around["passage"]["text"]
    found = await called(client, "search", query="verdringing", k=3)
    assert len(found["passages"]) == 3
    instruments = (await called(client, "find_instruments", aim="menging", domain="fysiek"))["result"]
    assert instruments
    assert {instrument["domain"] for instrument in instruments} == {"fysiek"}
    assert "mengpaneel://sources" in {str(resource.uri) for resource in (await client.list_resources()).resources}
    sources = (await client.read_resource("mengpaneel://sources")).contents[0]
    assert cited["source_id"] in sources.text
    text = (await client.read_resource("mengpaneel://sources/begrippenlijst")).contents[0]
    assert "verdringing" in text.text


async def faults(client: Client) -> None:
    """What cannot be answered is told as the tool's error, in a sentence."""
    for tool, arguments, said in (
        ("get_passage", {"passage_id": "nee"}, "There is no passage by the name ‘nee’."),
        ("law_article", {"law": "Nietwet", "article": "1"}, "No law text held by the name 'Nietwet'"),
        ("ask", {"question": "x", "sources": ["nee"]}, "unknown source: nee"),
        ("search", {"query": "x", "k": 0}, "greater than or equal to 1"),
    ):
        result = await client.call_tool(tool, arguments)
        assert result.is_error, tool
        assert said in result.content[0].text


def test_an_assistant_asks_and_reads_over_standard_input_and_output(own_data: DataFolder) -> None:
    run(stdio(own_data), journey)


def test_an_assistant_asks_and_reads_over_http(own_server: Server) -> None:
    run(f"{own_server.address}/mcp", journey)


def test_what_cannot_be_answered_is_said_in_a_sentence(own_server: Server) -> None:
    run(f"{own_server.address}/mcp", faults)


@needs_originals
def test_an_article_of_law_is_given_as_it_stood(originals_data: DataFolder) -> None:
    async def session(client: Client) -> None:
        article = await called(client, "law_article", law="Huisvestingswet 2014", article="4", date="2016-01-01")
        assert article["toestand"] == "2015-11-29"
        assert article["text"]

    run(stdio(originals_data), session)


def test_a_page_of_another_name_or_origin_cannot_speak_to_it(own_server: Server) -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    accept = {"accept": "application/json, text/event-stream"}
    for header in ({"host": "evil.example"}, {"origin": "https://evil.example"}):
        assert httpx.post(f"{own_server.address}/mcp", json=call, headers={**accept, **header}).status_code in (
            403,
            421,
        )
