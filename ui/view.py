"""Answer or refusal -> HTML: what is said on the left, what it rests on on the right. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from corpus import Source
from ingest.index.store import Holding
from retrieval.answer import Answer, AnswerPart, Cell, Citation, Hit, InstrumentRow, Reading
from retrieval.instruments import catalogue
from ui import places
from ui.address import Since, lesson_address
from ui.basket import keep_answer_html
from ui.cards import Shelf, card_html, law_date, place_text
from ui.markup import escape, link, query, table
from ui.messages import Messages
from ui.source_notes import studies_text

_CONFIDENCE = ((0.85, "high"), (0.65, "fair"), (0.5, "moderate"))


def result_html(
    answer: Answer,
    messages: Messages,
    shelf: Shelf | None = None,
    *,
    address: str = "",
    alone: str = "",
    since: Since | None = None,
    follow: Mapping[str, str] | None = None,
    feedback: bool = False,
) -> str:
    """Answer or refusal on the left, sources on the right.

    `address` is its permanent link, `alone` that of the question without the one before it, `since` what became of it
    since that link was made, `follow` the addresses of the questions that may come next.
    """
    shelf = shelf or Shelf()
    marks = _Marks(answer, messages, shelf)
    body = _answered(answer, marks, messages) if answer.answered else _refused(answer, messages)
    title = escape(messages("page.answer" if answer.answered else "page.refused"))
    label = f'<span class="unseen">{escape(messages("page.asked"))}: </span>'
    understood = answer.reading.question if answer.reading else answer.question
    return (
        f'<div class="result" data-address="{escape(address)}" data-understood="{escape(understood)}">'
        f'<section class="answer" aria-labelledby="answer-title">'
        f'<p class="asked">{label}{escape(answer.question)}</p>{_since(since, shelf, messages)}'
        f'<h2 id="answer-title" tabindex="-1">{title}</h2>{_continued(answer, alone, messages)}'
        f"{_understood(answer, messages)}{_instruments(answer.instruments, marks, messages)}{body}"
        f"{_notices(answer, messages)}"
        f'<p class="notice">{escape(messages("page.notice"))}</p>{_tools(answer, address, feedback, messages)}'
        f"{_follow_ups(answer, follow or {}, messages)}{_facts(answer, messages)}</section>"
        f"{_sources(answer, messages, shelf)}</div>"
    )


def searching_html(question: str, hits: Iterable[Hit], messages: Messages, shelf: Shelf | None = None) -> str:
    """The passages found, while the answer is still being made."""
    cards = "".join(card_html(hit, (), messages, shelf or Shelf()) for hit in hits)
    return (
        f'<div class="result waiting"><section class="answer" aria-labelledby="answer-title">'
        f'<p class="asked">{escape(question)}</p>'
        f'<h2 id="answer-title" tabindex="-1">{escape(messages("page.composing"))}</h2></section>'
        f'<aside class="sources" aria-labelledby="sources-title">'
        f'<h2 id="sources-title">{escape(messages("page.found"))}</h2>{cards}</aside></div>'
    )


# --- citation marks ---------------------------------------------------------------------------


class _Marks:
    """The links from an answer to its cards; the first of each number is the one that a card leads back to."""

    def __init__(self, answer: Answer, messages: Messages, shelf: Shelf) -> None:
        self._cited = {citation.n: citation for citation in answer.citations}
        self._used: set[int] = set()
        self._messages = messages
        self._titles = shelf.titles

    def cited(self, numbers: Iterable[int]) -> list[Citation]:
        return [self._cited[n] for n in numbers if n in self._cited]

    def html(self, numbers: Iterable[int]) -> str:
        return "".join(self._mark(citation) for citation in self.cited(numbers))

    def _mark(self, citation: Citation) -> str:
        n = citation.n
        place = place_text(citation, self._messages, self._titles)
        label = escape(self._messages("page.mark", n=n, title=citation.source.short_title, place=place))
        anchor = "" if n in self._used else f' id="verwijzing-{n}"'
        self._used.add(n)
        return f' <a class="number"{anchor} href="#bron-{n}" aria-label="{label}">[{n}]</a>'


# --- the answer -------------------------------------------------------------------------------


def _answered(answer: Answer, marks: _Marks, messages: Messages) -> str:
    out = []
    for part in answer.parts:
        cited = marks.cited(part.citations)
        language = cited[0].passage.language if cited else answer.language
        behind = f"{marks.html(part.citations)}{_studies(cited, messages)}"
        text = places.said(part.text, part.kind, in_our_words=any(c.in_our_words for c in cited))
        out.append(_part(part, text, behind, language, messages))
    return f'<div class="reading">{"".join(out)}</div>'


def _studies(cited: Iterable[Citation], messages: Messages) -> str:
    """The studies that the source refers to for this sentence."""
    said = studies_text(cited, messages)
    return f' <span class="studies">{escape(said)}</span>' if said else ""


def _part(part: AnswerPart, said: str, behind: str, language: str, messages: Messages) -> str:
    """A part of an answer; `said` are its words in `language`, `behind` is what stands after them."""
    text = escape(said)
    if part.kind == "heading":
        return f"<h3>{text}{behind}</h3>"
    if part.kind == "caveat":
        label = escape(messages("page.part.caveat"))
        words = f'<span class="words" lang="{escape(language)}">{text}</span>'
        return f'<p class="caveat" role="note"><strong>{label}</strong> {words}{behind}</p>'
    if part.kind == "quote":
        return f'<p class="quote"><span class="words" lang="{escape(language)}">{text}</span>{behind}</p>'
    tag = f'<span class="tag">{escape(messages(f"page.part.{part.kind}"))}</span>'
    return f'<p class="{part.kind}"><span class="words" lang="{escape(language)}">{text}</span>{behind} {tag}</p>'


def _refused(answer: Answer, messages: Messages) -> str:
    reason = f'<p class="reason">{escape(answer.reason or "")}</p>'
    nearest = f"<p>{escape(messages('page.refused.nearest'))}</p>" if answer.hits else ""
    ways = "".join(f"<li>{escape(messages(f'page.refused.way.{way}'))}</li>" for way in ("words", "filters"))
    browse = link(query(lang=messages.language, view="sources"), messages("page.refused.way.sources"))
    return f'{reason}{nearest}<ul class="ways">{ways}<li>{browse}</li></ul>'


def _continued(answer: Answer, alone: str, messages: Messages) -> str:
    """A question that leaned on the one before, as it was completed, with the way to ask it by itself."""
    reading = answer.reading
    if reading is None or reading.question == answer.question:
        return ""
    way = f" {link(alone, messages('page.continued.alone'))}" if alone else ""
    said = escape(messages("page.continued", question=reading.question))
    return f'<p class="aside continued" role="note">{said}{way}</p>'


def _understood(answer: Answer, messages: Messages) -> str:
    """The question as read, where that says more than the question does."""
    reading = answer.reading
    if reading is None:
        return ""
    rows = [(messages(f"page.understood.{name}"), text) for name, text in _readings(reading, answer, messages) if text]
    if not rows:
        return ""
    terms = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>" for name, text in rows)
    title = escape(messages("page.understood"))
    return f'<details class="understood"><summary>{title}</summary><dl>{terms}</dl></details>'


def _readings(reading: Reading, answer: Answer, messages: Messages) -> list[tuple[str, str]]:
    labels = {c.id: getattr(c.label, messages.language) for c in (*catalogue().aims, *catalogue().risks)}
    return [
        ("kind", messages(f"page.question.{reading.kind}") if reading.kind != "other" else ""),
        ("terms", "; ".join(f"{added.said} → {added.term}" for added in reading.terms)),
        ("aims", ", ".join(labels.get(name, name) for name in reading.aims)),
        ("risks", ", ".join(labels.get(name, name) for name in reading.risks)),
        ("law_date", places.day_text(reading.law_date, messages) if reading.law_date else ""),
    ]


def _instruments(rows: Sequence[InstrumentRow], marks: _Marks, messages: Messages) -> str:
    if not rows:
        return ""
    heads = [messages(f"page.instruments.{name}") for name in ("name", "serves", "risk", "legal_basis", "evidence")]
    cells = [("", _instrument_cells(row, marks, messages)) for row in rows]
    return table(messages("page.instruments"), heads, cells, kind="instruments")


def _instrument_cells(row: InstrumentRow, marks: _Marks, messages: Messages) -> list[str]:
    name = link(query(lang=messages.language, instrument=row.id), row.name)
    warning = f' <strong class="warns">{escape(messages("page.instruments.warns"))}</strong>' if row.warns else ""
    return [name + warning, *(_cell(c, marks, messages) for c in (row.serves, row.risk, row.legal_basis, row.evidence))]


def _cell(cell: Cell, marks: _Marks, messages: Messages) -> str:
    if not cell.text:
        return f'<span class="nothing">{escape(messages("page.instruments.nothing"))}</span>'
    return f"<span>{escape(cell.text)}{marks.html(cell.citations)}</span>"


def _notices(answer: Answer, messages: Messages) -> str:
    lines = list(answer.notices)
    if answer.struck:
        lines.append(messages("page.struck.one" if answer.struck == 1 else "page.struck", count=answer.struck))
    return "".join(f'<p class="aside" role="note">{escape(line)}</p>' for line in lines)


def _follow_ups(answer: Answer, follow: Mapping[str, str], messages: Messages) -> str:
    items = "".join(f"<li>{link(follow[q], q, kind='chip')}</li>" for q in answer.follow_ups if q in follow)
    if not items:
        return ""
    title = f'<h3 id="follow-title">{escape(messages("page.follow"))}</h3>'
    return f'<nav class="follow" aria-labelledby="follow-title">{title}<ul>{items}</ul></nav>'


def _tools(answer: Answer, address: str, feedback: bool, messages: Messages) -> str:
    """What one can do with the answer: keep it or its link, print it, say whether it is right."""
    if not address:
        return ""
    keep = keep_answer_html(answer, address, messages) if answer.answered else ""
    way = link(lesson_address(answer.question, messages.language), messages("lesson.from_answer"), kind="chip")
    lesson = way if answer.answered else ""
    buttons = (
        f'{keep}<button type="button" class="copy" data-done="{escape(messages("page.copied"))}" '
        f'data-link="{escape(address)}">{escape(messages("page.link"))}</button>'
        f'<button type="button" class="print">{escape(messages("page.print"))}</button>{lesson}'
    )
    return f'<div class="tools">{buttons}</div>{_verdicts(messages) if feedback else ""}'


def _verdicts(messages: Messages) -> str:
    thanks = escape(messages("page.verdict.thanks"))
    buttons = "".join(
        f'<button type="button" class="verdict" data-verdict="{name}" data-done="{thanks}">'
        f"{escape(messages(f'page.verdict.{name}'))}</button>"
        for name in ("right", "wrong", "missing")
    )
    return f'<div class="tools" role="group" aria-label="{escape(messages("page.verdict"))}">{buttons}</div>'


def _since(since: Since | None, shelf: Shelf, messages: Messages) -> str:
    """What a permanent link opened later has to say."""
    if since is None:
        return ""
    if since.same_collection and since.same_answer:
        return f'<p class="aside since">{escape(messages("page.since.same"))}</p>'
    lines = [messages("page.since.answer" if since.same_answer else "page.since.other_answer")]
    for key, ids in (("page.since.changed", since.changed), ("page.since.gone", since.gone)):
        if ids:
            lines.append(messages(key, sources=", ".join(shelf.titles.get(name, name) for name in ids)))
    if since.knows_sources and not (since.changed or since.gone):
        lines.append(messages("page.since.none_changed"))
    return f'<p class="caveat since" role="note">{escape(" ".join(lines))}</p>'


# --- sources ----------------------------------------------------------------------------------


def _sources(answer: Answer, messages: Messages, shelf: Shelf) -> str:
    """Cited passages, one card each, and the other finds folded; without an answer all finds."""
    cited: dict[str, list[Citation]] = {}
    for citation in sorted(answer.citations, key=lambda c: c.n):
        cited.setdefault(citation.passage.id, []).append(citation)
    cards = "".join(card_html(citations[0], citations, messages, shelf) for citations in cited.values())
    others = [hit for hit in answer.hits if hit.passage.id not in cited]
    found = "".join(card_html(hit, (), messages, shelf) for hit in others)
    if cards and found:
        summary = escape(messages("page.others", count=len(others)))
        found = f'<details class="others"><summary>{summary}</summary>{found}</details>'
    if not cards and not found:
        return ""
    heading = f'<h2 id="sources-title">{escape(messages("page.sources" if cards else "page.nearest"))}</h2>'
    return f'<aside class="sources" aria-labelledby="sources-title">{heading}{cards}{found}</aside>'


# --- facts about the answer -------------------------------------------------------------------


def _facts(answer: Answer, messages: Messages) -> str:
    facts = [("page.confidence", confidence_text(answer.confidence, messages))]
    laws = {c.source.id: c.source for c in answer.citations if c.source.toestand}
    if laws:
        facts.append(("page.law", "; ".join(_law_text(source, messages) for source in laws.values())))
    if answer.answered:
        key = "page.made.extractive" if answer.generator == "extractive" else "page.made.other"
        facts.append(("page.made", messages(key, generator=answer.generator)))
    if answer.timings_ms:
        facts.append(("page.time", time_text(answer.timings_ms, messages)))
    facts.append(("page.version", answer.corpus_version))
    rows = "".join(f"<div><dt>{escape(messages(key))}</dt><dd>{escape(text)}</dd></div>" for key, text in facts)
    return f'<dl class="facts">{rows}</dl>'


def _law_text(source: Source, messages: Messages) -> str:
    return f"{source.afkorting or source.short_title}, {law_date(source, messages)}"


def confidence_text(confidence: float, messages: Messages) -> str:
    """Confidence in words and figure; never 0% or 100%, an estimate is not that sure."""
    name = next((name for least, name in _CONFIDENCE if confidence >= least), "low")
    percent = min(max(round(confidence * 100), 1), 99)
    return messages("page.confidence.text", word=messages(f"page.confidence.{name}"), percent=percent)


def time_text(timings_ms: Mapping[str, float], messages: Messages) -> str:
    """Time taken: "total" if it was measured, else the sum of the steps."""
    total = timings_ms.get("total", sum(timings_ms.values()))
    if total < 1000:
        return messages("page.time.ms", ms=round(total))
    return messages("page.time.s", s=f"{total / 1000:.1f}".replace(".", messages("page.decimal")))


def status_text(answer: Answer, messages: Messages) -> str:
    """The outcome in one sentence, for the status line."""
    if not answer.answered:
        return messages("page.status.refused", count=len(answer.hits))
    count = len(answer.citations)
    return messages("page.status.answered.one" if count == 1 else "page.status.answered", count=count)


def source_titles(holdings: Iterable[Holding]) -> dict[str, str]:
    """Short title of every source held."""
    return {holding.source.id: holding.source.short_title for holding in holdings}
