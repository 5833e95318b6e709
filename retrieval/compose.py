"""The default composer: the sources' own sentences, chosen by meaning and words, without a language model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ingest.index.generation import Generation
from ingest.index.lexical import words
from ingest.index.store import Store
from retrieval import stance
from retrieval.answer import AnswerPart, Citation, Hit, InstrumentRow, QuestionKind
from retrieval.caveats import caveats, favours, limits, opposes, set_apart
from retrieval.choose import SHARE, choose, points_back, stands_alone
from retrieval.cite import Sentence, section_of, sentences_of
from retrieval.definitions import definition_of, gist_of, quoted_terms
from retrieval.law_answer import add_law
from retrieval.layout import Group, Layout, by_section
from retrieval.lists import enumerated
from retrieval.phrases import phrase
from retrieval.question import asks_for_origin, compared
from retrieval.relevance import Scored
from retrieval.search import Found
from retrieval.table import table
from retrieval.task import Task, passages_of
from retrieval.vocabulary import GLOSSARY, Name, contains, is_term

GENERATOR = "extractive"
_PASSAGES = 12  # passages whose sentences compete
_QUOTED = 4  # passages of originals that compete, however many of ours are nearer
_NOTES = 3  # footnotes that compete where the question is after a study or document
# Words of the sentences of an answer, caveats apart: a fact is short, a list or a contested matter takes room.
_BUDGETS: dict[QuestionKind, int] = {"number": 160, "who": 160, "definition": 190, "instruments": 220}
_BUDGET = 300
_SHARES: dict[QuestionKind, float] = {"who": 0.6}  # of the best chance: a name is said in a sentence or two
_SURE = 0.6  # share of the best chance from which a sentence is of the answer itself, and not "more on this"
_WHOLE: frozenset[QuestionKind] = frozenset({"list", "steps", "for_and_against", "comparison"})  # not parted so
_MOST = 15  # sentences of an answer
_LEAST = 80  # words of quotes beside a list of sections
_SHORT: frozenset[QuestionKind] = frozenset({"number", "who", "provision"})  # kinds without room for caveats
_GISTS = 2  # groups of Dutch quotes with a gist in English
_SIDES = 3  # for, against, and the rest
_SIDED = 0.15  # share of the best chance of its side from which a sentence speaks for it
_REST = 3  # sentences that belong to neither side
_MIN_SENTENCE_WORDS = 6


@dataclass(frozen=True, slots=True)
class Composed:
    """Parts and citations of an answer, the table of instruments, and notices about how the answer came about."""

    parts: tuple[AnswerPart, ...]
    citations: tuple[Citation, ...]
    instruments: tuple[InstrumentRow, ...] = ()
    notices: tuple[str, ...] = ()


NOTHING = Composed((), ())


def candidates(generation: Generation, found: Found, question: str) -> list[Sentence]:
    """Sentences that may stand in an answer: of the best passages, valid law, long enough, no questions.

    What a term means stands in the glossary, and in an answer only where that is asked.
    """
    valid = [hit for hit in found.hits if not hit.passage.status and hit.source.id != GLOSSARY]
    texts = [hit for hit in valid if hit.passage.kind != "note" or hit.rank == 1]
    exact = [hit for hit in texts if hit.row in found.exact]
    quoted = [hit for hit in texts if hit.passage.form == "original"][:_QUOTED]
    best = {hit.row: hit for hit in (*exact, *texts[:_PASSAGES], *quoted)}
    if asks_for_origin(question):
        notes = [hit for hit in valid if hit.passage.kind == "note"]
        best.update((hit.row, hit) for hit in (*notes[:_NOTES], *_notes_of(generation, texts[:_NOTES])))
    return [s for hit in best.values() for s in _sentences(hit, generation.store) if s.is_item or _is_whole(s)]


def _notes_of(generation: Generation, hits: Sequence[Hit]) -> list[Hit]:
    """The footnotes that these passages refer to, with the standing of the passage."""
    found = []
    for hit in hits:
        key = (hit.passage.source_id, hit.passage.form)
        for row, passage in passages_of(generation, key) if hit.passage.notes else ():
            if passage.kind == "note" and passage.locator.note in hit.passage.notes:
                found.append(replace(hit, row=row, passage=passage))
    return found


def _sentences(hit: Hit, store: Store) -> list[Sentence]:
    """The sentences of a passage; a footnote is one, since a title or an initial ends no sentence."""
    passage = hit.passage
    if passage.kind == "note":
        return [Sentence(hit, passage.text, passage.start, passage.end, is_item=True)]
    return sentences_of(hit, store)


def _is_whole(sentence: Sentence) -> bool:
    text = sentence.text
    return len(text.split()) >= _MIN_SENTENCE_WORDS and text.rstrip("\"'”’)»")[-1:] != "?"


def compose(generation: Generation, found: Found, task: Task, scored: Sequence[Scored]) -> Composed:
    """Choose, group and cite what the passages found say on the question; `scored` are the `candidates`."""
    layout = Layout(generation.store)
    notices: list[str] = []
    if found.exact:
        notices = add_law(generation, layout, found, task, scored)
    else:
        _add_chosen(generation, layout, found, task, scored)
    rows = table(generation, layout, task, task.need) if task.need else ()
    if task.language == "en":
        quotes = [part.text for part in layout.parts if part.kind == "quote"]
        layout.add_all(quoted_terms(generation, task, quotes))
    return Composed(layout.parts, layout.citations, rows, tuple(notices))


def _add_chosen(generation: Generation, layout: Layout, found: Found, task: Task, scored: Sequence[Scored]) -> None:
    """The direct answer, then the points by section, by side or by thing compared, then the caveats, and last what
    less surely belongs to it."""
    kind = task.reading.kind
    listed = enumerated(generation, task, found.hits) if kind in ("steps", "list") else []
    layout.add_all(listed)
    if kind == "definition" and (meaning := definition_of(generation, task, task.question)):
        layout.add(Group("", (meaning,)))
    budget = max(_LEAST, _BUDGETS.get(kind, _BUDGET) - layout.length)
    if kind == "for_and_against":
        chosen = _both_sides(scored, budget)
    else:
        chosen = choose(scored, budget, most=_MOST, share=_SHARES.get(kind, SHARE))
    warned: list[Scored] = []
    if kind not in _SHORT and not stance.limits(task.question):
        chosen, warned = set_apart(chosen, kind)
        warned += caveats(scored, [*chosen, *warned])
    sure, less = (chosen, []) if kind in _WHOLE else _parted(scored, chosen, budget)
    groups = _grouped(generation, task, sure)
    if task.language == "en":
        groups = _with_gists(generation, task, groups)
    layout.add_all(groups)
    layout.add(Group(phrase("caveats", task.language), tuple(s.sentence for s in warned), is_caveat=True))
    more = tuple(sentence for group in by_section(less) for sentence in group.sentences)
    layout.add(Group(phrase("more", task.language), more))


def _parted(scored: Sequence[Scored], chosen: Sequence[Scored], budget: int) -> tuple[list[Scored], list[Scored]]:
    """The chosen sentences that are nearly as likely as the best, with what they need, and those others that are
    understood alone: what points back is not torn from what it points to."""
    best = choose(scored, budget, share=_SURE)
    sure = [s for s in chosen if s in best]
    less = [s for s in chosen if s not in best and not points_back(s.sentence)]
    return sure, less


def _with_gists(generation: Generation, task: Task, groups: Sequence[Group]) -> list[Group]:
    """The first groups of Dutch quotes with the gist of their section in English above them."""
    found = []
    for number, group in enumerate(groups):
        gist = gist_of(generation, task, group.sentences[0].hit) if number < _GISTS and group.sentences else None
        found.append(replace(group, sentences=(gist, *group.sentences)) if gist else group)
    return found


def _grouped(generation: Generation, task: Task, chosen: Sequence[Scored]) -> list[Group]:
    """The direct answer first, then the rest by thing compared, by side or by section."""
    if not chosen:
        return []
    things = compared(task.question) if task.reading.kind == "comparison" else None
    if things and all(map(is_term, things)):
        return _by_thing(generation, task, chosen, things)
    best = _lead(task.question, chosen)
    rest = [s for s in chosen if s is not best]
    if things:
        groups = _by_thing(generation, task, rest, things)
    elif task.reading.kind == "for_and_against":
        groups = _by_side(rest, task)
    elif best.sentence.text.endswith(":") or task.reading.kind in ("list", "steps"):
        return by_section(chosen)
    else:
        groups = by_section(rest)
    return [Group("", (best.sentence,)), *groups]


def _lead(question: str, chosen: Sequence[Scored]) -> Scored:
    """The likeliest sentence that can open an answer; criticism where that is asked."""
    alone = [s for s in chosen if stands_alone(s.sentence)]
    asked = [s for s in alone if opposes(s)] if stance.disputes(question) else []
    return max(asked or alone, key=lambda s: s.score, default=chosen[0])


def _by_thing(generation: Generation, task: Task, chosen: Sequence[Scored], things: tuple[str, str]) -> list[Group]:
    """What is said of both things, then of each under its name: what it means, and what is said of it alone.

    What names neither is left out where what both mean is told. Where the names share a word, only the whole name
    tells them apart.
    """
    meanings = [definition_of(generation, task, thing) if is_term(thing) else None for thing in things]
    one, other = (tuple(words(thing)) for thing in things)
    sides: list[list[Sentence]] = [[], [], []]
    for scored in chosen:
        said, heading = words(scored.sentence.text), words(section_of(scored.sentence.hit)[1])
        named = [_names(said, name, rival) for name, rival in ((one, other), (other, one))]
        if not any(named):
            named = [_names(heading, name, rival) for name, rival in ((one, other), (other, one))]
        if any(named) or not all(meanings):
            sides[0 if named[0] == named[1] else 1 if named[0] else 2].append(scored.sentence)
    groups = [Group("", tuple(sides[0][:_REST]))]
    for thing, meaning, side in zip(things, meanings, sides[1:], strict=True):
        groups.append(Group(thing, (meaning, *side) if meaning else tuple(side)))
    return groups


def _names(said: Sequence[str], name: Name, rival: Name) -> bool:
    """Whether words name a thing, so that it is not taken for its rival."""
    return contains(said, name) if set(name) & set(rival) else bool(set(name) & set(said))


def _both_sides(scored: Sequence[Scored], budget: int) -> list[Scored]:
    """The best sentence, then as much for as against, so that no side is crowded out by the other."""
    best = choose(scored, budget, most=1)
    share = (budget - sum(s.length for s in best)) // _SIDES
    chosen = best
    for side in (favours, _against(scored)):
        chosen = [*chosen, *choose([s for s in scored if side(s)], share, chosen, share=_SIDED)]
    return [*chosen, *choose(scored, share, chosen)]


def _against(claims: Sequence[Scored]) -> Callable[[Scored], bool]:
    """What counts as speaking against: criticism, or where there is none, what limits."""
    return opposes if any(opposes(s) for s in claims) else limits


def _by_side(chosen: Sequence[Scored], task: Task) -> list[Group]:
    """What speaks for it, what against it, and the rest."""
    speaks_against = _against(chosen)
    against = tuple(s.sentence for s in chosen if speaks_against(s))
    in_favour = tuple(s.sentence for s in chosen if favours(s))
    rest = tuple(s.sentence for s in chosen if s.sentence not in (*against, *in_favour))
    return [
        Group(phrase("for", task.language), in_favour),
        Group(phrase("against", task.language), against),
        Group(phrase("more", task.language), rest[:_REST]),
    ]
