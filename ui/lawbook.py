"""`mengpaneel law`: an article as it stood on a day, and what changed between two days."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence

from corpus import Source
from ingest.document import Document
from ingest.law_compare import ArticleChange, LidChange, compare
from ingest.law_references import LawNames, held_text
from retrieval.engine import Engine
from ui.commands import CommandError, open_engine
from ui.messages import Messages
from ui.places import day_text
from ui.settings import Settings


def law(options: Namespace, settings: Settings, messages: Messages) -> int:
    """Show an article of a law, all articles without one; with --since, what changed from that day."""
    with open_engine(settings, messages) as engine:
        laws = held_laws(engine)
        bwb_id = law_id(options.law, laws, messages)
        after = law_text(engine, bwb_id, laws, options.date, messages)
        if options.since:
            before = law_text(engine, bwb_id, laws, options.since, messages)
            lines = _changes(before, after, options.article, messages)
        else:
            lines = _article(after, options.article, messages)
        print("\n".join(lines))
    return 0


def held_laws(engine: Engine) -> list[Source]:
    """The law texts held."""
    return [h.source for h in engine.holdings if h.source.bwb_id and h.form == "original"]


def law_id(name: str, laws: Sequence[Source], messages: Messages) -> str:
    """The BWB number of a law named by number, citeertitel or abbreviation.

    raises  CommandError if none is held by that name
    """
    for source in laws:
        if name in (source.bwb_id, source.id):
            return str(source.bwb_id)
    found = LawNames.of(laws).bwb_id(name)
    if found is None:
        held = ", ".join(dict.fromkeys(source.afkorting or source.short_title for source in laws)) or "–"
        raise CommandError(messages("law.unknown", name=name, held=held), 2)
    return found


def law_text(engine: Engine, bwb_id: str, laws: Sequence[Source], day: str | None, messages: Messages) -> Document:
    """The text of a law as it stood on a day (None: the newest held).

    raises  CommandError if no text is held for that day
    """
    source = held_text(bwb_id, laws, day)
    if source is None:
        oldest = min(str(law.toestand) for law in laws if law.bwb_id == bwb_id)
        raise CommandError(messages("law.too_early", day=day, oldest=day_text(oldest, messages)), 2)
    return engine.document(source.id, "original")


def _title(document: Document, messages: Messages) -> str:
    source = document.source
    return f"{source.short_title}, {messages('place.toestand', date=day_text(str(source.toestand), messages))}"


def _article(document: Document, article: str | None, messages: Messages) -> Iterator[str]:
    blocks = [b for b in document.blocks if b.locator.article and article in (None, b.locator.article)]
    if not blocks:
        raise CommandError(messages("law.no_article", article=article, law=_title(document, messages)), 2)
    yield _title(document, messages)
    for block in blocks:
        status = f" [{block.status}]" if block.status and block.kind == "heading" else ""
        first = block.kind == "paragraph" and block.locator.paragraph
        mark = f"{block.locator.paragraph}. " if first else ""
        lead = "\n" if block.kind == "heading" else "   " if block.kind == "item" else ""
        yield f"{lead}{mark}{block.text}{status}"


def _changes(before: Document, after: Document, article: str | None, messages: Messages) -> Iterator[str]:
    yield f"{_title(before, messages)} → {_title(after, messages)}"
    for change in compare(before, after):
        if article is None:
            if change.change != "same":
                yield _line(change, messages)
        elif change.article == article:
            yield _line(change, messages)
            for lid in change.lids:
                yield _lid(lid)


def _line(change: ArticleChange, messages: Messages) -> str:
    said = messages(f"law.{change.change}")
    lids = ", ".join(lid.paragraph for lid in change.lids if lid.paragraph)
    return f"art. {change.article}: {said}" + (f" (lid {lids})" if lids else "")


def _lid(lid: LidChange) -> str:
    """The words of a lid, those that went in [- -], those that came in {+ +}."""
    marks = {"same": "{}", "out": "[-{}-]", "in": "{{+{}+}}"}
    words = " ".join(marks[op].format(text.strip()) for op, text in lid.words if text.strip())
    return f"\nlid {lid.paragraph}: {words}" if lid.paragraph else f"\n{words}"
