"""The REST interface: what it gives, how it says what is wrong, and what it lets through."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import ROOT, copy_of, embedder
from serving import Server
from starlette.testclient import TestClient

from ingest.index.generation import DataFolder
from ui.api.app import server_app
from ui.api.problems import language_of_request
from ui.messages import catalogue
from ui.metrics import MeasuredEngine
from ui.settings import Settings, WrongSettings, load_settings

API = "/api/v1"
TOKEN = "een-geheim-van-twintig"
QUESTION = {"question": "Wat is publieke familiariteit?"}


@pytest.fixture(scope="module")
def engine(own_data: DataFolder) -> Iterator[MeasuredEngine]:
    with MeasuredEngine(own_data, lambda: embedder(own_data)) as engine:
        yield engine


def client_of(engine: MeasuredEngine, data: Path, peer: str = "10.0.0.9", **settings: Any) -> TestClient:
    app = server_app(engine, Settings(data=data, **settings))
    return TestClient(app, client=(peer, 4000), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def client(engine: MeasuredEngine, own_data: DataFolder) -> TestClient:
    return client_of(engine, own_data.root, requests_per_minute=10_000)


# --- asking -----------------------------------------------------------------------------------


def test_an_answer_is_the_published_contract(client: TestClient) -> None:
    answer = client.post(f"{API}/ask", json=QUESTION).json()
    jsonschema.validate(answer, json.loads((ROOT / "docs" / "answer.schema.json").read_text(encoding="utf-8")))
    assert answer["answered"]
    cited = answer["citations"][0]
    found = client.get(f"{API}/passages/{cited['passage_id']}").json()["passage"]
    assert found["text"] == cited["passage"]
    assert cited["quote"] in found["text"]


def test_a_stream_gives_the_passages_and_then_the_same_answer(client: TestClient) -> None:
    with client.stream("POST", f"{API}/ask/stream", json=QUESTION) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        events = [event.split("\n", 1) for event in response.read().decode().strip().split("\n\n")]
    told = {name.removeprefix("event: "): json.loads(data.removeprefix("data: ")) for name, data in events}
    assert list(told) == ["passages", "answer"]
    whole = client.post(f"{API}/ask", json=QUESTION).json()
    assert {**told["answer"], "timings_ms": {}} == {**whole, "timings_ms": {}}
    assert told["passages"]["passages"] == whole["passages"]


def test_an_answer_that_takes_too_long_is_given_up(
    engine: MeasuredEngine, own_data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "ask", lambda *_, **__: time.sleep(0.5))
    response = client_of(engine, own_data.root, answer_seconds=0.1).post(f"{API}/ask", json=QUESTION)
    assert response.status_code == 503
    assert response.headers["retry-after"]
    assert response.json()["type"] == "urn:mengpaneel:problem:too-slow"


def test_search_keeps_to_its_filters(client: TestClient) -> None:
    found = client.get(f"{API}/search", params={"q": "verdringing", "k": 5, "source": "begrippenlijst"}).json()
    assert 0 < len(found["passages"]) <= 5
    assert {passage["source_id"] for passage in found["passages"]} == {"begrippenlijst"}


# --- the knowledge base -----------------------------------------------------------------------


@pytest.mark.parametrize("path", ["sources", "instruments", "terms"])
def test_pages_lead_through_the_whole_list_without_gap_or_double(client: TestClient, path: str) -> None:
    ids: list[str] = []
    offset: int | None = 0
    while offset is not None:
        page = client.get(f"{API}/{path}", params={"offset": offset, "limit": 37}).json()
        ids += [item["id"] for item in page["items"]]
        offset = page["next_offset"]
    assert len(ids) == len(set(ids)) == page["total"]


def test_passages_of_a_source_are_the_neighbours_of_one_another(client: TestClient) -> None:
    source = "kennisfundament-gemengde-wijken"
    page = client.get(f"{API}/sources/{source}/passages", params={"form": "digest", "offset": 3, "limit": 3}).json()
    first, middle, last = (item["id"] for item in page["items"])
    around = client.get(f"{API}/passages/{middle}").json()
    assert [around["before"][0]["id"], around["passage"]["id"], around["after"][0]["id"]] == [first, middle, last]
    assert around["before"][0]["end"] <= around["passage"]["start"]


def test_the_first_and_last_passage_have_no_neighbour_in_another_source(client: TestClient) -> None:
    held = client.get(f"{API}/sources/begrippenlijst").json()["held"][0]
    page = client.get(
        f"{API}/sources/begrippenlijst/passages", params={"form": held["form"], "offset": held["passages"] - 1}
    ).json()
    assert len(page["items"]) == 1
    around = client.get(f"{API}/passages/{page['items'][0]['id']}", params={"around": 5}).json()
    assert len(around["before"]) == 5
    assert not around["after"]
    assert {passage["source_id"] for passage in around["before"]} == {"begrippenlijst"}


def test_instruments_are_found_by_all_conditions_at_once(client: TestClient) -> None:
    asked = {
        "aim": "menging",
        "risk": "verdringing",
        "relation": "kan_veroorzaken",
        "domain": "fysiek",
        "actor": "gemeente",
    }
    found = client.get(f"{API}/instruments", params=asked).json()["items"]
    assert found
    for instrument in found:
        links = {(link["target"], link["relation"]) for link in instrument["relations"]}
        assert {("menging", "dient"), ("verdringing", "kan_veroorzaken")} <= links
        assert instrument["domain"] == "fysiek"
        assert "gemeente" in instrument["actors"]


def test_a_term_is_found_by_any_of_its_names(client: TestClient) -> None:
    found = client.get(f"{API}/terms", params={"q": "DISPLACEMENT"}).json()["items"]
    assert "verdringing" in {term["id"] for term in found}
    assert client.get(f"{API}/terms/verdringing").json()["label"]["en"] == "displacement"


@pytest.fixture(scope="module")
def law_client(own_data: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Two texts of one small law."""
    folder = tmp_path_factory.mktemp("laws")
    texts = {"2015-01-01": "De raad kan een gebied aanwijzen.", "2020-01-01": "De raad wijst een gebied aan."}
    records = []
    for day, text in texts.items():
        (folder / f"{day}.md").write_text(
            f"##Menswet\n\n### Artikel  1\n\n1.  {text}\n\n2.  Dit lid blijft.\n\n### Artikel  2\n\nDeze wet heet Menswet.\n",
            encoding="utf-8",
        )
        records.append(
            f"- id: menswet-{day}\n  title: Menswet\n  kind: wet\n  citeertitel: Menswet\n  afkorting: Mw\n"
            f"  bwb_id: BWBR0099999\n  toestand: '{day}'\n  path: {day}.md\n"
        )
    (folder / "bronnen.yaml").write_text("documenten:\n" + "".join(records), encoding="utf-8")
    data = copy_of(own_data, folder / "data", folder)
    with MeasuredEngine(data, lambda: embedder(data)) as engine:
        yield client_of(engine, data.root)


def test_an_article_is_given_as_it_stood_and_what_changed_word_by_word(law_client: TestClient) -> None:
    law = f"{API}/laws/Mw"
    old = law_client.get(f"{law}/articles/1", params={"date": "2016-05-01"}).json()
    new = law_client.get(f"{law}/articles/1").json()
    assert old["toestand"], new["toestand"] == ("2015-01-01", "2020-01-01")
    assert "kan een gebied" in old["text"][0]["text"]
    assert "wijst een gebied" in new["text"][0]["text"]
    changed = law_client.get(f"{law}/changes", params={"since": "2016-05-01"}).json()
    assert [(item["article"], item["change"]) for item in changed["items"]] == [("1", "changed")]
    words = changed["items"][0]["lids"][0]["words"]
    assert {"op": "out", "text": "kan"} in words
    assert law_client.get(f"{API}/laws").json()["items"][0]["toestanden"] == ["2015-01-01", "2020-01-01"]
    assert law_client.get(f"{law}/articles", params={"limit": 1}).json()["next_offset"] == 1
    early = law_client.get(f"{law}/articles/1", params={"date": "2001-01-01"})
    assert (early.status_code, early.json()["type"]) == (404, "urn:mengpaneel:problem:no-law")
    assert law_client.get(f"{law}/articles/77").status_code == 404


# --- export ---


@pytest.mark.parametrize(
    ("form", "beginning"), [("docx", b"PK"), ("odt", b"PK"), ("md", b"# Wat is publieke"), ("html", b"<h1")]
)
def test_an_answer_is_exported_as_a_document_with_its_sources(client: TestClient, form: str, beginning: bytes) -> None:
    response = client.post(f"{API}/export/answer", params={"format": form}, json=QUESTION)
    assert response.status_code == 200, response.text
    assert response.content.startswith(beginning)
    if form == "docx":
        with zipfile.ZipFile(io.BytesIO(response.content)) as document:
            assert b"WijkWijzer" in document.read("word/footnotes.xml")


@pytest.mark.parametrize(("form", "mark"), [("csl", '"id"'), ("ris", "TY  - "), ("bibtex", "@")])
def test_sources_are_exported_as_references(client: TestClient, form: str, mark: str) -> None:
    whole = client.get(f"{API}/export/sources", params={"format": form})
    one = client.get(f"{API}/export/sources", params={"format": form, "source": "kennisfundament-gemengde-wijken"})
    assert mark in one.text
    assert len(one.text) < len(whole.text)
    assert client.get(f"{API}/export/sources", params={"source": "nee"}).status_code == 404


# --- versions ---------------------------------------------------------------------------------


def test_what_was_held_before_is_not_sent_again_until_the_corpus_changes(client: TestClient) -> None:
    first = client.get(f"{API}/terms")
    again = client.get(f"{API}/terms", headers={"if-none-match": f'"else", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert client.get(f"{API}/terms", headers={"if-none-match": '"older"'}).status_code == 200
    assert client.get(f"{API}/terms/nee", headers={"if-none-match": first.headers["etag"]}).status_code == 404


# --- what is wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "name"),
    [
        ("GET", "/sources/nee", None, 404, "no-such"),
        ("GET", "/passages/nee", None, 404, "no-such"),
        ("GET", "/instruments/nee", None, 404, "no-such"),
        ("GET", "/terms/nee", None, 404, "no-such"),
        ("GET", "/laws/nee/articles", None, 404, "no-law"),
        ("GET", "/sources/begrippenlijst/passages?form=original", None, 404, "no-such"),
        ("GET", "/nergens", None, 404, "not-found"),
        ("GET", "/laws/a%0Ab/articles", None, 404, "not-found"),
        ("DELETE", "/sources", None, 405, "method"),
        ("GET", "/sources?limit=0", None, 422, "invalid"),
        ("GET", "/search?q=x&date=2016-02-31", None, 422, "invalid"),
        ("GET", "/search?q=x&source=nee", None, 404, "filter"),
        ("POST", "/ask", {"question": ""}, 422, "invalid"),
        ("POST", "/ask", {"question": "x" * 2001}, 422, "invalid"),
        ("POST", "/ask", {"question": "\ud800"}, 422, "invalid"),
        ("POST", "/ask", {"question": "x", "onbekend": 1}, 422, "invalid"),
        ("POST", "/ask", {"question": "x", "sources": ["nee"]}, 404, "filter"),
        ("POST", "/ask", {"question": "x" * 150_000}, 413, "too-large"),
        ("POST", "/export/memo", {"title": "x", "items": [{"text": "y" * 2_000_000}]}, 413, "too-large"),
        ("POST", "/export/memo", {"title": "x", "items": [{"question": "Wat?"}]}, 422, "invalid"),
        ("POST", "/export/memo", {"title": "x", "items": [{"quote": "x", "source": "nee"}]}, 422, "memo"),
        ("POST", "/lesson", {"subject": "instrument", "name": "toverstaf"}, 422, "lesson"),
        ("POST", "/lesson", {"subject": "theme", "name": " "}, 422, "invalid"),
    ],
)
def test_errors_are_problem_details(
    client: TestClient, method: str, path: str, body: dict[str, Any] | None, status: int, name: str
) -> None:
    content = json.dumps(body).encode() if body else None
    response = client.request(method, API + path, content=content, headers={"content-type": "application/json"})
    problem = response.json()
    assert (response.status_code, problem["status"]) == (status, status)
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["type"] == f"urn:mengpaneel:problem:{name}"
    assert bool(problem["errors"]) == (name == "invalid")
    assert f"api.problem.{name.replace('-', '_')}.detail" in catalogue()


def test_a_body_that_is_no_text_is_a_problem_too(client: TestClient) -> None:
    response = client.post(f"{API}/ask", content=b"\xff/D2b", headers={"content-type": "application/json"})
    assert (response.status_code, response.json()["type"]) == (400, "urn:mengpaneel:problem:unreadable")


def test_a_large_request_that_hides_its_length_is_cut_off(client: TestClient) -> None:
    response = client.post(f"{API}/ask", content=(b"x" * 10_000 for _ in range(20)))
    assert (response.status_code, response.json()["status"]) == (413, 413)


def test_problems_are_told_in_the_language_asked_for(client: TestClient) -> None:
    dutch, english = (
        client.get(f"{API}/sources?limit=0", headers={"accept-language": language}).json()
        for language in ("nl-NL,en;q=0.5", "en-GB,nl;q=0.5")
    )
    assert dutch["title"] == "Het verzoek klopt niet"
    assert english["title"] == "The request is not valid"
    assert english["errors"] == [
        {"place": "query.limit", "code": "greater_than_equal", "message": "is too small; at least 1"}
    ]


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "nl"), ("en", "en"), ("de, en;q=0.3", "en"), ("en;q=0.3, nl;q=0.4", "nl"), ("en;q=veel", "nl"), ("*", "nl")],
)
def test_the_language_is_the_one_liked_best(header: str, language: str) -> None:
    assert language_of_request({"accept-language": header}) == language


def test_a_fault_of_ours_tells_nothing_of_itself(
    engine: MeasuredEngine, own_data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(engine, "ask", broken)
    response = client_of(engine, own_data.root).post(f"{API}/ask", json=QUESTION)
    assert response.status_code == 500
    assert response.json()["type"] == "urn:mengpaneel:problem:failed"
    assert "secret" not in response.text


# --- the door ---------------------------------------------------------------------------------


def test_a_flood_of_one_client_is_held_back_and_others_are_not(engine: MeasuredEngine, own_data: DataFolder) -> None:
    client = client_of(engine, own_data.root, requests_per_minute=3, trusted_proxies="10.0.0.0/24")

    def ask_as(address: str) -> Any:
        return client.get(f"{API}/aims", headers={"x-forwarded-for": f"spoofed, {address}"})

    assert [ask_as("1.1.1.1").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert 1 <= int(ask_as("1.1.1.1").headers["retry-after"]) <= 60
    assert ask_as("2.2.2.2").status_code == 200
    assert client.get(f"{API}/health").status_code == 200


def test_forwarded_headers_of_strangers_are_not_believed(engine: MeasuredEngine, own_data: DataFolder) -> None:
    client = client_of(
        engine,
        own_data.root,
        "6.6.6.6",
        requests_per_minute=2,
        trusted_proxies="10.0.0.0/24",
        login_header="X-Gebruiker",
    )
    headers = {"x-forwarded-for": "10.0.0.1", "x-gebruiker": "anna"}
    assert client.get(f"{API}/aims", headers=headers).status_code == 401


def test_with_a_login_header_only_the_proxy_opens_the_door(engine: MeasuredEngine, own_data: DataFolder) -> None:
    client = client_of(engine, own_data.root, trusted_proxies="10.0.0.0/24", login_header="X-Gebruiker")
    assert client.get(f"{API}/aims").status_code == 401
    assert client.get(f"{API}/aims", headers={"x-gebruiker": "anna"}).status_code == 200
    assert client.get("/embed.js").status_code == 401
    assert client.get(f"{API}/health").status_code == 200
    assert client.get("/metrics").status_code == 200


def test_other_origins_are_answered_only_when_named(engine: MeasuredEngine, own_data: DataFolder) -> None:
    origin = "https://intranet.example"
    asked = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    off, on = client_of(engine, own_data.root), client_of(engine, own_data.root, cors_origins=origin)
    assert "access-control-allow-origin" not in off.options(f"{API}/ask", headers=asked).headers
    assert "access-control-allow-origin" not in off.get(f"{API}/aims", headers={"origin": origin}).headers
    assert on.options(f"{API}/ask", headers=asked).headers["access-control-allow-origin"] == origin
    other = on.get(f"{API}/aims", headers={"origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers


def test_only_the_names_set_are_answered_to(engine: MeasuredEngine, own_data: DataFolder) -> None:
    client = client_of(engine, own_data.root, hosts="kennis.example")
    assert client.get(f"{API}/aims", headers={"host": "kennis.example"}).status_code == 200
    assert client.get(f"{API}/aims", headers={"host": "evil.example"}).status_code == 400


def test_figures_count_answers_and_name_the_index_but_hold_no_question(
    engine: MeasuredEngine, own_data: DataFolder
) -> None:
    client = client_of(engine, own_data.root)
    count = 'mengpaneel_questions_total{outcome="answered"} '
    before = float(client.get("/metrics").text.partition(count)[2].split()[0])
    client.post(f"{API}/ask", json=QUESTION)
    client.post(f"{API}/ask", json={"question": "Hoe bak ik een appeltaart?"})
    figures = client.get("/metrics").text
    assert float(figures.partition(count)[2].split()[0]) == before + 1
    assert f'generation="{engine.manifest.id}"' in figures
    assert 'mengpaneel_requests_total{door="rest",status="200"}' in figures
    assert "familiariteit" not in figures
    assert "appeltaart" not in figures


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("api_token", "te-kort", "api_token"),
        ("cors_origins", "https://intranet.example/pad", "intranet.example/pad"),
        ("trusted_proxies", "nginx", "nginx"),
        ("requests_per_minute", "0", "requests_per_minute"),
    ],
)
def test_a_wrong_setting_is_refused_and_a_secret_is_not_shown(name: str, value: str, shown: str) -> None:
    with pytest.raises(WrongSettings, match=shown) as refused:
        load_settings(**{name: value})
    assert "te-kort" not in str(refused.value)


# --- adding a document ------------------------------------------------------------------------


def test_a_document_is_added_with_the_token_and_can_then_be_asked_about(own_data: DataFolder, tmp_path: Path) -> None:
    data = copy_of(own_data, tmp_path / "data")
    fields = {"title": "Zwaluwstaart", "kind": "verslag", "date": "2024", "id": "zwaluw"}
    file = {
        "file": (
            "zwaluw.md",
            b"# Zwaluwstaart\n\nDe zwaluwstaartregeling geldt in de Ooievaarsbuurt.\n",
            "text/markdown",
        )
    }
    with MeasuredEngine(data, lambda: embedder(data)) as engine:
        closed, client = client_of(engine, data.root), client_of(engine, data.root, api_token=TOKEN)
        bearer = {"authorization": f"Bearer {TOKEN}"}
        assert closed.post(f"{API}/documents", data=fields, files=file).status_code == 401
        assert closed.post(f"{API}/documents", data=fields, files=file, headers=bearer).status_code == 403
        assert client.post(f"{API}/documents", data=fields, files=file).status_code == 401
        wrong = client.post(f"{API}/documents", data=fields, files=file, headers={"authorization": b"Bearer \xe9"})
        assert (wrong.status_code, wrong.headers["www-authenticate"]) == (401, "Bearer")
        before = client.get(f"{API}/aims").headers["etag"]
        job = client.post(f"{API}/documents", data=fields, files=file, headers=bearer)
        assert job.status_code == 202
        ended = client.get(f"{API}/documents/{job.json()['id']}", headers=bearer).json()
        assert ended == {"id": job.json()["id"], "state": "done", "detail": None}
        found = client.get(f"{API}/search", params={"q": "zwaluwstaartregeling", "source": "zwaluw"}).json()
        assert "Ooievaarsbuurt" in found["passages"][0]["text"]
        assert client.get(f"{API}/aims").headers["etag"] != before
        bad = client.post(f"{API}/documents", data={**fields, "id": "x/../y"}, files=file, headers=bearer).json()
        ended = client.get(f"{API}/documents/{bad['id']}", headers=bearer).json()
        assert ended["state"] == "failed"
        assert ended["detail"]


# --- the whole OpenAPI ------------------------------------------------------------------------


def test_every_route_has_examples_or_speaks_for_itself_and_errors_are_described(client: TestClient) -> None:
    described = client.get(f"{API}/openapi.json").json()
    assert described["servers"] == [{"url": API}]
    for path, operations in described["paths"].items():
        for operation in operations.values():
            assert operation["description"], path
            failures = {status for status in operation["responses"] if status[0] in "45"}
            for status in failures:
                assert list(operation["responses"][status]["content"]) == ["application/problem+json"]
    assert "Answer" in described["components"]["schemas"]
    assert "HTTPValidationError" not in json.dumps(described)
    form = next(schema for name, schema in described["components"]["schemas"].items() if name.startswith("Body_"))
    assert form["properties"]["date"]["minLength"] == 4  # an empty one counts as missing


def test_requests_made_up_over_the_whole_openapi_find_nothing(own_server: Server, tmp_path: Path) -> None:
    whole = ["--phases", "examples,coverage,fuzzing", "--max-examples", "2", "--seed", "8"]
    tried = subprocess.run(
        [
            sys.executable,
            "-m",
            "schemathesis.cli",
            "run",
            f"{own_server.address}{API}/openapi.json",
            "--no-color",
            *whole,
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,  # it keeps notes
        timeout=240,
        check=False,
    )
    assert tried.returncode == 0, tried.stdout[-6000:]
    counted = re.search(r"(\d+) generated, (\d+) passed", tried.stdout)
    assert counted
    assert int(counted[1]) == int(counted[2]) > 500
