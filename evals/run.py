"""Ask the real engine every question and measure: figures as one nested dictionary, ready for JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.answers import (
    Asked,
    citation_figures,
    hostile_figures,
    latency_figures,
    measure_answers,
    nugget_figures,
    quote_figures,
    refusing_curve,
    refusing_figures,
)
from evals.metrics import DEPTH, Figures, Ranking, Retrieved, Values, grouped, language_gap, means, measure
from evals.question import Question
from ingest.document import Passage
from retrieval.answer import Filters, SearchResult
from retrieval.engine import Engine


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that one evaluation saw. `values` are the measures of every question, by its id."""

    split: str
    figures: Figures
    asked: tuple[Asked, ...]
    rankings: tuple[Ranking, ...]
    values: dict[str, Values]


def evaluate(engine: Engine, questions: Sequence[Question], split: str) -> Run:
    """Ask and measure the questions whose sources are held. `split` is the name of this part of the set."""
    engine.search("warm", k=1)  # the first question of a process opens the model, which is no part of an answer's time
    asked = tuple(ask(engine, question) for question in askable(engine, questions))
    rankings = tuple(ranking_of(a.question, a.ranking) for a in asked)
    values = measure(rankings)
    answers = measure_answers(asked)
    answerable = [a.question for a in asked if a.question.answerable]
    figures = {
        "split": split,
        "questions": len(asked),
        "corpus_version": engine.manifest.corpus_version,
        "originals": sum(holding.form == "original" for holding in engine.holdings),
        "embedding_model": engine.manifest.embedding_model,
        "retrieval": grouped(answerable, lambda members: means(values, members)),
        "gap_nl_en": language_gap(values, answerable),
        "quotes": quote_figures(asked, engine),
        "citations": citation_figures(asked, answers),
        "nuggets": nugget_figures([a for a in asked if a.question.answerable]),
        "refusing": refusing_figures(asked),
        "refusing_curve": refusing_curve(asked),
        "hostile": hostile_figures(asked),
        "latency_ms": latency_figures(asked),
    }
    together = {question_id: {**values[question_id], **answers[question_id]} for question_id in values}
    return Run(split, figures, asked, rankings, together)


def strongest(systems: Mapping[str, Mapping[str, Values]]) -> str:
    """Name of the system with most places within 800 words, by the values of its questions."""
    return max(systems, key=lambda name: sum(own["places@800w"] for own in systems[name].values()))


def askable(engine: Engine, questions: Sequence[Question]) -> list[Question]:
    """The questions whose sources are all held."""
    held = {holding.source.id for holding in engine.holdings}
    return [question for question in questions if all(place.source in held for place in question.gold)]


def ask(engine: Engine, question: Question) -> Asked:
    """Search once and answer once."""
    found = search(engine, question)
    answer = engine.ask(question.question, filters=Filters(date=question.date))
    return Asked(question, answer, tuple(hit.passage for hit in found.hits), found.timings_ms["total"])


def search(engine: Engine, question: Question) -> SearchResult:
    """The best passages, as many as are measured."""
    return engine.search(question.question, k=DEPTH, filters=Filters(date=question.date))


def ranking_of(question: Question, passages: Sequence[Passage]) -> Ranking:
    """The passages found for a question, with the gold places that they hold."""
    retrieved = []
    for passage in passages:
        words = len(passage.text.split())
        held = {number: words for number, place in enumerate(question.gold) if place.holds(passage)}
        retrieved.append(Retrieved(passage.id, words, held))
    return Ranking(question, tuple(retrieved))
