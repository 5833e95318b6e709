"""False sentences made of true ones, by fixed seeds: a number, year, name, article, negation or actor changed, or
a claim added from elsewhere. None is true by what the passages of the true sentence hold."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from evals.true_sentences import TrueSentence
from retrieval.lexicon import LEXICON
from retrieval.numbers import is_held, numbers

Kind = Literal["number", "year", "name", "article", "negation", "actor", "added"]
KINDS: tuple[Kind, ...] = ("number", "year", "name", "article", "negation", "actor", "added")

_NAMES = (
    "Utrecht|Rotterdam|Amsterdam|Den Haag|Almelo|Zoetermeer|Gorinchem|Heerlen|Roermond|Delft|Nieuwegein|Antwerpen",
    "Overvecht|Zuilen|Kanaleneiland|Hoogvliet|Segbroek|Meerzicht|Gebrookerbos|Donderberg|Krugerplein|Cartesius",
    "SCP|WRR|RMO|RIGO|Portaal|Mitros|Platform31|Movisie|Aedes|Divosa|Kadaster|RVS|KIS|De Tussenvoorziening",
    "Veldboer|Kleinhans|Musterd|Engbersen|Uyterlinde|Boutellier|Duyvendak|Hochstenbach|Putnam|Klinenberg|Allport|"
    "Bolt|Leidelmeijer|Davelaar|Diepeveen|Baldewsingh|Jacobs|Wekker|Blokland|Felder|Bredewold",
    "Woningwet|Gemeentewet|Omgevingswet|Huisvestingswet|Leegstandwet|Vreemdelingenwet|Onteigeningswet|Participatiewet|"
    "Jeugdwet|Wbmgp|Wet op de huurtoeslag|Huursubsidiewet",
    "Housing Act|Municipalities Act|Vacant Property Act|Affordable Rent Act|Civil Code|Expropriation Act",
)
_SPELLED = {
    "nl": "twee drie vier vijf zes zeven acht negen tien elf twaalf vijftien twintig dertig veertig vijftig".split(),
    "en": "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty".split(),
}
_ORDINALS = {
    "nl": "tweede derde vierde vijfde zesde zevende achtste negende".split(),
    "en": "second third fourth fifth sixth seventh eighth ninth".split(),
}
_ARTICLE = re.compile(r"\b(?:artikel|article|art\.|lid|paragraph)\s+(\d{1,3})(?=[a-z]?\b)", re.IGNORECASE)
_LID = re.compile(r"\b(eerste|tweede|derde|vierde|vijfde|zesde|zevende)(?=\s+lid\b)")
_DENIALS: tuple[tuple[str, str], ...] = (
    (r"\bniet (?!alleen|\w*meer\b)", ""),
    (r"\bgeen\b", "een"),
    (r"\bnooit\b", "altijd"),
    (r"\bzonder\b", "met"),
    (r"\bnot (?!only)", ""),
    (r"\bno\b(?! longer)", "a"),
    (r"\bnever\b", "always"),
    (r"\bwithout\b", "with"),
)
_AFFIRMED = re.compile(
    r"\b(?:is|zijn|kan|kunnen|mag|mogen|moet|moeten|heeft|hebben|wordt|worden|blijkt|blijft|geldt|gelden|was|waren)"
    r"(?: er| zij| hij| ook| dan)?\b(?=\s+\w)"
)
_AFFIRMED_EN = re.compile(r"\b(?:is|are|can|may|must|has|have|was|were|should|will)\b(?=\s+\w)")


@dataclass(frozen=True, slots=True)
class Mutation:
    """A false sentence, the true one it was made of, and how."""

    kind: Kind
    text: str
    true: TrueSentence


def mutations(sentences: Sequence[TrueSentence], count: int, seed: int) -> list[Mutation]:
    """`count` mutations, as evenly as may be over the kinds, and within a kind over who wrote the sentence."""
    chance = random.Random(seed)
    pools = {kind: _pool(kind, sentences, chance) for kind in KINDS}
    found: list[Mutation] = []
    while len(found) < count and any(any(pool) for pool in pools.values()):
        for kind in KINDS:
            # The groups take turns; one that is used up leaves its turn to the next.
            group = min((g for g in pools[kind] if g.left), key=lambda g: g.taken, default=None)
            if group and len(found) < count:
                group.taken += 1
                found.append(group.left.pop())
    return found


@dataclass(slots=True)
class _Group:
    left: list[Mutation]
    taken: int = 0

    def __bool__(self) -> bool:
        return bool(self.left)


def _pool(kind: Kind, sentences: Sequence[TrueSentence], chance: random.Random) -> list[_Group]:
    shuffled = chance.sample(list(sentences), len(sentences))
    groups: list[_Group] = []
    for written in ("original", "digest", "gist nl", "gist en"):
        made: list[Mutation] = []
        for true in shuffled:
            if true.written != written or len(made) == 60:
                continue
            text = _MAKERS[kind](true, chance) if kind != "added" else _added(true, shuffled, chance)
            if text and text != true.text:
                made.append(Mutation(kind, text, true))
        groups.append(_Group(made))
    return groups


def _held(true: TrueSentence) -> str:
    return "\n".join((*true.own, *true.originals))


def _replaced(text: str, start: int, end: int, new: str) -> str:
    return " ".join((text[:start] + new + text[end:]).split())


def _number(true: TrueSentence, chance: random.Random) -> str | None:
    """Another number, written in the same way, that no passage holds."""
    articles = [match.span() for match in _ARTICLE.finditer(true.text)]
    options = [
        n
        for n in numbers(true.text)
        if n.kind != "year" and not any(a <= n.start < b for a, b in articles) and "," not in n.said[-1:]
    ]
    chance.shuffle(options)
    held = numbers(_held(true))
    for number in options:
        for new in _others(number.said, true.language, chance):
            if not any(is_held(n, held) for n in numbers(f" {new} ")):
                return _replaced(true.text, number.start, number.end, new)
    return None


def _others(said: str, language: str, chance: random.Random) -> Iterator[str]:
    for words in (_SPELLED[language], _ORDINALS[language]):
        if said.lower() in words:
            others = chance.sample([w for w in words if w != said.lower()], len(words) - 1)
            yield from (w.capitalize() if said[0].isupper() else w for w in others)
    figure = re.match(r"\d+", said)
    if figure and not re.fullmatch(r"0+", figure[0]):
        for factor in chance.sample([0.5, 0.7, 1.3, 1.5, 2, 3, 4], 7):
            changed = str(max(2, round(int(figure[0]) * factor)))
            if changed != figure[0]:
                yield changed + said[figure.end() :]


def _year(true: TrueSentence, chance: random.Random) -> str | None:
    years = [n for n in numbers(true.text) if n.kind == "year"]
    if not years:
        return None
    number = chance.choice(years)
    held = _held(true)
    for step in chance.sample([-11, -7, -4, -3, -2, -1, 1, 2, 3, 4, 7, 11], 12):
        new = str(int(number.said) + step)
        if new not in held:
            return _replaced(true.text, number.start, number.end, new)
    return None


def _name(true: TrueSentence, chance: random.Random) -> str | None:
    held = _held(true).lower()
    for kind in chance.sample(_NAMES, len(_NAMES)):
        match = re.search(rf"(?<![\w-])(?:{kind})(?![\w-])", true.text)
        others = [name for name in kind.split("|") if name.lower() not in held]
        if match and others:
            return _replaced(true.text, *match.span(), chance.choice(others))
    return None


def _article(true: TrueSentence, chance: random.Random) -> str | None:
    held = _held(true)
    matches = list(_ARTICLE.finditer(true.text))
    if matches:
        match = chance.choice(matches)
        others = [str(n) for n in range(1, 90) if not re.search(rf"(?<!\d){n}(?!\d)", held)]
        return _replaced(true.text, *match.span(1), chance.choice(others)) if others else None
    lid = _LID.search(true.text)
    words = "eerste tweede derde vierde vijfde zesde zevende achtste negende".split()
    free = [
        w for n, w in enumerate(words, 1) if w not in held.lower() and not re.search(rf"\blid {n}\b|^{n}\.? ", held)
    ]
    return _replaced(true.text, *lid.span(1), chance.choice(free)) if lid and free else None


def _negation(true: TrueSentence, chance: random.Random) -> str | None:
    """A denial taken away or put in."""
    text = true.text
    for pattern, new in chance.sample(_DENIALS, len(_DENIALS)):
        match = re.search(pattern, text)
        if match:
            return _replaced(text, *match.span(), new)
    if any(re.search(rf"\b{word}\b", text, re.IGNORECASE) for word in ("niet", "geen", "not", "no", "never", "nor")):
        return None
    verb = (_AFFIRMED_EN if true.language == "en" else _AFFIRMED).search(text)
    return _replaced(text, verb.end(), verb.end(), " not" if true.language == "en" else " niet") if verb else None


def _actor(true: TrueSentence, chance: random.Random) -> str | None:
    """Two actors exchanged, in the same number, with no other mention of either."""
    found = LEXICON.actors_in(true.text)
    names = [actor.id for actor in found]
    single = [actor for actor in found if names.count(actor.id) == 1]
    for first, second in ((a, b) for a in single for b in single if a.start < b.start):
        between = true.text[first.end : second.start].strip(" ,")
        if between in ("en", "of", "and", "or", "en de", "en het", "of de") or not between:
            continue
        if re.fullmatch(r"(?:,|en|of|and|or|de|het|the|een|\w+,|\s)*", between):
            continue
        one, two = true.text[first.start : first.end], true.text[second.start : second.end]
        if one[0].isupper() and first.start == 0:
            one, two = one[0].lower() + one[1:], two[0].upper() + two[1:]
        return true.text[: first.start] + two + true.text[first.end : second.start] + one + true.text[second.end :]
    return None


def _added(true: TrueSentence, others: Sequence[TrueSentence], chance: random.Random) -> str | None:
    """A claim of another section of the same collection, in the same language, joined on."""
    pool = [o for o in others if o.written == true.written and o.section != true.section and len(o.text.split()) < 22]
    if not pool or len(true.text.split()) > 30:
        return None
    other = chance.choice(pool).text
    if other in _held(true):
        return None
    joined = {"nl": "; bovendien geldt: ", "en": "; moreover, "}[true.language]
    lowered = other if other[:2].isupper() else other[0].lower() + other[1:]
    return (
        true.text.rstrip(".!?;")
        + chance.choice([joined, ", en ", "; "] if true.language == "nl" else [joined, ", and ", "; "])
        + lowered
    )


_MAKERS: dict[Kind, Callable[[TrueSentence, random.Random], str | None]] = {
    "number": _number,
    "year": _year,
    "name": _name,
    "article": _article,
    "negation": _negation,
    "actor": _actor,
}
