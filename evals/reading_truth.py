"""The plain text behind the originals, taken apart: body words, notes and their marks, headings; and the comparison."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from lxml import html
from pypdf import PdfReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A document and what a person said of its plain text.

    `title` stands above the text where the plain text lacks it or repeats it. `left_out` are whole lines (patterns)
    that are no text of the document: running lines, forms, contact and newsletter of a web page.
    `note` is a footnote that the plain text has inline. `no_headings` are bookmarks that name no heading.
    """

    file: str
    title: str = ""
    left_out: tuple[str, ...] = ()
    note: tuple[str, str] | None = None
    no_headings: tuple[str, ...] = ()


CASES = (
    Case(
        file="rapporten/kennisfundament-gemengde-wijken.pdf",
        title="Kennisfundament gemengde wijken",
        left_out=(r"https://www\.wijkwijzer\.org/", r"Platform voor .* wijken", "37", r"wijkwijzer\.org"),
        no_headings=("Omslag", "Inhoud"),
    ),
    Case(
        file="artikelen/tsv-2020-4-utrecht-wil-leren-van-gemengd-wonen.pdf",
        left_out=("58 +Tijdschrift voor Sociale Vraagstukken .*",),
    ),
    Case(file="verslagen/huurdersraad-themabijeenkomst-2019-10-14.pdf"),
    Case(file="webpaginas/10-succesfactoren-gemengd-wonen.html", left_out=("Deel deze pagina", "Lees ook")),
    Case(
        file="webpaginas/platform31-gemengde-wijk-tussenstap.html",
        title="De gemengde wijk als tussenstap naar de inclusieve wijk",
        left_out=(
            *(
                "De gemengde wijk als tussenstap .*",
                "In samenwerking met",
                ".*vereiste velden aan",
                "Hidden",
            ),
            *("Pdf bestanden", "Naar WijkWijzer", "Contact", "Machteld Hooyman [0-9 ]+", "Ontvang nieuws .*"),
            *("Nieuws, publicaties en bijeenkomsten .*", "Bekijk al onze nieuwsbrieven .*"),
        ),
        note=(
            "1",
            "Ministerie van Binnenlandse Zaken en Koninkrijksrelaties. (2022). "
            "Nationaal Programma Leefbaarheid en Veiligheid.",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written and without hyphens. `broken`: its hyphen stands at a line end and may not be real."""

    raw: str
    broken: bool = False

    @property
    def key(self) -> str:
        """What is compared."""
        return self.raw.replace("-", "").casefold()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading. `page` counts sheets from 1; a web page has none."""

    text: str
    level: int
    page: int | None


@dataclass(frozen=True, slots=True)
class Truth:
    """Body words, notes, what stands before each note's mark, and headings."""

    words: list[Word]
    notes: dict[str, str]
    marks: dict[str, str]
    headings: tuple[Heading, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Words of the source not read in its order, words read that it has not, and hyphens wrong in words read."""

    lost: list[str]
    gained: list[str]
    hyphens: list[str]


def letters(text: str) -> str:
    """Letters alone: what line breaks, hyphens and marks leave the same."""
    return "".join(character for character in text.casefold() if character.isalpha())


def words(text: str) -> list[Word]:
    """The words; one that is broken at a line end is one word."""
    text = re.sub(r"(?<=[^\W\d])-\s*\n\s*(?!en\b|of\b)(?=\w)", "\0", text)
    text = re.sub(r"(?<=\s)-\s*\n\s*(?=\w)", "-", text)
    found = re.findall(r"-?\w+(?:[-\0]\w+)*-?", text)
    return [Word(raw.replace("\0", "-"), "\0" in raw) for raw in found]


def compare(source: list[Word], reading: list[Word]) -> Difference:
    """Both word by word. A hyphen at a line end of the source is settled by the other places of the word, if any."""
    written: dict[str, set[str]] = {}
    for word in source:
        if not word.broken:
            written.setdefault(word.key, set()).add(word.raw)
    lost: list[str] = []
    gained: list[str] = []
    hyphens: list[str] = []
    matcher = SequenceMatcher(None, [w.key for w in source], [w.key for w in reading], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            lost += [word.raw for word in source[a:b]]
            gained += [word.raw for word in reading[c:d]]
            continue
        for word, got in zip(source[a:b], reading[c:d], strict=True):
            allowed = written.get(word.key, {got.raw}) if word.broken else {word.raw}
            if got.raw.count("-") not in {raw.count("-") for raw in allowed}:
                hyphens.append(f"{word.raw}{'¬' if word.broken else ''} > {got.raw}")
    return Difference(lost, gained, hyphens)


def read_truth(case: Case, folder: Path) -> Truth:
    """The plain text in parts, with the headings of the file itself: its bookmarks, or the h1 to h6 of a page."""
    path = folder / case.file
    text = (folder / "tekst" / f"{path.stem}.txt").read_text(encoding="utf-8")
    skip = re.compile("|".join(case.left_out) or r"(?!)")
    body, notes = _parts([line for line in text.splitlines() if not skip.fullmatch(line.strip())])
    marks: dict[str, str] = {}
    if case.note:
        number, note = case.note
        body = re.sub(r"[^\S\n]", " ", body)  # a narrow no-break space among others
        notes, marks = {number: note}, {number: body[: body.index(note)][-60:]}
        body = body.replace(f"{note} {number}", "")
    else:
        body, marks = _unmarked(body, len(notes))
    body = re.sub(r"^([A-Z]) *\n(?=[a-z])", r"\1", body, flags=re.MULTILINE)  # a drop cap
    headings = _bookmarks(path, case) if path.suffix == ".pdf" else _page_headings(path, skip)
    return Truth(words(f"{case.title}\n{body}"), notes, marks, headings)


def _parts(lines: list[str]) -> tuple[str, dict[str, str]]:
    """Body and notes: a line of blanks stands above the notes, a line that begins with one blank is the next page."""
    body: list[str] = []
    notes: dict[str, str] = {}
    inside = False
    for line in lines:
        blank = not line.strip()
        inside = len(line) > 20 if blank and not inside else inside and (blank or not line.startswith(" "))
        start = re.match(r"(\d+) (?=\S)", line)
        if inside and start and int(start[1]) == len(notes) + 1:
            notes[start[1]] = line[start.end() :]
        elif inside and notes:
            notes[str(len(notes))] += f"\n{line}"
        elif not blank:
            body.append(line)
    return "\n".join(body), notes


def _unmarked(body: str, count: int) -> tuple[str, dict[str, str]]:
    """The body without the marks of notes 1 to `count`, and the 60 characters before each."""
    marks: dict[str, str] = {}
    at = 0
    for number in range(1, count + 1):
        mark = re.compile(rf"(?<=[^\W\d]|[.,;:!?”’)»]){number}(?!\w|[.,]\d)(?<!\d[.,]{number})").search(body, at)
        if mark:
            at = mark.start()
            marks[str(number)] = body[max(0, at - 60) : at]
            body = body[:at] + body[mark.end() :]
    return body, marks


def _bookmarks(path: Path, case: Case) -> tuple[Heading, ...]:
    """Headings by the outline of a PDF; a bookmark in lower case continues the one before."""
    reader = PdfReader(path)
    found = [Heading(case.title, 1, 1)] if case.title else []

    def walk(entries: list[Any], level: int) -> None:
        for entry in entries:
            if isinstance(entry, list):
                walk(entry, level + 1)
            elif found and entry.title[0].islower():
                found[-1] = replace(found[-1], text=f"{found[-1].text} {entry.title}")
            elif entry.title not in case.no_headings:
                found.append(Heading(entry.title, level, (reader.get_destination_page_number(entry) or 0) + 1))

    walk(reader.outline, 1)
    return tuple(found)


def _page_headings(path: Path, skip: re.Pattern[str]) -> tuple[Heading, ...]:
    found: dict[str, Heading] = {}
    for element in html.parse(path).xpath("//main//*[self::h1 or self::h2 or self::h3 or self::h4]"):
        text = " ".join(element.text_content().split())
        if element.tag == "h1" or not skip.fullmatch(text):
            found.setdefault(letters(text), Heading(text, int(element.tag[1]), None))
    return tuple(found.values())
