"""The catalogue of interface text is complete in both languages."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from conftest import ROOT

from ui.messages import catalogue


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_every_text_stands_in_dutch_and_english_with_the_same_blanks(key: str) -> None:
    entry = catalogue()[key]
    assert entry.keys() == {"nl", "en"}
    assert all(text.strip() for text in entry.values())
    blanks = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in entry.values()]
    assert blanks[0] == blanks[1]


def test_no_key_stands_in_two_files() -> None:
    keys = [
        key
        for path in (ROOT / "ui" / "messages").glob("*.yaml")
        for key in re.findall(r"^([\w.]+):", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert len(keys) == len(set(keys))
