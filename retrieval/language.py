"""Dutch or English: which one a question is written in."""

from __future__ import annotations

import re

from retrieval.answer import Language

_DUTCH = frozenset(
    "de het een en van in op te dat die dit deze is zijn was worden wordt niet geen wel met voor aan bij uit over "
    "om door naar als ook of maar dan er wat welke welk wie waar wanneer hoe waarom waarvoor kan kunnen mag mogen "
    "moet moeten ik je we wij mijn onze hun zonder tussen wijk wijken buurt woning woningen huur gemengde gemengd "
    "wonen artikel lid wet".split()
)
_ENGLISH = frozenset(
    "the a an of to and or in on for with is are was were be by at from that this these those which what who "
    "where when how why can may must should do does did not without between my our their neighbourhood "
    "neighbourhoods housing tenant tenants rent mixed living district act law article section paragraph please "
    "tell me about there".split()
)


def language_of(text: str) -> Language:
    """ "en" if more English than Dutch function words occur, else "nl"."""
    found = re.findall(r"[a-zà-ÿ]+", text.lower())
    english = sum(word in _ENGLISH for word in found)
    dutch = sum(word in _DUTCH for word in found)
    return "en" if english > dutch else "nl"
