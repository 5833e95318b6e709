"""How exactly the originals are read: `python -m evals.reading [FOLDER] [--json]`, measured against their plain text.

FOLDER holds the originals and, in `tekst/`, the text behind them. Beside our readers stand pypdf's plain
`extract_text` and LlamaIndex's own PDF reader.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import logging
import multiprocessing
import random
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path

from pypdf import PdfReader

from corpus import read_register
from evals.reading_truth import CASES, Case, Heading, Truth, compare, letters, read_truth, words
from ingest.document import Block, Document
from ingest.passages import place_at
from ingest.readers.read import read_file
from ingest.sentences import sentence_spans

SEED, SAMPLE = 4711, 200


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of a file: `links` are the blocks that refer to a note, `pages` sentences by page."""

    body: str
    notes: dict[str, str] = field(default_factory=dict)
    links: dict[str, tuple[str, ...]] = field(default_factory=dict)
    headings: tuple[Heading, ...] = ()
    pages: tuple[tuple[tuple[str, int], ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One row of the table; a pair is (right, of so many). `None`: this reader does not tell."""

    document: str
    reader: str
    words: int
    in_order: float
    lost: list[str]
    gained: list[str]
    notes: tuple[int, int]
    linked: tuple[int, int]
    notes_in_body: int
    headings: tuple[int, int] | None
    headings_wrong: list[str]
    headings_more: list[str]
    hyphens: list[str]
    pages: tuple[int, int] | None
    seconds: float
    megabytes: float


def read_ours(path: Path, folder: Path) -> Reading:
    """Our reader."""
    source = next(s for s in read_register(folder / "bronnen.yaml") if s.path and folder / s.path == path)
    document = read_file(source, path, path.read_bytes())
    body = [block for block in document.blocks if block.kind != "note"]
    noted = [block for block in body if block.notes]
    return Reading(
        body="\n".join(block.text for block in body),
        notes={b.locator.note or "": b.text for b in document.blocks if b.kind == "note"},
        links={n: tuple(b.text for b in noted if n in b.notes) for b in noted for n in b.notes},
        headings=tuple(Heading(b.text, b.level, b.locator.page) for b in body if b.kind == "heading"),
        pages=tuple(_placed(document)),
    )


def _placed(document: Document) -> Iterator[tuple[tuple[str, int], ...]]:
    """A sample of sentences of the body, each in parts with the page they are said to stand on."""
    found: list[tuple[Block, int, int]] = []
    for block in document.blocks:
        if block.kind in ("paragraph", "item") and block.locator.page:
            found += [(block, block.start + start, block.start + end) for start, end in sentence_spans(block.text)]
    for block, start, end in random.Random(SEED).sample(found, min(SAMPLE, len(found))):
        turns = [start, *[turn for turn in block.page_starts if start < turn < end], end]
        yield tuple((document.text[a:b], place_at(block, a).page or 0) for a, b in pairwise(turns))


def read_pypdf(path: Path, folder: Path) -> Reading:
    """pypdf's text, page after page."""
    return Reading("\n".join(page.extract_text() for page in PdfReader(path).pages))


def read_llama_index(path: Path, folder: Path) -> Reading:
    """LlamaIndex's PDF reader as `SimpleDirectoryReader` chooses it."""
    from llama_index.core import SimpleDirectoryReader

    return Reading("\n".join(page.text for page in SimpleDirectoryReader(input_files=[path]).load_data()))


READERS: dict[str, Callable[[Path, Path], Reading]] = {
    "mengpaneel": read_ours,
    "pypdf extract_text": read_pypdf,
    "LlamaIndex PDFReader": read_llama_index,
}


def timed(reader: str, path: Path, folder: Path) -> tuple[Reading, float, float]:
    """A reading, its seconds and the megabytes by which it raised the peak of a fresh process."""
    logging.disable()  # pypdf and LlamaIndex log what they pass over
    if reader == "LlamaIndex PDFReader":  # our own and pypdf are imported above; loading is not reading
        importlib.import_module("llama_index.core")
        importlib.import_module("llama_index.readers.file")
    before = _peak()
    began = time.perf_counter()
    reading = READERS[reader](path, folder)
    seconds = time.perf_counter() - began
    return reading, seconds, _peak() - before


def _peak() -> float:
    """Most memory this process has held, in megabytes; `getrusage` would count that of the parent as well."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) / 1024


def measure(case: Case, reader: str, folder: Path) -> Figures:
    """One reader on one document, read in a process of its own."""
    path, truth = folder / case.file, read_truth(case, folder)
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        reading, seconds, megabytes = pool.submit(timed, reader, path, folder).result()
    ours = reader == "mengpaneel"
    wrong, more = _headings(truth, reading)
    right = len(truth.headings) - len(wrong)
    difference = compare(truth.words, words(reading.body))
    found = sum(_keys(reading.notes.get(n, "")) == _keys(text) for n, text in truth.notes.items())
    source = letters(" ".join(word.raw for word in truth.words))
    body = letters(reading.body)
    starts = [letters(text)[:40] for text in truth.notes.values()]
    return Figures(
        document=path.stem,
        reader=reader,
        words=len(truth.words),
        in_order=100 * (1 - len(difference.lost) / len(truth.words)),
        lost=difference.lost,
        gained=difference.gained,
        notes=(found, len(truth.notes)),
        linked=(sum(_is_linked(reading, n, before) for n, before in truth.marks.items()), len(truth.notes)),
        notes_in_body=sum(body.count(start) > source.count(start) for start in starts),
        headings=(right, len(truth.headings)) if ours else None,
        headings_wrong=wrong if ours else [],
        headings_more=more,
        hyphens=difference.hyphens,
        pages=_pages(reading, path) if ours and path.suffix == ".pdf" else None,
        seconds=seconds,
        megabytes=megabytes,
    )


def _keys(text: str) -> str:
    """The words of a note, run together: addresses are broken at line ends without a hyphen."""
    return "".join(word.key for word in words(text))


def _is_linked(reading: Reading, note: str, before: str) -> bool:
    """Whether the one block that refers to the note is the one with the words before its mark."""
    blocks = reading.links.get(note, ())
    return len(blocks) == 1 and letters(before) in letters(blocks[0])


def _headings(truth: Truth, reading: Reading) -> tuple[list[str], list[str]]:
    """Headings of the source that were not read with their level and page, and those the source does not have."""
    wanted = {letters(heading.text): heading for heading in truth.headings}
    got = {letters(heading.text): heading for heading in reading.headings}
    wrong = [h.text for k, h in wanted.items() if k not in got or (got[k].level, got[k].page) != (h.level, h.page)]
    return wrong, [h.text for key, h in got.items() if key not in wanted]


def _pages(reading: Reading, path: Path) -> tuple[int, int]:
    """Sampled sentences whose every part stands on the page it says, by pypdf's text of each page."""
    texts = [letters(page.extract_text()) for page in PdfReader(path).pages]

    right = sum(all(letters(part) in texts[number - 1] for part, number in sentence) for sentence in reading.pages)
    return right, len(reading.pages)


def available(path: Path) -> list[str]:
    """Readers for this file that are installed here."""
    if path.suffix != ".pdf":
        return ["mengpaneel"]
    llama = importlib.util.find_spec("llama_index.readers") and importlib.util.find_spec("llama_index.readers.file")
    return [name for name in READERS if llama or name != "LlamaIndex PDFReader"]


def table(rows: list[Figures]) -> str:
    """The figures in columns, and under them what was wrong."""
    head = "words  in order  gained   notes  linked  in body  headings (+)  hyphens    pages  seconds    MB"
    lines = [f"{'':23}{head}"]
    document = ""
    for row in rows:
        if row.document != document:
            lines.append(document := row.document)
        headings = f"{_pair(row.headings)} +{len(row.headings_more)}" if row.headings else "-"
        lines.append(
            f"  {row.reader:21}{row.words:5} {row.in_order:8.2f}% {len(row.gained):7} {_pair(row.notes):>7} "
            f"{_pair(row.linked):>7} {row.notes_in_body:8} {headings:>13} {len(row.hyphens):8} "
            f"{_pair(row.pages):>8} {row.seconds:8.2f} {row.megabytes:5.0f}"
        )
    return "\n".join([*lines, "", *_remarks(rows)])


def _pair(pair: tuple[int, int] | None) -> str:
    return f"{pair[0]}/{pair[1]}" if pair else "-"


def _remarks(rows: list[Figures]) -> list[str]:
    """What our readers did not get right, word for word."""
    found: list[str] = []
    for row in (row for row in rows if row.reader == "mengpaneel"):
        for name in ("lost", "gained", "hyphens", "headings_wrong", "headings_more"):
            listed = getattr(row, name)
            if listed:
                found.append(f"{row.document}, {name.replace('_', ' ')}: {' | '.join(listed[:40])}")
    if not any(row.reader.startswith("LlamaIndex") for row in rows):
        found.append("LlamaIndex PDFReader: not installed here (pip install llama-index-readers-file)")
    return found


def main() -> int:
    """Print the table, or everything as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("../shared/corpus"))
    parser.add_argument("--json", action="store_true", help="all figures and lists as JSON")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    rows = [measure(case, reader, folder) for case in CASES for reader in available(folder / case.file)]
    print(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1) if arguments.json else table(rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
