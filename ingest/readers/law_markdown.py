"""Law Markdown -> Document. The format writes "### Artikel  8", "1.  lid", "a. onderdeel", "1°. sub"."""

from __future__ import annotations

import re

from corpus import Source
from ingest.document import Document, DocumentBuilder
from ingest.errors import ReadError
from ingest.readers.law import PICTURE, LawBuilder, squeeze, status_of

_LEVELS = {"boek": 1, "deel": 2, "hoofdstuk": 3, "titel": 4, "afdeling": 5, "afdeeling": 5, "paragraaf": 6, "§": 6}
_ARTICLE = 9
_UNNAMED = 8
_STRUCTURE = re.compile(r"^###(?!#)\s*(\S.*?)\s*$")
_ARTICLE_NAME = re.compile(r"^(?:artikel|art\.?)\s+(\S.*)$|^(enig) artikel\b", re.IGNORECASE)
_LEVEL_NAME = re.compile(r"\b(boek|deel|hoofdstuk|titel|afdeel?ing|paragraaf)\b|§", re.IGNORECASE)
# What ends a law stands beside its chapters, not in the last of them.
_OUTERMOST = re.compile(r"^(?:slot|overgangs|additionele|bijlage|kaart|lijst|inhoud|mantel)", re.IGNORECASE)
_TITLE = re.compile(r"^####\s*(\S.*?)\s*$")
_LID = re.compile(r"^(\d+[a-z]{0,2})\.(?:\s{1,4}(?=\S)|(?=[A-Z]))(.+)$")
_ITEM = re.compile(r"^([a-z]{1,2}[.°)](?=\s|\d|[a-z]{2})|\d+°[.)]?|[–-](?=\s))\s*(\S.*)$")
_EMPHASIS = re.compile(r"(?<!\w)(\*{1,2}|_{1,2})(\S(?:.*?\S)?)\1(?!\w)")
_LINK = re.compile(r"\[([^\]]*)\]\((?:\.\./)+[^)]*\)")
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_MARKUP = re.compile(r"</?su[bp]>")
_CLOSING = re.compile(r"^La?sten en bevelen\b")


def is_law_markdown(text: str) -> bool:
    """Whether a Markdown text is a law: it has articles as third-level headings."""
    articles = re.findall(r"^###\s*(Enig\s+)?Artikel\s", text, re.MULTILINE | re.IGNORECASE)
    return len(articles) >= 2 or any(articles)


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
        self._waiting: str | None = None
        self._items: list[str] = []
        self._columns: list[str] | None = None

    def line(self, line: str) -> None:
        if not line or line.startswith("<meta"):
            return
        structure = _STRUCTURE.match(line)
        title = _TITLE.match(line)
        if self._waiting and not title:
            self._open("")
        if structure:
            self._waiting = _plain(structure[1])
        elif title:
            self._open(_plain(title[1]))
        elif not line.startswith("#"):  # else the intitule: it is the title of the record
            self._content(_EMPHASIS.sub(r"\2", _PICTURE.sub(PICTURE, _MARKUP.sub("", line))))

    def _open(self, title: str) -> None:
        """Open what waits, with its title, or a heading that is nothing but a title."""
        name = (self._waiting or title).rstrip(".")
        title = title if self._waiting else ""
        self._waiting = None
        self._items = []
        named = _ARTICLE_NAME.match(name)
        article = (named[1] or named[2].lower()).rstrip(".") if named else None
        self._law.heading(_level(name, article), f"{name}. {title}" if title else name, article)

    def _content(self, line: str) -> None:
        text = squeeze(line)
        if line.startswith("|"):
            self._row(line)
            return
        self._columns = None
        lid = _LID.match(line)
        item = _ITEM.match(line)
        if _CLOSING.match(line):
            self._law.close(0)
        if self._law.article and not self._law.status and not self._law.paragraph and not lid:
            self._law.status = status_of(text)
        if lid and self._law.article:
            self._law.lid(lid[1], status_of(lid[2]))
            self._items = []
            self._law.text("paragraph", squeeze(lid[2]))
        elif item and self._law.article:
            mark = item[1].rstrip(".)")
            nested = mark.endswith("°") and bool(self._items)
            self._items = [self._items[0], mark] if nested else [mark]
            self._law.text("item", text, ", ".join(self._items))
        else:
            self._law.text("paragraph", text)

    def _row(self, line: str) -> None:
        """A row of a table; the first one names the columns. A cell of dashes is empty."""
        cells = ["" if re.fullmatch(r":?-{2,}:?", cell) else cell for cell in map(squeeze, line.strip("| ").split("|"))]
        if self._columns is None:
            self._columns = [cell.rstrip(":") for cell in cells]
        elif any(cells):
            names = [*self._columns, *[""] * len(cells)]
            cells = [f"{name}: {cell}" if name and cell else cell for name, cell in zip(names, cells, strict=False)]
        self._law.text("table", " | ".join(cell for cell in cells if cell))


def _plain(text: str) -> str:
    return squeeze(_EMPHASIS.sub(r"\2", _LINK.sub(r"\1", text)))


def _level(name: str, article: str | None) -> int:
    """Depth of a heading by the word that says it, wherever in the name it stands ("Eerste afdeling")."""
    if article is not None:
        return _ARTICLE
    label = _LEVEL_NAME.search(name) if len(name.split()) <= 6 else None
    if label:
        return _LEVELS[label[0].lower()]
    return 1 if _OUTERMOST.match(name) else _UNNAMED
