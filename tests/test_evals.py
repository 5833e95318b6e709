"""The measures agree with hand arithmetic, and the evaluation set points at places that exist."""

from __future__ import annotations

import pytest
from conftest import needs_originals

from corpus import Source
from evals.question import GoldPlace, Question, read_questions
from evals.run import Asked, refusing_figures, retrieval_figures
from ingest.document import Locator, Passage
from ingest.index.generation import DataFolder, Generation
from retrieval.answer import Answer

SOURCE = Source.model_validate({"id": "bron", "title": "Een bron", "kind": "rapport"})


def passage(page: int, section: str = "", **place: str) -> Passage:
    locator = Locator(page=page, section=(section,) if section else (), **place)
    return Passage(source_id="bron", form="original", kind="paragraph", text="x", start=page, end=page + 1,
                   locator=locator, context="")  # fmt: skip


def asked(gold: list[int], ranking: list[int], answered: bool = True) -> Asked:
    question = Question(id=str(ranking), question="?", language="nl", type="fact", style="plain",
                        answerable=bool(gold), gold=tuple(GoldPlace(source="bron", page=p) for p in gold), nuggets=())  # fmt: skip
    answer = Answer(question="?", language="nl", answered=answered, reason=None, parts=(), citations=(), hits=(),
                    confidence=0, generator="", corpus_version="")  # fmt: skip
    return Asked(question, answer, tuple(passage(page) for page in ranking))


def test_recall_hit_and_reciprocal_rank_agree_with_hand_arithmetic() -> None:
    figures = retrieval_figures([asked([1, 2], [9, 1, 8, 7, 6, 2]), asked([3], [9, 8])])
    assert figures["recall@1"] == 0
    assert figures["recall@3"] == pytest.approx((1 / 2 + 0) / 2)
    assert figures["recall@10"] == pytest.approx((1 + 0) / 2)
    assert figures["hit@5"] == pytest.approx(1 / 2)
    assert figures["MRR@10"] == pytest.approx((1 / 2 + 0) / 2)


def test_a_place_found_twice_counts_once() -> None:
    assert retrieval_figures([asked([1], [1, 1, 1])])["recall@5"] == 1


def test_precision_and_recall_of_refusing() -> None:
    figures = refusing_figures([asked([], [9], answered=False), asked([], [9]), asked([1], [1], answered=False),
                                asked([1], [1])])  # fmt: skip
    assert (figures["precision"], figures["recall"], figures["false_refusals"]) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize(
    ("gold", "held", "expected"),
    [
        pytest.param({"page": 3}, {"page": 3}, True, id="page"),
        pytest.param({"page": 3}, {"page": 4}, False, id="other page"),
        pytest.param({"page": 3, "section": "Verdichting"}, {"page": 3, "section": "Verdichting"}, True, id="section"),
        pytest.param({"page": 3, "section": "Verdichting"}, {"page": 3, "section": "Grondbeleid"}, False, id="other section"),
        pytest.param({"article": "8", "paragraph": "2"}, {"page": 1, "article": "8", "paragraph": "1-3"}, True, id="lid in a run"),
        pytest.param({"article": "8", "paragraph": "2"}, {"page": 1, "article": "8", "paragraph": "1,3"}, False, id="other lid"),
        pytest.param({"page": 3, "note": "12"}, {"page": 3, "note": "12"}, True, id="footnote"),
    ],
)  # fmt: skip
def test_a_gold_place_is_recognised_by_its_locator(
    gold: dict[str, object], held: dict[str, object], expected: bool
) -> None:
    assert GoldPlace(source="bron", **gold).holds(passage(**held)) is expected  # type: ignore[arg-type]


def test_the_set_holds_forty_questions_with_gold_and_its_ids_are_unique() -> None:
    questions = read_questions()
    assert sum(question.answerable for question in questions) >= 40
    assert len({question.id for question in questions}) == len(questions)


@needs_originals
def test_every_gold_place_is_a_passage_of_the_originals(originals_data: DataFolder) -> None:
    generation = Generation(originals_data)
    rows = range(len(generation.documents_by_row))
    passages = [p for p in map(generation.store.passage, rows) if p.form == "original"]
    generation.close()
    lost = [(q.id, place) for q in read_questions() for place in q.gold if not any(map(place.holds, passages))]
    assert not lost
