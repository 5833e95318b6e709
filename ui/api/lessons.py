"""Lessons: to read on the page, and as files."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response

from retrieval.lesson.model import Lesson, LessonError
from ui.api.desk import AtDesk, VersionedRoute
from ui.api.problems import Problem
from ui.lesson.desk import ChosenLesson, Lessons
from ui.lesson.document import lesson_file
from ui.lesson.exchange import anki_file, gift_file
from ui.lesson.view import lesson_html
from ui.messages import Messages
from ui.pandoc import PandocError

router = APIRouter(tags=["export"], route_class=VersionedRoute)
LessonForm = Literal["page", "handout", "trainer", "gift", "anki"]
_SECONDS = 110  # that composing may take; it reads the whole collection for wrong options that are wrong everywhere
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# media type and ending of each file
_FILES: dict[LessonForm, tuple[str, str]] = {
    "handout": (_WORD, "docx"),
    "trainer": (_WORD, "docx"),
    "gift": ("text/plain", "gift"),
    "anki": ("text/csv", "csv"),
}


def _lessons(request: Request) -> Lessons:
    lessons: Lessons = request.app.state.lessons
    return lessons


# the page's own door, not described: whether the sources hold enough for a lesson is more than a schema can say
@router.post("/lesson", response_class=Response, include_in_schema=False)
async def lesson(
    chosen: ChosenLesson,
    desk: AtDesk,
    lessons: Annotated[Lessons, Depends(_lessons)],
    format: LessonForm = "page",
) -> Response:
    """A lesson as a piece of the page, a hand-out, a trainer's copy, or a quiz for Moodle or Anki."""
    messages = Messages(chosen.language)
    try:
        made = await desk.run(partial(lessons.lesson, chosen), _SECONDS)
        if format == "page":
            return Response(lesson_html(made, messages), media_type="text/html")
        content = await desk.run(partial(_content, made, format))
    except LessonError as error:
        raise Problem(422, "lesson", fault=error.en if chosen.language == "en" else error.nl) from error
    except PandocError as error:
        raise Problem(503, "no_document") from error
    media_type, ending = _FILES[format]
    name = f"{messages(f'lesson.file.{format}')}.{ending}"
    return Response(content, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'})


def _content(made: Lesson, form: LessonForm) -> bytes:
    if form == "gift":
        return gift_file(made).encode()
    if form == "anki":
        return anki_file(made).encode()
    return lesson_file(made, "docx", trainer=form == "trainer")
