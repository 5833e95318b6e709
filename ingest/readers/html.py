"""Web page -> Document (home of trafilatura, which finds the main text; what is no text goes before it looks)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import trafilatura
from lxml import etree, html

from corpus import Source
from ingest.document import BlockKind, Document, DocumentBuilder, Locator
from ingest.errors import ReadError
from ingest.readers.html_parts import clean, lift_notes
from ingest.readers.outline import MARK, OutlineBuilder
from ingest.readers.text import decode

_MAX_DEPTH = 200  # of elements; written pages stay below 60, and reading goes down two calls a level
_MIN_WORDS = 25  # in a part of the page that calls itself the main one; below it that is not believed
_MARK = re.compile(r"\s*⟦(\d{1,3})⟧")
_LISTS = ("ul", "ol", "dl")
_SENTENCES = ("p", "li", "td", "dd", "blockquote")
_BLOCKS = set(
    "p div section article main header footer aside h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table thead tbody tfoot tr td "
    "th blockquote figure figcaption pre address details summary hr body center".split()
)


def read_html(source: Source, data: bytes) -> Document:
    """Read the main text of a saved web page; its footnotes follow at the end.

    raises  ReadError if it is nested too deeply, or no text is left once menus and forms are gone
    """
    text, warning = decode(data)
    page = _parse(text)
    notes = lift_notes(page)
    clean(page)
    main = _main(page)
    if main is None:
        raise _no_text()
    outline = OutlineBuilder(DocumentBuilder(source))
    if warning:
        outline.document.warnings.append(warning)
    _Walk(outline, notes).children(main)
    for number, note in notes.items():
        outline.document.add("note", note, Locator(note=number))
    return outline.build()


def _no_text() -> ReadError:
    return ReadError(
        "in deze webpagina staat geen lopende tekst; bewaar de pagina opnieuw, geheel geladen",
        "this web page holds no running text; save it again, fully loaded",
    )


def _parse(text: str) -> etree._Element:
    """The tree of a page, looked at level by level before anything walks down in it."""
    page = etree.fromstring(text.encode(), html.HTMLParser(encoding="utf-8", huge_tree=True))
    if page is None:
        raise _no_text()
    depth = deepest = 0
    for event, _ in etree.iterwalk(page, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    if deepest > _MAX_DEPTH:
        raise ReadError(
            f"de webpagina is te diep genest (meer dan {_MAX_DEPTH} elementen in elkaar); druk haar af naar een PDF",
            f"the web page is nested too deeply (more than {_MAX_DEPTH} elements inside each other); print it to a PDF",
        )
    return page


def _main(page: etree._Element) -> etree._Element | None:
    """The part of the page that calls itself the main one; without such a part, where trafilatura finds the text."""
    for path in ("//main | //*[@role='main']", "//article[not(ancestor::article)]"):
        found = page.xpath(path)
        if len(found) == 1 and len(_text(found[0]).split()) >= _MIN_WORDS:
            return found[0]
    text = trafilatura.extract(page, output_format="html", include_comments=False, include_tables=True)
    return _around(page, _parse(text)) if text else None


def _around(page: etree._Element, found: etree._Element) -> etree._Element:
    """The smallest part of the page with all that was found: trafilatura itself drops short blocks and headings."""
    wanted = {" ".join(_text(block).split()) for block in found.iter(*_SENTENCES)} - {""}
    hits = [block for block in page.iter(*_SENTENCES) if " ".join(_text(block).split()) in wanted]
    if not hits:
        return found
    above = [list(hit.iterancestors()) for hit in hits]
    return next(element for element in above[0] if all(element in others for others in above))


class _Walk:
    """Adds the blocks of a page to an outline, notes linked where their marks stood."""

    def __init__(self, outline: OutlineBuilder, notes: dict[str, str]) -> None:
        self._outline = outline
        self._notes = notes

    def children(self, parent: etree._Element) -> None:
        """All blocks below a parent; text between them is a paragraph."""
        running = parent.text or ""
        for child in parent.iterchildren(etree.Element):
            if _is_block(child):
                self._add("paragraph", running)
                self._block(child)
                running = child.tail or ""
            else:
                running += "".join(_parts(child)) + (child.tail or "")
        self._add("paragraph", running)

    def _block(self, element: etree._Element) -> None:
        if re.fullmatch("h[1-6]", element.tag):
            self._outline.heading(int(element.tag[1]), _MARK.sub("", _text(element)))
        elif element.tag in _LISTS:
            self._list(element)
        elif element.tag == "table":
            self._table(element)
        else:
            self.children(element)

    def _add(self, kind: BlockKind, text: str) -> None:
        marks = tuple(n for n in _MARK.findall(text) if n in self._notes)
        text = _MARK.sub(lambda mark: MARK if mark[1] in self._notes else mark[0], text)
        self._outline.text(kind, text, notes=marks)

    def _list(self, element: etree._Element) -> None:
        """Items one by one; a list inside an item follows it."""
        for item in element.iterchildren(etree.Element):
            inner = [below for below in item.iterdescendants(*_LISTS) if _list_above(below) is element]
            self._add("item", "".join(_parts(item, inner)))
            for below in inner:
                self._list(below)

    def _table(self, element: etree._Element) -> None:
        """Rows, each with the header repeated: "kop: waarde | kop: waarde". A table of one column lays out a page."""
        rows = [list(row.iterchildren("td", "th")) for row in element.iter("tr")]
        rows = [row for row in rows if any(_text(cell).strip() for cell in row)]
        if all(len(row) == 1 for row in rows) or any(cell.find(".//table") is not None for row in rows for cell in row):
            for cell in element.xpath("./tr/* | ./*/tr/*"):
                self.children(cell)
            return
        headed = len(rows) > 1 and all(cell.tag == "th" or _is_in_head(cell) for cell in rows[0])
        heads = [" ".join(_text(cell).split()) for cell in rows[0]] if headed else []
        for row in rows[headed:]:
            cells = [" ".join(_text(cell).split()) for cell in row]
            names = [*heads, *[""] * len(cells)]
            self._add("table", " | ".join(f"{n}: {c}" if n else c for n, c in zip(names, cells, strict=False) if c))


def _is_block(element: etree._Element) -> bool:
    return element.tag in _BLOCKS or any(below.tag in _BLOCKS for below in element.iterdescendants(etree.Element))


def _is_in_head(cell: etree._Element) -> bool:
    return any(above.tag == "thead" for above in cell.iterancestors())


def _list_above(element: etree._Element) -> etree._Element | None:
    return next(element.iterancestors(*_LISTS), None)


def _text(element: etree._Element) -> str:
    return "".join(_parts(element))


def _parts(element: etree._Element, without: Sequence[etree._Element] = ()) -> Iterator[str]:
    """The text of an element, line breaks and inner blocks apart."""
    yield (element.text or "") if isinstance(element.tag, str) else ""
    for child in element:
        apart = " " if child.tag == "br" or child.tag in _BLOCKS else ""
        yield apart
        if child not in without:
            yield from _parts(child, without)
        yield apart
        yield child.tail or ""
