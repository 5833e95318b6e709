"""The command that measures quality. Figures go to standard output, messages to standard error."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from evals.answers import ANSWER_MEASURES
from evals.compare import compare
from evals.formats import FormatError, read_values, write_qrels, write_run, write_trec
from evals.metrics import MEASURES, Values
from evals.question import read_questions
from evals.report import differences_table, figures_table
from evals.run import evaluate as run_evaluate
from ui.commands import CommandError, open_engine
from ui.messages import Messages
from ui.settings import Settings


def evaluate(options: Namespace, settings: Settings, messages: Messages) -> int:
    """Measure quality on the evaluation set."""
    before = _values(options.against, messages) if options.against else None
    questions = [question for question in read_questions() if options.split in (question.split, "all")]
    with open_engine(settings, messages) as engine:
        run = run_evaluate(engine, questions, options.split)
    differences = compare(before, run.values, (*MEASURES, *ANSWER_MEASURES)) if before is not None else []
    if options.json:
        changes = {"against": [asdict(difference) for difference in differences]} if options.against else {}
        print(json.dumps({**run.figures, **changes}, indent=1, ensure_ascii=False))
    else:
        print(figures_table(run.figures))
        if options.against:
            print("\n" + messages("evaluate.against", path=options.against) + "\n" + differences_table(differences))
    if options.save:
        write_run(options.save, run)
    if options.trec:
        write_trec(options.trec, run.rankings, "mengpaneel")
        write_qrels(options.trec.with_name(f"{options.trec.name}.qrels"), run.rankings)
    return 0


def _values(path: Path, messages: Messages) -> dict[str, Values]:
    try:
        return read_values(path)
    except FormatError as error:
        raise CommandError(error.en if messages.language == "en" else error.nl, 2) from error
