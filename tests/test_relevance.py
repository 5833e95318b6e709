"""The chance of a sentence: rare words of the question count more, and what near everyday questions ask for counts."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from ingest.e5 import Embedded
from ingest.index.lexical import Lexical, write_lexical
from retrieval.wording import by_word, content_words, weighted

QUESTION = "Wat is verdringing in een wijk?"


@pytest.fixture
def lexical(tmp_path: Path) -> Lexical:
    """Four texts: every one speaks of the wijk, one of verdringing."""
    write_lexical(tmp_path / "l", ["wijk", "wijk en huis", "wijk en straat", "verdringing in de wijk"])
    return Lexical(tmp_path / "l")


def embedded() -> Embedded:
    """One token a word of the question."""
    spans = [match.span() for match in re.finditer(r"\w+", QUESTION)]
    tokens = np.eye(len(spans), dtype=np.float32)
    return Embedded(vector=tokens[0], tokens=tokens, spans=np.array(spans))


def test_a_word_in_fewer_passages_is_rarer_and_an_unknown_one_rarest(lexical: Lexical) -> None:
    known, rare, unknown = (lexical.rarity(stem) for stem in ("wijk", "verdring", "fotosynthes"))
    assert 0 <= known < rare < unknown


def test_only_content_words_of_a_question_count_and_the_rare_one_counts_most(lexical: Lexical) -> None:
    asked = content_words(QUESTION, embedded(), lexical)
    assert [int(word.tokens.argmax()) for word in asked] == [2, 5]
    has_rare, has_plain, has_function_words = np.zeros((3, 6), dtype=np.float32)
    has_rare[2], has_plain[5], has_function_words[[0, 1, 3, 4]] = 1, 1, 1
    match = weighted(by_word(np.stack([has_rare, has_plain, has_function_words]), asked), asked)
    assert match[0] > match[1] >= match[2] == 0


def test_a_question_without_content_words_matches_nothing() -> None:
    assert weighted(by_word(np.ones((2, 3), dtype=np.float32), []), []).tolist() == [0.0, 0.0]
