"""Questions as read: their kind, what they compare, the day they name, and what a follow-up leans on."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import shipped
from corpus.register import read_register
from retrieval.follow_up import complete
from retrieval.question import compared, kind_of, suits
from retrieval.read import law_date

LAWS = [source for source in read_register(shipped() / "bronnen.yaml") if source.bwb_id]


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Wat is gentrificatie?", "definition"),
        ("What does residualisation mean?", "definition"),
        ("Wat wordt verstaan onder een zorgzame buurt?", "definition"),
        ("Hoe lang mag een tijdelijk huurcontract duren?", "number"),
        ("What share of tenants moved away?", "number"),
        ("Wie stelde het rapport op?", "who"),
        ("Who wrote the thesis?", "who"),
        ("Welke voorwaarden gelden er voor goed contact?", "list"),
        ("Which factors make it work?", "list"),
        ("In welke volgorde pak je een wijkaanpak op?", "steps"),
        ("Wat zijn de voor- en nadelen van sloop?", "for_and_against"),
        ("What speaks for or against demolition?", "for_and_against"),
        ("Wat is het verschil tussen een buurt en een wijk?", "comparison"),
        ("How does a district differ from a street?", "comparison"),
        ("Wat regelt artikel 3 van de Leegstandwet?", "provision"),
        ("Vertel over wonen.", "other"),
        ("", "other"),
    ],
)
def test_the_kind_of_a_question_is_recognised(question: str, kind: str) -> None:
    assert kind_of(question) == kind


@pytest.mark.parametrize(
    ("question", "things"),
    [
        ("Wat is het verschil tussen koop en huur?", ("koop", "huur")),
        ("What is the difference between tenure and income in the report?", ("tenure", "income")),
        ("Vergelijk spreiding met concentratie.", ("spreiding", "concentratie")),
        ("Wat is spreiding?", None),
    ],
)
def test_the_things_compared_are_those_of_the_question(question: str, things: tuple[str, str] | None) -> None:
    assert compared(question) == things


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("Wat regelde de wet op 1 januari 2016?", "2016-01-01"),
        ("Did the law allow it in March 2019?", "2019-03-01"),
        ("Mocht dat eind 2015 volgens de wet?", "2015-12-31"),
        ("Mocht dat in 2016 volgens artikel 9?", "2016-01-01"),
        ("Wat regelt de Huisvestingswet 2014?", None),
        ("Wat regelde de Huisvestingswet 2014 in 2016?", "2016-01-01"),
        ("Hoeveel woningen kwamen er in 2016 bij?", None),
        ("Wat zei de wet op 31 februari 2016?", None),
    ],
)
def test_the_day_on_which_the_law_is_asked_for(question: str, day: str | None) -> None:
    assert law_date(question, LAWS) == day


@pytest.mark.parametrize(
    ("question", "previous", "whole", "language"),
    [
        pytest.param("En voor bestaande bouw?", "Wat kost menging?", "Wat kost menging: voor bestaande bouw?", "nl"),
        pytest.param("Waarom?", "Wat is een kansenzone?", "Wat is een kansenzone: Waarom?", "nl"),
        pytest.param("And in English?", "Wat is een kansenzone?", "Wat is een kansenzone?", "en"),
        pytest.param(
            "en lid 3?", "Wat zegt artikel 14 lid 2 van de wet?", "Wat zegt artikel 14 lid 3 van de wet?", "nl"
        ),
        pytest.param("And article 9?", "What does article 8 of the Wbmgp say?", "What does article 9 of the Wbmgp say?", "en"),
        pytest.param("Wat is verdringing?", "Wat is een kansenzone?", "Wat is verdringing?", "nl", id="whole by itself"),
        pytest.param("En voor wie?", None, "En voor wie?", "nl", id="first turn"),
    ],
)  # fmt: skip
def test_a_follow_up_is_completed_from_the_turn_before(
    question: str, previous: str | None, whole: str, language: str
) -> None:
    assert complete(question, previous) == (whole, language)


@settings(deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_breaks_the_reading_of_a_question(question: str, previous: str) -> None:
    whole, language = complete(question, previous)
    assert isinstance(whole, str)
    assert language in ("nl", "en")
    assert 0.0 <= suits(kind_of(whole), whole, question) <= 1.0


def test_a_number_of_the_right_sort_suits_a_question_better() -> None:
    question = "Welk percentage van de huurders vertrok?"
    share, count, none = (
        suits("number", question, text) for text in ("30 procent vertrok.", "Er waren 400 huurders.", "Zij vertrokken.")
    )
    assert share > count > none
