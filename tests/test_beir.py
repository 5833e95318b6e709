"""A BEIR folder is measured by the same retrieval; what is wrong in one is named with file and line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from conftest import Run, embedder

from evals.beir import evaluate_collection, read_collection
from evals.formats import FormatError
from ingest.index.generation import DataFolder

CORPUS = [
    ("d1", "Wonen", "De gemeente mag woningen met voorrang toewijzen aan woningzoekenden met lokale binding."),
    ("d2", "Water", "Het waterschap beheert de dijken en houdt de sloten op peil."),
    ("d3", "", "Een bibliotheek leent boeken uit aan leden die jaarlijks contributie betalen."),
    ("d4", "Koken", "Laat de uien op laag vuur glazig worden en voeg daarna de tomaten toe."),
]
QUERIES = [("q1", "wie onderhoudt de dijken"), ("q2", "boeken lenen als lid"), ("q3", "voorrang bij een huurhuis")]
QRELS = [("q1", "d2", 2), ("q1", "d4", 0), ("q2", "d3", 1), ("q3", "d1", 1)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small collection of our own making."""
    (tmp_path / "qrels").mkdir()
    corpus = [json.dumps({"_id": i, "title": title, "text": text}) for i, title, text in CORPUS]
    (tmp_path / "corpus.jsonl").write_text("\n".join(corpus), encoding="utf-8")
    queries = [json.dumps({"_id": i, "text": text}) for i, text in QUERIES]
    (tmp_path / "queries.jsonl").write_text("\n".join(queries), encoding="utf-8")
    rows = ["query-id\tcorpus-id\tscore", *("\t".join(map(str, row)) for row in QRELS)]
    (tmp_path / "qrels" / "test.tsv").write_text("\n".join(rows), encoding="utf-8")
    return tmp_path


def test_a_collection_is_indexed_asked_and_measured(folder: Path, own_data: DataFolder) -> None:
    found = evaluate_collection(read_collection(folder), lambda: embedder(own_data), lambda *_: None)
    assert found["texts"] == 4
    assert found["test"] == {
        "n": 3,
        "nDCG@10": 1,
        "MRR@10": 1,
        "recall@1": 1,
        "recall@5": 1,
        "recall@10": 1,
        "recall@100": 1,
    }


def test_files_of_judgements_are_measured_apart(folder: Path, own_data: DataFolder) -> None:
    (folder / "qrels" / "wrong.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td4\t1\n")
    found = evaluate_collection(read_collection(folder), lambda: embedder(own_data), lambda *_: None)
    assert (found["test"]["recall@1"], found["wrong"]["recall@1"], found["wrong"]["n"]) == (1, 0, 1)


def test_the_command_prints_the_figures_without_touching_the_index(
    folder: Path, own_data: DataFolder, mengpaneel: Run
) -> None:
    before = own_data.current()
    done = mengpaneel("--data", own_data.root, "evaluate", "--beir", folder, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["test"]["nDCG@10"] == 1
    assert own_data.current() == before


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        pytest.param("corpus.jsonl", None, r"corpus\.jsonl: this file is missing", id="no corpus"),
        pytest.param("queries.jsonl", None, r"queries\.jsonl: this file is missing", id="no queries"),
        pytest.param("qrels/test.tsv", None, r"qrels: not one \.tsv file", id="no judgements"),
        pytest.param(
            "corpus.jsonl", '{"_id": "d1", "text": "a"}\n{"_id": ', r"corpus\.jsonl:2: no JSON", id="half a line"
        ),
        pytest.param("corpus.jsonl", "[1]", r'corpus\.jsonl:1: no object with an "_id"', id="no object"),
        pytest.param("corpus.jsonl", '{"_id": "a"}', r'corpus\.jsonl:1: "text" is no text', id="no text"),
        pytest.param(
            "corpus.jsonl",
            '{"_id": "a", "text": "x"}\n\n{"_id": "a", "text": "y"}',
            r"corpus\.jsonl:3: 'a' occurs twice",
            id="twice",
        ),
        pytest.param(
            "queries.jsonl", '{"_id": 1, "text": "x"}', r'queries\.jsonl:1: no object with an "_id"', id="number as id"
        ),
        pytest.param("qrels/test.tsv", "q9\td1\t1", r"test\.tsv:1: unknown: 'q9'", id="unknown query"),
        pytest.param(
            "qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td9\t1", r"test\.tsv:2: unknown: 'd9'", id="unknown text"
        ),
        pytest.param("qrels/test.tsv", "q1 d1 1", r"test\.tsv:1: no three fields", id="spaces for tabs"),
        pytest.param("qrels/test.tsv", "q1\td1\tyes", r"test\.tsv:1: no three fields", id="grade in words"),
        pytest.param("qrels/test.tsv", "query-id\tcorpus-id\tscore", r"test\.tsv: not one judgement", id="header only"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(folder: Path, file: str, content: str | None, said: str) -> None:
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_text(content, encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        read_collection(folder)
    assert re.search(said, caught.value.en)


def test_bytes_that_are_no_text_are_said_so(folder: Path) -> None:
    (folder / "corpus.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(FormatError, match=r"corpus\.jsonl: dit bestand is geen UTF-8"):
        read_collection(folder)


def test_the_command_says_the_fault_in_one_sentence(folder: Path, own_data: DataFolder, mengpaneel: Run) -> None:
    (folder / "corpus.jsonl").write_text("{")
    done = mengpaneel("--data", own_data.root, "evaluate", "--beir", folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "corpus.jsonl:1: geen JSON" in done.stderr
    assert "Traceback" not in done.stderr
