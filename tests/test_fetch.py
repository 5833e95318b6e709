"""Downloading through faults, and where it refuses to go."""

from __future__ import annotations

import datetime as dt
import email.utils
import hashlib
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from law_server import (
    QUICK,
    Answer,
    File,
    Handler,
    Publisher,
    break_off,
    fetch_law,
    mix,
    nobody,
    path_of,
    publish_law,
    reason,
    serve,
    stall,
    status,
    trickle,
    unmeasured,
)

from corpus.fetch import OFFICIAL, Manners, Services, Version, Web
from corpus.guard import FetchError, is_public
from corpus.originals import DOCUMENT_KINDS


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    made = Publisher()
    with serve(made):
        publish_law(made)
        yield made


def download(
    publisher: Publisher, path: Path, url: str, *, manners: Manners = QUICK, held: Version | None = None
) -> Any:
    with Web(publisher.services(manners), 1_000_000) as web:
        return web.download(url, path, DOCUMENT_KINDS, nobody, held)


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param([status(500)], id="500 once"),
        pytest.param([status(503), status(502), status(500), status(504)], id="four server faults"),
        pytest.param([status(429)], id="429 without saying how long"),
        pytest.param([break_off, status(500)], id="broken off, then 500"),
    ],
)
def test_faults_that_pass_are_waited_out(publisher: Publisher, tmp_path: Path, faults: list[Answer]) -> None:
    publisher.faults[path_of("2024-07-01_0")] = list(faults)
    assert fetch_law(publisher, tmp_path).state == "new"
    assert publisher.count(path_of("2024-07-01_0")) == len(faults) + 1


def test_after_the_last_attempt_the_status_is_told(publisher: Publisher, tmp_path: Path) -> None:
    url = publisher.put("/a", b"x", "text/plain")
    publisher.faults["/a"] = [status(500)] * 9
    with pytest.raises(FetchError) as error:
        download(publisher, tmp_path / "a", url)
    assert (reason(error), error.value.values["status"]) == ("status", 500)
    assert publisher.count("/a") == QUICK.attempts


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_publisher_that_asks_for_time_gets_it(publisher: Publisher, tmp_path: Path, form: str) -> None:
    moment = email.utils.format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=2), usegmt=True)
    publisher.faults["/a"] = [status(429, Retry_After="1" if form == "seconds" else moment)]
    began = time.monotonic()
    assert download(publisher, tmp_path / "a", publisher.put("/a", b"x", "text/plain")).size == 1
    assert 0.9 < time.monotonic() - began < 10


def test_a_publisher_that_asks_for_too_much_time_is_left_alone(publisher: Publisher, tmp_path: Path) -> None:
    url = publisher.put("/a", b"x", "text/plain")
    publisher.faults["/a"] = [status(503, Retry_After="3600")]
    with pytest.raises(FetchError) as error:
        download(publisher, tmp_path / "a", url)
    assert (reason(error), error.value.values["seconds"]) == ("busy", 3600)
    assert publisher.count("/a") == 1


@pytest.mark.parametrize("fault", [break_off, stall])
def test_a_broken_download_goes_on_where_it_stopped(publisher: Publisher, tmp_path: Path, fault: Answer) -> None:
    body = os.urandom(100_000)
    url = publisher.put("/a", body, "text/plain")
    publisher.faults["/a"] = [fault]
    shown: list[tuple[int, int | None]] = []
    with Web(publisher.services(), 1_000_000) as web:
        got = web.download(url, tmp_path / "a", DOCUMENT_KINDS, lambda done, total: shown.append((done, total)))
    assert got
    assert (tmp_path / "a").read_bytes() == body
    assert got.sha256 == hashlib.sha256(body).hexdigest()
    asked = publisher.asked[-1][1]
    assert (asked["Range"], asked["If-Range"]) == ("bytes=50000-", publisher.files["/a"].etag)
    assert shown[-1] == (100_000, 100_000)


def test_a_download_goes_on_in_a_next_run(publisher: Publisher, tmp_path: Path) -> None:
    body = os.urandom(50_000)
    url = publisher.put("/a", body, "text/plain")
    publisher.faults["/a"] = [break_off]
    with pytest.raises(FetchError):
        download(publisher, tmp_path / "a", url, manners=replace(QUICK, attempts=1))
    assert download(publisher, tmp_path / "a", url).size == 50_000
    assert publisher.asked[-1][1]["Range"] == "bytes=25000-"
    assert (tmp_path / "a").read_bytes() == body


def test_a_file_that_changed_meanwhile_is_fetched_from_the_start(publisher: Publisher, tmp_path: Path) -> None:
    url = publisher.put("/a", b"oud" * 1000, "text/plain")

    def change(handler: Handler, file: File) -> None:
        publisher.put("/a", b"nieuw" * 1000, "text/plain")
        break_off(handler, file)

    publisher.faults["/a"] = [change]
    download(publisher, tmp_path / "a", url)
    assert (tmp_path / "a").read_bytes() == b"nieuw" * 1000


def test_a_server_that_mixes_versions_gets_no_second_chance_to(publisher: Publisher, tmp_path: Path) -> None:
    url = publisher.put("/a", b"oud" * 1000, "text/plain")
    publisher.faults["/a"] = [break_off, mix]
    download(publisher, tmp_path / "a", url)
    assert (tmp_path / "a").read_bytes() == b"oud" * 1000
    assert "Range" not in publisher.asked[-1][1]


def test_without_a_version_name_a_download_starts_again(publisher: Publisher, tmp_path: Path) -> None:
    url = publisher.put("/a", b"tekst" * 1000, "text/plain")
    publisher.files["/a"].etag = None
    publisher.faults["/a"] = [break_off]
    download(publisher, tmp_path / "a", url)
    assert (tmp_path / "a").read_bytes() == b"tekst" * 1000
    assert "Range" not in publisher.asked[-1][1]


def test_what_never_ends_is_broken_off_and_kept_for_later(publisher: Publisher, tmp_path: Path) -> None:
    url = publisher.put("/a", b"x" * 1000, "text/plain")
    publisher.faults["/a"] = [trickle]
    with pytest.raises(FetchError) as error:
        download(publisher, tmp_path / "a", url, manners=replace(QUICK, whole=0.6))
    assert reason(error) == "slow"
    assert 0 < (tmp_path / "a").stat().st_size < 40


@pytest.mark.parametrize(
    ("size", "faults"),
    [
        pytest.param(1_000_001, [], id="says so"),
        pytest.param(900_000, [unmeasured], id="does not say so"),
    ],
)
def test_a_file_over_the_limit_is_not_kept(
    publisher: Publisher, tmp_path: Path, size: int, faults: list[Answer]
) -> None:
    url = publisher.put("/a", b"x" * size, "text/plain")
    publisher.faults["/a"] = list(faults)
    with pytest.raises(FetchError) as error:
        download(publisher, tmp_path / "a", url)
    assert reason(error) == "too_large"
    assert not list(tmp_path.iterdir())


def test_compressed_bytes_are_opened_under_the_same_limit(publisher: Publisher, tmp_path: Path) -> None:
    import gzip

    packed = gzip.compress(b"x" * 5_000_000)
    publisher.put("/a", packed, "text/plain")
    publisher.faults["/a"] = [
        lambda h, _: h.say(200, packed, {"Content-Type": "text/plain", "Content-Encoding": "gzip"})
    ]
    with pytest.raises(FetchError) as error:
        download(publisher, tmp_path / "a", publisher.base + "/a")
    assert reason(error) == "too_large"


# Where a redirect may lead


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        pytest.param("http://example.org/a", "address", id="off https"),
        pytest.param("http://127.0.0.1:9/a", "address", id="http on another port here"),
        pytest.param("https://127.0.0.1:9/a", "inside", id="this machine"),
        pytest.param("https://localhost:9/a", "inside", id="a name for this machine"),
        pytest.param("https://10.0.0.1/a", "inside", id="private"),
        pytest.param("https://169.254.169.254/latest/meta-data", "inside", id="link-local"),
        pytest.param("https://[::1]/a", "inside", id="this machine, IPv6"),
        pytest.param("https://[::ffff:192.168.1.1]/a", "inside", id="private, wrapped in IPv6"),
        pytest.param("file:///etc/passwd", "address", id="a file"),
        pytest.param("/rond", "redirects", id="round and round"),
    ],
)
def test_a_redirect_that_leads_inside_or_off_https_is_not_followed(
    publisher: Publisher, tmp_path: Path, target: str, expected: str
) -> None:
    for path in ("/rond", "/begin"):
        publisher.faults[path] = [status(302, Location=target)] * 9
    with pytest.raises(FetchError) as error:
        download(publisher, tmp_path / "a", publisher.base + "/begin")
    assert reason(error) == expected
    assert not list(tmp_path.iterdir())


def test_a_redirect_on_the_same_site_is_followed(publisher: Publisher, tmp_path: Path) -> None:
    publisher.put("/doel", b"tekst", "text/plain")
    publisher.faults["/begin"] = [status(301, Location="/doel")]
    assert download(publisher, tmp_path / "a", publisher.base + "/begin").url == publisher.base + "/doel"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2606:4700::1111", True), ("64:ff9b::808:808", True), ("127.0.0.1", False),
        ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.0.1", False), ("169.254.1.1", False), ("0.0.0.0", False),
        ("100.64.0.1", False), ("224.0.0.1", False), ("::1", False), ("fe80::1%2", False), ("fd00::1", False),
        ("::ffff:127.0.0.1", False), ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False), ("::", False),
    ],
)  # fmt: skip
def test_only_addresses_of_the_open_internet_are_public(address: str, public: bool) -> None:
    assert is_public(address) == public


def test_the_address_that_was_checked_is_the_one_connected_to(
    publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that answers differently the second time cannot lead us elsewhere."""
    real, asked = socket.getaddrinfo, []

    def look_up(host: Any, *rest: Any, **more: Any) -> Any:
        if host == "uitgever.test":
            asked.append(host)
            host = "127.0.0.1" if len(asked) == 1 else "192.0.2.1"
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    publisher.put("/a", b"tekst", "text/plain")
    name = f"uitgever.test:{urlsplit(publisher.base).port}"
    services = replace(publisher.services(), exempt=frozenset({name}))
    with Web(services, 1000) as web:
        assert web.download(f"http://{name}/a", tmp_path / "a", DOCUMENT_KINDS, nobody)
    assert asked == ["uitgever.test"]
    assert publisher.asked[-1][1]["Host"] == name


def test_a_certificate_must_be_that_of_the_name_and_be_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("openssl is not on this machine, so no certificate can be made")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2",
         "-subj", "/CN=uitgever.test", "-addext", "subjectAltName=DNS:uitgever.test"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *a, **k: real("127.0.0.1" if str(host).endswith(".test") else host, *a, **k)
    )
    made = Publisher()
    with serve(made, context):
        made.put("/a", b"tekst", "text/plain")
        port = urlsplit(made.base).port
        services = Services(exempt=frozenset({f"uitgever.test:{port}", f"ander.test:{port}"}), manners=QUICK)
        with Web(services, 1000) as web, pytest.raises(FetchError) as error:
            web.download(f"https://uitgever.test:{port}/a", tmp_path / "a", DOCUMENT_KINDS, nobody)
        assert reason(error) == "certificate"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        with Web(services, 1000) as web:
            assert web.download(f"https://uitgever.test:{port}/a", tmp_path / "a", DOCUMENT_KINDS, nobody)
            with pytest.raises(FetchError) as error:
                web.download(f"https://ander.test:{port}/a", tmp_path / "b", DOCUMENT_KINDS, nobody)
        assert reason(error) == "certificate"


def test_no_test_permission_is_given_by_default() -> None:
    assert OFFICIAL.exempt == frozenset()
    assert OFFICIAL.sru.startswith("https://zoekservice.overheid.nl/")
    assert OFFICIAL.repository.startswith("https://repository.officiele-overheidspublicaties.nl/")
