"""Lessons: all that is told stands in a source, wrong options stand nowhere, and nothing comes twice."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections import Counter
from io import BytesIO
from pathlib import Path

import docx
import pytest
from conftest import Run

from ingest.index.generation import DataFolder
from ingest.index.lexical import words
from retrieval.engine import Engine
from retrieval.instruments import catalogue
from retrieval.lesson.compose import LessonMaker
from retrieval.lesson.material import glossary, is_name, names_it, names_other
from retrieval.lesson.model import Lesson, LessonError, Minutes
from retrieval.lesson.quiz import GAP, claim
from retrieval.lesson.support import Evidence, by_verifier, by_words
from ui.lesson.document import lesson_file
from ui.lesson.exchange import anki_file, gift_file, lesson_json
from ui.lesson.words import thesis
from ui.messages import Messages

RELATIONS = {"aim": "dient", "limits": "beperkt", "risk": "kan_veroorzaken"}


@pytest.fixture(scope="module")
def maker(own_engine: Engine) -> LessonMaker:
    return LessonMaker(own_engine, by_words)


@pytest.fixture(scope="module")
def lesson(maker: LessonMaker) -> Lesson:
    return maker.make("theme", "verdringing", 45, 3, "nl")


def test_a_lesson_has_every_part(lesson: Lesson) -> None:
    assert len(lesson.points) >= 4
    assert len(lesson.debates) == 2
    assert all(debate.arguments_for and debate.arguments_against for debate in lesson.debates)
    assert lesson.case
    assert lesson.case.situation
    assert lesson.case.questions[-1].asks == "advice"
    assert len(lesson.cards) == 8
    assert {bool(item.wrong) for item in lesson.quiz} == {True, False}
    assert len({item.kind for item in lesson.quiz}) >= 4
    assert lesson.reading


def test_every_item_stands_in_the_stored_text_at_its_place(lesson: Lesson, own_engine: Engine) -> None:
    for citation in (*lesson.citations(), *lesson.reading):
        text = own_engine.stored_text(citation.passage.source_id, citation.passage.form)
        assert text[citation.char_start : citation.char_end] == citation.quote
        assert citation.quote in citation.passage.text
        place = citation.locator
        assert place.page or place.section or place.article
    numbers = [citation.n for citation in (*lesson.citations(), *lesson.reading)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_nothing_comes_twice(lesson: Lesson) -> None:
    told = [" ".join(words(c.quote)) for c in list(lesson.citations())[: -len(lesson.quiz)]]
    assert len(told) == len(set(told))
    asked = [(item.kind, item.asked) for item in lesson.quiz]
    assert len(asked) == len(set(asked))
    for item in lesson.quiz:
        assert len(set(item.options)) == len(item.options)


def test_the_same_seed_gives_the_same_lesson_and_another_seed_another(maker: LessonMaker) -> None:
    first, again, other = (maker.make("theme", "verdringing", 15, seed, "nl") for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_right_answers_are_right(lesson: Lesson) -> None:
    terms = {term.label.nl: term for term in glossary()}
    instruments = {instrument.name.nl: instrument for instrument in catalogue().instruments}
    labels = {concept.label.nl: concept.id for concept in (*catalogue().aims, *catalogue().risks)}
    for item in lesson.quiz:
        if item.kind == "definition":
            assert terms[item.asked].definition.nl == item.right
        elif item.kind == "term":
            assert terms[item.right].definition.nl == item.asked
        elif item.kind == "instrument":
            assert item.asked in {s.text.nl for s in instruments[item.right].does}
        elif item.kind in RELATIONS:
            relation = RELATIONS[item.kind]
            links = {(link.target, link.relation) for link in instruments[item.right].relations}
            assert (labels[item.asked], relation) in links
        else:
            assert item.asked.replace(GAP, item.right) == item.citation.quote


@pytest.fixture(scope="module")
def passages(own_engine: Engine) -> list[set[str]]:
    """The words of every passage of the collection."""
    held = [own_engine.passages_of(h.source.id, h.form, 0, h.passages) for h in own_engine.holdings]
    return [set(words(passage.searchable)) for document in held for passage, _ in document]


@pytest.mark.parametrize(("theme", "minutes"), [("verdringing", 15), ("ontmoeting", 90)])
def test_no_wrong_option_is_supported_by_the_collection(
    own_engine: Engine, passages: list[set[str]], theme: str, minutes: Minutes
) -> None:
    check = by_verifier(own_engine)
    lesson = LessonMaker(own_engine, check).make("theme", theme, minutes, 2, "nl")
    evidence = Evidence(own_engine, check)
    instruments = {instrument.name.nl: instrument for instrument in catalogue().instruments}
    concepts = {concept.label.nl: concept for concept in (*catalogue().aims, *catalogue().risks)}
    related = {term.label.nl: {o.label.nl for o in glossary() if o.id in term.related} for term in glossary()}
    tried = Counter[str]()
    for item in lesson.quiz:
        assert item.right not in item.wrong
        for option in item.wrong:
            tried[item.kind] += 1
            assert not evidence.anywhere(*claim(item.kind, item.asked, option, "nl")), (item, option)
            if item.kind in RELATIONS:
                concept = concepts[item.asked]
                assert concept.id not in {link.target for link in instruments[option].relations}
                name, aim = set(words(option)), set(words(item.asked))
                assert not any(name <= held and aim <= held for held in passages), (item.asked, option)
            elif item.kind == "instrument":
                assert item.asked not in {s.text.nl for s in instruments[option].statements()}
            elif item.kind == "term":
                assert option not in related[item.right]
            elif item.kind == "number":
                assert not re.search(rf"(?<!\d){re.escape(option)}(?!\d)", item.citation.passage.text)
    assert {"definition", "aim", "instrument"} <= set(tried)
    assert sum(tried.values()) == 3 * sum(bool(item.wrong) for item in lesson.quiz) >= 9


def test_a_right_option_is_supported_and_found_wherever_it_stands(own_engine: Engine, lesson: Lesson) -> None:
    evidence = Evidence(own_engine, by_words)
    for item in lesson.quiz:
        if item.kind in ("number", "definition", "term", "instrument"):
            assert evidence.anywhere(*claim(item.kind, item.asked, item.right, "nl")), item


@pytest.mark.parametrize(
    ("subject", "name", "minutes"),
    [
        ("source", "10-succesfactoren-gemengd-wonen", 15),
        ("instrument", "kansenzones", 15),
        ("answer", "Hoe werken dragers en vragers samen?", 15),
    ],
)
def test_a_lesson_on_any_subject(maker: LessonMaker, subject: str, name: str, minutes: int) -> None:
    lesson = maker.make(subject, name, minutes, 1, "nl", ["Gemengd wonen"])  # type: ignore[arg-type]
    assert len(lesson.points) == 3
    assert len(lesson.quiz) == 5
    if subject == "source":
        assert all(citation.source.id == name for citation in lesson.points)


def test_a_lesson_on_an_instrument_is_on_that_instrument(maker: LessonMaker) -> None:
    lesson = maker.make("instrument", "kansenzones", 45, 1, "nl")
    assert lesson.case
    assert lesson.case.instrument == lesson.title  # it has no criticism, so it is no statement
    debated = maker.make("instrument", "toewijzing-motivatie", 45, 1, "nl")
    assert debated.debates[0].instrument == debated.title
    aims = {link.target for i in catalogue().instruments if i.name.nl == lesson.title for link in i.relations}
    labels = {concept.id: concept.label.nl for concept in (*catalogue().aims, *catalogue().risks)}
    assert {debate.target for debate in lesson.debates} <= {labels[aim] for aim in aims}


def test_a_lesson_on_a_theme_states_and_asks_about_that_theme(lesson: Lesson) -> None:
    assert {debate.target for debate in lesson.debates} == {"verdringing"}
    assert lesson.case
    assert lesson.case.target == "verdringing"
    assert lesson.cards[0].term == "verdringing"
    assert "verdringing" in {item.asked for item in lesson.quiz if item.kind in RELATIONS}
    for item in lesson.quiz:  # social-cultural displacement is another thing
        if item.asked == "verdringing":
            assert "culturele verdringing" not in item.citation.quote
    assert not [
        item for item in lesson.quiz if item.kind == "number" and 1900 <= int(item.right.replace(".", "")) <= 2100
    ]


def test_a_name_within_the_longer_name_of_another_term_is_not_that_term() -> None:
    for text in ("Mensen moeten in contact komen om sociaal-culturele verdringing tegen te gaan.", "Sociaal-culturele"):
        assert not names_it(text, "verdringing", "nl")
    assert names_other("People must meet to counter socio-cultural displacement.", "displacement", "en")
    for text in ("Mengen kan verdringing aanjagen.", "Van verdringing is sociaal-culturele verdringing een vorm."):
        assert names_it(text, "verdringing", "nl")
        assert not names_other(text, "verdringing", "nl")


def test_a_long_lesson_does_not_repeat_itself(maker: LessonMaker) -> None:
    lesson = maker.make("theme", "verdringing", 90, 5, "nl")
    messages = Messages("nl")
    put = [thesis(debate, messages).replace(debate.instrument, "") for debate in lesson.debates]
    assert len(set(put)) == len(put) == 3
    filled = [item.citation.quote for item in lesson.quiz if GAP in item.asked]
    assert len(filled) == len(set(filled)) > 1
    asked_first = {item.right for item in lesson.quiz if item.kind in (*RELATIONS, "instrument")}
    assert len(asked_first) > 3


def test_what_is_taught_is_no_everyday_word_and_the_reading_names_more_than_one_source(maker: LessonMaker) -> None:
    lesson = maker.make("theme", "verdringing", 45, 1, "nl")
    assert not {"sloop", "nieuwbouw", "straat", "buren", "Rijk", "gemeente"} & {card.term for card in lesson.cards}
    assert len({citation.source.id for citation in lesson.reading}) > 1
    names = {term.label.nl for term in glossary() if is_name(term)}
    assert not names & {option for item in lesson.quiz for option in item.wrong}
    assert lesson.case
    assert [question.asks for question in lesson.case.questions if not question.answers] == ["unknown", "advice"]


def test_a_question_is_a_theme_too_and_one_that_the_sources_do_not_answer_is_refused(maker: LessonMaker) -> None:
    asked = maker.make("theme", "Wat helpt bewoners van een gemengde wijk om elkaar te ontmoeten?", 15, 1, "nl")
    assert {debate.target for debate in asked.debates} == {"ontmoeting en contact"}
    for theme, language in (("kerncentrales", "nl"), ("nuclear power", "en")):
        with pytest.raises(LessonError, match=theme):
            maker.make("theme", theme, 15, 1, language)  # type: ignore[arg-type]


def test_a_lesson_in_english_is_english(maker: LessonMaker) -> None:
    lesson = maker.make("theme", "displacement", 15, 1, "en")
    assert {citation.passage.language for citation in lesson.citations()} == {"en"}
    assert "Learning points" in lesson_file(lesson, "md", trainer=False).decode()


@pytest.mark.parametrize(("subject", "name"), [("source", "nergens"), ("instrument", "toverstaf")])
def test_an_unknown_subject_is_refused(maker: LessonMaker, subject: str, name: str) -> None:
    with pytest.raises(LessonError, match=name):
        maker.make(subject, name, 15, 1, "nl")  # type: ignore[arg-type]


def test_the_trainer_gets_answers_and_the_participant_does_not(lesson: Lesson) -> None:
    trainer = lesson_file(lesson, "docx", trainer=True)
    with zipfile.ZipFile(BytesIO(trainer)) as archive:
        notes = re.findall(r'<w:footnote w:id="\d+"', archive.read("word/footnotes.xml").decode())
    assert len(notes) == len(list(lesson.citations()))
    handout, copy = (lesson_file(lesson, "md", trainer=answers).decode() for answers in (False, True))
    assert "**Goed: " in copy
    assert "**Goed: " not in handout
    for debate in lesson.debates:
        assert debate.arguments_against[0].quote in copy
        assert debate.arguments_against[0].quote not in handout


def test_the_hand_out_is_on_a4_and_has_room_to_write_for_each_statement(lesson: Lesson) -> None:
    handout = docx.Document(BytesIO(lesson_file(lesson, "docx", trainer=False)))
    assert round(handout.sections[0].page_width.mm) == 210
    assert [[cell.text for cell in table.rows[0].cells] for table in handout.tables] == [["Voor", "Tegen"]] * 2
    assert all(len(table.rows) > 3 for table in handout.tables)
    stems = [p for p in handout.paragraphs if p.text.startswith("Wat betekent")]
    assert stems
    assert all(p.paragraph_format.keep_with_next for p in stems)


def test_moodle_gift_is_read_by_an_independent_parser(lesson: Lesson) -> None:
    gift_parser = pytest.importorskip(
        "pygiftparser.parser", reason="see the Makefile for how pygiftparser is installed"
    )
    questions = gift_parser.parseFile(gift_file(lesson).splitlines(keepends=True))
    assert all(question.valid for question in questions)
    assert len(questions) == len(lesson.quiz)
    for question, item in zip(questions, lesson.quiz, strict=True):
        right = [answer.answer for answer in question.answers.answers if answer.fraction > 0]
        assert len(question.answers.answers) == len(item.options or item.accepted)
        assert {answer.replace("\\", "").strip() for answer in right} == (
            {item.right} if item.wrong else set(item.accepted)
        )
        assert item.citation.quote in question.generalFeedback.replace("\\", "")


def test_anki_gets_a_note_for_each_card_and_quiz_item(lesson: Lesson) -> None:
    head, body = anki_file(lesson).split("#columns:")
    assert head.startswith("#separator:Comma\n#html:false\n")
    rows = list(csv.reader(body.splitlines(keepends=True)[1:]))
    assert len(rows) == len(lesson.cards) + len(lesson.quiz)
    assert all(len(row) == 4 and row[0] and row[1] and row[2] for row in rows)
    assert len({row[0] for row in rows}) == len(rows)


def test_json_names_each_citation_once(lesson: Lesson) -> None:
    content = lesson_json(lesson)
    numbers = [citation["n"] for citation in content["citations"]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {item["citation"] for item in content["quiz"]} <= set(numbers)
    assert json.loads(json.dumps(content)) == content


def test_the_command_line_makes_a_lesson(own_data: DataFolder, mengpaneel: Run, tmp_path: Path) -> None:
    out = tmp_path / "les.docx"
    done = mengpaneel(
        "--data",
        own_data.root,
        "lesson",
        "--theme",
        "wooncarrière",
        "--minutes",
        "15",
        "--output",
        out,
    )
    assert done.returncode == 0, done.stderr
    assert zipfile.is_zipfile(out)
    for wrong in (("--minutes", "20"), (), ("--theme", "x", "--source", "y"), ("--theme", "x", "--output", "les.xyz")):
        done = mengpaneel("--data", own_data.root, "lesson", *wrong)
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
