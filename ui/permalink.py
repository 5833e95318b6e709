"""Permanent links: the address of the page with question, filters and corpus version, so that it can be repeated."""

from __future__ import annotations

from urllib.parse import urlencode

from retrieval.answer import Filters
from ui.settings import Settings


def base_address(settings: Settings) -> str:
    """Where the page is served by these settings."""
    return f"http://{settings.host}:{settings.port}/{settings.root_path.strip('/')}".rstrip("/")


def permalink(base: str, question: str, filters: Filters, version: str) -> str:
    """The address that asks `question` again; `version` is that of the knowledge base which answered."""
    query = [("vraag", question)]
    query += [("soort", kind) for kind in sorted(filters.kinds)]
    query += [("bron", source) for source in sorted(filters.sources)]
    given = {"van": filters.from_year, "tot": filters.until_year, "datum": filters.date, "versie": version}
    query += [(name, str(value)) for name, value in given.items() if value]
    return f"{base}/?{urlencode(query)}"
