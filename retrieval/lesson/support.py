"""The check of support for lessons: what is told must stand in its passage, a wrong option nowhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ingest.index.lexical import words
from ingest.sentences import sentences
from retrieval.answer import Citation, Language
from retrieval.engine import Engine
from retrieval.verify import Verifier

Check = Callable[[str, Sequence[str]], bool]  # whether the passages, as searched, support the sentence

_SAME = 0.75  # share of a claim's stems that one sentence may hold before it counts as support
_DEPTH = 20  # passages of the collection that a wrong option is held against by words
_NEAREST = 3  # and by the check that is set


def by_words(claim: str, passages: Sequence[str]) -> bool:
    """A cautious check by words alone: literal, or most of the claim's stems in one sentence under its heading."""
    if any(" ".join(claim.split()) in " ".join(passage.split()) for passage in passages):
        return True
    stems = set(words(claim))
    for passage in passages:
        heading, _, body = passage.partition("\n")
        about = set(words(heading))
        for sentence in sentences(body):
            if stems and len(stems & (about | set(words(sentence)))) / len(stems) >= _SAME:
                return True
    return False


def by_verifier(verifier: Verifier) -> Check:
    """The check of support that a language model's sentences pass as well."""
    return lambda claim, passages: verifier.check(claim, passages).support == "supported"


class Evidence:
    """Holds claims against the collection, with the check that is set."""

    def __init__(self, engine: Engine, check: Check, language: Language) -> None:
        self._engine = engine
        self._check = check
        self._language = language

    def stands(self, citation: Citation) -> bool:
        """Whether the passage of a citation supports its quote."""
        return self._check(citation.quote, [citation.passage.searchable])

    def anywhere(self, claim: str, about: str = "") -> bool:
        """Whether any of the passages nearest to a claim supports it; only those that name what it is `about` can."""
        subject = set(words(about))
        hits = self._engine.search(claim, k=_DEPTH, language=self._language).hits
        near = [hit.passage.searchable for hit in hits]
        naming = [text for text in near if subject <= set(words(text))]
        return by_words(claim, naming) or self._check(claim, naming[:_NEAREST])
