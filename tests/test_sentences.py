"""Sentences end where a reader ends them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sentences import sentence_spans, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Een zin. Nog een zin.", ["Een zin.", "Nog een zin."], id="two"),
        pytest.param("Zie art. 3, tweede lid, jo. art. 5 van de wet. Dan verder.",
                     ["Zie art. 3, tweede lid, jo. art. 5 van de wet.", "Dan verder."], id="references"),
        pytest.param("Volgens R. Kleinhans e.a. is dat zo. Zij noemen nr. 12.",
                     ["Volgens R. Kleinhans e.a. is dat zo.", "Zij noemen nr. 12."], id="initials"),
        pytest.param("Hij vroeg: ‘Waarom?’ Niemand wist het.", ["Hij vroeg: ‘Waarom?’", "Niemand wist het."], id="quotes"),
        pytest.param("De huur is € 879,66 per maand. In 2024 steeg die.",
                     ["De huur is € 879,66 per maand.", "In 2024 steeg die."], id="amounts"),
        pytest.param("Kop zonder punt\n\nEen alinea.", ["Kop zonder punt", "Een alinea."], id="blank line"),
        pytest.param("1. Wat moet gemengd worden? Typen woningen.",
                     ["1. Wat moet gemengd worden?", "Typen woningen."], id="numbered item"),
    ],
)  # fmt: skip
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(alphabet=st.sampled_from("aB1. ?!\n\t”’é…"), max_size=200))
def test_spans_cover_every_visible_character_once_and_in_order(text: str) -> None:
    spans = sentence_spans(text)
    assert all(a < b for a, b in spans)
    assert all(left[1] <= right[0] for left, right in itertools.pairwise(spans))
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())
