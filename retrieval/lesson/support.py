"""The check of support for lessons: what is told must stand in its passage, a wrong option nowhere."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence

from ingest.index.lexical import words
from ingest.sentences import sentences
from retrieval.answer import Citation
from retrieval.engine import Engine

Check = Callable[[str, Sequence[str]], bool]  # whether the passages, as searched, support the sentence

_SAME = 0.75  # share of a claim's stems that one sentence may hold before it counts as support
_NEAREST = 3  # passages that a wrong option is held against by the check that is set, after all by words


def by_words(claim: str, passages: Sequence[str]) -> bool:
    """A cautious check by words alone: literal, or all of the claim's numbers and most of its stems in one sentence
    under its heading."""
    if any(" ".join(claim.split()) in " ".join(passage.split()) for passage in passages):
        return True
    stems = set(words(claim))
    figures = {stem for stem in stems if stem[0].isdigit()}
    for passage in passages:
        heading, _, body = passage.partition("\n")
        about = set(words(heading))
        for sentence in sentences(body):
            held = about | set(words(sentence))
            if stems and figures <= held and len(stems & held) / len(stems) >= _SAME:
                return True
    return False


def by_verifier(engine: Engine) -> Check:
    """The check of support that a language model's sentences pass as well."""
    return lambda claim, passages: engine.verifier.check(claim, passages).support == "supported"


class Evidence:
    """Holds claims against every passage of the collection by words, and against the nearest with the check set."""

    def __init__(self, engine: Engine, check: Check) -> None:
        self._check = check
        self._texts = [
            passage.searchable
            for holding in engine.holdings
            for passage, _ in engine.passages_of(holding.source.id, holding.form, 0, holding.passages)
        ]
        found: defaultdict[str, set[int]] = defaultdict(set)
        for row, text in enumerate(self._texts):
            for stem in set(words(text)):
                found[stem].add(row)
        self._rows = dict(found)

    def stands(self, citation: Citation) -> bool:
        """Whether the passage of a citation supports its quote."""
        return self._check(citation.quote, [citation.passage.searchable])

    def together(self, names: Sequence[str], others: Sequence[str]) -> bool:
        """Whether any passage holds one of the names and one of the others."""
        return bool(self._naming(names) & self._naming(others))

    def anywhere(self, claim: str, about: Sequence[str] = ()) -> bool:
        """Whether the collection supports a claim; only passages that hold one of the names it is `about` can."""
        naming = self._naming(about) if about else set(range(len(self._texts)))
        weights: defaultdict[int, float] = defaultdict(float)
        shared: defaultdict[int, int] = defaultdict(int)
        stems = set(words(claim))
        for stem in stems:
            rows = self._rows.get(stem, set())
            for row in rows & naming:
                weights[row] += math.log(1 + len(self._texts) / len(rows))
                shared[row] += 1
        alike = [self._texts[row] for row, count in shared.items() if count >= _SAME * len(stems)]
        if by_words(claim, alike):
            return True
        nearest = sorted(naming, key=lambda row: (-weights[row], row))[:_NEAREST]
        return self._check(claim, [self._texts[row] for row in nearest])

    def _naming(self, names: Sequence[str]) -> set[int]:
        """The passages that hold all words of one of the names."""
        held = [[self._rows.get(stem, set()) for stem in words(name)] for name in names]
        return {row for rows in held if rows for row in set.intersection(*rows)}
