"""Fetching from publishers: patient, bounded, and able to go on where an earlier attempt broke off."""

from __future__ import annotations

import datetime as dt
import email.utils
import hashlib
import itertools
import json
import random
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import httpx

from corpus.guard import FetchError, Guarded

Result = TypeVar("Result")
# (bytes so far, bytes in all or None when the publisher does not say)
Progress = Callable[[int, int | None], None]

_MAX_REDIRECTS = 5
_FEW = 2  # attempts while nothing was reached yet: without a network, waiting longer only delays saying so


class _Passing(Exception):
    """A fault that may pass: worth another attempt, if need be after `wait` seconds."""

    def __init__(self, error: FetchError, wait: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait = wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How often and how long we try, in seconds. `longest_wait` also bounds what a publisher asks (Retry-After)."""

    attempts: int = 5
    first_wait: float = 1
    longest_wait: float = 60
    connect: float = 10
    silence: float = 30
    whole: float = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Where the official services are.

    `exempt` are "host:port" that may be plain http and on this machine; only tests name any.
    """

    sru: str = "https://zoekservice.overheid.nl/sru/Search"
    repository: str = "https://repository.officiele-overheidspublicaties.nl/bwb"
    exempt: frozenset[str] = frozenset()
    manners: Manners = Manners()


OFFICIAL = Services()


@dataclass(frozen=True, slots=True)
class Version:
    """What a publisher calls this version of a file: its strong ETag, else its Last-Modified."""

    etag: str | None = None
    modified: str | None = None

    @property
    def strong(self) -> str | None:
        """Usable in If-Range (RFC 9110 13.1.5: no weak ETags)."""
        return self.etag if self.etag and not self.etag.startswith("W/") else self.modified

    def conditions(self) -> dict[str, str]:
        """Headers that ask for the file only if it changed."""
        names = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in names.items() if value}


@dataclass(frozen=True, slots=True)
class Download:
    """A whole file, in the given temporary place. `url` is where it came from after redirects."""

    url: str
    media_type: str
    size: int
    sha256: str
    version: Version


def sha256_of(path: Path) -> str:
    """Hash of a file's bytes, as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Part:
    """A file that is not whole yet, and beside it a note of which version it is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._note = path.with_name(f"{path.name}.json")

    def held(self, url: str) -> tuple[int, str]:
        """How many bytes of which version are here; (0, "") if there is nothing that can be continued."""
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            return (self.path.stat().st_size, note["version"]) if note["url"] == url else (0, "")
        except (OSError, ValueError, KeyError, TypeError):
            return 0, ""

    def begin(self, url: str, version: str | None) -> None:
        self.drop()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if version:
            self._note.write_text(json.dumps({"url": url, "version": version}), encoding="utf-8")

    def finish(self) -> None:
        """It is whole: there is nothing to continue."""
        self._note.unlink(missing_ok=True)

    def drop(self) -> None:
        self.finish()
        self.path.unlink(missing_ok=True)


class Web:
    """One visit to publishers; close it, or use it in a with statement."""

    def __init__(self, services: Services, max_bytes: int) -> None:
        self._manners = services.manners
        self._max_bytes = max_bytes
        self._reached = False
        self._deadline = 0.0
        self._client = httpx.Client(
            transport=Guarded(services.exempt),
            follow_redirects=True,
            max_redirects=_MAX_REDIRECTS,
            timeout=httpx.Timeout(self._manners.silence, connect=self._manners.connect),
            # Compressed bytes could be neither counted against the limit nor continued.
            headers={"User-Agent": "mengpaneel", "Accept-Encoding": "identity"},
        )

    def __enter__(self) -> Web:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def read(self, url: str, kinds: Mapping[str, str]) -> bytes:
        """A small answer, held in memory. `kinds` are the media types that will do.

        raises  FetchError
        """

        def once() -> bytes:
            with self._answer(url, {"Accept": _accept(kinds)}) as response:
                self._expect(response, 200)
                _media_type(response, kinds)
                return b"".join(self._chunks(response, 0))

        return self._patiently(once)

    def download(
        self, url: str, path: Path, kinds: Mapping[str, str], progress: Progress, held: Version | None = None
    ) -> Download | None:
        """A file, written to `path` and continued there if an earlier attempt broke off; None if `held` is still it.

        raises  FetchError; what was received so far stays for the next time, unless it is too large
        """
        part = _Part(path)
        try:
            return self._patiently(lambda: self._download(url, part, kinds, progress, held or Version()))
        except FetchError as error:
            if error.reason == "too_large":
                part.drop()
            raise

    def _download(
        self, url: str, part: _Part, kinds: Mapping[str, str], progress: Progress, held: Version
    ) -> Download | None:
        start, version = part.held(url)
        wanted = {"Range": f"bytes={start}-", "If-Range": version} if start else held.conditions()
        with self._answer(url, {"Accept": _accept(kinds), **wanted}) as response:
            if response.status_code == 304 and not start:
                return None
            if start and response.status_code in (206, 416) and not _continues(response, start, version):
                part.drop()
                raise _Passing(FetchError("changed", url=url), 0)
            self._expect(response, 200, *([206] if start else []))
            media_type, found = _media_type(response, kinds), _version(response)
            if response.status_code == 200:
                start = 0
                part.begin(url, None if "content-encoding" in response.headers else found.strong)
            done = start
            with part.path.open("ab") as file:
                for chunk in self._chunks(response, start):
                    file.write(chunk)
                    done += len(chunk)
                    progress(done, _total(response, start))
            part.finish()
            return Download(str(response.url), media_type, done, sha256_of(part.path), found)

    def _chunks(self, response: httpx.Response, start: int) -> Iterator[bytes]:
        done = start
        for chunk in itertools.chain([b""], response.iter_bytes()):
            done += len(chunk)
            size = max(done, _total(response, start) or 0)
            if size > self._max_bytes:
                raise FetchError("too_large", url=response.url, size=size, limit=self._max_bytes)
            if time.monotonic() > self._deadline:
                raise FetchError("slow", host=response.url.host, seconds=round(self._manners.whole))
            yield chunk

    def _expect(self, response: httpx.Response, *statuses: int) -> None:
        status, host = response.status_code, response.url.host
        if status in statuses:
            return
        if status in (404, 410):
            raise FetchError("not_found", url=response.url)
        error = FetchError("status", host=host, status=status)
        if status != 429 and status < 500:
            raise error
        wait = _retry_after(response.headers.get("retry-after", ""))
        if wait is not None and wait > self._manners.longest_wait:
            raise FetchError("busy", host=host, seconds=round(wait))
        raise _Passing(error, wait)

    @contextmanager
    def _answer(self, url: str, headers: dict[str, str]) -> Iterator[httpx.Response]:
        try:
            with self._client.stream("GET", url, headers=headers) as response:
                self._reached = True
                yield response
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise FetchError("address", url=url) from error
        except httpx.TooManyRedirects as error:
            raise FetchError("redirects", url=url) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            host = httpx.URL(url).host
            if _caused_by(error, ssl.SSLCertVerificationError):
                raise FetchError("certificate", host=host) from error
            raise _Passing(FetchError("unreachable", host=host, fault=str(error) or type(error).__name__)) from error

    def _patiently(self, attempt: Callable[[], Result]) -> Result:
        """Try again while a fault may pass: waits double and are drawn from their upper half, so that many who were
        cut off at once do not come back at once."""
        self._deadline = time.monotonic() + self._manners.whole
        number = 1
        while True:
            try:
                return attempt()
            except _Passing as fault:
                number += 1
                drawn = self._manners.first_wait * 2 ** (number - 2) * random.uniform(0.5, 1)
                wait = min(drawn, self._manners.longest_wait) if fault.wait is None else fault.wait
                last = number > self._manners.attempts or (not self._reached and number > _FEW)
                if last or time.monotonic() + wait > self._deadline:
                    raise fault.error if self._reached else FetchError("no_network", **fault.error.values) from fault
                time.sleep(wait)


def _caused_by(error: BaseException | None, kind: type[BaseException]) -> bool:
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error is not None


def _accept(kinds: Mapping[str, str]) -> str:
    """The search service for laws answers 406 unless it reads exactly this."""
    return "application/xml" if "application/xml" in kinds else ", ".join(kinds)


def _media_type(response: httpx.Response, kinds: Mapping[str, str]) -> str:
    media_type = str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()
    if media_type not in kinds:
        raise FetchError("type", url=response.url, found=media_type or "-", expected=", ".join(kinds))
    return media_type


def _version(response: httpx.Response) -> Version:
    return Version(response.headers.get("etag"), response.headers.get("last-modified"))


def _continues(response: httpx.Response, start: int, version: str) -> bool:
    """Whether a partial answer begins where we stopped and is of the same version."""
    place = response.headers.get("content-range", "").removeprefix("bytes ")
    found = _version(response).strong
    return response.status_code == 206 and place.startswith(f"{start}-") and found in (None, version)


def _total(response: httpx.Response, start: int) -> int | None:
    length = response.headers.get("content-length", "")
    return start + int(length) if length.isdigit() and "content-encoding" not in response.headers else None


def _retry_after(value: str) -> float | None:
    """Seconds that a publisher asks us to wait, given as number or date (RFC 9110 10.2.3); None if unusable."""
    if value.strip().isdigit():
        return float(value)
    try:
        moment = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return max(0.0, (moment - dt.datetime.now(dt.UTC)).total_seconds())
