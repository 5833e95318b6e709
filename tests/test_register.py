"""The register says which file, record and field is wrong, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import RegisterError, read_register, shipped


def register(folder: Path, text: str) -> Path:
    path = folder / "bronnen.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_register_is_valid_and_every_digest_belongs_to_a_record() -> None:
    ids = {source.id for source in read_register(shipped() / "bronnen.yaml")}
    digests = {path.stem for path in (shipped() / "samenvattingen").glob("*.md")}
    assert digests
    assert digests <= ids


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("documenten: [", "not valid YAML", id="broken yaml"),
        pytest.param("bronnen: []", "documenten", id="no list"),
        pytest.param("documenten: [{id: a, kind: rapport}]", "title", id="a field is missing"),
        pytest.param("documenten: [{id: a, title: T, kind: boek}]", "kind", id="unknown kind"),
        pytest.param("documenten: [{id: a, title: T, kind: rapport, titel: x}]", "titel", id="unknown field"),
        pytest.param("documenten: [{id: a, title: T, kind: rapport, date: gisteren}]", "date", id="no date"),
        pytest.param("documenten: [{id: a, title: T, kind: rapport, url: 'javascript:1'}]", "url", id="no address"),
        pytest.param("documenten: [{id: ../a, title: T, kind: rapport}]", "id", id="an id is no path"),
        pytest.param("documenten: [{id: a, title: T, kind: wet, bwb_id: BWBR0000001}]", "toestand", id="undated law"),
        pytest.param("documenten: [{id: a, title: T, kind: rapport, path: ../b.pdf}]", "path", id="leaves folder"),
        pytest.param("documenten: [{id: a, title: T, kind: rapport, path: /etc/passwd}]", "path", id="absolute"),
        pytest.param(
            "documenten: [{id: a, title: T, kind: rapport}, {id: a, title: U, kind: rapport}]", "twice", id="same id"
        ),
    ],
)
def test_a_wrong_register_names_file_and_field(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(RegisterError, match=said) as error:
        read_register(register(tmp_path, text))
    assert "bronnen.yaml" in str(error.value)


def test_yaml_dates_and_years_are_read_as_text(tmp_path: Path) -> None:
    path = register(tmp_path, "documenten: [{id: a, title: T, kind: rapport, date: 2024}, "
                              "{id: b, title: T, kind: rapport, date: 2024-05-01}]")  # fmt: skip
    first, second = read_register(path)
    assert (first.date, first.year, second.date, second.year) == ("2024", 2024, "2024-05-01", 2024)
