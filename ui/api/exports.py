"""Sources as references and an answer as a document, in the forms that other programs open."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from corpus import Kind
from ui.address import base_address
from ui.api.asking import ERRORS
from ui.api.desk import AtDesk, Desk, InLanguage, VersionedRoute
from ui.api.models import Asked
from ui.api.problems import Problem, responses
from ui.api.reading import by_source, unknown
from ui.memo.model import ExportFormat, KeptMemo, Memo, MemoError, MemoFormat
from ui.memo.read import look_up, memo_of
from ui.memo.write import MEMO_FORMATS, memo_file, sources_of
from ui.pandoc import PandocError
from ui.references import REFERENCE_FORMATS, ReferenceFormat, references_file

router = APIRouter(prefix="/export", tags=["export"], route_class=VersionedRoute)
_REFERENCES: dict[ReferenceFormat, str] = {
    "csl": "application/vnd.citationstyles.csl+json",
    "ris": "application/x-research-info-systems",
    "bibtex": "application/x-bibtex",
}
_DOCUMENTS: dict[MemoFormat, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "md": "text/markdown",
    "html": "text/html",
}
_SUFFIX = {"csl": "json", "bibtex": "bib"}


def _file(*media_types: str) -> dict[int | str, dict[str, Any]]:
    text: dict[str, Any] = {"type": "string"}
    records: dict[str, Any] = {"type": "array", "items": {"type": "object"}}
    content = {name: {"schema": records if name.endswith("json") else text} for name in media_types}
    return {200: {"description": "The file.", "content": content}}


@router.get("/sources", response_class=Response, responses={**_file(*_REFERENCES.values()), **responses(404, 422, 429)})
def references(
    desk: AtDesk,
    messages: InLanguage,
    format: ReferenceFormat = "csl",
    source: Annotated[list[str], Query(max_length=100, description="ids; without them all sources")] = [],  # noqa: B006
    kind: Kind | None = None,
) -> Response:
    """Bibliographic records of sources as CSL-JSON, RIS or BibTeX, for Zotero and the like."""
    held = {name: holdings[0].source for name, holdings in by_source(desk.engine).items()}
    for name in source:
        if name not in held:
            raise unknown("source", name, messages)
    chosen = [record for name, record in held.items() if not source or name in source]
    chosen = [record for record in chosen if kind in (None, record.kind)]
    return Response(references_file(chosen, format), media_type=_REFERENCES[format])


@router.post("/answer", response_class=Response, responses={**_file(*_DOCUMENTS.values()), **ERRORS})
async def answer_document(asked: Asked, desk: AtDesk, format: MemoFormat = "docx", quotes: bool = False) -> Response:
    """The answer to a question as a document with footnotes and a list of sources; `quotes` puts the words in them."""
    ask = partial(desk.engine.ask, asked.question, k=asked.k, filters=asked.filters(), language=asked.language)
    answer = await desk.run(ask)
    memo = memo_of(answer, asked.filters(), base_address(desk.settings), quotes=quotes)
    return _attached(await _written(memo, format, desk), format, _DOCUMENTS[format])


# the page's own door, not described: that quotes stand in the collection is more than a schema can say
@router.post("/memo", response_class=Response, include_in_schema=False)
async def memo_document(kept: KeptMemo, desk: AtDesk, messages: InLanguage, format: ExportFormat = "docx") -> Response:
    """A memo of saved answers, quotes and own text as a document, or its sources as references. Nothing is stored."""
    try:
        memo = await desk.run(partial(look_up, kept, desk.engine, base_address(desk.settings), messages))
    except MemoError as error:
        raise Problem(422, "memo", fault=str(error)) from error
    document = next((name for name in MEMO_FORMATS if name == format), None)
    if document:
        return _attached(await _written(memo, document, desk), format, _DOCUMENTS[document])
    reference = next(name for name in REFERENCE_FORMATS if name == format)
    return _attached(references_file(sources_of(memo), reference).encode(), format, _REFERENCES[reference])


async def _written(memo: Memo, form: MemoFormat, desk: Desk) -> bytes:
    try:
        return await desk.run(partial(memo_file, memo, form))
    except PandocError as error:
        raise Problem(503, "no_document") from error


def _attached(content: bytes, form: ExportFormat, media_type: str) -> Response:
    name = f"mengpaneel.{_SUFFIX.get(form, form)}"
    return Response(content, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'})
