"""A real, weak language model behind llama.cpp's own server: whatever it writes, what is shown holds."""

from __future__ import annotations

import pytest
from conftest import embedder
from test_language_model import check_generated

from evals.small_model import NAME, SmallModelMissing, SmallModelServer
from ingest.index.generation import DataFolder
from retrieval.answer import Answer, SentenceChecked
from retrieval.engine import Engine
from retrieval.model import Endpoint
from retrieval.verify import Verifier


@pytest.fixture(scope="module")
def server() -> SmallModelServer:
    try:
        return SmallModelServer(context=4096)
    except SmallModelMissing as missing:
        pytest.skip(f"the small model is not installed: {missing}")


def endpoint(server: SmallModelServer, **options: object) -> Endpoint:
    return Endpoint(**{"url": server.url, "name": NAME, "seconds": 300, "max_tokens": 120, **options})  # type: ignore[arg-type]


def test_the_endpoint_streams_text(server: SmallModelServer) -> None:
    pieces = list(endpoint(server, max_tokens=20).stream("Answer in one sentence.", "What is a house?"))
    assert len(pieces) > 3
    assert "".join(pieces).strip()


@pytest.mark.parametrize("question", ["Wat is publieke familiariteit?", "What is residualisation?"])
def test_only_supported_sentences_of_a_weak_model_are_shown(
    own_data: DataFolder, own_engine: Engine, server: SmallModelServer, question: str
) -> None:
    judge = embedder(own_data)
    with Engine(own_data, lambda: judge, endpoint(server)) as engine:
        *events, answer = engine.ask_stream(question)
    assert isinstance(answer, Answer)
    assert answer.notices, "the reader is told how the answer came about"
    check_generated(own_engine, answer)
    passages = {citation.n: citation.passage.searchable for citation in answer.citations}
    if answer.generator == "extractive":
        assert answer.parts == own_engine.ask(question).parts
    else:
        assert answer.generator == f"model:{NAME}"
        shown = [event.part for event in events if isinstance(event, SentenceChecked)]
        assert shown == [part for part in answer.parts if part.kind == "generated"]
        for part in shown:
            verdict = Verifier(judge).check(part.text, [passages[n] for n in part.citations])
            assert verdict.support == "supported"


def test_a_prompt_that_does_not_fit_is_said_so(own_data: DataFolder, own_engine: Engine) -> None:
    try:
        small = SmallModelServer(context=256)
    except SmallModelMissing as missing:
        pytest.skip(f"the small model is not installed: {missing}")
    question = "Wat is publieke familiariteit?"
    with Engine(own_data, lambda: embedder(own_data), endpoint(small)) as engine:
        answer = engine.ask(question)
    assert answer.parts == own_engine.ask(question).parts
    assert answer.notices[0].startswith("Beantwoord zonder het taalmodel: ")
