"""The one catalogue of interface text, Dutch first, English beside it: every .yaml file in this folder.

Each entry is `key: {nl: ..., en: ...}`; `{name}` in a text is filled in by the caller.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from corpus.yaml_file import load_yaml
from retrieval.answer import Language


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """All entries of all files. A key occurs once."""
    entries: dict[str, dict[str, str]] = {}
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        entries |= load_yaml(path)  # type: ignore[call-overload]  # a test holds every file to this form
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

    def below(self, prefix: str) -> dict[str, str]:
        """The texts whose keys begin with a prefix, by the rest of the key, not filled in."""
        texts = {key: entry[self.language] for key, entry in catalogue().items()}
        return {key.removeprefix(prefix): text for key, text in texts.items() if key.startswith(prefix)}
