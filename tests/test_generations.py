"""Generations: changed, removed and renamed documents; three processes at once; kill -9 at any moment."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, Run, copy_of, embedder, refresh
from serving import free_port

from ingest.embed import DEFAULT_MODEL
from ingest.index.generation import DataFolder, Generation, WriterBusy
from ingest.run import ingest
from retrieval.answer import Filters
from retrieval.engine import Engine

KILLS = 20
SECTIONS = 200  # enough to embed that there is time to kill


def write(folder: Path, name: str, *sentences: str) -> Path:
    path = folder / name
    path.write_text(f"# {path.stem}\n\n" + " ".join(sentences), encoding="utf-8")
    return path


def held(data: DataFolder) -> dict[str, str]:
    """Source id -> text of all documents that are not of the shipped knowledge base."""
    generation = Generation(data)
    texts = {h.source.id: generation.store.text(h.key) for h in generation.store.holdings if h.form == "original"}
    counts = len(generation.documents_by_row), generation.vectors.count(), generation.lexical.count
    generation.close()
    assert len(set(counts)) == 1, "every passage has one vector and one lexical entry"
    return texts


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    write(folder, "plein.md", "Het plein in de wijk is een plek waar buren elkaar zonder afspraak tegenkomen.")
    write(folder, "toren.md", "De toren telt zeventig woningen en een gedeelde keuken op de begane grond.")
    return folder


@pytest.fixture
def data(own_data: DataFolder, tmp_path: Path, papers: Path) -> DataFolder:
    """The shipped knowledge base and the papers."""
    return copy_of(own_data, tmp_path / "data", papers)


def test_an_unchanged_collection_is_not_built_again(own_data: DataFolder) -> None:
    before = own_data.current()
    began = time.monotonic()
    refresh(own_data)
    assert own_data.current() == before
    assert time.monotonic() - began < 2


def test_changed_removed_and_renamed_documents_leave_nothing_behind(data: DataFolder, papers: Path) -> None:
    assert set(held(data)) == {"plein", "toren"}
    write(papers, "plein.md", "Op het plein staat nu een school met twaalf lokalen.")
    refresh(data)
    assert "twaalf lokalen" in held(data)["plein"]
    assert "zonder afspraak" not in held(data)["plein"]
    (papers / "toren.md").rename(papers / "flat.md")
    refresh(data)
    assert set(held(data)) == {"plein", "flat"}
    (papers / "plein.md").unlink()
    refresh(data)
    assert set(held(data)) == {"flat"}


def test_a_broken_file_costs_only_itself(data: DataFolder, papers: Path, mengpaneel: Run) -> None:
    (papers / "stuk.pdf").write_bytes(b"PK\x03\x04")
    write(papers, "flat.md", "De flat heeft een moestuin.")
    done = mengpaneel("--data", data.root, "ingest")
    assert done.returncode == 3
    assert "stuk.pdf: de inhoud is geen PDF" in done.stderr
    assert set(held(data)) == {"plein", "toren", "flat"}


def test_a_second_writer_gives_up_in_time_and_readers_do_not_wait(own_data: DataFolder) -> None:
    with own_data.writer(1):
        with pytest.raises(WriterBusy), own_data.writer(0.2):
            pass
        began = time.monotonic()
        Generation(own_data).close()
        assert time.monotonic() - began < 5


def test_an_open_engine_moves_to_the_new_generation_by_itself(data: DataFolder, papers: Path) -> None:
    engine = Engine(data, lambda: embedder(data))
    only = Filters(sources=frozenset({"plein"}))
    assert "zonder afspraak" in engine.search("plein", filters=only).hits[0].passage.text
    write(papers, "plein.md", "Op het plein staat nu een school met twaalf lokalen.")
    refresh(data)
    assert "twaalf lokalen" in engine.search("plein", filters=only).hits[0].passage.text
    engine.close()
    assert not [path for path in data.readers.iterdir() if path.is_dir()], "private copies are removed"


def start(data: Path, *arguments: str | Path) -> subprocess.Popen[str]:
    """Run the command line in the background; what it prints goes to <data>.log."""
    command = [sys.executable, "-m", "ui.cli", "--data", str(data), *map(str, arguments)]
    with data.with_suffix(".log").open("a") as log:
        return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, text=True)


def test_serving_asking_and_ingesting_at_once_all_work(data: DataFolder, papers: Path, mengpaneel: Run) -> None:
    folder, port = data.root, str(free_port())
    server = start(folder, "serve", "--port", port)
    log = folder.with_suffix(".log")
    try:
        _until(lambda: port in log.read_text(), 60)
        for round_number in range(3):
            write(papers, "plein.md", f"Op het plein staan nu {round_number + 20} bomen en drie banken voor de buurt.")
            writer = start(folder, "ingest")
            while writer.poll() is None:
                asked = mengpaneel("--data", folder, "ask", "--json", "hoeveel bomen staan op het plein?")
                assert asked.returncode == 0, asked.stderr
                assert json.loads(asked.stdout)["passages"]
            assert writer.returncode == 0, log.read_text()
            asked = mengpaneel("--data", folder, "search", "--json", "bomen op het plein")
            assert f"{round_number + 20} bomen" in asked.stdout
        assert server.poll() is None
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
    assert set(held(data)) == {"plein", "toren"}


def _until(condition: object, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "took too long"
        time.sleep(0.1)


def test_kill_minus_nine_at_any_moment_leaves_the_old_generation_and_nothing_to_repair(
    data: DataFolder, papers: Path
) -> None:
    folder = data.root
    moments = random.Random(7893)
    write(papers, "plein.md", "Versie nul van het plein.")
    began = time.monotonic()
    assert start(folder, "ingest").wait(120) == 0
    whole = time.monotonic() - began
    killed = number = 0
    before = held(data)
    while killed < KILLS:
        number += 1
        write(papers, "plein.md", f"Dit is versie {number} van het plein, met {number} bomen.")
        writer = start(folder, "ingest")
        time.sleep(moments.uniform(0.05, whole))
        if writer.poll() is None:
            os.kill(writer.pid, signal.SIGKILL)
            killed += 1
        writer.wait()
        after = held(data)
        assert after == before or f"versie {number} " in after["plein"]
        before = after
    refresh(data)
    assert f"versie {number} " in held(data)["plein"]
    assert not list(data.generations.glob("*.building"))
    assert len(list(data.generations.iterdir())) <= 2


def test_a_killed_ingest_goes_on_where_it_was(data: DataFolder, papers: Path) -> None:
    """What was embedded before the kill is not embedded again."""
    sections = (f"\n\n## Wijk {n}\n\n" + f"In wijk {n} staan {n} bomen en {n} banken. " * 8 for n in range(SECTIONS))
    write(papers, "wijken.md", *sections)
    before = _cached(data.embeddings)
    writer = start(data.root, "ingest")
    _until(lambda: _cached(data.embeddings) > before, 120)
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    done = _cached(data.embeddings)

    class Counting:
        def __init__(self) -> None:
            self._inner = embedder(data)
            self.name, self.dimension, self.count = self._inner.name, self._inner.dimension, 0

        def embed_passages(self, texts):  # type: ignore[no-untyped-def]
            self.count += len(texts)
            return self._inner.embed_passages(texts)

        def embed_query(self, text):  # type: ignore[no-untyped-def]
            return self._inner.embed_query(text)

    counting = Counting()
    report = ingest(data, (), DEFAULT_MODEL, lambda: counting, lambda *_: None)
    assert not report.unchanged
    assert 0 < counting.count == _cached(data.embeddings) - done < SECTIONS


def _cached(cache: Path) -> int:
    with contextlib.closing(sqlite3.connect(f"{cache.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        return int(connection.execute("SELECT count(*) FROM passage").fetchone()[0])
