"""Ingest: collect, read, split, embed, index, publish; and nothing else."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus import shipped
from ingest.collect import Candidate, Failure, collect
from ingest.document import Document, Passage
from ingest.embed import Embedder, OpenEmbedder, Vectors
from ingest.errors import ReadError
from ingest.index.cache import EmbeddingCache
from ingest.index.generation import PIPELINE, DataFolder, Manifest
from ingest.index.lexical import write_lexical
from ingest.index.pointers import write_pointers
from ingest.index.store import Holding, write_store
from ingest.index.tokens import PassageTokens, write_tokens
from ingest.index.vectors import write_vectors
from ingest.near_duplicates import NearDuplicate, without_doubles
from ingest.passages import split
from ingest.pointers import Pointer, Target, read_pointers, targets
from ingest.sandbox import Limits, Sandbox

# (step, done, total): steps are "read", "embed" and "index".
Progress = Callable[[str, int, int], None]


class NothingToIngest(ValueError):
    """No document could be read: nothing is published."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did. `gone` are roots that no longer exist and were left out.

    `duplicates` are documents left out because they are nearly another one. They and `documents` are empty when
    nothing had to be read.
    """

    manifest: Manifest
    unchanged: bool
    holdings: tuple[Holding, ...]
    failures: tuple[Failure, ...]
    passed_over: tuple[Path, ...]
    gone: tuple[Path, ...]
    seconds: float
    documents: tuple[Document, ...] = ()
    duplicates: tuple[NearDuplicate, ...] = ()


def ingest(
    data: DataFolder,
    paths: Sequence[Path],
    model: str,
    open_embedder: OpenEmbedder,
    progress: Progress,
    *,
    lock_seconds: float = 10,
    max_mb: int = 100,
    limits: Limits | None = None,
    again: bool = False,
) -> IngestReport:
    """Bring the index up to date with the shipped knowledge base, all earlier paths and these.

    `model` names the embedding model and its settings; it is opened only if something must be embedded.
    `again` reads everything even if nothing changed, for a reading report.

    raises  WriterBusy, RegisterError, ModelUnavailable, NothingToIngest; a file that cannot be read is reported
    """
    began = time.monotonic()
    with data.writer(lock_seconds):
        held = data.manifest()
        roots, gone = _roots(held, paths)
        collected = collect([shipped(), *roots], max_mb)
        pointers = read_pointers([shipped(), *(root for root in roots if root.is_dir())])
        inputs = _fingerprint([c.fingerprint for c in collected.candidates], model, PIPELINE, pointers)
        known = tuple(str(root) for root in roots)
        if held and held.inputs == inputs and held.roots == known and not (collected.failures or again):
            return IngestReport(held, True, (), (), collected.passed_over, gone, time.monotonic() - began)
        documents, failures = _read(collected.candidates, limits or Limits(), progress)
        if not documents:
            raise NothingToIngest("; ".join(f"{f.path}: {f.error.nl}" for f in failures))
        documents, duplicates = without_doubles(documents)
        split_documents = [(document, split(document)) for document in documents]
        manifest = build_index(data, split_documents, pointers, inputs, known, model, open_embedder, progress, began)
    return IngestReport(
        manifest=manifest,
        unchanged=False,
        holdings=tuple(_holding(document, passages) for document, passages in split_documents),
        failures=(*collected.failures, *failures),
        passed_over=collected.passed_over,
        gone=gone,
        seconds=time.monotonic() - began,
        documents=tuple(documents),
        duplicates=duplicates,
    )


def _roots(held: Manifest | None, paths: Sequence[Path]) -> tuple[list[Path], tuple[Path, ...]]:
    """Earlier and new roots, each once; the shipped knowledge base is always there."""
    earlier = [Path(root) for root in held.roots] if held else []
    gone = tuple(root for root in earlier if not root.exists())
    roots = [root for root in earlier if root not in gone]
    for path in paths:
        absolute = path.resolve()
        if absolute not in roots and absolute != shipped().resolve():
            roots.append(absolute)
    return roots, gone


def _fingerprint(parts: Sequence[str], *more: object) -> str:
    return hashlib.sha256("\x1f".join([*sorted(parts), *map(str, more)]).encode()).hexdigest()


def _read(candidates: Sequence[Candidate], limits: Limits, progress: Progress) -> tuple[list[Document], list[Failure]]:
    documents: list[Document] = []
    failures: list[Failure] = []
    with Sandbox(limits) as sandbox:
        for number, candidate in enumerate(candidates, start=1):
            try:
                documents.append(sandbox.read(candidate.source, candidate.form, candidate.path, candidate.data))
            except ReadError as error:
                failures.append(Failure(candidate.path, error))
            progress("read", number, len(candidates))
    return documents, failures


def build_index(
    data: DataFolder,
    documents: list[tuple[Document, tuple[Passage, ...]]],
    pointers: tuple[Pointer, ...],
    inputs: str,
    roots: tuple[str, ...],
    model: str,
    open_embedder: OpenEmbedder,
    progress: Progress,
    began: float,
) -> Manifest:
    """Index these documents with their passages and publish it; under the writer's lock.

    inputs  fingerprint of what went in; `model` names the embedding model, `began` is when work began (monotonic)
    """
    passages = [passage for _, found in documents for passage in found]
    with data.building() as folder:
        write_store(folder / "store.sqlite", documents)
        write_lexical(folder / "lexical", [passage.searchable for passage in passages])
        leads = targets(pointers, passages, [document.source for document, _ in documents])
        led = [(pointer.text, lead) for pointer, lead in zip(pointers, leads, strict=True) if lead.rows]
        vectors = _embed(data, open_embedder(), folder, passages, led, progress)
        done = 0
        for count in write_vectors(folder / "chroma", passages, vectors):
            done += count
            progress("index", done, len(passages))
        manifest = Manifest(
            id=folder.name.partition(".")[0],
            corpus_version=_fingerprint([f"{d.source.id}|{d.form}|{d.text}" for d, _ in documents])[:12],
            inputs=inputs,
            embedding_model=model,
            passages=len(passages),
            seconds=round(time.monotonic() - began, 2),
            roots=roots,
        )
        data.publish(folder, manifest)
    return manifest


def _embed(
    data: DataFolder,
    embedder: Embedder,
    folder: Path,
    passages: list[Passage],
    pointers: list[tuple[str, Target]],
    progress: Progress,
) -> Vectors:
    """Vectors of all passages (n, dimension); their tokens, and the pointers, are written into `folder`."""
    texts = [*(passage.searchable for passage in passages), *(text for text, _ in pointers)]
    vectors = np.empty((len(texts), embedder.dimension), dtype=np.float32)
    tokens: dict[int, PassageTokens] = {}
    cache = EmbeddingCache(data.embeddings, embedder)
    done = 0
    try:
        centre = cache.centre()
        for count in cache.embed(texts, centre, vectors, tokens):
            done += count
            progress("embed", done, len(texts))
    finally:
        cache.close()
    held = len(passages)
    write_tokens(folder / "tokens", [tokens[row] for row in range(held)], centre)
    more = [tokens[row] for row in range(held, len(texts))]
    rows, stated = [lead.rows for _, lead in pointers], [lead.statement for _, lead in pointers]
    write_pointers(folder / "pointers", rows, stated, vectors[held:], more, centre)
    return vectors[:held]


def _holding(document: Document, passages: Sequence[Passage]) -> Holding:
    return Holding(
        source=document.source,
        form=document.form,
        page_count=document.page_count,
        sections=document.section_count,
        passages=len(passages),
        warnings=document.warnings,
    )
