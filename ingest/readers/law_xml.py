"""BWB toestand XML -> Document: the tree hoofdstuk, paragraaf, artikel, lid, onderdeel.

Source: BWB-toestand schema 2016-1 (Kennis- en exploitatiecentrum Officiële Overheidspublicaties).
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from corpus import Source, safe_xml
from ingest.document import BlockKind, Document, DocumentBuilder
from ingest.errors import ReadError
from ingest.readers.law import PICTURE, LawBuilder, squeeze, status_of
from ingest.readers.outline import MARK, lift_marks

_STRUCTURE = frozenset("boek deel hoofdstuk titeldeel afdeling paragraaf sub-paragraaf divisie bijlage artikel".split())
_STATUS = {"vervallen": "vervallen", "nogniet": "niet in werking"}
_SKIP = {"meta-data", "kop", "lidnr", "li.nr", "colspec", "noot"}
# Elements that stand inside a line; any other one begins and ends a word.
_INLINE = frozenset("intref extref extref-groep intref-groep nadruk inf sup dossierref noot.nr".split())
_REMARKS = {"redactie", "tekstcorrectie"}
_RAISED = str.maketrans("0123456789+-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻")


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
    for part in root.iterfind("wetgeving/wet-besluit/*"):
        if part.tag == "wettekst":
            _walk(law, part, 0, "")
        elif part.tag == "bijlage":
            _structure(law, part, 1, "")
    pictures = sum(1 for _ in root.iter("illustratie"))
    if pictures:
        law.document.warnings.append(f"{pictures} afbeeldingen (kaart, formule of teken) niet gelezen")
    document = law.document.build()
    if not document.blocks:
        raise ReadError("in deze wet staat geen tekst", "this law holds no text")
    return document


def _parse(data: bytes) -> etree._Element:
    try:
        return safe_xml.parse(data)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        raise ReadError(
            f"ongeldige XML op regel {line}: het bestand is beschadigd of onvolledig; haal het opnieuw op",
            f"invalid XML at line {line}: the file is damaged or incomplete; fetch it again",
        ) from error
    except safe_xml.HasDoctype as error:
        raise ReadError(
            "een DOCTYPE of entiteiten zijn niet toegestaan; verwijder de DOCTYPE-regel",
            "a DOCTYPE or entities are not allowed; remove the DOCTYPE line",
        ) from error


def _walk(law: LawBuilder, parent: etree._Element, depth: int, status: str) -> None:
    """Everything below a structure element of this depth; `status` is what the structure has."""
    for child in parent:
        if child.tag in _STRUCTURE:
            _structure(law, child, depth + 1, status)
        elif child.tag == "lid":
            _lid(law, child)
        elif child.tag == "structuurtekst":
            _walk(law, child, depth, status)
        elif child.tag not in _SKIP:
            _content(law, child, ())


def _structure(law: LawBuilder, element: etree._Element, depth: int, inherited: str) -> None:
    article = _number(element) if element.tag == "artikel" else None
    status = _status(element) or inherited
    outer = law.article
    law.heading(depth, _heading(element), article or outer, status)
    _walk(law, element, depth, status)
    law.close(depth)
    law.article, law.status = outer, inherited


def _status(element: etree._Element) -> str:
    """By its own attribute, else by a remark of the editor that stands above its text."""
    remarks = [_text(remark) for path in ("al", "structuurtekst/al") for remark in element.findall(f"{path}/redactie")]
    stated = [status_of(remark) for remark in remarks]
    return _STATUS.get(element.get("status", ""), "") or next(filter(None, stated), "")


def _number(element: etree._Element) -> str:
    """Number of an article; 146 of 21,747 have it in their label, and a few have a name instead ("Slotbepaling")."""
    number, label = (squeeze(_found(element, f"kop/{tag}")).rstrip(".") for tag in ("nr", "label"))
    return number or label.removeprefix("Artikel ") or _heading(element)


def _found(element: etree._Element, path: str) -> str:
    child = element.find(path)
    return "" if child is None else _text(child)


def _heading(element: etree._Element) -> str:
    """Label and number in the order in which they stand ("Eerste Afdeling"), then the title."""
    head = element.find("kop")
    if head is None:
        return squeeze(element.get("label") or str(element.tag))
    name = squeeze(" ".join(_text(part) for part in head if part.tag in ("label", "nr"))).rstrip(".")
    titles = [_text(title) for title in head.findall("titel")]
    return ". ".join(part for part in (name, *titles) if part) or str(element.tag).capitalize()


def _lid(law: LawBuilder, element: etree._Element) -> None:
    law.lid(squeeze(element.findtext("lidnr") or "").rstrip(".") or None, _status(element))
    for child in element:
        if child.tag not in _SKIP:
            _content(law, child, ())
    law.lid(None)


def _content(law: LawBuilder, element: etree._Element, items: tuple[str, ...]) -> None:
    """One al, lijst, table or picture below an article or lid; `items` are the onderdelen above it."""
    if element.tag == "lijst":
        for li in element.findall("li"):
            _list_item(law, li, items)
    elif element.tag == "table":
        _table(law, element, items)
    else:
        _block(law, "item" if items else "paragraph", element, items)


def _list_item(law: LawBuilder, li: etree._Element, above: tuple[str, ...]) -> None:
    mark = _found(li, "li.nr")
    items = (*above, mark.rstrip(".)")) if mark else above
    children = [child for child in li if child.tag not in _SKIP]
    if children and children[0].tag == "al":
        _block(law, "item", children[0], items, mark, _status(li))
        children = children[1:]
    else:
        law.text("item", mark, ", ".join(items) or None)
    for child in children:
        _content(law, child, items)


def _block(
    law: LawBuilder, kind: BlockKind, element: etree._Element, items: tuple[str, ...], mark: str = "", status: str = ""
) -> None:
    """One stretch of text and behind it the notes that it refers to.

    An onderdeel of which only "vervallen" is left says so itself: marked, it would cut its lid into three passages.
    """
    text = f"{mark} {''.join(_strings(element))}"
    _with_notes(law, kind, text, [element], items, "" if status == "vervallen" else status)


def _with_notes(
    law: LawBuilder,
    kind: BlockKind,
    text: str,
    elements: list[etree._Element],
    items: tuple[str, ...],
    status: str = "",
) -> None:
    place = ", ".join(items) or None
    notes = [
        (law.note_number(_found(note, "noot.nr").rstrip(".)")), " ".join(map(_text, note.findall("noot.al"))))
        for element in elements
        for note in element.iter("noot")
    ]
    law.text(kind, text, place, tuple(number for number, _ in notes), status)
    for number, said in notes:
        law.note(number, said, place)


def _table(law: LawBuilder, table: etree._Element, items: tuple[str, ...]) -> None:
    """The title, the header once as a row of its own, then each row as "kop: waarde | kop: waarde"."""
    for title in table.findall("title"):
        _block(law, "table", title, items)
    for group in table.findall("tgroup"):
        columns = [spec.get("colname", "") for spec in group.findall("colspec")]
        head = list(_grid(group.findall("thead/row"), columns))
        names = _names(head)
        for cells, row in zip(head, group.findall("thead/row"), strict=True):
            _with_notes(law, "table", " | ".join(text for _, _, text in cells if text), [row], items)
        rows = [*group.findall("tbody/row"), *group.findall("tfoot/row")]
        for cells, row in zip(_grid(rows, columns), rows, strict=True):
            values = [_named(names, *cell) for cell in cells if cell[2]]
            _with_notes(law, "table", " | ".join(values), [row], items)


Cell = tuple[int, int, str]


def _grid(rows: list[etree._Element], columns: list[str]) -> Iterator[list[Cell]]:
    """Per row its cells: first and last column, text. A cell that runs down over more rows stands in each of them."""
    running: dict[int, tuple[int, Cell]] = {}
    for row in rows:
        cells = [cell for _, cell in running.values()]
        taken = {column for first, last, _ in cells for column in range(first, last + 1)}
        following = {at: (left - 1, cell) for at, (left, cell) in running.items() if left > 1}
        position = 0
        for entry in row.findall("entry"):
            while position in taken:
                position += 1
            first = _column(columns, entry.get("namest") or entry.get("colname"), position)
            last = max(first, _column(columns, entry.get("nameend"), first))
            cell = (first, last, _text(entry))
            cells.append(cell)
            position = last + 1
            more = entry.get("morerows") or "0"
            if more.isdigit() and more != "0":
                following[first] = (int(more), cell)
        running = following
        yield sorted(cells, key=lambda cell: cell[:2])


def _column(columns: list[str], name: str | None, otherwise: int) -> int:
    return columns.index(name) if name in columns else otherwise


def _names(head: list[list[Cell]]) -> dict[int, str]:
    """Name of each column: what stands above it in the header, from top to bottom."""
    names: dict[int, list[str]] = {}
    for first, last, text in (cell for cells in head for cell in cells):
        for column in range(first, last + 1):
            above = names.setdefault(column, [])
            if text and text not in above:
                above.append(text)
    return {column: ", ".join(above).rstrip(":") for column, above in names.items()}


def _named(names: dict[int, str], first: int, last: int, text: str) -> str:
    name = names.get(first, "") if first == last else ""
    return f"{name}: {text}" if name else text


def _text(element: etree._Element) -> str:
    return lift_marks("".join(_strings(element)))[0]


def _strings(element: etree._Element) -> Iterator[str]:
    """The pieces of an element's text, a MARK for each note; a remark inside a line is set apart as the editor's."""
    if element.tag == "illustratie":
        yield PICTURE
    yield element.text or ""
    for child in element:
        said = MARK if child.tag == "noot" else "".join(_strings(child)) if child.tag not in _SKIP else ""
        if child.tag in _REMARKS and _stands_in_line(child):
            yield f" [Red: {squeeze(said)}]"
            yield " " if (child.tail or " ")[0].isalnum() else ""
        elif child.tag == "sup":
            yield said.translate(_RAISED)
        else:
            yield said if child.tag in _INLINE or said == MARK else f" {said} " if said else ""
        yield child.tail or ""


def _stands_in_line(remark: etree._Element) -> bool:
    parent = remark.getparent()
    return squeeze("".join(parent.itertext())) != squeeze("".join(remark.itertext()))


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
