"""Two texts of one law, article by article: what is the same, changed, new, gone or repealed.

Articles are matched by their number alone; a renumbered article is gone under the old number and new under the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from ingest.document import Block, Document

Change = Literal["same", "changed", "new", "gone", "repealed"]
Op = Literal["same", "out", "in"]

_TYPOGRAPHY = str.maketrans(
    {**dict.fromkeys("‘’‚‛`´", "'"), **dict.fromkeys("“”„«»", '"'), **dict.fromkeys("–—−‐‑", "-"), "…": "..."}
)
_MARK = re.compile(r"^(?:[a-z]{1,2}[.°)]|\d+[°º][.)]?|[–-])\s+(?=\S)")


@dataclass(frozen=True, slots=True, kw_only=True)
class LidChange:
    """One lid (None: the article's own text) in both texts; `words` leads from the old one to the new one."""

    paragraph: str | None
    before: str
    after: str
    words: tuple[tuple[Op, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleChange:
    """What became of one article; `lids` holds those that differ, of a changed article only.

    "repealed" is an article that has a place but no valid text in the newer one; "gone" has no place there.
    """

    article: str
    change: Change
    lids: tuple[LidChange, ...] = ()


class ComparisonError(ValueError):
    """Two documents that cannot be compared."""


def compare(before: Document, after: Document) -> tuple[ArticleChange, ...]:
    """Every article of either text, in the order of the newer one; one that is gone stands where it stood.

    raises  ComparisonError if the documents are texts of two laws
    """
    if before.source.bwb_id != after.source.bwb_id:
        raise ComparisonError(
            f"{before.source.id} and {after.source.id} are texts of two laws; compare two dates of one law"
        )
    old, new = _articles(before), _articles(after)
    return tuple(_change(article, old.get(article), new.get(article)) for article in _order(list(old), list(new)))


def _articles(document: Document) -> dict[str, list[Block]]:
    """Blocks of each article, its heading among them. Of two articles with one number in a law the first counts."""
    found: dict[str, list[Block]] = {}
    sections: dict[str, tuple[str, ...]] = {}
    for block in document.blocks:
        article = block.locator.article
        if article and sections.setdefault(article, block.locator.section) == block.locator.section:
            found.setdefault(article, []).append(block)
    return found


def _order(old: list[str], new: list[str]) -> Iterator[str]:
    known = set(new)
    gone: dict[str | None, list[str]] = {}
    previous: str | None = None
    for article in old:
        if article in known:
            previous = article
        else:
            gone.setdefault(previous, []).append(article)
    yield from gone.get(None, [])
    for article in new:
        yield article
        yield from gone.get(article, [])


def _change(article: str, old: list[Block] | None, new: list[Block] | None) -> ArticleChange:
    if new is None:
        return ArticleChange(article=article, change="gone")
    if _repealed(new):
        return ArticleChange(article=article, change="same" if old is not None and _repealed(old) else "repealed")
    if old is None:
        return ArticleChange(article=article, change="new")
    lids = tuple(_lids(_texts(old), _texts(new)))
    return ArticleChange(article=article, change="changed" if lids else "same", lids=lids)


def _repealed(blocks: list[Block]) -> bool:
    texts = [block for block in blocks if block.kind != "heading"]
    return bool(texts) and all(block.status == "vervallen" for block in texts)


def _texts(blocks: list[Block]) -> dict[str | None, str]:
    """Text of each lid, its onderdelen one below the other. A remark that it is not in force is no part of it."""
    found: dict[str | None, list[str]] = {}
    for block in blocks:
        if block.kind != "heading":
            found.setdefault(block.locator.paragraph, []).append(block.text)
    return {lid: "\n".join(texts) for lid, texts in found.items()}


def _lids(old: dict[str | None, str], new: dict[str | None, str]) -> Iterator[LidChange]:
    """The lids that differ. An article without lids against one with them: its text stands beside the first."""
    if set(old) == {None} and None not in new:
        old = {"1": old[None]}
    elif set(new) == {None} and None not in old:
        new = {"1": new[None]}
    for lid in [*new, *(lid for lid in old if lid not in new)]:
        before, after = old.get(lid, ""), new.get(lid, "")
        words = tuple(word_diff(before, after))
        if any(op != "same" for op, _ in words):
            yield LidChange(paragraph=lid, before=before, after=after, words=words)


def word_diff(before: str, after: str) -> Iterator[tuple[Op, str]]:
    """Stretches of words that stay, go out or come in. Quotation marks, dashes and the marks of onderdelen that two
    formats write in their own way do not differ; words and what ends a sentence do."""
    old, new = _words(before), _words(after)
    matcher = SequenceMatcher(None, [normal for normal, _ in old], [normal for normal, _ in new], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield "same", " ".join(word for _, word in new[c:d])
            continue
        if a < b:
            yield "out", " ".join(word for _, word in old[a:b])
        if c < d:
            yield "in", " ".join(word for _, word in new[c:d])


def _words(text: str) -> list[tuple[str, str]]:
    """Each word as compared and as written."""
    lines = (_MARK.sub(lambda mark: mark[0].rstrip(" .)") + " ", line) for line in text.split("\n"))
    return [(word.translate(_TYPOGRAPHY), word) for line in lines for word in line.split()]
