"""Articles of law as they stood on a day, and what changed between two days."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from ingest.document import Block, Document, Locator
from ingest.law_compare import compare
from retrieval.engine import Engine
from ui.api.desk import AtDesk, InLanguage, Limit, Offset, VersionedRoute, cut
from ui.api.models import (
    ArticleRecord,
    ChangedArticle,
    ChangedLid,
    ChangedWords,
    Day,
    LawRecord,
    LidText,
    Page,
)
from ui.api.problems import Problem, responses
from ui.commands import CommandError
from ui.lawbook import held_laws, law_id, law_text
from ui.messages import Messages
from ui.places import address

router = APIRouter(prefix="/laws", tags=["law"], route_class=VersionedRoute)
Law = Annotated[
    str,
    Path(min_length=1, max_length=200, description="BWB number, citeertitel or abbreviation", examples=["Wbmgp"]),
]
Article = Annotated[str, Path(min_length=1, max_length=20, examples=["8"])]
On = Annotated[Day | None, Query(description="day on which the text was in force; without it the newest held")]


@router.get("", responses=responses(422, 429))
def laws(desk: AtDesk, offset: Offset = 0, limit: Limit = 50) -> Page[LawRecord]:
    """The laws of which the text is held."""
    found: dict[str, LawRecord] = {}
    for source in held_laws(desk.engine):
        bwb_id, toestand = str(source.bwb_id), str(source.toestand)
        known = found.get(bwb_id)
        days = sorted({*(known.toestanden if known else ()), toestand})
        found[bwb_id] = LawRecord(
            bwb_id=bwb_id, title=source.short_title, abbreviation=source.afkorting, toestanden=days
        )
    return Page[LawRecord].of(cut(list(found.values()), offset, limit), len(found), offset, limit)


@router.get("/{law}/articles", responses=responses(404, 422, 429))
def articles(
    desk: AtDesk, messages: InLanguage, law: Law, date: On = None, offset: Offset = 0, limit: Limit = 50
) -> Page[ArticleRecord]:
    """The articles of a law as they stood on a day."""
    document = text_on(desk.engine, law, date, messages)
    numbers = list(dict.fromkeys(block.locator.article for block in document.blocks if block.locator.article))
    items = [record(document, number) for number in cut(numbers, offset, limit)]
    return Page[ArticleRecord].of(items, len(numbers), offset, limit)


@router.get("/{law}/articles/{article}", responses=responses(404, 422, 429))
def article(desk: AtDesk, messages: InLanguage, law: Law, article: Article, date: On = None) -> ArticleRecord:
    """One article of a law as it stood on a day."""
    return article_on(desk.engine, law, article, date, messages)


def article_on(engine: Engine, law: str, article: str, date: str | None, messages: Messages) -> ArticleRecord:
    """An article as it stood on a day (None: in the newest text held).

    raises  Problem if law, day or article is not held
    """
    document = text_on(engine, law, date, messages)
    if not any(block.locator.article == article for block in document.blocks):
        text = messages("law.no_article", article=article, law=document.source.short_title)
        raise Problem(404, "no_law", fault=text)
    return record(document, article)


def text_on(engine: Engine, law: str, day: str | None, messages: Messages) -> Document:
    """The text of a law on a day.

    raises  Problem if there is none
    """
    held = held_laws(engine)
    try:
        return law_text(engine, law_id(law, held, messages), held, day, messages)
    except CommandError as error:
        raise Problem(404, "no_law", fault=str(error)) from error


def record(document: Document, article: str) -> ArticleRecord:
    """An article of a law text."""
    source = document.source
    blocks = [block for block in document.blocks if block.locator.article == article]
    heading = next((block for block in blocks if block.kind == "heading"), None)
    return ArticleRecord(
        law=source.short_title,
        bwb_id=str(source.bwb_id),
        toestand=str(source.toestand),
        article=article,
        heading=heading.text if heading else "",
        status=blocks[0].status,
        url=address(source, Locator(article=article)),
        text=[_part(block) for block in blocks if block.kind != "heading"],
    )


def _part(block: Block) -> LidText:
    place = block.locator
    return LidText(paragraph=place.paragraph, item=place.item, kind=block.kind, text=block.text)


@router.get("/{law}/changes", responses=responses(404, 422, 429))
def changes(
    desk: AtDesk,
    messages: InLanguage,
    law: Law,
    since: Day,
    until: On = None,
    article: Annotated[str | None, Query(max_length=20)] = None,
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[ChangedArticle]:
    """The articles that differ between the text of one day and that of a later one, word by word."""
    before, after = (text_on(desk.engine, law, day, messages) for day in (since, until))
    found = [
        ChangedArticle(
            article=each.article,
            change=each.change,
            lids=[
                ChangedLid(paragraph=lid.paragraph, words=[ChangedWords(op=op, text=text) for op, text in lid.words])
                for lid in each.lids
            ],
        )
        for each in compare(before, after)
        if each.change != "same" and article in (None, each.article)
    ]
    return Page[ChangedArticle].of(cut(found, offset, limit), len(found), offset, limit)
