"""How sure it is that the sources answer a question: a logistic estimate from what retrieval saw."""

from __future__ import annotations

import heapq
import math
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from corpus.yaml_file import read_model
from ingest.embed import Vectors
from ingest.index.generation import Generation
from ingest.index.lexical import Lexical
from retrieval.beyond import Beyond
from retrieval.relevance import Scored
from retrieval.search import Found
from retrieval.wording import by_word, content_words

FITTED = Path(__file__).with_name("confidence.yaml")
THRESHOLD = 0.18  # of the dev questions left out of the fit it refuses 78 % of the unanswerable and 7 % of the others
USUAL = slice(3, 6)  # the features that cannot always be told
_NEARBY = 5  # everyday questions for statements of which the mean is taken
_READ = 3  # hits in which the words of a question are looked for
_WORD = re.compile(r"[^\W_]+")


class Fitted(BaseModel):
    """What `python -m evals.calibrate` fitted.

    `weights` are those of `features`, the bias last; `direction`, in hundredths, and `offset` are those of `leaning`;
    `usual` are the means of the features USUAL where there is an answer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: tuple[float, ...]
    direction: tuple[int, ...]
    offset: float
    usual: tuple[float, float, float]

    @cached_property
    def vector(self) -> Vectors:
        """(dimension,): the direction."""
        return (np.array(self.direction) / 100).astype(np.float32)


_FITTED = read_model(FITTED, Fitted)


def estimate(question: str, found: Found, beyond: Beyond, generation: Generation, scored: Sequence[Scored]) -> float:
    """Chance between 0 and 1 that the passages found answer the question; `scored` are the sentences that may."""
    if not found.hits:
        return 0.0
    if found.exact:
        return 0.99
    *weights, bias = _FITTED.weights
    terms = zip(weights, features(question, found, beyond, generation, scored), strict=True)
    return 1 / (1 + math.exp(-(sum(weight * value for weight, value in terms) + bias)))


def features(
    question: str, found: Found, beyond: Beyond, generation: Generation, scored: Sequence[Scored]
) -> tuple[float, ...]:
    """What the estimate looks at.

    0  cosine of the nearest passage
    1  1 if it names a law that is not held, or is after what a court decided
    2  1 if it names a year of which no passage speaks together with its names, or is after the day of today
    3  score of the nearest everyday question
    4  mean score of the nearest everyday questions that ask for statements
    5  the most that the reranker gives a sentence, as log-odds
    6  share of its words that no source holds
    7  how well the first passages match the one of its words that they match least, -1 to 1
    8  1 if it takes for granted what the first passages do not say
    9  mean late interaction of the first passages, -1 to 1
    10 whether it is more like questions with an answer or like questions without

    Where the first passage is of a document of one's own, of which the everyday questions and those with and without
    an answer say nothing, 3 and 4 are as usual and 10 is 0. Where nothing is read by the reranker, 5 is as usual.
    """
    foreign = _is_foreign(found, generation)
    *everyday, usual_odds = _FITTED.usual
    nearest, nearby = everyday if foreign else _everyday(found)
    odds = [one.odds for one in scored if one.odds is not None]
    return (
        found.cosine,
        float(beyond.law is not None or beyond.ruling),
        float(beyond.now or beyond.year),
        nearest,
        nearby,
        max(odds, default=usual_odds),
        _unknown(question, generation.lexical),
        _weakest(question, found, generation),
        float(beyond.presumed is not None),
        found.likeness,
        0.0 if foreign else leaning(found.query.vector, _FITTED),
    )


def _everyday(found: Found) -> tuple[float, float]:
    """The features 3 and 4."""
    stated = heapq.nlargest(_NEARBY, (lead.score for lead in found.leads if lead.statement))
    return max((lead.score for lead in found.leads), default=0.0), sum(stated) / _NEARBY


def _is_foreign(found: Found, generation: Generation) -> bool:
    """Whether the first hit is of an original to which no everyday question leads."""
    first = found.hits[0]
    return first.passage.form == "original" and not generation.asked_about[generation.documents_by_row[first.row]]


def leaning(vector: Vectors, fitted: Fitted) -> float:
    """How much more a question's vector is like those of questions with an answer: the linear discriminant of Fisher
    (1936) between them and questions without one, 0 midway. 0 too for an embedding model of another dimension."""
    if len(vector) != len(fitted.direction):
        return 0.0
    return float(vector @ fitted.vector) + fitted.offset


def _unknown(question: str, lexical: Lexical) -> float:
    asked = set(_WORD.findall(question))
    return sum(not lexical.knows(word) for word in asked) / max(1, len(asked))


def _weakest(question: str, found: Found, generation: Generation) -> float:
    """Of the content words of a question, the least of their best matches in the first hits; 0 without such words."""
    asked = content_words(question, found.query, generation.lexical)
    matches = generation.tokens.best(found.tokens, [hit.row for hit in found.hits[:_READ]])
    return float(by_word(matches[None], asked).min(initial=1.0)) if asked else 0.0
