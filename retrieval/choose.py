"""Choosing sentences: by meaning, shared words, standing of the passage and form; none saying the same twice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.index.generation import Generation
from ingest.index.lexical import words
from retrieval.answer import QuestionKind
from retrieval.cite import Sentence
from retrieval.question import suits
from retrieval.search import Found

_SAME = 0.8  # share of the words of the shorter of two sentences that say the same
_SAME_PLACE = 0.6  # the same share, where one is our wording of the place of the other
_WORTH = 0.65  # share of the best score below which a sentence is left out
# How much counts: meaning, shared words, standing of the passage, form; tuned on the questions of the dev split.
_MEANING, _OVERLAP, _STANDING, _FORM = 1.0, 0.5, 2.0, 0.25
# What every word beyond these costs: room that two shorter sentences could have.
_PLENTY, _PER_WORD = 20, 0.005
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
    """A sentence with what it is worth for the question; `meaning` is its late interaction, best sentence 1."""

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
    asked = set(words(question))
    best = max((hit.score for hit in found.hits), default=1.0) or 1.0
    meanings = _meanings(generation, found, sentences)
    nearest = max(meanings, default=1.0) or 1.0
    scored = []
    for sentence, meaning in zip(sentences, meanings, strict=True):
        stems = frozenset(words(sentence.text))
        heading = words(" ".join(sentence.hit.passage.locator.section[-1:]))
        overlap = len(asked & (stems | set(heading))) / len(asked) if asked else 0.0
        worth = _MEANING * meaning / nearest + _OVERLAP * overlap + _STANDING * sentence.hit.score / best
        worth += _FORM * suits(kind, question, sentence.text)
        worth -= _PER_WORD * max(0, len(sentence.text.split()) - _PLENTY)
        scored.append(Scored(sentence, worth, meaning / nearest, stems))
    return scored


def _meanings(generation: Generation, found: Found, sentences: Sequence[Sentence]) -> list[float]:
    """Late interaction of the question with every sentence."""
    spans = []
    for sentence in sentences:
        passage = sentence.hit.passage
        shift = len(passage.searchable) - len(passage.text) - passage.start
        spans.append((sentence.hit.row, sentence.start + shift, sentence.end + shift))
    return list(map(float, generation.tokens.span_scores(found.tokens, spans)))


def choose(
    scored: Sequence[Scored], budget: int, besides: Sequence[Scored] = (), most: int | None = None
) -> list[Scored]:
    """The best sentences of at most `budget` words together, best first; none says what another one, or one of
    `besides`, says. A sentence that points back brings the one before it."""
    before = {id(one): previous for previous, one in zip([None, *scored], scored, strict=False) if previous}
    best = max((s.score for s in scored), default=0.0)
    chosen: list[Scored] = []
    left = budget
    for candidate in sorted(scored, key=lambda s: (-s.score, s.sentence.hit.rank, s.sentence.start)):
        if candidate.score < _WORTH * best or (most is not None and len(chosen) >= most):
            break
        if candidate in chosen or any(says_the_same(candidate, other) for other in (*besides, *chosen)):
            continue
        needed = [candidate, *_antecedent(candidate, before.get(id(candidate)), chosen)]
        length = sum(one.length for one in needed)
        if length <= left:
            chosen += needed
            left -= length
    return chosen


def _antecedent(candidate: Scored, before: Scored | None, chosen: Sequence[Scored]) -> list[Scored]:
    sentence = candidate.sentence
    if before is None or before in chosen or sentence.is_item or not points_back(sentence):
        return []
    same = before.sentence.hit.row == sentence.hit.row and not before.sentence.is_item
    return [before] if same and before.length <= _LONGEST_BEFORE else []


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
