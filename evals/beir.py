"""A public collection in the BEIR layout, asked by the same retrieval (Thakur et al. 2021, arXiv:2104.08663).

FOLDER/corpus.jsonl   {"_id", "title", "text"}: taken as passages as they are, the title as context
FOLDER/queries.jsonl  {"_id", "text"}
FOLDER/qrels/*.tsv    query-id, corpus-id, score under a header line; each file is measured by itself
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

import ir_measures
from ir_measures import RR, Qrel, R, ScoredDoc, nDCG

from corpus import Source
from evals.formats import FormatError
from evals.metrics import Figures
from ingest.document import Document, DocumentBuilder, Locator, Passage
from ingest.embed import OpenEmbedder
from ingest.index.generation import DataFolder
from ingest.run import Progress, build_index
from retrieval.engine import Engine

DEPTH = 100
_MEASURES = {
    "nDCG@10": nDCG @ 10,
    "MRR@10": RR @ 10,
    "recall@1": R @ 1,
    "recall@5": R @ 5,
    "recall@10": R @ 10,
    "recall@100": R @ 100,
}
_MODEL = "beir"


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection as read: texts with their titles, queries, and judgements by the name of their file.

    `judged` is query -> document -> grade; a grade of 0 is judged and not relevant.
    """

    texts: dict[str, tuple[str, str]]
    queries: dict[str, str]
    judged: dict[str, dict[str, dict[str, int]]]


def read_collection(folder: Path) -> Collection:
    """All of a BEIR folder, checked.

    raises  FormatError naming file, line and fault
    """
    texts: dict[str, tuple[str, str]] = {}
    for where, name, record in _records(folder / "corpus.jsonl"):
        _once(name in texts, where, name)
        title = record.get("title") or ""
        texts[name] = (_text(title, where, "title"), _text(record.get("text"), where, "text"))
    queries: dict[str, str] = {}
    for where, name, record in _records(folder / "queries.jsonl"):
        _once(name in queries, where, name)
        queries[name] = _text(record.get("text"), where, "text")
    files = sorted((folder / "qrels").glob("*.tsv"))
    if not files:
        raise _fault(str(folder / "qrels"), "geen enkel .tsv-bestand", "not one .tsv file")
    return Collection(texts, queries, {path.stem: _qrels(path, texts.keys(), queries.keys()) for path in files})


def evaluate_collection(collection: Collection, open_embedder: OpenEmbedder, progress: Progress) -> Figures:
    """Index the collection in a folder of its own, ask every judged query and measure each file of judgements."""
    ids, pairs = [], []
    for number, (name, (title, text)) in enumerate(collection.texts.items()):
        if text.strip():
            ids.append(name)
            pairs.append(_document(number, title, text))
    asked = {query for judged in collection.judged.values() for query in judged}
    with tempfile.TemporaryDirectory(prefix="mengpaneel-") as folder:
        data = DataFolder(Path(folder))
        embedder = open_embedder()
        with data.writer(0):
            build_index(data, pairs, (), _MODEL, (), embedder.name, lambda: embedder, progress, time.monotonic())
        with Engine(data, lambda: embedder) as engine:
            found = {query: _ask(engine, collection.queries[query], ids) for query in sorted(asked)}
    run = [ScoredDoc(query, name, score) for query, ranked in found.items() for name, score in ranked]
    return {"texts": len(ids)} | {name: _figures(judged, run) for name, judged in collection.judged.items()}


def _document(number: int, title: str, text: str) -> tuple[Document, tuple[Passage, ...]]:
    """A document of one passage."""
    source = Source(stem=f"beir-{number}", title=title.strip() or f"beir-{number}", kind="artikel")
    builder = DocumentBuilder(source)
    builder.add("paragraph", text, Locator())
    passage = Passage(
        source_id=source.id,
        form="original",
        kind="paragraph",
        text=text,
        start=0,
        end=len(text),
        locator=Locator(),
        context=title,
    )
    return builder.build(), (passage,)


def _ask(engine: Engine, query: str, ids: list[str]) -> list[tuple[str, float]]:
    hits = engine.search(query, k=DEPTH).hits
    return [(ids[hit.row], float(len(hits) - hit.rank)) for hit in hits]


def _figures(judged: dict[str, dict[str, int]], run: list[ScoredDoc]) -> Figures:
    qrels = [Qrel(query, name, grade) for query, grades in judged.items() for name, grade in grades.items()]
    own = [scored for scored in run if scored.query_id in judged]
    means = ir_measures.calc_aggregate(list(_MEASURES.values()), qrels, own)
    return {"n": len(judged)} | {name: round(float(means[measure]), 4) for name, measure in _MEASURES.items()}


# --- reading --------------------------------------------------------------------------------------


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    """Where (file and line) and what, of every line that is not blank."""
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield f"{path}:{number}", line.rstrip("\r\n")
    except FileNotFoundError as error:
        raise _fault(str(path), "dit bestand ontbreekt", "this file is missing") from error
    except UnicodeDecodeError as error:
        raise _fault(str(path), "dit bestand is geen UTF-8", "this file is not UTF-8") from error


def _records(path: Path) -> Iterator[tuple[str, str, dict[str, object]]]:
    for where, line in _lines(path):
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise _fault(where, f"geen JSON ({error.msg})", f"no JSON ({error.msg})") from error
        if not isinstance(record, dict) or not isinstance(record.get("_id"), str):
            raise _fault(where, 'geen object met een "_id"', 'no object with an "_id"')
        yield where, record["_id"], record


def _text(value: object, where: str, name: str) -> str:
    if not isinstance(value, str):
        raise _fault(where, f'"{name}" is geen tekst', f'"{name}" is no text')
    return value


def _once(known: bool, where: str, name: str) -> None:
    if known:
        raise _fault(where, f"{name!r} komt twee keer voor", f"{name!r} occurs twice")


def _qrels(path: Path, texts: Container[str], queries: Container[str]) -> dict[str, dict[str, int]]:
    judged: dict[str, dict[str, int]] = {}
    for where, line in _lines(path):
        fields = line.split("\t")
        if fields[0] == "query-id":
            continue
        if len(fields) != 3 or not fields[2].strip().lstrip("-").isdigit():
            raise _fault(
                where,
                "geen drie velden met tabs ertussen: vraag, tekst en een geheel getal",
                "no three fields between tabs: query, text and a whole number",
            )
        query, name, grade = fields
        if query not in queries or name not in texts:
            unknown = query if query not in queries else name
            raise _fault(where, f"onbekend: {unknown!r}", f"unknown: {unknown!r}")
        judged.setdefault(query, {})[name] = int(grade)
    if not judged:
        raise _fault(str(path), "geen enkel oordeel", "not one judgement")
    return judged


def _fault(where: str, nl: str, en: str) -> FormatError:
    return FormatError(f"{where}: {nl}", f"{where}: {en}")
