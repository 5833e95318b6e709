"""Our own digest of a source -> Document: Markdown in which every paragraph names its place.

A paragraph ends with `{p=19-20; n=48,49}` (sheet, footnotes), `{art=8; lid=2; ond=a}` (provision; `bron=` another
source) or `{sectie}`; a section opens with its gist, `> nl: ...` and `> en: ...`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus import Source
from ingest.document import BlockKind, Document, DocumentBuilder, Locator
from ingest.errors import ReadError

_HEADING = re.compile(r"^(#{2,6})\s+(\S.*)$")
_GIST = re.compile(r"^>\s*(nl|en):\s*(\S.*)$")
_PLACE = re.compile(r"^(?:[-*]\s+)?(\S.*?)\s*\{([^{}]*)\}$")
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_KEYS = {"p", "n", "art", "lid", "ond", "bron"}


@dataclass(frozen=True, slots=True)
class Place:
    """A locator as written behind a paragraph; `about` is another source, if it names one."""

    page: int | None
    page_end: int | None
    notes: tuple[str, ...]
    article: str | None
    paragraph: str | None
    item: str | None
    about: str | None


def parse_place(text: str) -> Place:
    """`p=19-20; n=48,49` and the like.

    raises  ReadError if a key is unknown or a page is no number
    """
    if text.strip() == "sectie":
        return Place(None, None, (), None, None, None, None)
    pairs = dict(part.strip().partition("=")[::2] for part in text.split(";"))
    unknown = set(pairs) - _KEYS
    pages = re.fullmatch(r"(\d+)(?:-(\d+))?", pairs.get("p", "0"))
    if unknown or not pages:
        raise ReadError(
            f"onbekende plaatsaanduiding {{{text}}}; schrijf p=, n=, art=, lid=, ond=, bron= of sectie",
            f"unknown place {{{text}}}; write p=, n=, art=, lid=, ond=, bron= or sectie",
        )
    return Place(
        page=int(pages[1]) if "p" in pairs else None,
        page_end=int(pages[2]) if pages[2] else None,
        notes=tuple(n.strip() for n in pairs.get("n", "").split(",") if n.strip()),
        article=pairs.get("art"),
        paragraph=pairs.get("lid"),
        item=pairs.get("ond"),
        about=pairs.get("bron"),
    )


def read_digest(source: Source, text: str) -> Document:
    """Read one digest.

    raises  ReadError naming the line if a paragraph has no place or the place is not understood
    """
    builder = DocumentBuilder(source, form="digest")
    path: list[tuple[int, str]] = []
    gists: list[tuple[str, str]] = []
    body = _FRONT_MATTER.sub(lambda match: "\n" * match[0].count("\n"), text)
    for number, line in enumerate(body.splitlines(), start=1):
        if not line.strip():
            continue
        heading = _HEADING.match(line)
        if heading:
            path = [entry for entry in path if entry[0] < len(heading[1])]
            path.append((len(heading[1]), heading[2].strip()))
            builder.add("heading", heading[2].strip(), _locator(path, None), level=len(path))
        elif gist := _GIST.match(line.strip()):
            gists.append((gist[1], gist[2]))
        else:
            _paragraph(builder, path, gists, line.strip(), number)
    return builder.build()


def _paragraph(
    builder: DocumentBuilder, path: list[tuple[int, str]], gists: list[tuple[str, str]], line: str, number: int
) -> None:
    """Add a paragraph, after the gist of its section, which stands where the section begins."""
    placed = _PLACE.match(line)
    if not placed:
        raise ReadError(
            f"regel {number}: de alinea eindigt niet op een plaatsaanduiding zoals {{p=19}}",
            f"line {number}: the paragraph does not end with a place such as {{p=19}}",
        )
    place = parse_place(placed[2])
    for language, text in gists:
        begin = Place(place.page, None, (), _article(_section(path)), None, None, place.about)
        builder.add("gist", text, _locator(path, begin), language=language, about=place.about)
    gists.clear()
    kind: BlockKind = "item" if line[:2] in ("- ", "* ") else "paragraph"
    builder.add(kind, placed[1], _locator(path, place), notes=place.notes, about=place.about)


def _section(path: list[tuple[int, str]]) -> tuple[str, ...]:
    return tuple(text for _, text in path)


def _locator(path: list[tuple[int, str]], place: Place | None) -> Locator:
    section = _section(path)
    if place is None:
        return Locator(section=section, article=_article(section))
    return Locator(
        page=place.page,
        page_end=place.page_end,
        page_label=str(place.page) if place.page else None,
        section=section,
        article=place.article,
        paragraph=place.paragraph,
        item=place.item,
    )


def _article(section: tuple[str, ...]) -> str | None:
    """Article of a heading such as "Artikel 8. Reikwijdte"."""
    found = re.match(r"Artikel\s+(\d+[a-z]*|[IVX]+[a-z]?)\b", section[-1]) if section else None
    return found[1] if found else None
