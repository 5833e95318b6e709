"""Where sentences end in Dutch and English running text, law references and abbreviations kept whole."""

from __future__ import annotations

import re

_BOUNDARY = re.compile(r"[.!?…]+[\"'”’»)\]]*\s+(?=[\"'“‘„«(\[]*[A-ZÀ-ÖØ-Þ0-9€•–])|\n{2,}")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[‘“\"'])(?:art|artt|jo|nr|nrs|blz|pp?|o\.a|e\.a|e\.d|bijv|bv|bijvb|enz|etc|d\.w\.z|m\.b\.t|t\.b\.v|i\.v\.m|"
    r"i\.c\.m|t\.a\.v|m\.a\.w|a\.d\.h\.v|z\.g\.n|zgn|incl|excl|resp|vgl|ca|ca|max|min|Stb|Stcrt|Trb|prof|dr|mr|drs|ir|ing|"
    r"mw|dhr|St|jl|jr|red|al|vs|i\.e|e\.g|cf|ed|eds|vol|no|hfst|par|fig|tab|[A-Za-z]|\d{1,2})\.$"
)
_NUMBERED = re.compile(r"^\s*(?:\d{1,3}|[a-z])[.)]$")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Spans (start, end) of the sentences of a text, half-open, without surrounding white space.

    A blank line always ends a sentence. The spans cover every character that is not white space.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for boundary in _BOUNDARY.finditer(text):
        blank_line = "\n\n" in boundary[0]
        if not blank_line and _is_inside(text[start : boundary.end()].rstrip()):
            continue
        _add(spans, text, start, boundary.end())
        start = boundary.end()
    _add(spans, text, start, len(text))
    return spans


def sentences(text: str) -> list[str]:
    """The sentences of a text, in order."""
    return [text[start:end] for start, end in sentence_spans(text)]


def _is_inside(head: str) -> bool:
    """Whether the stop at the end of `head` belongs to an abbreviation, an initial or a list number."""
    return bool(_NUMBERED.match(head) or _ABBREVIATION.search(head[-12:]))


def _add(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        spans.append((start, end))
