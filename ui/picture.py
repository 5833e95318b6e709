"""One picture of the catalogue: aims on the left, risks on the right, the domains of the instruments between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from corpus.instruments import Catalogue
from ui.markup import escape, link, query
from ui.messages import Messages

_WIDTH, _ROW, _TOP = 1140, 24, 40
_LEFT, _MIDDLE, _RIGHT = 340, 575, 810  # where the three columns stand
_HALF = 62  # half the width of a domain's box
_THICK = 1.1  # width of a line for each instrument

Flow = tuple[str, str, str]  # domain, relation, aim or risk


def picture_svg(catalogue: Catalogue, labels: Mapping[str, str], messages: Messages) -> str:
    """The picture with its text alternative: the same counts as a list that can be followed to the table."""
    flows: Counter[Flow] = Counter(
        (instrument.domain, relation, target)
        for instrument in catalogue.instruments
        for relation, target in {(link.relation, link.target) for link in instrument.relations}
        if relation != "vereist"
    )
    aims = _ordered([aim.id for aim in catalogue.aims], flows)
    risks = _ordered([risk.id for risk in catalogue.risks], flows)
    domains = list(dict.fromkeys(instrument.domain for instrument in catalogue.instruments))
    height = _TOP + _ROW * max(len(aims), len(risks)) + 8
    left, right = _spread(aims, height), _spread(risks, height)
    middle = _spread(domains, height)
    lines = "".join(_lines(flows, left, middle, right))
    words = "".join(
        (
            *(_word(_LEFT - 10, left[name], labels[name], "end") for name in aims),
            *(_word(_RIGHT + 10, right[name], labels[name], "start") for name in risks),
            *(_box(middle[name], messages(f"instruments.domain.{name}")) for name in domains),
            *(
                _word(x, 16, messages(f"picture.{name}"), anchor, "head")
                for x, name, anchor in (
                    (_LEFT - 10, "aims", "end"),
                    (_MIDDLE, "domains", "middle"),
                    (_RIGHT + 10, "risks", "start"),
                )
            ),
        )
    )
    title = escape(messages("picture.title"))
    said = messages("picture.said", instruments=len(catalogue.instruments), aims=len(aims), risks=len(risks))
    key = "".join(
        f'<li><span class="swatch {name}" aria-hidden="true"></span>{escape(messages(f"picture.{name}"))}</li>'
        for name in ("dient", "beperkt", "kan_veroorzaken")
    )
    return (
        f'<figure class="picture"><div class="scroll" tabindex="0" role="region" aria-label="{title}">'
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{title}. {escape(said)}">'
        f"{lines}{words}</svg></div>"
        f'<figcaption>{escape(said)}<ul class="key">{key}</ul></figcaption>'
        f"<details><summary>{escape(messages('picture.text'))}</summary>{_text(flows, aims, risks, labels, messages)}"
        "</details></figure>"
    )


def _ordered(names: Sequence[str], flows: Counter[Flow]) -> list[str]:
    """Most instruments first; what no instrument bears on is left out."""
    counts = Counter({name: sum(n for (_, _, target), n in flows.items() if target == name) for name in names})
    return [name for name, count in counts.most_common() if count]


def _spread(names: Sequence[str], height: int) -> dict[str, float]:
    """The height of each name, evenly from top to bottom."""
    step = (height - _TOP) / len(names)
    return {name: _TOP + step * (n + 0.5) for n, name in enumerate(names)}


def _lines(
    flows: Counter[Flow], left: Mapping[str, float], middle: Mapping[str, float], right: Mapping[str, float]
) -> Iterator[str]:
    for (domain, relation, target), count in sorted(flows.items()):
        y = middle[domain]
        if relation == "dient":
            x1, y1, x2, y2 = _LEFT, left[target], _MIDDLE - _HALF, y
        else:
            x1, y1, x2, y2 = _MIDDLE + _HALF, y, _RIGHT, right[target]
        bend = (x1 + x2) / 2
        path = f"M{x1},{y1:.0f} C{bend:.0f},{y1:.0f} {bend:.0f},{y2:.0f} {x2},{y2:.0f}"
        yield f'<path class="{relation}" d="{path}" stroke-width="{count * _THICK:.1f}"/>'


def _word(x: float, y: float, text: str, anchor: str, kind: str = "") -> str:
    return f'<text class="{kind}" x="{x}" y="{y:.0f}" dy="0.32em" text-anchor="{anchor}">{escape(text)}</text>'


def _box(y: float, text: str) -> str:
    box = f'<rect x="{_MIDDLE - _HALF}" y="{y - 16:.0f}" width="{2 * _HALF}" height="32" rx="6"/>'
    return box + _word(_MIDDLE, y, text, "middle")


def _text(
    flows: Counter[Flow], aims: Iterable[str], risks: Iterable[str], labels: Mapping[str, str], messages: Messages
) -> str:
    def count(relation: str, target: str) -> int:
        return sum(n for (_, kind, name), n in flows.items() if (kind, name) == (relation, target))

    def go(kind: str, name: str) -> str:
        return link(query(lang=messages.language, view="instruments", **{kind: name}), labels[name])

    served = "".join(
        f"<li>{go('aim', name)}: {escape(messages('picture.serve', count=count('dient', name)))}</li>" for name in aims
    )
    run = "".join(
        f"<li>{go('risk', name)}: "
        f"{escape(messages('picture.risk', limit=count('beperkt', name), cause=count('kan_veroorzaken', name)))}</li>"
        for name in risks
    )
    return (
        f"<h3>{escape(messages('picture.aims'))}</h3><ul>{served}</ul>"
        f"<h3>{escape(messages('picture.risks'))}</h3><ul>{run}</ul>"
    )
