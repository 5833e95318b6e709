"""Ask the real engine every question and measure; figures as one nested dictionary, ready for JSON.

Ranking measures come from ir-measures (MacAvaney, Macdonald & Ounis 2022).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import ir_measures
import numpy as np
from ir_measures import RR, Qrel, R, ScoredDoc, Success, nDCG

from evals.question import Question
from ingest.document import Passage
from retrieval.answer import Answer, Filters
from retrieval.engine import Engine

DEPTH = 50
_MEASURES = {
    "recall@1": R @ 1,
    "recall@3": R @ 3,
    "recall@5": R @ 5,
    "recall@10": R @ 10,
    "recall@50": R @ 50,
    "hit@5": Success @ 5,
    "nDCG@10": nDCG @ 10,
    "MRR@10": RR @ 10,
}
Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answer and the best `DEPTH` passages."""

    question: Question
    answer: Answer
    ranking: tuple[Passage, ...]


def evaluate(engine: Engine, questions: Sequence[Question]) -> Figures:
    """All figures for the questions whose sources are held."""
    held = {holding.source.id for holding in engine.holdings}
    asked = [_ask(engine, question) for question in questions if all(place.source in held for place in question.gold)]
    answerable = [a for a in asked if a.question.answerable]
    return {
        "questions": len(asked),
        "corpus_version": engine.manifest.corpus_version,
        "embedding_model": engine.manifest.embedding_model,
        "retrieval": _grouped(answerable, retrieval_figures),
        "quotes": quote_figures(asked, engine),
        "refusing": refusing_figures(asked),
        "nuggets": nugget_figures(answerable),
        "latency_ms": _latency(asked),
    }


def _ask(engine: Engine, question: Question) -> Asked:
    filters = Filters(date=question.date)
    ranking = engine.search(question.question, k=DEPTH, filters=filters)
    answer = engine.ask(question.question, filters=filters)
    return Asked(question, answer, tuple(hit.passage for hit in ranking.hits))


def _grouped(asked: Sequence[Asked], measure: Callable[[Sequence[Asked]], Figures]) -> Figures:
    """Figures over all questions and by language, type and style."""
    groups: dict[str, list[Asked]] = defaultdict(list)
    for a in asked:
        for name in ("language", "type", "style"):
            groups[f"{name}={getattr(a.question, name)}"].append(a)
    return {"all": measure(asked), **{name: measure(members) for name, members in sorted(groups.items())}}


def retrieval_figures(asked: Sequence[Asked]) -> Figures:
    """Mean of every ranking measure over gold places. A place counts where its first passage stands."""
    qrels = [Qrel(a.question.id, f"gold-{number}", 1) for a in asked for number, _ in enumerate(a.question.gold)]
    run = [scored for a in asked for scored in _ranked_places(a)]
    means = ir_measures.calc_aggregate(list(_MEASURES.values()), qrels, run)
    return {"n": len(asked)} | {name: round(float(means[measure]), 4) for name, measure in _MEASURES.items()}


def _ranked_places(asked: Asked) -> Iterable[ScoredDoc]:
    """The ranking with gold places in it: a passage stands for the gold places it is of, first come first."""
    open_places = dict(enumerate(asked.question.gold))
    for rank, passage in enumerate(asked.ranking):
        found = [number for number, place in open_places.items() if place.holds(passage)]
        names = [f"gold-{number}" for number in found] or [f"other-{rank}"]
        for name in names:
            yield ScoredDoc(asked.question.id, name, 1.0 / (1 + rank))
        for number in found:
            del open_places[number]


def quote_figures(asked: Sequence[Asked], engine: Engine) -> Figures:
    """How many quotes are, character for character, the stored text of their source at the offsets given."""
    citations = [citation for a in asked for citation in a.answer.citations]
    exact = sum(
        engine.stored_text(c.passage.source_id, c.passage.form)[c.char_start : c.char_end] == c.quote for c in citations
    )
    parts = [part for a in asked for part in a.answer.parts if part.kind != "heading"]
    return {
        "citations": len(citations),
        "exact": exact,
        "sentences": len(parts),
        "sentences_cited": sum(bool(part.citations) for part in parts),
    }


def nugget_figures(asked: Sequence[Asked]) -> Figures:
    """Share of the facts that the answers hold, the vital ones apart, and the median length of an answer in words."""
    found = [(nugget.vital, _says(a.answer, nugget.pattern)) for a in asked for nugget in a.question.nuggets]
    vital = [said for is_vital, said in found if is_vital]
    lengths = [_length(a.answer) for a in asked if a.answer.answered]
    return {
        "all": round(sum(said for _, said in found) / len(found), 4) if found else None,
        "vital": round(sum(vital) / len(vital), 4) if vital else None,
        "median_words": float(np.median(lengths)) if lengths else None,
    }


def _says(answer: Answer, pattern: str) -> bool:
    return re.search(pattern, " ".join(part.text for part in answer.parts), re.IGNORECASE) is not None


def _length(answer: Answer) -> int:
    return sum(len(part.text.split()) for part in answer.parts)


def refusing_figures(asked: Sequence[Asked]) -> Figures:
    """Precision and recall of refusing: of the refused questions, how many have no answer; and the other way."""
    refused = [a for a in asked if not a.answer.answered]
    unanswerable = [a for a in asked if not a.question.answerable]
    right = sum(not a.question.answerable for a in refused)
    answerable = len(asked) - len(unanswerable)
    return {
        "unanswerable": len(unanswerable),
        "refused": len(refused),
        "precision": round(right / len(refused), 4) if refused else None,
        "recall": round(right / len(unanswerable), 4) if unanswerable else None,
        "false_refusals": round((len(refused) - right) / answerable, 4) if answerable else None,
    }


def _latency(asked: Sequence[Asked]) -> Figures:
    times = [a.answer.timings_ms["total"] for a in asked]
    if not times:
        return {"p50": None, "p95": None}
    return {f"p{p}": round(float(np.percentile(times, p)), 1) for p in (50, 95)}
