"""Answers from law: provisions by lid, what changed between two texts, and the literature beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from corpus import Source
from ingest.document import Locator
from ingest.index.generation import Generation
from ingest.index.store import DocumentKey
from ingest.law_compare import ArticleChange, compare
from ingest.law_references import citation_text
from retrieval.answer import Language
from retrieval.cite import Sentence, sentences_of
from retrieval.layout import Group, Layout
from retrieval.phrases import day, phrase
from retrieval.references import Provision
from retrieval.relevance import Scored
from retrieval.search import Found
from retrieval.task import Task, passages_of, whole

_BUDGET = 260  # words of law; beyond it the lids nearest to the question go first
_BESIDE = 2  # sentences of the literature
_BESIDE_WORDS = 80
_CHANGED_WORDS = 250  # of each text
_CHANGE = re.compile(
    r"\b(?:verander\w*|gewijzigd\w*|wijzig\w*|aangepast|herzien\w*|nieuw\s+sinds|changed?|changes|amend\w*|revis\w+)\b",
    re.IGNORECASE,
)

_ANY_ARTICLE = re.compile(r"\bart(?:ikel(?:en)?|icles?|\.)\s*\d", re.IGNORECASE)


def asks_for_change(question: str) -> bool:
    """Whether a question is after what changed in a law."""
    return bool(_CHANGE.search(question))


def add_law(generation: Generation, layout: Layout, found: Found, task: Task, scored: Sequence[Scored]) -> list[str]:
    """Add the provisions that a question names, and what the literature says of them; gives the notices."""
    notices: list[str] = []
    changed = asks_for_change(task.question) and _add_changes(generation, layout, found.provisions, task)
    if changed:
        notices += changed
    else:
        layout.add_all(_provisions(task.language, found, scored))
    beside = _literature(found, scored, generation)
    heading = phrase("literature", task.language)
    layout.add(Group(heading, tuple(s.sentence for s in beside)))
    return notices + _later(generation, found, task.language, beside)


def _provisions(language: Language, found: Found, scored: Sequence[Scored]) -> list[Group]:
    """The named provisions by article, whole lids, in the order of the law; those nearest to the question if long."""
    named = [s for s in scored if s.sentence.hit.row in found.exact and not s.sentence.hit.passage.status]
    rows: dict[int, list[Scored]] = {}
    for s in named:
        rows.setdefault(s.sentence.hit.row, []).append(s)
    kept: set[int] = set()
    left = _BUDGET
    for row, lid in sorted(rows.items(), key=lambda entry: -max(s.score for s in entry[1])):
        length = sum(s.length for s in lid)
        if length <= left or not kept:
            kept.add(row)
            left -= length
    chosen = [s.sentence for s in named if s.sentence.hit.row in kept]
    chosen.sort(key=lambda s: (s.hit.source.id, s.start))
    return [
        Group(_heading(source, article, language), tuple(group), dated=True)
        for (source, article), group in groupby(chosen, key=lambda s: (s.hit.source, s.hit.passage.locator.article))
    ]


def _heading(source: Source, article: str | None, language: Language) -> str:
    place = citation_text(source, Locator(article=article))
    dated = phrase("law_on", language, date=day(source.toestand, language))
    return f"{place}. {dated}"


# --- what changed ---------------------------------------------------------------------------------


def _add_changes(generation: Generation, layout: Layout, named: Sequence[Provision], task: Task) -> list[str]:
    """The lids that differ between the two texts of the law, one text after the other; gives what became of each."""
    notices = []
    for provision in named:
        texts = _texts(generation, provision.sources)
        if len(texts) < 2:
            law = generation.store.source(texts[0]) if texts else None
            if law:
                date = day(law.toestand, task.language)
                notices.append(phrase("law_one_text", task.language, law=law.short_title, date=date))
                layout.add_all(_quoted(generation, task.language, texts[0], provision, None))
            continue
        before, after = texts[0], texts[-1]
        change = _change(generation, before, after, provision.article)
        if change is None:
            continue
        notices.append(_said(generation, task.language, before, after, change))
        lids = {lid.paragraph for lid in change.lids} or None
        for key in (before, after):
            layout.add_all(_quoted(generation, task.language, key, provision, lids))
    return notices


def _texts(generation: Generation, sources: frozenset[str]) -> list[DocumentKey]:
    """The originals of all held texts of the law that these sources are texts of, the oldest first."""
    holdings = generation.store.holdings
    laws = {h.source.bwb_id for h in holdings if h.source.id in sources}
    found = [h for h in holdings if h.source.bwb_id in laws and h.form == "original"]
    return [h.key for h in sorted(found, key=lambda h: h.source.toestand or "")]


def _change(generation: Generation, before: DocumentKey, after: DocumentKey, article: str) -> ArticleChange | None:
    changes = compare(generation.store.document(before), generation.store.document(after))
    return next((change for change in changes if change.article.lower() == article), None)


def _said(
    generation: Generation, language: Language, before: DocumentKey, after: DocumentKey, change: ArticleChange
) -> str:
    old, new = generation.store.source(before), generation.store.source(after)
    keys = {"same": "law_same", "new": "law_new", "gone": "law_gone", "repealed": "law_gone"}
    return phrase(
        keys.get(change.change, "law_changed"),
        language,
        article=citation_text(new, Locator(article=change.article)).replace("art.", "Art.", 1),
        before=day(old.toestand, language),
        after=day(new.toestand, language),
    )


def _quoted(
    generation: Generation, language: Language, key: DocumentKey, provision: Provision, lids: set[str | None] | None
) -> list[Group]:
    """The lids of an article in one text, as far as the budget goes."""
    sentences: list[Sentence] = []
    left = _CHANGED_WORDS
    for row, passage in passages_of(generation, key):
        place = passage.locator
        wanted = provision.paragraph in (None, place.paragraph) and (lids is None or place.paragraph in lids)
        if (place.article or "").lower() == provision.article and wanted and not passage.status:
            found = sentences_of(whole(generation, row).hit, generation.store)
            length = len(passage.text.split())
            if length <= left or not sentences:
                sentences += found
                left -= length
    source = generation.store.source(key)
    return [Group(_heading(source, provision.article, language), tuple(sentences), dated=True)]


# --- literature -----------------------------------------------------------------------------------


def _literature(found: Found, scored: Sequence[Scored], generation: Generation) -> list[Scored]:
    """The nearest sentences of other sources that name the law, those that name the article first."""
    if not found.provisions:
        return []
    provision = found.provisions[0]
    article = re.compile(rf"\bart(?:ikel|icle|\.)?\s*{re.escape(provision.article)}\b", re.IGNORECASE)
    names = _names(generation, provision.sources)
    beside = [s for s in scored if s.sentence.hit.source.kind not in ("wet", "samenvatting")]
    beside = [s for s in beside if names.search(s.sentence.hit.passage.searchable)]
    beside = [s for s in beside if article.search(s.sentence.text) or not _ANY_ARTICLE.search(s.sentence.text)]
    beside.sort(key=lambda s: (not article.search(s.sentence.text), not names.search(s.sentence.text), -s.score))
    kept: list[Scored] = []
    for s in beside:
        if len(kept) < _BESIDE and sum(k.length for k in kept) + s.length <= _BESIDE_WORDS:
            kept.append(s)
    return kept


def _names(generation: Generation, sources: frozenset[str]) -> re.Pattern[str]:
    """The names of a law without its year."""
    laws = [h.source for h in generation.store.holdings if h.source.id in sources]
    names = {name for law in laws for name in (law.citeertitel, law.afkorting) if name}
    plain = {re.sub(r"\s+\d{4}$", "", name) for name in names}
    return re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(plain)) or r"(?!)", re.IGNORECASE)


def _later(generation: Generation, found: Found, language: Language, beside: Sequence[Scored]) -> list[str]:
    """A notice for each source beside the law that is later than the text held and speaks of a change."""
    sources = found.provisions[0].sources if found.provisions else frozenset()
    dated = {h.source.toestand or "": h.source for h in generation.store.holdings if h.source.id in sources}
    if not dated:
        return []
    law = dated[max(dated)]
    notices = []
    for s in beside:
        source = s.sentence.hit.source
        reported = source.date or ""
        if reported > (law.toestand or "") and _CHANGE.search(s.sentence.hit.passage.text):
            notices.append(
                phrase(
                    "law_older",
                    language,
                    law=law.short_title,
                    date=day(law.toestand, language),
                    title=source.short_title,
                    reported=day(reported, language),
                )
            )
    return list(dict.fromkeys(notices))
