"""The command line as people and scripts use it: exit codes, languages, the published JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import ROOT, Run
from jsonschema import Draft202012Validator

from ingest.index.generation import DataFolder

SCHEMA = json.loads((ROOT / "docs" / "answer.schema.json").read_text(encoding="utf-8"))
VALID = Draft202012Validator(SCHEMA)


def test_ask_prints_json_that_keeps_the_published_contract(own_data: DataFolder, mengpaneel: Run) -> None:
    for question in (
        "Wat zijn de succesfactoren van gemengd wonen?",
        "Wat kost een brood in Parijs in 1850?",
        "Welke instrumenten passen bij verdichting zonder verdringing?",
    ):
        done = mengpaneel("--data", own_data.root, "ask", "--json", question)
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        VALID.validate(answer)
        numbers = {citation["n"] for citation in answer["citations"]}
        cells = [cell for row in answer["instruments"] for cell in row.values() if isinstance(cell, dict)]
        assert {n for part in (*answer["answer"], *cells) for n in part["citations"]} == numbers
        assert answer["answered"] == (answer["reason"] is None)


def test_a_follow_up_shows_the_question_as_read(own_data: DataFolder, mengpaneel: Run) -> None:
    before = "Wat staat er in artikel 8 lid 1 van de Wbmgp?"
    done = mengpaneel("--data", own_data.root, "ask", "--previous", before, "en", "lid", "2?")
    assert done.stdout.startswith("Gelezen als: Wat staat er in artikel 8 lid 2 van de Wbmgp?")


def test_batch_writes_a_header_and_a_line_a_question(own_data: DataFolder, mengpaneel: Run, tmp_path: Path) -> None:
    questions, out = tmp_path / "q.jsonl", tmp_path / "run.jsonl"
    questions.write_text('{"id": "a", "question": "Wat is een kansenzone?"}\n\n{"id": 2, "question": ""}\n')
    done = mengpaneel("--data", own_data.root, "batch", questions, "--out", out, "-k", "3")
    assert done.returncode == 0, done.stderr
    header, *lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert header["header"].keys() == {
        "version", "corpus_version", "sources", "passages", "ingest_seconds", "embedding_model", "generator",
    }  # fmt: skip
    assert [line.pop("id") for line in lines] == ["a", "2"]
    for line in lines:
        VALID.validate(line)
        assert len(line["passages"]) <= 3


def test_a_batch_line_that_is_no_question_is_named(own_data: DataFolder, mengpaneel: Run, tmp_path: Path) -> None:
    questions = tmp_path / "q.jsonl"
    questions.write_text('{"id": "a", "question": "x"}\n{"vraag": "x"}\n')
    done = mengpaneel("--data", own_data.root, "batch", questions, "--out", tmp_path / "o.jsonl")
    assert done.returncode == 2
    assert "regel 2" in done.stderr


def test_filters_hold_exactly(own_data: DataFolder, mengpaneel: Run) -> None:
    done = mengpaneel("--data", own_data.root, "search", "--json", "-k", "20", "--kind", "wet", "gemengd wonen")
    assert {p["source_id"] for p in json.loads(done.stdout)["passages"]} <= {
        s["id"] for s in json.loads(mengpaneel("--data", own_data.root, "sources", "--json").stdout) if s["kind"] == "wet"
    }  # fmt: skip
    done = mengpaneel("--data", own_data.root, "ask", "--json", "--until", "1900", "gemengd wonen")
    answer = json.loads(done.stdout)
    assert not answer["answered"]
    assert answer["passages"] == []
    assert "filters" in answer["reason"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["ask", "--kind", "boek", "x"], "rapport, artikel", id="unknown kind"),
        pytest.param(["ask", "-k", "0", "x"], "geheel getal", id="k out of bounds"),
        pytest.param(["ask", "--source", "bestaat-niet", "x"], "onbekende bron: bestaat-niet", id="unknown source"),
        pytest.param(["ask", "--date", "gisteren", "x"], "JJJJ-MM-DD", id="no day"),
        pytest.param(["ask", "  "], "de vraag is leeg", id="empty question"),
        pytest.param(["ingest", "bestaat-niet.pdf"], "bestaat niet", id="no such file"),
        pytest.param(["frobnicate"], "frobnicate", id="unknown command"),
        pytest.param([], "gebruik", id="no command"),
    ],
)
def test_wrong_use_exits_with_2_and_one_sentence(
    own_data: DataFolder, mengpaneel: Run, arguments: list[str], said: str
) -> None:
    done = mengpaneel("--data", own_data.root, *arguments)
    assert done.returncode == 2
    assert said in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_messages_are_dutch_and_english_on_request(own_data: DataFolder, mengpaneel: Run) -> None:
    assert "beantwoord een vraag" in mengpaneel("--help").stdout
    assert "answer a question" in mengpaneel("--lang", "en", "--help").stdout
    assert "In orde" in mengpaneel("--data", own_data.root, "status").stdout
    assert "Healthy" in mengpaneel("--lang", "en", "--data", own_data.root, "status").stdout


def test_without_an_index_the_message_says_what_to_run(mengpaneel: Run, tmp_path: Path) -> None:
    done = mengpaneel("--data", tmp_path / "none", "ask", "x")
    assert done.returncode == 1
    assert "mengpaneel ingest" in done.stderr


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        pytest.param({"MENGPANEEL_PORT": "99999"}, "port", id="out of bounds"),
        pytest.param({"MENGPANEEL_CONFIG": "/bestaat/niet.toml"}, "/bestaat/niet.toml", id="no such file"),
    ],
)
def test_a_wrong_setting_is_named_at_the_start(mengpaneel: Run, environment: dict[str, str], said: str) -> None:
    done = mengpaneel("status", **environment)
    assert done.returncode == 2
    assert said in done.stderr


def test_settings_come_from_a_toml_file_and_an_unknown_key_is_refused(mengpaneel: Run, tmp_path: Path) -> None:
    config = tmp_path / "m.toml"
    config.write_text(f'data = "{tmp_path / "elders"}"\n', encoding="utf-8")
    assert str(tmp_path / "elders") in mengpaneel("status", MENGPANEEL_CONFIG=str(config)).stderr
    config.write_text('dta = "x"\n', encoding="utf-8")
    assert "dta" in mengpaneel("status", MENGPANEEL_CONFIG=str(config)).stderr
