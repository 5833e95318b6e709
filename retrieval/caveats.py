"""Where the sources limit, dispute or contradict something, or speak for it."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval import stance
from retrieval.answer import QuestionKind
from retrieval.choose import choose, points_back, stands_alone
from retrieval.relevance import Scored

# Roles of statements of the catalogue.
_ROLES = ("kritiek", "criticism", "risico:", "risk:")
_GOOD = ("doel:", "aim:", "beperkt risico:", "limits risk:")
_GAP = 4  # characters between a sentence and the next, at most
_LIKELY = 0.3  # chance that a caveat must have to belong to the answer
_BUDGET = 55  # words
_MOST = 3


def limits(scored: Scored) -> bool:
    """Whether a sentence limits, disputes or warns."""
    return _role(scored).startswith(_ROLES) or stance.limits(scored.sentence.text)


def _role(scored: Scored) -> str:
    """What a statement of the catalogue is about; empty for any other sentence."""
    passage = scored.sentence.hit.passage
    return passage.context.rpartition(" › ")[2] if passage.form == "catalogue" else ""


def opposes(scored: Scored) -> bool:
    """Whether a sentence speaks against something: criticism, missing evidence, harm; a mere turn is not enough."""
    text = scored.sentence.text
    return limits(scored) and (not stance.limits(text) or stance.disputes(text))


def favours(scored: Scored) -> bool:
    """Whether a sentence names a benefit, and neither a limit nor a denial."""
    named = _role(scored).startswith(_GOOD) or stance.praises(scored.sentence.text)
    return named and not limits(scored)


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
    """Sentences that limit what the chosen ones say and that may well belong to the answer too."""
    rest = [
        s
        for s in scored
        if s not in chosen
        and limits(s)
        and not points_back(s.sentence)
        and s.sentence.hit.passage.kind != "note"
        and s.sentence.hit.source.kind != "wet"
        and s.score >= _LIKELY
    ]
    return choose(rest, budget, chosen, _MOST)
