"""Headings and notices of an answer, in Dutch and English."""

from __future__ import annotations

from types import MappingProxyType

from retrieval.answer import Language

_PHRASES = MappingProxyType(
    {
        "caveats": ("Kanttekeningen", "Caveats"),
        "for": ("Voor", "For"),
        "against": ("Tegen", "Against"),
        "more": ("Meer hierover", "More on this"),
        "terms": ("Begrippen in de citaten", "Terms in the quotes"),
        "literature": ("Wat de literatuur erover zegt", "What the literature says about it"),
        "law_on": ("Tekst van {date}", "Text of {date}"),
        "law_changed": (
            "{article} is veranderd tussen de tekst van {before} en die van {after}.",
            "{article} changed between the text of {before} and that of {after}.",
        ),
        "law_same": (
            "{article} is niet veranderd tussen de tekst van {before} en die van {after}.",
            "{article} did not change between the text of {before} and that of {after}.",
        ),
        "law_new": (
            "{article} staat niet in de tekst van {before}, wel in die van {after}.",
            "{article} is not in the text of {before}, but it is in that of {after}.",
        ),
        "law_gone": (
            "{article} staat in de tekst van {before}, maar niet als geldend recht in die van {after}.",
            "{article} is in the text of {before}, but not as valid law in that of {after}.",
        ),
        "law_one_text": (
            "Van de {law} is één tekst in huis, die van {date}; wat daarvoor of daarna veranderde, staat hier niet.",
            "One text of the {law} is held, that of {date}; what changed before or after it is not here.",
        ),
        "law_too_early": (
            "Van de {law} is geen tekst van {day} in huis; de oudste is van {date}.",
            "No text of the {law} of {day} is held; the oldest is of {date}.",
        ),
        "law_older": (
            "De tekst van de {law} in huis is van {date}; {title} is van later ({reported}) en kan een wijziging "
            "beschrijven die er nog niet in staat.",
            "The text held of the {law} is of {date}; {title} is later ({reported}) and may describe a change that is "
            "not in it yet.",
        ),
        "law_not_held": (
            "De tekst van de {law} is niet in huis; dit is wat andere bronnen erover zeggen.",
            "The text of the {law} is not held; this is what other sources say of it.",
        ),
        "next_definition": ("Wat betekent ‘{topic}’?", "What does ‘{topic}’ mean?"),
        "next_instruments": ("Welke instrumenten zijn er voor {topic}?", "Which instruments are there for {topic}?"),
        "next_heading": ("Wat zeggen de bronnen over {topic}?", "What do the sources say about {topic}?"),
    }
)
_MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december".split(),
    "en": "January February March April May June July August September October November December".split(),
}


def phrase(key: str, language: Language, **values: object) -> str:
    """A heading or notice, its gaps filled."""
    nl, en = _PHRASES[key]
    return (en if language == "en" else nl).format(**values)


def day(date: str | None, language: Language) -> str:
    """A date YYYY-MM-DD, YYYY-MM or YYYY in words: "1 juli 2024"."""
    if not date:
        return "zonder datum" if language == "nl" else "no date"
    year, *rest = date.split("-")
    month = [_MONTHS[language][int(rest[0]) - 1]] if rest else []
    number = [str(int(rest[1]))] if len(rest) > 1 else []
    return " ".join([*number, *month, year])
