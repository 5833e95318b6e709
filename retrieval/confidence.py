"""How sure it is that the sources answer a question: a logistic estimate from what retrieval saw."""

from __future__ import annotations

import math
import re

from ingest.index.lexical import Lexical, words
from retrieval.answer import Language
from retrieval.search import Found

# Weights of `features`, the bias last; fitted by `python -m evals.calibrate` on the evaluation set.
_WEIGHTS = (48.98, 12.05, -8.1, 0.13, -1.05, -3.23, -42.85)
THRESHOLD = 0.3  # of the dev questions it refuses 45 % of the unanswerable and 7 % of the others
_LOOKED_AT = 5
_WORD = re.compile(r"[^\W_]+")
# A name (capital inside a sentence, or capitals only) or a number: what a passage must hold to speak of it.
_SPECIFIC = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][\w'’-]+|\b[A-Z]{2,}\w*|\b\d+(?:[.,]\d+)*\b")


def estimate(question: str, language: Language, found: Found, lexical: Lexical) -> float:
    """Chance between 0 and 1 that the passages found answer the question. `lexical` knows the words of all sources."""
    if not found.hits:
        return 0.0
    if found.exact:
        return 0.99
    *weights, bias = _WEIGHTS
    terms = zip(weights, features(question, language, found, lexical), strict=True)
    return 1 / (1 + math.exp(-(sum(weight * value for weight, value in terms) + bias)))


def features(question: str, language: Language, found: Found, lexical: Lexical) -> tuple[float, ...]:
    """What the estimate looks at.

    0  cosine of the nearest passage
    1  score of the nearest everyday question
    2  best score by late interaction
    3  1 for an English question: its scores with Dutch text are lower
    4  share of the names and numbers of the question that even the best passage for them lacks
    5  share of the question's words that no source holds
    """
    best = [set(words(hit.passage.searchable)) for hit in found.hits[:_LOOKED_AT]]
    specific = {stem for word in _SPECIFIC.findall(question) for stem in words(word)}
    missing = min((len(specific - held) for held in best), default=0) / len(specific) if specific else 0.0
    asked = set(_WORD.findall(question))
    unknown = sum(not lexical.knows(word) for word in asked) / max(1, len(asked))
    return found.cosine, found.everyday, found.meaning, float(language == "en"), missing, unknown
