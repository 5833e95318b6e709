"""What is quoted: exact slices of the stored text, list items without their mark, between quotation marks that fit."""

from __future__ import annotations

import pytest
from conftest import needs_originals
from hypothesis import given
from hypothesis import strategies as st

from ingest.index.generation import DataFolder, Generation
from retrieval.answer import Hit
from retrieval.cite import cite, mark_length, sentences_of
from ui.places import in_quotes


@pytest.mark.parametrize("mark", ["•", "–", "-", "a.", "aa.", "b)", "(c)", "1.", "12)", "2°", "2°.", "iv."])
def test_the_mark_of_a_list_item_is_no_part_of_its_words(mark: str) -> None:
    assert f"{mark} de huurder;"[mark_length(f"{mark} de huurder;") :] == "de huurder;"


@pytest.mark.parametrize("words", ["art. 5 geldt.", "nr. 3", "2,5 procent", "2019 was beter", "a priori", "-", "1.000"])
def test_words_that_look_like_a_mark_stay(words: str) -> None:
    assert mark_length(words) == 0


@needs_originals
def test_every_sentence_is_an_exact_slice_and_no_item_opens_with_its_mark(originals_data: DataFolder) -> None:
    generation = Generation(originals_data)
    store = generation.store
    items = 0
    try:
        for row in range(len(generation.documents_by_row)):
            passage = store.passage(row)
            if passage.form != "original":
                continue
            hit = Hit(rank=1, score=1.0, row=row, passage=passage, source=store.record_of(passage))
            for sentence in sentences_of(hit, store):
                citation = cite(store, 1, sentence)
                text = store.text((passage.source_id, passage.form))
                assert text[citation.char_start : citation.char_end] == citation.quote == citation.quote.strip()
                assert citation.quote in passage.text
                if sentence.is_item:
                    items += 1
                    assert not citation.quote.startswith(("•", "– ", "a. ", "b. ", "1° "))
    finally:
        generation.close()
    assert items > 200


def test_a_quote_with_its_own_marks_gets_single_ones() -> None:
    assert in_quotes("Menging helpt.") == "“Menging helpt.”"
    assert in_quotes("“Menging” helpt.") == "‘“Menging” helpt.’"
    assert in_quotes("Zij zei: “Menging helpt.”") == "‘Zij zei: “Menging helpt.”’"
    assert in_quotes("Men sprak van “menging” en zweeg.") == "“Men sprak van “menging” en zweeg.”"


@given(st.text(min_size=1))
def test_a_quote_is_never_shown_between_the_same_marks_twice(quote: str) -> None:
    shown = in_quotes(quote)
    assert shown[1:-1] == quote
    assert not shown.startswith("““")
    assert not shown.endswith("””")
