"""References: complete in every format, read back without loss, and law as the Leidraad cites it."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
import rispy
from pybtex.database import parse_string

from corpus import Source, shipped
from corpus.register import read_register
from ui.messages import Messages
from ui.pandoc import pandoc
from ui.references import REFERENCE_FORMATS, csl_item, legal_reference, references_file

SOURCES = read_register(shipped() / "bronnen.yaml")
NL = Messages("nl")
_NAME = ("given", "dropping-particle", "non-dropping-particle", "family", "literal")


def record(**fields: Any) -> Source:
    return Source.model_validate({"id": "x", "title": "Een titel", "kind": "rapport"} | fields)


def people(item: dict[str, Any]) -> list[str]:
    return [" ".join(filter(None, (a.get(field) for field in _NAME))) for a in item.get("author", ())]


def known(source: Source) -> tuple[object, ...]:
    item = csl_item(source)
    return (item["title"], people(item), source.date, source.url, item.get("publisher"), item.get("page"))


def back(item: dict[str, Any]) -> tuple[object, ...]:
    parts = item.get("issued", {}).get("date-parts", [[]])[0]
    day = "-".join(f"{int(part):02}" for part in parts) or None
    pages = (item.get("page") or "").replace("–", "-") or None
    return (item["title"], people(item), day, item.get("URL"), item.get("publisher"), pages)


def test_ris_is_read_back_without_loss() -> None:
    """By pandoc, and by rispy for the day of a date and the type of a web page, which pandoc does not read."""
    text = references_file(SOURCES, "ris")
    items = json.loads(pandoc(text, "ris", "csljson"))
    entries = rispy.loads(text)
    assert {e["type_of_reference"] for e, s in zip(entries, SOURCES, strict=True) if s.kind == "webpagina"} == {"ELEC"}
    days = ["-".join(filter(None, entry.get("date", "").split("/"))) or None for entry in entries]
    assert days == [source.date for source in SOURCES]
    for source, item in zip(SOURCES, items, strict=True):
        title, authors, day, *rest = known(source)
        assert item["type"] == csl_item(source)["type"] or source.kind == "webpagina"  # pandoc does not know ELEC
        assert back(item) == (title, authors, str(day)[:4] if day else None, *rest)


def test_bibtex_is_read_back_by_pybtex_without_loss() -> None:
    entries = parse_string(references_file(SOURCES, "bibtex"), "bibtex").entries
    assert list(entries) == [source.id for source in SOURCES]
    types = {"rapport": "report", "verslag": "report", "samenvatting": "report", "artikel": "article"}
    for source in SOURCES:
        entry = entries[source.id]
        assert entry.type == types.get(source.kind, "legislation" if source.kind == "wet" else "online")
        assert entry.fields["title"].replace("{", "").replace("}", "") == source.short_title
        assert entry.fields.get("date") == source.date
        assert entry.fields.get("version") == source.toestand
        assert (entry.fields.get("url") or "").replace("\\", "") == (source.url or "")
        assert len(entry.persons.get("author", ())) == len(csl_item(source).get("author", ()))


def test_csl_json_is_read_back_by_pandoc_without_loss() -> None:
    items = json.loads(pandoc(references_file(SOURCES, "csl"), "csljson", "csljson"))
    assert [(item["type"], *back(item)) for item in items] == [(csl_item(s)["type"], *known(s)) for s in SOURCES]


@pytest.mark.parametrize("form", REFERENCE_FORMATS)
def test_a_source_named_twice_is_one_reference(form: str) -> None:
    text = references_file([SOURCES[0], SOURCES[0]], form)  # type: ignore[arg-type]
    assert StringIO(text).read().count(SOURCES[0].title) == 1


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("Lia van Doorn", {"family": "Doorn", "given": "Lia", "non-dropping-particle": "van"}),
        ("Jan Willem van der Berg", {"family": "Berg", "given": "Jan Willem", "non-dropping-particle": "van der"}),
        ("Emre Can", {"family": "Can", "given": "Emre"}),
        ("Platform31", {"literal": "Platform31"}),
        ("De Tussenvoorziening", {"literal": "De Tussenvoorziening"}),
        ("Gemeente Utrecht", {"literal": "Gemeente Utrecht"}),
        ("Raad voor de leefomgeving", {"literal": "Raad voor de leefomgeving"}),
    ],
)
def test_a_person_has_a_family_name_and_an_organisation_is_whole(author: str, name: dict[str, str]) -> None:
    assert csl_item(record(authors=[author]))["author"] == [name]


@pytest.mark.parametrize(
    ("fields", "italic", "text", "listed"),
    [
        (
            {"kind": "wet", "citeertitel": "Huisvestingswet 2014", "bwb_id": "BWBR0035303", "toestand": "2024-01-01"},
            "",
            "Huisvestingswet 2014, tekst van 1-1-2024",
            True,
        ),
        ({"issue": "Kamerstukken II 2015/16, 34442, nr. 3"}, "Kamerstukken II", " 2015/16, 34442, nr. 3", False),
        (
            {"issue": "Bijlage bij Kamerstukken I 2014/15, 33802, C"},
            "Bijlage bij Kamerstukken I",
            " 2014/15, 33802, C",
            False,
        ),
        ({"issue": "ECLI:NL:RVS:2020:12", "date": "2020-01-08"}, "", "ABRvS 8-1-2020, ECLI:NL:RVS:2020:12", True),
        ({"title": "Uitspraak ECLI:NL:RBMNE:2019:7"}, "", "Rb. Midden-Nederland 2019, ECLI:NL:RBMNE:2019:7", True),
    ],
)
def test_law_papers_of_parliament_and_judgments_follow_the_leidraad(
    fields: dict[str, Any], italic: str, text: str, listed: bool
) -> None:
    reference = legal_reference(record(**fields), NL)
    assert reference
    assert (reference.italic, reference.text, reference.listed) == (italic, text, listed)


def test_a_report_is_no_legal_reference() -> None:
    assert legal_reference(record(issue="nr. 3"), NL) is None
