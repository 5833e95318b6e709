"""Errors as problem details (RFC 9457), in Dutch or English as the request's Accept-Language has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from corpus import RegisterError
from ingest.index.generation import IndexMissing
from retrieval.answer import FilterError, Language
from ui.messages import Messages

MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:mengpaneel:problem:"
_BY_STATUS = {400: "unreadable", 404: "not_found", 405: "method", 413: "too_large"}
# pydantic's kinds of error -> the sentence that says it
_FAULTS = {
    "missing": "missing",
    "string_too_short": "short",
    "string_too_long": "long",
    "too_long": "many",
    "literal_error": "choice",
    "enum": "choice",
    "greater_than_equal": "low",
    "less_than_equal": "high",
    "json_invalid": "json",
    "extra_forbidden": "extra",
    "no_day": "day",
}


class Fault(BaseModel):
    """One part of a request that cannot be used: where it stands, the kind of fault, and what is wrong."""

    place: str
    code: str
    message: str


class ProblemDetails(BaseModel):
    """An error as RFC 9457 has it; `errors` says which parts of the request are wrong."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] = []


class Problem(Exception):
    """An error to be told: `name` is a key below `api.problem.` in the messages."""

    def __init__(self, status: int, name: str, headers: Mapping[str, str] | None = None, **values: object) -> None:
        super().__init__(name)
        self.status = status
        self.name = name
        self.headers = headers
        self.values = values


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route says in the OpenAPI of the errors that it may give."""
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    return {
        status: {"description": Messages("en")(f"api.status.{status}"), "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in statuses
    }


def language_of_request(headers: Mapping[str, str]) -> Language:
    """Dutch or English, whichever the Accept-Language header likes better; Dutch if it has neither."""
    liked: dict[str, float] = {}
    for part in headers.get("accept-language", "").split(","):
        name, _, weight = part.strip().partition(";q=")
        try:
            liked.setdefault(name.strip()[:2].lower(), float(weight) if weight else 1.0)
        except ValueError:
            continue
    return "en" if liked.get("en", 0.0) > liked.get("nl", 0.0) else "nl"


def problem_response(problem: Problem, headers: Mapping[str, str], errors: list[Fault] | None = None) -> JSONResponse:
    """A problem as it is sent, in the language of the request's `headers`."""
    messages = Messages(language_of_request(headers))
    details = ProblemDetails(
        type=_TYPE + problem.name.replace("_", "-"),
        title=messages(f"api.problem.{problem.name}"),
        status=problem.status,
        detail=messages(f"api.problem.{problem.name}.detail", **problem.values),
        errors=errors or [],
    )
    sent = {"content-language": messages.language, "vary": "accept-language", **(problem.headers or {})}
    return JSONResponse(details.model_dump(), status_code=problem.status, headers=sent, media_type=MEDIA_TYPE)


def _fault(error: Mapping[str, Any], messages: Messages) -> Fault:
    name = _FAULTS.get(error["type"], "other")
    values = {key: value for key, value in error.get("ctx", {}).items() if isinstance(value, str | int | float)}
    blanks = {"limit": next(iter(values.values()), ""), "choices": values.get("expected", "")}
    text = messages(f"api.fault.{name}", **blanks)
    return Fault(place=".".join(str(step) for step in error["loc"]), code=error["type"], message=text)


def tell_problems(app: FastAPI) -> None:
    """Have every error of an application told as a problem."""

    @app.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> JSONResponse:
        return problem_response(error, request.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        messages = Messages(language_of_request(request.headers))
        faults = [_fault(each, messages) for each in error.errors()]
        return problem_response(Problem(422, "invalid"), request.headers, faults)

    @app.exception_handler(FilterError)
    async def wrong_filter(request: Request, error: FilterError) -> JSONResponse:
        # a day is checked before: only a source that is not held is left
        text = error.en if language_of_request(request.headers) == "en" else error.nl
        return problem_response(Problem(404, "filter", fault=text), request.headers)

    @app.exception_handler(IndexMissing)
    @app.exception_handler(RegisterError)
    async def unavailable(request: Request, error: Exception) -> JSONResponse:
        return problem_response(Problem(503, "unavailable"), request.headers)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> JSONResponse:
        name = _BY_STATUS.get(error.status_code, "refused")
        return problem_response(Problem(error.status_code, name, error.headers), request.headers)

    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> JSONResponse:
        return problem_response(Problem(500, "failed"), request.headers)
