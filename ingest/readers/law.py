"""What the two law readers share: the path of headings above a provision, its status, and what an amending act is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from ingest.document import BlockKind, Document, DocumentBuilder, Locator
from ingest.readers.outline import lift_marks

PICTURE = "[afbeelding]"  # stands where the law has a map, formula or sign that is no text

_PART = r"(?:artikel|lid|onderdeel|hoofdstuk|afdeling|paragraaf|titel|bijlage)"
_NEVER_IN_FORCE = re.compile(
    rf"\bdit {_PART}\s+(?:is nog niet in ?werking\b|treedt niet (?:meer )?in ?werking\s*(?:[.;,]|$))", re.IGNORECASE
)
_REPEALED = re.compile(
    rf"^\W*(?:dit {_PART} is )?(?:door vernummering )?vervallen\s*(?:[.;,\]]|$|per\b|met ingang\b|bij\b|door\b)",
    re.IGNORECASE,
)
_AMENDS = re.compile(
    r"^\W*(?:wijzigt|bevat wijzi(?:n)?gingen in)\b"
    r"|\b(?:wordt|worden) (?:als volgt )?gewijzigd\b"
    r"|\bworden de volgende wijzigingen aangebracht\b"
    r"|\b(?:wordt|worden) (?:een|twee|drie|vier|vijf) \w+ (?:in|toe)gevoegd\b"
    r"|^\W*(?:in )?artikel \w+ van de \S*wet\b.{0,80}\bkomt te luiden\b",
    re.IGNORECASE,
)
_AMENDING_TITLE = re.compile(
    r"^(?:rijks)?wet van \d+ \w+ \d{4},? *(?:tot|houdende) (?:nadere |enige )?(?:wijziging|aanvulling|aanpassing)\b",
    re.IGNORECASE,
)


def status_of(text: str) -> str:
    """Status that an editor's remark states: "vervallen", "niet in werking", or "" for valid law."""
    if _NEVER_IN_FORCE.search(text):
        return "niet in werking"
    return "vervallen" if _REPEALED.search(text) else ""


def is_amending(document: Document) -> bool:
    """Whether a law's business is to change other laws: by its official title, or by more than half of its articles.

    A law that ends with a few amendments of others (most do) is none.
    """
    if _AMENDING_TITLE.search(document.source.title):
        return True
    articles: dict[tuple[str, ...], bool] = {}
    for block in document.blocks:
        if block.kind == "heading" or not block.locator.article or block.status == "vervallen":
            continue
        section = block.locator.section
        articles[section] = articles.get(section, False) or bool(_AMENDS.search(block.text))
    return sum(articles.values()) * 2 > len(articles)


def squeeze(text: str) -> str:
    """Runs of white space become one space."""
    return " ".join(text.split())


@dataclass(slots=True)
class LawBuilder:
    """Lays provisions end to end and remembers under which headings they stand."""

    document: DocumentBuilder
    _path: list[tuple[int, str]] = field(default_factory=list)
    _notes: dict[str, int] = field(default_factory=dict)
    article: str | None = None
    paragraph: str | None = None
    status: str = ""
    lid_status: str = ""

    @property
    def section(self) -> tuple[str, ...]:
        """Heading path, outermost first."""
        return tuple(heading for _, heading in self._path)

    def heading(self, level: int, text: str, article: str | None = None, status: str = "") -> None:
        """Open a chapter, paragraph or article; everything as deep or deeper is closed."""
        self.close(level)
        self._path.append((level, text))
        self.article, self.status = article, status
        self.document.add("heading", text, self.place(), level=len(self._path), status=status)

    def close(self, level: int) -> None:
        """Close what stands at this level and deeper: what follows belongs to the structure around it."""
        self._path = [entry for entry in self._path if entry[0] < level]
        self.article, self.status = None, ""
        self.lid(None)

    def lid(self, number: str | None, status: str = "") -> None:
        """Open a lid of the article at hand, or with None go back to the article itself."""
        self.paragraph, self.lid_status = number, status

    def place(self, item: str | None = None) -> Locator:
        """Locator of what comes next."""
        return Locator(section=self.section, article=self.article, paragraph=self.paragraph, item=item)

    def text(
        self, kind: BlockKind, text: str, item: str | None = None, notes: tuple[str, ...] = (), status: str = ""
    ) -> None:
        """Append one stretch of text at the current place; `notes` are the notes whose MARKs stand in it."""
        text, starts = lift_marks(text)
        status = status or self.lid_status or self.status
        self.document.add(kind, text, self.place(item), notes=notes, note_starts=starts, status=status)

    def note_number(self, printed: str) -> str:
        """The number of a note as printed; a second note 1 in the same law is "1-2", so that each can be found."""
        self._notes[printed] = self._notes.get(printed, 0) + 1
        count = self._notes[printed]
        return printed if count == 1 else f"{printed}-{count}"

    def note(self, number: str, text: str, item: str | None = None) -> None:
        """Append one note at the current place."""
        place = replace(self.place(item), note=number)
        self.document.add("note", text, place, status=self.lid_status or self.status)
