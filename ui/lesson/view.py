"""The lesson on the page: the form that chooses it, and the lesson to read; ui/lesson.js brings the two together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from corpus.instruments import Catalogue
from ingest.index.store import Holding
from retrieval.answer import Citation
from retrieval.lesson.model import MINUTES, Case, Debate, Lesson, QuizItem
from ui.cards import passage_html
from ui.lesson.desk import MAX_SEED
from ui.lesson.words import goals, occasion, place, reading_places, right, roles, stem, thesis
from ui.markup import escape, field, link, options, outside, query
from ui.messages import Messages
from ui.places import address, in_quotes, source_line

_SPOKEN = ("busy", "ready", "empty", "saved_file")
_FILES = ("handout", "trainer", "gift", "anki")
_FIRST = 45  # minutes


# --- the form ---------------------------------------------------------------------------------


def choose_html(
    catalogue: Catalogue, holdings: Sequence[Holding], values: Mapping[str, str], theme: str, messages: Messages
) -> str:
    """What a lesson can be made of; `values` and `theme` are what the address says."""
    words = escape(json.dumps({name: messages(f"lesson.{name}") for name in _SPOKEN}, ensure_ascii=False))
    minutes = [(str(number), messages("lesson.minutes.of", minutes=number)) for number in MINUTES]
    controls = (
        field("q", messages("lesson.choose.theme"), _theme(theme))
        + field("of", messages("lesson.choose.of"), _of(catalogue, holdings, values.get("of", ""), messages))
        + field("minutes", messages("lesson.choose.minutes"), _select("minutes", minutes, values, str(_FIRST)))
        + field("seed", messages("lesson.choose.seed"), _seed(values.get("seed", "1")))
    )
    concepts = (*catalogue.aims, *catalogue.risks)
    known = "".join(f'<option value="{escape(getattr(c.label, messages.language))}">' for c in concepts)
    return (
        f'<section class="view" aria-labelledby="view-title"><h2 id="view-title" tabindex="-1">'
        f"{escape(messages('page.view.lesson'))}</h2><p>{escape(messages('lesson.intro'))}</p>"
        f'<form class="go fields" id="lesson" data-view="lesson" data-words="{words}">{controls}'
        f'<button class="plain">{escape(messages("lesson.make"))}</button></form>'
        f'<datalist id="themes">{known}</datalist>'
        f'<nav id="lesson-saved" aria-labelledby="lesson-saved-title" hidden>'
        f'<p id="lesson-saved-title">{escape(messages("lesson.saved"))}</p><ul></ul></nav>'
        f'<p id="lesson-status" class="count"></p><p id="lesson-fault" role="alert"></p>'
        f'<div id="lesson-made"></div></section>'
    )


def _theme(theme: str) -> str:
    return f'<input id="field-q" name="q" list="themes" maxlength="2000" autocomplete="off" value="{escape(theme)}">'


def _seed(seed: str) -> str:
    number = seed if seed.isdigit() else "1"
    return f'<input id="field-seed" name="seed" type="number" min="0" max="{MAX_SEED}" value="{escape(number)}">'


def _select(name: str, choices: Iterable[tuple[str, str]], values: Mapping[str, str], first: str) -> str:
    return f'<select id="field-{name}" name="{name}">{options(choices, values.get(name, first))}</select>'


def _of(catalogue: Catalogue, holdings: Sequence[Holding], chosen: str, messages: Messages) -> str:
    """Instruments by domain, and the sources."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for instrument in catalogue.instruments:
        title = f"{messages('page.view.instruments')}: {messages(f'instruments.domain.{instrument.domain}')}"
        name = str(getattr(instrument.name, messages.language))
        groups.setdefault(title, []).append((f"instrument:{instrument.id}", name))
    titles = {h.source.id: h.source.short_title for h in holdings if h.form != "catalogue"}
    sources = [(f"source:{name}", title) for name, title in titles.items()]
    groups[messages("page.view.sources")] = sources
    ordered = {title: sorted(rows, key=lambda row: row[1].casefold()) for title, rows in groups.items()}
    lists = "".join(
        f'<optgroup label="{escape(title)}">{options(rows, chosen)}</optgroup>' for title, rows in ordered.items()
    )
    none = f'<option value="">{escape(messages("lesson.choose.none"))}</option>'
    return f'<select id="field-of" name="of">{none}{lists}</select>'


# --- the lesson -------------------------------------------------------------------------------


def lesson_html(lesson: Lesson, messages: Messages) -> str:
    """The lesson to read, each item with its source, and the buttons that make its files."""
    title = messages("lesson.title", title=lesson.title)
    cited = list(lesson.citations())
    facts = messages(
        "lesson.facts",
        minutes=lesson.minutes,
        seed=lesson.seed,
        items=len(cited),
        sources=len({citation.source.id for citation in cited}),
        version=lesson.corpus_version,
    )
    parts = [
        _part("goals", f'<ul class="dotted">{_items(escape(goal) for goal in goals(lesson, messages))}</ul>', messages),
        _part("points", _cited(lesson.points, messages), messages),
        _debates(lesson.debates, messages),
        _case(lesson.case, messages) if lesson.case else "",
        _cards(lesson, messages),
        _part("quiz", "".join(_item(n, item, messages) for n, item in enumerate(lesson.quiz, start=1)), messages),
        _part("reading", _reading(lesson, messages), messages),
    ]
    return (
        f'<article aria-labelledby="lesson-title"><h3 id="lesson-title" tabindex="-1">{escape(title)}</h3>'
        f'<p class="count">{escape(facts)}</p>{_tools(lesson, messages)}{"".join(parts)}</article>'
    )


def _tools(lesson: Lesson, messages: Messages) -> str:
    files = "".join(
        f'<button type="button" class="copy" data-file="{name}">{escape(messages(f"lesson.download.{name}"))}</button>'
        for name in _FILES
    )
    done = escape(messages("page.copied"))
    return (
        f'<div class="tools" role="group" aria-label="{escape(messages("lesson.files"))}">{files}</div>'
        f'<div class="tools"><button type="button" class="copy" data-here data-done="{done}">'
        f"{escape(messages('lesson.link'))}</button>"
        f'<button type="button" class="copy" data-seed="{lesson.seed + 1}">{escape(messages("lesson.another"))}'
        f'</button><button type="button" class="print">{escape(messages("page.print"))}</button></div>'
    )


def _part(name: str, body: str, messages: Messages) -> str:
    return f'<section class="part {name}-part"><h4>{escape(messages(f"lesson.{name}"))}</h4>{body}</section>'


def _items(texts: Iterable[str]) -> str:
    return "".join(f"<li>{text}</li>" for text in texts)


def _cited(citations: Iterable[Citation], messages: Messages) -> str:
    """Sentences, each with its source."""
    return f'<ul class="statements">{_items(_said(citation, messages) for citation in citations)}</ul>'


def _said(citation: Citation, messages: Messages) -> str:
    text = citation.quote if citation.in_our_words else in_quotes(citation.quote)
    words = f'<span lang="{escape(citation.passage.language)}">{escape(text)}</span>'
    return f"{words} {_from(citation, messages)}"


def _from(citation: Citation, messages: Messages) -> str:
    there, where = address(citation.source, citation.locator), place(citation, messages)
    shown = outside(there, where, messages) if there else escape(where)
    if citation.passage.source_id == "begrippenlijst":
        term = "".join(citation.locator.section[-1:])
        shown = link(query(lang=messages.language, view="terms", find=term), where)
    return f'<span class="from">{escape(messages("instruments.from"))}: {shown}</span>'


def _fold(key: str, body: str, messages: Messages, spoken: str = "") -> str:
    aside = f'<span class="unseen">: {escape(spoken)}</span>' if spoken else ""
    return f"<details><summary>{escape(messages(key))}{aside}</summary>{body}</details>"


def _debates(debates: Sequence[Debate], messages: Messages) -> str:
    if not debates:
        return ""
    shown = []
    for number, debate in enumerate(debates, start=1):
        title = messages("lesson.debate.title", number=number)
        sides = (
            ("for", debate.arguments_for),
            ("against", debate.arguments_against),
            ("conditions", debate.conditions),
        )
        arguments = "".join(
            f'<p class="side-title">{escape(messages(f"lesson.{side}"))}</p>{_cited(citations, messages)}'
            for side, citations in sides
            if citations
        )
        shown.append(
            f"<h5>{escape(title)}</h5><p class='thesis'>{escape(thesis(debate, messages))}</p>"
            f"{_fold('lesson.show', arguments, messages, title)}"
        )
    task = f"<p>{escape(messages('lesson.debate.task'))}</p>"
    return _part("debates", task + "".join(shown), messages)


def _case(case: Case, messages: Messages) -> str:
    questions = []
    for question in case.questions:
        asked = messages(f"lesson.ask.{question.asks}")
        answer = (
            _fold("lesson.show.answers", _cited(question.answers, messages), messages, asked)
            if question.answers
            else f'<p class="from">{escape(messages("lesson.own_answer"))}</p>'
        )
        questions.append(f"{escape(asked)}{answer}")
    title = messages("lesson.case", instrument=case.instrument)
    return (
        f'<section class="part case-part"><h4>{escape(title)}</h4><p>{escape(occasion(case, messages))}</p>'
        f"<p>{escape(messages('lesson.case.proposal'))}</p>{_cited(case.situation, messages)}"
        f"<p>{escape(messages('lesson.case.task', roles=roles(case, messages)))}</p>"
        f'<ol class="numbered">{_items(questions)}</ol></section>'
    )


def _cards(lesson: Lesson, messages: Messages) -> str:
    rows = "".join(f"<dt>{escape(card.term)}</dt><dd>{_said(card.citation, messages)}</dd>" for card in lesson.cards)
    return _part("cards", f'<dl class="cards">{rows}</dl>', messages)


def _item(number: int, item: QuizItem, messages: Messages) -> str:
    """A question, its options, and folded the right answer with the passage that gives it."""
    title = messages("lesson.question", number=number)
    choices = f'<ol class="options">{_items(escape(option) for option in item.options)}</ol>' if item.wrong else ""
    told = f"<strong>{escape(right(item, messages))}</strong>"
    source = f"{told} {_from(item.citation, messages)}{passage_html(item.citation.passage, (item.citation,))}"
    return (
        f"<h5>{escape(title)}</h5><p>{escape(stem(item, messages))}</p>{choices}"
        f"{_fold('lesson.show.right', source, messages, title)}"
    )


def _reading(lesson: Lesson, messages: Messages) -> str:
    rows = []
    for source, spots in reading_places(lesson, messages):
        places = "; ".join(outside(there, text, messages) if there else escape(text) for text, there in spots)
        rows.append(f"{escape(source_line(source, messages))}: {places}")
    return f'<ul class="dotted">{_items(rows)}</ul>'
