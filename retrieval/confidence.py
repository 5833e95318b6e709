"""How sure it is that the sources answer a question: a logistic estimate from what retrieval saw."""

from __future__ import annotations

import math
import re
from functools import cached_property
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from corpus.yaml_file import read_model
from ingest.embed import Vectors
from ingest.index.generation import Generation
from ingest.index.lexical import Lexical, words
from ingest.index.tokens import TokenIndex
from retrieval.beyond import Beyond
from retrieval.search import Found

FITTED = Path(__file__).with_name("confidence.yaml")
THRESHOLD = 0.16  # of the dev questions left out of the fit it refuses 69 % of the unanswerable and 4 % of the others
_UNLED = 2  # place taken where the first hits are of documents without everyday questions
_READ = 3  # hits in which the words of a question are looked for
_WORD = re.compile(r"[^\W_]+")
_COMPOUND = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")


class Fitted(BaseModel):
    """What `python -m evals.calibrate` fitted.

    `weights` are those of `features`, the bias last; `direction`, in hundredths, and `offset` are those of `leaning`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: tuple[float, ...]
    direction: tuple[int, ...]
    offset: float

    @cached_property
    def vector(self) -> Vectors:
        """(dimension,): the direction."""
        return (np.array(self.direction) / 100).astype(np.float32)


_FITTED = read_model(FITTED, Fitted)


def estimate(question: str, found: Found, beyond: Beyond, generation: Generation) -> float:
    """Chance between 0 and 1 that the passages found answer the question."""
    if not found.hits:
        return 0.0
    if found.exact:
        return 0.99
    *weights, bias = _FITTED.weights
    terms = zip(weights, features(question, found, beyond, generation), strict=True)
    return 1 / (1 + math.exp(-(sum(weight * value for weight, value in terms) + bias)))


def features(question: str, found: Found, beyond: Beyond, generation: Generation) -> tuple[float, ...]:
    """What the estimate looks at.

    0  cosine of the nearest passage
    1  how far down the first passage stands to which the nearest everyday question leads, as a logarithm
    2  1 if it names a law that is not held, or is after what a court decided
    3  1 if it names a year of which no passage speaks together with its names, or is after the day of today
    4  share of its words that no source holds
    5  score of the nearest everyday question
    6  how well the first passages match the one of its words that they match least, -1 to 1
    7  whether it is more like questions with an answer or like questions without; 0 if the first passage is of a
       document of one's own, of which those questions say nothing
    """
    return (
        found.cosine,
        math.log1p(_UNLED if found.led is None else found.led),
        float(beyond.law is not None or beyond.ruling),
        float(beyond.now or beyond.year),
        _unknown(question, generation.lexical),
        found.everyday,
        _weakest(question, found, generation.tokens),
        0.0 if _is_foreign(found, generation) else leaning(found.query.vector, _FITTED),
    )


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


def _weakest(question: str, found: Found, tokens: TokenIndex) -> float:
    """Of the content words of a question, the least of their best matches in the first hits; 0 without such words."""
    matches = tokens.best(found.tokens, [hit.row for hit in found.hits[:_READ]])
    starts, ends = found.query.spans.T
    spans = [match.span() for match in _COMPOUND.finditer(question) if words(match[0])]
    inside = [(starts < end) & (ends > start) for start, end in spans]
    return min((float(matches[of_word].mean()) for of_word in inside if of_word.any()), default=0.0)
