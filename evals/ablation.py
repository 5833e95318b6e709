"""What each part of the ranking is worth: `python -m evals.ablation DATA_FOLDER`, on the dev questions.

Each row searches with one part switched off or changed, everything else as it is.
"""

from __future__ import annotations

import sys
from pathlib import Path

from evals.metrics import DEPTH, Ranking, means, measure
from evals.question import Question, read_questions
from evals.run import ranking_of
from ingest.embed import DEFAULT_MODEL, open_embedder
from ingest.index.generation import DataFolder, Generation
from retrieval import search
from retrieval.answer import Filters
from retrieval.language import language_of
from retrieval.scope import documents

VARIANTS = {
    "as it is": search.RANKING,
    "without everyday questions": search.Ranking(everyday=0.0),
    "without shared words": search.Ranking(lexical=0.0, lexical_foreign=0.0),
    "without terms of the glossary": search.Ranking(expand=False),
    "laws held in bulk on a par": search.Ranking(background=0.0),
    "shared words alike in both languages": search.Ranking(lexical_foreign=search.RANKING.lexical),
    "dense vectors beside late interaction": search.Ranking(dense=0.5),
    "dense vectors in place of late interaction": search.Ranking(late=0.0, dense=1.0),
    "late interaction alone": search.Ranking(lexical=0.0, lexical_foreign=0.0, everyday=0.0, expand=False),
}
MEASURES = ("hit@5", "recall@5", "recall@10", "nDCG@10", "places@400w", "places@800w")


def _rankings(data: DataFolder, questions: list[Question], variant: search.Ranking) -> list[Ranking]:
    generation = Generation(data)
    embedder = open_embedder(DEFAULT_MODEL, data.models)
    found = []
    for question in questions:
        keys = documents(generation.store.holdings, Filters(date=question.date))
        query = embedder.embed_query(question.question)
        spoken = language_of(question.question)
        seen = search.find(generation, question.question, query, spoken, keys, DEPTH, variant)
        found.append(ranking_of(question, tuple(hit.passage for hit in seen.hits)))
    generation.close()
    return found


def main() -> int:
    """Print one row for each variant."""
    data = DataFolder(Path(sys.argv[1]))
    generation = Generation(data)
    held = {holding.source.id for holding in generation.store.holdings}
    generation.close()
    questions = [q for q in read_questions() if q.split == "dev" and q.gold and all(p.source in held for p in q.gold)]
    groups = {
        "all": questions,
        "paraphrase": [q for q in questions if q.style == "paraphrase"],
        "English": [q for q in questions if q.language == "en"],
    }
    print("| variant | " + " | ".join(MEASURES) + " | paraphrase hit@5 | English hit@5 |")
    print("| --- |" + " ---: |" * (len(MEASURES) + 2))
    for name, variant in VARIANTS.items():
        values = measure(_rankings(data, questions, variant))
        figures = {group: means(values, members) for group, members in groups.items()}
        row = [figures["all"][m] for m in MEASURES] + [figures[g]["hit@5"] for g in ("paraphrase", "English")]
        print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in row) + " |", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
