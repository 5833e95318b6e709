"""Numbers in running Dutch and English text: figures, number words, ordinals, percentages, years, fractions.

A figure such as 1.500 is read both ways (1500 and 1.5): the two languages write thousands and decimals crosswise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

NumberKind = Literal["number", "year", "percentage"]

_ONES_NL = "nul één twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien".split()
_ONES_NL += "zeventien achttien negentien".split()
_ONES_EN = "zero - two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
_ONES_EN += "seventeen eighteen nineteen".split()
_TENS_NL = "twintig dertig veertig vijftig zestig zeventig tachtig negentig".split()
_TENS_EN = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS_NL = "tweede derde vierde vijfde zesde zevende achtste negende tiende elfde twaalfde dertiende".split()
_ORDINALS_EN = "second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth".split()
_SCALES = {"honderd": 100, "hundred": 100, "duizend": 1000, "thousand": 1000, "miljoen": 10**6, "million": 10**6}
_SCALES |= {"miljard": 10**9, "billion": 10**9, "mln": 10**6, "mld": 10**9}
_PARTS = {"helft": 0.5, "half": 0.5, "halve": 0.5, "kwart": 0.25, "quarter": 0.25, "driekwart": 0.75}
_PARTS |= {"anderhalf": 1.5, "anderhalve": 1.5, "tweederde": 2 / 3, "eenderde": 1 / 3, "dozijn": 12, "dozen": 12}
_PARTS |= {"decennium": 10, "decade": 10, "beide": 2, "both": 2, "twice": 2, "tweemaal": 2, "driemaal": 3, "dubbele": 2}

_FIGURE = re.compile(r"(?<!\w)(?<!\d[.,])\d+(?:[.,\u00a0\u202f]\d+)*(?!\d)")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_PERCENT = re.compile(r"\s*(?:%|procent|percent\b|per cent\b)")
_SCALE = re.compile(rf"\s*(?:{'|'.join(_SCALES)})\b", re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:-|–|/|%|tot(?: en met)?|t/m|en|of|à|to|and|or)\s*(?:de |the )?", re.IGNORECASE)
_ABOUT = re.compile(
    r"\b(?:circa|ca\.?|ongeveer|ruim|bijna|zo['’]n|rond de|grofweg|krap|about|around|nearly|almost|roughly|some|"
    r"approximately|over|just under)\s+(?:€\s*|de |the )?$",
    re.IGNORECASE,
)
_DECADE_BEFORE = re.compile(r"(?:\bjaren\s+|['’])$", re.IGNORECASE)
_TAIL = (
    "jarige|jarig|jaarlijks|jaarlijkse|persoons|deling|deelde|delig|voudig|voudige|daags|daagse|kamer|hoek|ledig|ledige"
)
_COMPOUND = re.compile(rf"(.+?)(?:{_TAIL})$")
_NEAR = 0.06  # "ruim 900" may stand for anything up to six per cent away


@dataclass(frozen=True, slots=True)
class Number:
    """A number at `text[start:end]`; `values` are its possible readings. `spelled`: written as a word.

    `about`: the text itself calls it approximate.
    """

    start: int
    end: int
    said: str
    values: frozenset[float]
    kind: NumberKind
    spelled: bool = False
    about: bool = False


def _table() -> dict[str, float]:
    """Every number word of both languages that is one word; "een" and "one" are no numbers."""
    found: dict[str, float] = {}
    for ones, tens, and_ in ((_ONES_NL, _TENS_NL, "en"), (_ONES_EN, _TENS_EN, "-")):
        found |= {word: value for value, word in enumerate(ones) if word != "-"}
        found |= {word: 20 + 10 * n for n, word in enumerate(tens)}
        for n, ten in enumerate(tens):
            for value in range(1, 10):
                one = "een" if ones is _ONES_NL and value == 1 else "one" if value == 1 else ones[value]
                joined = f"{one}{'ën' if one.endswith('e') else and_}{ten}" if and_ == "en" else f"{ten}-{one}"
                found[joined] = 20 + 10 * n + value
    found |= {f"{word}honderd": value * 100 for value, word in enumerate(_ONES_NL[:10]) if value > 1}
    for ordinals in (_ORDINALS_NL, _ORDINALS_EN):
        found |= {word: n for n, word in enumerate(ordinals, start=2)}
    return found | {word: float(value) for word, value in (_SCALES | _PARTS).items() if not word.startswith("ml")}


_WORDS = _table()


def numbers(text: str) -> tuple[Number, ...]:
    """All numbers of a text, in order."""
    found = sorted([*_figures(text), *_spelled(text)], key=lambda number: number.start)
    found = [_scaled(text, number) for number in found if not _is_scale(text, number, found)]
    for first, second in reversed(list(pairwise(range(len(found))))):
        between = text[found[first].end : found[second].start]
        if found[second].kind == "percentage" and _RANGE.fullmatch(between):
            found[first] = replace(found[first], kind="percentage")
    return tuple(found)


def _figures(text: str) -> Iterator[Number]:
    for match in _FIGURE.finditer(text):
        values = frozenset(_readings(match[0]))
        whole = match[0].isdigit()
        if whole and len(match[0]) == 2 and _DECADE_BEFORE.search(text[: match.start()]):
            values |= {1900.0 + int(match[0])}
        year = whole and len(match[0]) == 4 and 1700 <= int(match[0]) <= 2100
        kind: NumberKind = "year" if year else "number"
        about = bool(_ABOUT.search(text[max(0, match.start() - 24) : match.start()]))
        yield Number(match.start(), match.end(), match[0], values, kind, about=about)


def _readings(figure: str) -> Iterator[float]:
    """1.234.567 has one reading, 1.500 two, 2,5 one; 01-07 is written as its parts."""
    parts = re.split(r"[.,\u00a0\u202f]", figure)
    grouped = all(len(part) == 3 for part in parts[1:]) and len(parts[0]) <= 3
    if len(parts) == 1 or grouped:
        yield float("".join(parts))
    if len(parts) == 2:
        yield float(".".join(parts))
    elif len(parts) > 2 and not grouped:
        yield float("".join(parts[:-1]) + "." + parts[-1])


def _spelled(text: str) -> Iterator[Number]:
    for match in _WORD.finditer(text):
        word = match[0].lower()
        value = _WORDS.get(word)
        if value is None and (compound := _COMPOUND.match(word)):
            value = _WORDS.get(compound[1].rstrip("-"))
        if value is None:
            continue
        values = {float(value)}
        if value in range(20, 100, 10) and _DECADE_BEFORE.search(text[: match.start()]):
            values.add(1900.0 + value)
        about = bool(_ABOUT.search(text[max(0, match.start() - 24) : match.start()]))
        yield Number(match.start(), match.end(), match[0], frozenset(values), "number", spelled=True, about=about)


def _is_scale(text: str, number: Number, found: list[Number]) -> bool:
    """Whether a word such as "miljoen" belongs to the number before it."""
    if number.said.lower() not in _SCALES:
        return False
    return any(other.end < number.start and not text[other.end : number.start].strip() for other in found)


def _scaled(text: str, number: Number) -> Number:
    """With the scale and the percent sign that follow it."""
    scale = _SCALE.match(text, number.end)
    if scale:
        factor = _SCALES[scale[0].strip().lower()]
        number = replace(
            number,
            end=scale.end(),
            said=text[number.start : scale.end()],
            values=frozenset(value * factor for value in number.values),
            kind="number",
        )
    percent = _PERCENT.match(text, number.end)
    return replace(number, kind="percentage") if percent else number


def is_held(number: Number, held: Iterable[Number]) -> bool:
    """Whether a number stands among others: the same value; a percentage only as one, or as the fraction it is."""
    return any(_same(number, other) for other in held)


def _same(number: Number, other: Number) -> bool:
    mine, theirs = number.values, other.values
    if number.kind == "percentage" != other.kind:
        mine, theirs = frozenset(value / 100 for value in mine), frozenset(v for v in theirs if v < 1)
    elif other.kind == "percentage" != number.kind:
        theirs = theirs | {value / 100 for value in theirs}
    loose = (number.about or other.about) and "year" not in (number.kind, other.kind)
    for value in mine:
        slack = _NEAR if loose or 0 < value < 1 else 1e-9
        if any(abs(value - held) <= slack * max(abs(held), 1e-9) for held in theirs):
            return True
    return False
