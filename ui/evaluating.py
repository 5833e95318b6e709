"""The command that measures quality. Figures go to standard output, messages to standard error."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from evals.answers import ANSWER_MEASURES
from evals.baselines import Baseline, cached_embedding, run_baselines, texts_of
from evals.beir import evaluate_collection, read_collection
from evals.compare import Difference, compare
from evals.formats import FormatError, read_values, write_qrels, write_run, write_trec
from evals.metrics import MEASURES, Figures, means
from evals.question import read_questions
from evals.report import differences_table, figures_table, measures_table
from evals.run import Run, strongest
from evals.run import evaluate as run_evaluate
from ingest.index.generation import DataFolder
from retrieval.engine import Engine
from ui.commands import CommandError, embedder_of, open_engine
from ui.messages import Messages
from ui.settings import Settings


def evaluate(options: Namespace, settings: Settings, messages: Messages) -> int:
    """Measure quality on the evaluation set, or on a BEIR folder."""
    try:
        return _beir(options, settings, messages) if options.beir else _own_set(options, settings, messages)
    except FormatError as error:
        raise CommandError(error.en if messages.language == "en" else error.nl, 2) from error


def _own_set(options: Namespace, settings: Settings, messages: Messages) -> int:
    before = read_values(options.against) if options.against else None
    questions = [question for question in read_questions() if options.split in (question.split, "all")]
    with open_engine(settings, messages) as engine:
        run = run_evaluate(engine, questions, options.split)
        baselines = _baselines(engine, run, settings) if options.baselines else []
    differences = compare(before, run.values, (*MEASURES, *ANSWER_MEASURES)) if before is not None else []
    if options.json:
        more: dict[str, Any] = {"against": [asdict(d) for d in differences]} if options.against else {}
        if baselines:
            more["baselines"] = _systems(run, baselines)
            more["over_strongest"] = [asdict(d) for d in _over_strongest(run, baselines)[1]]
        print(json.dumps({**run.figures, **more}, indent=1, ensure_ascii=False))
    else:
        print(figures_table(run.figures))
        if options.against:
            print("\n" + messages("evaluate.against", path=options.against) + "\n" + differences_table(differences))
        if baselines:
            name, over = _over_strongest(run, baselines)
            print("\n" + messages("evaluate.baselines") + "\n" + measures_table(_systems(run, baselines)))
            print("\n" + messages("evaluate.over", name=name) + "\n" + differences_table(over))
    if options.save:
        write_run(options.save, run)
    if options.trec:
        write_trec(options.trec, run.rankings, "mengpaneel")
        write_qrels(options.trec.with_name(f"{options.trec.name}.qrels"), run.rankings)
    return 0


def _baselines(engine: Engine, run: Run, settings: Settings) -> list[Baseline]:
    from evals.llama_index_stack import run_llama_index

    embedder = embedder_of(settings)()
    embed = cached_embedding(DataFolder(settings.data).root / "cache" / "baselines.sqlite", embedder)
    questions = [a.question for a in run.asked if a.question.answerable]
    texts = texts_of(engine)
    found = run_baselines(engine, questions, texts, embedder, embed)
    return [*found, run_llama_index(engine, questions, texts, embedder, embed)]


def _systems(run: Run, baselines: Sequence[Baseline]) -> dict[str, Figures]:
    """Means of every system over the answerable questions, ours last."""
    questions = [a.question for a in run.asked if a.question.answerable]
    return {**{b.name: means(b.values, questions) for b in baselines}, "mengpaneel": means(run.values, questions)}


def _over_strongest(run: Run, baselines: Sequence[Baseline]) -> tuple[str, list[Difference]]:
    """Name of the strongest baseline, and ours minus it."""
    by_name = {b.name: b.values for b in baselines}
    name = strongest(by_name)
    return name, compare(by_name[name], run.values, MEASURES)


def _beir(options: Namespace, settings: Settings, messages: Messages) -> int:
    collection = read_collection(options.beir)

    def show(step: str, done: int, total: int) -> None:
        if done == total:
            print(f"{messages(f'cli.step.{step}')} {done}/{total}", file=sys.stderr)

    figures = evaluate_collection(collection, embedder_of(settings), show)
    if options.json:
        print(json.dumps(figures, indent=1))
    else:
        print(measures_table({name: own for name, own in figures.items() if isinstance(own, dict)}))
    return 0
