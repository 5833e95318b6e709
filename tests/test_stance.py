"""What a sentence takes a stand for or against, in Dutch and English."""

from __future__ import annotations

import pytest

from retrieval import stance
from retrieval.question import suits


@pytest.mark.parametrize(
    "text",
    [
        "Het effect van mengen is omstreden.",
        "Onbekend is hoe lang de winst blijft.",
        "Hoe lang het werkt, moet nog worden onderzocht.",
        "Critics doubt the effect of mixing.",
        "How long this lasts is unknown.",
    ],
)
def test_criticism_and_missing_evidence_dispute(text: str) -> None:
    assert stance.disputes(text)
    assert stance.limits(text)
    assert not stance.praises(text)


@pytest.mark.parametrize(
    "text",
    ["Tegen de felle kritiek spreekt dat het beleid werkte.", "Despite the criticism the policy went on."],
)
def test_what_speaks_against_criticism_does_not_dispute(text: str) -> None:
    assert not stance.disputes(text)
    assert not stance.limits(text)


def test_a_turn_limits_without_disputing() -> None:
    assert stance.limits("Dat lukt echter alleen als bewoners meedoen.")
    assert not stance.disputes("Dat lukt echter alleen als bewoners meedoen.")


def test_a_benefit_is_praised_unless_it_is_denied() -> None:
    assert stance.praises("Mengen helpt de wijk vooruit.")
    assert not stance.praises("Mengen helpt de wijk niet vooruit.")


def test_criticism_suits_a_question_for_criticism_alone() -> None:
    said = "Het effect van mengen is omstreden."
    assert suits("other", "Welke kritiek is er op mengen?", said) == 1.0
    assert suits("other", "Wat is er gedaan aan mengen?", said) == 0.0
