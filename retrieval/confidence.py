"""How sure it is that the sources answer a question: a logistic estimate from what retrieval saw."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from corpus import Source
from ingest.index.lexical import Lexical
from retrieval.beyond import asks_for_now, asks_for_ruling, names_another_year, unheld_law
from retrieval.search import Found

# Weights of `features`, the bias last; fitted by `python -m evals.calibrate` on the evaluation set.
_WEIGHTS = (33.81, -0.19, -3.43, -2.42, -2.85, 6.74, -30.56)
THRESHOLD = 0.3  # of the dev questions it refuses 55 % of the unanswerable and 4 % of the others
_UNLED = 2  # place taken where the first hits are of documents without everyday questions
_WORD = re.compile(r"[^\W_]+")


def estimate(question: str, found: Found, lexical: Lexical, sources: Sequence[Source]) -> float:
    """Chance between 0 and 1 that the passages found answer the question.

    lexical  knows the words of all sources
    sources  all that are held
    """
    if not found.hits:
        return 0.0
    if found.exact:
        return 0.99
    *weights, bias = _WEIGHTS
    terms = zip(weights, features(question, found, lexical, sources), strict=True)
    return 1 / (1 + math.exp(-(sum(weight * value for weight, value in terms) + bias)))


def features(question: str, found: Found, lexical: Lexical, sources: Sequence[Source]) -> tuple[float, ...]:
    """What the estimate looks at.

    0  cosine of the nearest passage
    1  how far down the first passage stands to which the nearest everyday question leads, as a logarithm
    2  1 if it names a law that is not held, or is after what a court decided
    3  1 if it names a year of which no passage speaks together with its names, or is after the day of today
    4  share of its words that no source holds
    5  score of the nearest everyday question
    """
    place = _UNLED if found.led is None else found.led
    beyond = unheld_law(question, sources) is not None or asks_for_ruling(question)
    moment = asks_for_now(question) or names_another_year(question, found.hits)
    asked = set(_WORD.findall(question))
    unknown = sum(not lexical.knows(word) for word in asked) / max(1, len(asked))
    return found.cosine, math.log1p(place), float(beyond), float(moment), unknown, found.everyday
