"""The table of composer, language model and baselines says what each wrote, cited and could support."""

from __future__ import annotations

import sys

import pytest
from llm_server import Asked, scripted_model

from evals.models import main
from ingest.index.generation import DataFolder


def test_every_system_answers_the_same_questions(
    own_data: DataFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def write(asked: Asked) -> str:
        return asked.true_sentence() if asked.codes else "De maan is van kaas en weegt 4711 kilo [1]. Dat is alles."

    with scripted_model() as model:
        model.says(write)
        arguments = [str(own_data.root), "--questions", "2", "--url", model.url, "--model", "proefmodel"]
        monkeypatch.setattr(sys, "argv", ["evals.models", *arguments])
        main()
    head, _, *rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in capsys.readouterr().out.splitlines()]
    table = {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}
    assert list(table) == [
        "default composer",
        "proefmodel, checked",
        "5 best passages pasted",
        "CitationQueryEngine, proefmodel",
    ]
    assert table["default composer"]["answers in the model's words"] == "0 of 2"
    assert table["5 best passages pasted"]["sentences supported"].startswith("100 %")
    unchecked = table["CitationQueryEngine, proefmodel"]
    assert unchecked["sentences supported"] == "0 % (0/4)"
    assert unchecked["vital nuggets"].startswith("0 %")
    assert unchecked["citations of a gold place"].endswith("/2)")
