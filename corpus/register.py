"""Register: bronnen.yaml -> sources; ids unique, every field checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from corpus.source import Source
from corpus.yaml_file import RegisterError, load_yaml, validated

REGISTER_NAME = "bronnen.yaml"


def shipped() -> Path:
    """Folder of the knowledge base that ships with the program."""
    return Path(__file__).parent


def read_register(path: Path) -> tuple[Source, ...]:
    """All records of one register, in its order.

    raises  RegisterError if the file is no YAML list of records, a field is wrong or an id occurs twice
    """
    sources: list[Source] = []
    seen: set[str] = set()
    for number, record in enumerate(_records(path), start=1):
        source = _validated(path, number, record)
        if source.id in seen:
            raise RegisterError(f"{path}: id {source.id!r} occurs twice; give every source its own id")
        seen.add(source.id)
        sources.append(source)
    return tuple(sources)


def _records(path: Path) -> Iterator[object]:
    content = load_yaml(path)
    records = content.get("documenten") if isinstance(content, dict) else None
    if not isinstance(records, list):
        raise RegisterError(f"{path}: expected a list of records under 'documenten:'")
    return iter(records)


def _validated(path: Path, number: int, record: object) -> Source:
    name = record.get("stem") or record.get("id") if isinstance(record, dict) else None
    where = f"record {number} ({name or 'without id'}): "
    source = validated(path, where, record, Source)
    if source.path is not None and _leaves_folder(source.path):
        raise RegisterError(f"{path}: {where}path: {source.path!r} must be relative and stay inside {path.parent}")
    return source


def _leaves_folder(path: str) -> bool:
    parts = PurePosixPath(path)
    return parts.is_absolute() or ".." in parts.parts or "\\" in path
