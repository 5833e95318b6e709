"""The default composer: what is asked decides how the answer is built, and every part of it is cited."""

from __future__ import annotations

from itertools import pairwise, takewhile

import pytest
from conftest import needs_originals

from corpus import Source
from evals.question import read_questions
from ingest.document import Locator, Passage
from ingest.index.lexical import words
from retrieval.answer import Answer, Filters, Hit
from retrieval.caveats import set_apart
from retrieval.choose import Scored, choose
from retrieval.cite import Sentence
from retrieval.engine import Engine
from retrieval.vocabulary import GLOSSARY, glossary

ASKED = [q for q in read_questions() if q.split == "dev" and q.answerable]


def headings(answer: Answer) -> list[str]:
    return [part.text for part in answer.parts if part.kind == "heading"]


@pytest.fixture(scope="module")
def answers(own_engine: Engine) -> list[Answer]:
    """Answers to some thirty questions of every kind: what is asked of answers in general is asked of all of them."""
    return [own_engine.ask(question.question) for question in ASKED[::4]]


@pytest.mark.parametrize(("language", "question"), [("nl", "Wat is {}?"), ("en", "What does {} mean?")])
def test_a_definition_leads_with_the_glossary(own_engine: Engine, language: str, question: str) -> None:
    for term in glossary().terms[::30]:
        answer = own_engine.ask(question.format(getattr(term.label, language)))
        first = answer.citations[0]
        assert (first.source.id, first.quote) == (GLOSSARY, getattr(term.definition, language))
        assert next(part for part in answer.parts if part.citations).citations[0] == first.n


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        ("Wat is het verschil tussen bonding en bridging?", "bonding", "bridging"),
        ("How does bonding differ from bridging?", "bonding", "bridging"),
        ("Wat is het verschil tussen gentrificatie en verdringing?", "gentrificatie", "verdringing"),
        ("What is the difference between densification and displacement?", "densification", "displacement"),
    ],
)
def test_a_comparison_gives_both_things_under_their_names(
    own_engine: Engine, question: str, one: str, other: str
) -> None:
    assert {one, other} <= set(headings(own_engine.ask(question)))


def test_a_contested_matter_gets_both_sides(own_engine: Engine) -> None:
    questions = (
        "Wat zijn de voor- en nadelen van gemengde wijken?",
        "Wat zijn de argumenten voor en tegen sloop?",
        "What are the advantages and disadvantages of mixed neighbourhoods?",
        "What are the arguments for and against demolition?",
    )
    found = [headings(own_engine.ask(question)) for question in questions]
    assert all("Voor" in said or "For" in said for said in found)
    assert sum("Tegen" in said or "Against" in said for said in found) >= 3, "a source need not speak against"


@needs_originals
def test_a_list_made_by_headings_is_gathered_whole_and_in_order(originals_engine: Engine) -> None:
    found = headings(originals_engine.ask("Welke tien succesfactoren heeft gemengd wonen?"))
    numbered = [int(text.split()[0]) for text in found if text.split()[0].isdigit()]
    assert numbered[:10] == list(range(1, 11))


def test_caveats_stand_apart_and_are_cited(answers: list[Answer]) -> None:
    warned = [answer.parts for answer in answers if any(part.kind == "caveat" for part in answer.parts)]
    assert warned
    for parts in warned:
        first = next(place for place, part in enumerate(parts) if part.kind == "caveat")
        assert parts[first - 1].text in ("Kanttekeningen", "Caveats")
        caveats = list(takewhile(lambda part: part.kind != "heading", parts[first:]))
        assert all(part.kind == "caveat" and part.citations for part in caveats)
        assert sum(part.kind == "caveat" for part in parts) == len(caveats)


def test_what_less_surely_belongs_to_an_answer_stands_behind_the_caveats(answers: list[Answer]) -> None:
    caveats, more = ("Kanttekeningen", "Caveats"), ("Meer hierover", "More on this")
    both = [said for said in map(headings, answers) if set(caveats) & set(said) and set(more) & set(said)]
    assert both
    for said in both:
        kinds = [1 if heading in caveats else 2 for heading in said if heading in caveats + more]
        assert kinds == [1, 2]


def sentence(text: str, start: int, *, item: bool = False) -> Scored:
    """A sentence or list item of a report at an offset."""
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
    return Scored(Sentence(hit, text, start, start + len(text), is_item=item), 0.5, frozenset(words(text)), None)


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


def test_an_introduction_brings_its_list_or_is_left_out() -> None:
    introduction = sentence("De criteria in de verordening zijn:", 0)
    items = [sentence("inkomen uit werk;", 36, item=True), sentence("binding met de gemeente.", 54, item=True)]
    alone = sentence("De raad stelt haar vast.", 80)
    scored = [introduction, *items, alone]
    assert choose(scored, 40)[:3] == [introduction, *items]
    assert introduction not in choose(scored, introduction.length + 2)


def test_nothing_is_said_twice(answers: list[Answer]) -> None:
    for answer in answers:
        texts = [part.text for part in answer.parts]
        assert len(texts) == len(set(texts)), answer.question


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
    answers = [originals_engine.ask(q.question) for q in [q for q in ASKED if q.language == "en"][::3]]
    quoting = [a for a in answers if any(c.passage.language == "nl" and not c.in_our_words for c in a.citations)]
    explained = [any(c.passage.language == "en" and c.in_our_words for c in answer.citations) for answer in quoting]
    assert {answer.language for answer in answers} == {"en"}
    assert sum(explained) >= 0.8 * len(explained) > 5


def test_a_follow_up_is_answered_as_completed(own_engine: Engine) -> None:
    answer = own_engine.ask("en lid 2?", previous="Wat staat er in artikel 8 lid 1 van de Wbmgp?")
    assert answer.reading is not None
    assert answer.reading.question == "Wat staat er in artikel 8 lid 2 van de Wbmgp?"
    assert answer.question == "en lid 2?"
    assert answer.answered


def test_next_questions_are_there_and_answered(own_engine: Engine, answers: list[Answer]) -> None:
    """Nearly all: the composer offers what the collection holds, and the estimate of confidence may still refuse it."""
    offering = [answer.follow_ups for answer in answers if answer.answered]
    assert sum(map(bool, offering)) >= 0.9 * len(offering)
    unanswered = [q for following in offering for q in following if not own_engine.ask(q).answered]
    assert len(unanswered) <= 0.05 * sum(map(len, offering)), unanswered


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
