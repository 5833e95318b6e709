"""An evaluation as one page without scripts or requests: tables, plots, and per question what was found and missed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape

from evals.answers import Asked, says
from evals.compare import Difference
from evals.metrics import BUDGETS, MEASURES, Figures, Ranking
from evals.plots import Line, bars, lines
from evals.question import GoldPlace
from evals.report import short
from evals.run import Run
from ingest.document import Passage

# Texts by key, as the caller's catalogue has them; `{name}` in a text is filled in here.
Texts = Mapping[str, str]
# Where a passage stands, in the reader's language.
Place = Callable[[Passage], str]

_SHOWN = 5
_EXCERPT_WORDS = 25
_OUTCOMES = ("first_five", "later", "missed", "none")
_GROUPS = ("language", "type", "style")
_STYLE = """
:root { color-scheme: light dark; --line: #8886; --good: #18794e; --bad: #b42318; --plot: #2b6cb0; }
@media (prefers-color-scheme: dark) { :root { --good: #5bd6a0; --bad: #ff8f83; --plot: #7ab8f5; } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 3rem; } .wide { overflow-x: auto; }
table { border-collapse: collapse; margin: .5rem 0; font-variant-numeric: tabular-nums; }
th, td { text-align: left; vertical-align: top; padding: .2rem .7rem .2rem 0; border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: right; }
figure { margin: 1rem 0; } svg { max-width: 100%; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: currentColor; }
.plots { display: flex; flex-wrap: wrap; gap: 2rem; }
fieldset { border: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: 1rem; padding: .7rem 1rem; }
select { font: inherit; margin-left: .4rem; }
details.question { border-bottom: 1px solid var(--line); padding: .3rem 0; }
summary { cursor: pointer; overflow-wrap: anywhere; }
details.question > div { padding: 0 0 1rem 1.2rem; overflow-wrap: anywhere; }
.tag { opacity: .75; font-size: .85rem; } .good { color: var(--good); } .bad { color: var(--bad); }
blockquote { margin: .3rem 0 .3rem 1rem; }
"""


def evaluation_html(
    run: Run,
    systems: Mapping[str, Figures],
    over: tuple[str, Sequence[Difference]] | None,
    texts: Texts,
    place: Place,
    language: str,
) -> str:
    """The page. `systems` are the means of the baselines and ours (empty: not measured), `over` the name of the
    strongest baseline and ours minus it. `texts` needs every key that is looked up here."""
    groups = {name: sorted({getattr(a.question, name) for a in run.asked}) for name in _GROUPS}
    body = [_tag("h1", texts["title"]), _tag("p", texts["intro"]), *_facts(run, texts)]
    body += [_tag("h2", texts["retrieval"]), _tag("p", texts["measures"])]
    body += _measures(run.figures["retrieval"], texts["group"])
    body += _plots(run, systems, texts)
    if systems:
        body += [_tag("h2", texts["baselines"]), *_measures(systems, texts["system"])]
    if over:
        body += [_tag("h3", texts["over"].format(name=over[0])), *_differences(over[1], texts)]
    body += _answers(run, texts)
    body += [_tag("h2", texts["questions"]), *_filters(groups, texts)]
    for asked, ranking in zip(run.asked, run.rankings, strict=True):
        body += _question(asked, ranking, texts, place)
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"{_tag('title', texts['title'])}\n<style>{_STYLE}{_filter_rules(groups)}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )


def _tag(name: str, text: object, css: str = "") -> str:
    return f"<{name}{f' class={css!r}' if css else ''}>{escape(str(text))}</{name}>"


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """A table; a number stands right, the first cell of a row is its head."""
    first, *others = heads
    yield '<div class="wide"><table><thead><tr>' + _tag("th", first)
    yield "".join(_tag("th", head, "number") for head in others) + "</tr></thead><tbody>"
    for row in rows:
        name, *values = row
        cells = "".join(_tag("td", "–" if value is None else value, "number") for value in values)
        yield f'<tr><th scope="row">{escape(str(name))}</th>{cells}</tr>'
    yield "</tbody></table></div>"


def _facts(run: Run, texts: Texts) -> Iterator[str]:
    names = ("split", "questions", "corpus_version", "originals", "embedding_model")
    yield from _table((texts["fact"], texts["value"]), ((texts[name], run.figures[name]) for name in names))


def _measures(rows: Mapping[str, Figures], head: str) -> Iterator[str]:
    cells = ((name, row["n"], *(_share(row[measure]) for measure in MEASURES)) for name, row in rows.items())
    yield from _table((head, "n", *map(short, MEASURES)), cells)


def _share(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f}"


def _differences(differences: Sequence[Difference], texts: Texts) -> Iterator[str]:
    rows = []
    for d in differences:
        shares = (f"{d.before:.3f}", f"{d.after:.3f}", f"{d.after - d.before:+.3f}")
        rows.append((d.measure, d.n, *shares, f"{d.low:+.3f} … {d.high:+.3f}"))
    yield from _table(
        (texts["measure"], "n", texts["baseline"], "mengpaneel", texts["change"], texts["interval"]), rows
    )


def _plots(run: Run, systems: Mapping[str, Figures], texts: Texts) -> Iterator[str]:
    groups = run.figures["retrieval"]
    yield '<div class="plots">'
    for measure in ("hit@5", "places@800w"):
        yield bars(measure, {name: row[measure] for name, row in groups.items()})
    shown = systems or {"mengpaneel": groups["all"]}
    yield lines(
        texts["budget"],
        texts["words"],
        [Line(name, [(words, row[f"places@{words}w"]) for words in BUDGETS]) for name, row in shown.items()],
    )
    curve = run.figures["refusing_curve"]
    yield lines(
        texts["curve"],
        texts["threshold"],
        [
            Line(texts[name], [(p["threshold"], p[name]) for p in curve if p[name] is not None])
            for name in ("precision", "recall", "false_refusals")
        ],
    )
    yield "</div>"


def _answers(run: Run, texts: Texts) -> Iterator[str]:
    yield _tag("h2", texts["answers"])
    for name in ("gap_nl_en", "quotes", "citations", "nuggets", "refusing", "hostile", "latency_ms"):
        own = run.figures[name]
        yield _tag("h3", texts[f"answers.{name}"])
        yield from _table((texts["measure"], texts["value"]), own.items())


# --- per question ---------------------------------------------------------------------------------


def _filters(groups: Mapping[str, Sequence[str]], texts: Texts) -> Iterator[str]:
    """Choices that work by the style sheet alone."""
    named = {"outcome": [(name, texts[f"outcome.{name}"]) for name in _OUTCOMES]}
    named |= {group: [(name, name) for name in names] for group, names in groups.items()}
    yield f"<fieldset>{_tag('legend', texts['filter'])}"
    for group, choices in named.items():
        options = "".join(f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in choices)
        every = f'<option value="" selected>{escape(texts["every"])}</option>'
        yield f'<label>{escape(texts[group])}<select class="{group}">{every}{options}</select></label>'
    yield "</fieldset>"


def _filter_rules(groups: Mapping[str, Sequence[str]]) -> str:
    rules = []
    for group, names in {"outcome": _OUTCOMES, **groups}.items():
        for name in names:
            chosen = f'select.{group} option[value="{name}"]:checked'
            rules.append(f'main:has({chosen}) details.question:not([data-{group}="{name}"]) {{ display: none; }}')
    return "\n".join(rules)


def _question(asked: Asked, ranking: Ranking, texts: Texts, place: Place) -> Iterator[str]:
    question = asked.question
    ranks = _ranks(ranking)
    outcome = _outcome(ranks) if question.gold else "none"
    data = "".join(f' data-{name}="{escape(getattr(question, name))}"' for name in _GROUPS)
    facts = " · ".join((question.id, question.language, question.type, question.style, texts[f"outcome.{outcome}"]))
    yield f'<details class="question" data-outcome="{outcome}"{data}>'
    yield f"<summary>{escape(question.question[:400])} {_tag('span', facts, 'tag')}</summary><div>"
    if question.gold:
        yield _tag("h4", texts["gold"])
        yield "<ul>" + "".join(_gold(p, ranks.get(n), texts) for n, p in enumerate(question.gold)) + "</ul>"
    yield _tag("h4", texts["top"])
    top = zip(asked.ranking[:_SHOWN], ranking.retrieved, strict=False)
    yield "<ol>" + "".join(_passage(passage, bool(r.gold), place) for passage, r in top) + "</ol>"
    yield from _answer(asked, texts, place)
    yield "</div></details>"


def _ranks(ranking: Ranking) -> dict[int, int]:
    """Rank of the first passage of each gold place that was found, by the place's number."""
    ranks: dict[int, int] = {}
    for rank, retrieved in enumerate(ranking.retrieved, start=1):
        for number in retrieved.gold:
            ranks.setdefault(number, rank)
    return ranks


def _outcome(ranks: Mapping[int, int]) -> str:
    if not ranks:
        return "missed"
    return "first_five" if min(ranks.values()) <= 5 else "later"


def _gold(place: GoldPlace, rank: int | None, texts: Texts) -> str:
    named = (("page", place.page), ("article", place.article), ("paragraph", place.paragraph), ("note", place.note))
    where = ", ".join(texts[f"place.{name}"].format(value=value) for name, value in named if value is not None)
    text = ", ".join(part for part in (place.source, where, f"§ {place.section}" if place.section else "") if part)
    found = texts["rank"].format(rank=rank) if rank else texts["not_found"]
    return f"<li>{escape(text)} — {_tag('strong', found, 'good' if rank else 'bad')}</li>"


def _passage(passage: Passage, right: bool, place: Place) -> str:
    words = passage.text.split()
    excerpt = " ".join(words[:_EXCERPT_WORDS]) + (" …" if len(words) > _EXCERPT_WORDS else "")
    mark = '<span class="good">✓</span> ' if right else ""
    return f"<li>{mark}{_tag('strong', place(passage))}<blockquote>{escape(excerpt)}</blockquote></li>"


def _answer(asked: Asked, texts: Texts, place: Place) -> Iterator[str]:
    answer = asked.answer
    yield _tag("h4", texts["answer"].format(confidence=answer.confidence))
    if not answer.answered:
        yield _tag("p", answer.reason or "")
    cited = {citation.n: place(citation.passage) for citation in answer.citations}
    yield "<ul>"
    for part in answer.parts:
        source = "; ".join(cited[n] for n in part.citations)
        yield f"<li>{escape(part.text)} {_tag('span', source, 'tag')}</li>"
    yield "</ul>"
    if asked.question.nuggets:
        yield _tag("h4", texts["nuggets"])
        yield "<ul>"
        for nugget in asked.question.nuggets:
            said = says(answer, nugget)
            vital = f" ({texts['vital']})" if nugget.vital else ""
            mark = _tag("strong", texts["said"] if said else texts["not_said"], "good" if said else "bad")
            yield f"<li>{escape(nugget.text)}{escape(vital)} — {mark}</li>"
        yield "</ul>"
