"""A web page before its main text is looked for: footnotes lifted out of it, forms and clutter gone."""

from __future__ import annotations

import re

from lxml import etree

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_DROPPED = "script style template noscript nav form fieldset button dialog iframe svg select".split()
_ROLES = {"navigation", "search", "dialog", "alertdialog", "contentinfo"}
# Words in class or id by which site builders name what is not the text; Dutch and English.
_CLUTTER = set(
    "cookie cookies consent newsletter nieuwsbrief subscribe aanmelden contact share sharing social delen deel "
    "breadcrumb breadcrumbs kruimelpad related gerelateerd leesook comments reacties advertisement popup modal".split()
)
_BUTTON = {"button", "btn", "knop"}
_MAX_CLUTTER = 100  # words; above it the name is taken for a subject, not a service
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NUMBER = re.compile(r"[\[(]?\s*(\d{1,3})\s*[\])]?")
_NOTE_NAME = re.compile(
    r"foot-?note|end-?note|side-?note|voet-?noot|eind-?noot|tooltip|noteref|reference", re.IGNORECASE
)
_RUNNING = ("p", "span", "li", "td", "dd", "blockquote", "em", "strong")  # elements that hold a sentence
_NOTE_ROLES = {"note", "tooltip", "doc-footnote", "doc-endnote"}


def clean(page: etree._Element) -> None:
    """Drop what is no running text: forms, menus, hidden parts, services by name, repeats of the title."""
    title = next((_words(h) for h in page.iter("h1") if _words(h)), None)
    total = len(_words(page))
    for element in list(page.iter(etree.Element)):
        if element.tag in ("html", "body", "main", "article") or element.getparent() is None:
            continue
        repeats = element.tag in ("figcaption", *_HEADINGS[1:]) and _words(element) == title
        if repeats or _is_dropped(element) or _is_clutter(element, total) or _is_menu(element):
            _remove(element)


def _is_dropped(element: etree._Element) -> bool:
    hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
    return (
        element.tag in _DROPPED
        or element.get("role", "") in _ROLES
        or hidden
        or bool(_HIDDEN.search(element.get("style", "")))
    )


def _is_clutter(element: etree._Element, total: int) -> bool:
    """Whether an element is named as a service of the site and is small beside the page."""
    given = f"{element.get('class', '')} {element.get('id', '')}".lower().split()
    parts = [re.split(r"[_-]+", name) for name in given]
    names = {part for name in parts if len(name) <= 2 for part in name}  # "contact-block", not "contact-tussen-buren"
    if element.tag == "a":
        return bool(names & _BUTTON)
    if not names & _CLUTTER or element.tag in _HEADINGS:
        return False
    return len(_words(element)) <= min(_MAX_CLUTTER, total / 3)


def _is_menu(element: etree._Element) -> bool:
    """Whether a list or side column is a row of short links rather than text; a list of literature has long ones."""
    links = (
        [_words(link) for link in element.iter("a")] if element.tag in ("ul", "ol", "aside", "section", "div") else []
    )
    inside = sum(map(len, links))
    return len(links) > 1 and inside > 0.7 * len(_words(element)) and inside <= 5 * len(links)


def lift_notes(page: etree._Element) -> dict[str, str]:
    """Take footnotes out of the page: number to text. Where a mark stood, ⟦number⟧ is left.

    A mark is a superscript or named number; its text stands where its link leads (an endnote) or in a note or
    tooltip beside it.
    """
    targets = {element.get("id"): element for element in page.iter(etree.Element) if element.get("id")}
    notes: dict[str, str] = {}
    gone: list[etree._Element] = []
    for mark in [element for element in page.iter("sup", "a") if _is_mark(element)]:
        number = _number(mark)
        if mark.getroottree().getroot() is not page or number is None:
            continue  # it went with another mark
        note = _note_of(mark, targets)
        if note is None:
            continue
        text = _note_text(note, number)
        if text and notes.setdefault(number, text) == text:
            gone.append(note)
            _remove(mark, f"⟦{number}⟧")
    for note in gone:
        if note.getparent() is not None:
            _remove(note)
    return notes


def _number(mark: etree._Element) -> str | None:
    found = _NUMBER.fullmatch("".join(mark.itertext()).strip())
    return found[1] if found else None


def _is_mark(element: etree._Element) -> bool:
    """Whether an element is a note number: <sup>1</sup>, or a link called so that is not itself inside a <sup>."""
    if _number(element) is None or any(above.tag == "sup" for above in element.iterancestors()):
        return False
    return element.tag == "sup" or bool(_NOTE_NAME.search(f"{element.get('class', '')} {element.get('role', '')}"))


def _note_of(mark: etree._Element, targets: dict[str, etree._Element]) -> etree._Element | None:
    link = next(iter(mark.iter("a")), None)
    href = link.get("href", "") if link is not None else ""
    target = targets.get(href[1:]) if href.startswith("#") else None
    if target is not None and target.tag not in _HEADINGS and target not in mark.iterancestors():
        return target
    around = list(mark.iterancestors())
    for above in (element for element in around[:2] if element.tag in _RUNNING):
        for beside in above.iterdescendants(etree.Element):
            named = _NOTE_NAME.search(beside.get("class", "")) or beside.get("role") in _NOTE_ROLES
            if named and beside is not mark and beside not in around and mark not in beside.iterancestors():
                return beside
    return None


def _note_text(note: etree._Element, number: str) -> str:
    """Text of a note without its own number and the arrow back."""
    parts: list[str] = []
    for part in note.xpath(".//text()"):
        link = part.getparent()
        back = link.tag == "a" and not part.is_tail and link.get("href", "").startswith("#")
        parts.append("" if back else str(part))
    return re.sub(rf"^[\[(]?{number}[\])]?[.:]?\s+", "", " ".join("".join(parts).split()))


def _words(element: etree._Element) -> list[str]:
    return "".join(str(part) for part in element.itertext()).split()


def _remove(element: etree._Element, left: str = "") -> None:
    """Take an element out; what stands behind it stays, after the text that is left for it."""
    parent, before = element.getparent(), element.getprevious()
    tail = left + (element.tail or "")
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    element.tail = None
    parent.remove(element)
