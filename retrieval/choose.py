"""Choosing sentences: by the chance that one belongs to the answer; none saying the same twice."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from ingest.index.generation import Generation
from ingest.index.lexical import words
from retrieval.answer import QuestionKind
from retrieval.cite import Sentence, section_of
from retrieval.question import suits
from retrieval.search import Found

_SAME = 0.8  # share of the words of the shorter of two sentences that say the same
_SAME_PLACE = 0.6  # the same share, where one is our wording of the place of the other
# Weights of `features`, the bias last; fitted by `python -m evals.sentences` on the questions of the dev split.
_WEIGHTS = (0.52, 2.61, 3.13, 0.58, 1.88, 1.21, -3.86)
CHANCE = 0.3  # below which a sentence is left out
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


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """A sentence with the chance, 0 to 1, that it belongs to the answer; `meaning` is its late interaction, best 1."""

    sentence: Sentence
    score: float
    meaning: float
    stems: frozenset[str]

    @property
    def length(self) -> int:
        """Words."""
        return len(self.sentence.text.split())


def score(
    generation: Generation, found: Found, question: str, kind: QuestionKind, sentences: Sequence[Sentence]
) -> list[Scored]:
    """Every sentence with its score, in the order given."""
    *weights, bias = _WEIGHTS
    meanings = meanings_of(generation, found, sentences)
    scored = []
    described = features(found, question, kind, sentences, meanings)
    for sentence, meaning, values in zip(sentences, meanings, described, strict=True):
        worth = sum(weight * value for weight, value in zip(weights, values, strict=True)) + bias
        scored.append(Scored(sentence, 1 / (1 + math.exp(-worth)), meaning, frozenset(words(sentence.text))))
    return scored


def features(
    found: Found, question: str, kind: QuestionKind, sentences: Sequence[Sentence], meanings: Sequence[float]
) -> list[tuple[float, ...]]:
    """What the chance of each sentence rests on.

    0  late interaction with the question, best sentence 1
    1  share of the question's words that it or its heading has
    2  score of its passage, best passage 1
    3  how well its form suits the kind of question
    4  1 if it stands in the section of the best passage, or is a footnote that is asked for
    5  1 if it is a statement of our catalogue
    """
    asked = set(words(question))
    best = max((hit.score for hit in found.hits), default=1.0) or 1.0
    first = section_of(found.hits[0]) if found.hits else None
    rows: list[tuple[float, ...]] = []
    for sentence, meaning in zip(sentences, meanings, strict=True):
        hit = sentence.hit
        said = {*words(sentence.text), *words(" ".join(hit.passage.locator.section[-1:]))}
        overlap = len(asked & said) / len(asked) if asked else 0.0
        form = suits(kind, question, sentence.text)
        central = section_of(hit) == first or hit.passage.kind == "note"
        ours = hit.passage.form == "catalogue"
        rows.append((meaning, overlap, hit.score / best, form, float(central), float(ours)))
    return rows


def meanings_of(generation: Generation, found: Found, sentences: Sequence[Sentence]) -> list[float]:
    """Late interaction of the question with every sentence, best sentence 1."""
    spans = []
    for sentence in sentences:
        passage = sentence.hit.passage
        shift = len(passage.searchable) - len(passage.text) - passage.start
        spans.append((sentence.hit.row, sentence.start + shift, sentence.end + shift))
    scores = list(map(float, generation.tokens.span_scores(found.tokens, spans)))
    nearest = max(scores, default=1.0) or 1.0
    return [score / nearest for score in scores]


def choose(
    scored: Sequence[Scored],
    budget: int,
    besides: Sequence[Scored] = (),
    most: int | None = None,
    chance: float = CHANCE,
) -> list[Scored]:
    """The best sentences of at most `budget` words together, best first; none says what another one, or one of
    `besides`, says. A sentence that points back brings the one before it, an introduction its list.

    `chance` is the least that a sentence needs, unless none comes near it.
    """
    before = {id(one): previous for previous, one in zip([None, *scored], scored, strict=False) if previous}
    least = min(chance, _NEAR_BEST * max((s.score for s in scored), default=0.0))
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
