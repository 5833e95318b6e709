"""BWB toestand XML -> Document: the tree hoofdstuk, paragraaf, artikel, lid, onderdeel.

Source: BWB-toestand schema 2016-1 (Kennis- en exploitatiecentrum Officiële Overheidspublicaties).
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from corpus import Source
from ingest.document import Document, DocumentBuilder
from ingest.errors import ReadError
from ingest.readers.law import LawBuilder, squeeze, status_of

# Depth of the structure elements, so that a deeper one never closes a shallower one.
_LEVELS = {
    "boek": 1,
    "deel": 2,
    "hoofdstuk": 3,
    "titeldeel": 4,
    "afdeling": 5,
    "paragraaf": 6,
    "sub-paragraaf": 7,
    "divisie": 8,
    "bijlage": 1,
    "artikel": 9,
}
_STATUS = {"vervallen": "vervallen", "nogniet": "niet in werking"}
_SKIP = {"meta-data", "kop", "lidnr", "li.nr", "colspec", "plaatje"}


def read_law_xml(source: Source, data: bytes) -> Document:
    """Read one toestand.

    raises  ReadError if the XML is broken, holds entities or a DTD, or is no toestand
    """
    root = _parse(data)
    if root.tag != "toestand":
        raise ReadError(
            f"dit XML-bestand is geen BWB-toestand maar <{root.tag}>; bewaar de toestand-XML van de wet",
            f"this XML file is no BWB toestand but <{root.tag}>; save the law's toestand XML",
        )
    law = LawBuilder(DocumentBuilder(source))
    for element in root.iter("considerans.al"):
        law.text("paragraph", _text(element))
    for body in root.iter("wettekst"):
        _walk(law, body)
    for appendix in root.iter("bijlage"):
        _structure(law, appendix)
    document = law.document.build()
    if not document.blocks:
        raise ReadError("in deze wet staat geen tekst", "this law holds no text")
    return document


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        raise ReadError(
            f"ongeldige XML op regel {line}: het bestand is beschadigd of onvolledig; haal het opnieuw op",
            f"invalid XML at line {line}: the file is damaged or incomplete; fetch it again",
        ) from error
    if root.getroottree().docinfo.doctype:
        raise ReadError(
            "een DOCTYPE of entiteiten zijn niet toegestaan; verwijder de DOCTYPE-regel",
            "a DOCTYPE or entities are not allowed; remove the DOCTYPE line",
        )
    return root


def _walk(law: LawBuilder, parent: etree._Element) -> None:
    for child in parent:
        if child.tag in _LEVELS:
            _structure(law, child)
        elif child.tag == "lid":
            _lid(law, child)
        elif child.tag not in _SKIP:
            _content(law, child, ())


def _structure(law: LawBuilder, element: etree._Element) -> None:
    article = _number(element) if element.tag == "artikel" else None
    law.heading(_LEVELS[str(element.tag)], _heading(element), article, _status(element))
    _walk(law, element)


def _status(element: etree._Element) -> str:
    remarks = " ".join(_text(remark) for remark in element.findall("al/redactie"))
    return _STATUS.get(element.get("status", ""), "") or status_of(remarks)


def _number(element: etree._Element) -> str:
    return squeeze(element.findtext("kop/nr") or "").rstrip(".")


def _heading(element: etree._Element) -> str:
    head = element.find("kop")
    if head is None:
        return squeeze(element.get("label") or str(element.tag))
    name = squeeze(f"{head.findtext('label') or ''} {head.findtext('nr') or ''}").rstrip(".")
    titles = [_text(title) for title in head.findall("titel")]
    return ". ".join(part for part in (name, *titles) if part)


def _lid(law: LawBuilder, element: etree._Element) -> None:
    law.paragraph = squeeze(element.findtext("lidnr") or "").rstrip(".") or None
    for child in element:
        if child.tag not in _SKIP:
            _content(law, child, ())


def _content(law: LawBuilder, element: etree._Element, items: tuple[str, ...]) -> None:
    """One al, lijst or table below an article or lid; `items` are the onderdelen above it."""
    if element.tag == "lijst":
        for li in element.findall("li"):
            _list_item(law, li, items)
    elif element.tag == "table":
        for row in element.iter("row"):
            law.text("table", " | ".join(_text(entry) for entry in row.findall("entry")))
    else:
        law.text("item" if items else "paragraph", _text(element), ", ".join(items) or None)


def _list_item(law: LawBuilder, li: etree._Element, above: tuple[str, ...]) -> None:
    mark = squeeze(li.findtext("li.nr") or "")
    items = (*above, mark.rstrip(".")) if mark else above
    place = ", ".join(items) or None
    children = [child for child in li if child.tag not in _SKIP]
    if children and children[0].tag == "al":
        law.text("item", squeeze(f"{mark} {_text(children[0])}"), place)
        children = children[1:]
    for child in children:
        _content(law, child, items)


def _text(element: etree._Element) -> str:
    return squeeze("".join(_strings(element)))


def _strings(element: etree._Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag not in _SKIP:
            yield from _strings(child)
        yield child.tail or ""


def law_facts(data: bytes) -> dict[str, str]:
    """Fields of a record that a toestand itself states: id, titles, BWB number, date and address; may be few."""
    try:
        root = _parse(data)
    except ReadError:
        return {}
    facts = {
        "bwb_id": root.get("bwb-id", ""),
        "toestand": root.get("inwerkingtreding", ""),
        "url": root.get("bwb-ng-vast-deel", ""),
    }
    for field, tag in (("title", "intitule"), ("citeertitel", "citeertitel")):
        element = root.find(f"wetgeving/{tag}")
        facts[field] = _text(element) if element is not None else ""
    if facts["bwb_id"] and facts["toestand"]:
        facts["id"] = f"{facts['bwb_id']}_{facts['toestand']}"
    return {field: value for field, value in facts.items() if value}
