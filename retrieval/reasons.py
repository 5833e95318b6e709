"""Why there is no answer, in one sentence that helps."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.index.lexical import Lexical
from ingest.index.store import Holding
from retrieval.answer import Language
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


def no_support(language: Language, holdings: Sequence[Holding], unknown: Sequence[str] = ()) -> str:
    """The sources do not answer; says which words of the question no source holds, and from which years they are."""
    sources = {holding.source.id: holding.source for holding in holdings if holding.form != "catalogue"}
    years = sorted(source.year for source in sources.values() if source.year)
    count = len(sources)
    named = ", ".join(f"‘{word}’" for word in unknown)
    if language == "en":
        span = f", from {years[0]} to {years[-1]}" if years else ""
        missing = f": no source here mentions {named}" if named else ""
        return f"The sources give no answer to this question{missing} ({count} sources{span})."
    span = f", uit {years[0]} tot en met {years[-1]}" if years else ""
    missing = f": geen bron hier noemt {named}" if named else ""
    return f"De bronnen geven geen antwoord op deze vraag{missing} ({count} bronnen{span})."


def unknown_words(question: str, language: Language, lexical: Lexical) -> list[str]:
    """The first words of a question that no source holds; of an English question names alone, as most text is Dutch."""
    pattern = _NAME if language == "en" else _WORD
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
