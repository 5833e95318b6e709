"""Passages: exact slices of the text, within one section, of readable length."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Source
from ingest.document import BlockKind, Document, DocumentBuilder, Locator
from ingest.passages import MAX_WORDS, place_at, split
from ingest.sentences import sentence_spans

SOURCE = Source.model_validate({"id": "bron", "title": "Een bron", "kind": "rapport"})
WORDS = st.sampled_from(["wijk", "menging", "de", "bewoners", "stad.", "huis.", "Nieuw", "art.", "3", "waarom?"])
TEXT = st.lists(WORDS, min_size=1, max_size=300).map(" ".join)
KINDS = st.sampled_from(["heading", "paragraph", "item", "note"])


def made(blocks: list[tuple[BlockKind, str]]) -> Document:
    builder = DocumentBuilder(SOURCE)
    section: tuple[str, ...] = ()
    for number, (kind, text) in enumerate(blocks):
        if kind == "heading":
            section = (text,)
        note = str(number) if kind == "note" else None
        builder.add(
            kind, text, Locator(page=number + 1, section=section, note=note), level=1 if kind == "heading" else 0
        )
    return builder.build()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(KINDS, TEXT), min_size=1, max_size=8))
def test_passages_are_slices_in_order_that_hold_every_word_of_the_body(blocks: list[tuple[BlockKind, str]]) -> None:
    document = made(blocks)
    passages = split(document)
    assert all(document.text[p.start : p.end] == p.text for p in passages)
    assert all(left.end <= right.start for left, right in itertools.pairwise(passages))
    body = " ".join(block.text for block in document.blocks if block.kind != "heading")
    assert " ".join(p.text for p in passages).split() == body.split()
    assert len({p.id for p in passages}) == len(passages)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(KINDS, TEXT), min_size=1, max_size=8))
def test_a_passage_stays_in_its_section_and_below_the_limit_unless_one_sentence_is_longer(
    blocks: list[tuple[BlockKind, str]],
) -> None:
    for passage in split(made(blocks)):
        longest = max(len(passage.text[a:b].split()) for a, b in sentence_spans(passage.text))
        assert len(passage.text.split()) <= max(MAX_WORDS, longest + MAX_WORDS // 2)


def test_short_paragraphs_of_a_section_share_a_passage_and_sections_do_not() -> None:
    document = made(
        [
            ("heading", "Een"),
            ("paragraph", "Kort."),
            ("paragraph", "Ook kort."),
            ("heading", "Twee"),
            ("paragraph", "Los."),
        ]
    )
    assert [p.text for p in split(document)] == ["Kort.\n\nOok kort.", "Los."]
    assert split(document)[0].context == "Een bron › Een"


def test_a_list_stays_with_its_introduction() -> None:
    intro = " ".join(["woord"] * 125) + " en dit hoort erbij:"
    document = made([("paragraph", intro), ("item", "- een"), ("item", "- twee")])
    (passage,) = split(document)
    assert passage.text.endswith("- twee")


def test_a_character_behind_a_page_break_stands_on_the_next_page() -> None:
    builder = DocumentBuilder(SOURCE)
    builder.add(
        "paragraph", "Eerste blad tweede blad.", Locator(page=4, page_end=5, page_label="14"), page_starts=(12,)
    )
    (block,) = builder.build().blocks
    assert (place_at(block, 3).page, place_at(block, 3).page_label) == (4, "14")
    assert (place_at(block, 15).page, place_at(block, 15).page_label) == (5, "15")
