"""Reading in a child process with limits: a file that crashes, hangs or swells costs only itself.

Nothing but bytes crosses the border: the record and the file go in, the document comes back as JSON.
"""

from __future__ import annotations

import json
import logging
import math
import multiprocessing
import os
import sys
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType

from pydantic import TypeAdapter

from corpus import Source
from ingest.document import Document, Form
from ingest.errors import ReadError

_DOCUMENT = TypeAdapter(Document)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What reading one file may cost."""

    memory_mb: int = 1500
    seconds: float = 60
    output_mb: int = 100


class Sandbox:
    """A child process that reads files one after another, and is replaced when one file brings it down."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._context = multiprocessing.get_context("spawn")
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def read(self, source: Source, form: Form, path: Path, data: bytes) -> Document:
        """Read one file.

        raises  ReadError with the reader's reason, or that the file broke a limit
        """
        pipe = self._started()
        try:
            pipe.send_bytes(json.dumps([source.model_dump_json(), form, str(path)]).encode())
            pipe.send_bytes(data)
            if not pipe.poll(self._limits.seconds):
                raise self._broken(
                    f"het lezen duurde langer dan {self._limits.seconds:.0f} s; splits het bestand of verhoog "
                    "MENGPANEEL_READ_SECONDS",
                    f"reading took longer than {self._limits.seconds:.0f} s; split the file or raise "
                    "MENGPANEEL_READ_SECONDS",
                )
            reply = pipe.recv_bytes(self._limits.output_mb * 1_000_000)
        except EOFError:
            raise self._broken(
                "het bestand is te beschadigd of te ingewikkeld om te lezen; open het en sla het opnieuw op",
                "the file is too damaged or too intricate to read; open it and save it again",
            ) from None
        except OSError:
            raise self._broken(
                f"het bestand levert meer dan {self._limits.output_mb} MB tekst op; splits het",
                f"the file gives more than {self._limits.output_mb} MB of text; split it",
            ) from None
        if reply[:1] == b"E":
            raise ReadError(*json.loads(reply[1:]))
        return _DOCUMENT.validate_json(reply[1:])

    def _started(self) -> Connection:
        if self._pipe is None or self._process is None or not self._process.is_alive():
            self._stop()
            self._pipe, theirs = self._context.Pipe()
            self._process = self._context.Process(target=_work, args=(theirs, self._limits), daemon=True)
            self._process.start()
            theirs.close()
        return self._pipe

    def _broken(self, nl: str, en: str) -> ReadError:
        self._stop()
        return ReadError(nl, en)

    def _stop(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        self._process = self._pipe = None


def _work(pipe: Connection, limits: Limits) -> None:
    """The child: reads until the parent closes the pipe. A fault that no reader foresees ends the process."""
    _quiet()
    memory_mb = limits.memory_mb
    _limit_memory(memory_mb)
    from ingest.readers.read import read_document

    while True:
        try:
            record, form, path = json.loads(pipe.recv_bytes())
            data = pipe.recv_bytes()
        except EOFError:
            return
        limit_processor(limits.seconds)
        try:
            document = read_document(Source.model_validate_json(record), form, Path(path), data)
            reply = b"O" + _DOCUMENT.dump_json(document)
        except ReadError as error:
            reply = b"E" + json.dumps([error.nl, error.en]).encode()
        except (MemoryError, RecursionError):
            fault = [
                f"het bestand vraagt meer dan {memory_mb} MB geheugen; splits het of verhoog MENGPANEEL_READ_MEMORY_MB",
                f"the file needs more than {memory_mb} MB of memory; split it or raise MENGPANEEL_READ_MEMORY_MB",
            ]
            reply = b"E" + json.dumps(fault).encode()
        pipe.send_bytes(reply)


def _quiet() -> None:
    """What libraries complain of a broken file is no message for a person."""
    logging.disable(logging.CRITICAL)
    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 - for the life of the process


def limit_processor(seconds: float) -> None:
    """End this process once it has used this much more processor time, in all its threads together."""
    try:
        import resource
    except ImportError:  # Windows has no such limits; wall time still bounds a file
        return
    used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = math.ceil(used + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _limit_memory(megabytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; time and output still bound a file
        return
    size = megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
