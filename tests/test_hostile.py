"""Broken and hostile files cost only themselves: each is read, read with a warning, or refused in one sentence."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ORIGINALS, ROOT, needs_originals

from corpus import Source
from ingest.collect import collect
from ingest.document import Document
from ingest.errors import ReadError
from ingest.sandbox import Limits, Sandbox

BROKEN = ORIGINALS / "kapot"
MUTANTS = int(os.environ.get("MENGPANEEL_MUTANTS", "200"))
SOURCE = Source.model_validate({"id": "bron", "title": "Een bron", "kind": "rapport"})

# What each file should give: words of its text, or of the reason why it is refused.
READ = {
    "een-regel-200000-tekens.pdf": "",
    "html-en-script-in-de-tekst.pdf": "<script>",
    "javascript-openactie.pdf": "",
    "kapotte-xref.pdf": "",
    "nul-bytes-en-losse-surrogaten.txt": "",
    "opdracht-en-script.html": "",
    "opdracht-in-de-tekst.pdf": "BANAAN-4711",
    "rapport \"eind versie\" & 'l'été' 100% 🏘️ (kopie).pdf": "",
    "utf16-met-bom.txt": "coördinatie",
    "verkeerde-codering.html": "Coördinatie en financiële ruimte",
}
REFUSED = {
    "afgekapt.pdf": "beschadigd of onvolledig",
    "afgekapte-wet.xml": "ongeldige XML op regel",
    "alleen-beeld-zonder-tekstlaag.pdf": "OCR",
    "docx-als-pdf.pdf": "geen PDF",
    "externe-entiteit.xml": "DOCTYPE",
    "kringverwijzing-in-paginaboom.pdf": "beschadigd of onvolledig",
    "leeg.html": "leeg",
    "leeg.pdf": "leeg",
    "miljard-keer-wijk.xml": "ongeldige XML|DOCTYPE",
    "opgeblazen-stroom-120mb.pdf": "pakt uit tot meer dan veilig",
    "pdf-zonder-bladzijden.pdf": "geen bladzijden",
    "versleuteld.pdf": "wachtwoord",
    "vijfduizend-geneste-divs.html": "te diep genest|geen lopende tekst",
    "willekeurige-bytes.txt": "geen leesbare tekst",
    "zip-als-pdf.pdf": "geen PDF",
}
WARNED = {
    "een-regel-200000-tekens.pdf",
    "kapotte-xref.pdf",
    "nul-bytes-en-losse-surrogaten.txt",
    "verkeerde-codering.html",
}


@pytest.fixture(scope="module")
def outcome() -> dict[str, Document | ReadError]:
    collected = collect([BROKEN], max_mb=100)
    found: dict[str, Document | ReadError] = {failure.path.name: failure.error for failure in collected.failures}
    with Sandbox(Limits()) as sandbox:
        for candidate in collected.candidates:
            try:
                found[candidate.path.name] = sandbox.read(candidate.source, "original", candidate.path, candidate.data)
            except ReadError as error:
                found[candidate.path.name] = error
    return found


@needs_originals
def test_every_broken_file_is_accounted_for(outcome: dict[str, Document | ReadError]) -> None:
    assert outcome.keys() - {"LEESMIJ.md"} == READ.keys() | REFUSED.keys()


@needs_originals
@pytest.mark.parametrize("name", sorted(READ))
def test_a_hostile_but_readable_file_is_read_as_dead_text(outcome: dict[str, Document | ReadError], name: str) -> None:
    document = outcome[name]
    assert isinstance(document, Document), document
    assert READ[name] in document.text
    assert bool(document.warnings) == (name in WARNED)
    assert "root:" not in document.text


@needs_originals
@pytest.mark.parametrize("name", sorted(REFUSED))
def test_an_unreadable_file_is_refused_with_reason_and_remedy(
    outcome: dict[str, Document | ReadError], name: str
) -> None:
    error = outcome[name]
    assert isinstance(error, ReadError)
    with pytest.raises(ReadError, match=REFUSED[name]):
        raise error
    assert "\n" not in error.nl
    assert "Traceback" not in error.nl


@needs_originals
def test_hidden_orders_and_scripts_of_a_web_page_are_not_read(outcome: dict[str, Document | ReadError]) -> None:
    document = outcome["opdracht-en-script.html"]
    assert isinstance(document, Document)
    assert "onerror" not in document.text
    assert "alert" not in document.text


# --- limits ---------------------------------------------------------------------------------------


def test_a_file_that_takes_too_long_or_too_much_memory_ends_and_the_next_is_read() -> None:
    paragraph = b"Een alinea over de wijk. " * 40 + b"\n\n"
    with Sandbox(Limits(seconds=0.05)) as sandbox, pytest.raises(ReadError, match="MENGPANEEL_READ_SECONDS"):
        sandbox.read(SOURCE, "original", Path("a.txt"), paragraph * 20_000)
    with Sandbox(Limits(memory_mb=500, seconds=60)) as sandbox:
        with pytest.raises(ReadError, match=r"MEMORY_MB|te beschadigd"):
            sandbox.read(SOURCE, "original", Path("a.txt"), paragraph * 90_000)
        assert sandbox.read(SOURCE, "original", Path("b.txt"), paragraph).text.startswith("Een alinea")


def test_a_file_with_too_much_text_is_refused() -> None:
    with Sandbox(Limits(output_mb=1)) as sandbox, pytest.raises(ReadError, match="meer dan 1 MB tekst"):
        sandbox.read(SOURCE, "original", Path("a.txt"), b"Een alinea over de wijk.\n\n" * 100_000)


# --- mutants --------------------------------------------------------------------------------------


def mutants(count: int) -> Iterator[tuple[Path, bytes]]:
    """Damaged variants of the real files: flips, cuts, splices and repeats; the same every run."""
    seeds = random.Random(4711)
    files = [
        p
        for folder in ("artikelen", "verslagen", "webpaginas", "wetten")
        for p in sorted((ORIGINALS / folder).iterdir())
    ]
    originals = [(path, path.read_bytes()) for path in files]
    for _ in range(count):
        path, data = seeds.choice(originals)
        damaged = bytearray(data)
        for _ in range(seeds.randint(1, 8)):
            at, size = seeds.randrange(len(damaged)), seeds.randint(1, 400)
            match seeds.randrange(4):
                case 0:
                    damaged[at] ^= 1 << seeds.randrange(8)
                case 1:
                    del damaged[at : at + size]
                case 2:
                    other = seeds.choice(originals)[1]
                    start = seeds.randrange(len(other))
                    damaged[at:at] = other[start : start + size]
                case _:
                    damaged[at:at] = damaged[at : at + size] * seeds.randint(2, 20)
            damaged = damaged or bytearray(b"x")
        yield path, bytes(damaged)


@needs_originals
def test_damaged_files_give_a_document_or_a_sentence_and_nothing_else() -> None:
    read = refused = 0
    with Sandbox(Limits(seconds=30)) as sandbox:
        for path, data in mutants(MUTANTS):
            try:
                sandbox.read(SOURCE, "original", path, data)
                read += 1
            except ReadError:
                refused += 1
    assert read + refused == MUTANTS
    assert min(read, refused) > 0
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{MUTANTS} mutants: {read} read, {refused} refused; largest child {children:.0f} MB")


def test_processor_time_is_counted_from_each_file_on_and_ends_the_child() -> None:
    code = "from ingest.sandbox import limit_processor\nlimit_processor(60)\nlimit_processor(0.1)\nwhile True: pass"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60, check=False)
    assert done.returncode == -signal.SIGXCPU
