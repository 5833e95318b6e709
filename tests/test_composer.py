"""The default composer: what is asked decides how the answer is built, and every part of it is cited."""

from __future__ import annotations

from itertools import pairwise

import pytest
from conftest import needs_originals

from corpus import Source
from ingest.document import Locator, Passage
from ingest.index.lexical import words
from retrieval.answer import Answer, AnswerPart, Filters, Hit
from retrieval.caveats import set_apart
from retrieval.choose import Scored
from retrieval.cite import Sentence
from retrieval.engine import Engine


def headings(answer: Answer) -> list[str]:
    return [part.text for part in answer.parts if part.kind == "heading"]


@pytest.mark.parametrize(
    ("question", "word"), [("Wat is verdringing?", "bewoners"), ("What does displacement mean?", "esidents")]
)
def test_a_definition_leads_with_the_glossary(own_engine: Engine, question: str, word: str) -> None:
    answer = own_engine.ask(question)
    first = answer.citations[answer.parts[0].citations[0] - 1]
    assert first.source.id == "begrippenlijst"
    assert word in first.quote


@pytest.mark.parametrize("question", ["Wat is het verschil tussen bonding en bridging?", "How does bonding differ from bridging?"])  # fmt: skip
def test_a_comparison_gives_both_things_under_their_names(own_engine: Engine, question: str) -> None:
    assert {"bonding", "bridging"} <= set(headings(own_engine.ask(question)))


@pytest.mark.parametrize(
    ("question", "against"),
    [
        ("Wat zijn de voor- en nadelen van gemengde wijken?", "Tegen"),
        ("What are the advantages and disadvantages of mixed neighbourhoods?", "Against"),
    ],
)
def test_a_contested_matter_gets_both_sides(own_engine: Engine, question: str, against: str) -> None:
    answer = own_engine.ask(question)
    assert against in headings(answer)
    assert {"Voor", "For"} & set(headings(answer))


@needs_originals
def test_a_list_made_by_headings_is_gathered_whole_and_in_order(originals_engine: Engine) -> None:
    found = headings(originals_engine.ask("Welke tien succesfactoren heeft gemengd wonen?"))
    numbered = [int(text.split()[0]) for text in found if text.split()[0].isdigit()]
    assert numbered[:10] == list(range(1, 11))


def test_caveats_stand_apart_and_are_cited(own_engine: Engine) -> None:
    questions = (
        "Wat doet herstructurering met een wijk?",
        "Waarom mengt een gemeente haar wijken?",
        "Helpen ontmoetingsplekken in de buurt?",
        "Wat levert gemengd wonen op?",
    )
    answers = [own_engine.ask(question) for question in questions]
    warning = [answer for answer in answers if any(part.kind == "caveat" for part in answer.parts)]
    assert len(warning) > 1
    for answer in warning:
        kinds = [part.kind for part in answer.parts]
        assert answer.parts[kinds.index("caveat") - 1] == AnswerPart("Kanttekeningen", "heading")
        assert all(part.citations for part in answer.parts if part.kind == "caveat")


def sentence(text: str, start: int) -> Scored:
    """A sentence of a report at an offset."""
    passage = Passage(
        source_id="bron",
        form="original",
        kind="paragraph",
        text=text,
        start=start,
        end=start + len(text),
        locator=Locator(),
        context="",
    )
    hit = Hit(rank=1, score=1.0, row=0, passage=passage, source=Source(id="bron", title="Bron", kind="rapport"))
    return Scored(Sentence(hit, text, start, start + len(text), is_item=False), 0.5, 1.0, frozenset(words(text)))


def test_a_sentence_that_disputes_is_set_apart_unless_the_next_one_leans_on_it() -> None:
    lead = sentence("Mengen helpt de wijk vooruit.", 0)
    more = sentence("De wijk krijgt meer voorzieningen.", 40)
    disputed = sentence("Het effect op bewoners is omstreden.", 100)
    leaning = sentence("Dat zeggen ook de bewoners.", 137)
    assert set_apart([lead, more, disputed], "other") == ([lead, more], [disputed])
    assert set_apart([lead, more, disputed, leaning], "other") == ([lead, more, disputed, leaning], [])
    assert set_apart([disputed, more, lead], "other") == ([disputed, more, lead], [])  # the first stays
    assert set_apart([lead, more, disputed], "comparison") == ([lead, more, disputed], [])


@pytest.mark.parametrize(
    "question",
    [
        "Wat is het verschil tussen gemengde wijken en gemengd wonen?",
        "Wat is het verschil tussen segregatie en gentrificatie?",
        "What is the difference between segregation and displacement?",
    ],
)
def test_a_comparison_of_two_terms_says_what_each_means(own_engine: Engine, question: str) -> None:
    answer = own_engine.ask(question)
    defined = [citation.n for citation in answer.citations if citation.source.id == "begrippenlijst"]
    first = [after for before, after in pairwise(answer.parts) if before.kind == "heading"]
    assert sum(bool(set(part.citations) & set(defined)) for part in first) >= 2


@pytest.mark.parametrize(
    "question", ["Welke tien succesfactoren heeft gemengd wonen?", "What are the success factors of mixed living?"]
)
def test_a_numbered_list_is_whole_in_either_language(own_engine: Engine, question: str) -> None:
    found = [text for text in headings(own_engine.ask(question)) if text.split()[0].isdigit()]
    assert [int(text.split()[0]) for text in found[:10]] == list(range(1, 11))
    assert "Kennis" in found[9]


def test_an_introduction_is_followed_by_its_list_or_left_out(own_engine: Engine) -> None:
    for question in ("Wat moet in een huisvestingsverordening staan?", "Wie krijgt voorrang bij urgentie?"):
        parts = own_engine.ask(question).parts
        for before, after in pairwise(parts):
            if before.text.endswith(":") and before.kind in ("quote", "digest"):
                assert after.kind == before.kind


def test_nothing_is_said_twice(own_engine: Engine) -> None:
    for question in ("Wat is gemengd wonen?", "Welke kritiek is er op mengen?", "Wat regelt artikel 8 van de Wbmgp?"):
        texts = [part.text for part in own_engine.ask(question).parts]
        assert len(texts) == len(set(texts))


# --- law ------------------------------------------------------------------------------------------


@needs_originals
def test_a_provision_is_headed_with_article_law_and_date(originals_engine: Engine) -> None:
    answer = originals_engine.ask("Wat staat er in artikel 14 lid 2 van de Huisvestingswet 2014?")
    assert answer.reading is not None
    assert answer.reading.kind == "provision"
    assert headings(answer)[0] == "art. 14 Huisvestingswet 2014. Tekst van 1 januari 2024"
    assert answer.citations[0].locator.paragraph == "2"


@needs_originals
def test_a_day_in_the_question_gives_the_law_of_that_day(originals_engine: Engine) -> None:
    answer = originals_engine.ask("Wat stond er in 2016 in artikel 9 van de Huisvestingswet 2014?")
    assert answer.reading is not None
    assert answer.reading.law_date == "2016-01-01"
    assert {c.source.toestand for c in answer.citations if c.source.kind == "wet"} == {"2015-11-29"}


@needs_originals
def test_a_day_before_the_oldest_text_is_said(originals_engine: Engine) -> None:
    answer = originals_engine.ask("Wat stond er in 2003 in artikel 9 van de Huisvestingswet 2014?")
    assert any("29 november 2015" in notice for notice in answer.notices)


@needs_originals
@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Wat is er veranderd in artikel 14 van de Huisvestingswet 2014?", "is veranderd"),
        ("What changed in article 14 of the Huisvestingswet 2014?", "changed between"),
        ("Wat is er veranderd in artikel 8 van de Wbmgp?", "één tekst"),
    ],
)
def test_what_changed_in_an_article_is_said_with_both_dates(originals_engine: Engine, question: str, said: str) -> None:
    answer = originals_engine.ask(question)
    assert any(said in notice for notice in answer.notices)
    texts = {c.source.toestand for c in answer.citations if c.source.kind == "wet"}
    assert len(texts) == (1 if "één" in said else 2)


# --- English, follow-ups, no answer ---------------------------------------------------------------


@needs_originals
def test_dutch_quotes_are_explained_to_an_english_reader(originals_engine: Engine) -> None:
    answer = originals_engine.ask("What did critics say about the sale of social homes?")
    assert answer.language == "en"
    assert {"quote", "catalogue"} <= {part.kind for part in answer.parts}
    assert any(c.source.id == "begrippenlijst" and c.passage.language == "en" for c in answer.citations)


def test_a_follow_up_is_answered_as_completed(own_engine: Engine) -> None:
    answer = own_engine.ask("en lid 2?", previous="Wat staat er in artikel 8 lid 1 van de Wbmgp?")
    assert answer.reading is not None
    assert answer.reading.question == "Wat staat er in artikel 8 lid 2 van de Wbmgp?"
    assert answer.question == "en lid 2?"
    assert answer.answered


@pytest.mark.parametrize(
    "question", ["Wat is verdringing?", "What is public familiarity?", "Welke kritiek is er op het mengen van wijken?"]
)
def test_next_questions_are_answered(own_engine: Engine, question: str) -> None:
    answer = own_engine.ask(question)
    assert answer.follow_ups
    for following in answer.follow_ups:
        assert own_engine.ask(following).answered, following


def test_a_refusal_names_what_no_source_mentions(own_engine: Engine) -> None:
    answer = own_engine.ask("Welke vulkanen in IJsland barstten uit volgens de seismologen?")
    assert not answer.answered
    assert "vulkanen" in (answer.reason or "")
    assert answer.hits
    assert not answer.follow_ups


def test_filters_hold_for_what_the_catalogue_and_the_glossary_say(own_engine: Engine) -> None:
    allowed = frozenset({"huurdersraad-themabijeenkomst-2019-10-14"})
    for question in ("Wat is verdringing?", "Welke maatregelen zijn er tegen overlast?"):
        answer = own_engine.ask(question, filters=Filters(sources=allowed))
        assert {c.source.id for c in answer.citations} <= allowed
        assert {n for row in answer.instruments for n in row.serves.citations} <= {c.n for c in answer.citations}
