"""Fit retrieval/reranker.npz on sentences judged for questions of ours: `python -m evals.reranking DATA_FOLDER`.

The data folder must hold the originals; needs the extra `models`, for PyTorch. None of the questions is of the
evaluation set. How much better the choice of sentences becomes is told by `python -m evals.sentences`.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from evals.judgements import fingerprint, read_training
from ingest.embed import DEFAULT_MODEL, Vectors, open_embedder
from ingest.index.generation import DataFolder, Generation
from retrieval.answer import Hit
from retrieval.cite import sentences_of
from retrieval.relevance import stretch_of
from retrieval.reranker import FITTED, HEADS, LAYERS, NO_HEADING, QUESTION, Numbers, Stretch, texts

WIDTH = 64
_SEED = 0
_EPOCHS, _PAIRS = 6, 64  # and pairs a step
_LIKE = 8  # steps' worth of pairs that are sorted by length together
_RATE, _PULL, _DROPPED, _STEEPEST = 8e-4, 0.05, 0.2, 1.0
# What parameters are multiplied with: token vectors are of unit length, and the states are not.
_GAINS = {"question": 4.0, "text": 4.0, "match": 3.0, **{f"{layer}.match": 10.0 for layer in range(LAYERS)}}

Parameters = Mapping[str, torch.Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """A question's token vectors (m, dimension), a sentence judged for it, and 1.0 if it belongs, else 0.0."""

    question: Vectors
    stretch: Stretch
    belongs: float = 0.0


def _judged(root: Path) -> list[Pair]:
    """What was judged for training of the sentences that this index holds."""
    data = DataFolder(root)
    generation, embedder = Generation(data), open_embedder(DEFAULT_MODEL, data.models)
    held = dict(_held(generation))
    found = []
    for one in read_training():
        question = generation.tokens.question(embedder.embed_query(one.question))[-QUESTION:]
        labels = dict.fromkeys(one.beside, 0.0) | dict.fromkeys(one.answers | one.bears, 1.0)
        found += [Pair(question, held[name], labels[name]) for name in sorted(labels.keys() & held.keys())]
    generation.close()
    return found


def _held(generation: Generation) -> Iterator[tuple[str, Stretch]]:
    """Every sentence of the index by its fingerprint."""
    for row in range(len(generation.documents_by_row)):
        passage = generation.store.passage(row)
        hit = Hit(rank=1, score=0.0, row=row, passage=passage, source=generation.store.record_of(passage))
        for sentence in sentences_of(hit, generation.store):
            yield fingerprint(sentence.text), stretch_of(generation.tokens, sentence)


def parameters(dimension: int) -> dict[str, torch.Tensor]:
    """New ones, by name: maps by chance as wide as PyTorch's own, no shifts."""
    shapes = {"question": (dimension, WIDTH), "text": (dimension, WIDTH), "match": (2, WIDTH), "out": (WIDTH,)}
    shifts = {"question.bias": WIDTH, "text.bias": WIDTH}
    made = {"first": torch.randn(WIDTH) / 10, "heading": torch.randn(WIDTH) / 10}
    made |= {"meaning": torch.tensor(8.0), "out.bias": torch.tensor(0.0)}
    for layer in range(LAYERS):
        shapes |= {f"{layer}.attention": (WIDTH, 3 * WIDTH), f"{layer}.seen": (WIDTH, WIDTH)}
        shapes |= {f"{layer}.inner": (WIDTH, 2 * WIDTH), f"{layer}.outer": (2 * WIDTH, WIDTH)}
        shifts |= {
            f"{layer}.{name}.bias": shapes[f"{layer}.{name}"][1] for name in ("attention", "seen", "inner", "outer")
        }
        made |= {
            f"{layer}.{name}": torch.stack([torch.ones(WIDTH), torch.zeros(WIDTH)]) for name in ("before", "between")
        }
        made[f"{layer}.match"] = torch.zeros(HEADS)
    made |= {name: (2 * torch.rand(shape) - 1) / math.sqrt(shape[0]) for name, shape in shapes.items()}
    made |= {name: torch.zeros(width) for name, width in shifts.items()}
    return {name: value.requires_grad_() for name, value in made.items()}


def read(made: Parameters, pairs: Sequence[Pair], dropped: float) -> torch.Tensor:
    """(n,): what `retrieval.reranker.read` gives for each pair, with gradients, and with a share of numbers dropped."""
    weights = {name: value * _GAINS.get(name, 1.0) for name, value in made.items()}
    side_by_side = texts([pair.stretch for pair in pairs])
    sentences, of_heading = torch.from_numpy(side_by_side.tokens), torch.from_numpy(side_by_side.heading)
    is_text = torch.from_numpy(side_by_side.there)
    questions = torch.nn.utils.rnn.pad_sequence([torch.from_numpy(pair.question) for pair in pairs], batch_first=True)
    is_question = torch.tensor([[n < len(pair.question) for n in range(questions.shape[1])] for pair in pairs])
    every = questions @ sentences.transpose(1, 2)
    seen = every.masked_fill(~(is_question[..., None] & is_text[:, None]), -1.0)
    in_text = seen.masked_fill(of_heading[:, None], -1.0).amax(dim=2)
    in_heading = seen.masked_fill(~of_heading[:, None], NO_HEADING).amax(dim=2).clamp(min=NO_HEADING)
    of_question = torch.stack([in_text, in_heading], dim=2) @ weights["match"]
    of_question = of_question + questions @ weights["question"] + weights["question.bias"]
    of_text = seen.amax(dim=1)[..., None] * weights["match"].sum(dim=0)
    of_text = of_text + sentences @ weights["text"] + weights["text.bias"] + of_heading[..., None] * weights["heading"]
    states = torch.cat([weights["first"].expand(len(pairs), 1, WIDTH), of_question, of_text], dim=1)
    states = functional.dropout(states, dropped)
    asked = 1 + questions.shape[1]
    match = torch.zeros(len(pairs), 1, states.shape[1], states.shape[1])
    match[:, 0, 1:asked, asked:], match[:, 0, asked:, 1:asked] = every, every.transpose(1, 2)
    there = torch.cat([torch.ones(len(pairs), 1, dtype=torch.bool), is_question, is_text], dim=1)[:, None, None]
    for layer in range(LAYERS):
        own = {name.partition(".")[2]: value for name, value in weights.items() if name.startswith(f"{layer}.")}
        states = _layer(own, states, match, there, dropped, 1 if layer == LAYERS - 1 else states.shape[1])
    meaning = (in_text * is_question).sum(dim=1) / is_question.sum(dim=1)
    return states[:, 0] @ weights["out"] + meaning * weights["meaning"] + weights["out.bias"]


def _layer(
    weights: Parameters, states: torch.Tensor, match: torch.Tensor, there: torch.Tensor, dropped: float, kept: int
) -> torch.Tensor:
    heads = _normal(states, weights["before"]) @ weights["attention"] + weights["attention.bias"]
    asking, asked, told = heads.unflatten(2, (3, HEADS, WIDTH // HEADS)).permute(2, 0, 3, 1, 4)
    scores = asking[:, :, :kept] @ asked.transpose(2, 3) / math.sqrt(WIDTH // HEADS)
    scores = (scores + match[:, :, :kept] * weights["match"][:, None, None]).masked_fill(~there, -math.inf)
    shown = (scores.softmax(dim=3) @ told).transpose(1, 2).flatten(2)
    states = states[:, :kept] + functional.dropout(shown @ weights["seen"] + weights["seen.bias"], dropped)
    inner = functional.relu(_normal(states, weights["between"]) @ weights["inner"] + weights["inner.bias"])
    return states + functional.dropout(inner @ weights["outer"] + weights["outer.bias"], dropped)


def _normal(states: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    return functional.layer_norm(states, (WIDTH,), weights[0], weights[1])


def fit(pairs: Sequence[Pair]) -> dict[str, torch.Tensor]:
    """Parameters that tell the sentences that belong from the others: binary cross-entropy, AdamW, one cycle."""
    made = parameters(pairs[0].question.shape[1])
    optimiser = torch.optim.AdamW(made.values(), lr=_RATE, weight_decay=_PULL)
    steps = _EPOCHS * math.ceil(len(pairs) / _PAIRS)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=steps, pct_start=0.1)
    for epoch in range(_EPOCHS):
        lost = []
        for some in _batches(pairs):
            belongs = torch.tensor([pair.belongs for pair in some])
            loss = functional.binary_cross_entropy_with_logits(read(made, some, _DROPPED), belongs)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(made.values(), _STEEPEST)
            optimiser.step()
            schedule.step()
            lost.append(loss.item())
        print(f"epoch {epoch + 1}: loss {sum(lost) / len(lost):.3f}", flush=True)
    return made


def _batches(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """All pairs by chance, those of like length together, as little is padded then."""
    mixed = [pairs[n] for n in torch.randperm(len(pairs))]
    batches: list[list[Pair]] = []
    for start in range(0, len(mixed), _LIKE * _PAIRS):
        like = sorted(mixed[start : start + _LIKE * _PAIRS], key=lambda pair: pair.stretch.length)
        batches += [like[n : n + _PAIRS] for n in range(0, len(like), _PAIRS)]
    return [batches[n] for n in torch.randperm(len(batches))]


def weights_of(made: Parameters) -> dict[str, Numbers]:
    """The weights as `retrieval.reranker` reads them."""
    return {name: (value.detach() * _GAINS.get(name, 1.0)).numpy() for name, value in made.items()}


def main(root: str) -> int:
    """Fit and write the weights."""
    torch.manual_seed(_SEED)
    pairs = _judged(Path(root))
    print(f"{len(pairs)} judged sentences, {sum(pair.belongs for pair in pairs) / len(pairs):.2f} of which belong")
    weights = weights_of(fit(pairs))
    halves = {name: value.astype(np.float16) for name, value in weights.items()}
    np.savez_compressed(FITTED, allow_pickle=False, **halves)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
