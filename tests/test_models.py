"""Any sentence-transformers model works by setting: a tiny one is made here, loaded, and used for real."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from conftest import Run

from ingest.embed import ModelUnavailable, open_embedder

sentence_transformers = pytest.importorskip("sentence_transformers", reason="the extra 'models' is not installed")

WORDS = (
    "de wijk wonen menging gemengd bewoners query passage gemeente huur woning factoren samen buurt ##en ##s".split()
)


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ":", ".", *WORDS]), encoding="utf-8")
    size = len(vocabulary.read_text().splitlines())
    raw = folder / "raw"
    config = BertConfig(
        vocab_size=size, hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64
    )
    BertModel(config).save_pretrained(raw)
    BertTokenizerFast(vocab_file=str(vocabulary)).save_pretrained(raw)
    transformer = Transformer(str(raw), max_seq_length=64)
    model = sentence_transformers.SentenceTransformer(modules=[transformer, Pooling(32)], device="cpu")
    saved = folder / "model"
    model.save(str(saved))
    return saved


def test_the_model_encodes_rows_of_unit_length(tiny_model: Path) -> None:
    embedder = open_embedder(str(tiny_model), tiny_model)
    text = "gemengd wonen"
    first, second = embedder.embed_passages(["de wijk", text])
    assert first.vector.shape == (embedder.dimension,) == (32,)
    np.testing.assert_allclose(np.linalg.norm([first.vector, second.vector], axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(second.tokens, axis=1), 1, atol=1e-5)
    assert "".join(text[start:end] for start, end in second.spans) == "gemengdwonen"
    assert embedder.embed_query("de wijk").vector.shape == (32,)


def test_a_collection_is_ingested_and_asked_with_the_model(tiny_model: Path, tmp_path: Path, mengpaneel: Run) -> None:
    data = tmp_path / "data"
    done = mengpaneel("--data", data, "ingest", MENGPANEEL_MODEL=str(tiny_model))
    assert done.returncode == 0, done.stderr
    asked = mengpaneel("--data", data, "search", "--json", "gemengd wonen", MENGPANEEL_MODEL=str(tiny_model))
    assert asked.returncode == 0, asked.stderr
    assert len(json.loads(asked.stdout)["passages"]) == 8
    answered = mengpaneel(
        "--data", data, "ask", "--json", "Wat regelt artikel 9 Wbmgp?", MENGPANEEL_MODEL=str(tiny_model)
    )
    assert {c["locator"]["article"] for c in json.loads(answered.stdout)["citations"]} >= {"9"}
    other = mengpaneel("--data", data, "ask", "gemengd wonen")
    assert other.returncode == 1
    assert "mengpaneel ingest" in other.stderr


def test_a_model_that_is_not_there_is_named() -> None:
    with pytest.raises(ModelUnavailable, match="bestaat/niet"):
        open_embedder("/bestaat/niet", Path())
