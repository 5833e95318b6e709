"""The commands fetch and add."""

from __future__ import annotations

import ast
import io
import os
import pty
import socket
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any, get_args

import pytest
from conftest import ROOT, copy_of
from law_server import LAW, QUICK, Publisher, publish_law, serve, toestand

from corpus import read_register
from corpus.fetch import Services
from corpus.guard import Reason
from corpus.originals import Originals
from ingest.index.generation import DataFolder
from ui.commands import CommandError
from ui.fetching import add, fetch
from ui.messages import Messages, catalogue
from ui.settings import Settings


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    made = Publisher()
    with serve(made):
        publish_law(made)
        yield made


@pytest.fixture
def settings(own_data: DataFolder, tmp_path: Path) -> Settings:
    """A data folder of its own that knows the embeddings of the shipped knowledge base."""
    return Settings(data=copy_of(own_data, tmp_path / "data").root)


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An empty data folder, and no ingest afterwards: for what has nothing to do with the index."""
    monkeypatch.setattr("ui.fetching.ingest", lambda *_: 0)
    return Settings(data=tmp_path / "data")


def options(**given: Any) -> Namespace:
    empty = dict.fromkeys(("title", "kind", "publisher", "date", "url", "id"))
    return Namespace(**{**empty, "author": [], "sources": [], **given})


def test_fetch_brings_in_what_is_offered_and_says_where_the_rest_is(
    publisher: Publisher, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [LAW, f"{LAW}_2015-11-29", "kennisfundament-gemengde-wijken"]
    code = fetch(options(sources=names), settings, Messages("nl"), publisher.services())
    said = capsys.readouterr()
    assert code == 3
    assert f"{LAW}_2024-07-01: opgehaald, 1 kB." in said.out
    assert f"{LAW}_2015-11-29: opgehaald" in said.out
    assert "mengpaneel add BESTAND --id kennisfundament-gemengde-wijken" in said.out
    assert "WijkWijzer" in said.out
    manifest = DataFolder(settings.data).manifest()
    assert manifest
    assert str(settings.data / "originals") in manifest.roots
    assert fetch(options(sources=[LAW]), settings, Messages("nl"), publisher.services()) == 0
    assert "niets veranderd" in capsys.readouterr().out


def test_without_a_network_fetch_says_so_once(bare: Settings) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    gone = Services(sru=f"{base}/sru", repository=f"{base}/bwb", exempt=frozenset({f"127.0.0.1:{port}"}), manners=QUICK)
    with pytest.raises(CommandError, match="geen verbinding met internet") as error:
        fetch(options(), bare, Messages("nl"), gone)
    assert error.value.code == 1
    nowhere = Services(sru="https://zoek.invalid/s", repository="https://bewaar.invalid/bwb", manners=QUICK)
    with pytest.raises(CommandError, match=r"no connection to the internet: zoek\.invalid"):
        fetch(options(), bare, Messages("en"), nowhere)


def test_one_law_that_fails_does_not_stop_the_others(
    publisher: Publisher, bare: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    code = fetch(options(sources=["BWBR0000001", LAW]), bare, Messages("en"), publisher.services())
    said = capsys.readouterr()
    assert code == 3
    assert "does not exist" in said.err
    assert f"{LAW}_2024-07-01: fetched" in said.out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param({"sources": ["bestaat-niet"]}, "onbekende bron: bestaat-niet", id="unknown source"),
        pytest.param({"sources": ["begrippenlijst"]}, "onbekende bron: begrippenlijst", id="our own text"),
        pytest.param({"date": "gisteren"}, "JJJJ-MM-DD", id="no day"),
    ],
)
def test_fetch_refuses_what_it_cannot_fetch(
    publisher: Publisher, tmp_path: Path, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(CommandError, match=said) as error:
        fetch(options(**{"date": None, **given}), Settings(data=tmp_path), Messages("nl"), publisher.services())
    assert error.value.code == 2


def test_a_second_fetch_waits_for_the_first_and_then_says_so(publisher: Publisher, tmp_path: Path) -> None:
    with Originals(tmp_path / "originals").lock(1), pytest.raises(CommandError, match="ander proces"):
        fetch(options(), Settings(data=tmp_path, lock_seconds=0.1), Messages("nl"), publisher.services())


def test_every_fault_has_a_sentence_and_fills_it_in() -> None:
    given: dict[str, set[str]] = {}
    for path in (ROOT / "corpus").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "FetchError":
                names = {keyword.arg for keyword in node.keywords if keyword.arg}
                given.setdefault(ast.literal_eval(node.args[0]), names).intersection_update(names)
    given["no_network"] = given["unreachable"]
    assert given.keys() == set(get_args(Reason))
    for reason, names in given.items():
        for text in catalogue()[f"fetch.fault.{reason}"].values():
            assert {blank for _, blank, _, _ in Formatter().parse(text) if blank} <= names, reason


# Adding


def test_add_takes_what_the_file_tells_and_the_options_say(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "Nota wonen.md"
    file.write_text(
        "# Nota wonen 2025\n\nDe gemeente mengt huurders en kopers in elke nieuwe straat.\n", encoding="utf-8"
    )
    given = options(file=file, kind="rapport", date="2025", author=["A. Jansen", "B. de Vries"], publisher="Gemeente")
    assert add(given, settings, Messages("nl")) == 0
    folder = settings.data / "originals"
    [record] = read_register(folder / "bronnen.yaml")
    assert (record.id, record.title, record.path) == ("Nota-wonen", "Nota wonen 2025", "Nota-wonen.md")
    assert record.authors == ("A. Jansen", "B. de Vries")
    assert (folder / "Nota-wonen.md").read_bytes() == file.read_bytes()
    assert "Nota-wonen: toegevoegd" in capsys.readouterr().out
    assert add(given, settings, Messages("nl")) == 0
    assert "was er al" in capsys.readouterr().out
    file.write_text("# Nota wonen 2025\n\nEen heel andere tekst over wonen.\n", encoding="utf-8")
    with pytest.raises(CommandError, match="--id"):
        add(given, settings, Messages("nl"))
    given.id = "Nota-wonen"
    assert add(given, settings, Messages("nl")) == 0
    assert "vervangen" in capsys.readouterr().out


def test_add_knows_the_record_of_a_shipped_source_and_of_a_law(bare: Settings, tmp_path: Path) -> None:
    file = tmp_path / "download.txt"
    file.write_text("Kennisfundament gemengde wijken. Dit is de tekst van het rapport.", encoding="utf-8")
    assert add(options(file=file, id="kennisfundament-gemengde-wijken"), bare, Messages("nl")) == 0
    law = tmp_path / "wet.xml"
    law.write_bytes(toestand("2024-07-01_0"))
    assert add(options(file=law), bare, Messages("nl")) == 0
    report, act = read_register(bare.data / "originals" / "bronnen.yaml")
    assert (report.title, report.publisher, report.path) == (
        "Kennisfundament gemengde wijken",
        "WijkWijzer",
        "kennisfundament-gemengde-wijken.txt",
    )
    assert (act.id, act.kind, act.toestand) == (f"{LAW}_2024-07-01", "wet", "2024-07-01")


@pytest.mark.parametrize(
    ("name", "content", "given", "said"),
    [
        pytest.param("nota.txt", "tekst", {}, "--title", id="no title and nobody to ask"),
        pytest.param("nota.txt", "tekst", {"title": "Nota"}, "--kind", id="no kind"),
        pytest.param("nota.txt", "tekst", {"title": "Nota", "kind": "rapport"}, "--date", id="no date"),
        pytest.param("nota.txt", "tekst", {"title": "Nota", "kind": "rapport", "date": "mei"}, "--date: .*JJJJ", id="no such date"),
        pytest.param("nota.txt", "tekst", {"title": "N", "kind": "rapport", "date": "z.d.", "url": "x"}, "--url", id="no address"),
        pytest.param("nota.txt", "tekst", {"title": "N", "kind": "rapport", "date": "z.d.", "id": "a b"}, "--id", id="no id"),
        pytest.param("nota.txt", "tekst", {"title": "N", "kind": "rapport", "date": "z.d.", "id": "begrippenlijst"}, "ander document", id="id of our own text"),
        pytest.param("nota.pdf", "geen pdf", {"title": "N", "kind": "rapport", "date": "z.d."}, "nota.pdf", id="unreadable"),
        pytest.param("nota.rtf", "x", {"title": "N", "kind": "rapport", "date": "z.d."}, "wordt niet gelezen", id="of a type that is not read"),
        pytest.param("leeg.txt", "", {}, "leeg", id="empty"),
        pytest.param("wet.xml", '<toestand bwb-id="BWB" inwerkingtreding="nooit"/>', {}, "kloppen niet", id="a law that is none"),
    ],
)  # fmt: skip
def test_add_refuses_with_the_option_that_mends_it(
    tmp_path: Path, name: str, content: str, given: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=said) as error:
        add(options(file=file, **given), Settings(data=tmp_path / "data"), Messages("nl"))
    assert error.value.code == 2
    assert not (tmp_path / "data" / "originals" / "bronnen.yaml").exists()


def test_add_asks_on_a_terminal_until_the_answer_will_do(bare: Settings, tmp_path: Path) -> None:
    file = tmp_path / "nota.txt"
    file.write_text("De gemeente mengt huurders en kopers in elke nieuwe straat.", encoding="utf-8")
    program = (
        "import sys, ui.fetching; from argparse import Namespace; from pathlib import Path;"
        "from ui.messages import Messages; from ui.settings import Settings;"
        "ui.fetching.ingest = lambda *_: 0; none = dict.fromkeys(('title', 'kind', 'publisher', 'date', 'url', 'id'));"
        "sys.exit(ui.fetching.add(Namespace(**none, author=[], file=Path(sys.argv[1])), Settings(data=Path(sys.argv[2])), Messages('nl')))"
    )
    ours, theirs = pty.openpty()
    os.write(ours, b"Nota wonen\nboek\nrapport\nmei\nz.d.\n")
    done = subprocess.run(
        [sys.executable, "-c", program, file, bare.data],
        stdin=theirs, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False,
    )  # fmt: skip
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 0, done.stderr
    assert "een soort is één van" in done.stderr
    assert "een datum is JJJJ" in done.stderr
    [record] = read_register(bare.data / "originals" / "bronnen.yaml")
    assert (record.title, record.kind, record.date) == ("Nota wonen", "rapport", None)
