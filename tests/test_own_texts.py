"""What we wrote: valid by schema, and every place, number and article reference right in the originals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from conftest import ORIGINALS, needs_originals

from corpus import RegisterError, read_register, shipped
from corpus.instruments import read_catalogue
from corpus.place import Place
from corpus.skos import to_turtle
from corpus.terms import read_glossary
from ingest.document import Block, Document
from ingest.readers.digest import read_digest
from ingest.readers.read import read_file

CATALOGUE = shipped() / "instrumenten.yaml"
GLOSSARY = shipped() / "begrippen.yaml"
DIGESTS = sorted((shipped() / "samenvattingen").glob("*.md"))
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


# --- schema ---------------------------------------------------------------------------------------


def test_the_catalogue_has_its_instruments_and_every_statement_a_place() -> None:
    catalogue = read_catalogue(CATALOGUE)
    assert len(catalogue.instruments) >= 40
    assert all(statement.at for i in catalogue.instruments for statement in i.statements())
    assert {i.domain for i in catalogue.instruments} == {"fysiek", "sociaal", "economisch", "juridisch", "proces"}


def test_the_glossary_has_its_terms_in_both_languages() -> None:
    glossary = read_glossary(GLOSSARY)
    assert len(glossary.terms) >= 150
    for language in ("nl", "en"):
        labels = [getattr(term.label, language) for term in glossary.terms]
        assert len(set(labels)) == len(labels)


def test_the_digests_are_long_enough_and_every_source_has_one() -> None:
    words = sum(len(_body(path).split()) for path in DIGESTS)
    laws = {s.bwb_id for s in read_register(shipped() / "bronnen.yaml") if s.bwb_id}
    digests = {path.stem for path in DIGESTS}
    assert words >= 14_000
    assert {s.id for s in read_register(shipped() / "bronnen.yaml") if not s.bwb_id and not s.path} <= digests
    assert laws == {name.split("_")[0] for name in digests if name.startswith("BWB")}


def _body(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    return " ".join(line for line in lines if not line.startswith((">", "#", "---", "source:", "title:", "language:")))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("aims: []\nrisks: []\ninstruments: [{id: a}]", "name", id="field missing"),
        pytest.param("aims: []\nrisks: []\ninstruments: []\nmeer: 1", "meer", id="unknown field"),
    ],
)
def test_a_wrong_catalogue_names_the_field(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "instrumenten.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RegisterError, match=said):
        read_catalogue(path)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # skosify leaves its file open
def test_the_glossary_exports_as_skos_without_errors(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    skosify = pytest.importorskip("skosify")
    path = tmp_path / "begrippen.ttl"
    path.write_text(to_turtle(read_glossary(GLOSSARY)), encoding="utf-8")
    caplog.clear()
    with caplog.at_level("WARNING"):
        checked = skosify.skosify(str(path))
    assert len(checked) > 5_000
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


# --- against the originals ------------------------------------------------------------------------


@cache
def originals() -> dict[str, Document]:
    return {
        source.id: read_file(source, ORIGINALS / source.path, (ORIGINALS / source.path).read_bytes())
        for source in read_register(ORIGINALS / "bronnen.yaml")
        if source.path
    }


def key(heading: str) -> str:
    return re.sub(r"\W", "", heading).lower()


def blocks_at(place: Place, page_end: int | None = None) -> list[Block]:
    """Blocks of the original that stand at a place."""
    return [block for block in originals()[place.source].blocks if _stands(block, place, page_end)]


def _stands(block: Block, place: Place, page_end: int | None) -> bool:
    here = block.locator
    if place.article:
        lids = {lid for part in (place.paragraph or "").split(",") for lid in _run(part)}
        return here.article in set(_articles(place)) and (not lids or here.paragraph in lids or here.paragraph is None)
    if place.page:
        last = page_end or place.page
        return here.page is not None and here.page <= last and (here.page_end or here.page) >= place.page
    return True


def _articles(place: Place) -> Iterator[str]:
    """The articles of "8", of "8,9" or of the run "8-10", in the order of the law."""
    order = list(dict.fromkeys(b.locator.article for b in originals()[place.source].blocks if b.locator.article))
    for part in (place.article or "").split(","):
        first, _, last = part.strip().partition("-")
        if last and first in order and last in order:
            yield from order[order.index(first) : order.index(last) + 1]
        else:
            yield first


def _run(part: str) -> list[str]:
    first, _, last = part.strip().partition("-")
    if first.isdigit() and last.isdigit():
        return [str(n) for n in range(int(first), int(last) + 1)]
    return [first] if first else []


def has_section(place: Place) -> bool:
    if place.section is None:
        return True
    wanted = key(place.section)
    headings = [key(h) for b in originals()[place.source].blocks for h in b.locator.section]
    return any(heading == wanted or heading.startswith(wanted) or wanted.startswith(heading) for heading in headings)


@needs_originals
def test_every_place_of_catalogue_and_glossary_exists() -> None:
    instruments = read_catalogue(CATALOGUE).instruments
    places = [place for i in instruments for statement in i.statements() for place in statement.at]
    places += [place for term in read_glossary(GLOSSARY).terms for place in term.at]
    lost = [place for place in places if not blocks_at(place) or not has_section(place)]
    notes = [p for p in places if p.note and not any(b.locator.note == p.note for b in originals()[p.source].blocks)]
    assert not lost
    assert not notes


@needs_originals
@pytest.mark.parametrize("path", DIGESTS, ids=lambda path: path.stem)
def test_every_number_of_a_digest_stands_at_the_place_that_its_paragraph_names(path: Path) -> None:
    source = {s.id: s for s in read_register(shipped() / "bronnen.yaml")}[path.stem]
    digest = read_digest(source, path.read_text(encoding="utf-8"))
    wrong = []
    for block in digest.blocks:
        if block.kind in ("heading", "gist"):
            continue
        place = block.locator
        at = Place(source=block.about or source.id, page=place.page, article=place.article, paragraph=place.paragraph)
        found = blocks_at(at, place.page_end)
        notes = [b for b in originals()[at.source].blocks if b.locator.note in block.notes]
        text = " ".join([b.text + " " + " ".join(b.notes) for b in (*found, *notes)])
        lids = [b.locator.paragraph or "" for b in found]
        named = [
            *lids,
            *_articles(at),
            *_run(place.paragraph or ""),
            *block.notes,
            *re.findall(r"\d+", place.paragraph or ""),
        ]
        facts = _published(at) if block.locator.article is None else ""
        record = originals()[at.source].source.model_dump(include={"title", "date", "toestand", "issue", "pages"})
        held = set(NUMBER.findall(" ".join([text, *named, *_headings(found)])))
        held |= {form for n in NUMBER.findall(f"{record} {facts}") for form in (n, n.lstrip("0"))}
        wrong += [(number, block.text[:80]) for number in NUMBER.findall(block.text) if number not in held]
        if not found or len(notes) < len(set(block.notes)):
            wrong.append(("no such place", f"{at} {block.notes}"))
    assert not wrong


def _published(place: Place) -> str:
    """What the XML of a law says of its publication and entry into force, for a remark on the law as a whole."""
    path = ORIGINALS / str(originals()[place.source].source.path)
    if path.suffix != ".xml":
        return ""
    return " ".join(re.findall(r'(?:bron|inwerking)="([^"]+)"', path.read_text(encoding="utf-8"))).replace("-", " ")


def _headings(blocks: list[Block]) -> list[str]:
    return [heading for block in blocks for heading in block.locator.section]
