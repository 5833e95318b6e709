"""What each command of the command line does. Results go to standard output, messages to standard error."""

from __future__ import annotations

import json
import time
from argparse import Namespace
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Column, Table

from ingest.index.generation import DataFolder
from ingest.index.store import Holding
from ingest.reading_report import report_html
from ingest.run import IngestReport
from retrieval.answer import Filters, Language
from retrieval.engine import Engine
from retrieval.vocabulary import glossary
from ui.contract import answer_json, search_json
from ui.ingesting import REPORT_TEXTS, bars, ingest_by
from ui.messages import Messages
from ui.models import embedder_of, entailment_of, language_model_of
from ui.settings import Settings
from ui.text import answer_text, search_text, term_text


class CommandError(RuntimeError):
    """A command cannot go on; `code` is its exit code."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def ingest(options: Namespace, settings: Settings, messages: Messages) -> int:
    """Bring the index up to date; 3 if some files failed."""
    with bars(messages) as progress:
        report = ingest_by(settings, options.paths, progress, again=options.report is not None)
    _print_report(report, messages)
    if options.report:
        texts, language = messages.below(REPORT_TEXTS), messages.language
        html = report_html(report.documents, report.failures, report.passed_over, texts, language, report.duplicates)
        options.report.write_text(html, encoding="utf-8")
        print(messages("upkeep.report.written", path=options.report))
    return 3 if report.failures else 0


def _print_report(report: IngestReport, messages: Messages) -> None:
    errors = Console(stderr=True)
    for path in report.gone:
        errors.print(messages("cli.ingest.gone", path=path), markup=False)
    if report.passed_over:
        names = ", ".join(path.name for path in report.passed_over)
        errors.print(messages("cli.ingest.passed", names=names), markup=False, soft_wrap=True)
    if report.failures:
        errors.print(messages("cli.ingest.failed", count=len(report.failures)), markup=False)
        for failure in report.failures:
            fault = failure.error.in_language(messages.language)
            errors.print(messages("cli.error.file", path=failure.path, fault=fault), markup=False, soft_wrap=True)
    for pair in report.duplicates:
        said = messages("upkeep.duplicate", similarity=pair.similarity, first=pair.first[0], second=pair.second[0])
        errors.print(said, markup=False)
    if report.unchanged:
        print(messages("cli.ingest.unchanged", passages=report.manifest.passages))
        return
    columns = ("source", "form", "pages", "sections", "passages", "warnings")
    table = Table(*(Column(messages(f"cli.table.{name}"), overflow="fold") for name in columns), box=None)
    for holding in report.holdings:
        table.add_row(
            holding.source.id,
            messages(f"cli.form.{holding.form}"),
            *(str(n or "–") for n in (holding.page_count, holding.sections, holding.passages)),
            "; ".join(holding.warnings) or "–",
        )
    Console().print(table)
    print(
        messages(
            "cli.ingest.done",
            documents=len(report.holdings),
            passages=report.manifest.passages,
            seconds=report.seconds,
            version=report.manifest.corpus_version,
        )
    )


def open_engine(settings: Settings, messages: Messages) -> Engine:
    """The engine over the published index.

    raises  IndexMissing, ModelUnavailable, CommandError if the index is of another model
    """
    return Engine(
        data_folder(settings, messages),
        embedder_of(settings),
        language_model_of(settings),
        entailment_of(settings),
    )


def data_folder(settings: Settings, messages: Messages) -> DataFolder:
    """The data folder, with an index of the model of the settings or none.

    raises  CommandError if the index is of another model
    """
    data = DataFolder(settings.data)
    manifest = data.manifest()
    if manifest and manifest.embedding_model != settings.embedding_model:
        raise CommandError(
            messages("cli.error.other_model", held=manifest.embedding_model, asked=settings.embedding_model)
        )
    return data


def _filters_of(options: Namespace) -> Filters:
    return Filters(
        kinds=frozenset(options.kind),
        sources=frozenset(options.source),
        from_year=options.from_year,
        until_year=options.until_year,
        date=options.date,
    )


def _question(options: Namespace, messages: Messages) -> tuple[str, Language | None]:
    """The question, and the language asked for (None: that of the question)."""
    question = " ".join(options.question).strip()
    if not question:
        raise CommandError(messages("cli.wrong.question"), 2)
    return question, None if options.lang in (None, "auto") else options.lang


def ask(options: Namespace, settings: Settings, messages: Messages) -> int:
    """Answer one question."""
    from ui.memo.command import form_of, write_answer

    question, language = _question(options, messages)
    filters = _filters_of(options)
    form = form_of(options, messages) if options.format or options.output else None
    with open_engine(settings, messages) as engine:
        answer = engine.ask(question, k=options.k, filters=filters, language=language, previous=options.previous)
    if options.json:
        _print_json(answer_json(answer))
    elif form:
        write_answer(answer, filters, form, options, settings, messages)
    else:
        print(answer_text(answer, Messages(language or answer.language)))
    return 0


def search(options: Namespace, settings: Settings, messages: Messages) -> int:
    """Find passages."""
    query, language = _question(options, messages)
    filters = _filters_of(options)
    with open_engine(settings, messages) as engine:
        result = engine.search(query, k=options.k, filters=filters, language=language)
    if options.json:
        _print_json(search_json(result))
    else:
        print(search_text(result, Messages(language or result.language)))
    return 0


def batch(options: Namespace, settings: Settings, messages: Messages) -> int:
    """Answer a file of questions: a header line, then a line per question."""
    questions = list(_read_questions(options.questions, messages))
    with open_engine(settings, messages) as engine, options.out.open("w", encoding="utf-8") as out:
        began = time.monotonic()
        out.write(json.dumps({"header": _header(engine)}, ensure_ascii=False) + "\n")
        for question_id, question in questions:
            answer = answer_json(engine.ask(question, k=options.k))
            out.write(json.dumps({"id": question_id, **answer}, ensure_ascii=False) + "\n")
    seconds = time.monotonic() - began
    print(messages("cli.batch.done", count=len(questions), seconds=seconds, path=options.out))
    return 0


def _header(engine: Engine) -> dict[str, Any]:
    from retrieval.compose import GENERATOR

    manifest = engine.manifest
    return {
        "version": version("mengpaneel"),
        "corpus_version": manifest.corpus_version,
        "sources": len({holding.source.id for holding in engine.holdings}),
        "passages": manifest.passages,
        "ingest_seconds": manifest.seconds,
        "embedding_model": manifest.embedding_model,
        "generator": GENERATOR,
    }


def _read_questions(path: Path, messages: Messages) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            yield str(record["id"]), str(record["question"])
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise CommandError(messages("cli.error.line", path=path, line=number), 2) from error


def serve(options: Namespace, settings: Settings, messages: Messages) -> int:
    """Serve the page and the interfaces for programs until interrupted."""
    from ui.api.app import server_app
    from ui.frame import example_questions
    from ui.kept import Kept
    from ui.metrics import MeasuredEngine
    from ui.page import Offer, launch
    from ui.upload import Uploads

    kept = Kept(settings.data, questions=settings.keep_questions, feedback=settings.feedback, days=settings.keep_days)
    uploads = Uploads(settings) if settings.offers_uploads else None
    engine = MeasuredEngine(
        data_folder(settings, messages),
        embedder_of(settings),
        language_model_of(settings),
        entailment_of(settings),
    )
    with engine:
        engine.warm_up(example_questions(messages))
        try:
            launch(
                engine,
                settings.host,
                settings.port,
                settings.root_path or None,
                lambda address: print(messages("cli.serve.ready", address=address), flush=True),
                Offer(kept, uploads),
                beside=server_app(engine, settings),
            )
        except OSError as error:
            raise CommandError(messages("cli.error.port", host=settings.host, port=settings.port)) from error
    return 0


def mcp(options: Namespace, settings: Settings, messages: Messages) -> int:
    """Speak the Model Context Protocol over standard input and output."""
    from ui.mcp_server import serve_stdio

    with open_engine(settings, messages) as engine:
        serve_stdio(engine)
    return 0


def sources(options: Namespace, settings: Settings, messages: Messages) -> int:
    """List what is held, or write it as references."""
    if options.format:
        return _references(options, settings, messages)
    with open_engine(settings, messages) as engine:
        holdings = engine.holdings
    if options.json:
        _print_json([_holding_json(holding) for holding in holdings])
        return 0
    columns = ("source", "form", "kind", "date", "title", "passages")
    table = Table(*(Column(messages(f"cli.table.{name}"), overflow="fold") for name in columns), box=None)
    for holding in holdings:
        source = holding.source
        table.add_row(
            source.id,
            messages(f"cli.form.{holding.form}"),
            source.kind,
            source.toestand or source.date or "–",
            source.short_title,
            str(holding.passages),
        )
    Console().print(table)
    return 0


def _references(options: Namespace, settings: Settings, messages: Messages) -> int:
    from ui.memo.command import sources_cited, write_references

    if options.of:
        cited = sources_cited(options.of, settings, messages)
    else:
        with open_engine(settings, messages) as engine:
            cited = tuple(holding.source for holding in engine.holdings)
    write_references(cited, options.format, options.output)
    return 0


def _holding_json(holding: Holding) -> dict[str, Any]:
    record = holding.source.model_dump(mode="json", exclude={"path", "text"})
    return {
        **record,
        "form": holding.form,
        "pages": holding.page_count or None,
        "sections": holding.sections,
        "passages": holding.passages,
        "warnings": list(holding.warnings),
    }


def status(options: Namespace, settings: Settings, messages: Messages) -> int:
    """Counts and health of the index; 1 if it is not healthy."""
    with open_engine(settings, messages) as engine:
        manifest, counts, holdings = engine.manifest, engine.counts(), engine.holdings
    healthy = len(set(counts.values())) == 1
    number = len({holding.source.id for holding in holdings})
    if options.json:
        _print_json(
            {
                "generation": manifest.id,
                "corpus_version": manifest.corpus_version,
                "embedding_model": manifest.embedding_model,
                "ingest_seconds": manifest.seconds,
                "sources": number,
                "documents": len(holdings),
                **counts,
                "healthy": healthy,
                "data": str(settings.data),
            }
        )
        return 0 if healthy else 1
    print(
        messages(
            "cli.status.generation",
            id=manifest.id,
            version=manifest.corpus_version,
            sources=number,
            passages=manifest.passages,
            model=manifest.embedding_model,
        )
    )
    sentence = messages("cli.status.healthy") if healthy else messages("cli.status.unhealthy", **counts)
    print(sentence)
    return 0 if healthy else 1


def terms(options: Namespace, settings: Settings, messages: Messages) -> int:
    """Show terms by a word in any of their names, or write all as SKOS."""
    held = glossary()
    if options.skos:
        from corpus.skos import to_turtle

        options.skos.write_text(to_turtle(held), encoding="utf-8")
        print(messages("cli.terms.written", count=len(held.terms), path=options.skos))
        return 0
    word = " ".join(options.words).lower()
    found = [term for term in held.terms if word in " ".join(term.names()).lower()]
    if not found:
        raise CommandError(messages("cli.terms.none", word=word))
    print("\n\n".join(term_text(term, messages) for term in found))
    return 0


def _print_json(content: Any) -> None:
    print(json.dumps(content, indent=1, ensure_ascii=False))
