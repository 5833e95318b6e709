"""Filters -> the documents that may be searched. Filters hold exactly; law is taken as it stood on one day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from ingest.index.store import DocumentKey, Holding
from retrieval.answer import FilterError, Filters


def documents(holdings: Sequence[Holding], filters: Filters) -> tuple[DocumentKey, ...]:
    """Keys of the documents that the filters allow, in the order held.

    An original takes the place of its digest, unless digests are asked for. Of several toestanden of one law the
    one in force on `filters.date` counts, by default the newest.

    raises  FilterError if the date is no day or a source is not held
    """
    day = _day(filters.date)
    unknown = filters.sources - {holding.source.id for holding in holdings}
    if unknown:
        names = ", ".join(sorted(unknown))
        raise FilterError(
            f"onbekende bron: {names}; `mengpaneel sources` noemt alle bronnen",
            f"unknown source: {names}; `mengpaneel sources` lists all sources",
        )
    allowed = [holding for holding in holdings if _allowed(holding, filters)]
    if "samenvatting" not in filters.kinds:
        allowed = _originals_first(allowed)
    current = _in_force(holdings, day)
    named = filters.sources if filters.date is None else frozenset()
    return tuple(
        holding.key
        for holding in allowed
        if not holding.source.bwb_id or holding.source.id in current or holding.source.id in named
    )


def _day(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise FilterError(
            f"{text!r} is geen dag; schrijf JJJJ-MM-DD, bijvoorbeeld 2024-01-01",
            f"{text!r} is no day; write YYYY-MM-DD, for example 2024-01-01",
        ) from error


def _allowed(holding: Holding, filters: Filters) -> bool:
    source = holding.source
    kind = "samenvatting" if holding.form != "original" else source.kind
    # a digest answers for its source's kind too: on a fresh installation it is all there is
    if filters.kinds and not ({kind, source.kind} & filters.kinds):
        return False
    if filters.sources and source.id not in filters.sources:
        return False
    if filters.from_year is not None and (source.year is None or source.year < filters.from_year):
        return False
    return not (filters.until_year is not None and (source.year is None or source.year > filters.until_year))


def _originals_first(holdings: Iterable[Holding]) -> list[Holding]:
    held = list(holdings)
    originals = {holding.source.id for holding in held if holding.form == "original"}
    return [h for h in held if h.form != "digest" or h.source.id not in originals]


def _in_force(holdings: Iterable[Holding], day: str | None) -> frozenset[str]:
    """Ids of the law texts in force on a day (None: the newest held of every law)."""
    newest: dict[str, tuple[str, str]] = {}
    for holding in holdings:
        source = holding.source
        if source.bwb_id and source.toestand and (day is None or source.toestand <= day):
            best = newest.get(source.bwb_id)
            if best is None or source.toestand > best[0]:
                newest[source.bwb_id] = (source.toestand, source.id)
    return frozenset(source_id for _, source_id in newest.values())
