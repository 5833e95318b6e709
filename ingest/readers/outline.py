"""What readers share: headings opened and closed as the text goes by, and note marks taken out of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.document import BlockKind, Document, DocumentBuilder, Locator
from ingest.errors import ReadError

MARK = "\uffff"  # stands where a note mark stood until the text is whole; no XML and no decoded text can hold it


def lift_marks(text: str) -> tuple[str, tuple[int, ...]]:
    """A text without its marks, white space squeezed, and the offset behind which each mark stood."""
    parts = text.split(MARK)
    starts = tuple(len(" ".join("".join(parts[:count]).split())) for count in range(1, len(parts)))
    return " ".join("".join(parts).split()), starts


@dataclass(slots=True)
class OutlineBuilder:
    """Adds blocks below the current heading path; a heading without text below it is left out."""

    document: DocumentBuilder
    _path: list[tuple[int, str]] = field(default_factory=list)
    _waiting: list[tuple[int, str]] = field(default_factory=list)

    @property
    def section(self) -> tuple[str, ...]:
        """Heading path, outermost first."""
        return tuple(text for _, text in self._path)

    def heading(self, level: int, text: str) -> None:
        """Open a heading; it is written once text follows below it."""
        text, _ = lift_marks(text)
        if not text:
            return
        self._waiting = [entry for entry in self._waiting if entry[0] < level]
        self._waiting.append((level, text))

    def text(self, kind: BlockKind, text: str, notes: tuple[str, ...] = ()) -> None:
        """Add one paragraph, item or table row; `notes` are the footnotes whose MARKs stand in it."""
        text, starts = lift_marks(text)
        if not text:
            return
        for level, heading in self._waiting:
            self._path = [entry for entry in self._path if entry[0] < level]
            self._path.append((level, heading))
            self.document.add("heading", heading, Locator(section=self.section), level=len(self._path))
        self._waiting = []
        self.document.add(kind, text, Locator(section=self.section), notes=notes, note_starts=starts)

    def build(self) -> Document:
        """The document.

        raises  ReadError if nothing but headings was found
        """
        document = self.document.build()
        if not document.blocks:
            raise ReadError("er staat geen leesbare tekst in", "it holds no readable text")
        return document
