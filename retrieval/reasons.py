"""Why there is no answer, in one sentence that helps."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.index.store import Holding
from retrieval.answer import Language


def no_documents(language: Language) -> str:
    """The filters leave nothing to search."""
    if language == "en":
        return "No source meets these filters; widen them."
    return "Geen bron voldoet aan deze filters; maak ze ruimer."


def no_support(language: Language, holdings: Sequence[Holding]) -> str:
    """The sources do not answer; says from which years the sources are."""
    years = sorted(holding.source.year for holding in holdings if holding.source.year)
    count = len({holding.source.id for holding in holdings})
    if language == "en":
        span = f", from {years[0]} to {years[-1]}" if years else ""
        return f"The sources give no answer to this question ({count} sources{span})."
    span = f", uit {years[0]} tot en met {years[-1]}" if years else ""
    return f"De bronnen geven geen antwoord op deze vraag ({count} bronnen{span})."
