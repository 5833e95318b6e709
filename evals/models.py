"""Composer, language model and two baselines side by side, on a fixed sample of questions.

    python -m evals.models DATA --questions 20

Without --url, the small model of `evals.small_model` runs in this process. The baselines: the five best passages pasted
together, and LlamaIndex's CitationQueryEngine with the same model over the same five passages.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx
from llama_index.core.query_engine import CitationQueryEngine
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from evals.question import Question, read_questions
from evals.run import askable
from evals.small_model import NAME, SmallModelServer
from ingest.document import Passage
from ingest.embed import DEFAULT_MODEL, open_embedder
from ingest.index.generation import DataFolder
from ingest.sentences import sentences
from retrieval.answer import Answer, Filters
from retrieval.engine import Engine
from retrieval.model import Endpoint
from retrieval.verify import Verifier

_SEED = 6
_PASSAGES = 5
_CONTEXT = 8192  # tokens


@dataclass(frozen=True, slots=True)
class Written:
    """What a system answered: each sentence with the passages it cites. `own` if a model's words stand in it."""

    sentences: tuple[tuple[str, tuple[Passage, ...]], ...]
    seconds: float
    own: bool = False
    struck: int = 0

    @property
    def text(self) -> str:
        """All sentences."""
        return " ".join(text for text, _ in self.sentences)


System = Callable[[Question], Written]


def sample(engine: Engine, count: int) -> list[Question]:
    """`count` answerable questions of dev whose sources are held, drawn with a fixed seed."""
    questions = [q for q in askable(engine, read_questions()) if q.split == "dev" and q.answerable]
    random.Random(_SEED).shuffle(questions)
    return questions[:count]


def assistant(engine: Engine) -> System:
    """The program itself, with the language model it was opened with."""

    def ask(question: Question) -> Written:
        began = time.perf_counter()
        answer = engine.ask(question.question, filters=Filters(date=question.date))
        own = answer.generator.startswith("model:")
        return Written(tuple(_cited(answer)), time.perf_counter() - began, own, answer.struck)

    return ask


def _cited(answer: Answer) -> Iterable[tuple[str, tuple[Passage, ...]]]:
    passages = {citation.n: citation.passage for citation in answer.citations}
    for part in answer.parts:
        if part.kind != "heading":
            yield part.text, tuple(passages[n] for n in part.citations)


def pasted(engine: Engine) -> System:
    """The best passages as they are, each citing itself."""

    def ask(question: Question) -> Written:
        began = time.perf_counter()
        found = engine.search(question.question, k=_PASSAGES, filters=Filters(date=question.date))
        whole = tuple((text, (hit.passage,)) for hit in found.hits for text in sentences(hit.passage.text))
        return Written(whole, time.perf_counter() - began)

    return ask


def citation_engine(engine: Engine, endpoint: Endpoint) -> System:
    """LlamaIndex's CitationQueryEngine as it comes, over the passages that our search finds."""

    def ask(question: Question) -> Written:
        began = time.perf_counter()
        found = engine.search(question.question, k=_PASSAGES, filters=Filters(date=question.date))
        passages = [hit.passage for hit in found.hits]
        with httpx.Client(timeout=endpoint.seconds) as client:
            model = endpoint.chat_model(client)
            model.context_window = _CONTEXT
            query = CitationQueryEngine.from_args(
                None,  # type: ignore[arg-type]  # a retriever takes the place of its index
                llm=model,
                retriever=_Given(passages),
                citation_chunk_size=2048,  # our passages stay whole
                streaming=True,
            )
            text = ""
            for piece in query.query(question.question).response_gen:  # type: ignore[union-attr]
                text += piece
                if time.perf_counter() - began > endpoint.seconds:
                    break
        cited = tuple((sentence, _numbered(sentence, passages)) for sentence in sentences(text))
        return Written(cited, time.perf_counter() - began, own=True)

    return ask


class _Given(BaseRetriever):
    """Hands over passages that were found before."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        super().__init__()
        self._passages = passages

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [NodeWithScore(node=TextNode(text=p.searchable), score=1.0) for p in self._passages]


def _numbered(sentence: str, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """The passages that a sentence names as [1], [2] …"""
    numbers = dict.fromkeys(int(n) for n in re.findall(r"\[(\d{1,2})\]", sentence))
    return tuple(passages[n - 1] for n in numbers if 1 <= n <= len(passages))


def figures(questions: Sequence[Question], written: Sequence[Written], verifier: Verifier) -> dict[str, str]:
    """A row of the table."""
    pairs = list(zip(questions, written, strict=True))
    said = [(n.vital, bool(re.search(n.pattern, w.text, re.IGNORECASE))) for q, w in pairs for n in q.nuggets]
    cited = [any(place.holds(p) for place in q.gold) for q, w in pairs for _, passages in w.sentences for p in passages]
    supported = [_is_supported(text, passages, verifier) for w in written for text, passages in w.sentences]
    return {
        "vital nuggets": _share([hit for vital, hit in said if vital]),
        "all nuggets": _share([hit for _, hit in said]),
        "citations of a gold place": _share(cited),
        "sentences supported": _share(supported),
        "median words": f"{median(len(w.text.split()) for w in written):.0f}",
        "median seconds": f"{median(w.seconds for w in written):.1f}",
        "answers in the model's words": f"{sum(w.own for w in written)} of {len(written)}",
        "sentences struck": str(sum(w.struck for w in written)),
    }


def _is_supported(sentence: str, passages: Sequence[Passage], verifier: Verifier) -> bool:
    bare = re.sub(r"\s*\[\d{1,2}\]", "", sentence)
    return bool(passages) and verifier.check(bare, [p.searchable for p in passages]).support == "supported"


def _share(held: Sequence[bool]) -> str:
    return f"{100 * sum(held) / len(held):.0f} % ({sum(held)}/{len(held)})" if held else "–"


def table(rows: dict[str, dict[str, str]]) -> str:
    """Markdown, a row per system."""
    names = list(next(iter(rows.values())))
    lines = ["| system | " + " | ".join(names) + " |", "| --- " * (len(names) + 1) + "|"]
    return "\n".join([*lines, *(f"| {system} | " + " | ".join(row.values()) + " |" for system, row in rows.items())])


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m evals.models", description=main.__doc__)
    parser.add_argument("data", type=Path, help="data folder of the index")
    parser.add_argument("--questions", type=int, default=20, help="size of the sample")
    parser.add_argument("--url", help="address of an OpenAI-compatible service; without it, the small model")
    parser.add_argument("--model", default=NAME, help="name of its model")
    parser.add_argument("--seconds", type=float, default=300, help="time allowed for one answer")
    parser.add_argument("--tokens", type=int, default=300, help="longest answer of the model, in tokens")
    options = parser.parse_args()
    data = DataFolder(options.data)
    embedder = open_embedder(DEFAULT_MODEL, data.models)
    server = None if options.url else SmallModelServer(_CONTEXT)
    url = options.url or (server.url if server else "")
    endpoint = Endpoint(url=url, name=options.model, seconds=options.seconds, max_tokens=options.tokens)
    with Engine(data, lambda: embedder) as plain, Engine(data, lambda: embedder, endpoint) as modelled:
        systems: dict[str, System] = {
            "default composer": assistant(plain),
            f"{options.model}, checked": assistant(modelled),
            f"{_PASSAGES} best passages pasted": pasted(plain),
            f"CitationQueryEngine, {options.model}": citation_engine(plain, endpoint),
        }
        questions = sample(plain, options.questions)
        verifier = Verifier(embedder)
        written: dict[str, list[Written]] = {name: [] for name in systems}
        with suppress(KeyboardInterrupt):  # a slow model may be stopped early: the table counts what was answered
            for number, question in enumerate(questions, start=1):
                answers = [ask(question) for ask in systems.values()]
                for name, answer in zip(systems, answers, strict=True):
                    written[name].append(answer)
                print(f"{number}/{len(questions)} {question.id}", file=sys.stderr, flush=True)
        rows = {name: figures(questions[: len(done)], done, verifier) for name, done in written.items()}
    print(table(rows))


if __name__ == "__main__":
    main()
