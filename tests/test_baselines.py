"""Simple stacks run on the same texts, and their chunks are judged by the same places."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import embedder

from corpus import Source
from evals.baselines import Chunk, Texts, cached_embedding, judge, run_baselines, texts_of, token_chunks
from evals.llama_index_stack import run_llama_index
from evals.question import GoldPlace, Question
from evals.run import strongest
from ingest.document import Document, DocumentBuilder, Locator
from ingest.embed import DEFAULT_MODEL
from ingest.index.generation import DataFolder
from ingest.passages import split
from ingest.run import build_index
from retrieval.engine import Engine

PAGES = {
    "dijken": ["Het waterschap beheert de dijken en houdt de sloten op peil."] * 40
    + ["De sluis gaat om zes uur dicht."],
    "keuken": ["Laat de uien op laag vuur glazig worden.", "Voeg daarna tomaten en basilicum toe en roer goed."],
}


def document(name: str) -> Document:
    """A sentence a page, ten pages a section."""
    builder = DocumentBuilder(Source(stem=name, title=name, kind="rapport"), page_count=len(PAGES[name]))
    for page, text in enumerate(PAGES[name], start=1):
        builder.add("paragraph", text, Locator(page=page, section=(str(page // 10),)))
    return builder.build()


def question(text: str, source: str, page: int) -> Question:
    return Question(id=text, question=text, language="nl", type="fact", style="plain", answerable=True,
                    gold=(GoldPlace(source=source, page=page),), nuggets=())  # fmt: skip


QUESTIONS = [question("wanneer sluit de sluis", "dijken", 41), question("tomaten en basilicum", "keuken", 2)]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, own_data: DataFolder) -> Iterator[Engine]:
    data = DataFolder(tmp_path_factory.mktemp("baselines"))
    pairs = [(read, split(read)) for read in map(document, PAGES)]
    with data.writer(0):
        build_index(data, pairs, (), "inputs", (), DEFAULT_MODEL, lambda: embedder(own_data), lambda *_: None, 0.0)
    with Engine(data, lambda: embedder(own_data)) as opened:
        yield opened


def test_every_stack_finds_what_the_words_say(engine: Engine, own_data: DataFolder, tmp_path: Path) -> None:
    model, texts = embedder(own_data), texts_of(engine)
    embed = cached_embedding(tmp_path / "cache.sqlite", model)
    found = run_baselines(engine, QUESTIONS, texts, model, embed)
    found.append(run_llama_index(engine, QUESTIONS, texts, model, embed))
    assert [b.name for b in found] == ["dense", "BM25", "dense + BM25, RRF", "LlamaIndex"]
    for baseline in found:
        assert [own["recall@50"] for own in baseline.values.values()] == [1, 1], baseline.name
        assert baseline.values["tomaten en basilicum"]["hit@5"] == 1


def test_vectors_are_made_once(own_data: DataFolder, tmp_path: Path) -> None:
    model = embedder(own_data)
    first = cached_embedding(tmp_path / "cache.sqlite", model)(["een tekst", "nog een"])
    again = cached_embedding(tmp_path / "cache.sqlite", model)(["nog een"])
    assert np.array_equal(first[1], again[0])


def test_chunks_take_in_the_whole_text_and_fit_the_model() -> None:
    read = document("dijken")
    chunks = list(token_chunks([read]))
    assert len(chunks) > 1
    assert [chunk.text for chunk in chunks] == [read.text[chunk.start : chunk.end] for chunk in chunks]
    assert "".join("".join(chunk.text.split()) for chunk in chunks) == "".join(read.text.split())


def test_a_chunk_holds_a_place_from_its_first_word_to_where_its_passage_ends() -> None:
    read = document("keuken")
    passages = split(read)
    assert [(p.start, p.end) for p in passages] == [(0, len(read.text))]  # both pages
    texts = Texts((read,), {("keuken", "original"): passages})
    asked = question("?", "keuken", 2)
    whole = Chunk(("keuken", "original"), 0, len(read.text), read.text)
    half = Chunk(("keuken", "original"), 0, 20, read.text[:20])
    other = Chunk(("dijken", "original"), 0, 20, read.text[:20])
    found = judge(asked, [whole, half, other], texts).retrieved
    assert [r.gold for r in found] == [{0: len(read.text.split())}, {0: len(read.text[:20].split())}, {}]


def test_the_strongest_system_has_most_places_within_800_words() -> None:
    few, many = ({"q": dict.fromkeys(("hit@5", "places@800w"), share)} for share in (0.2, 0.7))
    assert strongest({"few": few, "many": many}) == "many"
