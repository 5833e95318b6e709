"""Follow-up questions: one completed from the turn before, and questions that may come next."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.index.generation import Generation
from ingest.index.lexical import words
from retrieval.answer import Citation, Language
from retrieval.instruments import catalogue
from retrieval.language import language_of
from retrieval.phrases import phrase
from retrieval.references import ENGLISH_ORDINALS, ORDINALS
from retrieval.task import Task, own_statement
from retrieval.vocabulary import GLOSSARY, named_terms

_MOST = 3  # questions that may come next
_SPECIFIC = 11  # letters of a term that says something by itself
_SHORT = 9  # words of a question that may lean on the one before
_STARTS = re.compile(r"^\s*(?:en|maar|of|dus|and|but|or|so|what\s+about|how\s+about|hoezo)\b[\s,]*", re.IGNORECASE)
_POINTS = re.compile(
    r"\b(?:dit|die|dat|deze|daar|daarvan|daarvoor|daarmee|daarbij|daarover|daartegen|hiervoor|hiervan|hij|zij|ze|het|it|"
    r"that|this|these|those|they|them|he|she|there)\b",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"^\s*(?:waarom|hoezo|hoe|wanneer|wie|waar|why|how|when|who|where)(?:\s+(?:niet|not))?\s*\?*\s*$", re.I
)
_OTHER_LANGUAGE: tuple[tuple[re.Pattern[str], Language], ...] = (
    (re.compile(r"^\W*(?:en|and)?\s*(?:(?:and\s+)?in|in\s+het)\s+(?:english|engels)\W*(?:please)?\W*$", re.I), "en"),
    (re.compile(r"^\W*(?:en|and)?\s*(?:in|in\s+het)\s+(?:dutch|nederlands)\W*(?:graag)?\W*$", re.I), "nl"),
)
_LID = re.compile(
    rf"\b(?:lid|paragraph)\s*\d+[a-z]?\b|\b(?:{'|'.join((*ORDINALS, *ENGLISH_ORDINALS))})\s+(?:lid|paragraph)\b", re.I
)
_ARTICLE = re.compile(r"\b(?:artikel|art\.|article)\s*\d+(?:[.:]\d+)*[a-z]{0,2}\b", re.IGNORECASE)


def complete(question: str, previous: str | None) -> tuple[str, Language]:
    """A question made whole from the one before, and the language in which it is asked.

    A question leans on the one before if it is short and starts with "en" or "and", points back ("dat", "it"), is a
    bare question word, or names a lid or an article alone. Then the one before stands in front of it.
    """
    if not previous:
        return question, language_of(question)
    for said, language in _OTHER_LANGUAGE:
        if said.match(question):
            return previous, language
    if not _leans(question):
        return question, language_of(question)
    if place := _in_the_same_law(question, previous):
        return place, language_of(previous)
    rest = _STARTS.sub("", question).strip()
    language = language_of(question) if len(words(rest)) > 1 else language_of(previous)
    return f"{previous.rstrip(' ?.!')}: {rest}" if rest else previous, language


def _leans(question: str) -> bool:
    if len(question.split()) > _SHORT:
        return False
    if _STARTS.match(question) or _BARE.match(question):
        return True
    if _LID.search(question) and not _ARTICLE.search(question):
        return True
    topics = [word for word in words(question) if not _POINTS.fullmatch(word)]
    return bool(_POINTS.search(question)) and len(topics) <= 2


def _in_the_same_law(question: str, previous: str) -> str | None:
    """The question before with the article or lid of this one in place of its own; None if this one names none."""
    article, lid = _ARTICLE.search(question), _LID.search(question)
    before = _ARTICLE.search(previous)
    if before is None or not (article or lid):
        return None
    behind = previous[before.end() :]
    behind = _LID.sub("", behind, count=1) if _LID.match(behind.lstrip(" ,")) else behind
    said = " ".join(match[0] for match in (article or before, lid) if match)
    return " ".join(f"{previous[: before.start()]}{said} {behind}".split())


def next_questions(generation: Generation, task: Task, citations: tuple[Citation, ...]) -> tuple[str, ...]:
    """Two or three questions near this answer that the collection answers: each leads to a text that is held."""
    found: dict[str, None] = {}
    asked = set(words(task.question))
    for question in _candidates(generation, task, citations):
        if len(found) < _MOST and not set(words(question)) <= asked:
            found.setdefault(question)
    return tuple(found)


def _candidates(generation: Generation, task: Task, citations: tuple[Citation, ...]) -> Iterator[str]:
    """One of each sort first: instruments for what is asked about, the next section, the terms nearby."""
    language = task.language
    terms = named_terms(task.question)
    names = {name.lower() for term in terms for name in (term.label.nl, term.label.en)}
    if task.need is None:
        concepts = [c for c in (*catalogue().aims, *catalogue().risks) if c.label.nl.lower() in names]
        for concept in concepts[:1]:
            yield phrase("next_instruments", language, topic=getattr(concept.label, language))
    if language == "nl":
        yield from _next_section(generation, citations)
    held = {term.id for term in terms}
    related = {other for term in terms for other in (*term.related, *term.narrower)}
    quoted = named_terms(" ".join(citation.quote for citation in citations[:6]))
    near = [t for t in quoted if t.id not in held and (t.id in related or len(t.label.nl) >= _SPECIFIC)]
    near.sort(key=lambda term: term.id not in related)
    for term in near[:_MOST]:
        if own_statement(generation, task, GLOSSARY, getattr(term.definition, language)):
            yield phrase("next_definition", language, topic=getattr(term.label, language))


def _next_section(generation: Generation, citations: tuple[Citation, ...]) -> Iterator[str]:
    """A question for the section behind the one quoted first, if that is not cited; none of law or the catalogue."""
    first = next(iter(citations), None)
    if first is None or first.source.kind == "wet" or first.passage.form == "catalogue":
        return
    cited = {citation.locator.section for citation in citations}
    blocks = generation.store.blocks((first.passage.source_id, first.passage.form))
    headings = iter(block.locator.section for block in blocks if block.kind == "heading")
    if first.locator.section in headings:  # which takes the headings up to it
        for section in headings:
            topic = re.sub(r"^[\d.]+\s+", "", section[-1])
            if section not in cited and topic[-1:] not in "?!":
                yield phrase("next_heading", "nl", topic=f"‘{topic}’")
                return
