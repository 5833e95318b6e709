"""Memos: what is collected comes out as a document whose every footnote can be checked."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
import yaml
from conftest import Run
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html

from ingest.index.generation import DataFolder
from retrieval.answer import Filters
from retrieval.engine import Engine
from ui.contract import answer_json
from ui.memo.model import Heading, Line, Memo, MemoError
from ui.memo.read import look_up, memo_of, validated
from ui.memo.write import memo_file, sources_of
from ui.messages import Messages
from ui.places import in_quotes

NL = Messages("nl")
BASE = "http://127.0.0.1:7860"
SOURCE = "10-succesfactoren-gemengd-wonen"
ITEMS: list[dict[str, Any]] = [
    {"heading": "Aanleiding"},
    {"text": "Eigen *woorden*, met een [koppeling](https://example.org).\n\n- een\n- twee"},
    {"question": "Wat is publieke familiariteit?"},
    {"question": "Wat regelt artikel 14 van de Huisvestingswet 2014?", "kinds": ["wet"]},
]


def made(engine: Engine, *items: dict[str, Any], **fields: Any) -> Memo:
    return look_up(validated({"title": "Een memo", "items": list(items), **fields}, NL), engine, BASE, NL)


@pytest.fixture(scope="module")
def memo(own_engine: Engine) -> Memo:
    return made(own_engine, *ITEMS, author="Team Wonen", date="2026-11-22")


def part(document: bytes, name: str) -> str:
    with zipfile.ZipFile(BytesIO(document)) as archive:
        return archive.read(name).decode()


def test_word_has_a_real_footnote_for_each_citation_and_opens(memo: Memo) -> None:
    document = memo_file(memo, "docx")
    notes = re.findall(r'<w:footnote w:id="\d+"', part(document, "word/footnotes.xml"))
    assert len(notes) == len(memo.notes()) > 5
    opened = docx.Document(BytesIO(document))
    assert opened.core_properties.title == "Een memo"
    headings = [p.text for p in opened.paragraphs if p.style and p.style.name.startswith("Heading")]
    assert headings[:2] == ["Aanleiding", "Wat is publieke familiariteit?"]
    assert headings[-1] == "Aangehaalde wetten"


def test_opendocument_has_a_real_footnote_for_each_citation(memo: Memo) -> None:
    assert part(memo_file(memo, "odt"), "content.xml").count("<text:note ") == len(memo.notes())


def test_every_footnote_tells_place_address_and_version(memo: Memo) -> None:
    text = memo_file(memo, "md").decode()
    notes = re.findall(r"^\[\^\d+\]: (.+)$", text, re.MULTILINE)
    assert len(notes) == len(memo.notes())
    for written, note in zip(notes, memo.notes(), strict=True):
        assert f"Kennisbank {note.version}." in written
        assert re.search(r"blz\. \d|§ |[Aa]rt\. \d", written)
        assert not note.source.url or "<http" in written
    laws = [note for note in notes if note.startswith("Art. 14")]
    assert laws
    assert all("tekst van 1-1-2024" in note and "artikel=14" in note for note in laws)


def test_every_source_cited_is_in_a_list(memo: Memo) -> None:
    lists = memo_file(memo, "md").decode().split("## Bronnen")[1].split("[^1]:")[0]
    assert {source.kind for source in sources_of(memo)} >= {"rapport", "wet"}
    for source in sources_of(memo):
        assert source.short_title in lists
        assert source.kind == "wet" or f"({source.year or 'z.d.'})" in lists


def test_the_exact_words_come_into_the_footnotes_when_asked_for(own_engine: Engine) -> None:
    asked = {"question": "Wat is publieke familiariteit?"}
    with_words = memo_file(made(own_engine, asked, quotes=True), "md").decode()
    without = memo_file(made(own_engine, asked), "md").decode()
    quote = made(own_engine, asked).notes()[0].quote
    assert (with_words.count(quote), without.count(quote)) == (2, 1)


@pytest.mark.parametrize("form", ["docx", "odt"])
def test_characters_that_no_document_can_hold_are_left_out(own_engine: Engine, form: Any) -> None:
    text = "een\x1a \x0e\ufffftwee\x00"
    memo = made(own_engine, {"question": "Wat is verdringing\x1a?"}, {"text": text}, title=f"Memo\x1a {text}")
    with zipfile.ZipFile(BytesIO(memo_file(memo, form))) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))


def test_own_text_brings_no_markup_no_file_and_no_script(own_engine: Engine, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"secret")
    text = f"<script>x</script> [a](javascript:alert(1)) ![b]({secret}) `c`"
    written = memo_file(made(own_engine, {"text": text}), "html").decode()
    assert "<script" not in written
    assert "javascript:" not in written
    assert "<img" not in written
    with zipfile.ZipFile(BytesIO(memo_file(made(own_engine, {"text": text}), "docx"))) as archive:
        assert not [name for name in archive.namelist() if "media" in name]


@settings(max_examples=15, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), min_size=1, max_size=80))
def test_a_quote_comes_out_as_it_went_in(quote: str) -> None:
    memo = Memo(
        title="x", author=None, date=None, language="nl", quotes=False, items=(Heading("h"), Line(quote, "quote"))
    )
    shown = lxml_html.fromstring(memo_file(memo, "html").decode()).xpath("string(//blockquote)")
    assert "".join(shown.split()) == "".join(in_quotes(quote).split())


def test_a_quote_is_looked_up_with_its_place(own_engine: Engine) -> None:
    words = own_engine.stored_text(SOURCE, "digest").split(". ")[3]
    (note,) = made(own_engine, {"quote": words, "source": SOURCE}).notes()
    assert (note.quote, note.source.id, note.in_our_words) == (words, SOURCE, True)
    assert note.locator.section


def test_a_saved_answer_comes_out_as_it_was(own_engine: Engine) -> None:
    answer = own_engine.ask("Wat is publieke familiariteit?")
    saved = json.loads(json.dumps(answer_json(answer)))
    memo = look_up(validated(saved, NL), own_engine, BASE, NL)
    assert [note.quote for note in memo.notes()] == [
        answer.citations[n - 1].quote for part in answer.parts for n in part.citations
    ]
    assert [note.source for note in memo.notes()] == [
        answer.citations[n - 1].source for part in answer.parts for n in part.citations
    ]
    assert all(note.stands for note in memo.notes())


def test_the_table_of_instruments_comes_along_with_a_footnote_for_each_cell(own_engine: Engine) -> None:
    answer = own_engine.ask("Welke instrumenten passen bij verdichting zonder verdringing?")
    cells = [cell for row in answer.instruments for cell in (row.serves, row.risk, row.legal_basis, row.evidence)]
    cited = [n for part in (*answer.parts, *cells) for n in part.citations]
    saved = look_up(validated(json.loads(json.dumps(answer_json(answer))), NL), own_engine, BASE, NL)
    for memo in (saved, memo_of(answer, Filters(), BASE)):
        assert [note.quote for note in memo.notes()] == [answer.citations[n - 1].quote for n in cited]
        text = memo_file(memo, "md").decode()
        assert "### Instrumenten die passen" in text
        assert all(row.name in text for row in answer.instruments)
    assert len(cited) > sum(len(part.citations) for part in answer.parts)


def test_a_quote_of_our_catalogue_is_of_the_source_that_it_is_about(own_engine: Engine) -> None:
    answer = own_engine.ask("Welke instrumenten passen bij verdichting zonder verdringing?")
    told = next(citation for citation in answer.citations if citation.passage.form == "catalogue")
    memo = made(own_engine, {"quote": told.quote, "source": told.source.id})
    (note,) = memo.notes()
    assert (note.source, note.in_our_words, note.quote) == (told.source, True, told.quote)


def test_words_that_no_longer_stand_in_the_knowledge_base_are_said_so(own_engine: Engine) -> None:
    saved = json.loads(json.dumps(answer_json(own_engine.ask("Wat is publieke familiariteit?"))))
    saved["citations"][0]["quote"] = "Dit heeft niemand geschreven."
    saved["citations"][1] |= {"source_id": "weg", "title": "Een verdwenen rapport", "kind": "rapport"}
    memo = made(own_engine, {"answer": saved})
    assert not memo.notes()[0].stands
    written = memo_file(memo, "md").decode()
    assert written.count("niet in de kennisbank van nu") >= 1
    assert "Een verdwenen rapport" in written


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"title": "x", "items": []}, "items"),
        ({"title": "x", "items": [{"kop": "y"}]}, "heading, text, question, quote, answer"),
        ({"title": "x", "items": [{"heading": ""}]}, "heading"),
        ({"title": "x", "items": [{"text": "y"}], "size": 3}, "size"),
        ({"title": "x", "items": [{"text": "y"}], "date": "gisteren"}, "date"),
        ("tekst", "memo"),
        (
            {
                "question": "x",
                "answer": [{"text": "y", "kind": "quote", "citations": [2]}],
                "citations": [],
                "corpus_version": "0" * 12,
            },
            "[2]",
        ),
    ],
)
def test_a_wrong_memo_is_refused_by_name(content: object, said: str) -> None:
    with pytest.raises(MemoError, match=re.escape(said)):
        validated(content, NL)


def test_a_quote_that_does_not_stand_is_refused(own_engine: Engine) -> None:
    with pytest.raises(MemoError, match="staat niet letterlijk"):
        made(own_engine, {"quote": "Dit heeft niemand geschreven.", "source": SOURCE})
    with pytest.raises(MemoError, match="nergens"):
        made(own_engine, {"quote": "x", "source": "nergens"})


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed: documents are not opened in it")
@pytest.mark.parametrize("form", ["docx", "odt"])
def test_libreoffice_opens_it(memo: Memo, form: Any, tmp_path: Path) -> None:
    path = tmp_path / f"memo.{form}"
    path.write_bytes(memo_file(memo, form))
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    subprocess.run(
        [*command, "--convert-to", "pdf", "--outdir", tmp_path, path], check=True, capture_output=True, timeout=120
    )
    assert (tmp_path / "memo.pdf").stat().st_size > 10_000


def test_the_command_line_writes_memo_answer_and_references(
    own_data: DataFolder, mengpaneel: Run, tmp_path: Path
) -> None:
    given_memo, out = tmp_path / "memo.yaml", tmp_path / "uit.docx"
    given_memo.write_text(yaml.safe_dump({"title": "T", "items": ITEMS[:3]}), encoding="utf-8")
    done = mengpaneel("--data", own_data.root, "memo", given_memo, "--output", out)
    assert done.returncode == 0, done.stderr
    assert "voetnoten" in done.stderr
    assert zipfile.is_zipfile(out)
    done = mengpaneel("--data", own_data.root, "ask", "Wat is een kansenzone?", "--format", "md", "--quotes")
    assert done.stdout.startswith("# Wat is een kansenzone?")
    done = mengpaneel("--data", own_data.root, "sources", "--format", "csl", "--of", given_memo)
    assert "kennisfundament-gemengde-wijken" in {item["id"] for item in json.loads(done.stdout)}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ask", "x", "--format", "odt"), "--output"),
        (("ask", "x", "--output", "x.pdf"), "docx, odt, md, html"),
        (("ask", "x", "--format", "pdf"), "docx, odt, md, html"),
    ],
)
def test_a_form_that_cannot_be_written_is_refused(
    arguments: tuple[str, ...], said: str, own_data: DataFolder, mengpaneel: Run
) -> None:
    done = mengpaneel("--data", own_data.root, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
