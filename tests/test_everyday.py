"""Everyday questions: each leads to a place that is held, and asking one finds that place."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import copy_of, embedder

from corpus import RegisterError, shipped
from corpus.everyday import read_everyday
from ingest.index.generation import DataFolder, Generation
from ingest.places import holds
from ingest.pointers import read_pointers
from retrieval.engine import Engine
from retrieval.vocabulary import added_terms

SHIPPED = read_pointers([shipped()])


def test_every_question_ends_with_a_question_mark_and_is_asked_in_two_languages() -> None:
    asked = [a for everyday in read_everyday(shipped()) for a in everyday.questions]
    assert len(asked) > 250
    assert [text for a in asked for text in (*a.nl, *a.en) if not text.endswith("?")] == []


def test_every_question_leads_to_passages_of_the_shipped_knowledge_base(own_data: DataFolder) -> None:
    generation = Generation(own_data)
    passages = [generation.store.passage(row) for row in range(len(generation.documents_by_row))]
    places = {pointer.place for pointer in SHIPPED}
    nowhere = [place for place in places if not any(holds(place, passage) for passage in passages)]
    generation.close()
    assert nowhere == []


def test_asking_an_everyday_question_finds_the_place_that_answers_it(own_engine: Engine) -> None:
    sample = SHIPPED[:: len(SHIPPED) // 40]
    found = [
        any(holds(pointer.place, hit.passage) for hit in own_engine.search(pointer.text, k=5).hits)
        for pointer in sample
    ]
    assert sum(found) >= 0.95 * len(found)


def test_questions_kept_beside_documents_of_ones_own_lead_to_them(own_data: DataFolder, tmp_path: Path) -> None:
    folder = tmp_path / "eigen"
    (folder / "vragen").mkdir(parents=True)
    (folder / "bronnen.yaml").write_text(
        "documenten:\n- id: nota\n  title: Nota parkeren\n  kind: rapport\n  path: nota.md\n  date: '2024'\n",
        encoding="utf-8",
    )
    (folder / "nota.md").write_text(
        "# Nota parkeren\n\n## Tarieven\n\nEen vergunning voor stilstaand verkeer kost 80 euro per jaar.\n\n"
        "## Slot\n\nDe nota geldt in de hele gemeente en wordt in 2027 herzien.\n",
        encoding="utf-8",
    )
    (folder / "vragen" / "nota.yaml").write_text(
        "source: nota\nquestions:\n- at: {section: Tarieven}\n  nl: ['Wat moet ik betalen om mijn wagen neer te zetten?']\n"
        "  en: ['What do I pay to leave my car?']\n",
        encoding="utf-8",
    )
    data = copy_of(own_data, tmp_path / "data", folder)
    with Engine(data, lambda: embedder(data)) as engine:
        best = engine.search("What do I pay to leave my car?", k=1).hits[0]
    assert (best.source.id, best.passage.locator.section[-1:]) == ("nota", ("Tarieven",))


def test_a_wrong_file_is_named_with_its_field(tmp_path: Path) -> None:
    (tmp_path / "vragen").mkdir()
    (tmp_path / "vragen" / "x.yaml").write_text("source: x\nquestions:\n- at: {bladzijde: 3}\n  nl: [a?]\n", "utf-8")
    with pytest.raises(RegisterError, match=r"x\.yaml.*bladzijde"):
        read_everyday(tmp_path)


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("Wat doet de Wbmgp?", "Wet bijzondere maatregelen grootstedelijke problematiek"),
        ("Does densification cause displacement?", "verdringing"),
        ("Does densification cause displacement?", "verdichting"),
    ],
)
def test_the_glossary_adds_the_dutch_term_to_a_question(question: str, term: str) -> None:
    assert term in {added.term for added in added_terms(question)}


def test_a_term_that_the_question_already_names_is_not_added() -> None:
    assert added_terms("Wat is verdringing?") == ()
