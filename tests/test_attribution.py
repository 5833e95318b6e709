"""Naming the study behind a footnote: surname and year as in a running text, and nothing where none is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Source
from ingest.document import Locator, Passage
from retrieval.answer import Citation, Footnote
from retrieval.attribution import study
from ui.messages import Messages
from ui.source_notes import studies_text


@pytest.mark.parametrize(
    ("note", "named"),
    [
        ("Jansen, A. (2017). Een titel. Utrecht.", "Jansen (2017)"),
        ("Zie o.a. Jansen, A., & de Vries, B. (2008). Een titel.", "Jansen e.a. (2008)"),
        ("Zie bijvoorbeeld het overzicht in Smit (2015). Een titel.", "Smit (2015)"),
        ("Zie van der Berg, J. (2015). Een titel.", "Van der Berg (2015)"),
        ("Berg, J. van der, M. Bakker & I. Visser (2018). Een titel?", "Van der Berg e.a. (2018)"),
        ("Berg, J. van der & E. Smit (2022), Een titel.", "Van der Berg e.a. (2022)"),
        ("K. Smit et. al (2018) Een titel", "Smit e.a. (2018)"),
        ("Smit; et al. (2011). Een titel.", "Smit e.a. (2011)"),
        ("Smit, Karel (2021), Een titel.", "Smit (2021)"),
        ("Smit, Karel van den e.a. (2012), Een titel.", "Van den Smit e.a. (2012)"),
        ("Smit, K., P. Bos en C. Dam (red.) (2007), Een titel.", "Smit e.a. (2007)"),
        ("Raad voor het Openbaar Bestuur (2020). Een titel.", "Raad voor het Openbaar Bestuur (2020)"),
        ("Bureau Alfa (2006); Bureau Beta (2010).", "Bureau Alfa (2006) en andere"),
        ("Bakker, & Van Dijk (2008); Visser (2014).", "Bakker e.a. (2008) en andere"),
        ("Kamerstukken II 2020/21, 33 340, nr. 24 d.d. 12 augustus 2021.", None),
        ("Staat van het Onderwijs 2020.", None),
        ("Een toelichting zonder jaar.", None),
        ("", None),
    ],
)
def test_the_first_study_of_a_footnote_is_named(note: str, named: str | None) -> None:
    assert study(note) == named


@given(st.text())
def test_any_text_names_a_study_or_none(note: str) -> None:
    named = study(note)
    assert named is None or named.removesuffix(" en andere").endswith(")")


def cited(quote: str, *studies: str | None) -> Citation:
    source = Source(id="bron", title="Bron", kind="rapport")
    passage = Passage(
        source_id="bron",
        form="original",
        kind="paragraph",
        text=quote,
        start=0,
        end=len(quote),
        locator=Locator(page=1),
        context="",
    )
    notes = tuple(
        Footnote(number=str(n), text="Een noot.", locator=Locator(page=1), study=named)
        for n, named in enumerate(studies, start=1)
    )
    return Citation(
        n=1,
        source=source,
        passage=passage,
        locator=Locator(page=1),
        quote=quote,
        char_start=0,
        char_end=len(quote),
        notes=notes,
    )


def test_the_studies_behind_a_quote_are_named_in_the_readers_language() -> None:
    quote = cited("Contact verkleint de afstand.", "Jansen e.a. (2008)", None, "Bakker (2010)")
    assert studies_text([quote], Messages("nl")) == "met verwijzing naar Bakker (2010), Jansen e.a. (2008)"
    assert studies_text([quote], Messages("en")) == "citing Bakker (2010), Jansen et al. (2008)"
    several = cited("Mengen helpt.", "Bureau Alfa (2006) en andere")
    assert studies_text([several], Messages("en")) == "citing Bureau Alfa (2006) and others"
    assert studies_text([cited("Zonder noten.")], Messages("nl")) == ""


def test_a_study_that_the_quote_names_itself_is_not_named_again() -> None:
    assert studies_text([cited("Volgens Jansen (2008) wel.", "Jansen (2008)")], Messages("nl")) == ""
    assert "Jansen" in studies_text([cited("Volgens Jansen wel.", "Jansen (2008)")], Messages("nl"))
