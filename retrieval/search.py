"""Search: dense and lexical candidates, and those to which everyday questions lead, ranked by late interaction,
shared words and these questions; named provisions come first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.e5 import Embedded
from ingest.embed import Vectors
from ingest.index.generation import Generation
from ingest.index.pointers import Lead
from ingest.index.store import DocumentKey
from retrieval.answer import AddedTerm, Hit, Language
from retrieval.references import Provision, provisions
from retrieval.vocabulary import GLOSSARY, added_terms, named_terms

CANDIDATES = 150
# Reciprocal rank fusion (Cormack, Clarke & Büttcher 2009), ranks from 1. A small constant was best on Dutch law.
_RRF = 10


# An everyday question lifts the passages to which it leads by how much its score lies above a floor; the passages of
# one place share it, the nearest to the question most. Tuned on the dev questions.
_EVERYDAY_FLOOR = 0.3
_EVERYDAY_DECAY = 0.05
_FIRST = 5  # hits that tell what an answer would rest on


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """How much each part counts; measured one by one in docs/quality.md.

    `late`, `dense` and `lexical` weigh rankings in their fusion, `lexical_foreign` where question and texts differ in
    language: shared words say little then. `everyday` lifts the score of late interaction, `background` lowers it for
    laws of which nobody asks. `expand` widens the words searched by the glossary.
    """

    late: float = 1.0
    dense: float = 0.0
    lexical: float = 0.2
    lexical_foreign: float = 0.1
    everyday: float = 1.5
    background: float = 0.04
    expand: bool = True


RANKING = Ranking()


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a search saw. `cosine` is that of the nearest passage, 0 without any.

    `query` is the question embedded, `tokens` (m, dimension) are its token vectors, centred. `provisions` are those
    that the question names; `exact` are the rows that are these provisions. `terms` are the terms of the field that
    the glossary added. `leads` are the everyday questions that are near, in no order; `likeness` is the mean late
    interaction of the first hits.
    """

    hits: tuple[Hit, ...]
    cosine: float
    query: Embedded
    tokens: Vectors
    provisions: tuple[Provision, ...]
    exact: frozenset[int]
    terms: tuple[AddedTerm, ...] = ()
    leads: tuple[Lead, ...] = ()
    likeness: float = 0.0


def find(
    generation: Generation,
    question: str,
    query: Embedded,
    language: Language,
    keys: Sequence[DocumentKey],
    count: int,
    ranking: Ranking = RANKING,
) -> Found:
    """The `count` best passages of the documents `keys` for a question with its embedding."""
    named = {term.label.nl for term in named_terms(question, everyday=True)}
    terms = added_terms(question) if ranking.expand else ()
    allowed = _mask(generation, keys)
    dense = _dense(generation, query.vector, keys, allowed)
    lexical = _lexical(generation, " ".join([question, *(term.term for term in terms)]), allowed)
    near = generation.pointers.nearest(query)
    leads = [lead for lead in near if ranking.everyday and lead.score > _EVERYDAY_FLOOR]
    led = [row for lead in leads for row in lead.rows if allowed[row]]
    rows = [
        row
        for row in dict.fromkeys([*(row for row, _ in (*dense, *lexical)), *led])
        if _is_offered(generation, row, language, keys, named)
    ]
    tokens = generation.tokens.question(query)
    meant = dict(zip(rows, map(float, generation.tokens.scores(tokens, rows)), strict=True))
    lifted = _lift(leads, meant, ranking.everyday)
    for row in _background(generation, rows):
        lifted[row] = lifted.get(row, 0.0) - ranking.background
    lexical_weight = ranking.lexical if language == "nl" else ranking.lexical_foreign
    fused = _fuse(
        meant.keys(),
        (ranking.late, _sorted((row, meant[row] + lifted.get(row, 0.0)) for row in rows)),
        (ranking.dense, dense),
        (lexical_weight, lexical),
    )
    laws = [source for source in map(generation.store.source, keys) if source.kind == "wet"]
    provided = provisions(question, laws)
    exact = _exact(generation, provided, keys)
    order = sorted(fused.keys() | exact, key=lambda row: (row not in exact, -fused.get(row, 0.0), row))[:count]
    return Found(
        hits=tuple(_hit(generation, rank, row, fused.get(row, 0.0)) for rank, row in enumerate(order, start=1)),
        cosine=dense[0][1] if dense else 0.0,
        query=query,
        tokens=tokens,
        provisions=provided,
        exact=exact,
        terms=terms,
        leads=tuple(near),
        likeness=float(np.mean([meant.get(row, 0.0) for row in order[:_FIRST]])) if order else 0.0,
    )


def _background(generation: Generation, rows: Sequence[int]) -> list[int]:
    """The passages of laws to which no everyday question leads: held in bulk, they crowd out the field's own texts."""
    holdings, documents = generation.store.holdings, generation.documents_by_row
    unasked = [row for row in rows if not generation.asked_about[documents[row]]]
    return [row for row in unasked if holdings[documents[row]].source.kind == "wet"]


def _sorted(pairs: Iterable[tuple[int, float]]) -> list[tuple[int, float]]:
    """Best first; equal scores in the order of the rows."""
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


def _lift(leads: Sequence[Lead], meant: Mapping[int, float], weight: float) -> dict[int, float]:
    """What everyday questions add to the scores of passages; `meant` are the passages' own scores."""
    lifted: dict[int, float] = {}
    for lead in leads:
        for place, row in enumerate(sorted((row for row in lead.rows if row in meant), key=lambda row: -meant[row])):
            gain = weight * (lead.score - _EVERYDAY_DECAY * place - _EVERYDAY_FLOOR)
            lifted[row] = max(lifted.get(row, 0.0), gain)
    return lifted


def _hit(generation: Generation, rank: int, row: int, score: float) -> Hit:
    passage = generation.store.passage(row)
    source = generation.store.record_of(passage)
    return Hit(rank=rank, score=round(score, 6), row=row, passage=passage, source=source)


def _is_offered(
    generation: Generation, row: int, language: Language, keys: Sequence[DocumentKey], named: Set[str]
) -> bool:
    """Whether a passage may be shown: what we wrote in both languages only in the one asked; a definition only if the
    question names the term (`named` are labels); and a remark of ours on another source only where that source may be
    searched too, or is not held."""
    passage = generation.store.passage(row)
    if (passage.kind == "gist" or passage.form == "catalogue") and passage.language != language:
        return False
    if passage.source_id == GLOSSARY and named.isdisjoint(passage.locator.section):
        return False
    about = passage.about
    if about is None or not generation.store.holds(about):
        return True
    return any(source_id == about for source_id, _ in keys)


def _dense(
    generation: Generation, query: Vectors, keys: Sequence[DocumentKey], allowed: NDArray[np.bool_]
) -> list[tuple[int, float]]:
    """The nearest passages. What lets most through is sifted afterwards: Chroma is slow with a long list of names."""
    if allowed.mean() > 0.5:
        for reach in (2 * CANDIDATES, 8 * CANDIDATES):
            near = [pair for pair in generation.vectors.nearest(query, reach, None) if allowed[pair[0]]]
            if len(near) >= CANDIDATES:
                return near[:CANDIDATES]
    return generation.vectors.nearest(query, CANDIDATES, keys)


def _lexical(generation: Generation, words: str, allowed: NDArray[np.bool_]) -> list[tuple[int, float]]:
    scores = np.where(allowed, generation.lexical.scores(words), 0.0)
    best = np.argsort(-scores, kind="stable")[:CANDIDATES]
    return [(int(row), float(scores[row])) for row in best if scores[row] > 0]


def _mask(generation: Generation, keys: Sequence[DocumentKey]) -> NDArray[np.bool_]:
    """(passages,): whether each row belongs to an allowed document."""
    allowed = np.zeros(len(generation.store.holdings), dtype=np.bool_)
    allowed[[generation.store.number_of(key) for key in keys]] = True
    return np.asarray(allowed[generation.documents_by_row])


def _fuse(rows: Set[int], *rankings: tuple[float, Sequence[tuple[int, float]]]) -> dict[int, float]:
    """Weighted reciprocal rank fusion of rankings, best first, over these rows: row -> score, the higher the better."""
    scores: dict[int, float] = {}
    for weight, ranking in rankings:
        for rank, row in enumerate((row for row, _ in ranking if weight and row in rows), start=1):
            scores[row] = scores.get(row, 0.0) + weight / (_RRF + rank)
    return scores


def _exact(generation: Generation, named: Sequence[Provision], keys: Sequence[DocumentKey]) -> frozenset[int]:
    """Rows that are the provisions named."""
    if not named:
        return frozenset()
    wanted = [key for key in keys if any(key[0] in provision.sources for provision in named)]
    rows = (row for key in wanted for row in generation.store.rows_of(key))
    return frozenset(row for row in rows if any(_is(generation, row, provision) for provision in named))


def _is(generation: Generation, row: int, provision: Provision) -> bool:
    passage = generation.store.passage(row)
    place = passage.locator
    if passage.kind == "gist" or passage.about or (place.article or "").lower() != provision.article:
        return False
    return provision.paragraph is None or place.paragraph is None or place.paragraph == provision.paragraph
