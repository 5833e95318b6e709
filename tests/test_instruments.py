"""Questions for instruments are read as aims and risks, and answered from the catalogue with its places."""

from __future__ import annotations

import pytest
from conftest import Run

from ingest.index.generation import DataFolder
from retrieval.engine import Engine
from retrieval.instruments import catalogue, fitting, read_need

CONCEPTS = [*catalogue().aims, *catalogue().risks]


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda concept: concept.id)
@pytest.mark.parametrize("question", ["Welke instrumenten zijn er voor {nl}?", "Which measures are there for {en}?"])
def test_every_aim_and_risk_is_recognised_by_its_name_in_both_languages(question: str, concept: object) -> None:
    need = read_need(question.format(nl=concept.label.nl, en=concept.label.en))  # type: ignore[attr-defined]
    assert need is not None
    assert concept in (*need.aims, *need.risks)


@pytest.mark.parametrize("question", ["Wat is verdringing?", "Welke instrumenten speelt het orkest?", "", "maatregel"])
def test_other_questions_have_no_need(question: str) -> None:
    assert read_need(question) is None


@pytest.mark.parametrize("risk", catalogue().risks, ids=lambda risk: risk.id)
def test_an_instrument_that_may_cause_the_risk_is_not_among_those_that_fit(risk: object) -> None:
    need = read_need(f"Welke maatregelen voorkomen {risk.label.nl}?")  # type: ignore[attr-defined]
    assert need is not None
    for fit in fitting(need):
        relations = {link.relation for link in fit.instrument.relations if link.target == risk.id}  # type: ignore[attr-defined]
        assert fit.warns == ("kan_veroorzaken" in relations) or len(need.risks) > 1
    assert [fit.warns for fit in fitting(need)] == sorted(fit.warns for fit in fitting(need))


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("Welke instrumenten passen bij verdichting zonder verdringing?", "Terugkeergarantie bij sloop en nieuwbouw"),
        ("Which instruments fit verdichting without displacement?", "Smart phasing: build first, then demolish"),
        ("Welke maatregelen helpen tegen stigmatisering?", None),
    ],
)
def test_the_answer_names_instruments_and_every_statement_has_its_place(
    own_engine: Engine, question: str, heading: str | None
) -> None:
    answer = own_engine.ask(question)
    assert answer.answered
    headings = [part.text for part in answer.parts if part.kind == "heading"]
    assert heading is None or heading in headings
    for citation in answer.citations:
        assert citation.source.id
        assert citation.locator.page or citation.locator.article or citation.locator.section


def test_a_warning_is_shown_as_one(own_data: DataFolder, mengpaneel: Run) -> None:
    question = "Welke instrumenten passen bij verdichting zonder verdringing?"
    assert "Let op: " in mengpaneel("--data", own_data.root, "ask", question).stdout
