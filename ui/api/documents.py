"""Adding a document: the one call that writes. It needs the operator's token."""

from __future__ import annotations

import hmac
import secrets
import tempfile
import threading
from argparse import Namespace
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, File, Form, Request, UploadFile
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import WithJsonSchema

from corpus import Kind
from ui.api.desk import AtDesk, InLanguage
from ui.api.models import Job
from ui.api.problems import Problem, responses
from ui.api.reading import Name, unknown
from ui.commands import CommandError
from ui.messages import Messages
from ui.settings import Settings

_KEPT = 100  # jobs that are remembered
_bearer = HTTPBearer(auto_error=False, description="the token of the setting api_token")
router = APIRouter(tags=["documents"])
Text = Annotated[str, Form(min_length=1, max_length=500)]
# A form cannot tell a list of one from a text.
_ONE_OR_MORE = {"anyOf": [{"type": "array", "items": {"type": "string"}, "maxItems": 100}, {"type": "string"}]}
Authors = Annotated[list[str], WithJsonSchema(_ONE_OR_MORE), Form(max_length=100)]
OptionalText = Annotated[str | None, Form(max_length=500)]


def _authorised(desk: AtDesk, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> None:
    token = desk.settings.api_token
    if given and token is None:
        raise Problem(403, "closed")
    told = given.credentials if given else ""
    if token is None or not hmac.compare_digest(told.encode(), token.get_secret_value().encode()):
        raise Problem(401, "no_token", {"www-authenticate": "Bearer"})


class Intake:
    """Takes in one document at a time, and remembers how it went."""

    def __init__(self) -> None:
        self._one = threading.Lock()
        self.jobs: dict[str, Job] = {}

    def begin(self) -> Job:
        """A place for a document.

        raises  Problem if another is being taken in
        """
        if not self._one.acquire(blocking=False):
            raise Problem(409, "busy", {"retry-after": "60"})
        job = Job(id=secrets.token_hex(8), state="running")
        self.jobs[job.id] = job
        for old in list(self.jobs)[:-_KEPT]:
            del self.jobs[old]
        return job

    def take_in(self, job: Job, content: bytes, options: Namespace, settings: Settings, messages: Messages) -> None:
        """Hold a file among the originals and ingest it; the engine moves to the new index by itself."""
        from ui.fetching import add

        outcome = Job(id=job.id, state="failed", detail=messages("api.job.failed"))
        try:
            with tempfile.TemporaryDirectory() as folder:
                options.file = Path(folder, options.name)
                options.file.write_bytes(content)
                code = add(options, settings, messages)
            outcome = Job(id=job.id, state="done")
            if code:
                outcome = Job(id=job.id, state="failed", detail=messages("api.job.partly"))
        except CommandError as error:
            outcome = Job(id=job.id, state="failed", detail=str(error))
        finally:  # whatever went wrong, it has ended
            self.jobs[job.id] = outcome
            self._one.release()


def _intake(request: Request) -> Intake:
    intake: Intake = request.app.state.intake
    return intake


AtIntake = Annotated[Intake, Depends(_intake)]


@router.post(
    "/documents",
    status_code=202,
    dependencies=[Depends(_authorised)],
    responses=responses(400, 401, 403, 409, 413, 422, 429),
)
async def add_document(
    desk: AtDesk,
    messages: InLanguage,
    later: BackgroundTasks,
    intake: AtIntake,
    file: Annotated[UploadFile, File(description="PDF, HTML, DOCX, ODT, Markdown, text or a law as XML")],
    title: Text,
    kind: Annotated[Kind, Form()],
    date: Annotated[
        str, Form(min_length=4, max_length=10, description="YYYY, YYYY-MM, YYYY-MM-DD, or z.d. for undated")
    ],
    author: Authors = [],  # noqa: B006 (FastAPI copies it)
    publisher: OptionalText = None,
    url: OptionalText = None,
    id: Annotated[str | None, Form(max_length=120)] = None,
) -> Job:
    """Hold a file among the originals and ingest it. Answers at once; GET /documents/{job_id} tells how it goes."""
    name = Path(file.filename or "").name
    if not name or "\0" in name:
        raise Problem(422, "invalid")
    content = await file.read()
    options = Namespace(name=name[-100:], title=title, kind=kind, date=date, author=author)
    options.publisher, options.url, options.id = publisher, url, id
    job = intake.begin()
    later.add_task(intake.take_in, job, content, options, desk.settings, messages)
    return job


@router.get("/documents/{job_id}", dependencies=[Depends(_authorised)], responses=responses(401, 403, 404, 422, 429))
def document_job(intake: AtIntake, messages: InLanguage, job_id: Name) -> Job:
    """How the intake of a document goes."""
    job = intake.jobs.get(job_id)
    if job is None:
        raise unknown("job", job_id, messages)
    return job
