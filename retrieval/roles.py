"""Who does what to whom: whether two actors of a sentence have changed places with respect to its source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from ingest.index.lexical import words as stems
from retrieval.coverage import WORD, Covered
from retrieval.lexicon import LEXICON, Mention

_BETWEEN = frozenset(
    "de het een zijn haar hun die dit deze onze elke iedere alle the a an its their his her this".split()
)
_NEAREST = 0.85  # source sentences this near to the nearest one that names both count as well
_ALIKE = 0.45  # coverage at which a source sentence speaks of the same
_AROUND = 3  # content words on either side of an actor that tell what it does


_CLAUSE = re.compile(
    r"[,;:(]|\b(?:die|dat|als|indien|wanneer|nadat|zodat|omdat|waarin|who|which|that|if|when|after|so)\b"
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """Two actors that have changed places. `sure`: the source has the same roles the other way round."""

    first: str
    second: str
    sure: bool


@dataclass(frozen=True, slots=True)
class _Actor:
    id: str
    said: str
    start: int
    role: str
    does: bool
    around: frozenset[str]


def exchanges(sentence: str, covered: Covered) -> Iterator[Exchange]:
    """Pairs of actors that stand the other way round in the source sentences nearest to the sentence."""
    mine = _actors(sentence)
    if len(mine) < 2 or not covered.segments or not covered.spans:
        return
    wholes = list(dict.fromkeys((segment.number, segment.whole) for segment in covered.segments))
    nearness = covered.by_sentence.mean(axis=0)
    sources = [(float(near), _actors(whole)) for near, (_, whole) in zip(nearness, wholes, strict=True)]
    for first, second in combinations(mine.values(), 2):
        both = [(near, _found(first, s), _found(second, s)) for near, s in sources]
        both = [(near, a, b) for near, a, b in both if a and b and a.id != b.id]
        most = max((near for near, _, _ in both), default=0.0)
        found = [_compared(first, second, a, b) for near, a, b in both if a and b and near >= _NEAREST * most]
        if found and most >= _ALIKE and max(found) < 0:
            yield Exchange(first.said, second.said, sure=min(found) <= -2)


def _found(actor: _Actor, source: dict[str, _Actor]) -> _Actor | None:
    """The same actor in a source sentence, or else one that is said for it."""
    circle = LEXICON.circle_of(actor.id)
    return source.get(actor.id) or next((a for a in source.values() if LEXICON.circle_of(a.id) == circle), None)


def _compared(first: _Actor, second: _Actor, there_first: _Actor, there_second: _Actor) -> int:
    """Above 0 the same way round, below 0 exchanged (-2 for certain), 0 cannot be told."""
    same = len(first.around & there_first.around) + len(second.around & there_second.around)
    crossed = len(first.around & there_second.around) + len(second.around & there_first.around)
    roles, there = (first.role, second.role), (there_first.role, there_second.role)
    in_order = (first.start < second.start) == (there_first.start < there_second.start)
    if roles == there and (in_order or roles[0] != roles[1]):
        return 1 if same >= crossed else 0
    if roles == there[::-1] and not in_order and crossed >= same:
        return -2 if crossed > same else -1
    if crossed > same + 1 and not in_order:
        return -1
    if (first.does, second.does) == (there_second.does, there_first.does) and first.does != second.does:
        return -1 if crossed >= same else 0
    return 1 if same > crossed else 0


def _actors(text: str) -> dict[str, _Actor]:
    """The actors of a text by id, each where it is first named."""
    mentions = LEXICON.actors_in(text)
    words = [(match.start(), match.end(), match[0].lower()) for match in WORD.finditer(text)]
    taken = {n for n, (a, b, _) in enumerate(words) for m in mentions if a < m.end and b > m.start}
    found: dict[str, _Actor] = {}
    roles = [_role(text, mention) for mention in mentions]
    clauses = [len(_CLAUSE.findall(text, 0, mention.start)) for mention in mentions]
    agents = {clause for clause, role in zip(clauses, roles, strict=True) if role == "agent"}
    subjects: set[int] = set()
    for mention, role, clause in zip(mentions, roles, clauses, strict=True):
        does = role == "agent" or (role == "bare" and clause not in agents | subjects)
        if does:
            subjects.add(clause)
        if mention.id not in found:
            found[mention.id] = _Actor(
                mention.id,
                text[mention.start : mention.end],
                mention.start,
                role,
                does,
                _around(mention, words, taken),
            )
    return found


def _role(text: str, mention: Mention) -> str:
    """Its preposition's role; without a preposition "bare"."""
    before = re.findall(r"[^\W\d_]+|[,;:]", text[max(0, mention.start - 60) : mention.start].lower())
    for word in reversed(before[-3:]):
        if word in LEXICON.roles:
            return LEXICON.roles[word]
        if word not in _BETWEEN:
            break
    return "bare"


def _around(mention: Mention, words: list[tuple[int, int, str]], taken: set[int]) -> frozenset[str]:
    content = [(a, b, w) for n, (a, b, w) in enumerate(words) if n not in taken and stems(w)]
    before = [w for a, b, w in content if b <= mention.start][-_AROUND:]
    after = [w for a, b, w in content if a >= mention.end][:_AROUND]
    return frozenset(stem for word in (*before, *after) for stem in stems(word))
