"""An answer in a language model's words: each sentence is checked against the passages it cites before it is shown."""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from ingest.index.lexical import words
from ingest.index.store import Store
from retrieval.answer import Answer, AnswerPart, Citation, Hit, SentenceChecked
from retrieval.cite import Sentence, cite, sentences_of
from retrieval.model import LanguageModel, ModelFault
from retrieval.notices import fault_notice, struck_notice, uncovered_notice, written_by
from retrieval.prompt import Claim, Prompt, claims, prompt_for
from retrieval.verify import Verifier

_MAX_SENTENCES = 12  # shown; the prompt asks for ten
_MAX_CLAIMS = 30  # read
_MAX_REPEATS = 3  # a model that says the same again and again says nothing more


class _Draft:
    """The answer so far: sentences that passed the check, their citations, and how many did not pass."""

    def __init__(self, store: Store, verifier: Verifier, hits: dict[str, Hit]) -> None:
        self._store = store
        self._verifier = verifier
        self._hits = hits
        self._numbers: dict[tuple[int, int], int] = {}  # row and start of a quote -> number of its citation
        self._seen: set[str] = set()
        self.parts: list[AnswerPart] = []
        self.citations: list[Citation] = []
        self.struck = 0
        self.repeats = 0

    def add(self, claim: Claim) -> SentenceChecked | None:
        """Check a sentence; None if it is struck, or was there already."""
        if not any(char.isalnum() for char in claim.text):
            return None
        if claim.text in self._seen:
            self.repeats += 1
            return None
        self._seen.add(claim.text)
        hits = [self._hits[code] for code in dict.fromkeys(claim.codes) if code in self._hits]
        if not hits or not claim.is_plain or not self._is_supported(claim.text, hits):
            self.struck += 1
            return None
        known = len(self.citations)
        part = AnswerPart(claim.text, "generated", tuple(dict.fromkeys(self._cite(claim.text, hit) for hit in hits)))
        self.parts.append(part)
        return SentenceChecked(part, tuple(self.citations[known:]))

    def _is_supported(self, sentence: str, hits: Sequence[Hit]) -> bool:
        verdict = self._verifier.check(sentence, [hit.passage.searchable for hit in hits])
        return verdict.support == "supported"

    def _cite(self, text: str, hit: Hit) -> int:
        """Number of the citation of that sentence of the passage which shares most words with `text`."""
        said = set(words(text))
        nearest = max(sentences_of(hit, self._store), key=lambda sentence: _shared(said, sentence))
        key = hit.row, nearest.start
        if key not in self._numbers:
            self._numbers[key] = len(self.citations) + 1
            self.citations.append(cite(self._store, self._numbers[key], nearest))
        return self._numbers[key]

    def keep_caveats(self, default: Answer) -> None:
        """Add the caveats of the composer's answer, with their headings: a model may have left them out."""
        cited = {citation.n: citation for citation in default.citations}
        heading: AnswerPart | None = None
        for part in default.parts:
            if part.kind == "heading":
                heading = part
            elif part.kind == "caveat":
                self.parts += [heading] if heading else []
                heading = None
                numbers = tuple(len(self.citations) + place for place in range(1, len(part.citations) + 1))
                self.citations += [replace(cited[n], n=new) for n, new in zip(part.citations, numbers, strict=True)]
                self.parts.append(replace(part, citations=numbers))

    @property
    def is_enough(self) -> bool:
        """Whether it can stand as an answer: something passed, and not less than was struck."""
        return bool(self.parts) and len(self.parts) >= self.struck


def _shared(said: set[str], sentence: Sentence) -> float:
    stems = set(words(sentence.text))
    return len(said & stems) / math.sqrt(len(stems) + 5)  # long sentences share more by chance


@dataclass(frozen=True, slots=True)
class Writer:
    """A language model and the check that its sentences must pass."""

    model: LanguageModel
    verifier: Verifier

    def rewrite(self, store: Store, hits: Sequence[Hit], default: Answer) -> Generator[SentenceChecked, None, Answer]:
        """Yield each sentence of the model that passes; return the answer, which is `default` where the model fails.

        hits     the passages that the model may use, best first
        default  the composer's answer to the same question; its caveats stay
        """
        began = time.perf_counter()
        language = default.language
        whole = default.reading.question if default.reading else default.question
        prompt = prompt_for(whole, hits, language)
        draft = _Draft(store, self.verifier, prompt.hits)
        answer = default
        try:
            yield from _write(self.model, prompt, draft)
        except ModelFault as fault:
            notices: tuple[str, ...] = (fault_notice(language, fault.kind),)
        else:
            answer = replace(default, struck=draft.struck)
            notices = struck_notice(language, draft.struck)
            if draft.is_enough:
                notices = (written_by(language, self.model.name), *notices)
                draft.keep_caveats(default)
                parts, citations = tuple(draft.parts), tuple(draft.citations)
                answer = replace(answer, parts=parts, citations=citations, generator=f"model:{self.model.name}")
            else:
                notices = (uncovered_notice(language), *notices)
        spent = round((time.perf_counter() - began) * 1000, 2)
        return replace(answer, notices=(*default.notices, *notices), timings_ms={**default.timings_ms, "model": spent})


def _write(model: LanguageModel, prompt: Prompt, draft: _Draft) -> Generator[SentenceChecked, None, None]:
    text = model.stream(prompt.system, prompt.user)
    for number, claim in enumerate(claims(text), start=1):
        checked = draft.add(claim)
        if checked:
            yield checked
        if len(draft.parts) == _MAX_SENTENCES or draft.repeats > _MAX_REPEATS or number == _MAX_CLAIMS:
            break
