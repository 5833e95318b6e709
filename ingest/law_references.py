"""References to provisions in running Dutch text, of laws and of reports, and how a provision is written and linked.

A name is resolved by the citeertitel or abbreviation of a law that is held and never guessed: a law that is not held
keeps its name as written. The words of a reference are those of the Aanwijzingen voor de regelgeving and the Leidraad.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from corpus import Source
from ingest.document import Locator

_ONES = "eerste tweede derde vierde vijfde zesde zevende achtste negende".split()
_TEENS = "tiende elfde twaalfde dertiende veertiende vijftiende zestiende zeventiende achttiende negentiende".split()
_COUNT = "een twee drie vier vijf zes zeven acht negen".split()
_TWENTIES = ["twintigste", *(f"{n}{'ë' if n in ('twee', 'drie') else 'e'}ntwintigste" for n in _COUNT), "dertigste"]
ORDINALS = {word: str(number) for number, word in enumerate([*_ONES, *_TEENS, *_TWENTIES], 1)}

_ORDINAL = rf"(?:{'|'.join(sorted(ORDINALS, key=len, reverse=True))}|laatste|\d+(?:ste|de|e))"
_AND = r"(?:\s*,\s*(?:en|of)\s+|\s*,\s*|\s+(?:en|of|en/of|dan wel|onderscheidenlijk|tot (?:en )?met|t/m)\s+|\s*[-–]\s*)"
_ORDINALS = rf"{_ORDINAL}(?:{_AND}(?:het\s+)?{_ORDINAL})*"
_SMALL = r"(?!(?:de|en|of|te|is|in|op|om|er|al|na|zo|ze|we|je|als|dan|het|een|wel|nr|ad)\b)"
_LETTER = rf"(?:{_SMALL}[a-z]{{1,2}}\d?\b(?!['’])|[A-Z]{{1,2}}\b(?=\s*[,;.)]|\s))"
_FIGURE = r"\d{1,2}[°º](?!\w)"
_LETTERS = rf"{_LETTER}(?:{_AND}(?:(?:onder|sub|onderdeel)\s+)?(?:{_LETTER}|{_FIGURE}))*"
_MARKS = rf"(?:{_LETTERS}|{_FIGURE}(?:{_AND}{_FIGURE})*|\d{{1,2}}(?![\w.:])(?:\s+(?:en|of)\s+\d{{1,2}}(?![\w.:]))?)"
# A figure behind a comma is a lid only up to "en": "leden 2, 3 en 5, 121" goes on with article 121.
_LID = r"[12]?\d[a-z]?(?!\w)(?:\s*(?:[-–]|tot en met|t/m)\s*[12]?\d[a-z]?(?!\w))?"
_LEDEN = (
    rf"(?:leden\s+{_LID}(?:(?:\s*,\s*{_LID})*\s*,?\s+(?:en|of)\s+{_LID})?|lid\s+{_LID}(?:\s+(?:en|of)\s+lid\s+{_LID})?)"
)
_NUMBER = r"(?:[A-Z][a-z]?\s)?\d+[A-Za-z]{0,9}\d{0,2}(?:[.:]\d+[a-z]{0,4}\d?)*|[IVXLC]+[a-z]{0,2}"
_NOT_COUNTED = re.compile(
    r"(?!\s*(?:%|°|jaar|jaren|maand|maanden|week|weken|dag|dagen|uur|uren|euro|procent|personen|leden\s+van|meter|km"
    r"|kilometer|hectare|kilogram|januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november"
    r"|december|woningen|gemeenten|keer|maal)\b)"
)

_ENDS = re.compile(r"\s*(?:[,;.)]|$|(?:van|en|of|der|\w+(?:de|te|d|t))\b)")

_LEAD = re.compile(r"\b(?:(?P<many>artikelen|artt)|artikel|art)\b\.?\s+(?=[A-Z]?[a-z]?\s?[\dIVXLC])", re.IGNORECASE)
_ARTICLE = re.compile(rf"(?P<number>{_NUMBER})(?![\w°²³]|[.:]\d)")
_UNTIL = re.compile(r"\s*(?:tot en met|t/m|[-–])\s*(?:artikel\s+)?")
_BOTH = re.compile(r"\bzowel\s+(?:voor\s+)?$", re.IGNORECASE)
_AND_ALSO = re.compile(r"\s+als\s+(?:voor\s+)?")
_NEXT = re.compile(r"\s*,?\s*(?:alsmede|onderscheidenlijk|dan wel|en/of|en|of|juncto|jo\.?|respectievelijk)\s+|\s*,\s*")
_QUALIFIER = re.compile(
    r"\s*,?\s*(?:(?:uitgezonderd|met uitzondering van|behoudens)\s+)?(?:en\s+)?(?:het\s+|de\s+)?(?:"
    rf"(?P<lids>{_ORDINALS})\s+(?:lid|leden)\b"
    rf"|(?P<lid>{_LEDEN})"
    rf"|{_ORDINALS}\s+(?:volzin|volzinnen|zin|zinnen|alinea|zinsnede|zinsdeel|gedachtestreepje|streepje)\b"
    r"|aanhef(?:\s+en(?=\s+(?:onder|sub))|,)?(?!\w)"
    rf"|(?:en\s+)?(?:onder|onderdeel|onderdelen|sub|letter|ten)\s+(?P<item>{_MARKS})"
    rf"|(?P<sub>\d{{1,2}}[°º])(?!\w)"
    r")"
)
_BEFORE = re.compile(
    rf"(?:(?:(?P<lids>{_ORDINALS})\s+(?:lid|leden)|(?P<lid>{_LEDEN}))"
    rf"(?:\s*,?\s*(?:aanhef\s+en\s+)?(?:onder|onderdeel|onderdelen|sub)\s+(?P<item>{_MARKS}))?"
    rf"|(?:onder|onderdeel|onderdelen)\s+(?P<alone>{_MARKS}))\s*,?\s+van\s+(?:het\s+|de\s+)?$",
    re.IGNORECASE,
)
_BARE = re.compile(rf"\b(?P<lids>{_ORDINALS})\s+(?:lid|leden)\b(?!\s+van\s+de\s+(?:raad|commissie))", re.IGNORECASE)

_ARTICLE_WORD = re.compile(r"\s*(?:de\s+|het\s+)?", re.IGNORECASE)
_HEADED = re.compile(r"(?:\s*\([^()]*\))?\s*(?::|,\s+(?=(?:de\s+)?artikel))")
_VAN = re.compile(
    r"\s*,?\s*(?:(?:van|uit|in)\s+(?:(?P<which>de|het|die|dat|deze|dit|genoemde|voornoemde|eerdervermelde|dier)\s+)?|der\s+|(?P<old>dezer)\s+)"
)
_SELF = re.compile(r"(?:wet|wetboek|boek|besluit|regeling|titel|afdeling|hoofdstuk|paragraaf)\b", re.IGNORECASE)
_THAT = re.compile(r"(?:wet|wetboek|boek|besluit|regeling)\b", re.IGNORECASE)
_BOOK = re.compile(
    r"[Bb]oek\s+(\d+A?)\b(?:\s+(?:van\s+het\s+)?(?:Burgerlijk\s+Wetboek|BW)\b)?(?!\s+(?:van\s+het\s+Burgerlijk\s+Wetboek\s+)?BES\b)"
)
_CIVIL = re.compile(r"(?:Burgerlijk\s+Wetboek|BW)\b(?!\s+(?:Boek|BES))(?:\s+van\s+\w+)?")
_LIKE_A_NAME = re.compile(
    r"(?:[A-Z]\w*-\s+en\s+)?(?:[A-Z][\w-]*\s+)*?(?:(?:Algemene|Tijdelijke|Kader)?\s?[Ww]et|Wetboek|Besluit|[Vv]erordening|[Rr]ichtlijn|[Vv]erdrag"
    r"|Regeling|Statuut|\w+(?:wet|wetboek|besluit|regeling|reglement|verdrag|verordening|richtlijn|handvest))\b"
    r"(?:(?!\s+(?:is|zijn|wordt|worden|kan|kunnen|heeft|hebben|geldt|gelden|blijft|blijven|niet|dan|die|dat|waarin|bij"
    r"|voor zover|zoals|bedoeld\w*|genoemd\w*|indien|van toepassing|als)\b)\s+[\w’'/-]+){0,9}"
)
_SHORT = re.compile(r"(?:(?:W[a-z]{1,8}|[A-Z]{2,8}|[A-Z][a-z]{0,3}[A-Zbwvr])(?![\w])(?:\s+\d{4}\b)?)")
_UNTITLED = re.compile(r"\s*\([^()]*\)$")  # a full title ends with the citeertitel in brackets
_AFTER_NAME = re.compile(r"(?!\w|\s+\d{4}\b|\s+BES\b|-\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class LawReference:
    """One provision named at `text[start:end]`; in an enumeration each article is a reference of its own.

    `article` is None where the article at hand is meant ("het eerste lid"), `last_article` the end of a range.
    `paragraph` and `item` are as in a locator; more of them stand as "1,2" or "1-3".
    `law` is the name as written, None for the law itself; `bwb_id` is filled if that law is held.
    """

    start: int
    end: int
    article: str | None
    last_article: str | None = None
    paragraph: str | None = None
    item: str | None = None
    law: str | None = None
    bwb_id: str | None = None


@dataclass(frozen=True, slots=True)
class LawNames:
    """The names by which the laws that are held may be called; a name that two laws share is none."""

    by_name: dict[str, str]
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, laws: Iterable[Source], written: str | None = None) -> LawNames:
        """Citeertitel, abbreviation and full title of each law.

        `written` is the date of a text that is no law: it may leave out the year of a citeertitel ("Huisvestingswet"),
        and then means a law that there was by that date.
        """
        found: dict[str, set[str]] = {}
        for law in laws:
            plain = {re.sub(r"\s+\d{4}$", "", law.citeertitel or "")} if _is_by(law, written) else set()
            for name in {law.citeertitel, law.afkorting, law.title, _UNTITLED.sub("", law.title), *plain}:
                if law.bwb_id and name and len(name) > 1:
                    found.setdefault(_key(name), set()).add(law.bwb_id)
        by_name = {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}
        longest = sorted(by_name, key=len, reverse=True)
        body = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in longest) or r"(?!)"
        return cls(by_name, re.compile(rf"(?:{body}){_AFTER_NAME.pattern}", re.IGNORECASE))

    def bwb_id(self, name: str) -> str | None:
        """The law of this name."""
        return self.by_name.get(_key(name))


def _is_by(law: Source, written: str | None) -> bool:
    """Whether there was a law when a text was written; dates may be as short as a year."""
    return written is not None and (law.date or "")[: len(written)] <= written


def _key(name: str) -> str:
    return " ".join(name.split()).lower()


@dataclass(frozen=True, slots=True)
class _Law:
    """Name of a law behind a reference, where it ends, and the article without the number of a book."""

    name: str | None
    bwb_id: str | None
    end: int
    book: bool = False


def references(
    text: str, names: LawNames, own: Source | None = None, above: Sequence[str] = ()
) -> tuple[LawReference, ...]:
    """All references to provisions in a text, in its order. `own` is the law whose text this is, None in a report.

    `above` are the items around a list item, innermost first: below "Kieswet:" an article is of that law.
    """
    found: list[LawReference] = []
    position = 0
    while lead := _LEAD.search(text, position):
        group, law, position = _group(text, lead, names, found)
        position = max(position, lead.end())
        open_before = _joined(text, found, lead.start()) if law and law.name else 0
        if law and open_before:
            found[-open_before:] = [_resolved(reference, law, names) for reference in found[-open_before:]]
        found += [_resolved(reference, law or _Law(None, None, position), names) for reference in group]
    found += [replace(r, bwb_id=own.bwb_id) for r in _bare(text, found)] if own else []
    lists = (_headed(item, names, ends=True) for item in above)
    here = _headed(text, names) or next(filter(None, lists), None) or _Law(None, own.bwb_id if own else None, 0)
    settled = (r if r.law or not r.article else replace(r, law=here.name, bwb_id=here.bwb_id) for r in found)
    return tuple(sorted(settled, key=lambda reference: reference.start))


def _headed(text: str, names: LawNames, *, ends: bool = False) -> _Law | None:
    """The law that a paragraph is headed with: "Zorgverzekeringswet: de artikelen 9b en 18f".

    `ends`: the colon stands at the end, behind more words.
    """
    at = _ARTICLE_WORD.match(text).end()  # type: ignore[union-attr]
    law = _named(text, at, True, names)
    if ends and (text[at : at + 1].islower() or not text.rstrip().endswith(":")):
        return None
    return law if law and (_HEADED.match(text, law.end) or (ends and law.bwb_id)) else None


def _joined(text: str, found: Sequence[LawReference], start: int) -> int:
    """How many of the last references lack a law and run on to this offset by "of" and commas alone.

    "artikel 129 of artikel 239 van Boek 2": the law behind the last is that of each, if all stand in one enumeration.
    """
    count = 0
    for reference in reversed(found):
        gap = _NEXT.fullmatch(text, reference.end, start)
        if reference.law or not gap:
            break
        start, count = reference.start, count + 1
    return count


def _group(
    text: str, lead: re.Match[str], names: LawNames, before: Sequence[LawReference]
) -> tuple[list[LawReference], _Law | None, int]:
    """The articles of one enumeration, the law behind it, and the offset where it ends."""
    group: list[LawReference] = []
    start, at = lead.start(), lead.end()
    both = _BOTH.search(text, max(0, start - 20), start) is not None
    while article := _ARTICLE.match(text, at):
        if group and not _continues(text, article.end(), both or lead["many"] is not None):
            break
        reference, end = _one(text, start, article)
        group.append(reference)
        separator = _NEXT.match(text, end) or (_AND_ALSO.match(text, end) if both else None)
        if not separator:
            break
        start = at = separator.end()
    if not group:
        return [], None, lead.end()
    ahead = _BEFORE.search(text, max(0, lead.start() - 80), lead.start())
    if ahead and not lead["many"]:
        group[0] = replace(
            group[0],
            start=ahead.start(),
            paragraph=_paragraph(ahead["lids"] or ahead["lid"]),
            item=_item(ahead["item"] or ahead["alone"]),
        )
    end = group[-1].end
    law = _law(text, end, names, before)
    if law:
        group[-1] = replace(group[-1], end=law.end)
    return group, law, group[-1].end


def _continues(text: str, end: int, many: bool) -> bool:
    """Whether a number behind a comma or "en" is one more article: never a quantity, and in the singular only if a
    lid, the next article or the law follows."""
    if not _NOT_COUNTED.match(text, end):
        return False
    return many or bool(_QUALIFIER.match(text, end)) or bool(_ENDS.match(text, end))


def _one(text: str, start: int, article: re.Match[str]) -> tuple[LawReference, int]:
    """One article with its lid and onderdeel, or a range of articles."""
    end = article.end()
    last = paragraph = item = None
    until = _UNTIL.match(text, end)
    to = _ARTICLE.match(text, until.end()) if until else None
    if to:
        last, end = " ".join(to["number"].split()), to.end()
    while part := _QUALIFIER.match(text, end):
        paragraph = paragraph or _paragraph(part["lids"] or part["lid"])
        mark = _item(part["item"] or part["sub"])
        item = f"{item}, {mark}" if item and mark and mark[0].isdigit() else item or mark
        end = part.end()
    number = " ".join(article["number"].split())
    return LawReference(start=start, end=end, article=number, last_article=last, paragraph=paragraph, item=item), end


def _paragraph(said: str | None) -> str | None:
    """ "eerste en tweede" -> "1,2"; "1 tot en met 3" -> "1-3"."""
    if not said:
        return None
    text = re.sub(r"\b(?:lid|leden)\b", "", re.sub(r"\s*(?:tot (?:en )?met|t/m|[-–])\s*", "-", said))
    text = re.sub(r"\s*,?\s*\b(?:en/of|en|of|dan wel|onderscheidenlijk|het)\b\s*|\s*,\s*", ",", text)
    words = re.split(r"([,-])", text)
    return re.sub(r",+", ",", "".join(ORDINALS.get(w.strip().lower(), _plain(w)) for w in words)).strip(",")


def _plain(word: str) -> str:
    return re.sub(r"(?<=\d)(?:ste|de|e)$", "", word.strip())


def _item(said: str | None) -> str | None:
    """ "a, b of c" -> "a,b,c"; "a, 1°" -> "a, 1°" is a part of a."""
    if not said:
        return None
    text = re.sub(r"\s*(?:tot en met|t/m|[-–])\s*", "-", said)
    parts = [p for p in re.split(r"\s*,?\s*\b(?:en/of|en|of|dan wel|onder|sub)\b\s*|\s*,\s*", text) if p]
    return re.sub(r",(?=\d+[°º])", ", ", ",".join(parts))


# --- the law behind a reference -------------------------------------------------------------------


def _law(text: str, end: int, names: LawNames, before: Sequence[LawReference]) -> _Law | None:
    """The law named behind a reference; None if there is none."""
    van = _VAN.match(text, end)
    at = van.end() if van else re.compile(r"\s*,?\s*").match(text, end).end()  # type: ignore[union-attr]
    which = (van["which"] or (van["old"] and "deze")) if van else None
    if which in ("deze", "dit") and _SELF.match(text, at):
        return _Law(None, None, _SELF.match(text, at).end())  # type: ignore[union-attr]
    if which in ("die", "dat", "dier", "genoemde", "voornoemde", "eerdervermelde") and (that := _THAT.match(text, at)):
        return _last_named(text, end, that, names, before)
    return _named(text, at, bool(van), names)


def _last_named(text: str, end: int, that: re.Match[str], names: LawNames, before: Sequence[LawReference]) -> _Law:
    """What "die wet" is: the law that was named last, by itself or in a reference."""
    held = [(m.start(), m[0]) for m in names.pattern.finditer(text, 0, end)]
    said = [(m.start(), m[0]) for m in _LIKE_A_NAME.finditer(text, 0, end) if m[0][0].isupper()]
    at, name = max([*held, *said], key=lambda pair: pair[0], default=(-1, that[0]))
    bwb_id = names.bwb_id(dict(held).get(at, ""))
    reference = next((r for r in reversed(before) if r.law), None)
    if reference and reference.end > at:
        name, bwb_id = reference.law or name, reference.bwb_id
    return _Law(name, bwb_id, that.end())


def _named(text: str, at: int, introduced: bool, names: LawNames) -> _Law | None:
    if book := _BOOK.match(text, at):
        return _Law(book[0], names.bwb_id(f"Burgerlijk Wetboek Boek {book[1]}"), book.end())
    held = names.pattern.match(text, at)
    if held:
        return _Law(held[0], names.bwb_id(held[0]), held.end())
    if civil := _CIVIL.match(text, at):
        return _Law(civil[0], None, civil.end(), book=True)
    other = (_LIKE_A_NAME.match(text, at) if introduced or text[at : at + 1].isupper() else None) or _SHORT.match(
        text, at
    )
    return _Law(other[0].strip(), None, other.end()) if other else None


def _resolved(reference: LawReference, law: _Law, names: LawNames) -> LawReference:
    """The reference with its law; "7:271" of the Burgerlijk Wetboek is article 271 of its seventh book."""
    bwb_id, article = law.bwb_id, reference.article
    if law.book and article and ":" in article:
        book, _, rest = article.partition(":")
        held = names.bwb_id(f"Burgerlijk Wetboek Boek {book}")
        bwb_id, article = (held, rest) if held else (None, article)
    return replace(reference, law=law.name, bwb_id=bwb_id, article=article)


def _bare(text: str, found: Sequence[LawReference]) -> Iterator[LawReference]:
    """ "het eerste lid" by itself is a lid of the article at hand; it has a meaning only in a law."""
    taken = [(reference.start, reference.end) for reference in found]
    for match in _BARE.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            yield LawReference(start=match.start(), end=match.end(), article=None, paragraph=_paragraph(match["lids"]))


def held_text(bwb_id: str, laws: Iterable[Source], day: str | None = None) -> Source | None:
    """The text of a law that was in force on a day (YYYY-MM-DD; default: the newest), as far as it is held."""
    texts = [law for law in laws if law.bwb_id == bwb_id and law.toestand and (day is None or law.toestand <= day)]
    return max(texts, key=lambda law: law.toestand or "", default=None)


# --- how a provision is written and linked --------------------------------------------------------


def jci(source: Source, place: Locator) -> str:
    """Juriconnect 1.3 link to an article, lid or onderdeel of a text with its date; the law itself without article."""
    parts = [f"jci1.3:c:{source.bwb_id}"]
    if place.article:
        parts.append(f"artikel={place.article.replace(' ', '_')}")
        parts += [f"lid={place.paragraph}"] if place.paragraph else []
        parts += [f"o={mark.rstrip('°º')}" for mark in _marks(place)]
    if source.toestand:
        parts += [f"z={source.toestand}", f"g={source.toestand}"]
    return "&".join(parts)


def web_address(source: Source, place: Locator) -> str:
    """Address of the provision on wetten.overheid.nl, in the version that is held."""
    return "https://wetten.overheid.nl/" + quote(jci(source, place), safe=":&=.")


def citation_text(source: Source, place: Locator) -> str:
    """A provision in the style of the Leidraad voor juridische auteurs: "art. 14 lid 2 Huisvestingswet 2014"."""
    name = source.afkorting or source.short_title
    book = re.fullmatch(r"Burgerlijk Wetboek Boek (\d+A?)", source.citeertitel or "")
    if not place.article:
        return name
    article = f"{book[1]}:{place.article}" if book else place.article
    parts = [f"art. {article}"]
    parts += [f"lid {place.paragraph}"] if place.paragraph else []
    marks = _marks(place)
    parts += [f"onder {' '.join(marks)}"] if marks else []
    return " ".join([*parts, "BW" if book else name])


def _marks(place: Locator) -> list[str]:
    """Onderdelen of a place, outermost first; a dash is no name."""
    marks = (place.item or "").split(", ")
    return [mark for mark in marks if mark.strip("–-• ")]
