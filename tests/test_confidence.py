"""The estimate of how sure it is that the sources answer: what it looks at, and how it is fitted."""

from __future__ import annotations

import numpy as np
import pytest

from evals.calibrate import Seen, chances, cross_validated, discriminant, fit
from evals.question import read_calibration, read_questions
from retrieval.confidence import FITTED, THRESHOLD, Fitted, leaning
from retrieval.engine import Engine

_WEAKEST = 7
DOMAIN = "Wat is publieke familiariteit in een gemengde wijk?"


def seen(count: int = 80, dimension: int = 6) -> Seen:
    """Questions whose vectors tell answerable from unanswerable by their first dimension."""
    random = np.random.default_rng(1)
    labels = np.arange(count) % 2.0
    vectors = random.normal(size=(count, dimension))
    vectors[:, 0] += 4 * labels
    everyday = random.normal(size=(count, dimension))
    everyday[:, 0] += 4
    groups = tuple(str(n // 4) for n in range(count))
    return Seen(random.normal(size=(count, 6)), vectors, labels, groups, everyday)


def test_the_discriminant_points_from_unanswerable_to_answerable() -> None:
    direction, offset = discriminant(seen())
    assert abs(direction[0]) == max(abs(direction))
    assert np.array([4, 0, 0, 0, 0, 0]) @ direction + offset > 0 > offset


def test_questions_left_out_of_the_fit_are_told_apart() -> None:
    asked = seen()
    left_out = cross_validated(asked)
    assert ((left_out > 0.5) == asked.labels).mean() > 0.9
    assert np.corrcoef(left_out, chances(asked, fit(asked)))[0, 1] > 0.9


def test_labels_that_no_feature_tells_are_not_told_when_left_out() -> None:
    asked = seen(200)
    chance = np.random.default_rng(2).permutation(200) % 2.0
    noise = Seen(asked.features, np.random.default_rng(3).normal(size=(200, 6)), chance, asked.groups, asked.everyday)
    assert abs(((cross_validated(noise) > 0.5) == chance).mean() - 0.5) < 0.15


def test_a_model_of_another_dimension_leans_nowhere() -> None:
    fitted = Fitted(weights=(1.0,), direction=(100, 0), offset=0.25, usual=(0.5, 0.4, 0.0))
    assert leaning(np.array([0.5, 1], dtype=np.float32), fitted) == pytest.approx(0.75)
    assert leaning(np.ones(3, dtype=np.float32), fitted) == 0.0


def test_the_word_that_nothing_matches_lowers_the_weakest_match(own_engine: Engine) -> None:
    plain, odd = (own_engine.confidence_features(q)[_WEAKEST] for q in (DOMAIN, DOMAIN[:-1] + " op fotosynthese?"))
    assert -1 <= odd < plain <= 1


@pytest.mark.parametrize("question", ["", "?!", "de het een", "1" * 3000])
def test_a_question_without_content_has_features(own_engine: Engine, question: str) -> None:
    assert np.isfinite(own_engine.confidence_features(question)).all()


@pytest.mark.parametrize(
    "question",
    [
        "Hoe krijg ik een wijnvlek uit een tafelkleed?",
        "Welke vaccinaties heb ik nodig voor Thailand?",
        "What should I pay a babysitter per hour?",
        "Wat is het aandeel sociale huur in Almere?",
    ],
)
def test_a_question_beyond_the_sources_is_refused(own_engine: Engine, question: str) -> None:
    answer = own_engine.ask(question)
    assert not answer.answered
    assert answer.confidence < THRESHOLD


@pytest.mark.parametrize(
    "question",
    [
        "Wat zijn de bezwaren tegen de Rotterdamwet?",
        "Waarom stagneerde het mengingsbeleid na 2012?",
        "Hoe lang geldt een aanwijzing op grond van de Rotterdamwet?",
        "Does tenure mixing lead to social contact?",
        "Why do mixed neighbourhoods need light contacts?",
    ],
)
def test_a_plain_question_of_a_policy_maker_is_answered(own_engine: Engine, question: str) -> None:
    assert own_engine.ask(question).confidence >= THRESHOLD


def test_the_weights_are_written_as_the_program_fits_them() -> None:
    assert FITTED.read_text(encoding="utf-8").startswith("# Written by `python -m evals.calibrate`")


def test_no_question_for_calibration_is_asked_in_the_evaluation_set_too() -> None:
    calibration = [question.question.lower() for question in read_calibration()]
    assert len(set(calibration)) == len(calibration)
    assert not set(calibration) & {question.question.lower() for question in read_questions()}
    assert {question.split for question in read_calibration()} == {"calibration"}
