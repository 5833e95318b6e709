"""How exactly laws are read: every word of the XML against the document, references against the marked ones.

python -m evals.laws FOLDER    BWB toestand XML (*.xml) and law Markdown (*.md), folders below included
"""

from __future__ import annotations

import re
import resource
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from corpus import Source
from ingest.document import Block, Document
from ingest.errors import ReadError
from ingest.law_references import LawNames, LawReference, references
from ingest.readers.law import PICTURE, is_amending
from ingest.readers.law_markdown import read_law_markdown
from ingest.readers.law_xml import law_facts, read_law_xml

# What a word may hold inside; the walk here is written apart from the reader that it checks.
_INSIDE = re.compile(r"</?(?:intref|extref|nadruk|inf|sup|dossierref)\b[^>]*>")
_TAG = re.compile(r"<[^>]*>")
_UNREAD = re.compile(r"<(meta-data|noot)\b.*?</\1>", re.DOTALL)
_MARKS = re.compile(r"\[Red:|" + re.escape(PICTURE))

# Order of the article in the law (0: outside any), lid, onderdeel, and whether it stands in a table or note.
Where = tuple[int, str, str, str]


@dataclass(slots=True)
class Count:
    """Words of a law, or of many, checked."""

    laws: int = 0
    articles: int = 0
    rows: int = 0
    words: int = 0
    lost: int = 0
    gained: int = 0
    elsewhere: int = 0
    out_of_order: int = 0
    repeated: int = 0
    faults: list[str] = field(default_factory=list)

    def add(self, other: Count) -> None:
        """Take up the figures of another count."""
        for name in ("laws", "articles", "rows", "words", "lost", "gained", "elsewhere", "out_of_order", "repeated"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.faults += other.faults


def words(text: str) -> list[str]:
    """Words and numbers, without marks; m² and m2 are the same."""
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text))


def record(path: Path, data: bytes) -> Source:
    """A record from what a toestand says of itself, or from the file's name."""
    facts = law_facts(data) if path.suffix == ".xml" else {}
    facts = {"id": re.sub(r"\W", "", path.stem)[:60], "title": path.stem, **facts}
    return Source.model_validate({**facts, "kind": "wet"})


# --- words in their place -------------------------------------------------------------------------


def expected(root: etree._Element) -> tuple[dict[Where, list[str]], set[str]]:
    """Words of a toestand by place, and the words that its tables may repeat (header, cell over more rows)."""
    found: dict[Where, list[str]] = {}
    order = {article: number for number, article in enumerate(root.iterfind(".//artikel"), 1)}
    leaves = root.xpath(
        "//considerans.al | //*[self::wettekst or self::bijlage]//*[self::al or self::li.nr or self::tussenkop "
        "or self::bijschrift or self::title or self::noot.al or self::entry[not(al)] or self::kop]"
    )
    for leaf in leaves:
        if next(leaf.iterancestors("meta-data"), None) is not None:
            continue
        found.setdefault(_where(leaf, order), []).extend(words(_flat(leaf)))
    again = root.xpath("//thead//entry | //entry[@morerows and @morerows != '0']")
    return found, {word for entry in again for word in words(_flat(entry))}


def _flat(leaf: etree._Element) -> str:
    markup = etree.tostring(leaf, encoding="unicode", with_tail=False)
    return unescape(_TAG.sub(" ", _INSIDE.sub("", _UNREAD.sub(" ", markup))))


def _where(leaf: etree._Element, order: dict[etree._Element, int]) -> Where:
    article, lid, part = 0, "", ""
    marks: list[str] = []
    for above in (leaf, *leaf.iterancestors()):
        if above.tag == "li":
            mark = above.find("li.nr")
            marks.append("" if mark is None else " ".join("".join(mark.itertext()).split()))
        elif above.tag == "lid":
            lid = " ".join((above.findtext("lidnr") or "").split()).rstrip(".")
        elif above.tag in ("table", "noot", "kop"):
            part = part or str(above.tag)
        elif above.tag == "artikel":
            article = article or order[above]
    return article, lid, ", ".join(mark.rstrip(".)") for mark in reversed(marks) if mark), part


def arrived(document: Document) -> dict[Where, list[str]]:
    """Words of a document by place."""
    found: dict[Where, list[str]] = {}
    number = 0
    for block in document.blocks:
        number += block.kind == "heading" and block.locator.article is not None
        found.setdefault(_stands(block, number), []).extend(words(_MARKS.sub(" ", block.text)))
    return found


def _stands(block: Block, number: int) -> Where:
    place = block.locator
    part = {"table": "table", "note": "noot", "heading": "kop"}.get(block.kind, "")
    return number if place.article else 0, place.paragraph or "", place.item or "", part


def check(name: str, data: bytes, document: Document) -> Count:
    """Count what was lost, gained, put elsewhere or out of order in one law."""
    root = etree.fromstring(data, etree.XMLParser(remove_comments=True, resolve_entities=False))
    wanted, again = expected(root)
    have = arrived(document)
    count = Count(laws=1, articles=sum(1 for _ in root.iterfind(".//artikel")))
    count.rows = sum(block.kind == "table" for block in document.blocks)
    total: Counter[str] = Counter()
    for where in sorted({*wanted, *have}):
        want, got = wanted.get(where, []), have.get(where, [])
        missing, extra = Counter(want) - Counter(got), Counter(got) - Counter(want)
        if where[3] == "table":
            repeated = Counter({word: n for word, n in extra.items() if word in again})
            count.repeated += repeated.total()
            extra -= repeated
        elif not missing and not extra and want != got:
            count.out_of_order += 1
        count.words += len(want)
        count.lost += missing.total()
        count.gained += extra.total()
        total.update(missing)
        total.subtract(extra)
        if missing or extra:
            count.faults.append(f"{name} {where}: lost {list(missing)[:8]} gained {list(extra)[:8]}")
    truly_lost = sum(n for n in total.values() if n > 0)
    count.elsewhere = count.lost - truly_lost
    count.gained -= count.elsewhere
    count.lost = truly_lost
    return count


# --- references ------------------------------------------------------------------------------------


@dataclass(slots=True)
class Found:
    """Marked references to articles against those that are recognised in the plain text."""

    marked: int = 0
    recognised: int = 0
    wrong: int = 0
    unmarked: int = 0
    law_right: int = 0
    law_wrong: int = 0
    law_held_but_open: int = 0
    law_not_held: int = 0
    misses: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.recognised / max(1, self.marked)

    @property
    def precision(self) -> float:
        """Of what is recognised where the law has a mark: the share with the same article."""
        return self.recognised / max(1, self.recognised + self.wrong)


Mark = tuple[int, int, str, str]


def marked_text(leaf: etree._Element) -> tuple[str, list[Mark]]:
    """Text of a paragraph and its marked references: start, end, BWB number, article."""
    pieces: list[str] = []
    marks: list[Mark] = []
    _collect(leaf, pieces, marks)
    return "".join(pieces), marks


def _collect(element: etree._Element, pieces: list[str], marks: list[Mark]) -> None:
    start = sum(map(len, pieces))
    pieces.append(element.text or "")
    for child in element:
        if child.tag not in ("noot", "meta-data"):
            _collect(child, pieces, marks)
        pieces.append(child.tail or "")
    if element.tag in ("intref", "extref"):
        law = re.search(r"BWB[RV]\d{7}", element.get("doc", ""))
        article = re.search(r"&artikel=([^&]+)", element.get("doc", ""))
        end = sum(map(len, pieces))
        marks.append((start, end, law[0] if law else "", unquote(article[1]).replace("_", " ") if article else ""))


def compare_references(root: etree._Element, names: LawNames, own: Source, found: Found) -> None:
    """Add one law's references to the figures."""
    for leaf in root.iter("al", "considerans.al"):
        if next(leaf.iterancestors("meta-data"), None) is not None:
            continue
        text, marks = marked_text(leaf)
        above = [_before(list_) for list_ in leaf.iterancestors("lijst")]
        seen = [reference for reference in references(text, names, own, above) if reference.article]
        if marks or seen:
            _score(text, marks, seen, names, found)


def _before(list_: etree._Element) -> str:
    """The text that introduces a list."""
    intro = list_.getprevious()
    return " ".join(marked_text(intro)[0].split()) if intro is not None and intro.tag == "al" else ""


def _score(text: str, marks: list[Mark], seen: list[LawReference], names: LawNames, found: Found) -> None:
    right: set[int] = set()
    held = set(names.by_name.values())
    for start, end, law, article in marks:
        if not article:
            continue
        found.marked += 1
        hits = [n for n, r in enumerate(seen) if r.start < end and start < r.end and _same(r, article)]
        if not hits:
            found.misses.append(f"{text[max(0, start - 50) : start]}[[{text[start:end]}]] -> {article}")
            continue
        found.recognised += 1
        right.update(hits)
        name = seen[hits[0]].bwb_id
        found.law_right += name == law
        found.law_wrong += name is not None and name != law
        found.law_held_but_open += name is None and law in held
        found.law_not_held += name is None and law not in held
    for number, reference in enumerate(seen):
        if number not in right:
            touched = [m for m in marks if m[0] < reference.end and reference.start < m[1]]
            found.wrong += any(m[3] for m in touched)
            found.unmarked += not touched


def _same(reference: LawReference, article: str) -> bool:
    wanted = article.lower()
    said = {(reference.article or "").lower(), (reference.last_article or "").lower()}
    return wanted in said or wanted in {number.rpartition(":")[2] for number in said}


# --- the figures -----------------------------------------------------------------------------------


def read_all(paths: list[Path]) -> tuple[list[tuple[Path, bytes, Document]], float, float]:
    """Every toestand read, with seconds and megabytes of memory at the peak."""
    started = time.perf_counter()
    read = []
    for path in paths:
        data = path.read_bytes()
        read.append((path, data, read_law_xml(record(path, data), data)))
    seconds = time.perf_counter() - started
    return read, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def markdown_figures(paths: list[Path]) -> dict[str, int]:
    """Laws read and refused, and articles against the headings that name one."""
    figures = {"laws": len(paths), "refused": 0, "headings": 0, "articles": 0, "laws with another count": 0}
    for path in paths:
        text = path.read_text(encoding="utf-8", errors="replace")
        headings = len(re.findall(r"^###(?!#)\s*(?:enig\s+)?art(?:ikel)?\.?\s", text, re.MULTILINE | re.IGNORECASE))
        try:
            document = read_law_markdown(record(path, b""), text)
        except ReadError:
            figures["refused"] += 1
            continue
        articles = sum(block.kind == "heading" and block.locator.article is not None for block in document.blocks)
        figures["headings"] += headings
        figures["articles"] += articles
        figures["laws with another count"] += headings != articles
    return figures


def reference_figures(read: list[tuple[Path, bytes, Document]]) -> Found:
    """The recogniser against the marked references of all these laws."""
    names = LawNames.of([document.source for _, _, document in read])
    found = Found()
    for _, data, document in read:
        compare_references(etree.fromstring(data), names, document.source, found)
    return found


def _law_lines(folder: Path) -> Iterator[str]:
    read, seconds, megabytes = read_all(sorted(folder.rglob("*.xml")))
    total = Count()
    for path, data, document in read:
        total.add(check(path.stem, data, document))
    blocks = Counter(block.status for _, _, document in read for block in document.blocks if block.kind != "heading")
    yield f"toestanden {total.laws}, articles {total.articles}, rows of tables {total.rows}, words {total.words}"
    yield f"read in {seconds:.1f} s, {megabytes:.0f} MB at the peak with all documents kept"
    yield (
        f"words lost {total.lost}, gained {total.gained}, elsewhere {total.elsewhere}, places out of order "
        f"{total.out_of_order}; {total.repeated} words of table headers repeated per row"
    )
    yield f"blocks repealed {blocks['vervallen']}, not in force {blocks['niet in werking']}, valid {blocks['']}"
    yield f"amending acts {sum(is_amending(document) for _, _, document in read)}"
    yield from (f"  {fault}" for fault in total.faults[:20])
    found = reference_figures(read)
    yield f"references to articles marked {found.marked}, recall {found.recall:.3f}, precision {found.precision:.3f}"
    yield (
        f"law behind it: right {found.law_right}, wrong {found.law_wrong}, held but open {found.law_held_but_open}, "
        f"not held {found.law_not_held}; recognised without a mark {found.unmarked}"
    )


def main() -> None:
    folder = Path(sys.argv[1])
    sys.stdout.writelines(f"{line}\n" for line in _law_lines(folder))
    markdown = markdown_figures(sorted(folder.rglob("*.md")))
    sys.stdout.write("Markdown: " + ", ".join(f"{name} {value}" for name, value in markdown.items()) + "\n")


if __name__ == "__main__":
    main()
