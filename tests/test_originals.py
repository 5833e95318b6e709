"""Which text of a law is fetched, and how the folder of originals is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from law_server import LAST, LAW, TODAY, Publisher, fetch_law, nobody, path_of, publish_law, reason, serve, toestand
from pydantic import ValidationError

from corpus import Source, read_register, shipped
from corpus.bwb import FOREVER, find_manifest, in_force, read_manifest
from corpus.fetch import Web
from corpus.guard import FetchError
from corpus.originals import DOCUMENT_KINDS, Collection, Originals, UnknownSources, Wanted, plan
from ingest.readers.read import SUFFIXES


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    made = Publisher()
    with serve(made):
        publish_law(made)
        yield made


@pytest.mark.parametrize(
    ("day", "label"),
    [
        pytest.param("2015-11-29", "2015-11-29_0", id="first day of a window"),
        pytest.param("2023-12-31", "2015-11-29_0", id="last day of a window"),
        pytest.param("2024-01-01", "2024-01-01_1", id="two views: the one known today"),
        pytest.param("2024-04-01", "2024-01-01_1", id="a withdrawn text is passed over"),
        pytest.param(None, "2024-07-01_0", id="today"),
    ],
)
def test_the_text_in_force_on_a_day_is_fetched_as_it_is_known_today(
    publisher: Publisher, tmp_path: Path, day: str | None, label: str
) -> None:
    got = fetch_law(publisher, tmp_path, day)
    assert got.source.id == f"{LAW}_{label[:10]}"
    assert f"zicht {label}" in (tmp_path / f"{got.source.id}.xml").read_text(encoding="utf-8")
    assert (got.state, got.differs) == ("new", False)


def test_texts_of_one_law_stand_side_by_side_with_records_of_their_own(publisher: Publisher, tmp_path: Path) -> None:
    for day in ("2024-02-02", "2026-01-01", "2015-11-29"):
        fetch_law(publisher, tmp_path, day)
    records = read_register(tmp_path / "bronnen.yaml")
    assert [r.id for r in records] == [f"{LAW}_2024-01-01", f"{LAW}_2024-07-01", f"{LAW}_2015-11-29"]
    shipped_record = next(s for s in read_register(shipped() / "bronnen.yaml") if s.id == f"{LAW}_2024-01-01")
    assert records[0] == shipped_record.model_copy(update={"path": f"{LAW}_2024-01-01.xml"})
    made = records[1]
    assert (made.kind, made.bwb_id, made.toestand, made.date) == ("wet", LAW, "2024-07-01", "2014-06-04")
    assert made.title == "Wet van 4 juni 2014 (Huisvestingswet 2014)"
    assert made.url == f"https://wetten.overheid.nl/{LAW}/2024-07-01/0"
    assert made.note is None


def test_a_day_without_text_is_said_with_the_days_that_have_one(publisher: Publisher, tmp_path: Path) -> None:
    with pytest.raises(FetchError) as error:
        fetch_law(publisher, tmp_path, "2001-01-01")
    assert reason(error) == "no_text"
    assert error.value.values["first"] == dt.date(2015, 11, 29)
    assert not (tmp_path / "bronnen.yaml").exists()


def test_two_valid_texts_for_one_day_are_not_chosen_between(publisher: Publisher) -> None:
    windows = (("2015-11-29_0", "2023-12-31", LAST, "false"), ("2020-01-01_0", LAST, LAST, "false"))
    address = publish_law(publisher, windows=windows)
    expressions = read_manifest(publisher.files[urlsplit(address).path].body, address)
    assert in_force(expressions, LAW, dt.date(2024, 1, 1)).end == FOREVER
    with pytest.raises(FetchError) as error:
        in_force(expressions, LAW, dt.date(2021, 1, 1))
    assert reason(error) == "ambiguous"


def test_the_search_service_is_asked_as_it_wants_to_be(publisher: Publisher) -> None:
    services = publisher.services()
    with Web(services, 1_000_000) as web:
        found = find_manifest(web, services, LAW, TODAY)
        assert found == f"{publisher.base}/bwb/{LAW}/manifest.xml"
        assert find_manifest(web, services, "BWBR0000001", TODAY) is None


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(b"<searchRetrieveResponse><records>", "malformed", id="broken off"),
        pytest.param(b"<html/>", "malformed", id="something else"),
        pytest.param(b'<!DOCTYPE x [<!ENTITY a "b">]><searchRetrieveResponse>&a;</searchRetrieveResponse>', "malformed", id="entities"),
        pytest.param(b"<searchRetrieveResponse><locatie_manifest>https://elders.nl/m.xml</locatie_manifest></searchRetrieveResponse>", "foreign", id="address elsewhere"),
    ],
)  # fmt: skip
def test_a_search_answer_that_cannot_be_used_is_noted_and_the_repository_asked(
    publisher: Publisher, tmp_path: Path, answer: bytes, expected: str
) -> None:
    publisher.faults["/sru/Search"] = [lambda h, _: h.say(200, answer, {"Content-Type": "application/xml"})]
    services, originals = publisher.services(), Originals(tmp_path)
    with Web(services, 1_000_000) as web, originals.lock(1):
        collection = Collection(originals, (), web, services)
        for day in ("2024-02-02", "2026-01-01"):
            collection.fetch(Wanted(name=LAW, source=None, law=LAW, day=dt.date.fromisoformat(day)), nobody)
    assert [note.reason for note in collection.notes] == [expected]
    assert publisher.count("/sru/Search") == 1
    assert len(originals.records()) == 2


@pytest.mark.parametrize(
    "manifest",
    [
        b"<work><expression>",
        b"<ander/>",
        b'<work><expression label="../../x"><metadata><datum_inwerkingtreding>2020-01-01</datum_inwerkingtreding></metadata><manifestation label="xml"><item label="a.xml"/></manifestation></expression></work>',
        b'<work><expression label="2020-01-01_0"><metadata><datum_inwerkingtreding>gisteren</datum_inwerkingtreding></metadata><manifestation label="xml"><item label="BWBR0035303_2020-01-01_0.xml"/></manifestation></expression></work>',
    ],
    ids=["broken off", "no manifest", "a label that leaves its folder", "no day"],
)  # fmt: skip
def test_a_manifest_that_is_none_is_refused(manifest: bytes) -> None:
    with pytest.raises(FetchError) as error:
        read_manifest(manifest, "manifest.xml")
    assert reason(error) == "malformed"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(toestand("2024-07-01_0", law="BWBR0000001"), "other_text", id="another law"),
        pytest.param(toestand("2023-07-01_0"), "other_text", id="another day"),
        pytest.param(toestand("2024-07-01_0")[:-20], "malformed", id="cut short"),
    ],
)
def test_a_file_that_is_not_the_text_asked_for_is_not_kept(
    publisher: Publisher, tmp_path: Path, body: bytes, expected: str
) -> None:
    publisher.put(path_of("2024-07-01_0"), body)
    with pytest.raises(FetchError) as error:
        fetch_law(publisher, tmp_path)
    assert reason(error) == expected
    assert not list(tmp_path.glob("*.xml"))
    publish_law(publisher)
    assert fetch_law(publisher, tmp_path).state == "new"


def test_a_checksum_of_another_version_is_told_for_the_publisher_lets_them_lag(
    publisher: Publisher, tmp_path: Path
) -> None:
    publisher.put(path_of("2024-07-01_0"), toestand("2024-07-01_0", filling="<al>Hersteld.</al>"))
    got = fetch_law(publisher, tmp_path)
    assert got.differs
    assert got.state == "new"


# Not fetching again


def test_an_equal_file_is_not_fetched_again_but_a_damaged_one_is(publisher: Publisher, tmp_path: Path) -> None:
    held = tmp_path / f"{fetch_law(publisher, tmp_path).source.id}.xml"
    before = held.read_bytes()
    assert fetch_law(publisher, tmp_path).state == "unchanged"
    assert publisher.count(path_of("2024-07-01_0")) == 1
    held.write_bytes(before[:100])
    assert fetch_law(publisher, tmp_path).state == "changed"
    assert held.read_bytes() == before


def test_a_new_view_of_the_same_text_replaces_the_old_one(publisher: Publisher, tmp_path: Path) -> None:
    fetch_law(publisher, tmp_path)
    publish_law(
        publisher, windows=(("2024-07-01_0", LAST, "2026-01-01", "false"), ("2024-07-01_1", LAST, LAST, "false"))
    )
    got = fetch_law(publisher, tmp_path)
    assert (got.source.id, got.state) == (f"{LAW}_2024-07-01", "changed")
    assert "zicht 2024-07-01_1" in (tmp_path / str(got.source.path)).read_text(encoding="utf-8")
    assert len(read_register(tmp_path / "bronnen.yaml")) == 1


def test_a_document_is_asked_for_only_if_it_changed(publisher: Publisher, tmp_path: Path) -> None:
    url = publisher.put("/rapport", b"%PDF-1.7 een", "application/pdf; charset=binary")
    source = Source.model_validate({"id": "rapport", "title": "Rapport", "kind": "rapport", "url": url})
    services, originals = publisher.services(), Originals(tmp_path)
    states = []
    for body in (b"", b"", b"%PDF-1.7 twee", b"geen PDF"):
        if body:
            publisher.put("/rapport", body, "application/pdf")
        with Web(services, 1_000_000) as web, originals.lock(1):
            try:
                states.append(
                    Collection(originals, (), web, services).fetch(Wanted(name="rapport", source=source), nobody).state
                )
            except FetchError as error:
                states.append(error.reason)
    assert states == ["new", "unchanged", "changed", "not_pdf"]
    assert (tmp_path / "rapport.pdf").read_bytes() == b"%PDF-1.7 twee"


@pytest.mark.parametrize("media_type", DOCUMENT_KINDS)
def test_a_fetched_document_gets_a_name_that_ingest_reads(
    publisher: Publisher, tmp_path: Path, media_type: str
) -> None:
    url = publisher.put("/stuk", b"%PDF-1.7 tekst", media_type)
    source = Source.model_validate({"id": "stuk", "title": "Stuk", "kind": "rapport", "url": url})
    originals, services = Originals(tmp_path), publisher.services()
    with Web(services, 1_000_000) as web, originals.lock(1):
        got = Collection(originals, (), web, services).fetch(Wanted(name="stuk", source=source), nobody)
    assert Path(str(got.source.path)).suffix in SUFFIXES
    assert (tmp_path / str(got.source.path)).is_file()


def test_the_plan_fetches_each_law_once_and_a_dated_one_on_its_date() -> None:
    known = read_register(shipped() / "bronnen.yaml")
    whole = plan(known, [], None, TODAY)
    laws = [each.law for each in whole if each.law]
    assert len(laws) == len(set(laws)) == len({s.bwb_id for s in known if s.bwb_id})
    assert {each.day for each in whole if each.law} == {TODAY}
    assert not {each.name for each in whole} & {"begrippenlijst", "instrumentencatalogus"}
    assert plan(known, [f"{LAW}_2015-11-29"], None, TODAY)[0].day == dt.date(2015, 11, 29)
    assert plan(known, [f"{LAW}_2015-11-29"], TODAY, TODAY)[0].day == TODAY
    with pytest.raises(UnknownSources):
        plan(known, ["BWBR1"], None, TODAY)


def test_a_record_that_breaks_the_register_changes_nothing(tmp_path: Path) -> None:
    originals = Originals(tmp_path)
    originals.enter(Source.model_validate({"id": "a", "title": "A", "kind": "rapport", "date": "2024"}))
    before = originals.register.read_bytes()
    wrong = Source.model_construct(id="b", title="", kind="rapport")  # unchecked, as no code of ours makes it
    with pytest.raises((ValueError, ValidationError)):
        originals.enter(wrong)
    assert originals.register.read_bytes() == before


@pytest.mark.parametrize("media_type", ["text/html", "image/png", ""])
def test_another_content_type_is_refused_and_nothing_written(
    publisher: Publisher, tmp_path: Path, media_type: str
) -> None:
    publisher.files[path_of("2024-07-01_0")].media_type = media_type
    with pytest.raises(FetchError) as error:
        fetch_law(publisher, tmp_path)
    assert reason(error) == "type"
    assert not list(tmp_path.glob("*.xml"))
