"""The Basiswettenbestand: which text of a law was in force on a day, and where it stands.

A law has many expressions (toestanden), and several for one validity window: each later amendment that reaches back
makes a new view of the same window. The text as it is known today is the one whose view has no end.
Source: Kennis- en Exploitatiecentrum Officiële Overheidspublicaties (KOOP), SRU 2.0 and repository.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from lxml import etree

from corpus import safe_xml
from corpus.fetch import Services, Web
from corpus.guard import FetchError

# The repository's own word for an XML file is not always the same; that it is a toestand is checked by its content.
XML_KINDS = {
    "application/xml": ".xml", "text/xml": ".xml", "application/sru+xml": ".xml", "application/octet-stream": ".xml",
}  # fmt: skip
FOREVER = dt.date(9999, 12, 31)
_LABEL = re.compile(r"\d{4}-\d{2}-\d{2}_\d+")
_ITEM = re.compile(r"BWB[RV]\d{7}_[\w-]+\.xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """One text of a law: in force from `start` until `end` inclusive, the current view if `view_end` is FOREVER.

    `sha512` is what the manifest says of the file. It is sometimes out of date (BWBR0005252), so it tells whether
    something changed, not whether a file is right.
    """

    label: str
    start: dt.date
    end: dt.date
    view_end: dt.date
    item: str
    sha512: str | None


@dataclass(frozen=True, slots=True)
class LawFacts:
    """What a toestand says of itself."""

    title: str
    citeertitel: str | None
    signed: str | None


def find_manifest(web: Web, services: Services, bwb_id: str, day: dt.date) -> str | None:
    """Address of a law's manifest as the search service gives it; None if it knows no text on that day.

    raises  FetchError, also if the address is outside the repository or the answer is no SRU response
    """
    question = {
        "version": "2.0",
        "operation": "searchRetrieve",
        "x-connection": "BWB",
        "query": f"dcterms.identifier={bwb_id} and overheidbwb.geldigheidsdatum={day.isoformat()}",
        "maximumRecords": "1",
    }
    address = f"{services.sru}?{urlencode(question)}"
    root = _parse(web.read(address, XML_KINDS), address)
    if etree.QName(root).localname != "searchRetrieveResponse":
        raise FetchError("malformed", url=address)
    found = root.find(".//{*}locatie_manifest")
    if found is None:
        return None
    manifest = (found.text or "").strip()
    if not manifest.startswith(f"{services.repository}/{bwb_id}/"):
        raise FetchError("foreign", url=manifest)
    return manifest


def manifest_address(services: Services, bwb_id: str) -> str:
    """Where the repository keeps a law's manifest."""
    return f"{services.repository}/{bwb_id}/manifest.xml"


def toestand_address(services: Services, bwb_id: str, expression: Expression) -> str:
    """Where the repository keeps the text."""
    return f"{services.repository}/{bwb_id}/{expression.label}/xml/{expression.item}"


def read_manifest(data: bytes, address: str) -> tuple[Expression, ...]:
    """All expressions that can be fetched as XML; withdrawn ones (_deleted) cannot.

    raises  FetchError if this is no manifest
    """
    root = _parse(data, address)
    try:
        found = [_expression(element) for element in root.findall("expression")]
    except ValueError as error:
        raise FetchError("malformed", url=address) from error
    if root.tag != "work":
        raise FetchError("malformed", url=address)
    return tuple(expression for expression in found if expression is not None)


def _expression(element: etree._Element) -> Expression | None:
    label, item = element.get("label", ""), element.find("manifestation[@label='xml']/item")
    start = element.findtext("metadata/datum_inwerkingtreding")
    if item is None or item.get("_deleted") == "true" or not start:
        return None
    name = item.get("label", "")
    if not _LABEL.fullmatch(label) or not _ITEM.fullmatch(name):
        raise ValueError(f"expression {label!r} has file {name!r}")
    return Expression(
        label=label,
        start=dt.date.fromisoformat(start),
        end=dt.date.fromisoformat(element.findtext("metadata/einddatum") or FOREVER.isoformat()),
        view_end=dt.date.fromisoformat(element.findtext("metadata/zichtdatum_eind") or FOREVER.isoformat()),
        item=name,
        sha512=(element.findtext("manifestation[@label='xml']/metadata/hashcode") or "").lower() or None,
    )


def in_force(expressions: tuple[Expression, ...], bwb_id: str, day: dt.date) -> Expression:
    """The one text in force on `day`, as it is known today.

    raises  FetchError if there is none, or more than one
    """
    current = [e for e in expressions if e.view_end == FOREVER]
    if not current:
        raise FetchError("no_text_at_all", law=bwb_id)
    found = [e for e in current if e.start <= day <= e.end]
    if not found:
        first, last = min(e.start for e in current), max(e.end for e in current)
        raise FetchError("no_text", law=bwb_id, day=day, first=first, last="…" if last == FOREVER else last)
    if len(found) > 1:
        raise FetchError("ambiguous", law=bwb_id, day=day, labels=", ".join(e.label for e in found))
    return found[0]


def check_toestand(path: Path, bwb_id: str, expression: Expression) -> LawFacts:
    """What a fetched file says of itself, after checking that it is the text that was asked for.

    raises  FetchError if it is another law, another day, or no toestand
    """
    root = _parse(path.read_bytes(), path.name)
    if root.tag != "toestand":
        raise FetchError("malformed", url=path.name)
    found = f"{root.get('bwb-id')} {root.get('inwerkingtreding')}"
    asked = f"{bwb_id} {expression.start}"
    if found != asked:
        raise FetchError("other_text", found=found, asked=asked)
    etree.strip_elements(root, "meta-data", with_tail=False)
    head = root.find("wetgeving/intitule")
    return LawFacts(
        title=_text(head) or bwb_id,
        citeertitel=_text(root.find("wetgeving/citeertitel")) or None,
        signed=None if head is None else head.get("ondertekening_bron"),
    )


def _text(element: etree._Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _parse(data: bytes, address: str) -> etree._Element:
    """Root of an answer or file.

    raises  FetchError if it is broken or holds a DOCTYPE
    """
    try:
        return safe_xml.parse(data)
    except (etree.XMLSyntaxError, safe_xml.HasDoctype) as error:
        raise FetchError("malformed", url=address) from error
