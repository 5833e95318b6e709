"""How sure it is that the sources answer a question: a logistic estimate from what retrieval saw."""

from __future__ import annotations

import math
import re

from ingest.index.lexical import words
from retrieval.answer import Language
from retrieval.search import Found

# Weights of `features`, the bias last; fitted by `python -m evals.calibrate` on the evaluation set.
_WEIGHTS = (44.3, 1.0, -1.55, -36.6)
THRESHOLD = 0.65  # refuses half of the unanswerable questions and a tenth of the others, on the dev questions
_LOOKED_AT = 5
# A name (capital inside a sentence, or capitals only) or a number: what a passage must hold to speak of it.
_SPECIFIC = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][\w'’-]+|\b[A-Z]{2,}\w*|\b\d+(?:[.,]\d+)*\b")


def estimate(question: str, language: Language, found: Found) -> float:
    """Chance between 0 and 1 that the passages found answer the question."""
    if not found.hits:
        return 0.0
    if found.exact:
        return 0.99
    *weights, bias = _WEIGHTS
    terms = zip(weights, features(question, language, found), strict=True)
    return 1 / (1 + math.exp(-(sum(weight * value for weight, value in terms) + bias)))


def features(question: str, language: Language, found: Found) -> tuple[float, float, float]:
    """What the estimate looks at.

    0  cosine of the nearest passage
    1  1 for an English question: its cosines with Dutch text are lower
    2  share of the names and numbers of the question that none of the best passages holds
    """
    best = [hit.passage.searchable for hit in found.hits[:_LOOKED_AT]]
    held = {stem for text in best for stem in words(text)}
    specific = {stem for word in _SPECIFIC.findall(question) for stem in words(word)}
    missing = len(specific - held) / len(specific) if specific else 0.0
    return found.cosine, float(language == "en"), missing
