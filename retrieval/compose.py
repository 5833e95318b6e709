"""The default composer: the sources' own sentences, chosen by meaning and words, without a language model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from ingest.document import Form
from ingest.embed import Vectors
from ingest.index.lexical import words
from ingest.index.store import Store
from retrieval.answer import AnswerPart, Citation, Hit, PartKind
from retrieval.cite import Sentence, cite, sentences_of
from retrieval.search import Found

GENERATOR = "extractive"
_PASSAGES = 8  # passages whose sentences compete
_MAX_SENTENCES = 8
_MAX_WORDS = 230
_MAX_OWN = 3  # sentences of ours beside quotes of the same originals
_MIN_SENTENCE_WORDS = 6
_MAX_ITEMS = 9
_WORTH = 0.6  # share of the best score below which a sentence is left out
_SAME = 0.95  # cosine above which two sentences say the same
# Cosines of e5 lie between about 0.75 (unrelated) and 0.92 (the same): stretched to 0..1 before they are mixed.
_COSINE_FLOOR, _COSINE_SPAN = 0.75, 0.15


_KINDS: dict[Form, PartKind] = {"original": "quote", "digest": "digest", "catalogue": "catalogue"}


@dataclass(frozen=True, slots=True)
class Composed:
    """Parts and citations of an answer."""

    parts: tuple[AnswerPart, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class _Scored:
    sentence: Sentence
    score: float
    vector: Vectors


def candidates(found: Found, store: Store) -> list[Sentence]:
    """Sentences that may stand in an answer: of the best passages, valid law, long enough, no questions."""
    hits = [hit for hit in found.hits if not hit.passage.status and (hit.passage.kind != "note" or hit.rank == 1)]
    quoted = [hit for hit in hits if not _in_our_words(hit, store)][:_PASSAGES]
    own = [hit for hit in hits if _in_our_words(hit, store)][:_PASSAGES]
    sentences = [sentence for hit in (*quoted, *own) for sentence in sentences_of(hit, store)]
    return [s for s in sentences if s.is_item or _stands_alone(s.text)]


def _in_our_words(hit: Hit, store: Store) -> bool:
    """Whether a passage is our wording of a source whose original is held too: then the original goes first."""
    return hit.passage.form != "original" and store.holds_original(hit.source.id)


def _stands_alone(text: str) -> bool:
    return len(text.split()) >= _MIN_SENTENCE_WORDS and text.rstrip("\"'”’)»")[-1:] != "?"


def compose(
    store: Store, found: Found, question: str, query: Vectors, sentences: Sequence[Sentence], vectors: Vectors
) -> Composed:
    """Choose, group and cite.

    query      (dimension,) embedding of the question
    sentences  as `candidates` gives them; `vectors` (n, dimension) are their embeddings
    """
    scored = _score(found, question, query, sentences, vectors)
    chosen = _provision(found, scored) or _choose([s for s in scored if not _in_our_words(s.sentence.hit, store)])
    own = _choose([s for s in scored if _in_our_words(s.sentence.hit, store)], chosen)[:_MAX_OWN]
    chosen = sorted([*chosen, *own], key=lambda s: -s.score)
    return _lay_out(store, chosen, sentences)


def _score(
    found: Found, question: str, query: Vectors, sentences: Sequence[Sentence], vectors: Vectors
) -> list[_Scored]:
    asked = set(words(question))
    best = max((hit.score for hit in found.hits), default=1.0) or 1.0
    meaning: NDArray[np.float32] = np.clip((vectors @ query - _COSINE_FLOOR) / _COSINE_SPAN, 0.0, 1.0)
    scored = []
    for sentence, close, vector in zip(sentences, meaning, vectors, strict=True):
        heading = " ".join(sentence.hit.passage.locator.section[-1:])
        shared = asked & set(words(f"{heading} {sentence.text}"))
        overlap = len(shared) / len(asked) if asked else 0.0
        passage = sentence.hit.score / best
        scored.append(_Scored(sentence, float(close) + 0.6 * overlap + 0.8 * passage, vector))
    return scored


def _provision(found: Found, scored: Sequence[_Scored]) -> list[_Scored]:
    """All sentences of the provisions that the question names, in the order of the law."""
    named = [s for s in scored if s.sentence.hit.row in found.exact]
    named.sort(key=lambda s: (s.sentence.hit.passage.source_id, s.sentence.start))
    return named[: 2 * _MAX_SENTENCES]


def _choose(scored: Sequence[_Scored], besides: Sequence[_Scored] = ()) -> list[_Scored]:
    """The best sentences, none saying the same as another or as one of `besides`, within the budget; best first."""
    chosen: list[_Scored] = []
    total = 0
    for candidate in sorted(scored, key=lambda s: (-s.score, s.sentence.hit.rank, s.sentence.start)):
        length = len(candidate.sentence.text.split())
        if len(chosen) >= _MAX_SENTENCES or candidate.score < _WORTH * scored_best(scored):
            break
        if total + length > _MAX_WORDS or any(float(c.vector @ candidate.vector) > _SAME for c in (*besides, *chosen)):
            continue
        chosen.append(candidate)
        total += length
    return chosen


def scored_best(scored: Sequence[_Scored]) -> float:
    """Highest score, 0 if there is none."""
    return max((s.score for s in scored), default=0.0)


def _lay_out(store: Store, chosen: Sequence[_Scored], sentences: Sequence[Sentence]) -> Composed:
    """Group by section, the best section first, sentences in the source's order; a list follows its introduction."""
    order: dict[tuple[str, str], int] = {}
    for scored in chosen:
        order.setdefault(_section(scored.sentence.hit), len(order))
    picked = {id(s.sentence): s.sentence for s in chosen}
    for scored in chosen:
        for item in _items_after(scored.sentence, sentences):
            picked.setdefault(id(item), item)
    flat = sorted(picked.values(), key=lambda s: (order[_section(s.hit)], s.hit.passage.form, s.start))
    parts: list[AnswerPart] = []
    citations: list[Citation] = []
    for (_, section), group in groupby(flat, key=lambda s: _section(s.hit)):
        if len(order) > 1 and section:
            parts.append(AnswerPart(section, "heading"))
        for sentence in group:
            citation = cite(store, len(citations) + 1, sentence)
            citations.append(citation)
            kind = _KINDS[citation.passage.form]
            parts.append(AnswerPart(sentence.text, kind, (citation.n,)))
    return Composed(tuple(parts), tuple(citations))


def _section(hit: Hit) -> tuple[str, str]:
    """The heading under which a sentence is shown: the innermost of its place, for a catalogue entry its name."""
    if hit.passage.form == "catalogue":
        return hit.source.id, hit.passage.context.partition(" › ")[0].partition(";")[0]
    return hit.source.id, "".join(hit.passage.locator.section[-1:])


def _items_after(sentence: Sentence, sentences: Sequence[Sentence]) -> list[Sentence]:
    """The list items that a sentence ending in a colon introduces."""
    if not sentence.text.endswith(":"):
        return []
    following = [s for s in sentences if s.hit.row == sentence.hit.row and s.start > sentence.start]
    items: list[Sentence] = []
    for item in following[:_MAX_ITEMS]:
        if not item.is_item:
            break
        items.append(item)
    return items
