"""The reranker: a sentence is read with its question alone, whatever is read beside it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from retrieval.reranker import HEADING, QUESTION, TEXT, Stretch, readings

DIMENSION = 384
NEAR = 1e-3


def tokens(seed: int, length: int) -> NDArray[np.float32]:
    """Question tokens by chance, of unit length."""
    found = np.random.default_rng(seed).standard_normal((length, DIMENSION)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def stretch(seed: int, text: int, heading: int) -> Stretch:
    """Tokens of a sentence and its heading by chance."""
    bits = np.random.default_rng(seed).integers(0, 256, (text + heading, DIMENSION // 8), dtype=np.uint8)
    return Stretch(bits[:text], bits[text:])


def saying(question: NDArray[np.float32]) -> Stretch:
    """A sentence of the very tokens of a question."""
    return Stretch(np.packbits(question > 0, axis=1), np.zeros((0, DIMENSION // 8), dtype=np.uint8))


@given(
    lengths=st.lists(st.tuples(st.integers(0, 2 * TEXT), st.integers(0, 2 * HEADING)), min_size=1, max_size=40),
    asked=st.integers(1, 2 * QUESTION),
)
def test_a_sentence_is_read_the_same_alone_and_among_others(lengths: list[tuple[int, int]], asked: int) -> None:
    question = tokens(1, asked)
    stretches = [stretch(number, *length) for number, length in enumerate(lengths)]
    together = readings(question, stretches)
    assert np.isfinite(together).all()
    for number in (0, len(stretches) - 1):
        assert readings(question, [stretches[number]])[0] == pytest.approx(together[number], abs=NEAR)


def test_what_matches_the_question_is_likelier_than_what_has_nothing_of_it() -> None:
    question = tokens(2, 8)
    same, other = readings(question, [saying(question), stretch(3, 8, 0)])
    assert same > other


def test_of_a_long_question_the_end_counts_and_of_a_long_sentence_the_beginning() -> None:
    question, long = tokens(4, QUESTION), stretch(5, TEXT + 30, 0)
    begun = Stretch(long.text[:TEXT], long.heading)
    assert readings(np.concatenate([tokens(6, 20), question]), [long]) == pytest.approx(readings(question, [begun]))


def test_without_sentences_nothing_is_read() -> None:
    assert readings(tokens(7, 5), []).tolist() == []


def test_training_reads_as_answering_does() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    from evals.reranking import Pair, parameters, read, weights_of
    from retrieval import reranker

    torch.manual_seed(1)
    made = parameters(DIMENSION)
    with torch.no_grad():
        for name in made:
            made[name] += torch.randn(made[name].shape) / 10  # nothing stays at nought
    question = tokens(8, 9)
    stretches = [stretch(number, 12 + number, number) for number in range(5)]
    other = Pair(tokens(9, 17), stretch(9, 30, 4))  # longer, so that everything is padded
    pairs = [Pair(question, one) for one in stretches]
    trained = read(made, [*pairs, other], dropped=0.0).detach().numpy()[:-1]
    told = reranker.read(weights_of(made), question, reranker.texts(stretches))
    assert told == pytest.approx(trained, abs=NEAR)
