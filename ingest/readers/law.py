"""What the two law readers share: the path of headings above a provision, and its status."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingest.document import BlockKind, DocumentBuilder, Locator

_NEVER_IN_FORCE = re.compile(r"\btreedt niet (meer )?in werking\b|\bnog niet in werking\b", re.IGNORECASE)
_REPEALED = re.compile(r"^\W*(dit artikel is )?vervallen\b|\bvervallen per\b", re.IGNORECASE)


def status_of(text: str) -> str:
    """Status that an editor's remark states: "vervallen", "niet in werking", or "" for valid law."""
    if _NEVER_IN_FORCE.search(text):
        return "niet in werking"
    return "vervallen" if _REPEALED.search(text) else ""


def squeeze(text: str) -> str:
    """Runs of white space become one space."""
    return " ".join(text.split())


@dataclass(slots=True)
class LawBuilder:
    """Lays provisions end to end and remembers under which headings they stand."""

    document: DocumentBuilder
    _path: list[tuple[int, str]] = field(default_factory=list)
    article: str | None = None
    paragraph: str | None = None
    status: str = ""

    @property
    def section(self) -> tuple[str, ...]:
        """Heading path, outermost first."""
        return tuple(heading for _, heading in self._path)

    def heading(self, level: int, text: str, article: str | None = None, status: str = "") -> None:
        """Open a chapter, paragraph or article; everything as deep or deeper is closed."""
        self._path = [entry for entry in self._path if entry[0] < level]
        self._path.append((level, text))
        self.article, self.paragraph, self.status = article, None, status
        self.document.add("heading", text, self.place(), level=len(self._path), status=status)

    def place(self, item: str | None = None) -> Locator:
        """Locator of what comes next."""
        return Locator(section=self.section, article=self.article, paragraph=self.paragraph, item=item)

    def text(self, kind: BlockKind, text: str, item: str | None = None) -> None:
        """Append one stretch of text at the current place."""
        self.document.add(kind, text, self.place(item), status=self.status)
