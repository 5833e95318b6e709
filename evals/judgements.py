"""Sentences judged for the questions of the evaluation set, one by one: whether they belong in the answer.

For every question the sentences that stood highest, on the originals and on the digests, and all that were cited, were
read in random order and judged without knowing which system chose them (pooling: Sparck Jones & Van Rijsbergen 1975).
A sentence is kept as a fingerprint of its words, since the texts of others are not kept here.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

from evals.question import Question

Judgement = Literal["answers", "bears", "beside"]
_LENGTH = 10  # hexadecimal digits of a fingerprint


class Judged(BaseModel):
    """The fingerprints of the sentences that answer a question, bear on exactly what is asked, or stand beside it.

    `question` is an id, of a pair the Dutch one's, as what answers it answers both; of one made for training the text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    answers: frozenset[str]
    bears: frozenset[str]
    beside: frozenset[str]


def fingerprint(text: str) -> str:
    """What stays the same of a sentence however it is spaced, capitalised and punctuated."""
    plain = " ".join(re.findall(r"\w+", text.lower()))
    return hashlib.sha256(plain.encode()).hexdigest()[:_LENGTH]


def judgement(question: Question, text: str) -> Judgement | None:
    """How a sentence was judged for a question; None if it was not."""
    judged = read_judgements().get(question.pair or question.id)
    if judged is None:
        return None
    name: Judgement
    for name in get_args(Judgement):
        if fingerprint(text) in getattr(judged, name):
            return name
    return None


@cache
def read_judgements() -> dict[str, Judged]:
    """The judgements by the id of their question."""
    return {one.question: one for one in _read("judgements.jsonl")}


def read_training() -> list[Judged]:
    """The judgements for questions that were made to train on, and on which nothing is measured."""
    return _read("training.jsonl")


def _read(name: str) -> list[Judged]:
    lines = files(__package__).joinpath(name).read_text(encoding="utf-8").splitlines()
    return [Judged.model_validate_json(line) for line in lines if line.strip()]
