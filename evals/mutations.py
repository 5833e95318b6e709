"""How well the check of support tells true sentences from false ones: `python -m evals.mutations DATA`.

Limits are set on half of the sections; the figures are of the other half. Caught means: not "supported".
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from evals.falsify import KINDS, Mutation, mutations
from evals.true_sentences import TrueSentence, true_sentences
from ingest.document import Passage
from ingest.embed import DEFAULT_MODEL, open_embedder
from ingest.index.generation import DataFolder, Generation
from retrieval.verify import Verifier

COUNT, SEED = 400, 6
_TRUE = 150  # true sentences of each kind, evenly over the sections

_AGAINST = (
    "original, own passage",
    "digest, own passage",
    "digest, original",
    "gist nl, original",
    "gist en, original",
)
Tally = Counter[str]


def true_table(verifier: Verifier, sentences: Sequence[TrueSentence]) -> dict[str, Tally]:
    """Verdicts on true sentences: for each of `_AGAINST` how many came out as what."""
    found: dict[str, Tally] = defaultdict(Counter)
    for true in _evenly(sentences):
        for against, passages in _checks(true):
            found[against][verifier.check(true.text, passages).support] += 1
    return found


def false_table(verifier: Verifier, made: Sequence[Mutation]) -> dict[tuple[str, str], Tally]:
    """Verdicts on mutations by (kind, one of `_AGAINST`)."""
    found: dict[tuple[str, str], Tally] = defaultdict(Counter)
    for mutation in sorted(made, key=lambda mutation: mutation.true.section):
        for against, passages in _checks(mutation.true):
            found[mutation.kind, against][verifier.check(mutation.text, passages).support] += 1
    return found


def _evenly(sentences: Sequence[TrueSentence]) -> Iterator[TrueSentence]:
    """At most `_TRUE` sentences of each kind; one section after the other, so that its passages are read once."""
    for written in ("original", "digest", "gist nl", "gist en"):
        group = sorted((true for true in sentences if true.written == written), key=lambda true: true.section)
        yield from group[:: max(1, -(-len(group) // _TRUE))]


def _checks(true: TrueSentence) -> list[tuple[str, tuple[str, ...]]]:
    """A digest sentence is checked twice: against its own passage, and against what it summarises."""
    own, original = f"{true.written}, own passage", f"{true.written}, original"
    if true.written == "original":
        return [(own, true.own)]
    return [(own, true.own), (original, true.originals)] if true.written == "digest" else [(original, true.originals)]


def true_lines(table: dict[str, Tally]) -> list[str]:
    """Markdown: what became of the true sentences."""
    lines = ["| true sentence, checked against | n | supported | partly | unsupported |", "|---|--:|--:|--:|--:|"]
    ours = sum((table[a] for a in _AGAINST[2:]), Counter())
    for name, tally in [*((a, table[a]) for a in _AGAINST), ("**all of ours, original**", ours)]:
        shares = (f"{100 * tally[s] / max(1, tally.total()):.1f} %" for s in ("supported", "partly", "unsupported"))
        lines.append(f"| {name} | {tally.total()} | {' | '.join(shares)} |")
    return lines


def false_lines(table: dict[tuple[str, str], Tally]) -> list[str]:
    """Markdown: how many mutations were caught. The first total counts each mutation once, at its easiest check."""
    lines = ["| kind | " + " | ".join(_AGAINST) + " | all | of which unsupported | digests against originals |"]
    lines.append("|---|" + "--:|" * (len(_AGAINST) + 3))
    once = [a for a in _AGAINST if a != "digest, original"]
    hard = [a for a in _AGAINST if a != "digest, own passage"]
    for kind in (*KINDS, None):
        cells = {
            a: sum((t for (k, b), t in table.items() if b == a and kind in (k, None)), Counter()) for a in _AGAINST
        }
        all_, harder = (sum((cells[a] for a in group), Counter()) for group in (once, hard))
        shown = [*(_caught(cells[a]) for a in _AGAINST), _caught(all_)]
        shown += [f"{100 * all_['unsupported'] / max(1, all_.total()):.0f} %", _caught(harder)]
        lines.append(f"| {kind or '**all**'} | {' | '.join(shown)} |")
    return lines


def _caught(tally: Tally) -> str:
    if not tally.total():
        return "–"
    return f"{100 * (1 - tally['supported'] / tally.total()):.0f} % of {tally.total()}"


def passages_of(data: DataFolder) -> list[Passage]:
    """Every passage of the published index.

    raises  IndexMissing
    """
    generation = Generation(data)
    try:
        return [generation.store.passage(row) for row in range(len(generation.documents_by_row))]
    finally:
        generation.close()


def main() -> None:
    """Print both tables as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="data folder with an index that holds the originals")
    parser.add_argument("--half", choices=("tune", "report"), default="report")
    options = parser.parse_args()
    data = DataFolder(options.data)
    sentences = [true for true in true_sentences(passages_of(data)) if true.half == options.half]
    verifier = Verifier(open_embedder(DEFAULT_MODEL, data.models))
    print("\n".join(true_lines(true_table(verifier, sentences))), flush=True)
    made = mutations(sentences, COUNT, SEED)
    print()
    print("\n".join(false_lines(false_table(verifier, made))))


if __name__ == "__main__":
    main()
