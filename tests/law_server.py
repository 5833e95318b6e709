"""A server on this machine that behaves like the official services for laws, with the faults that networks have."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from corpus import read_register, shipped
from corpus.fetch import Manners, Services, Web
from corpus.guard import FetchError
from corpus.originals import Collection, Fetched, Originals, plan

QUICK = Manners(first_wait=0.01, longest_wait=2, connect=2, silence=0.5, whole=10)
LAW = "BWBR0035303"
LAST = "9999-12-31"
TODAY = dt.date(2026, 11, 22)
Answer = Callable[["Handler", "File"], None]


@dataclass
class File:
    """What the publisher has on one path."""

    body: bytes
    media_type: str = "application/xml"
    etag: str | None = None


@dataclass
class Publisher:
    """The server's content, the faults it still has to make per path, and what was asked of it."""

    files: dict[str, File] = field(default_factory=dict)
    faults: dict[str, list[Answer]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    base: str = ""

    def count(self, path: str) -> int:
        return sum(1 for asked, _ in self.asked if asked == path)

    def put(self, path: str, body: bytes, media_type: str = "application/xml") -> str:
        self.files[path] = File(body, media_type, f'"{hashlib.md5(body).hexdigest()}"')
        return self.base + path

    def services(self, manners: Manners = QUICK) -> Services:
        return Services(
            sru=f"{self.base}/sru/Search",
            repository=f"{self.base}/bwb",
            exempt=frozenset({urlsplit(self.base).netloc}),
            manners=manners,
        )


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        publisher: Publisher = self.server.publisher  # type: ignore[attr-defined]
        path = urlsplit(self.path).path
        publisher.asked.append((path, dict(self.headers)))
        faults = publisher.faults.get(path)
        if faults:
            faults.pop(0)(self, publisher.files.get(path, File(b"")))
        elif path == "/sru/Search":
            self.search(publisher)
        elif path in publisher.files:
            self.file(publisher.files[path])
        else:
            self.say(404)

    def search(self, publisher: Publisher) -> None:
        """As zoekservice.overheid.nl: refuses without an Accept header for XML; one record per view of a window."""
        if self.headers.get("Accept") != "application/xml":
            self.say(406)
            return
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        assert asked["version"] == "2.0"
        assert asked["operation"] == "searchRetrieve"
        assert asked["x-connection"] == "BWB"
        query = re.fullmatch(
            r"dcterms\.identifier=(BWBR\d{7}) and overheidbwb\.geldigheidsdatum=([\d-]{10})", asked["query"]
        )
        assert query
        known = f"/bwb/{query[1]}/manifest.xml" in publisher.files
        record = SRU_RECORD.format(law=query[1], base=publisher.base) if known else ""
        self.say(
            200,
            SRU.format(number=int(known), record=record).encode(),
            {"Content-Type": "application/xml;charset=UTF-8"},
        )

    def file(self, file: File) -> None:
        headers = {"Content-Type": file.media_type} | ({"ETag": file.etag} if file.etag else {})
        if file.etag and self.headers.get("If-None-Match") == file.etag:
            self.say(304, b"", headers)
            return
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if wanted and self.headers.get("If-Range") in (None, file.etag):
            start, size = int(wanted[1]), len(file.body)
            if start >= size:
                self.say(416, b"", {"Content-Range": f"bytes */{size}"})
                return
            self.say(206, file.body[start:], headers | {"Content-Range": f"bytes {start}-{size - 1}/{size}"})
            return
        self.say(200, file.body, headers)

    def say(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def status(number: int, **headers: str) -> Answer:
    return lambda handler, _: handler.say(number, b"", {k.replace("_", "-"): v for k, v in headers.items()})


def break_off(handler: Handler, file: File) -> None:
    """Promise all, send half, hang up."""
    head(handler, file, len(file.body))
    handler.wfile.write(file.body[: len(file.body) // 2])
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def stall(handler: Handler, file: File) -> None:
    """Send half, then nothing for longer than the client waits."""
    head(handler, file, len(file.body))
    handler.wfile.write(file.body[: len(file.body) // 2])
    handler.wfile.flush()
    time.sleep(1)
    handler.close_connection = True


def trickle(handler: Handler, file: File) -> None:
    """Never silent, never ready."""
    head(handler, file, 1000)
    for _ in range(40):
        try:
            handler.wfile.write(b"x")
        except OSError:
            break
        time.sleep(0.1)
    handler.close_connection = True


def unmeasured(handler: Handler, file: File) -> None:
    """The file without a Content-Length, ended by hanging up."""
    head(handler, file, None)
    with contextlib.suppress(OSError):
        handler.wfile.write(file.body * 3)
    handler.close_connection = True


def mix(handler: Handler, file: File) -> None:
    """Continue with another version although If-Range forbids it."""
    start = int(handler.headers["Range"][len("bytes=") : -1])
    rest = b"y" * 10
    handler.say(
        206, rest, {"Content-Type": file.media_type, "ETag": '"other"', "Content-Range": f"bytes {start}-{start + 9}/*"}
    )


def head(handler: Handler, file: File, length: int | None) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", file.media_type)
    if file.etag:
        handler.send_header("ETag", file.etag)
    if length is not None:
        handler.send_header("Content-Length", str(length))
    else:
        handler.send_header("Connection", "close")
    handler.end_headers()


SRU = """<?xml version="1.0" encoding="UTF-8"?>
<searchRetrieveResponse xmlns="http://docs.oasis-open.org/ns/search-ws/sruResponse">
<numberOfRecords>{number}</numberOfRecords><records>{record}</records></searchRetrieveResponse>"""
SRU_RECORD = """<record><recordData><gzd xmlns="http://standaarden.overheid.nl/sru"
 xmlns:dcterms="http://purl.org/dc/terms/" xmlns:overheidbwb="http://standaarden.overheid.nl/bwb/terms/">
<originalData><overheidbwb:meta><owmskern><dcterms:identifier>{law}</dcterms:identifier></owmskern></overheidbwb:meta>
</originalData><enrichedData>
<overheidbwb:locatie_manifest>{base}/bwb/{law}/manifest.xml</overheidbwb:locatie_manifest>
</enrichedData></gzd></recordData></record>"""
EXPRESSION = """<expression label="{label}"><metadata><datum_inwerkingtreding>{start}</datum_inwerkingtreding>
<einddatum>{end}</einddatum><zichtdatum_start>{start}</zichtdatum_start><zichtdatum_eind>{view_end}</zichtdatum_eind>
</metadata><manifestation label="xml"><metadata><hashcode>{sha512}</hashcode><size>{size}</size></metadata>
<item label="{law}_{label}.xml" _deleted="{deleted}"/></manifestation></expression>"""
TOESTAND = """<?xml version="1.0" encoding="UTF-8"?><toestand bwb-id="{law}" inwerkingtreding="{start}"><wetgeving>
<intitule ondertekening_bron="2014-06-04">Wet van 4 juni 2014 (Huisvestingswet 2014)<meta-data>Stb</meta-data></intitule>
<citeertitel>Huisvestingswet 2014</citeertitel><wet-besluit><wettekst><artikel><kop><label>Artikel</label><nr>1</nr></kop>
<al>Deze tekst is zicht {label} en gaat over de verdeling van woonruimte.</al>{filling}</artikel></wettekst></wet-besluit>
</wetgeving></toestand>"""
# (label, end, view end, withdrawn): three windows, of which 2024 was seen in two ways, and one that was withdrawn.
WINDOWS = (
    ("2015-11-29_0", "2023-12-31", LAST, "false"),
    ("2024-01-01_0", "2024-06-30", "2024-02-01", "false"),
    ("2024-01-01_1", "2024-06-30", LAST, "false"),
    ("2024-03-01_0", "2024-06-30", LAST, "true"),
    ("2024-07-01_0", LAST, LAST, "false"),
)


def toestand(label: str, law: str = LAW, filling: str = "") -> bytes:
    return TOESTAND.format(law=law, start=label[:10], label=label, filling=filling).encode()


def publish_law(publisher: Publisher, law: str = LAW, windows: Any = WINDOWS) -> str:
    expressions = ""
    for label, end, view_end, deleted in windows:
        body = toestand(label, law)
        publisher.put(f"/bwb/{law}/{label}/xml/{law}_{label}.xml", body)
        expressions += EXPRESSION.format(
            law=law, label=label, start=label[:10], end=end, view_end=view_end, deleted=deleted, size=len(body),
            sha512=hashlib.sha512(body).hexdigest(),
        )  # fmt: skip
    return publisher.put(f"/bwb/{law}/manifest.xml", f'<work label="{law}">{expressions}</work>'.encode())


def path_of(label: str, law: str = LAW) -> str:
    return f"/bwb/{law}/{label}/xml/{law}_{label}.xml"


class serve:
    """A real server on this machine, for as long as the with statement lasts."""

    def __init__(self, publisher: Publisher, context: ssl.SSLContext | None = None) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients hang up on purpose
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.server.publisher = publisher  # type: ignore[attr-defined]
        publisher.base = f"http{'s' if context else ''}://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> None:
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def nobody(_: int, __: int | None) -> None:
    """No progress is shown."""


def reason(error: pytest.ExceptionInfo[FetchError]) -> str:
    return error.value.reason


def fetch_law(publisher: Publisher, folder: Path, day: str | None = None, manners: Manners = QUICK) -> Fetched:
    """Fetch the Huisvestingswet 2014 as the command does."""
    known = read_register(shipped() / "bronnen.yaml")
    services = publisher.services(manners)
    [wanted] = plan(known, [LAW], dt.date.fromisoformat(day) if day else None, TODAY)
    originals = Originals(folder)
    with Web(services, 1_000_000) as web, originals.lock(1):
        return Collection(originals, known, web, services).fetch(wanted, nobody)
