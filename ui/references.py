"""Sources as references: CSL-JSON, RIS and BibTeX for Zotero, and the legal forms that APA does not have.

Law, Kamerstukken and case law follow the Leidraad voor juridische auteurs; all else is APA-7 by its own CSL style.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import rispy

from corpus import Source
from ui.messages import Messages
from ui.pandoc import pandoc
from ui.places import day_text

ReferenceFormat = Literal["ris", "bibtex", "csl"]
REFERENCE_FORMATS: tuple[ReferenceFormat, ...] = get_args(ReferenceFormat)

_CSL_TYPES = {
    "rapport": "report",
    "verslag": "report",
    "samenvatting": "report",
    "artikel": "article-journal",
    "webpagina": "webpage",
    "wet": "legislation",
}
_RIS_TYPES = {
    "report": "RPRT",
    "article-journal": "JOUR",
    "webpage": "ELEC",
    "legislation": "STAT",
    "legal_case": "CASE",
}
_PARTICLES = frozenset("van von de den der het ten ter te in ’t 't op aan la le du del da dos".split())
_BODIES = frozenset(  # an author that begins with one of these is no person
    "De Het Gemeente Provincie Ministerie Hogeschool Universiteit Raad Rijksdienst Inspectie Stichting".split()
)
_KAMERSTUK = re.compile(r"(?:Bijlage bij )?(?:Kamerstukken|Handelingen) (?:I|II)\b.*")
_ECLI = re.compile(r"ECLI:NL:([A-Z]{2,8}):(\d{4}):[A-Z0-9.]{1,25}")
_COURTS = {
    "HR": "HR",
    "PHR": "Concl. P-G",
    "RVS": "ABRvS",
    "CRVB": "CRvB",
    "CBB": "CBb",
    "GHAMS": "Hof Amsterdam",
    "GHARL": "Hof Arnhem-Leeuwarden",
    "GHDHA": "Hof Den Haag",
    "GHSHE": "Hof ’s-Hertogenbosch",
    "RBAMS": "Rb. Amsterdam",
    "RBDHA": "Rb. Den Haag",
    "RBGEL": "Rb. Gelderland",
    "RBLIM": "Rb. Limburg",
    "RBMNE": "Rb. Midden-Nederland",
    "RBNHO": "Rb. Noord-Holland",
    "RBNNE": "Rb. Noord-Nederland",
    "RBOBR": "Rb. Oost-Brabant",
    "RBOVE": "Rb. Overijssel",
    "RBROT": "Rb. Rotterdam",
    "RBZWB": "Rb. Zeeland-West-Brabant",
}


@dataclass(frozen=True, slots=True)
class LegalReference:
    """A reference in the form of the Leidraad; `italic` is its first part, in italics, `listed` if a list names it."""

    italic: str
    text: str
    listed: bool


def legal_reference(source: Source, messages: Messages) -> LegalReference | None:
    """How the Leidraad cites a law, a Kamerstuk or a judgment as a whole; None for any other source.

    A Kamerstuk has its citation in `issue`; a judgment has its ECLI in `issue`, title or address.
    """
    if source.kind == "wet":
        name = f"{source.short_title} ({source.afkorting})" if source.afkorting else source.short_title
        if not source.toestand:
            return LegalReference("", name, listed=True)
        stand = messages("place.toestand", date=day_text(source.toestand, messages))
        return LegalReference("", f"{name}, {stand}", listed=True)
    if source.issue and _KAMERSTUK.fullmatch(source.issue):
        series = re.match(r"(?:Bijlage bij )?(?:Kamerstukken|Handelingen) (?:II|I)", source.issue)
        italic = series[0] if series else ""
        return LegalReference(italic, source.issue[len(italic) :], listed=False)
    if ecli := _ecli(source):
        court = _COURTS.get(ecli[1], ecli[1])
        day = day_text(source.date, messages) if source.date else ecli[2]
        return LegalReference("", f"{court} {day}, {ecli[0]}", listed=True)
    return None


def _ecli(source: Source) -> re.Match[str] | None:
    return _ECLI.search(" ".join((source.issue or "", source.title, source.url or "")))


def authors_of(source: Source) -> tuple[str, ...]:
    """Who answers for a source: its authors, else its publisher, else those who contributed."""
    return source.authors or ((source.publisher,) if source.publisher else source.contributors)


def csl_item(source: Source) -> dict[str, Any]:
    """A source as an item of CSL-JSON, id and type always filled."""
    authors = authors_of(source)
    kind = "legal_case" if _ecli(source) else _CSL_TYPES[source.kind]
    item: dict[str, Any] = {
        "id": source.id,
        "type": kind,
        "title": source.short_title,
        "language": "nl-NL" if source.language == "nl" else "en-GB",
    }
    if kind not in ("legislation", "legal_case") and authors:
        item["author"] = [_name(author) if author in source.authors else {"literal": author} for author in authors]
    holder = "container-title" if kind == "article-journal" else "publisher"
    if source.publisher and ("author" not in item or source.publisher not in authors):
        item[holder] = source.publisher
    if source.date:
        item["issued"] = {"date-parts": [[int(part) for part in source.date.split("-")]]}
    optional = {
        "issue" if kind == "article-journal" else "number": source.issue,
        "page": source.pages,
        "number-of-pages": str(source.page_count) if source.page_count and not source.pages else None,
        "URL": source.url,
        "version": source.toestand,
    }
    return item | {field: value for field, value in optional.items() if value}


def _name(author: str) -> dict[str, str]:
    """A person as given name, particle and family name; an organisation as it is written."""
    words = author.split()
    first = next((n for n, word in enumerate(words) if n and word in _PARTICLES), len(words) - 1)
    given, last = words[:first], words[first:]
    particles = [word for word in last[:-1] if word in _PARTICLES]
    family = last[len(particles) :]
    names = (*given, *family)
    if len(words) < 2 or words[0] in _BODIES or not all(name[0].isupper() for name in names):
        return {"literal": author}
    name = {"family": " ".join(family), "given": " ".join(given)}
    return name | ({"non-dropping-particle": " ".join(particles)} if particles else {})


def references_file(sources: Iterable[Source], form: ReferenceFormat) -> str:
    """The sources in a format that Zotero reads, each once."""
    unique = list({source.id: source for source in sources}.values())
    items = [csl_item(source) for source in unique]
    if form == "csl":
        return json.dumps(items, indent=1, ensure_ascii=False) + "\n"
    if form == "bibtex":
        return pandoc(json.dumps(items), "csljson", "biblatex").decode()
    return str(
        rispy.dumps([_ris(source, item) for source, item in zip(unique, items, strict=True)], implementation=_RisWriter)
    )


class _RisWriter(rispy.RisWriter):  # type: ignore[misc]  # rispy has no types
    """Records without the number that rispy sets above each."""

    def set_header(self, count: int) -> str:
        return ""


def _ris(source: Source, item: dict[str, Any]) -> dict[str, Any]:
    """A source as RIS fields, by the names that rispy gives them."""
    parts: Sequence[int] = item.get("issued", {}).get("date-parts", [[]])[0]
    first, _, last = (source.pages or "").partition("-")
    fields = {
        "type_of_reference": _RIS_TYPES[item["type"]],
        "id": source.id,
        "title": item["title"],
        "authors": [_ris_name(name) for name in item.get("author", ())],
        "secondary_title": item.get("container-title"),
        "publisher": item.get("publisher"),
        "year": str(parts[0]) if parts else None,
        "date": "/".join([*(f"{part:02}" for part in parts), "", "", ""][:4]) if parts else None,
        "number": source.issue,
        "start_page": first,
        "end_page": last,
        "edition": source.toestand,
        "language": item["language"],
        "urls": [source.url] if source.url else None,
    }
    return {name: value for name, value in fields.items() if value}


def _ris_name(name: dict[str, str]) -> str:
    """ "Family, Given" with the particle before the family name; a comma of an organisation's own would split it."""
    if "literal" in name:
        return name["literal"]
    particle = name.get("non-dropping-particle")
    return f"{particle + ' ' if particle else ''}{name['family']}, {name['given']}"
