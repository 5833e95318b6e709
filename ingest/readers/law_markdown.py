"""Law Markdown -> Document. The format writes "### Artikel  8", "1.  lid", "a. onderdeel", "1°. sub"."""

from __future__ import annotations

import re

from corpus import Source
from ingest.document import Document, DocumentBuilder
from ingest.errors import ReadError
from ingest.readers.law import LawBuilder, squeeze, status_of

_LEVELS = {"boek": 1, "deel": 2, "hoofdstuk": 3, "titel": 4, "afdeling": 5, "paragraaf": 6, "§": 6, "artikel": 9}
_STRUCTURE = re.compile(
    r"^###\s*(Boek|Deel|Hoofdstuk|Titel|Afdeling|Paragraaf|§|Artikel)\s+(\S.*?)?\s*$", re.IGNORECASE
)
_TITLE = re.compile(r"^####\s*(\S.*?)\s*$")
_LID = re.compile(r"^(\d+[a-z]{0,2})\.\s{1,4}(\S.*)$")
_ITEM = re.compile(r"^([a-z]{1,2}[.°)]|\d+°[.)]?|[–-])\s+(\S.*)$")
_EMPHASIS = re.compile(r"(?<!\w)(\*{1,2}|_{1,2})(\S(?:.*?\S)?)\1(?!\w)")


def is_law_markdown(text: str) -> bool:
    """Whether a Markdown text is a law: it has articles as third-level headings."""
    return len(re.findall(r"^###\s*Artikel\s", text, re.MULTILINE | re.IGNORECASE)) >= 2


def read_law_markdown(source: Source, text: str) -> Document:
    """Read one law.

    raises  ReadError if no article with text is found
    """
    law = LawBuilder(DocumentBuilder(source))
    reader = _LineReader(law)
    for line in text.splitlines():
        reader.line(line.strip())
    document = law.document.build()
    if not any(block.kind != "heading" and block.locator.article for block in document.blocks):
        raise ReadError("in deze wet staat geen artikel met tekst", "this law has no article with text")
    return document


class _LineReader:
    """Line by line; a structure heading waits for the title on the next line."""

    def __init__(self, law: LawBuilder) -> None:
        self._law = law
        self._waiting: tuple[str, str] | None = None
        self._items: list[str] = []

    def line(self, line: str) -> None:
        if not line or line.startswith("<meta"):
            return
        structure = _STRUCTURE.match(line)
        title = _TITLE.match(line)
        if self._waiting and not title:
            self._open("")
        if structure:
            self._waiting = (structure[1], structure[2] or "")
        elif title and self._waiting:
            self._open(title[1])
        elif line.startswith("#"):
            return  # the intitule: it is the title of the record
        else:
            self._content(_EMPHASIS.sub(r"\2", line))

    def _open(self, title: str) -> None:
        if self._waiting is None:
            return
        label, number = self._waiting
        self._waiting = None
        name = squeeze(f"{label} {number}").rstrip(".")
        level = _LEVELS[label.lower()]
        article = squeeze(number).rstrip(".") if level == _LEVELS["artikel"] else None
        self._items = []
        self._law.heading(level, f"{name}. {title}" if title else name, article)

    def _content(self, line: str) -> None:
        text = squeeze(line)
        lid = _LID.match(line)
        item = _ITEM.match(line)
        if self._law.article and not self._law.status:
            self._law.status = status_of(text)
        if lid and self._law.article:
            self._law.paragraph = lid[1]
            self._items = []
            self._law.text("paragraph", squeeze(lid[2]))
        elif item and self._law.article:
            mark = item[1].rstrip(".)")
            nested = mark.endswith("°") and bool(self._items)
            self._items = [self._items[0], mark] if nested else [mark]
            self._law.text("item", text, ", ".join(self._items))
        else:
            self._law.text("paragraph", text)
