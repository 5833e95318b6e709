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
    "question",
    [
        "Welke instrumenten passen bij verdichting zonder verdringing?",
        "Which instruments fit verdichting without displacement?",
        "Welke maatregelen helpen tegen stigmatisering?",
        "Welke juridische instrumenten zijn er tegen overlast?",
        "Wat kan een corporatie doen aan verdringing?",
    ],
)
def test_the_table_names_the_instruments_that_fit_and_every_filled_cell_is_cited(
    own_engine: Engine, question: str
) -> None:
    answer, need = own_engine.ask(question), read_need(question)
    assert need
    assert answer.answered
    assert answer.reading is not None
    assert answer.reading.kind == "instruments"
    assert answer.reading.aims or answer.reading.risks
    assert answer.instruments
    fits = [(fit.instrument.id, getattr(fit.instrument.name, answer.language)) for fit in fitting(need)]
    shown = [(row.id, row.name) for row in answer.instruments]
    assert shown == [fit for fit in fits if fit in shown], "best first, as the question's language names them"
    numbers = {citation.n: citation for citation in answer.citations}
    for row in answer.instruments:
        assert row.serves.text or row.risk.text
        for cell in (row.serves, row.risk, row.legal_basis, row.evidence):
            assert bool(cell.text) == bool(cell.citations)
            assert all(numbers[n].quote in cell.text for n in cell.citations)
            assert all(
                numbers[n].locator.page or numbers[n].locator.article or numbers[n].locator.section
                for n in cell.citations
            )


def test_a_domain_that_is_named_limits_the_instruments() -> None:
    need = read_need("Welke sociale maatregelen bevorderen thuisgevoel?")
    assert need is not None
    assert {fit.instrument.domain for fit in fitting(need)} == {"sociaal"}


def test_an_aim_that_counters_a_named_risk_is_read_with_it() -> None:
    need = read_need("Welke maatregelen zijn er tegen overlast?")
    assert need is not None
    assert "overlast-tegengaan" in [aim.id for aim in need.aims]


def test_a_name_inside_a_compound_is_recognised() -> None:
    need = read_need("Welke instrumenten beperken verdringingseffecten?")
    assert need is not None
    assert [risk.id for risk in need.risks] == ["verdringing"]


def test_what_serves_the_aim_and_limits_the_risk_goes_first() -> None:
    need = read_need("Welke instrumenten passen bij verdichting zonder verdringing?")
    assert need is not None
    relations = [{link.relation for link in fit.links} for fit in fitting(need) if not fit.warns]
    assert relations[0] == {"dient", "beperkt"}
    assert [found == {"dient", "beperkt"} for found in relations] == sorted(
        (found == {"dient", "beperkt"} for found in relations), reverse=True
    )


def test_an_empty_cell_is_said_to_be_not_found(own_data: DataFolder, mengpaneel: Run) -> None:
    question = "Welke instrumenten passen bij verdichting zonder verdringing?"
    assert "niet gevonden in de bronnen" in mengpaneel("--data", own_data.root, "ask", question).stdout


def test_a_warning_is_shown_as_one(own_data: DataFolder, mengpaneel: Run) -> None:
    question = "Welke instrumenten passen bij verdichting zonder verdringing?"
    assert "Let op: " in mengpaneel("--data", own_data.root, "ask", question).stdout
