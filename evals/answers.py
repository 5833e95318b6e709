"""Measures of answers: exact quotes, citations of gold places, facts said, refusing, and what hostile input does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evals.judgements import Judgement, judgement
from evals.metrics import Figures, Values, mean
from evals.question import Nugget, Question
from ingest.document import Passage
from retrieval.answer import Answer
from retrieval.engine import Engine

ANSWER_MEASURES = ("citation_precision", "citation_judged", "citation_recall", "nuggets", "vital")
_THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answer, the best passages, and how long searching took (milliseconds)."""

    question: Question
    answer: Answer
    ranking: tuple[Passage, ...]
    search_ms: float = 0.0


def measure_answers(asked: Sequence[Asked]) -> dict[str, Values]:
    """Measures of each answer by question id; one that does not apply to an answer is left out.

    citation_precision  share of the citations whose passage is of a gold place (answered questions)
    citation_judged     share of the citations judged to belong in the answer, of those whose quote was judged
    citation_recall     share of the gold places cited (all answerable questions; 0 if refused)
    nuggets, vital      share of the facts, and of the vital ones, that the answer says
    """
    values: dict[str, Values] = {}
    for a in asked:
        gold = a.question.gold
        if not gold:
            continue
        cited = [citation.passage for citation in a.answer.citations]
        own = {"citation_recall": sum(any(map(place.holds, cited)) for place in gold) / len(gold)}
        if cited:
            right = [any(place.holds(passage) for place in gold) for passage in cited]
            own["citation_precision"] = sum(right) / len(right)
            if judged := [label for label in _judgements(a) if label]:
                own["citation_judged"] = sum(label != "beside" for label in judged) / len(judged)
        for name, nuggets in (("nuggets", a.question.nuggets), ("vital", _vital(a.question))):
            if nuggets:
                own[name] = sum(says(a.answer, nugget) for nugget in nuggets) / len(nuggets)
        values[a.question.id] = own
    return values


def _judgements(asked: Asked) -> list[Judgement | None]:
    return [judgement(asked.question, citation.quote) for citation in asked.answer.citations]


def _vital(question: Question) -> list[Nugget]:
    return [nugget for nugget in question.nuggets if nugget.vital]


def says(answer: Answer, nugget: Nugget) -> bool:
    """Whether the answer says this fact."""
    return _matches(nugget, " ".join(part.text for part in answer.parts))


def _matches(nugget: Nugget, text: str) -> bool:
    return re.search(nugget.pattern, text, re.IGNORECASE) is not None


def citation_figures(asked: Sequence[Asked], values: dict[str, Values]) -> Figures:
    """Mean over questions of the measures of citations, and the share of the citations that were judged."""
    judged = [label is not None for a in asked if a.question.answerable for label in _judgements(a)]
    names = ("citation_precision", "citation_judged", "citation_recall")
    return {
        **{n.removeprefix("citation_"): mean([own[n] for own in values.values() if n in own]) for n in names},
        "share_judged": mean(judged),
    }


def nugget_figures(asked: Sequence[Asked]) -> Figures:
    """Share of the facts that the answers hold, the vital ones apart, and the median length of an answer in words."""
    found = [(nugget.vital, says(a.answer, nugget)) for a in asked for nugget in a.question.nuggets]
    lengths = [sum(len(part.text.split()) for part in a.answer.parts) for a in asked if a.answer.answered]
    return {
        "all": mean([said for _, said in found]),
        "vital": mean([said for is_vital, said in found if is_vital]),
        "median_words": float(np.median(lengths)) if lengths else None,
    }


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


def refusing_figures(asked: Sequence[Asked]) -> Figures:
    """Precision and recall of refusing; hostile input apart, as it may be refused or answered from the sources."""
    judged = [(not a.answer.answered, a.question.answerable) for a in asked if a.question.type != "hostile"]
    return {
        "unanswerable": sum(not answerable for _, answerable in judged),
        "refused": sum(refused for refused, _ in judged),
        **_refusing(judged),
    }


def refusing_curve(asked: Sequence[Asked]) -> list[Figures]:
    """The same if every question were refused whose estimated confidence is below a threshold."""
    judged = [(a.answer.confidence, a.question.answerable) for a in asked if a.question.type != "hostile"]
    return [
        {"threshold": threshold, **_refusing([(sure < threshold, answerable) for sure, answerable in judged])}
        for threshold in _THRESHOLDS
    ]


def _refusing(judged: Sequence[tuple[bool, bool]]) -> Figures:
    """Of (refused, answerable): how many of the refused have no answer; and the other way."""
    of_refused = [not answerable for refused, answerable in judged if refused]
    of_unanswerable = [refused for refused, answerable in judged if not answerable]
    of_answerable = [refused for refused, answerable in judged if answerable]
    return {
        "precision": mean(of_refused),
        "recall": mean(of_unanswerable),
        "false_refusals": mean(of_answerable),
    }


def hostile_figures(asked: Sequence[Asked]) -> Figures:
    """How many hostile inputs were asked, and answered. An input that broke the program would have ended the run."""
    answers = [a.answer for a in asked if a.question.type == "hostile"]
    return {"asked": len(answers), "answered": sum(answer.answered for answer in answers)}


def latency_figures(asked: Sequence[Asked]) -> Figures:
    """Milliseconds of searching and of whole answers, each measured by itself."""
    figures: Figures = {}
    for name, times in (
        ("search", [a.search_ms for a in asked]),
        ("answer", [a.answer.timings_ms["total"] for a in asked]),
    ):
        for percentile in (50, 95):
            figures[f"{name}_p{percentile}"] = round(float(np.percentile(times, percentile)), 1) if times else None
    return figures
