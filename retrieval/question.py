"""What a question asks for, by cue words of Dutch and English in general."""

from __future__ import annotations

import re

from retrieval import stance
from retrieval.answer import QuestionKind


def _cues(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


# In this order: a question for steps may also say "welke", one for a comparison "wat is".
_KINDS: tuple[tuple[QuestionKind, re.Pattern[str]], ...] = (
    ("provision", _cues(r"\b(?:artikel(?:en)?|art\.|section)\s*\d", r"\b(?:article|art)\s+\d")),
    (
        "comparison",
        _cues(
            r"\b(?:verschil\w*|onderscheid)\s+tussen\b",
            r"\bwaarin\s+verschil",
            r"\bvergelijk\w*\b",
            r"\bin\s+vergelijking\b",
            r"\banders\s+dan\b",
            r"\bdifferen(?:ce|ces|t)\s+(?:between|from)\b",
            r"\bdiffers?\b.*\bfrom\b",
            r"\bcompar\w+\b",
            r"\bversus\b",
            r"\bvs\b",
        ),
    ),
    (
        "for_and_against",
        _cues(
            r"\bvoor-?\s*(?:en|of)\s*nade(?:el|len)\b",
            r"\bvoors?\s+en\s+tegens?\b",
            r"\bvoordel\w+\b.*\bnade\w+\b",
            r"\bargument\w*\s+(?:voor|tegen|for|against)\b",
            r"\bpros?\s+(?:and|en)\s+(?:cons?|contra'?s?)\b",
            r"\bfor\s+(?:and|or)\s+against\b",
            r"\badvantage\w*\b.*\bdisadvantage",
            r"\bbenefits?\b.*\b(?:drawback|risk|disadvantage)",
            r"^\s*(?:is|zijn|werkt|werken|helpt|helpen|does|do|is)\b.*\b(?:effecti\w+|zinvol|nuttig|goed\s+idee|useful|"
            r"good\s+idea|work|werk(?:t|en))\b",
            r"\b(?:pleiten?|spreekt)\b.*\b(?:voor|tegen)\b",
        ),
    ),
    (
        "steps",
        _cues(
            r"\bstap(?:pen|penplan)?\b",
            r"\bvolgorde\b",
            r"\bhoe\s+verlo(?:opt|pen)\b",
            r"\bprocedure\b",
            r"\bfases?n?\b",
            r"\bsteps?\b",
            r"\bin\s+(?:what|which)\s+order\b",
            r"\bhow\s+does\b.*\b(?:lead|proceed|go)\b",
            r"\bstages?\b",
        ),
    ),
    (
        "definition",
        _cues(
            r"^\s*wat\s+(?:is|zijn)\s+(?:een\s+|de\s+|het\s+)?['\"‘“]?[\w-]+(?:\s+[\w-]+){0,2}['\"’”]?\s*\?*\s*$",
            r"\bwat\s+(?:betekent|betekend|bedoel\w*|houdt)\b",
            r"\bwordt\s+(?:\w+\s+)?bedoel\w*",
            r"\bverstaat?\s+(?:men|\w+)?\s*onder\b",
            r"\bverstaan\s+onder\b",
            r"\b(?:definitie|betekenis)\s+van\b",
            r"^\s*what\s+(?:is|are)\s+(?:an?\s+|the\s+)?['\"‘“]?[\w-]+(?:\s+[\w-]+){0,2}['\"’”]?\s*\?*\s*$",
            r"\bwhat\s+do(?:es)?\b.*\bmean\b",
            r"\bmeant\s+by\b",
            r"\bwhat\s+do(?:es)?\b.*\bcall\b",
            r"\b(?:meaning|definition)\s+of\b",
        ),
    ),
    (
        "number",
        _cues(
            r"\bhoe\s*(?:veel|groot|lang|vaak|hoog|ver|snel|oud|duur)\b",
            r"\b(?:percentages?|procent|aantal(?:len)?|cijfers?|bedrag\w*)\b",
            r"\bwelk\s+(?:deel|aandeel|jaar)\b",
            r"\b(?:sinds\s+)?wanneer\b",
            r"\bhow\s+(?:many|much|long|often|large|big|high|old|soon|dear)\b",
            r"\bwhat\s+(?:share|percentage|year|part|number|amount)\b",
            r"\bwhich\s+(?:share|part|year)\b",
            r"\bnumber\s+of\b",
            r"^\s*when\b",
        ),
    ),
    (
        "who",
        _cues(
            r"\bwie(?:ns)?\b",
            r"\bwelke?\s+(?:\w+\s+){0,2}(?:onderzoek\w*|studie|rapport|organisatie\w*|dienst|wetenschapper\w*|auteurs?|"
            r"boek|artikel)\b",
            r"\bwelke\s+(?:twee\s+|drie\s+)?gemeenten?\b",
            r"\b(?:voetnoo?t\w*|titel|proefschrift|organisatoren)\b",
            r"\bwho(?:se|m)?\b",
            r"\bwhich\s+(?:\w+\s+){0,2}(?:researchers?|study|report|organisations?|authors?|book|piece|programme)\b",
            r"\b(?:footnote\w*|title|thesis)\b",
        ),
    ),
    (
        "list",
        _cues(
            r"\bwelke\b",
            r"\bnoem\b",
            r"\bwat\s+zijn\b",
            r"\b(?:voorwaarden|factoren|redenen|argumenten|manieren|eisen|kenmerken|voorbeelden)\b",
            r"\bwhich\s+\w+s\b",
            r"\bwhat\s+are\b",
            r"\b(?:conditions|factors|reasons|arguments|ways|requirements|characteristics|examples)\b",
            r"\blist\b",
        ),
    ),
)
# A question for the origin of a claim: footnotes answer it.
_ORIGIN = _cues(
    r"\b(?:voetnoo?t\w*|noot|bron|bronnen|studies?|onderzoek\w*|proefschrift|titel|krantenstuk|artikel|boek|kamerstuk\w*|"
    r"dossier|wiens|publicatie|rapport)\b",
    r"\b(?:footnotes?|sources?|study|studies|research\w*|thesis|title|newspaper|article|book|paper|whose|publication|"
    r"report|cited?s?)\b",
)
_COMPARED = (
    re.compile(r"\b(?:verschil\w*|onderscheid)\s+tussen\s+(?P<a>.+?)\s+en\s+(?P<b>[^?.,;]+)", re.IGNORECASE),
    re.compile(r"\bdifferences?\s+between\s+(?P<a>.+?)\s+and\s+(?P<b>[^?.,;]+)", re.IGNORECASE),
    re.compile(r"\bvergelijk\w*\s+(?P<a>.+?)\s+(?:met|en)\s+(?P<b>[^?.,;]+)", re.IGNORECASE),
    re.compile(r"\bcompare\s+(?P<a>.+?)\s+(?:with|to|and)\s+(?P<b>[^?.,;]+)", re.IGNORECASE),
    re.compile(r"^(?:.*\b(?:is|zijn|are)\s+)?(?P<a>[^?.,;]+?)\s+anders\s+dan\s+(?P<b>[^?.,;]+)", re.IGNORECASE),
    re.compile(
        r"\bhow\s+(?:do|does|is|are)\s+(?P<a>.+?)\s+(?:differ|different)\s+from\s+(?P<b>[^?.,;]+)", re.IGNORECASE
    ),
    re.compile(r"\bwaarin\s+verschil\w*\s+(?P<a>.+?)\s+van\s+(?P<b>[^?.,;]+)", re.IGNORECASE),
    re.compile(r"^(?P<a>[^?.,;]+?)\s+(?:versus|vs)\.?\s+(?P<b>[^?.,;]+)", re.IGNORECASE),
)
_PLACE = re.compile(r"\s+(?:in|bij|volgens|according|at)\b", re.IGNORECASE)  # where a name ends
_LONGEST_NAME = 6  # words of a thing compared; more is a clause


def kind_of(question: str) -> QuestionKind:
    """What kind of answer a question wants, apart from instruments, which the catalogue tells."""
    return next((kind for kind, cues in _KINDS if cues.search(question)), "other")


def asks_for_origin(question: str) -> bool:
    """Whether a question is after a study, an author or a document behind a claim."""
    return bool(_ORIGIN.search(question))


def compared(question: str) -> tuple[str, str] | None:
    """The two things that a question compares, in its own words; None if it does not name two."""
    for pattern in _COMPARED:
        if match := pattern.search(question):
            one, other = (_PLACE.split(match[name].strip())[0] for name in ("a", "b"))
            if one and other and max(len(one.split()), len(other.split())) <= _LONGEST_NAME:
                return one, other
    return None


_NUMBERS = (
    "twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien "
    "negentien twintig dertig veertig vijftig zestig honderd duizend helft kwart miljoen miljard "
    "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty hundred thousand "
    "half quarter million billion"
)
_NUMBER = re.compile(rf"\d|\b(?:{'|'.join(_NUMBERS.split())})\b", re.IGNORECASE)
# What a question measures in, and how a text says it.
_UNITS = (
    (
        re.compile(
            r"percentages?|procent|welk\s+(?:aan)?deel|share|per\s?cent|what\s+part|which\s+part", re.IGNORECASE
        ),
        re.compile(r"%|\bprocent\b|\bper\s?cent\b|\b(?:helft|kwart|derde|half|quarter|third)\b", re.IGNORECASE),
    ),
    (
        re.compile(r"wanneer|welk\s+jaar|when\b|which\s+year|what\s+year", re.IGNORECASE),
        re.compile(r"\b(?:1[89]|20)\d\d\b"),
    ),
    (
        re.compile(r"\bhoe\s+lang|how\s+long|duur\b|termijn|na\s+hoeveel\s+tijd|binnen\s+hoeveel", re.IGNORECASE),
        re.compile(r"\b(?:jaar|jaren|maand(?:en)?|we[ek]+en|dag(?:en)?|years?|months?|weeks?|days?)\b", re.IGNORECASE),
    ),
    (
        re.compile(r"\bkost\w*|bedrag|euro|hoe\s+duur|geld|budget|cost|how\s+dear|price|amount", re.IGNORECASE),
        re.compile(r"€|\beuro'?s?\b|\bmil(?:joen|jard|lion)\b|%|\bprocent\b", re.IGNORECASE),
    ),
)
_NAME = re.compile(r"(?<=[\w,)] )[A-Z][\w'’-]+|\b[A-Z]{2,}\b|\((?:[^()]*\b)?(?:19|20)\d\d\w?\)")
_DEFINES = re.compile(
    r"\b(?:is|zijn|wordt|worden)\s+(?:\w+\s+){0,3}(?:een|het|de|verstaan|bedoeld|gedefinieerd)\b|"
    r"\b(?:verstaan|verwijst|betekent|houdt\s+in|staat\s+voor|gaat\s+(?:het\s+)?om|doelt|bedoel\w+|omschr\w+|"
    r"definieer\w*|term|begrip)\b|\b(?:means?|refers?\s+to|is\s+an?|defined\s+as|stands\s+for|known\s+as|concept)\b",
    re.IGNORECASE,
)


def suits(kind: QuestionKind, question: str, text: str) -> float:
    """How well the form of a sentence suits a question, 0 to 1: a number, a name, a defining phrase, criticism."""
    if kind == "number":
        units = [said for asked, said in _UNITS if asked.search(question)]
        if any(unit.search(text) for unit in units) and _NUMBER.search(text):
            return 1.0
        return 0.5 if _NUMBER.search(text) else 0.0
    if kind == "who":
        return float(bool(_NAME.search(text)))
    if kind == "definition":
        return float(bool(_DEFINES.search(text)))
    return float(stance.disputes(question) and stance.disputes(text))
