"""The check of support: whether a sentence rests on the passages that it cites, and if not, why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ingest.embed import Embedder, Vectors
from retrieval.claims import missing_names, missing_provisions, provision_spans
from retrieval.coverage import Coverage, Covered
from retrieval.entailment import Entailment
from retrieval.language import language_of
from retrieval.numbers import is_held, numbers
from retrieval.polarity import reversals
from retrieval.quotes import marked_quotes, stands_in
from retrieval.roles import exchanges
from retrieval.vocabulary import glossary

Support = Literal["supported", "partly", "unsupported"]
FaultKind = Literal["quote", "number", "year", "percentage", "name", "article", "negation", "actor", "added", "meaning"]
_WINDOW = 5  # content words in a row that the passages together must cover
_ALONE = 4  # content words in a row that one sentence of the passages must cover
_ENTAILED = 0.5  # chance from which a model of entailment is taken to say yes
_COUNTED = 20  # a count up to here, written as a word, may be of what the source lists without counting


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: `detail` are the words concerned, `nl` and `en` say it in one plain sentence.

    `sure` is false for what may be the source's meaning in other words.
    """

    kind: FaultKind
    detail: str
    nl: str
    en: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the passages support a sentence. Only "supported" lets a sentence of a model through.

    `meaning` is the mean coverage of the sentence's content words, 0 to 1.
    """

    support: Support
    faults: tuple[Fault, ...]
    meaning: float


@dataclass(frozen=True, slots=True)
class Limits:
    """Coverage below which words in a row count as added: by all passages, or by the best sentence of them; and the
    mean coverage below which the whole means something else."""

    added: float
    scattered: float
    meaning: float


# Set on the sections that `evals.mutations` tunes on; lower across languages, where words are never the same.
SAME_LANGUAGE = Limits(added=0.56, scattered=0.44, meaning=0.5)
ACROSS = Limits(added=0.38, scattered=0.32, meaning=0.38)


class Verifier:
    """Checks sentences against passages; keeps the token vectors of the passages seen last."""

    def __init__(self, embedder: Embedder, entailment: Entailment | None = None) -> None:
        """Prepare; the embedding model is not loaded before the first sentence.

        entailment  a model that settles what is not sure; what is sure stands without it
        """
        self._entailment = entailment
        self._coverage = Coverage(embedder, glossary())

    def check(self, sentence: str, passages: Sequence[str]) -> Verdict:
        """Check one sentence against the passages that it cites.

        passages  each as `Passage.searchable`: the title and headings above it name the law and the article

        A sentence that stands in a passage word for word is supported; one without passages is not.
        """
        if stands_in(sentence, passages):
            return Verdict("supported", (), 1.0)
        covered = self._coverage.of(sentence, passages)
        foreign = any(language_of(passage) != language_of(sentence) for passage in passages)
        faults: tuple[Fault, ...] = (
            *_quotes(sentence, passages),
            *_numbers(sentence, passages),
            *_provisions(sentence, passages),
            *_names(sentence, passages, covered, foreign),
            *_negations(sentence, covered),
            *_actors(sentence, covered),
            *_meaning(sentence, covered, ACROSS if foreign else SAME_LANGUAGE),
        )
        if self._entailment:
            faults = _settled(sentence, faults, self._entailment.entails(sentence, passages))
        support: Support = "supported" if not faults else "unsupported" if any(f.sure for f in faults) else "partly"
        return Verdict(support, faults, round(float(covered.best.mean()) if covered.spans else 0.0, 3))


def _settled(sentence: str, faults: Sequence[Fault], chance: float) -> tuple[Fault, ...]:
    """The faults as a model of entailment leaves them: it settles doubts, either way."""
    sure = tuple(fault for fault in faults if fault.sure)
    if chance >= _ENTAILED or sure:
        return sure
    doubt = Fault(
        "meaning", sentence, "Dit volgt niet uit de bron.", "This does not follow from the source.", sure=False
    )
    return tuple(faults) or (doubt,)


def quote_fault(quote: str, passages: Sequence[str]) -> Fault | None:
    """What is wrong with words that claim to be a quote; None if they stand in a passage (see `quotes.normalised`)."""
    if stands_in(quote, passages):
        return None
    return Fault(
        "quote",
        quote,
        f"Het citaat ‘{quote}’ staat niet letterlijk in de bron.",
        f"The quote ‘{quote}’ is not in the source word for word.",
    )


def _quotes(sentence: str, passages: Sequence[str]) -> Iterator[Fault]:
    for quote in marked_quotes(sentence):
        fault = quote_fault(quote, passages)
        if fault:
            yield fault


_KIND_NL = {"number": "Het getal", "year": "Het jaartal", "percentage": "Het percentage"}
_KIND_EN = {"number": "The number", "year": "The year", "percentage": "The percentage"}


def _numbers(sentence: str, passages: Sequence[str]) -> Iterator[Fault]:
    provisions = provision_spans(sentence)
    held = [number for passage in passages for number in numbers(passage)]
    for number in numbers(sentence):
        if is_held(number, held) or any(a <= number.start < b for a, b in provisions):
            continue
        yield Fault(
            number.kind,
            number.said,
            f"{_KIND_NL[number.kind]} {number.said} staat niet in de bron.",
            f"{_KIND_EN[number.kind]} {number.said} is not in the source.",
            sure=not (number.spelled and max(number.values) <= _COUNTED),
        )


def _provisions(sentence: str, passages: Sequence[str]) -> Iterator[Fault]:
    for missing in missing_provisions(sentence, passages):
        nl, en = f"De bron noemt {missing.said} niet.", f"The source does not name {missing.said}."
        yield Fault("article", missing.said, nl, en, missing.sure)


def _names(sentence: str, passages: Sequence[str], covered: Covered, foreign: bool) -> Iterator[Fault]:
    for missing in missing_names(sentence, passages, covered, foreign):
        nl, en = f"De naam {missing.said} staat niet in de bron.", f"The name {missing.said} is not in the source."
        yield Fault("name", missing.said, nl, en, missing.sure)


def _negations(sentence: str, covered: Covered) -> Iterator[Fault]:
    for reversal in reversals(sentence, covered):
        nl = f"Bij ‘{reversal.said}’ zegt de zin iets anders dan de bron, misschien het omgekeerde."
        en = f"At ‘{reversal.said}’ the sentence says something else than the source, perhaps the opposite."
        yield Fault("negation", reversal.said, nl, en, reversal.sure)


def _actors(sentence: str, covered: Covered) -> Iterator[Fault]:
    for exchange in exchanges(sentence, covered):
        pair = f"{exchange.first} – {exchange.second}"
        nl = f"De rollen van {exchange.first} en {exchange.second} zijn in de bron omgekeerd."
        en = f"In the source {exchange.first} and {exchange.second} have each other's role."
        yield Fault("actor", pair, nl, en, exchange.sure)


def _meaning(sentence: str, covered: Covered, limits: Limits) -> Iterator[Fault]:
    """The stretch of words that the passages cover least, or the whole sentence."""
    best = covered.best
    if not len(best) and covered.segments:
        return
    if not covered.segments or float(best.mean()) < limits.meaning:
        nl, en = "De bron gaat niet over wat de zin zegt.", "The source is not about what the sentence says."
        yield Fault("meaning", sentence, nl, en)
        return
    stretches = (_least(best[:, None], _WINDOW, limits.added), _least(covered.by_sentence, _ALONE, limits.scattered))
    for stretch in stretches:
        if stretch:
            words = sentence[covered.spans[stretch[0]][0] : covered.spans[stretch[1]][1]]
            nl, en = f"De bron zegt dit niet zo: ‘{words}’.", f"The source does not say this: ‘{words}’."
            yield Fault("added", words, nl, en, sure=False)
            return


def _least(coverage: Vectors, size: int, limit: float) -> tuple[int, int] | None:
    """First and last of the `size` words in a row that a column of `coverage` (w, n) covers least, if below `limit`."""
    size = min(size, len(coverage))
    means = [float(coverage[n : n + size].mean(axis=0).max()) for n in range(len(coverage) - size + 1)]
    first = int(np.argmin(means))
    return (first, first + size - 1) if means[first] < limit else None
