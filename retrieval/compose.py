"""The default composer: the sources' own sentences, chosen by meaning and words, without a language model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from ingest.document import Form
from ingest.index.generation import Generation
from ingest.index.lexical import words
from ingest.index.store import Store
from retrieval.answer import AnswerPart, Citation, Hit, Language, PartKind
from retrieval.cite import Sentence, cite, sentences_of
from retrieval.instruments import fitting, read_need, texts
from retrieval.search import Found

GENERATOR = "extractive"
CATALOGUE = "instrumentencatalogus"  # id of the instrument catalogue among the sources
_PASSAGES = 8  # passages whose sentences compete
_MAX_SENTENCES = 8
_MAX_WORDS = 230
_MAX_OWN = 3  # sentences of ours beside quotes of the same originals
_MIN_SENTENCE_WORDS = 6
_MAX_ITEMS = 9
_WORTH = 0.6  # share of the best score below which a sentence is left out
_SAME = 0.8  # share of the words of the shorter of two sentences that say the same
# How much counts: meaning, shared words, standing of the passage; tuned on the evaluation set.
_MEANING, _OVERLAP, _STANDING = 1.0, 0.6, 0.8


_KINDS: dict[Form, PartKind] = {"original": "quote", "digest": "digest", "catalogue": "catalogue"}


@dataclass(frozen=True, slots=True)
class Composed:
    """Parts and citations of an answer."""

    parts: tuple[AnswerPart, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    """Sentences under one heading."""

    heading: str
    sentences: tuple[Sentence, ...]
    is_caveat: bool = False


@dataclass(frozen=True, slots=True)
class _Scored:
    sentence: Sentence
    score: float
    stems: frozenset[str]


def candidates(found: Found, store: Store) -> list[Sentence]:
    """Sentences that may stand in an answer: of the best passages, valid law, long enough, no questions."""
    hits = [hit for hit in found.hits if not hit.passage.status and (hit.passage.kind != "note" or hit.rank == 1)]
    quoted = [hit for hit in hits if not _in_our_words(hit, store)][:_PASSAGES]
    own = [hit for hit in hits if _in_our_words(hit, store)][:_PASSAGES]
    sentences = [sentence for hit in (*quoted, *own) for sentence in sentences_of(hit, store)]
    return [s for s in sentences if s.is_item or _stands_alone(s.text)]


def _in_our_words(hit: Hit, store: Store) -> bool:
    """Whether a passage is our wording of a source whose original is held too: then the original goes first."""
    return hit.passage.form != "original" and store.holds_original(hit.source.id)


def _stands_alone(text: str) -> bool:
    return len(text.split()) >= _MIN_SENTENCE_WORDS and text.rstrip("\"'”’)»")[-1:] != "?"


def compose(
    generation: Generation, found: Found, question: str, language: Language, sentences: Sequence[Sentence]
) -> Composed:
    """Choose, group and cite; `sentences` as `candidates` gives them, `language` that of the question."""
    store = generation.store
    scored = _score(generation, found, question, sentences)
    chosen = _provision(found, scored) or _choose([s for s in scored if not _in_our_words(s.sentence.hit, store)])
    own = _choose([s for s in scored if _in_our_words(s.sentence.hit, store)], chosen)[:_MAX_OWN]
    chosen = sorted([*chosen, *own], key=lambda s: -s.score)
    instruments = _instrument_groups(generation, question, language)
    said = {sentence.text for group in instruments for sentence in group.sentences}
    rest = [scored for scored in chosen if scored.sentence.text not in said]
    return _lay_out(store, [*instruments, *_groups(rest, sentences)])


def _instrument_groups(generation: Generation, question: str, language: Language) -> list[_Group]:
    """For a question for instruments: those that fit its aims and risks, each with what the catalogue says of it."""
    need = read_need(question)
    if need is None:
        return []
    groups: list[_Group] = []
    for fit in fitting(need):
        rows = [generation.store.row_of_text(CATALOGUE, text) for text in texts(fit, language)]
        found = [sentence for row in rows if row is not None for sentence in _whole(generation, row)]
        if found:
            groups.append(_Group(getattr(fit.instrument.name, language), tuple(found), fit.warns))
    return groups


def _whole(generation: Generation, row: int) -> list[Sentence]:
    passage = generation.store.passage(row)
    hit = Hit(rank=1, score=1.0, row=row, passage=passage, source=generation.store.record_of(passage))
    return [Sentence(hit, passage.text, passage.start, passage.end, is_item=False)]


def _score(generation: Generation, found: Found, question: str, sentences: Sequence[Sentence]) -> list[_Scored]:
    """By meaning (late interaction, best sentence 1), shared words, and the standing of the passage."""
    asked = set(words(question))
    best = max((hit.score for hit in found.hits), default=1.0) or 1.0
    meanings = _meanings(generation, found, sentences)
    nearest = max(meanings, default=1.0) or 1.0
    scored = []
    for sentence, meaning in zip(sentences, meanings, strict=True):
        stems = frozenset(words(sentence.text))
        heading = words(" ".join(sentence.hit.passage.locator.section[-1:]))
        overlap = len(asked & (stems | set(heading))) / len(asked) if asked else 0.0
        standing = sentence.hit.score / best
        score = _MEANING * meaning / nearest + _OVERLAP * overlap + _STANDING * standing
        scored.append(_Scored(sentence, score, stems))
    return scored


def _meanings(generation: Generation, found: Found, sentences: Sequence[Sentence]) -> list[float]:
    """Late interaction of the question with every sentence."""
    meanings: list[float] = []
    for row, group in groupby(sentences, key=lambda s: s.hit.row):
        passage = generation.store.passage(row)
        shift = len(passage.searchable) - len(passage.text) - passage.start
        spans = [(sentence.start + shift, sentence.end + shift) for sentence in group]
        meanings += map(float, generation.tokens.span_scores(found.tokens, row, spans))
    return meanings


def _provision(found: Found, scored: Sequence[_Scored]) -> list[_Scored]:
    """All sentences of the provisions that the question names, in the order of the law."""
    named = [s for s in scored if s.sentence.hit.row in found.exact]
    named.sort(key=lambda s: (s.sentence.hit.passage.source_id, s.sentence.start))
    return named[: 2 * _MAX_SENTENCES]


def _choose(scored: Sequence[_Scored], besides: Sequence[_Scored] = ()) -> list[_Scored]:
    """The best sentences, none saying the same as another or as one of `besides`, within the budget; best first."""
    chosen: list[_Scored] = []
    total = 0
    for candidate in sorted(scored, key=lambda s: (-s.score, s.sentence.hit.rank, s.sentence.start)):
        length = len(candidate.sentence.text.split())
        if len(chosen) >= _MAX_SENTENCES or candidate.score < _WORTH * scored_best(scored):
            break
        if total + length > _MAX_WORDS or any(_says_the_same(candidate, other) for other in (*besides, *chosen)):
            continue
        chosen.append(candidate)
        total += length
    return chosen


def _says_the_same(one: _Scored, other: _Scored) -> bool:
    shared = len(one.stems & other.stems)
    return shared > _SAME * max(1, min(len(one.stems), len(other.stems)))


def scored_best(scored: Sequence[_Scored]) -> float:
    """Highest score, 0 if there is none."""
    return max((s.score for s in scored), default=0.0)


def _groups(chosen: Sequence[_Scored], sentences: Sequence[Sentence]) -> list[_Group]:
    """By section, the best section first, sentences in the source's order; a list follows its introduction."""
    order: dict[tuple[str, str], int] = {}
    for scored in chosen:
        order.setdefault(_section(scored.sentence.hit), len(order))
    picked = {id(s.sentence): s.sentence for s in chosen}
    for scored in chosen:
        for item in _items_after(scored.sentence, sentences):
            picked.setdefault(id(item), item)
    flat = sorted(picked.values(), key=lambda s: (order[_section(s.hit)], s.hit.passage.form, s.start))
    return [_Group(section, tuple(group)) for (_, section), group in groupby(flat, key=lambda s: _section(s.hit))]


def _lay_out(store: Store, groups: Sequence[_Group]) -> Composed:
    """Number and cite; a single group needs no heading."""
    parts: list[AnswerPart] = []
    citations: list[Citation] = []
    for group in groups:
        if len(groups) > 1 and group.heading:
            parts.append(AnswerPart(group.heading, "heading"))
        for sentence in group.sentences:
            citation = cite(store, len(citations) + 1, sentence)
            citations.append(citation)
            kind: PartKind = "caveat" if group.is_caveat else _KINDS[citation.passage.form]
            parts.append(AnswerPart(sentence.text, kind, (citation.n,)))
    return Composed(tuple(parts), tuple(citations))


def _section(hit: Hit) -> tuple[str, str]:
    """The heading under which a sentence is shown: the innermost of its place, for a catalogue entry its name."""
    if hit.passage.form == "catalogue":
        return "", hit.passage.context.partition(" › ")[0].partition(";")[0]
    return hit.source.id, "".join(hit.passage.locator.section[-1:])


def _items_after(sentence: Sentence, sentences: Sequence[Sentence]) -> list[Sentence]:
    """The list items that a sentence ending in a colon introduces."""
    if not sentence.text.endswith(":"):
        return []
    following = [s for s in sentences if s.hit.row == sentence.hit.row and s.start > sentence.start]
    items: list[Sentence] = []
    for item in following[:_MAX_ITEMS]:
        if not item.is_item:
            break
        items.append(item)
    return items
