"""The chance that a sentence belongs to the answer to a question, from what retrieval saw."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from ingest.embed import DEFAULT_MODEL
from ingest.index.generation import Generation
from ingest.index.lexical import words
from ingest.index.tokens import TokenIndex
from retrieval.answer import Hit, QuestionKind
from retrieval.cite import Sentence
from retrieval.question import suits
from retrieval.reranker import Stretch, readings
from retrieval.search import Found
from retrieval.wording import by_word, content_words, weighted

# Weights of `features`, the bias last, with and without the reranker; fitted by `python -m evals.sentences`.
_WEIGHTS = (-0.47, -2.06, 2.91, 1.03, -0.33, 1.25, 3.57, 2.08, 1.22, 0.24, -0.42, -1.39, 0.23, 0.11, -1.11)
_UNREAD = (-1.09, -1.07, 3.93, 3.18, -0.43, 1.22, 4.06, 2.39, 1.3, 0.35, -0.65, -1.42, -1.89)
READ = 2  # features that the reranker gives, the last ones
_FLOOR = 0.2  # score of an everyday question that is not near at all
_STATEMENTS = 40  # statements asked for by the nearest everyday questions that count
_SECTIONED = 12  # best passages whose sections count
_LEAST_MEANING = 1e-6

Numbers = NDArray[np.float32]
Section = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """A sentence with the chance, 0 to 1, that it belongs to the answer, and the log-odds that the reranker gives it;
    None in an index that it cannot read."""

    sentence: Sentence
    score: float
    stems: frozenset[str]
    odds: float | None

    @property
    def length(self) -> int:
        """Words."""
        return len(self.sentence.text.split())


def score(
    generation: Generation, found: Found, question: str, kind: QuestionKind, sentences: Sequence[Sentence]
) -> list[Scored]:
    """Every sentence with its score, in the order given."""
    is_read = _is_read(generation)
    *weights, bias = _WEIGHTS if is_read else _UNREAD
    rows = features(generation, found, question, kind, sentences)
    scored = []
    for sentence, values in zip(sentences, rows, strict=True):
        worth = sum(weight * value for weight, value in zip(weights, values, strict=True)) + bias
        odds = values[-READ] if is_read else None
        scored.append(Scored(sentence, 1 / (1 + math.exp(-worth)), frozenset(words(sentence.text)), odds))
    return scored


def features(
    generation: Generation, found: Found, question: str, kind: QuestionKind, sentences: Sequence[Sentence]
) -> list[tuple[float, ...]]:
    """What the chance of each sentence rests on.

    0  late interaction with the question, best sentence 1
    1  match of the question's content words, the rare ones counting more: -1 to 1
    2  the same, where its heading matches a word better, of sentence and heading together
    3  how far 1 lies below the best sentence, at most 0
    4  how many sentences are better in 1, as a logarithm
    5  share of the question's words that it or its heading has
    6  how far it lies below the best sentence in what near everyday questions ask for, at most 0
    7  score of its passage, best passage 1
    8  how much of what is found stands in its section: sum of 1 / (3 + rank) over the best passages there
    9  how well its form suits the kind of question
    10 1 if the question is for a number or a name
    11 1 if it is a footnote, as these compete only where an origin is asked for
    12 log-odds that the reranker gives it
    13 how far 12 lies below the best sentence, at most 0

    12 and 13 are left out of an index of another embedding model than the reranker reads.
    """
    if not sentences:
        return []
    asked = set(words(question))
    meanings, alone, headed = _matches(generation, found, question, sentences)
    places = {int(number): place for place, number in enumerate(np.argsort(-alone, kind="stable"))}
    stems = [frozenset(words(sentence.text)) for sentence in sentences]
    wanted = _wanted(generation, found, sentences, stems)
    nearest, most = alone.max(), max(wanted)
    best = max((hit.score for hit in found.hits), default=1.0) or 1.0
    sections = _section_weights(found)
    short = float(kind in ("number", "who"))
    read = _readings(generation, found, sentences)
    rows: list[tuple[float, ...]] = []
    for number, sentence in enumerate(sentences):
        hit = sentence.hit
        said = {*stems[number], *words(" ".join(hit.passage.locator.section[-1:]))}
        row = (
            float(meanings[number]),
            float(alone[number]),
            float(headed[number]),
            float(alone[number] - nearest),
            math.log1p(places[number]),
            len(asked & said) / len(asked) if asked else 0.0,
            wanted[number] - most,
            hit.score / best,
            sections.get(_section(hit), 0.0),
            suits(kind, question, sentence.text),
            short,
            float(hit.passage.kind == "note"),
            *read[number],
        )
        rows.append(row)
    return rows


def _matches(
    generation: Generation, found: Found, question: str, sentences: Sequence[Sentence]
) -> tuple[Numbers, Numbers, Numbers]:
    """Features 0, 1 and 2 of every sentence."""
    spans = [_span(sentence) for sentence in sentences]
    headings = [(sentence.hit.row, 0, _before(sentence)) for sentence in sentences]
    matches = generation.tokens.span_matches(found.tokens, [*spans, *headings])
    own, heading = matches[: len(spans)], matches[len(spans) :]
    asked = content_words(question, found.query, generation.lexical)
    alone, headed = (weighted(by_word(m, asked), asked) for m in (own, np.maximum(own, heading)))
    meanings = own.mean(axis=1)
    return meanings / max(float(meanings.max()), _LEAST_MEANING), alone, headed


def _is_read(generation: Generation) -> bool:
    return generation.manifest.embedding_model == DEFAULT_MODEL


def _readings(generation: Generation, found: Found, sentences: Sequence[Sentence]) -> list[tuple[float, ...]]:
    """Features 12 and 13 of every sentence."""
    if not _is_read(generation):
        return [() for _ in sentences]
    odds = readings(found.tokens, [stretch_of(generation.tokens, sentence) for sentence in sentences])
    return [(float(one), float(one - odds.max())) for one in odds]


def stretch_of(tokens: TokenIndex, sentence: Sentence) -> Stretch:
    """The tokens of a sentence, and of the title and headings of its passage."""
    return Stretch(tokens.within(*_span(sentence)), tokens.within(sentence.hit.row, 0, _before(sentence)))


def _span(sentence: Sentence) -> tuple[int, int, int]:
    """Row, start and end of a sentence in the searchable text of its passage."""
    shift = _before(sentence) - sentence.hit.passage.start
    return sentence.hit.row, sentence.start + shift, sentence.end + shift


def _before(sentence: Sentence) -> int:
    """Length of the title and headings before the text of its passage."""
    return len(sentence.hit.passage.searchable) - len(sentence.hit.passage.text)


def _wanted(
    generation: Generation, found: Found, sentences: Sequence[Sentence], stems: Sequence[frozenset[str]]
) -> list[float]:
    """How much each sentence says of what near everyday questions ask of its source: the most, over the statements to
    which these lead, of how near the question is times the share of the rarity of the words that both have."""
    rarity = cache(generation.lexical.rarity)
    stated: dict[str, list[tuple[float, frozenset[str], float]]] = {}
    for (source, statement), gain in _statements(generation, found):
        told = frozenset(words(statement))
        stated.setdefault(source, []).append((gain, told, sum(map(rarity, told))))
    wanted = []
    for sentence, said in zip(sentences, stems, strict=True):
        whole = sum(map(rarity, said))
        shares = (
            gain * sum(map(rarity, said & told)) / (min(whole, weight) or 1.0)
            for gain, told, weight in stated.get(sentence.hit.source.id, ())
        )
        wanted.append(max(shares, default=0.0))
    return wanted


def _statements(generation: Generation, found: Found) -> list[tuple[tuple[str, str], float]]:
    """Source and statement to which the nearest everyday questions lead, and how near the best of these is."""
    holdings, documents = generation.store.holdings, generation.documents_by_row
    near: dict[str, tuple[float, tuple[int, ...]]] = {}
    for lead in found.leads:
        if lead.statement and lead.score > near.get(lead.statement, (_FLOOR, ()))[0]:
            near[lead.statement] = lead.score, lead.rows
    nearest = heapq.nlargest(_STATEMENTS, near.items(), key=itemgetter(1))
    return [
        ((source, statement), score - _FLOOR)
        for statement, (score, rows) in nearest
        for source in {holdings[documents[row]].source.id for row in rows}
    ]


def _section_weights(found: Found) -> dict[Section, float]:
    weights: dict[Section, float] = {}
    for hit in found.hits[:_SECTIONED]:
        weights[_section(hit)] = weights.get(_section(hit), 0.0) + 1 / (3 + hit.rank)
    return weights


def _section(hit: Hit) -> Section:
    return hit.source.id, hit.passage.locator.section[-1:]
