"""Search: dense and lexical candidates, ranked by late interaction and shared words; named provisions come first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.e5 import Embedded
from ingest.embed import Vectors
from ingest.index.generation import Generation
from ingest.index.store import DocumentKey
from retrieval.answer import Hit, Language
from retrieval.references import Provision, provisions

CANDIDATES = 150
# Reciprocal rank fusion (Cormack, Clarke & Büttcher 2009), ranks from 1. A small constant was best on Dutch law.
_RRF = 10
# Shared words say little when question and text differ in language.
_LEXICAL_WEIGHT: dict[Language, float] = {"nl": 0.2, "en": 0.05}


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a search saw. `cosine` is that of the nearest passage, 0 without any.

    `tokens` (m, dimension) are the question's token vectors. `provisions` are those that the question names; `exact`
    are the rows that are these provisions.
    """

    hits: tuple[Hit, ...]
    cosine: float
    tokens: Vectors
    provisions: tuple[Provision, ...]
    exact: frozenset[int]


def find(
    generation: Generation,
    question: str,
    query: Embedded,
    language: Language,
    keys: Sequence[DocumentKey],
    count: int,
) -> Found:
    """The `count` best passages of the documents `keys` for a question with its embedding."""
    everything = len(keys) == len(generation.store.holdings)
    dense = generation.vectors.nearest(query.vector, CANDIDATES, None if everything else keys)
    lexical = _lexical(generation, question, keys)
    rows = [
        row
        for row in dict.fromkeys(row for row, _ in (*dense, *lexical))
        if _is_offered(generation, row, language, keys)
    ]
    tokens = generation.tokens.question(query)
    late = sorted(
        zip(rows, map(float, generation.tokens.scores(tokens, rows)), strict=True), key=lambda p: (-p[1], p[0])
    )
    fused = _fuse(late, [pair for pair in lexical if pair[0] in set(rows)], _LEXICAL_WEIGHT[language])
    laws = [generation.store.source(key) for key in keys if generation.store.source(key).kind == "wet"]
    named = provisions(question, laws)
    exact = _exact(generation, named, keys)
    order = sorted(fused.keys() | exact, key=lambda row: (row not in exact, -fused.get(row, 0.0), row))
    hits = tuple(_hit(generation, rank, row, fused.get(row, 0.0)) for rank, row in enumerate(order[:count], start=1))
    return Found(hits, dense[0][1] if dense else 0.0, tokens, named, exact)


def _hit(generation: Generation, rank: int, row: int, score: float) -> Hit:
    passage = generation.store.passage(row)
    source = generation.store.record_of(passage)
    return Hit(rank=rank, score=round(score, 6), row=row, passage=passage, source=source)


def _is_offered(generation: Generation, row: int, language: Language, keys: Sequence[DocumentKey]) -> bool:
    """Whether a passage may be shown: what we wrote in both languages only in the one asked; and a remark of ours
    on another source only where that source may be searched too, or is not held."""
    passage = generation.store.passage(row)
    if (passage.kind == "gist" or passage.form == "catalogue") and passage.language != language:
        return False
    about = passage.about
    if about is None or not any(holding.source.id == about for holding in generation.store.holdings):
        return True
    return any(source_id == about for source_id, _ in keys)


def _lexical(generation: Generation, question: str, keys: Sequence[DocumentKey]) -> list[tuple[int, float]]:
    scores = generation.lexical.scores(question)
    scores = np.where(_mask(generation, keys), scores, 0.0)
    best = np.argsort(-scores, kind="stable")[:CANDIDATES]
    return [(int(row), float(scores[row])) for row in best if scores[row] > 0]


def _mask(generation: Generation, keys: Sequence[DocumentKey]) -> NDArray[np.bool_]:
    """(passages,): whether each row belongs to an allowed document."""
    numbers = {holding.key: number for number, holding in enumerate(generation.store.holdings)}
    allowed = [numbers[key] for key in keys]
    return np.isin(generation.documents_by_row, allowed)


def _fuse(
    late: Sequence[tuple[int, float]], lexical: Sequence[tuple[int, float]], lexical_weight: float
) -> dict[int, float]:
    """Weighted reciprocal rank fusion: row -> score, the higher the better."""
    scores: dict[int, float] = {}
    for weight, ranking in ((1.0, late), (lexical_weight, lexical)):
        for rank, (row, _) in enumerate(ranking, start=1):
            scores[row] = scores.get(row, 0.0) + weight / (_RRF + rank)
    return scores


def _exact(generation: Generation, named: Sequence[Provision], keys: Sequence[DocumentKey]) -> frozenset[int]:
    """Rows that are the provisions named."""
    if not named:
        return frozenset()
    wanted = {key for key in keys if any(key[0] in provision.sources for provision in named)}
    numbers = {n for n, holding in enumerate(generation.store.holdings) if holding.key in wanted}
    rows = [row for row, number in enumerate(generation.documents_by_row) if number in numbers]
    return frozenset(row for row in rows if any(_is(generation, row, provision) for provision in named))


def _is(generation: Generation, row: int, provision: Provision) -> bool:
    passage = generation.store.passage(row)
    place = passage.locator
    if passage.kind == "gist" or passage.about or (place.article or "").lower() != provision.article:
        return False
    return provision.paragraph is None or place.paragraph is None or place.paragraph == provision.paragraph
