"""Question and sentence read together: a small transformer over the token vectors that the index keeps.

The tokens of a passage are embedded once, when it is ingested. Two layers, 64 numbers wide, read those of a sentence
and of its heading beside those of the question (as PreTTR, MacAvaney et al. 2020, arXiv:2004.14255), and each head of
their attention sees how well two tokens match. `python -m evals.reranking` fits the weights on judged sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.embed import Vectors
from ingest.index.tokens import Bits

FITTED = Path(__file__).with_name("reranker.npz")
LAYERS, HEADS = 2, 4
# Tokens that are read: of a question the last, as what is asked comes last; of a text the first; of a heading the last.
QUESTION, TEXT, HEADING = 48, 72, 20
NO_HEADING = -0.1  # match of a token with a heading that has nothing of it
_BLOCK = 16  # texts of like length that are read at once
_OUT_OF_SIGHT = -1e4
_LEAST_VARIANCE = 1e-5

Numbers = NDArray[np.float32]
Weights = Mapping[str, Numbers]


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Sign bits (t, dimension / 8) of the tokens of a sentence, and those of the title and headings above it."""

    text: Bits
    heading: Bits

    @property
    def length(self) -> int:
        """Tokens that are read."""
        return min(len(self.text), TEXT) + min(len(self.heading), HEADING)


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Stretches as tokens of unit length (n, t, dimension), which of these there are, and which are of a heading."""

    tokens: Numbers
    there: NDArray[np.bool_]
    heading: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Cosines of the tokens of texts and question (n, t, m), and the best of each question token in the text (n, m)
    and in the heading (n, m), and of each token of the text in the question (n, t)."""

    every: Numbers
    in_text: Numbers
    in_heading: Numbers
    in_question: Numbers


def readings(question: Vectors, stretches: Sequence[Stretch]) -> Numbers:
    """(n,): log-odds that each sentence belongs to the answer to a question with the token vectors (m, dimension)."""
    found = np.zeros(len(stretches), dtype=np.float32)
    order = sorted(range(len(stretches)), key=lambda n: stretches[n].length)
    asked = question[-QUESTION:]
    for start in range(0, len(order), _BLOCK):
        block = order[start : start + _BLOCK]
        found[block] = read(fitted(), asked, texts([stretches[n] for n in block]))
    return found


@cache
def fitted() -> Weights:
    """The weights, by the names that evals/reranking.py gives them."""
    with np.load(FITTED) as kept:
        return {name: kept[name].astype(np.float32) for name in kept.files}


def texts(stretches: Sequence[Stretch]) -> Texts:
    """Stretches side by side; each heading stands behind its text."""
    width = max(1, *(stretch.length for stretch in stretches))
    dimension = stretches[0].text.shape[1]
    bits = np.zeros((len(stretches), width, dimension), dtype=np.uint8)
    there = np.zeros(bits.shape[:2], dtype=np.bool_)
    heading = there.copy()
    for n, stretch in enumerate(stretches):
        text, above = stretch.text[:TEXT], stretch.heading[-HEADING:]
        bits[n, : stretch.length] = np.concatenate([text, above])
        there[n, : stretch.length] = True
        heading[n, len(text) : stretch.length] = True
    signs = np.unpackbits(bits, axis=2).astype(np.float32) * 2 - 1
    return Texts(signs / np.float32(np.sqrt(signs.shape[2])), there, heading)


def matches(question: Vectors, read: Texts) -> Matches:
    """Which tokens go together. What is not there matches nothing."""
    every = read.tokens @ question.T
    seen = np.where(read.there[..., None], every, np.float32(-1))
    return Matches(
        every=every,
        in_text=np.where(read.heading[..., None], np.float32(-1), seen).max(axis=1),
        in_heading=np.where(read.heading[..., None], seen, np.float32(NO_HEADING)).max(axis=1).clip(min=NO_HEADING),
        in_question=seen.max(axis=2),
    )


def read(weights: Weights, question: Vectors, side_by_side: Texts) -> Numbers:
    """What `readings` gives, with these weights."""
    matched = matches(question, side_by_side)
    asked = len(question)
    of_question = np.stack([matched.in_text, matched.in_heading], axis=2) @ weights["match"]
    of_question = of_question + question @ weights["question"] + weights["question.bias"]
    of_text = matched.in_question[..., None] * weights["match"].sum(axis=0)
    of_text += (
        side_by_side.tokens @ weights["text"]
        + weights["text.bias"]
        + side_by_side.heading[..., None] * weights["heading"]
    )
    first = np.broadcast_to(weights["first"], (len(side_by_side.tokens), 1, of_text.shape[2]))
    states = np.concatenate([first, of_question, of_text], axis=1)
    match = np.zeros((len(states), 1, states.shape[1], states.shape[1]), dtype=np.float32)
    match[:, 0, 1 : 1 + asked, 1 + asked :] = matched.every.transpose(0, 2, 1)
    match[:, 0, 1 + asked :, 1 : 1 + asked] = matched.every
    hidden = np.zeros((len(states), 1, 1, states.shape[1]), dtype=np.float32)
    hidden[:, 0, 0, 1 + asked :] = np.where(side_by_side.there, 0, _OUT_OF_SIGHT)
    for layer in range(LAYERS):
        own = {name.partition(".")[2]: value for name, value in weights.items() if name.startswith(f"{layer}.")}
        # of the last layer only the first state is used
        states = _layer(own, states, match, hidden, 1 if layer == LAYERS - 1 else states.shape[1])
    meaning = matched.in_text.mean(axis=1) * weights["meaning"]
    odds: Numbers = states[:, 0] @ weights["out"] + meaning + weights["out.bias"]
    return odds


def _layer(weights: Weights, states: Numbers, match: Numbers, hidden: Numbers, kept: int) -> Numbers:
    """The first `kept` states, having seen all others."""
    n, tokens, width = states.shape
    heads = _normal(states, weights["before"]) @ weights["attention"] + weights["attention.bias"]
    asking, asked, told = heads.reshape(n, tokens, 3, HEADS, width // HEADS).transpose(2, 0, 3, 1, 4)
    scores = asking[:, :, :kept] @ asked.transpose(0, 1, 3, 2) / np.float32(np.sqrt(width // HEADS))
    scores += match[:, :, :kept] * weights["match"][:, None, None] + hidden
    scores -= scores.max(axis=3, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=3, keepdims=True)
    seen = (scores @ told).transpose(0, 2, 1, 3).reshape(n, kept, width)
    states = states[:, :kept] + seen @ weights["seen"] + weights["seen.bias"]
    inner = _normal(states, weights["between"]) @ weights["inner"] + weights["inner.bias"]
    result: Numbers = states + np.maximum(inner, 0) @ weights["outer"] + weights["outer.bias"]
    return result


def _normal(states: Numbers, weights: Numbers) -> Numbers:
    """Layer normalisation; `weights` (2, width) are scale and shift."""
    centred = states - states.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + np.float32(_LEAST_VARIANCE))
    normal: Numbers = centred / spread * weights[0] + weights[1]
    return normal
