"""What lies beyond the texts held: laws, rulings, years and the present day; and what that does to an answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Source, shipped
from corpus.register import read_register
from ingest.document import Locator, Passage
from ingest.index.lexical import Lexical, write_lexical
from retrieval.answer import Hit
from retrieval.beyond import asks_for_now, asks_for_ruling, look_beyond, names_another_year, presumed, unheld_law
from retrieval.engine import Engine
from retrieval.reasons import gap

SOURCES = read_register(shipped() / "bronnen.yaml")
REPORT = Source(id="rapport", title="Rapport", kind="rapport")


def hit(text: str, source: Source = REPORT) -> Hit:
    passage = Passage(
        source_id=source.id,
        form="original",
        kind="paragraph",
        text=text,
        start=0,
        end=len(text),
        locator=Locator(),
        context="",
    )
    return Hit(rank=1, score=1.0, row=0, passage=passage, source=source)


@pytest.mark.parametrize(
    ("question", "law"),
    [
        ("Wat regelt de Waterwet over dijken?", "Waterwet"),
        ("Wat staat er in de Wet milieubeheer?", "Wet milieubeheer"),
        ("What does the Water Act say about dikes?", "Water Act"),
        ("Wat regelt de Huisvestingswet 2014 over voorrang?", None),
        ("Wat regelt de Huisvestingswt over voorrang?", None),
        ("Wat regelt de Rotterdamwet?", None),
        ("What does the Housing Act 2014 say on priority?", None),
        ("Is er een woonwet?", None),
        ("Wat is mengen?", None),
        ("", None),
    ],
)
def test_a_law_that_is_not_held_is_named(question: str, law: str | None) -> None:
    assert unheld_law(question, SOURCES) == law


def test_a_misspelt_name_of_a_law_that_is_held_is_no_other_law() -> None:
    assert unheld_law("Wat regelt de Leegstanddwet?", SOURCES) is None


@pytest.mark.parametrize(
    "title", ["Wet van 3 mei 1999, houdende regels over dijken en sluizen (Waterwet 1999)", "Waterwet"]
)
def test_a_law_read_without_a_record_is_held_by_the_name_in_its_title(title: str) -> None:
    law = Source(id="wet", title=title, kind="wet")
    assert unheld_law("Wat regelt de Waterwet over dijken?", [law]) is None
    assert unheld_law("Wat regelt de Mijnbouwwet over gas?", [law]) == "Mijnbouwwet"


def test_what_lies_beyond_is_told_together() -> None:
    beyond = look_beyond("Wat besliste de Hoge Raad in 2011 over de Waterwet?", [hit("In 2009.")], SOURCES)
    assert (beyond.law, beyond.ruling, beyond.now, beyond.year) == ("Waterwet", True, False, True)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Wat besliste de Hoge Raad hierover?", True),
        ("Which court rulings struck it down?", True),
        ("Hoe staat dit onderwerp in de krant?", False),
        ("Welke bron hoort bij deze uitspraak?", False),
    ],
)
def test_questions_after_rulings_are_told_apart(question: str, expected: bool) -> None:
    assert asks_for_ruling(question) is expected


def test_the_present_day_is_no_day_in_a_source() -> None:
    assert asks_for_now("Hoe hoog is de huur vandaag?")
    assert asks_for_now("What is the rate right now?")
    assert not asks_for_now("Hoe hoog was de huur in 1998?")


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("Hoeveel mensen woonden er in Zwolle in 2011?", "In 2011 telde Zwolle er velen.", False),
        ("Hoeveel mensen woonden er in Zwolle in 2011?", "In 2011 telde Assen er velen.", True),
        ("Hoeveel mensen woonden er in Zwolle in 2011?", "In 2009 telde Zwolle er velen.", True),
        ("Hoeveel mensen woonden er in Zwolle?", "In 2009 telde Assen er velen.", False),
        ("Wat regelt de Woonwet 2011?", "Niets van dat al.", False),
    ],
)
def test_a_year_must_stand_beside_the_names_it_is_asked_of(question: str, text: str, expected: bool) -> None:
    assert names_another_year(question, [hit(text)]) is expected


def test_a_provision_holds_the_year_of_its_text() -> None:
    law = next(source for source in SOURCES if source.toestand)
    assert not names_another_year(f"Wat mocht er in {str(law.toestand)[:4]}?", [hit("Het mag.", law)])


@settings(deadline=None)
@given(st.text(max_size=120))
def test_no_text_breaks_the_look_beyond(question: str) -> None:
    law = unheld_law(question, SOURCES)
    assert law is None or law in question
    assert isinstance(names_another_year(question, [hit(question)]), bool)


def test_a_refusal_names_the_law_that_is_not_held(own_engine: Engine) -> None:
    answer = own_engine.ask("Wat regelt de Waterwet over dijken en gemalen?")
    assert not answer.answered
    assert "de tekst van de Waterwet is niet in huis" in str(answer.reason)


def test_an_answer_beside_a_law_that_is_not_held_says_so(own_engine: Engine) -> None:
    answer = own_engine.ask("Welke instrumenten helpen tegen verdringing, naast de Waterwet?")
    assert answer.answered
    assert any("Waterwet is niet in huis" in notice for notice in answer.notices)


@pytest.mark.parametrize(
    ("question", "text", "word"),
    [
        ("Waarom verbiedt de wet samenwonen?", "De wet staat samenwonen toe.", "verbiedt"),
        ("Waarom verbiedt de wet samenwonen?", "Samenwonen is verboden.", None),
        ("Why does the act forbid moving?", "Verhuizen is verboden.", None),
        ("Since when must every owner register?", "Eigenaren kunnen zich inschrijven.", "must"),
        ("Verbiedt de wet samenwonen?", "De wet staat samenwonen toe.", None),
        ("Waarom groeit de wijk?", "De wijk groeit.", None),
    ],
)
def test_a_strong_word_taken_for_granted_must_stand_in_the_first_passages(
    question: str, text: str, word: str | None
) -> None:
    assert presumed(question, [hit(text)]) == word


def test_a_refusal_names_what_the_question_takes_for_granted(tmp_path: Path) -> None:
    question, text = "Waarom verbiedt de wet samenwonen?", "De wet staat samenwonen toe en verbiedt niets."
    write_lexical(tmp_path / "lexical", [text])
    beyond = look_beyond(question, [hit("De wet staat samenwonen toe.")], SOURCES)
    said = [gap(question, language, beyond, Lexical(tmp_path / "lexical")) for language in ("nl", "en")]
    assert said[0] != said[1]
    assert all("‘verbiedt’" in reason for reason in said)
