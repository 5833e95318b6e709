"""What a sentence claims in names and provisions, and which of it the passages do not hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.index.lexical import words as stems
from retrieval.coverage import Covered, folded
from retrieval.lexicon import LEXICON
from retrieval.references import ENGLISH_ORDINALS, ORDINALS

_CAPITAL = re.compile(r"(?<![\w’'-])[A-ZÀ-ÖØ-Þ][\w’'&-]*(?:\.(?=\w))?[\w’'-]*")
_OPENS = re.compile(r"(?:^|[.!?:;]\s+)[\"'‘“„(\[]*$")
_BY_ITSELF = re.compile(r"[A-ZÀ-Þ]{2,}|\w*[a-z][A-Z]|\w*\d")  # SCP, WijkWijzer, Platform31: a name wherever it stands
_ENDING = re.compile(r"(?:['’]s|['’]|s|se|er|ers|en|e)$")
_NEAR_NAME = 0.45  # cosine at which a name in another language counts as held

_NUMBER = r"(?:\d+[a-z]{0,2}(?:[.:]\d+[a-z]?)?|[IVX]+[a-z]?)(?!\w)"
_AND = r"\s*(?:,|en|of|and|or|tot en met|t/m|to|–|-)\s*(?:artikel\s+|article\s+)?"
_ARTICLE = re.compile(
    rf"\b(?:artikel(?:en)?|artt?\.?|articles?|sections?)\s+(?P<numbers>{_NUMBER}(?:{_AND}{_NUMBER})*)", re.IGNORECASE
)
_ORDINAL = {word: str(n) for words in (ORDINALS, ENGLISH_ORDINALS) for n, word in enumerate(words, start=1)}
_LID = re.compile(
    rf"\b(?:lid|leden|paragraphs?)\s+(?P<after>\d+[a-z]?(?:{_AND}\d+[a-z]?\b)*)"
    rf"|\b(?P<before>(?:{'|'.join(_ORDINAL)})(?:(?:,|\s+(?:en|of|tot en met|and|or)(?:\s+(?:het|the))?)\s*"
    rf"(?:{'|'.join(_ORDINAL)}))*)\s+(?:lid|leden|paragraphs?)\b",
    re.IGNORECASE,
)
_LEADING = re.compile(r"(?:^|\n)\s*(\d{1,2}[a-z]?)[.\s]")


@dataclass(frozen=True, slots=True)
class Missing:
    """Words of the sentence that the passages do not hold. `sure` is false where they may hold them otherwise."""

    said: str
    sure: bool


def missing_names(sentence: str, passages: Sequence[str], covered: Covered, foreign: bool) -> Iterator[Missing]:
    """Names that no passage has. `foreign`: the sentence is not in the language of the passages."""
    text = folded("\n".join(passages))
    known = [*_known_abroad(sentence, text), *((m.start, m.end) for m in LEXICON.actors_in(sentence))]
    known += [covered.spans[row] for row in covered.terms]
    for match in _CAPITAL.finditer(sentence):
        opens = bool(_OPENS.search(sentence[: match.start()]))
        if opens and not _BY_ITSELF.match(match[0]) and not _runs_on(sentence, match.end()):
            continue
        if match[0] in ("I", "A") or not stems(match[0]) or _stands_in(match[0], text):
            continue
        if any(a <= match.start() < b for a, b in known):
            continue
        cosine = _cosine(match.span(), covered)
        if foreign and cosine >= _NEAR_NAME:
            continue
        yield Missing(match[0], sure=not foreign and not opens)


def _known_abroad(sentence: str, text: str) -> Iterator[tuple[int, int]]:
    """Names that the passages call otherwise in Dutch."""
    for pattern, dutch in LEXICON.abroad:
        if folded(dutch) in text:
            yield from (match.span() for match in pattern.finditer(sentence))


def _runs_on(sentence: str, end: int) -> bool:
    """Whether a name goes on: a word with a capital follows."""
    return bool(re.match(r"\s+(?:(?:van|de|der|den|of|the|op|het)\s+)*[A-ZÀ-Þ]", sentence[end:]))


def _stands_in(name: str, text: str) -> bool:
    """Whether a passage has the name, perhaps with another ending."""
    plain = folded(name).strip("'’-")
    parts = [part for part in re.split(r"[-&]", plain) if len(part) > 1]
    return bool(parts) and all(_has(part, text) for part in parts)


def _has(word: str, text: str) -> bool:
    root = _ENDING.sub("", word) if len(word) > 4 else word
    return bool(re.search(rf"(?<!\w){re.escape(root)}(?:['’]?\w{{0,3}})(?!\w)", text))


def _cosine(span: tuple[int, int], covered: Covered) -> float:
    inside = [float(c) for c, (a, b) in zip(covered.best, covered.spans, strict=True) if a < span[1] and b > span[0]]
    return min(inside, default=1.0)


def provision_spans(text: str) -> list[tuple[int, int]]:
    """Where articles and leden are named: the numbers in these stretches count nothing."""
    return [m.span() for pattern in (_ARTICLE, _LID) for m in pattern.finditer(text)]


def missing_provisions(sentence: str, passages: Sequence[str]) -> Iterator[Missing]:
    """Articles and leden that no passage names, neither in its text nor in its place."""
    articles = {number for passage in passages for number, _ in _articles(passage)}
    for number, said in _articles(sentence):
        if number not in articles:
            yield Missing(said, sure=True)
    leden = {number for passage in passages for number, _ in _leden(passage)}
    leden |= {match[1] for passage in passages for match in _LEADING.finditer(passage)}
    for number, said in _leden(sentence):
        if number not in leden:
            yield Missing(said, sure=bool(leden))


def _articles(text: str) -> Iterator[tuple[str, str]]:
    for match in _ARTICLE.finditer(text):
        for number in _unrolled(match["numbers"]):
            yield number, f"{match[0].split()[0]} {number}"


def _leden(text: str) -> Iterator[tuple[str, str]]:
    for match in _LID.finditer(text):
        if match["after"]:
            yield from ((number, match[0]) for number in _unrolled(match["after"]))
        else:
            yield from ((_ORDINAL[w], match[0]) for w in re.findall(r"\w+", match["before"].lower()) if w in _ORDINAL)


def _unrolled(numbers: str) -> list[str]:
    """ "2, 3 en 5" -> 2, 3, 5; "1 tot en met 3" -> 1, 2, 3."""
    found = [number.lower() for number in re.findall(_NUMBER, numbers)]
    range_ = re.fullmatch(r"(\d+)\s*(?:tot en met|t/m|to|–|-)\s*(\d+)", numbers)
    if range_ and int(range_[1]) < int(range_[2]) < int(range_[1]) + 100:
        return [str(n) for n in range(int(range_[1]), int(range_[2]) + 1)]
    return found
