"""Answers: every quote exact, every sentence cited, refused where nothing supports one."""

from __future__ import annotations

import pytest
from conftest import embedder, needs_originals

from evals.question import read_questions
from ingest.e5 import Embedded
from ingest.embed import Embedder
from ingest.index.generation import DataFolder
from retrieval.answer import Answer, Filters
from retrieval.engine import MAX_QUESTION, Engine
from retrieval.language import language_of
from retrieval.references import provisions

QUESTIONS = read_questions()


def check_quotes(engine: Engine, answer: Answer) -> None:
    numbers = {citation.n: citation for citation in answer.citations}
    for part in answer.parts:
        if part.kind != "heading":
            assert part.citations, "no support, no sentence"
            assert part.text == numbers[part.citations[0]].quote
    for citation in answer.citations:
        text = engine.stored_text(citation.passage.source_id, citation.passage.form)
        assert text[citation.char_start : citation.char_end] == citation.quote
        assert citation.quote in citation.passage.text


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_every_quote_from_our_own_texts_is_verbatim(own_engine: Engine, question: object) -> None:
    check_quotes(own_engine, own_engine.ask(question.question))  # type: ignore[attr-defined]


@needs_originals
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda q: q.id)
def test_every_quote_from_the_originals_is_verbatim(originals_engine: Engine, question: object) -> None:
    answer = originals_engine.ask(question.question, filters=Filters(date=question.date))  # type: ignore[attr-defined]
    check_quotes(originals_engine, answer)


@needs_originals
@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Which instruments fit verdichting without displacement?", "en"),
        ("Welke instrumenten passen bij verdichting zonder verdringing?", "nl"),
    ],
)
def test_the_main_question_is_answered_from_the_report_in_both_languages(
    originals_engine: Engine, question: str, language: str
) -> None:
    answer = originals_engine.ask(question)
    report = [c for c in answer.citations if c.source.id == "kennisfundament-gemengde-wijken" and c.locator.page]
    assert answer.answered
    assert answer.language == language
    assert len(report) >= 4


def test_the_same_question_gives_the_same_answer(own_engine: Engine) -> None:
    first, second = (own_engine.ask("Wat is een kansenzone?") for _ in range(2))
    assert (first.parts, first.citations, first.hits) == (second.parts, second.citations, second.hits)


@pytest.mark.parametrize("article", ["5", "8", "9"])
def test_a_named_provision_and_no_other_is_quoted_and_found_first(own_engine: Engine, article: str) -> None:
    answer = own_engine.ask(f"Wat staat er in artikel {article} van de Wbmgp?")
    assert {c.locator.article for c in answer.citations if c.source.kind == "wet"} == {article}
    assert answer.hits[0].passage.locator.article == article


@pytest.mark.parametrize(
    "question", ["", " \n\t", "?", "\x00\x01", "a" * (2 * MAX_QUESTION), "<script>alert(1)</script>"]
)
def test_odd_questions_are_answered_or_refused_without_fault(own_engine: Engine, question: str) -> None:
    answer = own_engine.ask(question)
    assert answer.answered == (answer.reason is None)
    check_quotes(own_engine, answer)


@needs_originals
def test_the_law_is_taken_as_it_stood_on_the_day(originals_engine: Engine) -> None:
    for day, toestand in ((None, "2024-01-01"), ("2016-06-01", "2015-11-29")):
        hits = originals_engine.search("huisvestingsverordening voorrang", k=50, filters=Filters(date=day)).hits
        dates = {hit.source.toestand for hit in hits if hit.source.bwb_id == "BWBR0035303"}
        assert dates == {toestand}


@needs_originals
def test_an_original_takes_the_place_of_its_digest_which_stays_reachable(originals_engine: Engine) -> None:
    forms = {hit.passage.form for hit in originals_engine.search("gemengd wonen", k=50).hits}
    digests = originals_engine.search("gemengd wonen", k=50, filters=Filters(kinds=frozenset({"samenvatting"}))).hits
    assert {hit.passage.form for hit in digests} == {"digest", "catalogue"}
    assert "original" in forms
    assert "digest" not in forms


@needs_originals
def test_a_provision_that_never_came_into_force_is_not_offered_as_law(originals_engine: Engine) -> None:
    answer = originals_engine.ask("Wat regelt artikel 16a van de Huisvestingswet 2014?")
    assert not answer.answered
    assert "niet in werking" in (answer.reason or "")


@pytest.mark.parametrize(
    "question", ["Wat staat er in artikel 99 van de Wbmgp?", "What does article 99 of the Wbmgp say?"]
)
def test_an_article_that_the_law_does_not_have_is_said_so(own_engine: Engine, question: str) -> None:
    answer = own_engine.ask(question)
    assert not answer.answered
    assert "99" in (answer.reason or "")


def test_a_citation_names_the_block_its_quote_stands_in(own_engine: Engine) -> None:
    for question in QUESTIONS[::40]:
        for citation in own_engine.ask(question.question).citations:
            blocks = own_engine.document(citation.passage.source_id, citation.passage.form).blocks
            inside = [b.locator for b in blocks if b.start < citation.char_end and b.end > citation.char_start]
            place = citation.locator
            assert inside
            assert (place.article, place.section) in {(there.article, there.section) for there in inside}
            assert place.page in {there.page for there in inside}


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Wat is een gemengde wijk?", "nl"),
        ("What is a mixed neighbourhood?", "en"),
        ("which instruments fit verdichting without displacement", "en"),
        ("verdichting verdringing", "nl"),
    ],
)
def test_the_language_of_a_question_is_recognised(question: str, language: str) -> None:
    assert language_of(question) == language


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        pytest.param("art. 9 Wbmgp", [("9", None)], id="abbreviated"),
        pytest.param("artikel 8, tweede lid, Wbmgp", [("8", "2")], id="ordinal"),
        pytest.param("artikel 8 lid 3 en artikel 9 van de Wbmgp", [("8", "3"), ("9", None)], id="two"),
        pytest.param("article 8 paragraph 2 of the Wbmgp", [("8", "2")], id="english"),
        pytest.param("artikel 8 van het Burgerlijk Wetboek", [("8", None)], id="only one law is held"),
        pytest.param("wat zegt de Wbmgp", [], id="no article"),
    ],
)
def test_references_to_provisions_are_recognised(
    own_engine: Engine, question: str, expected: list[tuple[str, str | None]]
) -> None:
    laws = [h.source for h in own_engine.holdings if h.source.kind == "wet" and h.source.afkorting == "Wbmgp"]
    assert [(p.article, p.paragraph) for p in provisions(question, laws)] == expected


class Counting:
    """The real model, and what it was asked."""

    def __init__(self, model: Embedder) -> None:
        self.name, self.dimension = model.name, model.dimension
        self.embed_passages, self._embed_query = model.embed_passages, model.embed_query
        self.asked: list[str] = []

    def embed_query(self, text: str) -> Embedded:
        self.asked.append(text)
        return self._embed_query(text)


def test_a_warm_engine_has_used_its_model_before_the_first_question(own_data: DataFolder) -> None:
    model = Counting(embedder(own_data))
    questions = ["Wat is een kansenzone?", "Wat zegt artikel 8 van de Wbmgp?"]
    with Engine(own_data, lambda: model) as engine:
        engine.warm_up(questions)
    assert model.asked == questions
