"""Why there is no answer, in one sentence that helps."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.index.lexical import Lexical
from ingest.index.store import Holding
from retrieval.answer import Language
from retrieval.beyond import Beyond
from retrieval.language import language_of
from retrieval.references import Provision
from retrieval.search import Found

_WORD = re.compile(r"\b[^\W\d_]{4,40}\b")
_NAME = re.compile(r"(?<=[\w,] )[A-Z][^\W\d_]{3,39}\b")
_MOST_UNKNOWN = 3


def no_documents(language: Language) -> str:
    """The filters leave nothing to search."""
    if language == "en":
        return "No source meets these filters; widen them."
    return "Geen bron voldoet aan deze filters; maak ze ruimer."


def no_support(language: Language, holdings: Sequence[Holding], missing: str = "") -> str:
    """The sources do not answer; says what is `missing`, as `gap` tells, and from which years the sources are."""
    sources = {holding.source.id: holding.source for holding in holdings if holding.form != "catalogue"}
    years = sorted(source.year for source in sources.values() if source.year)
    count = len(sources)
    why = f": {missing}" if missing else ""
    if language == "en":
        span = f", from {years[0]} to {years[-1]}" if years else ""
        return f"The sources give no answer to this question{why} ({count} sources{span})."
    span = f", uit {years[0]} tot en met {years[-1]}" if years else ""
    return f"De bronnen geven geen antwoord op deze vraag{why} ({count} bronnen{span})."


def gap(question: str, language: Language, beyond: Beyond, lexical: Lexical) -> str:
    """What a question asks that no source here has, as a clause; empty if nothing that can be named.

    A law or rulings that are not held, words that no source holds, a year, the present day, or else what it takes for
    granted.
    """
    english = language == "en"
    if beyond.law:
        return (
            f"the text of the {beyond.law} is not held" if english else f"de tekst van de {beyond.law} is niet in huis"
        )
    if beyond.ruling:
        return "no rulings of courts are held" if english else "uitspraken van rechters zijn niet in huis"
    if unknown := _unknown_words(question, lexical):
        named = ", ".join(f"‘{word}’" for word in unknown)
        return f"no source here mentions {named}" if english else f"geen bron hier noemt {named}"
    if beyond.year:
        return "no source here tells it of that year" if english else "geen bron hier zegt dit over dat jaar"
    if beyond.now:
        return "they do not know the present day" if english else "zij gaan niet over de dag van vandaag"
    if beyond.presumed:
        if english:
            return f"it takes ‘{beyond.presumed}’ for granted, which the passages nearest to it do not say"
        return f"zij gaat uit van ‘{beyond.presumed}’, en dat zeggen de passages die er het dichtst bij komen niet"
    return ""


def _unknown_words(question: str, lexical: Lexical) -> list[str]:
    """The first words of a question that no source holds; of an English question names alone, as most text is Dutch."""
    pattern = _NAME if language_of(question) == "en" else _WORD
    found = dict.fromkeys(pattern.findall(question))
    return [word for word in found if not lexical.knows(word)][:_MOST_UNKNOWN]


def provision_fault(language: Language, found: Found, holdings: Sequence[Holding]) -> str | None:
    """Why the provisions that a question names cannot be quoted: not in the text held, or not valid law; else None."""
    if not found.provisions:
        return None
    exact = [hit.passage for hit in found.hits if hit.row in found.exact]
    asked = found.provisions[0]
    law = next(holding.source for holding in holdings if holding.source.id in asked.sources)
    if not exact and _spoken_of(asked, found):
        return None  # the literature may tell of an article that is newer than the text held
    if not exact:
        if language == "en":
            return (
                f"Article {_place(asked, language)} is not in the text held of the {law.short_title} ({law.toestand})."
            )
        place = _place(asked, language)
        return f"Artikel {place} staat niet in de tekst in huis van de {law.short_title} ({law.toestand})."
    if all(passage.status for passage in exact):
        status = exact[0].status
        if language == "en":
            status = "repealed" if status == "vervallen" else "not in force"
            return f"Article {asked.article} of the {law.short_title} is {status} in the text of {law.toestand}."
        return f"Artikel {asked.article} van de {law.short_title} is {status} in de tekst van {law.toestand}."
    return None


def _spoken_of(asked: Provision, found: Found) -> bool:
    """Whether one of the best passages names the article."""
    named = re.compile(rf"\bart(?:ikel|icle|\.)\s*{re.escape(asked.article)}\b", re.IGNORECASE)
    return any(named.search(hit.passage.text) for hit in found.hits[:5])


def _place(asked: Provision, language: Language) -> str:
    if asked.paragraph is None:
        return asked.article
    return f"{asked.article} {'paragraph' if language == 'en' else 'lid'} {asked.paragraph}"
