"""The one catalogue of interface text, Dutch first, English beside it: every .yaml file in this folder.

Each entry is `key: {nl: ..., en: ...}`; `{name}` in a text is filled in by the caller.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml

from retrieval.answer import Language


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """All entries of all files. A key occurs once."""
    entries: dict[str, dict[str, str]] = {}
    for file in sorted(files(__name__).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            entries |= yaml.safe_load(file.read_text(encoding="utf-8"))
    return entries


class Messages:
    """Interface text in one language: `messages("key", name=value)`."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key, filled in.

        raises  KeyError if the catalogue has no such key or a value is missing
        """
        return catalogue()[key][self.language].format(**values)
