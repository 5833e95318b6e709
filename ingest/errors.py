"""What can go wrong with a file, said so that its owner can mend it."""

from __future__ import annotations


class ReadError(ValueError):
    """A file cannot be read. `nl` and `en` give reason and remedy, without the file's name."""

    def __init__(self, nl: str, en: str) -> None:
        super().__init__(nl)
        self.nl = nl
        self.en = en

    def in_language(self, language: str) -> str:
        """Reason and remedy in the reader's language."""
        return self.en if language == "en" else self.nl

    def __reduce__(self) -> tuple[type[ReadError], tuple[str, str]]:
        """Survive the way from a child process."""
        return type(self), (self.nl, self.en)
