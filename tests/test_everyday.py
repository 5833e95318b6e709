"""Everyday questions: each leads to a place that is held, and asking one finds that place."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import copy_of, embedder

from corpus import RegisterError, shipped
from corpus.everyday import read_everyday
from corpus.place import Place
from ingest.document import Form, Locator, Passage
from ingest.index.generation import DataFolder, Generation
from ingest.places import holds
from ingest.pointers import Pointer, Target, read_pointers, targets
from ingest.sentences import sentences
from retrieval.engine import Engine
from retrieval.vocabulary import added_terms

SHIPPED = read_pointers([shipped()])


def test_every_question_ends_with_a_question_mark_and_is_asked_in_two_languages() -> None:
    asked = [a for everyday in read_everyday(shipped()) for a in everyday.questions]
    assert len(asked) > 250
    assert [text for a in asked for text in (*a.nl, *a.en) if not text.endswith("?")] == []


def test_nearly_every_statement_of_a_digest_has_questions_of_its_own(own_data: DataFolder) -> None:
    generation = Generation(own_data)
    passages = [generation.store.passage(row) for row in range(len(generation.documents_by_row))]
    generation.close()
    stated = Counter(
        p.source_id for p in passages for _ in sentences(p.text) if p.form == "digest" and p.kind != "gist"
    )
    asked = {everyday.source: len(everyday.statements) for everyday in read_everyday(shipped())}
    assert [source for source, count in stated.items() if asked[source] < 0.85 * count] == []


def test_every_question_leads_to_passages_of_the_shipped_knowledge_base(own_data: DataFolder) -> None:
    generation = Generation(own_data)
    passages = [generation.store.passage(row) for row in range(len(generation.documents_by_row))]
    places = {pointer.place for pointer in SHIPPED if pointer.says is None}
    nowhere = [place for place in places if not any(holds(place, passage) for passage in passages)]
    generation.close()
    assert nowhere == []


def test_asking_an_everyday_question_finds_the_place_that_answers_it(own_engine: Engine) -> None:
    asked = [pointer for pointer in SHIPPED if pointer.says is None]
    sample = asked[:: len(asked) // 40]
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


def test_a_question_for_a_statement_leads_to_it_and_to_its_place_in_the_original() -> None:
    digest, here, elsewhere = (_passage(*p) for p in (("digest", 3), ("original", 3), ("original", 4)))
    digest = replace(digest, text="De prijs is 80 euro. De nota geldt tot 2027.", end=44)
    asked = Pointer("Tot wanneer?", Place(source="nota"), says="De nota geldt")
    [found] = targets([asked], [elsewhere, here, digest], [])
    assert found == Target((2, 1), "De nota geldt tot 2027.")


def test_a_question_for_a_statement_leads_nowhere_without_the_digest() -> None:
    asked = Pointer("Tot wanneer?", Place(source="nota"), says="De nota geldt")
    assert targets([asked], [_passage("original", 3)], []) == [Target(())]


@pytest.mark.parametrize("says", ["De nota verviel", "De nota"])
def test_words_that_begin_no_statement_or_several_are_named(says: str) -> None:
    digest = replace(_passage("digest", 3), text="De nota geldt. De nota loopt.", end=29)
    with pytest.raises(RegisterError, match=f"nota.*statements.*{says}"):
        targets([Pointer("Tot wanneer?", Place(source="nota"), says=says)], [digest], [])


def test_asking_for_a_statement_brings_it_into_the_answer(own_engine: Engine) -> None:
    asked = [pointer for pointer in SHIPPED if pointer.says and pointer.place.source.startswith("kennisfundament")]
    sample = asked[:: len(asked) // 40]
    quotes = [[c.quote for c in own_engine.ask(pointer.text).citations] for pointer in sample]
    said = [any(q.startswith(p.says or "") for q in quoted) for p, quoted in zip(sample, quotes, strict=True)]
    assert sum(said) >= 0.7 * len(said)


def _passage(form: Form, page: int) -> Passage:
    return Passage(source_id="nota", form=form, kind="paragraph", text="x", start=0, end=1, locator=Locator(page=page),
                   context="")  # fmt: skip


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
