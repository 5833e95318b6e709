"""Originals: the folder of files that we hold ourselves, with their register and where each came from."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import yaml
from filelock import FileLock, Timeout

from corpus import bwb
from corpus.fetch import Download, Progress, Services, Version, Web, sha256_of
from corpus.guard import FetchError
from corpus.register import REGISTER_NAME, read_register
from corpus.source import Source
from corpus.yaml_file import RegisterError, load_yaml

DOCUMENT_KINDS = {
    "application/pdf": ".pdf",
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "text/markdown": ".md",
    "text/plain": ".txt",
}
_HEADER = (
    "# Originelen die `mengpaneel fetch` ophaalde of `mengpaneel add` toevoegde; het programma werkt deze lijst bij.\n"
)
_LAW = re.compile(r"BWB[RV]\d{7}")
State = Literal["new", "changed", "unchanged"]


class OriginalsBusy(RuntimeError):
    """Another process is changing the folder of originals."""


class UnknownSources(LookupError):
    """Names that are neither in the shipped register nor BWB numbers; `names` holds them."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = tuple(names)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a held file came from; `sha256` is of its bytes, `stated` what the publisher itself calls this version."""

    url: str
    sha256: str
    fetched: str
    etag: str | None = None
    modified: str | None = None
    stated: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """An original that is held now. `differs`: the publisher's own checksum is of another version."""

    source: Source
    state: State
    size: int
    differs: bool = False


class Originals:
    """The folder. All changes are made under its lock, and each takes effect at once or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.register = folder / REGISTER_NAME
        self._origins = folder / "herkomst.json"
        self._parts = folder / ".onvolledig"

    @contextmanager
    def lock(self, seconds: float) -> Iterator[None]:
        """Hold the folder for changing it.

        raises  OriginalsBusy after `seconds`
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.folder / ".lock", timeout=seconds):
                yield
        except Timeout as error:
            raise OriginalsBusy(str(self.folder)) from error

    def records(self) -> tuple[Source, ...]:
        """What is held.

        raises  RegisterError
        """
        return read_register(self.register) if self.register.exists() else ()

    def find(self, source_id: str) -> Source | None:
        """The record with this id."""
        return next((source for source in self.records() if source.id == source_id), None)

    def part(self, source_id: str) -> Path:
        """Where a file stands until it is whole."""
        return self._parts / f"{source_id}.part"

    def origin(self, source: Source) -> Origin | None:
        """Where a held file came from; None if that is not known or the file is no longer what was fetched."""
        fields = self._read_origins().get(source.id)
        try:
            origin = Origin(**fields) if isinstance(fields, dict) else None
        except TypeError as error:
            raise RegisterError(f"{self._origins}: {source.id}: {error}; remove the file and fetch again") from error
        path = self.folder / (source.path or "")
        return origin if origin and path.is_file() and sha256_of(path) == origin.sha256 else None

    def keep(self, source: Source, file: Path, origin: Origin) -> State:
        """Move a whole file to its place and write its record.

        raises  RegisterError if the record would make the register unusable
        """
        held = self.find(source.id)
        path = self.folder / str(source.path)
        same = held is not None and path.is_file() and sha256_of(path) == origin.sha256
        _flush(file)
        file.replace(path)
        self._write_origins({**self._read_origins(), source.id: asdict(origin)})
        self.enter(source)
        if held and held.path and held.path != source.path:
            (self.folder / held.path).unlink(missing_ok=True)
        return "new" if held is None else "unchanged" if same else "changed"

    def add(self, source: Source, data: bytes, url: str) -> State:
        """Hold a file that the user brought; `url` is where it was."""
        part = self.part(source.id)
        part.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        return self.keep(source, part, Origin(url, hashlib.sha256(data).hexdigest(), _now()))

    def enter(self, source: Source) -> None:
        """Write a record, in the place of the one with the same id.

        raises  RegisterError
        """
        held = {record.id: record for record in self.records()} | {source.id: source}
        written = [record.model_dump(mode="json", exclude_defaults=True) for record in held.values()]
        content = yaml.safe_dump({"documenten": written}, allow_unicode=True, sort_keys=False, width=120)
        self._replace(self.register, _HEADER + content)

    def _read_origins(self) -> dict[str, object]:
        if not self._origins.exists():
            return {}
        content = load_yaml(self._origins)  # JSON is YAML
        if not isinstance(content, dict):
            raise RegisterError(f"{self._origins}: expected an object; remove the file and fetch again")
        return content

    def _write_origins(self, origins: dict[str, object]) -> None:
        self._replace(self._origins, json.dumps(origins, indent=1, ensure_ascii=False))

    def _replace(self, path: Path, content: str) -> None:
        temporary = path.with_name(f"{path.name}.new")
        temporary.write_text(content, encoding="utf-8")
        if path == self.register:
            read_register(temporary)
        _flush(temporary)
        temporary.replace(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One original to fetch. For a law: which, on which day; `source` then gives what its records have in common."""

    name: str
    source: Source | None
    law: str | None = None
    day: dt.date | None = None

    @property
    def offered(self) -> bool:
        """Whether we know the address of the page or document itself, not just of the publisher's site."""
        path = re.sub(r"^https?://[^/]*/?", "", (self.source.url if self.source else None) or "")
        return self.law is not None or bool(path)


def plan(shipped: Sequence[Source], names: Sequence[str], day: dt.date | None, today: dt.date) -> list[Wanted]:
    """What to fetch: everything that is not our own text, or only what is named.

    A law is fetched once, as in force on `day` (today if None). A law named with its date (`BWBR0035303_2015-11-29`)
    is fetched as on that date, unless a day is given. Any BWB number will do, also of a law that we have no record of.

    raises  UnknownSources
    """
    known = {source.id: source for source in shipped if source.path is None}
    laws = {source.bwb_id: source for source in known.values() if source.bwb_id}
    unknown = [name for name in names if name not in known and not _LAW.fullmatch(name)]
    if unknown:
        raise UnknownSources(unknown)
    wanted: dict[str, Wanted] = {}
    for name in names or known:
        source = known.get(name)
        law = name if source is None else source.bwb_id
        if law is None:
            wanted[name] = Wanted(name=name, source=source)
            continue
        own_day = dt.date.fromisoformat(str(source.toestand)) if source and names else today
        at = day or own_day
        wanted[f"{law} {at}"] = Wanted(name=f"{law} ({at})", source=source or laws.get(law), law=law, day=at)
    return list(wanted.values())


class Collection:
    """Fetches into the folder of originals; under its lock. `notes` are faults that did not stop it."""

    def __init__(self, originals: Originals, shipped: Sequence[Source], web: Web, services: Services) -> None:
        self._originals = originals
        self._shipped = {source.id: source for source in shipped}
        self._web = web
        self._services = services
        self.notes: list[FetchError] = []

    def fetch(self, wanted: Wanted, progress: Progress) -> Fetched:
        """Fetch one original; one that did not change is not fetched again.

        raises  FetchError, RegisterError
        """
        try:
            if wanted.law and wanted.day:
                return self._law(wanted.law, wanted.day, wanted.source, progress)
            if wanted.source:
                return self._document(wanted.source, progress)
        except OSError as error:
            folder = self._originals.folder
            raise FetchError("folder", folder=folder, fault=error.strerror or error) from error
        raise ValueError(f"{wanted.name} is neither a law nor a source")

    def _law(self, law: str, day: dt.date, known: Source | None, progress: Progress) -> Fetched:
        address = self._manifest(law, day)
        manifest = bwb.read_manifest(self._web.read(address, bwb.XML_KINDS), address)
        expression = bwb.in_force(manifest, law, day)
        source_id = f"{law}_{expression.start}"
        held = self._originals.find(source_id)
        origin = self._originals.origin(held) if held else None
        url, stated = bwb.toestand_address(self._services, law, expression), expression.sha512
        if held and origin and origin.url == url and stated and origin.stated == stated:
            return self._unchanged(held)
        part = self._originals.part(source_id)
        done = self._web.download(url, part, bwb.XML_KINDS, progress, _version_of(origin, url))
        if done is None and held:
            return self._unchanged(held)
        facts = bwb.check_toestand(part, law, expression)
        source = self._shipped.get(source_id) or _law_record(law, expression, facts, known)
        differs = stated is not None and hashlib.sha512(part.read_bytes()).hexdigest() != stated
        return self._keep(source, ".xml", part, done, url, stated, differs)

    def _manifest(self, law: str, day: dt.date) -> str:
        """Its address as the search service gives it; the repository's own rule where the service fails."""
        if not self.notes:
            try:
                found = bwb.find_manifest(self._web, self._services, law, day)
                return found or bwb.manifest_address(self._services, law)
            except FetchError as error:
                if error.reason == "no_network":
                    raise
                self.notes.append(error)
        return bwb.manifest_address(self._services, law)

    def _document(self, source: Source, progress: Progress) -> Fetched:
        held, url = self._originals.find(source.id), str(source.url)
        origin = self._originals.origin(held) if held else None
        part = self._originals.part(source.id)
        done = self._web.download(url, part, DOCUMENT_KINDS, progress, _version_of(origin, url))
        if done is None and held:
            return self._unchanged(held)
        suffix = DOCUMENT_KINDS[done.media_type] if done else ""
        with part.open("rb") as file:
            if suffix == ".pdf" and b"%PDF-" not in file.read(1024):
                raise FetchError("not_pdf", url=url)
        return self._keep(source, suffix, part, done, url)

    def _unchanged(self, held: Source) -> Fetched:
        return Fetched(held, "unchanged", (self._originals.folder / str(held.path)).stat().st_size)

    def _keep(
        self, source: Source, suffix: str, part: Path, done: Download | None, url: str,
        stated: str | None = None, differs: bool = False,
    ) -> Fetched:  # fmt: skip
        if done is None:
            raise FetchError("status", host=url, status=304)  # "not modified", though we hold nothing
        source = source.model_copy(update={"path": f"{source.id}{suffix}"})
        origin = Origin(url, done.sha256, _now(), done.version.etag, done.version.modified, stated)
        return Fetched(source, self._originals.keep(source, part, origin), done.size, differs)


def _law_record(law: str, expression: bwb.Expression, facts: bwb.LawFacts, known: Source | None) -> Source:
    """Record of a text that we ship no record of: what it says of itself, and what another record of the law knows."""
    return Source.model_validate(
        {
            "id": f"{law}_{expression.start}",
            "title": facts.title,
            "citeertitel": facts.citeertitel or (known.citeertitel if known else None),
            "afkorting": known.afkorting if known else None,
            "publisher": "Staat der Nederlanden",
            "date": facts.signed or (known.date if known else None),
            "kind": "wet",
            "url": f"https://wetten.overheid.nl/{law}/{expression.start}/0",
            "bwb_id": law,
            "toestand": expression.start.isoformat(),
            "licence": "geen auteursrecht, art. 11 Auteurswet",
        }
    )


def _version_of(origin: Origin | None, url: str) -> Version | None:
    return Version(origin.etag, origin.modified) if origin and origin.url == url else None


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def _flush(path: Path) -> None:
    """Force a file to disk, so that a power cut cannot leave an empty one in its place."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
