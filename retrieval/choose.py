"""Choosing sentences: by the chance that one belongs to the answer; none saying the same twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice, takewhile

from retrieval.cite import Sentence
from retrieval.relevance import Scored

_SAME = 0.8  # share of the words of the shorter of two sentences that say the same
_SAME_PLACE = 0.6  # the same share, where one is our wording of the place of the other
_CHANCE = 0.1  # below which a sentence is left out
SHARE = 0.3  # share of the best chance below which one is left out as well
_NEAR_BEST = 0.8  # share of the best chance that is always enough, where no sentence is likely
_MAX_ITEMS = 9  # of a list behind its introduction
_LONGEST_BEFORE = 45  # words of a sentence that is added because the next one points back to it
# What points back to the sentence before.
_POINTS_BACK = re.compile(
    r"(?:Dit|Dat|Deze|Die|Zij|Ze|Hij|Het\s+gaat|Hierdoor|Daardoor|Daarom|Hiermee|Daarmee|Hierbij|Daarbij|Daarvan|Zulke|"
    r"Dergelijke|Eerstgenoemde|Laatstgenoemde|This|That|These|Those|They|He|She|Such)\b"
)
# What goes on from the sentence before: understood without it, but no beginning of an answer.
_GOES_ON = re.compile(
    r"(?:Bovendien|Daarnaast|Vervolgens|Niettemin|Desondanks|Echter|Toch|Ook|Maar|En|Want|Dus|Iets|Moreover|Besides|However|"
    r"Nevertheless|Also|But|And|So|Then)\b"
)


def choose(
    scored: Sequence[Scored],
    budget: int,
    besides: Sequence[Scored] = (),
    most: int | None = None,
    share: float = SHARE,
) -> list[Scored]:
    """The best sentences of at most `budget` words together, best first; none says what another one, or one of
    `besides`, says. A sentence that points back brings the one before it, an introduction its list.

    A sentence needs a chance of at least `share` of the best one, and of _CHANCE unless none comes near that.
    """
    before = {id(one): previous for previous, one in zip([None, *scored], scored, strict=False) if previous}
    best = max((s.score for s in scored), default=0.0)
    least = min(max(_CHANCE, share * best), _NEAR_BEST * best)
    chosen: list[Scored] = []
    left = budget
    for candidate in sorted(scored, key=lambda s: (-s.score, s.sentence.hit.rank, s.sentence.start)):
        if candidate.score < least or (most is not None and len(chosen) >= most):
            break
        if candidate in chosen or any(says_the_same(candidate, other) for other in (*besides, *chosen)):
            continue
        antecedent = _antecedent(candidate, before.get(id(candidate)), chosen)
        if antecedent is None:
            continue
        needed = [candidate, *antecedent]
        needed += [item for item in _items(candidate, scored) if item not in chosen]
        length = sum(one.length for one in needed)
        if length <= left:
            chosen += needed
            left -= length
    return chosen


def _antecedent(candidate: Scored, before: Scored | None, chosen: Sequence[Scored]) -> list[Scored] | None:
    """What must stand before a sentence for it to be understood; None if that cannot be given."""
    sentence = candidate.sentence
    if sentence.is_item or not points_back(sentence) or before in chosen:
        return []
    if before is None or before.sentence.hit.row != sentence.hit.row or before.sentence.is_item:
        return None
    return [before] if before.length <= _LONGEST_BEFORE else None


def _items(candidate: Scored, scored: Sequence[Scored]) -> list[Scored]:
    """The list items that a sentence ending in a colon introduces."""
    sentence = candidate.sentence
    if not sentence.text.endswith(":"):
        return []
    following = (s for s in scored if s.sentence.hit.row == sentence.hit.row and s.sentence.start > sentence.start)
    return list(takewhile(lambda s: s.sentence.is_item, islice(following, _MAX_ITEMS)))


def points_back(sentence: Sentence) -> bool:
    """Whether a sentence is not understood without the one before it."""
    return bool(_POINTS_BACK.match(sentence.text))


def stands_alone(sentence: Sentence) -> bool:
    """Whether a sentence can open an answer: no list item, and none that goes on from what stands before it."""
    return not (sentence.is_item or points_back(sentence) or _GOES_ON.match(sentence.text))


def says_the_same(one: Scored, other: Scored) -> bool:
    """Whether the words of the shorter of two sentences nearly all stand in the other; of a statement of ours and a
    quote from the same place, half of them is enough."""
    shared = len(one.stems & other.stems)
    same_place = _place(one) == _place(other) and _form(one) != _form(other)
    return shared > (_SAME_PLACE if same_place else _SAME) * max(1, min(len(one.stems), len(other.stems)))


def _place(scored: Scored) -> tuple[object, ...]:
    place = scored.sentence.hit.passage.locator
    return scored.sentence.hit.source.id, place.section[-1:], place.article


def _form(scored: Scored) -> str:
    return scored.sentence.hit.passage.form
