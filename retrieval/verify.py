"""The check of support: whether a sentence rests on the passages that it cites, and if not, why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.embed import Embedder
from retrieval.numbers import is_held, numbers
from retrieval.quotes import marked_quotes, stands_in

Support = Literal["supported", "partly", "unsupported"]
FaultKind = Literal["quote", "number", "year", "percentage", "name", "article", "negation", "actor", "added", "meaning"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: `detail` are the words concerned, `nl` and `en` say it in one plain sentence."""

    kind: FaultKind
    detail: str
    nl: str
    en: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the passages support a sentence. Only "supported" lets a sentence of a model through.

    `meaning` is how near the sentence is to the passages, 0 to 1.
    """

    support: Support
    faults: tuple[Fault, ...]
    meaning: float


class Verifier:
    """Checks sentences against passages; keeps the token vectors of the passages seen last."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def check(self, sentence: str, passages: Sequence[str]) -> Verdict:
        """Check a sentence against the passages that it cites (`Passage.searchable`: with title and headings)."""
        if stands_in(sentence, passages):
            return Verdict("supported", (), 1.0)
        faults = (*_quote_faults(sentence, passages), *_number_faults(sentence, passages))
        near = float(max(self._cosine(sentence, passage) for passage in passages)) if passages else 0.0
        return Verdict("unsupported" if faults or near < 0.8 else "supported", faults, near)

    def _cosine(self, sentence: str, passage: str) -> float:
        first, second = self._embedder.embed_passages([sentence, passage])
        return float(first.vector @ second.vector)


def _quote_faults(sentence: str, passages: Sequence[str]) -> Iterator[Fault]:
    for quote in marked_quotes(sentence):
        if not stands_in(quote, passages):
            yield Fault(
                "quote",
                quote,
                f"Het citaat ‘{quote}’ staat niet letterlijk in de bron.",
                f"The quote ‘{quote}’ does not stand in the source word for word.",
            )


def _number_faults(sentence: str, passages: Sequence[str]) -> Iterator[Fault]:
    held = [number for passage in passages for number in numbers(passage)]
    for number in numbers(sentence):
        if not is_held(number, held):
            yield Fault(
                number.kind,
                number.said,
                f"{number.said} staat niet in de bron.",
                f"{number.said} is not in the source.",
            )
