"""Measures of one ranking, per question and together (home of ir-measures: MacAvaney, Macdonald & Ounis 2022).

Gold is places, rankings are of passages or chunks of any length. So that short and long ones are compared fairly:

recall@k      share of a question's gold places held by one of the first k passages
hit@5, MRR@10 by the first passage that holds a gold place
nDCG@10       each gold place counts where its first passage stands; one passage may hold several
places@800w   share of a question's gold places found by a reader who stops after 800 words of the ranking. Words are
              of the texts alone, without title and headings. A place is found once a passage of it has been read to
              its end; a chunk that was cut otherwise, once that passage has been read as far as the chunk holds it.

All are means over questions, so that a question with many places weighs no more than one with a single place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ir_measures
import numpy as np
from ir_measures import RR, Qrel, ScoredDoc, Success, nDCG

from evals.question import Question

DEPTH = 50
_RECALL = {f"recall@{k}": Success @ k for k in (1, 3, 5, 10, 50)}
_FIRST = {"hit@5": Success @ 5, "MRR@10": RR @ 10}
_GAIN = {"nDCG@10": nDCG @ 10}
BUDGETS = (400, 800, 1500, 3000)
MEASURES = (*_RECALL, "hit@5", "nDCG@10", "MRR@10", *(f"places@{words}w" for words in BUDGETS))

Figures = dict[str, Any]
Values = dict[str, float]


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A passage or chunk in a ranking.

    words  length of its text
    gold   the gold places that it holds, by their number in the question, each with how many of its words are read
           when the place is found
    """

    id: str
    words: int
    gold: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Ranking:
    """What was found for a question, best first."""

    question: Question
    retrieved: tuple[Retrieved, ...]


def measure(rankings: Sequence[Ranking]) -> dict[str, Values]:
    """Every measure of every question with gold places, by question id."""
    values = {r.question.id: dict.fromkeys(MEASURES, 0.0) for r in rankings if r.question.gold}
    answerable = [r for r in rankings if r.question.gold]
    for question_id, shares in _recall(answerable).items():
        values[question_id] |= shares
    for measures, judged in ((_FIRST, _by_passage), (_GAIN, _by_place)):
        names = {measure: name for name, measure in measures.items()}
        qrels, run = judged(answerable)
        for found in ir_measures.iter_calc(list(names), qrels, run):
            values[found.query_id][names[found.measure]] = float(found.value)
    for ranking in answerable:
        values[ranking.question.id] |= {f"places@{words}w": within_words(ranking, words) for words in BUDGETS}
    return values


def within_words(ranking: Ranking, budget: int) -> float:
    """Share of the gold places found within the first `budget` words of a ranking."""
    found: set[int] = set()
    read = 0
    for retrieved in ranking.retrieved:
        if read >= budget:
            break
        found |= {number for number, words in retrieved.gold.items() if read + words <= budget}
        read += retrieved.words
    return len(found) / len(ranking.question.gold)


def _recall(rankings: Sequence[Ranking]) -> dict[str, Values]:
    """Recall@k of places is the share of them with success@k, each place a query of its own."""
    names = {measure: name for name, measure in _RECALL.items()}
    qrels, run = [], []
    for number, ranking in enumerate(rankings):
        for place in range(len(ranking.question.gold)):
            query = f"{number} {place}"
            qrels += _judged(query, [place in retrieved.gold for retrieved in ranking.retrieved])
            run += _ranked(query, len(ranking.retrieved))
    totals: dict[str, Values] = defaultdict(lambda: defaultdict(float))
    for found in ir_measures.iter_calc(list(names), qrels, run):
        question = rankings[int(found.query_id.split()[0])].question
        totals[question.id][names[found.measure]] += found.value / len(question.gold)
    return {question_id: dict(shares) for question_id, shares in totals.items()}


def _by_passage(rankings: Sequence[Ranking]) -> tuple[list[Qrel], list[ScoredDoc]]:
    """Each passage that holds a gold place is right."""
    qrels, run = [], []
    for ranking in rankings:
        qrels += _judged(ranking.question.id, [bool(retrieved.gold) for retrieved in ranking.retrieved])
        run += _ranked(ranking.question.id, len(ranking.retrieved))
    return qrels, run


def _judged(query: str, right: Sequence[bool]) -> list[Qrel]:
    """Judgements by position in the ranking; one that is not in it, where none is right."""
    found = [Qrel(query, str(position), 1) for position, is_right in enumerate(right) if is_right]
    return found or [Qrel(query, "missed", 1)]


def _ranked(query: str, count: int) -> list[ScoredDoc]:
    return [ScoredDoc(query, str(position), float(count - position)) for position in range(count)]


def _by_place(rankings: Sequence[Ranking]) -> tuple[list[Qrel], list[ScoredDoc]]:
    qrels = [Qrel(r.question.id, name, 1) for r in rankings for name in place_names(r.question)]
    return qrels, [ScoredDoc(r.question.id, name, score) for r in rankings for name, score in ranked_places(r)]


def place_names(question: Question) -> list[str]:
    """A name for every gold place of a question, without spaces."""
    return [f"gold-{number}-{place.source}" for number, place in enumerate(question.gold)]


def ranked_places(ranking: Ranking) -> Iterable[tuple[str, float]]:
    """The ranking with gold places in it, each at its first passage, and the names of passages that hold no new one;
    scores fall strictly."""
    names = place_names(ranking.question)
    listed: list[str] = []
    for retrieved in ranking.retrieved:
        new = [names[number] for number in sorted(retrieved.gold) if names[number] not in listed]
        listed += new or [retrieved.id]
    return [(name, float(len(listed) - position)) for position, name in enumerate(listed)]


# --- together -------------------------------------------------------------------------------------


def grouped(questions: Sequence[Question], summarise: Callable[[Sequence[Question]], Figures]) -> Figures:
    """Figures over all questions and by language, type and style."""
    groups: dict[str, list[Question]] = defaultdict(list)
    for question in questions:
        for name in ("language", "type", "style"):
            groups[f"{name}={getattr(question, name)}"].append(question)
    return {"all": summarise(questions), **{name: summarise(members) for name, members in sorted(groups.items())}}


def means(values: Mapping[str, Values], questions: Sequence[Question]) -> Figures:
    """Mean of every measure over these questions."""
    own = [values[question.id] for question in questions]
    return {"n": len(own)} | {name: mean([value[name] for value in own]) for name in MEASURES}


def language_gap(values: Mapping[str, Values], questions: Sequence[Question]) -> Figures:
    """How much better Dutch questions do than the same questions in English: mean of Dutch minus English."""
    dutch = {question.id for question in questions if question.language == "nl" and question.id in values}
    pairs = [(q.pair, q.id) for q in questions if q.language == "en" and q.pair in dutch and q.id in values]
    names = ("hit@5", "places@800w")
    return {"n": len(pairs)} | {
        name: mean([values[nl][name] - values[en][name] for nl, en in pairs if nl is not None]) for name in names
    }


def mean(values: Sequence[float]) -> float | None:
    """To four places; None of nothing."""
    return round(float(np.mean(values)), 4) if values else None
