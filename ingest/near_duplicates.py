"""Documents that say nearly the same words: one report saved twice, a draft beside its final text.

Exact, not estimated: Jaccard similarity of hashed five-word shingles (Broder 1997, doi:10.1109/SEQUEN.1997.666900).
Only pairs that share one of their rarest shingles are compared, which misses none (Bayardo, Ma & Srikant 2007,
doi:10.1145/1242572.1242591).
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus import Source
from ingest.document import Document, Form

Shingles = NDArray[np.uint64]

THRESHOLD = 0.8  # a toestand of a law differs less than this from the next one only where little changed
_WORDS = 5
_WORD = re.compile(r"\w+")
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, bits well mixed: 2**64 divided by the golden ratio


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """Two documents, the one to keep first; `similarity` is between the threshold and 1."""

    first: tuple[str, Form]
    second: tuple[str, Form]
    similarity: float


def near_duplicates(documents: Iterable[Document], threshold: float = THRESHOLD) -> tuple[NearDuplicate, ...]:
    """Pairs of documents that share at least this part of their shingles, most alike first.

    Of a pair the one with an author or date in its record comes first, else the one read first. Two laws or two
    toestanden of one law are meant to be alike, and so are our own texts: not reported.

    threshold  above 0, at most 1
    """
    originals = [document for document in documents if document.form == "original"]
    held = sorted(originals, key=_is_bare)
    numbers: dict[str, int] = {}
    shingles = [_shingles(document.text, numbers) for document in held]
    found: list[NearDuplicate] = []
    for a, b in _candidates(shingles, threshold):
        similarity = _jaccard(shingles[a], shingles[b])
        if similarity >= threshold and not _meant_to_be_alike(held[a].source, held[b].source, similarity):
            first, second = held[a], held[b]
            found.append(
                NearDuplicate((first.source.id, first.form), (second.source.id, second.form), round(similarity, 4))
            )
    return tuple(sorted(found, key=lambda pair: (-pair.similarity, pair.first, pair.second)))


def without_doubles(documents: Sequence[Document]) -> tuple[list[Document], tuple[NearDuplicate, ...]]:
    """The documents of which none is nearly another, and what was left out beside which one."""
    beside: dict[tuple[str, Form], list[NearDuplicate]] = defaultdict(list)
    for pair in near_duplicates(documents):
        beside[pair.second].append(pair)
    left_out: dict[tuple[str, Form], NearDuplicate] = {}
    for document in sorted(documents, key=_is_bare):
        key = (document.source.id, document.form)
        kept = next((pair for pair in beside[key] if pair.first not in left_out), None)
        if kept:
            left_out[key] = kept
    kept_documents = [document for document in documents if (document.source.id, document.form) not in left_out]
    return kept_documents, tuple(left_out.values())


def _is_bare(document: Document) -> bool:
    """Whether its record names neither an author nor a date."""
    return not (document.source.authors or document.source.date)


def _shingles(text: str, numbers: dict[str, int]) -> Shingles:
    """Sorted hashes of all runs of five words, each once; a shorter text is one run. `numbers` numbers words."""
    words = [numbers.setdefault(word, len(numbers) + 1) for word in _WORD.findall(text.casefold())]
    ids = np.asarray(words, dtype=np.uint64)
    width = min(_WORDS, len(ids))
    if not width:
        return ids
    count = len(ids) - width + 1
    hashes = np.zeros(count, dtype=np.uint64)
    for offset in range(width):
        hashes = (hashes ^ ids[offset : offset + count]) * _FACTOR  # modulo 2**64
        hashes ^= hashes >> np.uint64(29)
    return np.unique(hashes)


def _candidates(shingles: Sequence[Shingles], threshold: float) -> Iterator[tuple[int, int]]:
    """Pairs (a, b), a < b, that may reach the threshold: they share a shingle among their rarest.

    If two sets are so alike, at most `len - ceil(threshold * len)` of either are missing from the other, so of one
    more than that, rarest first, at least one is shared.
    """
    filled = [own for own in shingles if len(own)]
    if not filled:
        return
    every, counts = np.unique(np.concatenate(filled), return_counts=True)
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for number, own in enumerate(shingles):
        if not len(own):
            continue
        rarest = np.argsort(counts[np.searchsorted(every, own)], kind="stable")
        prefix = own[rarest[: len(own) - math.ceil(threshold * len(own)) + 1]]
        others = {other for shingle in prefix.tolist() for other in holders[shingle]}
        for other in sorted(others):
            small, large = sorted((len(own), len(shingles[other])))
            if small >= threshold * large:
                yield other, number
        for shingle in prefix.tolist():
            holders[shingle].append(number)


def _jaccard(first: Shingles, second: Shingles) -> float:
    shared = len(np.intersect1d(first, second, assume_unique=True))
    return shared / (len(first) + len(second) - shared)


def _meant_to_be_alike(first: Source, second: Source, similarity: float) -> bool:
    """Two laws, or one law on two days; of a law without a day only a true copy is a duplicate."""
    if first.kind != "wet" or second.kind != "wet":
        return False
    if first.bwb_id and second.bwb_id:
        if first.bwb_id != second.bwb_id:
            return True
        one_law = True
    else:
        one_law = first.short_title.casefold() == second.short_title.casefold()
    one_day = first.toestand == second.toestand and (first.toestand is not None or similarity == 1)
    return one_law and not one_day
