"""Which study a footnote names, as one says it in a sentence: "Van der Velden e.a. (2018)"."""

from __future__ import annotations

import re

_PARTICLE = r"(?:van|von|de|den|der|ten|ter|te)\b"
_LEAD = re.compile(rf"^(?:Zie|See)\s+(?:(?!{_PARTICLE})[a-z][\w.]*\s+)*")  # "Zie o.a.": all before the first name
_WORK = re.compile(r"(?P<authors>[^()]{2,160}?)[\s,.]*(?:\((?:red|eds?)\.?\)[\s.]*)?\((?P<year>(?:19|20)\d\d)[a-z]?\)")
_ANOTHER = re.compile(r";[^;]*\((?:19|20)\d\d")
_BETWEEN = re.compile(r"\s*[,;&]\s*|\s+(?:en|and)\s+")
_OTHERS = re.compile(r"[\s;,]+(?:e\.\s?a|et\.?\s*al)\b.*$")
_INITIALS = re.compile(r"(?:\b[A-Z](?:\.|\b)\s*)+")
# What stands behind a surname and its comma: initials or forenames, and "van der".
_GIVEN = re.compile(
    r"(?:(?:[A-Z]\.?\s?)+|(?!V[ao]n\b|De\b)[A-Z][\w-]+(?:\s[A-Z][\w-]+)*)"
    rf"(?P<particles>(?:\s?\b{_PARTICLE})+)?"
)


def study(note: str) -> str | None:
    """The first study that a footnote names with its year; None if it names none so.

    "e.a." stands for its further authors, "en andere" for further studies.
    """
    text = _LEAD.sub("", note)
    match = _WORK.match(text)
    if match is None:
        return None
    authors = _OTHERS.sub("", match["authors"]).strip(" ,.;")
    several = authors != match["authors"].strip(" ,.;")
    if re.search(r"[,&]|\b[A-Z]\.", authors):  # else an organisation, or one name
        surname, *rest = [piece for piece in _BETWEEN.split(authors) if piece]
        given = _GIVEN.fullmatch(rest[0]) if rest else None
        particles = (given["particles"] or "").strip() if given else ""
        several = several or len(rest) > (given is not None)
        authors = f"{particles} {_INITIALS.sub('', surname).strip()}".strip()
    if not authors:
        return None
    more = " en andere" if _ANOTHER.search(text, match.end()) else ""
    return f"{authors[0].upper()}{authors[1:]}{' e.a.' if several else ''} ({match['year']}){more}"
