"""Answer, citations and hits -> HTML. Pure; text from outside is escaped here and nowhere else."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from corpus import Source
from ingest.document import Locator, Passage
from ingest.index.store import Holding
from retrieval.answer import Answer, AnswerPart, Citation, Hit
from ui import places
from ui.messages import Messages
from ui.source_notes import source_notes_html

# theme -> example questions, by the names that the catalogue gives them
EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "steering": ("evidence", "steer"),
    "displacement": ("instruments", "gentrification"),
    "living": ("factors", "meeting", "coach"),
    "law": ("article", "permit", "priority"),
}
_HEADING_LENGTH = 60  # characters of a heading in a place
_CONFIDENCE = ((0.85, "high"), (0.65, "fair"), (0.5, "moderate"))
_STATUS = {"vervallen": "page.status.vervallen", "niet in werking": "page.status.niet_in_werking"}

Titles = Mapping[str, str]


def escape(text: object) -> str:
    """Text made safe between tags and in quoted attributes; a lone surrogate becomes "?"."""
    return html.escape(str(text).encode("utf-8", "replace").decode("utf-8"), quote=True)


# --- places -----------------------------------------------------------------------------------


def place_text(found: Citation | Hit, messages: Messages, titles: Titles | None = None) -> str:
    """Where a find stands: "blz. 22, § Aanpak", "art. 8 lid 2 Wbmgp, tekst van 29-11-2015". Plain text, not escaped.

    `titles` gives the title of every source held, for a passage that is about another source than its own.
    """
    place, about = _locator(found), found.passage.about
    if about == found.source.id:  # a statement of the catalogue: its headings are not the source's
        return places.place_text(replace(place, section=()), found.source, messages)
    if about:
        title = (titles or {}).get(about, about)
        if not place.page:
            return messages("page.place.about", title=title)
        pages = places.place_text(replace(place, section=(), article=None), found.source, messages)
        return messages("page.place.of", pages=pages, title=title)
    shown = replace(place, section=tuple(_shortened(heading) for heading in place.section[-1:]))
    return places.place_text(shown, found.source, messages)


def _locator(found: Citation | Hit) -> Locator:
    return found.locator if isinstance(found, Citation) else found.passage.locator


def _shortened(heading: str) -> str:
    if len(heading) <= _HEADING_LENGTH:
        return heading
    return heading[:_HEADING_LENGTH].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def law_date(source: Source, messages: Messages) -> str:
    """The day of a law's text in words, "" for what is not a law text of a known day."""
    return messages("place.toestand", date=places.day_text(source.toestand, messages)) if source.toestand else ""


# --- source cards -----------------------------------------------------------------------------


def passage_html(passage: Passage, citations: Iterable[Citation] = ()) -> str:
    """The passage, its quotes marked. A quote that does not stand where it should, or overlaps, stays unmarked."""
    out: list[str] = []
    done = 0
    for citation in sorted(citations, key=lambda c: c.char_start):
        start, end = citation.char_start - passage.start, citation.char_end - passage.start
        if start < done or passage.text[start:end] != citation.quote:
            continue
        out += escape(passage.text[done:start]), f'<mark data-n="{citation.n}">{escape(citation.quote)}</mark>'
        done = end
    out.append(escape(passage.text[done:]))
    return f'<blockquote class="passage" lang="{escape(passage.language)}">{"".join(out)}</blockquote>'


def _card(first: Citation | Hit, citations: Sequence[Citation], messages: Messages, titles: Titles) -> str:
    source, passage = first.source, first.passage
    rows = _cited_places(citations, messages, titles)
    if not rows:
        rows = f'<li class="place">{escape(place_text(first, messages, titles))}</li>'
    several = " several" if len(citations) > 1 else ""
    return (
        f'<article class="card {escape(passage.form)}{several}">'
        f'<h3 lang="{escape(source.language)}">{escape(source.short_title)}</h3>'
        f'<p class="record">{_badges(passage, messages)}<span>{escape(_record(source, messages))}</span></p>'
        f'<ul class="places">{rows}</ul>{passage_html(passage, citations)}'
        f"{source_notes_html(citations, messages)}{_source_link(first, messages)}</article>"
    )


def _cited_places(citations: Sequence[Citation], messages: Messages, titles: Titles) -> str:
    """Number and place of every citation; of the same place in a row only the last is seen, the others are spoken."""
    shown = [place_text(citation, messages, titles) for citation in citations]
    rows = []
    for citation, place, following in zip(citations, shown, [*shown[1:], None], strict=False):
        n, back = citation.n, escape(messages("page.mark.back", n=citation.n))
        number = f'<a class="number" href="#verwijzing-{n}" aria-label="{back}">[{n}]</a>'
        same = place == following
        text = f'<span class="unseen">{escape(place)}</span>' if same else escape(place)
        rows.append(f'<li class="place{" same" if same else ""}" id="bron-{n}" tabindex="-1">{number} {text}</li>')
    return "".join(rows)


def _badges(passage: Passage, messages: Messages) -> str:
    badges: list[tuple[str, str]] = [(passage.form, messages(f"page.{passage.form}.badge"))]
    if passage.status:
        key = _STATUS.get(passage.status)
        badges.append(("status", messages(key) if key else passage.status))
    return "".join(f'<span class="badge {escape(name)}">{escape(text)}</span>' for name, text in badges)


def _record(source: Source, messages: Messages) -> str:
    """Kind, date and publisher."""
    date = law_date(source, messages) or str(source.year or messages("source.undated"))
    publisher = None if source.kind == "wet" else source.publisher
    return " · ".join(filter(None, (messages(f"page.kind.{source.kind}"), date, publisher)))


def _source_link(found: Citation | Hit, messages: Messages) -> str:
    # the page of a passage about another source is a page of that other source
    place = _locator(found) if found.passage.about in (None, found.source.id) else Locator()
    address = places.address(found.source, place)
    if address is None:
        return ""
    page_key = "page.open.article" if place.article else "page.open.page"
    key = "page.open" if address == found.source.url else page_key
    text = escape(messages(key, page=place.page_label or place.page))
    aside = f'<span class="unseen"> {escape(messages("page.open.newtab"))}</span>'
    link = f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{text}{aside}</a>'
    return f'<p class="source-link">{link}</p>'


def _sources(answer: Answer, messages: Messages, titles: Titles) -> str:
    """Cited passages, one card each, and the other finds folded; without an answer all finds."""
    cited: dict[str, list[Citation]] = {}
    for citation in sorted(answer.citations, key=lambda c: c.n):
        cited.setdefault(citation.passage.id, []).append(citation)
    cards = "".join(_card(citations[0], citations, messages, titles) for citations in cited.values())
    others = [hit for hit in answer.hits if hit.passage.id not in cited]
    found = "".join(_card(hit, (), messages, titles) for hit in others)
    if cards and found:
        found = f"<details><summary>{escape(messages('page.others', count=len(others)))}</summary>{found}</details>"
    if not cards and not found:
        return ""
    heading = f'<h2 id="sources-title">{escape(messages("page.sources" if cards else "page.nearest"))}</h2>'
    return f'<aside class="sources" aria-labelledby="sources-title">{heading}{cards}{found}</aside>'


# --- the answer -------------------------------------------------------------------------------


def result_html(answer: Answer, messages: Messages, titles: Titles | None = None) -> str:
    """Answer or refusal on the left, sources on the right."""
    known = titles or {}
    body = _answered(answer, messages, known) if answer.answered else _refused(answer, messages)
    title = escape(messages("page.answer" if answer.answered else "page.refused"))
    label = f'<span class="unseen">{escape(messages("page.asked"))}: </span>'
    return (
        f'<div class="result"><section class="answer" aria-labelledby="answer-title">'
        f'<p class="asked">{label}{escape(answer.question)}</p><h2 id="answer-title">{title}</h2>'
        f"{body}{_facts(answer, messages)}"
        f'<p class="notice">{escape(messages("page.notice"))}</p></section>{_sources(answer, messages, known)}</div>'
    )


def _answered(answer: Answer, messages: Messages, titles: Titles) -> str:
    by_number = {citation.n: citation for citation in answer.citations}
    used: set[int] = set()
    out = []
    for part in answer.parts:
        cited = [by_number[n] for n in part.citations if n in by_number]
        marks = "".join(_mark(citation, citation.n not in used, messages, titles) for citation in cited)
        used.update(citation.n for citation in cited)
        language = cited[0].passage.language if cited else answer.language
        out.append(_part(part, marks, language, messages))
    return f'<div class="reading">{"".join(out)}</div>'


def _part(part: AnswerPart, marks: str, language: str, messages: Messages) -> str:
    text = escape(part.text)
    if part.kind == "heading":
        return f"<h3>{text}{marks}</h3>"
    if part.kind == "caveat":
        label = escape(messages("page.part.caveat"))
        return f'<p class="caveat" role="note"><strong>{label}</strong> {text}{marks}</p>'
    if part.kind == "quote":
        return f'<p class="quote"><span class="words" lang="{escape(language)}">“{text}”</span>{marks}</p>'
    tag = f'<span class="tag">{escape(messages(f"page.part.{part.kind}"))}</span>'
    return f'<p class="{part.kind}"><span class="words" lang="{escape(language)}">{text}</span>{marks} {tag}</p>'


def _mark(citation: Citation, first: bool, messages: Messages, titles: Titles) -> str:
    place = place_text(citation, messages, titles)
    label = messages("page.mark", n=citation.n, title=citation.source.short_title, place=place)
    anchor = f' id="verwijzing-{citation.n}"' if first else ""
    return f' <a class="number"{anchor} href="#bron-{citation.n}" aria-label="{escape(label)}">[{citation.n}]</a>'


def _refused(answer: Answer, messages: Messages) -> str:
    reason = f'<p class="reason">{escape(answer.reason or "")}</p>'
    return reason + (f"<p>{escape(messages('page.refused.nearest'))}</p>" if answer.hits else "")


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


def status_html(sentence: str, *, seen: bool = True) -> str:
    """The status line; unseen it is only spoken."""
    kind = "" if seen else ' class="unseen"'
    return f"<p{kind}>{escape(sentence)}</p>"


def error_html(sentence: str, messages: Messages) -> str:
    """One sentence in place of a result."""
    heading = f'<h2 id="error-title">{escape(messages("page.error"))}</h2>'
    return f'<section class="failure" aria-labelledby="error-title">{heading}<p>{escape(sentence)}</p></section>'


# --- around it --------------------------------------------------------------------------------


def masthead_html(messages: Messages) -> str:
    """Name, purpose and the switch of language."""
    other = "en" if messages.language == "nl" else "nl"
    switch = f'href="?lang={other}" hreflang="{other}" lang="{other}"'
    sliders = '<span class="sliders" aria-hidden="true"><i></i><i></i><i></i></span>'
    return (
        f'<div class="masthead"><div class="name">{sliders}<h1>{escape(messages("page.title"))}</h1></div>'
        f'<a class="switch" {switch}>{escape(messages("page.switch"))}</a>'
        f'<p class="tagline">{escape(messages("page.tagline"))}</p></div>'
    )


def examples_html(messages: Messages, *, folded: bool) -> str:
    """Example questions by theme, as buttons; folded once something has been asked."""
    themes = "".join(_theme(theme, names, messages) for theme, names in EXAMPLES.items())
    title, inner = escape(messages("page.examples")), f'<div class="themes">{themes}</div>'
    if folded:
        return f'<details class="examples"><summary>{title}</summary>{inner}</details>'
    heading = f'<h2 id="examples-title">{title}</h2>'
    return f'<section class="examples" aria-labelledby="examples-title">{heading}{inner}</section>'


def _theme(theme: str, names: Iterable[str], messages: Messages) -> str:
    questions = [escape(messages(f"page.example.{name}")) for name in names]
    buttons = "".join(f'<li><button type="button" class="example">{question}</button></li>' for question in questions)
    return f'<div class="theme"><h3>{escape(messages(f"page.theme.{theme}"))}</h3><ul>{buttons}</ul></div>'


def holdings_html(holdings: Sequence[Holding], messages: Messages) -> str:
    """What is held, folded, and what this system is."""
    by_source: dict[str, list[Holding]] = {}
    for holding in sorted(holdings, key=lambda h: (h.source.kind, h.source.short_title.casefold(), h.source.id)):
        by_source.setdefault(holding.source.id, []).append(holding)
    rows = "".join(_held(forms, messages) for forms in by_source.values())
    passages = sum(holding.passages for holding in holdings)
    title = escape(messages("page.holdings", sources=len(by_source), passages=passages))
    about = escape(messages("page.about"))
    return f'<div class="colophon"><details><summary>{title}</summary><ul>{rows}</ul></details><p>{about}</p></div>'


def _held(forms: Sequence[Holding], messages: Messages) -> str:
    source = forms[0].source
    badges = "".join(f'<span class="badge {h.form}">{escape(messages(f"page.{h.form}.badge"))}</span>' for h in forms)
    title = f'<span lang="{escape(source.language)}">{escape(source.short_title)}</span>'
    return f'<li>{title} <span class="record">{badges}<span>{escape(_record(source, messages))}</span></span></li>'


def source_titles(holdings: Iterable[Holding]) -> dict[str, str]:
    """Short title of every source held."""
    return {holding.source.id: holding.source.short_title for holding in holdings}


# --- in the browser ---------------------------------------------------------------------------

# gradio sets <base>, so a bare "#bron-3" would leave the page: go there by hand, and unfold what hides it.
# Its fold does not say whether it is open, nor its group of boxes what it is called: said here.
SCRIPT = """function mengpaneelLanguage() {
  document.documentElement.lang = new URLSearchParams(location.search).get('lang') === 'en' ? 'en' : 'nl';
}
mengpaneelLanguage();
const drawing = new MutationObserver(() => {
  const ask = document.getElementById('ask');
  if (!ask) return;
  ask.setAttribute('role', 'search');
  ask.tabIndex = -1;
  document.querySelector('#filters > button')?.setAttribute('aria-expanded', false);
  drawing.disconnect();
});
drawing.observe(document.documentElement, {childList: true, subtree: true});
document.addEventListener('click', event => {
  const fold = event.target.closest('#filters > button');
  if (fold) setTimeout(() => {
    fold.setAttribute('aria-expanded', fold.classList.contains('open'));
    const groups = document.querySelectorAll('#filters fieldset');
    for (const boxes of groups) boxes.ariaLabel = boxes.querySelector('span').innerText;
  }, 100);
  const link = event.target.closest('a[href^="#"]');
  const target = link && document.getElementById(link.getAttribute('href').slice(1));
  if (!target) return;
  event.preventDefault();
  for (let fold = target.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
  target.focus({preventScroll: true});
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  target.scrollIntoView({block: 'center', behavior: calm ? 'auto' : 'smooth'});
});"""
