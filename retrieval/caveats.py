"""Where the sources limit, dispute or contradict something: found by words that do so in any text on any matter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.answer import QuestionKind
from retrieval.choose import Scored, choose, points_back, stands_alone

# Words that turn or hedge what was said, without speaking for or against it.
_TURNS = re.compile(
    r"\b(?:echter|maar\s+(?:dat|die|dit|deze|het|er|ook|niet)|niettemin|desondanks|toch|voorbehoud|mits|tenzij|alleen\s+als|"
    r"niet\s+(?:vanzelf|altijd|per\s+se|zonder\s+meer|automatisch|genoeg|voldoende))\b|"
    r"\b(?:however|although|nevertheless|unless|provided\s+that|only\s+if|not\s+(?:always|enough|automatically))\b",
    re.IGNORECASE,
)
_OPPOSES = re.compile(
    r"\b(?:omstreden|betwist\w*|bekritiseer\w*|kritiek\w*|critici|criticus|criticaster\w*|kanttekening\w*|"
    r"tegenstrijdig\w*|twijfel\w*|betwijfel\w*|sceptisch\w*|niet\s+aantoonba\w+|onduidelijk|onzeker|"
    r"onbekend|(?:nader|meer|verder|vervolg)\s?onderzoek|onderzoek\s+nodig|moe(?:t|ten)\s+nog\s+(?:\w+\s+){0,2}onderzocht|"
    r"beperkt\w*\s+(?:effect|bewijs|invloed)|niet\s+aangetoond|niet\s+bewezen|"
    r"(?:geen|nauwelijks|amper)\s+(?:\w+\s+)?(?:aantoonba\w+|bewijs|effect\w*|garantie|significant\w*|eenduidig\w*)|"
    r"nauwelijks|niet\s+(?:\w+\s+)?(?:opgelost|verbeterd|verminderd)|lost\w*\s+(?:\w+\s+){0,4}niet|bleven\s+bestaan|"
    r"risico'?s?|gevaar|nade(?:el|len)|valkuil\w*|keerzijde|averechts|bezwa(?:ar|ren)|(?:on)?bedoelde?\s+gevolg\w*|"
    r"lastig\s+te|moeilijk\s+(?:te|aantoonba\w+)|ongrijpbaar|vermeend\w*|verondersteld\w*)\b|"
    r"\b(?:contested|disputed?|unknown|(?:further|more)\s+research|remains\s+to\s+be\s+(?:seen|shown)|"
    r"critici\w+|critics?|caveats?|contradict\w*|doubt\w*|sceptical|unclear|uncertain|"
    r"limited\s+(?:effect|evidence)|(?:could|can)\s*not\s+be\s+(?:shown|proven)|not\s+(?:proven|been\s+shown|demonstrated|solved?)|"
    r"no\s+(?:\w+\s+)?(?:evidence|effect|guarantee)|hardly|risks?|drawbacks?|downside|pitfalls?|backfires?|objections?)\b",
    re.IGNORECASE,
)
# What speaks against criticism does not speak against the matter.
_REBUTS = re.compile(
    r"\b(?:tegen|ontkracht\w*|weerleg\w*|ondanks|against|despite|rebuts?)\s+(?:de|die|deze|het|the|this|that)?\s*(?:\w+\s+)?"
    r"(?:kritiek|bezwaren|twijfels?|criticism|objections?|doubts?)\b",
    re.IGNORECASE,
)
_FAVOURS = re.compile(
    r"\b(?:voorde(?:el|len)|helpt|helpen|draagt\s+bij|dragen\s+bij|bijdragen|bevorder\w*|versterk\w*|"
    r"verbeter\w*|positie(?:f|ve)|succes\w*|baat|gunstig\w*|maakt\s+het\s+mogelijk|biedt|bieden|"
    r"zorg\w*\s+voor\s+meer|(?:goed|bepleit\w*)\s+voor|argument\w*\s+(?:om|voor))\b|"
    r"\b(?:advantages?|benefits?|helps?|contribut\w+|promot\w+|strengthen\w*|improv\w+|positive\w*|success\w*|"
    r"gains?|favourable|opportunit\w+|offers?|increased?)\b",
    re.IGNORECASE,
)
_DENIES = re.compile(r"\b(?:niet|geen|nooit|noch|zonder|amper|not|no|never|without|nor)\b", re.IGNORECASE)
# Roles of statements of the catalogue.
_ROLES = ("kritiek", "criticism", "risico:", "risk:")
_GOOD = ("doel:", "aim:", "beperkt risico:", "limits risk:")
_GAP = 4  # characters between a sentence and the next, at most
_NEAR = 0.7  # share of the meaning of the nearest sentence that a caveat must have
_BUDGET = 55  # words
_MOST = 3


def limits(scored: Scored) -> bool:
    """Whether a sentence limits, disputes or warns."""
    return _role(scored).startswith(_ROLES) or _limits(scored.sentence.text)


def _role(scored: Scored) -> str:
    """What a statement of the catalogue is about; empty for any other sentence."""
    passage = scored.sentence.hit.passage
    return passage.context.rpartition(" › ")[2] if passage.form == "catalogue" else ""


def _limits(text: str) -> bool:
    return bool(_TURNS.search(text) or _OPPOSES.search(text)) and not _REBUTS.search(text)


def opposes(scored: Scored) -> bool:
    """Whether a sentence speaks against something: criticism, missing evidence, harm; a mere turn is not enough."""
    text = scored.sentence.text
    return limits(scored) and (not _limits(text) or bool(_OPPOSES.search(text)))


def favours(scored: Scored) -> bool:
    """Whether a sentence names a benefit, and neither a limit nor a denial."""
    text = scored.sentence.text
    named = _role(scored).startswith(_GOOD) or (bool(_FAVOURS.search(text)) and not _DENIES.search(text))
    return named and not limits(scored)


def is_about_limits(question: str) -> bool:
    """Whether a question itself is after criticism or risks: then the answer is made of them."""
    return _limits(question)


def set_apart(chosen: Sequence[Scored], kind: QuestionKind) -> tuple[list[Scored], list[Scored]]:
    """What an answer says, and what it sets apart since it disputes that: sentences that are understood alone.

    The first sentence stays, and so does everything where most of an answer disputes, or its sides stand apart already.
    """
    apart = [s for s in chosen[1:] if opposes(s) and stands_alone(s.sentence) and not _is_leaned_on(s, chosen)]
    if kind in ("for_and_against", "comparison") or 2 * len(apart) > len(chosen):
        return list(chosen), []
    return [s for s in chosen if s not in apart], apart


def _is_leaned_on(scored: Scored, chosen: Sequence[Scored]) -> bool:
    """Whether the sentence behind it is chosen too and points back to it."""
    row, end = scored.sentence.hit.row, scored.sentence.end
    after = [s for s in chosen if s.sentence.hit.row == row and 0 <= s.sentence.start - end < _GAP]
    return any(points_back(s.sentence) for s in after)


def caveats(scored: Sequence[Scored], chosen: Sequence[Scored], budget: int = _BUDGET) -> list[Scored]:
    """Sentences near the question that limit what the chosen ones say: of their sections, or as near as they are."""
    sections = {_section(s) for s in chosen}
    rest = [
        s
        for s in scored
        if s not in chosen
        and limits(s)
        and not points_back(s.sentence)
        and s.sentence.hit.passage.kind != "note"
        and s.sentence.hit.source.kind != "wet"
        and s.meaning >= _NEAR
        and (_section(s) in sections or s.meaning >= min((c.meaning for c in chosen), default=1.0))
    ]
    return choose(rest, budget, chosen, _MOST)


def _section(scored: Scored) -> tuple[str, tuple[str, ...]]:
    return scored.sentence.hit.source.id, scored.sentence.hit.passage.locator.section
