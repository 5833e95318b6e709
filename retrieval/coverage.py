"""How far passages cover the words of a sentence: by the same or a kindred word, by the glossary, by token vectors.

Late interaction (Khattab & Zaharia 2020) a content word at a time, with the mean token vector of each language taken
away first: what is left tells words apart, across languages too.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from corpus.terms import Glossary
from ingest.embed import Embedder, Vectors
from ingest.index.lexical import words as stems
from ingest.sentences import sentence_spans
from retrieval.answer import Language
from retrieval.language import language_of

WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_SEGMENT = re.compile(r"\s*[,;:()–—•\n]+\s*|\s+(?=(?:maar|terwijl|but|while|whereas|omdat|because|zodat)\b)")
_ROOT = 5  # letters that kindred words share at least
_KEPT = 256  # passages whose token vectors are kept, about 0.2 MB each
_SAMPLE = 24  # definitions of the glossary from which the mean token vector of a language is taken


Spans = Sequence[tuple[int, int]]
Named = tuple[re.Pattern[str], list[int]]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch between commas of sentence `number` of all passages together; `whole` is that sentence."""

    text: str
    number: int
    whole: str


@dataclass(frozen=True, slots=True, eq=False)
class Covered:
    """The content words of a sentence against the segments of its passages.

    `spans` (w, 2) are their places in the sentence; `held` (w, g) tells which segments hold the word itself or a
    kindred one, `cosines` (w, g) how near the nearest token of a segment comes, -1 to 1. `terms` are
    the rows of words that belong to a term of the glossary which the passages name, perhaps otherwise.
    """

    spans: tuple[tuple[int, int], ...]
    segments: tuple[Segment, ...]
    held: NDArray[np.bool_]
    cosines: Vectors
    terms: frozenset[int] = frozenset()

    @property
    def by_sentence(self) -> Vectors:
        """(w, s): coverage of each word by each sentence of the passages."""
        numbers = np.array([segment.number for segment in self.segments], dtype=np.int64)
        starts = np.flatnonzero(np.diff(numbers, prepend=-1))
        found: Vectors = np.maximum.reduceat(self.by_segment, starts, axis=1)
        return found

    @property
    def best(self) -> Vectors:
        """Coverage of each word by all passages."""
        return self.by_segment.max(axis=1) if self.segments else np.zeros(len(self.spans), dtype=np.float32)

    @property
    def by_segment(self) -> Vectors:
        """(w, g): coverage of each word by each segment: 1 if it holds the word, else the cosine."""
        return np.where(self.held, np.float32(1), self.cosines).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """A passage: its segments, in which of them each word and stem stands, and its centred tokens (t, d)."""

    segments: tuple[Segment, ...]
    folded: tuple[str, ...]
    by_stem: dict[str, frozenset[int]]
    by_word: dict[str, frozenset[int]]
    tokens: Vectors
    starts: NDArray[np.int64]


def folded(text: str) -> str:
    """Lower case without accents, of the same length."""
    return "".join(unicodedata.normalize("NFKD", c.lower())[0] for c in text)


def segments(text: str) -> Iterator[tuple[int, int]]:
    """Spans of a sentence between commas and the like."""
    start = 0
    for match in _SEGMENT.finditer(text):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if len(text) > start:
        yield start, len(text)


class Coverage:
    """Compares sentences with passages; keeps the passages seen last."""

    def __init__(self, embedder: Embedder, glossary: Glossary) -> None:
        self._embedder = embedder
        self._glossary = glossary
        self._names = [_name_pattern(term.names()) for term in glossary.terms]
        self._read = lru_cache(_KEPT)(self._read_passage)
        self._centre = lru_cache(2)(self._centre_of)

    def of(self, sentence: str, passages: Sequence[str]) -> Covered:
        """The content words of a sentence, each with its coverage by each segment of the passages."""
        embedded = self._embedder.embed_passages([sentence])[0]
        vectors = self._centred(embedded.tokens, language_of(sentence))
        matches = [match for match in WORD.finditer(sentence) if stems(match[0])]
        spans = tuple(match.span() for match in matches)
        named = self._named(sentence, spans)
        parts = [_against(sentence, spans, embedded.spans, vectors, named, self._read(p)) for p in passages]
        if not parts:
            nothing = np.zeros((len(spans), 0), dtype=np.float32)
            return Covered(spans, (), nothing.astype(bool), nothing)
        found, number = [], 0
        for passage in passages:
            read = self._read(passage)
            found += [Segment(s.text, s.number + number, s.whole) for s in read.segments]
            number += 1 + max((s.number for s in read.segments), default=0)
        return Covered(
            spans,
            tuple(found),
            np.hstack([held for held, _, _ in parts]),
            np.hstack([near for _, near, _ in parts]),
            frozenset(row for _, _, terms in parts for row in terms),
        )

    def _named(self, sentence: str, spans: Spans) -> list[Named]:
        """The terms that a sentence names, each with the rows of its words."""
        text = folded(sentence)
        return [
            (pattern, [row for row, (a, b) in enumerate(spans) if a < match.end() and b > match.start()])
            for pattern in self._names
            for match in pattern.finditer(text)
        ]

    def _centred(self, tokens: Vectors, language: Language) -> Vectors:
        centred = tokens - self._centre(language)
        unit: Vectors = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
        return unit.astype(np.float32)

    def _centre_of(self, language: Language) -> Vectors:
        terms = self._glossary.terms[:: max(1, len(self._glossary.terms) // _SAMPLE)]
        texts = [getattr(term.definition, language) for term in terms]
        centre: Vectors = np.concatenate([e.tokens for e in self._embedder.embed_passages(texts)]).mean(axis=0)
        return centre

    def _read_passage(self, passage: str) -> _Read:
        embedded = self._embedder.embed_passages([passage])[0]
        tokens = self._centred(embedded.tokens, language_of(passage))
        found: list[Segment] = []
        slices: list[Vectors] = []
        for number, (start, end) in enumerate(sentence_spans(passage)):
            whole = passage[start:end]
            for first, last in segments(whole):
                inside = (embedded.spans[:, 0] < start + last) & (embedded.spans[:, 1] > start + first)
                if inside.any():
                    found.append(Segment(whole[first:last], number, whole))
                    slices.append(tokens[inside])
        by_stem: dict[str, set[int]] = defaultdict(set)
        by_word: dict[str, set[int]] = defaultdict(set)
        for n, segment in enumerate(found):
            for stem in stems(segment.text):
                by_stem[stem].add(n)
            for word in WORD.findall(segment.text):
                by_word[folded(word)].add(n)
        starts = np.cumsum([0, *(len(part) for part in slices[:-1])]) if slices else np.zeros(0, dtype=np.int64)
        return _Read(
            segments=tuple(found),
            folded=tuple(folded(segment.text) for segment in found),
            by_stem={stem: frozenset(numbers) for stem, numbers in by_stem.items()},
            by_word={word: frozenset(numbers) for word, numbers in by_word.items() if len(word) >= _ROOT},
            tokens=np.concatenate(slices) if slices else tokens[:0],
            starts=starts.astype(np.int64),
        )


def _against(
    sentence: str, spans: Spans, places: NDArray[np.int64], vectors: Vectors, named: Sequence[Named], read: _Read
) -> tuple[NDArray[np.bool_], Vectors, set[int]]:
    """The words of a sentence against the segments of one passage: held, cosines and terms as in `Covered`."""
    held = np.zeros((len(spans), len(read.segments)), dtype=bool)
    near = np.zeros((len(spans), len(read.segments)), dtype=np.float32)
    matches = np.maximum.reduceat(vectors @ read.tokens.T, read.starts, axis=1) if read.segments else near
    for row, (start, end) in enumerate(spans):
        inside = (places[:, 0] < end) & (places[:, 1] > start)
        if inside.any() and read.segments:
            near[row] = matches[inside].mean(axis=0)
        held[row, list(_holding(sentence[start:end], read))] = True
    terms: set[int] = set()
    for pattern, rows in named:
        numbers = [n for n, segment in enumerate(read.folded) if pattern.search(segment)]
        if numbers:
            held[np.ix_(rows, numbers)] = True
            terms.update(rows)
    return held, near, terms


def _name_pattern(names: Sequence[str]) -> re.Pattern[str]:
    longest = sorted({folded(name) for name in names if len(name) > 1}, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest)) + r")(?:en|s|e)?(?!\w)")


def _holding(word: str, read: _Read) -> set[int]:
    """The segments that have the same stem, or a word that begins or ends alike as compounds and derivations do."""
    found: set[int] = set()
    for stem in stems(word):
        found |= read.by_stem.get(stem, frozenset())
    plain = folded(word)
    if len(plain) >= _ROOT:
        for other, numbers in read.by_word.items():
            if kindred(plain, other):
                found |= numbers
    return found


def kindred(one: str, other: str) -> bool:
    """Whether two words, in lower case, share their beginning or end, or one stands in the other."""
    shorter = min(len(one), len(other))
    if shorter < _ROOT:
        return False
    need = max(_ROOT, round(0.7 * shorter))
    if one[:need] == other[:need] or one[-need:] == other[-need:]:
        return True
    return shorter > _ROOT and (one in other or other in one)
