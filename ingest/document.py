"""Document, block, passage: what reading a source yields. Text is cleaned once and never changes again,
so a quote is a pair of character offsets into `Document.text`."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Literal

from corpus import Source

Form = Literal["original", "digest", "catalogue"]
BlockKind = Literal["heading", "paragraph", "item", "table", "note", "gist"]


class DocumentError(ValueError):
    """A document, block or passage breaks its own rule: an error in a reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locator:
    """A place in a source, as a reader would look it up.

    `page` counts sheets from 1, `page_end` is the last one if the place runs over a page;
    `page_label` is what is printed there. `section` is the heading path, outermost first.
    `article`, `paragraph` (lid) and `item` (onderdeel) name a provision, `note` a footnote.
    """

    page: int | None = None
    page_end: int | None = None
    page_label: str | None = None
    section: tuple[str, ...] = ()
    article: str | None = None
    paragraph: str | None = None
    item: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One heading, paragraph, list item, table or note: `Document.text[start:end]`.

    `level` is the depth of a heading, from 1. `page_starts` are the offsets in the document's text
    at which a next page begins inside this block. `notes` are the footnotes this block refers to, `note_starts` the
    offsets in the document's text behind which their marks stand; without these they belong to the block as a whole.
    `about` is the source spoken of, if that is another than the document's own.
    `status` is filled for a provision that is not valid law: "vervallen" or "niet in werking".
    `topic` is what the block is about where its place does not tell: it is searched with, in place of the headings.
    """

    kind: BlockKind
    text: str
    start: int
    locator: Locator
    level: int = 0
    page_starts: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    note_starts: tuple[int, ...] = ()
    about: str | None = None
    language: str = "nl"
    status: str = ""
    topic: str = ""

    @property
    def end(self) -> int:
        """Offset behind the last character."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The text of one source as read, whole, and its blocks in reading order.

    `form` tells the original from our digest of it, which carries the source's own record, and from our catalogue.
    """

    source: Source
    form: Form
    text: str
    blocks: tuple[Block, ...]
    page_count: int = 0
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for block in self.blocks:
            if self.text[block.start : block.end] != block.text:
                raise DocumentError(
                    f"{self.source.id}: block at {block.start} does not stand in the text of the document"
                )

    @property
    def section_count(self) -> int:
        """Number of headings (of articles in a law)."""
        return sum(block.kind == "heading" for block in self.blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stretch of one section or lid: what is embedded, found and cited.

    `start` and `end` are offsets into the document's text, half-open; `text` is that slice.
    `context` is title and heading path: searched with the text, never quoted.
    """

    source_id: str
    form: Form
    kind: BlockKind
    text: str
    start: int
    end: int
    locator: Locator
    context: str
    page_starts: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    about: str | None = None
    language: str = "nl"
    status: str = ""
    id: str = field(init=False)

    def __post_init__(self) -> None:
        if self.end - self.start != len(self.text):
            raise DocumentError(
                f"{self.source_id}: span {self.start}-{self.end} holds {self.end - self.start} characters, "
                f"text has {len(self.text)}; ingest again"
            )
        key = "\x1f".join((self.source_id, self.form, str(self.start), self.text))
        digest = hashlib.sha256(key.encode()).hexdigest()[:16]
        object.__setattr__(self, "id", f"{self.source_id}.{self.form}.{digest}")

    @property
    def searchable(self) -> str:
        """What is embedded and indexed: the context above the text."""
        return f"{self.context}\n{self.text}" if self.context else self.text


@dataclass(slots=True)
class DocumentBuilder:
    """Collects blocks and lays them end to end, a blank line between them."""

    source: Source
    form: Form = "original"
    page_count: int = 0
    warnings: list[str] = field(default_factory=list)
    _blocks: list[Block] = field(default_factory=list)
    _length: int = 0

    def add(
        self,
        kind: BlockKind,
        text: str,
        locator: Locator,
        *,
        level: int = 0,
        page_starts: tuple[int, ...] = (),
        notes: tuple[str, ...] = (),
        note_starts: tuple[int, ...] = (),
        about: str | None = None,
        language: str = "nl",
        status: str = "",
        topic: str = "",
    ) -> None:
        """Append one block; `page_starts` and `note_starts` are offsets into `text`. Empty text adds nothing."""
        if not text:
            return
        start = self._length + (2 if self._blocks else 0)
        self._blocks.append(
            Block(
                kind=kind,
                text=text,
                start=start,
                locator=locator,
                level=level,
                page_starts=tuple(start + offset for offset in page_starts),
                notes=notes,
                note_starts=tuple(start + offset for offset in note_starts),
                about=about,
                language=language,
                status=status,
                topic=topic,
            )
        )
        self._length = start + len(text)

    def build(self) -> Document:
        """The finished document."""
        return Document(
            source=self.source,
            form=self.form,
            text="\n\n".join(block.text for block in self._blocks),
            blocks=tuple(self._blocks),
            page_count=self.page_count,
            warnings=tuple(self.warnings),
        )
