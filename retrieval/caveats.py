"""Where the sources limit, dispute or contradict something: found by words that do so in any text on any matter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.choose import Scored, choose

_LIMITS = re.compile(
    r"\b(?:echter|maar\s+(?:dat|die|dit|deze|het|er|ook|niet)|niettemin|desondanks|toch|omstreden|betwist\w*|"
    r"bekritiseer\w*|kritiek\w*|critici|criticus|kanttekening\w*|voorbehoud|tegenstrijdig\w*|twijfel\w*|betwijfel\w*|niet\s+aantoonba\w+|"
    r"onduidelijk|onzeker|beperkt\w*\s+(?:effect|bewijs|invloed)|niet\s+aangetoond|niet\s+bewezen|geen\s+(?:aantoonba\w+|"
    r"bewijs|effect\w*|garantie|significant\w*|eenduidig\w*)|nauwelijks|niet\s+(?:vanzelf|altijd|per\s+se|zonder\s+meer|"
    r"automatisch|genoeg|voldoende)|risico'?s?|gevaar|nade(?:el|len)|valkuil\w*|keerzijde|averechts|bezwa(?:ar|ren)|"
    r"(?:on)?bedoelde?\s+gevolg\w*|mits|tenzij|alleen\s+als|lastig\s+te|moeilijk\s+te)\b|"
    r"\b(?:however|although|nevertheless|contested|disputed?|critici\w+|critics?|caveats?|contradict\w*|doubt\w*|unclear|"
    r"uncertain|limited\s+(?:effect|evidence)|(?:could|can)\s*not\s+be\s+(?:shown|proven)|not\s+(?:proven|been\s+shown|demonstrated|always|enough|automatically)|"
    r"no\s+(?:evidence|effect|guarantee)|hardly|risks?|drawbacks?|downside|pitfalls?|backfires?|objections?|unless|"
    r"provided\s+that|only\s+if)\b",
    re.IGNORECASE,
)
_FAVOURS = re.compile(
    r"\b(?:voorde(?:el|len)|helpt|helpen|draagt\s+bij|dragen\s+bij|bijdragen|bevorder\w*|versterk\w*|"
    r"verbeter\w*|positie(?:f|ve)|succes\w*|baat|effectief|gunstig\w*|maakt\s+het\s+mogelijk|biedt|bieden|"
    r"nam\s+toe|nam\s+af)\b|"
    r"\b(?:advantages?|benefits?|helps?|contribut\w+|promot\w+|strengthen\w*|improv\w+|positive\w*|success\w*|effective|"
    r"gains?|favourable|opportunit\w+|offers?|increased?)\b",
    re.IGNORECASE,
)
_ROLES = ("kritiek", "criticism", "risico:", "risk:")  # of statements of the catalogue
_NEAR = 0.7  # share of the meaning of the nearest sentence that a caveat must have
_BUDGET = 55  # words
_MOST = 3


def limits(scored: Scored) -> bool:
    """Whether a sentence limits, disputes or warns."""
    passage = scored.sentence.hit.passage
    role = passage.context.rpartition(" › ")[2] if passage.form == "catalogue" else ""
    return role.startswith(_ROLES) or bool(_LIMITS.search(scored.sentence.text))


def favours(scored: Scored) -> bool:
    """Whether a sentence names a benefit, and no limit."""
    return not limits(scored) and bool(_FAVOURS.search(scored.sentence.text))


def is_about_limits(question: str) -> bool:
    """Whether a question itself is after criticism or risks: then the answer is made of them."""
    return bool(_LIMITS.search(question))


def caveats(scored: Sequence[Scored], chosen: Sequence[Scored], budget: int = _BUDGET) -> list[Scored]:
    """Sentences near the question that limit what the chosen ones say: of their sections, or as near as they are."""
    sections = {_section(s) for s in chosen}
    rest = [
        s
        for s in scored
        if s not in chosen
        and limits(s)
        and s.sentence.hit.passage.kind != "note"
        and s.sentence.hit.source.kind != "wet"
        and s.meaning >= _NEAR
        and (_section(s) in sections or s.meaning >= min((c.meaning for c in chosen), default=1.0))
    ]
    return choose(rest, budget, chosen, _MOST)


def _section(scored: Scored) -> tuple[str, tuple[str, ...]]:
    return scored.sentence.hit.source.id, scored.sentence.hit.passage.locator.section
