"""The command that measures quality. Figures go to standard output, messages to standard error."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from corpus import Source
from evals.answers import ANSWER_MEASURES
from evals.baselines import Baseline, cached_embedding, run_baselines, texts_of
from evals.beir import evaluate_collection, read_collection
from evals.compare import Difference, compare
from evals.formats import FormatError, read_values, write_qrels, write_run, write_trec
from evals.history import HISTORY, record
from evals.html import Place, evaluation_html
from evals.metrics import MEASURES, Figures, means
from evals.question import read_questions
from evals.report import differences_table, figures_table, measures_table
from evals.run import Run, strongest
from evals.run import evaluate as run_evaluate
from ingest.document import Passage
from ingest.index.generation import DataFolder
from retrieval.engine import Engine
from ui.commands import CommandError, open_engine
from ui.messages import Messages
from ui.models import embedder_of
from ui.places import place_text
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
        sources = {holding.source.id: holding.source for holding in engine.holdings}
    differences = compare(before, run.values, (*MEASURES, *ANSWER_MEASURES)) if before is not None else None
    systems = _systems(run, baselines) if baselines else {}
    over = _over_strongest(run, baselines) if baselines else None
    if options.json:
        _print_json(run, differences, systems, over)
    else:
        _print_tables(run, differences, systems, over, options, messages)
    _write_files(options, run, messages)
    if options.report:
        place = _place(sources, messages)
        html = evaluation_html(run, systems, over, messages.below("evaluate.page."), place, messages.language)
        _write(options.report, html, messages)
    return 0


Over = tuple[str, list[Difference]]  # name of the strongest baseline, and ours minus it


def _print_json(run: Run, differences: list[Difference] | None, systems: dict[str, Figures], over: Over | None) -> None:
    more: dict[str, Any] = {}
    if differences is not None:
        more["against"] = [asdict(difference) for difference in differences]
    if over:
        more |= {"baselines": systems, "over_strongest": [asdict(difference) for difference in over[1]]}
    print(json.dumps({**run.figures, **more}, indent=1, ensure_ascii=False))


def _print_tables(
    run: Run,
    differences: list[Difference] | None,
    systems: dict[str, Figures],
    over: Over | None,
    options: Namespace,
    messages: Messages,
) -> None:
    print(figures_table(run.figures))
    if differences is not None:
        print("\n" + messages("evaluate.against", path=options.against) + "\n" + differences_table(differences))
    if over:
        print("\n" + messages("evaluate.baselines") + "\n" + measures_table(systems))
        print("\n" + messages("evaluate.over", name=over[0]) + "\n" + differences_table(over[1]))


def _write_files(options: Namespace, run: Run, messages: Messages) -> None:
    if options.save:
        write_run(options.save, run)
        _say(messages("evaluate.written", path=options.save))
    if options.trec:
        write_trec(options.trec, run.rankings, "mengpaneel")
        write_qrels(options.trec.with_name(f"{options.trec.name}.qrels"), run.rankings)
        _say(messages("evaluate.written", path=options.trec))
    if options.record:
        _say(messages("evaluate.recorded" if record(run.figures) else "evaluate.same", path=HISTORY))


def _write(path: Path, html: str, messages: Messages) -> None:
    path.write_text(html, encoding="utf-8")
    _say(messages("evaluate.written", path=path))


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _place(sources: Mapping[str, Source], messages: Messages) -> Place:
    """Source and place of a passage in words."""

    def place(passage: Passage) -> str:
        source = sources.get(passage.about or "") or sources[passage.source_id]
        return f"{source.short_title}, {place_text(passage.locator, source, messages)}"

    return place


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


def _over_strongest(run: Run, baselines: Sequence[Baseline]) -> Over:
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
