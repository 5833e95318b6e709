"""Whether a sentence denies what its passages affirm, or the other way round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from retrieval.coverage import Covered, Segment, segments
from retrieval.lexicon import LEXICON

_SAME = 0.8  # share of a segment's words that a source sentence must hold for its denial to count for certain
_ALIKE = 0.55  # coverage at which a source sentence speaks of the same


@dataclass(frozen=True, slots=True)
class Reversal:
    """Words by which sentence and source contradict each other. `sure`: the source says nearly the same otherwise."""

    said: str
    sure: bool


def reversals(sentence: str, covered: Covered) -> Iterator[Reversal]:
    """Denials and opposites in which a sentence differs from the source sentence that is nearest to it."""
    if not covered.segments or not covered.spans:
        return
    for start, end in segments(sentence):
        rows = [n for n, (a, b) in enumerate(covered.spans) if start <= a and b <= end]
        if len(rows) < 2:
            continue
        part = sentence[start:end]
        column, coverage, exact = _nearest(rows, covered)
        yield from _denials(part, covered.segments[column], coverage, exact)
        yield from _opposites(part, covered.segments[column], coverage, exact)


def _nearest(rows: list[int], covered: Covered) -> tuple[int, float, float]:
    """The segment nearest to these words, of the sentence nearest to them: its number, the coverage by that whole
    sentence, and the share of the words that the sentence holds."""
    by_segment = covered.by_segment[rows]
    numbers = np.array([segment.number for segment in covered.segments])
    coverage = {n: float(by_segment[:, numbers == n].max(axis=1).mean()) for n in set(numbers.tolist())}
    nearest = max(coverage, key=lambda n: (coverage[n], -n))
    inside = np.flatnonzero(numbers == nearest)
    column = int(inside[by_segment[:, inside].mean(axis=0).argmax()])
    held = covered.held[rows][:, inside].any(axis=1).mean()
    return column, coverage[nearest], float(held)


def _denials(part: str, source: Segment, coverage: float, exact: float) -> Iterator[Reversal]:
    mine, theirs = LEXICON.negations_in(part), LEXICON.negations_in(source.text)
    if len(mine) % 2 == len(theirs) % 2:
        return
    said = (mine or theirs)[0][0]
    guarded = LEXICON.is_guarded(part) or LEXICON.is_guarded(source.whole)
    if exact >= _SAME:
        yield Reversal(said, sure=not guarded and not LEXICON.negations_in(source.whole)[len(theirs) :])
    elif not guarded and coverage >= _ALIKE and not (mine and LEXICON.negations_in(source.whole)):
        yield Reversal(said, sure=False)


def _opposites(part: str, source: Segment, coverage: float, exact: float) -> Iterator[Reversal]:
    if coverage < _ALIKE:
        return
    for pair in LEXICON.opposites:
        for said, opposite in (pair, pair[::-1]):
            word = said.search(part)
            if word and not opposite.search(part) and opposite.search(source.text) and not said.search(source.whole):
                yield Reversal(word[0], sure=exact >= _SAME)
