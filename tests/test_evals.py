"""The measures agree with hand arithmetic, and the evaluation set points at places that exist."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import ir_measures
import numpy as np
import pytest
from conftest import needs_originals
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Source
from evals.answers import (
    Asked,
    citation_figures,
    hostile_figures,
    measure_answers,
    refusing_curve,
    refusing_figures,
)
from evals.compare import compare
from evals.formats import FormatError, read_values, write_qrels, write_run, write_trec
from evals.judgements import Judged, fingerprint, judgement, read_judgements
from evals.metrics import MEASURES, Ranking, Retrieved, language_gap, measure
from evals.question import GoldPlace, Nugget, Question, read_calibration, read_questions
from evals.run import Run, ranking_of
from ingest.document import Locator, Passage
from ingest.index.generation import DataFolder, Generation
from ingest.passages import split
from retrieval.answer import Answer, AnswerPart, Citation
from retrieval.engine import Engine

SOURCE = Source.model_validate({"id": "bron", "title": "Een bron", "kind": "rapport"})


def passage(page: int | None, section: str = "", text: str = "x", **place: str) -> Passage:
    locator = Locator(page=page, section=(section,) if section else (), **place)
    return Passage(source_id="bron", form="original", kind="paragraph", text=text, start=page or 0, end=(page or 0) + len(text),
                   locator=locator, context="")  # fmt: skip


def question(gold: list[int], name: str = "q", **fields: object) -> Question:
    return Question.model_validate({"id": name, "question": "?", "language": "nl", "type": "fact", "style": "plain",
                    "answerable": bool(gold), "gold": [GoldPlace(source="bron", page=p) for p in gold],
                    "nuggets": [], **fields})  # fmt: skip


def answer(answered: bool = True, confidence: float = 0.9, said: str = "", cited: tuple[int, ...] = ()) -> Answer:
    citations = tuple(
        Citation(n=n, source=SOURCE, passage=passage(page), locator=Locator(), quote="x", char_start=0, char_end=1)
        for n, page in enumerate(cited, 1)
    )
    return Answer(question="?", language="nl", answered=answered, reason=None,
                  parts=(AnswerPart(said, "quote"),) if said else (), citations=citations, hits=(),
                  confidence=confidence, generator="", corpus_version="", timings_ms={"total": 10.0})  # fmt: skip


def asked(gold: list[int], answered: bool = True, confidence: float = 0.9, **fields: object) -> Asked:
    return Asked(question(gold, **fields), answer(answered, confidence), ())


def ranked(gold: list[int], pages: list[int], words: int = 100, name: str = "q") -> Ranking:
    """A ranking of passages of `words` words, each of one page."""
    ranking = tuple(passage(page, text=" ".join(["w"] * words)) for page in pages)
    return ranking_of(question(gold, name), ranking)


def test_recall_hit_and_reciprocal_rank_agree_with_hand_arithmetic() -> None:
    values = measure([ranked([1, 2], [9, 1, 8, 7, 6, 2], name="a"), ranked([3], [9, 8], name="b")])
    assert values["a"]["recall@1"] == 0
    assert values["a"]["recall@3"] == pytest.approx(1 / 2)
    assert values["a"]["recall@10"] == pytest.approx(1)
    assert values["a"]["hit@5"] == 1
    assert values["a"]["MRR@10"] == pytest.approx(1 / 2)
    ideal = 1 / np.log2(2) + 1 / np.log2(3)
    assert values["a"]["nDCG@10"] == pytest.approx((1 / np.log2(3) + 1 / np.log2(7)) / ideal)
    assert set(values["b"].values()) == {0.0}


def test_a_place_found_twice_counts_once() -> None:
    assert measure([ranked([1], [1, 1, 1])])["q"]["recall@5"] == 1


def test_two_places_in_one_passage_are_both_found_at_its_rank() -> None:
    both = Ranking(question([1, 2]), (Retrieved("chunk", 300, {0: 120, 1: 250}),))
    assert measure([both])["q"]["recall@1"] == 1


def test_a_question_with_an_empty_ranking_has_zero_for_every_measure() -> None:
    assert measure([ranked([1], [])])["q"] == dict.fromkeys(MEASURES, 0.0)


def test_places_within_words_counts_passages_read_to_their_end() -> None:
    values = measure([ranked([1, 2], [9, 9, 9, 1, 2], words=100)])["q"]
    assert (values["places@400w"], values["places@800w"]) == (0.5, 1.0)
    values = measure([ranked([1, 2], [9, 9, 9, 1, 2], words=101)])["q"]
    assert (values["places@400w"], values["places@800w"]) == (0.0, 1.0)


def test_places_within_words_treats_the_same_text_alike_however_it_is_cut() -> None:
    short = ranked([1, 2], [1, 9, 2], words=100)
    long = Ranking(short.question, (Retrieved("one chunk", 300, {0: 100, 1: 300}),))
    for words in (400, 800, 1500, 3000):
        assert measure([short])["q"][f"places@{words}w"] == measure([long])["q"][f"places@{words}w"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 2000), st.sets(st.integers(0, 2))), max_size=60))
def test_measures_lie_between_nought_and_one_and_grow_with_what_is_read(items: list[tuple[int, set[int]]]) -> None:
    retrieved = tuple(Retrieved(f"p{n}", words, dict.fromkeys(gold, words)) for n, (words, gold) in enumerate(items))
    values = measure([Ranking(question([1, 2, 3]), retrieved)])["q"]
    assert all(0 <= value <= 1 + 1e-9 for value in values.values())
    for names in (["recall@1", "recall@3", "recall@5", "recall@10", "recall@50"],
                  ["places@400w", "places@800w", "places@1500w", "places@3000w"]):  # fmt: skip
        grown = [values[name] for name in names]
        assert grown == sorted(grown)


def test_the_gap_is_dutch_minus_english_over_pairs_only() -> None:
    questions = [question([1], "nl-1"), question([1], "nl-2"),
                 question([1], "en-1", language="en", pair="nl-1"), question([1], "en-2", language="en")]  # fmt: skip
    found = {"nl-1": 1.0, "nl-2": 0.0, "en-1": 0.25, "en-2": 0.0}
    values = {name: dict.fromkeys(MEASURES, value) for name, value in found.items()}
    assert language_gap(values, questions) == {"n": 1, "hit@5": 0.75, "places@800w": 0.75}


def test_precision_and_recall_of_refusing() -> None:
    figures = refusing_figures([asked([], answered=False), asked([]), asked([1], answered=False), asked([1]),
                                asked([], type="hostile")])  # fmt: skip
    assert (figures["precision"], figures["recall"], figures["false_refusals"]) == (0.5, 0.5, 0.5)


def test_the_refusing_curve_runs_from_refusing_nothing_to_refusing_all() -> None:
    curve = refusing_curve([asked([], confidence=0.3), asked([1], confidence=0.6), asked([1], confidence=0.94)])
    assert (curve[0]["recall"], curve[0]["precision"]) == (0, None)
    at_half = next(point for point in curve if point["threshold"] == 0.5)
    assert (at_half["precision"], at_half["recall"], at_half["false_refusals"]) == (1, 1, 0)
    assert (curve[-1]["recall"], curve[-1]["false_refusals"]) == (1, 1)


def test_hostile_input_is_counted_apart() -> None:
    found = hostile_figures([asked([], type="hostile"), asked([], type="hostile", answered=False), asked([])])
    assert found == {"asked": 2, "answered": 1}


def test_citations_and_facts_of_an_answer_agree_with_hand_arithmetic() -> None:
    nuggets = (Nugget(text="", pattern="twintig", vital=True), Nugget(text="", pattern="dertig", vital=False))
    given_answer = answer(said="Er zijn twintig gebieden.", cited=(1, 9, 9))
    values = measure_answers([Asked(question([1, 2], nuggets=nuggets), given_answer, ())])["q"]
    assert values["citation_precision"] == pytest.approx(1 / 3)
    assert values["citation_recall"] == pytest.approx(1 / 2)
    assert (values["nuggets"], values["vital"]) == (0.5, 1.0)


def test_a_citation_is_right_if_its_quote_was_judged_to_belong_and_one_that_was_not_judged_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    quotes = iter(["answers", "bears", "beside", None] * 2)
    monkeypatch.setattr("evals.answers.judgement", lambda question, quote: next(quotes))
    asked = [Asked(question([1]), answer(cited=(1, 2, 3, 4)), ())]
    values = measure_answers(asked)
    assert values["q"]["citation_judged"] == pytest.approx(2 / 3)
    assert citation_figures(asked, values)["share_judged"] == 0.75


def test_a_judgement_holds_for_a_sentence_however_it_is_printed_and_for_the_english_question_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "Er zijn twintig  gebieden."
    one = Judged(
        question="nl-1",
        answers=frozenset([fingerprint("er zijn twintig gebieden")]),
        bears=frozenset(),
        beside=frozenset(),
    )
    monkeypatch.setattr("evals.judgements.read_judgements", lambda: {"nl-1": one})
    asked = [question([1], "nl-1"), question([1], "en-1", language="en", pair="nl-1"), question([1], "nl-2")]
    assert [judgement(q, text) for q in asked] == ["answers", "answers", None]
    assert judgement(asked[0], "Er zijn dertig gebieden.") is None


def test_every_judgement_is_of_a_question_that_has_an_answer_and_no_sentence_is_judged_twice() -> None:
    answerable = {q.id for q in (*read_questions(), *read_calibration()) if q.answerable}
    judged = read_judgements()
    assert judged.keys() <= answerable
    assert [name for name, j in judged.items() if j.answers & j.bears or (j.answers | j.bears) & j.beside] == []


def test_a_refused_question_cites_no_gold_place_and_has_no_citation_precision() -> None:
    values = measure_answers([Asked(question([1]), answer(answered=False), ())])["q"]
    assert values == {"citation_recall": 0.0}


# --- two runs ---


def test_a_difference_that_all_questions_share_is_certain_and_has_no_width() -> None:
    before = {f"q{n}": {"hit@5": 0.0} for n in range(20)}
    after = {f"q{n}": {"hit@5": 1.0} for n in range(1, 25)}
    (found,) = compare(before, after, ("hit@5", "vital"))
    assert (found.n, found.before, found.after, found.low, found.high, found.certain) == (19, 0, 1, 1, 1, True)


def test_the_interval_is_that_of_the_normal_approximation_and_the_same_every_time() -> None:
    generator = np.random.default_rng(7)
    before = {f"q{n}": {"m": float(value)} for n, value in enumerate(generator.normal(0.5, 0.2, 200))}
    after = {name: {"m": own["m"] + float(generator.normal(0.02, 0.3))} for name, own in before.items()}
    (found,) = compare(before, after, ("m",))
    differences = np.array([after[name]["m"] - before[name]["m"] for name in before])
    half = 1.96 * differences.std(ddof=1) / np.sqrt(200)
    assert found.low == pytest.approx(differences.mean() - half, abs=0.004)
    assert found.high == pytest.approx(differences.mean() + half, abs=0.004)
    assert compare(before, after, ("m",)) == [found]


def test_a_run_is_saved_and_read_again(tmp_path: Path) -> None:
    rankings = (ranked([1, 2], [1, 9]),)
    run = Run("dev", {"questions": 1}, (Asked(question([1, 2]), answer(), ()),), rankings, measure(rankings))
    write_run(tmp_path / "new folder" / "run.json", run)
    assert read_values(tmp_path / "new folder" / "run.json") == run.values


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"format": "mengpaneel-run-1", "results": [1]}',
                                     '{"format": "x", "results": []}'])  # fmt: skip
def test_what_is_no_saved_run_is_said_so_by_name(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(FormatError, match=r"run\.json"):
        read_values(tmp_path / "run.json")


def test_trec_files_give_the_same_figures_in_another_program(tmp_path: Path) -> None:
    rankings = [ranked([1, 2], [9, 1, 8, 1, 2], name="a"), ranked([3], [7, 8], name="b")]
    write_trec(tmp_path / "run", rankings, "tag")
    write_qrels(tmp_path / "qrels", rankings)
    assert all(len(line.split()) == 6 for line in (tmp_path / "run").read_text().splitlines())
    qrels = list(ir_measures.read_trec_qrels(str(tmp_path / "qrels")))
    run = list(ir_measures.read_trec_run(str(tmp_path / "run")))
    ours = [own["nDCG@10"] for own in measure(rankings).values()]
    assert ir_measures.calc_aggregate([ir_measures.nDCG @ 10], qrels, run)[ir_measures.nDCG @ 10] == pytest.approx(
        np.mean(ours)
    )


# --- the evaluation set ---


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
        pytest.param({"page": 3, "section": "Verdichting"}, {"page": 3, "note": "12"}, True, id="note on the page"),
        pytest.param({"section": "Verdichting"}, {"page": None, "note": "12"}, False, id="note of a page without sheets"),
    ],
)  # fmt: skip
def test_a_gold_place_is_recognised_by_its_locator(
    gold: dict[str, object], held: dict[str, object], expected: bool
) -> None:
    assert GoldPlace(source="bron", **gold).holds(passage(**held)) is expected  # type: ignore[arg-type]


def test_the_set_is_as_large_and_as_varied_as_it_must_be() -> None:
    questions = read_questions()
    answerable = [q for q in questions if q.answerable]
    languages = Counter(q.language for q in answerable)
    languages_by_id = {q.id: q.language for q in questions}
    styles, types = Counter(q.style for q in answerable), Counter(q.type for q in questions)
    assert len({q.id for q in questions}) == len({q.question for q in questions}) == len(questions)
    assert (len(answerable) >= 160, languages["nl"] >= 110, languages["en"] >= 50) == (True, True, True)
    assert sum(languages_by_id.get(q.pair or "") == "nl" for q in answerable if q.language == "en") >= 40
    assert styles["paraphrase"] >= 40
    assert all(styles[style] >= 10 for style in ("plain", "keyword", "typo", "situation"))
    assert (types["unanswerable"] >= 60, types["hostile"] >= 40) == (True, True)
    asked_for = {"fact", "number", "definition", "list", "instruments", "steps", "criticism", "comparison", "who",
                 "article", "law", "mixed", "footnote"}  # fmt: skip
    assert all(types[name] >= 10 for name in asked_for)


def test_a_question_and_its_version_in_the_other_language_are_in_the_same_split_with_the_same_gold() -> None:
    questions = {q.id: q for q in read_questions()}
    pairs = [(q, questions[q.pair]) for q in questions.values() if q.pair]
    assert all(one.split == other.split and one.gold == other.gold for one, other in pairs)


def test_every_source_and_every_chapter_of_a_report_is_asked_about(own_engine: Engine) -> None:
    gold = [place for q in read_questions() for place in q.gold]
    digests = [holding for holding in own_engine.holdings if holding.form == "digest"]
    assert {holding.source.id for holding in digests} <= {place.source for place in gold}
    missed = {}
    for holding in digests:
        passages = split(own_engine.document(holding.source.id, "digest"))
        # what stands under the title is the whole text's introduction, no chapter
        chapters = {p.locator.section[0] for p in passages if p.locator.section} - {holding.source.title}
        own = [place for place in gold if place.source == holding.source.id]
        held = {p.locator.section[0] for p in passages if p.locator.section and any(g.holds(p) for g in own)}
        if holding.source.kind != "wet" and chapters - held:
            missed[holding.source.id] = chapters - held
    assert not missed


@needs_originals
def test_every_gold_place_is_a_passage_of_the_originals(originals_data: DataFolder) -> None:
    generation = Generation(originals_data)
    rows = range(len(generation.documents_by_row))
    passages = [p for p in map(generation.store.passage, rows) if p.form == "original"]
    generation.close()
    lost = [(q.id, place) for q in read_questions() for place in q.gold if not any(map(place.holds, passages))]
    assert not lost
