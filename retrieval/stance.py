"""What a sentence takes a stand for or against: told by words that do so in any text on any matter."""

from __future__ import annotations

import re

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


def limits(text: str) -> bool:
    """Whether a text limits, disputes or warns."""
    return bool(_TURNS.search(text) or _OPPOSES.search(text)) and not _REBUTS.search(text)


def disputes(text: str) -> bool:
    """Whether a text speaks against something: criticism, missing evidence, harm; a mere turn is not enough."""
    return bool(_OPPOSES.search(text)) and not _REBUTS.search(text)


def praises(text: str) -> bool:
    """Whether a text names a benefit and denies nothing."""
    return bool(_FAVOURS.search(text)) and not _DENIES.search(text)
