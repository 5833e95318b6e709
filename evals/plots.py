"""Bars and lines as inline SVG: shares between 0 and 1, with their numbers in words for who cannot see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

_ROW, _LABEL, _BAR = 20, 150, 260
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 420, 240, 40, 40, 10
_DASHES = ("", "6 3", "2 3", "8 3 2 3", "12 4")  # lines are told apart without colour too
_COLOURS = ("#2b6cb0", "#b7791f", "#2f855a", "#9f4fb0", "#c53030")


@dataclass(frozen=True, slots=True)
class Line:
    """A name and its points (x, share)."""

    name: str
    points: Sequence[tuple[float, float]]


def bars(title: str, shares: Mapping[str, float | None]) -> str:
    """A bar per name."""
    marks = []
    for row, (name, share) in enumerate(shares.items()):
        y = row * _ROW
        width = (share or 0) * _BAR
        number = "–" if share is None else f"{share:.2f}"
        marks.append(
            f'<text x="{_LABEL - 6}" y="{y + 14}" text-anchor="end">{escape(name)}</text>'
            f'<rect x="{_LABEL}" y="{y + 3}" width="{width:.1f}" height="{_ROW - 6}" fill="var(--plot)"/>'
            f'<text x="{_LABEL + width + 5:.1f}" y="{y + 14}">{number}</text>'
        )
    return _figure(title, _LABEL + _BAR + 50, len(shares) * _ROW, marks)


def lines(title: str, x_title: str, drawn: Sequence[Line]) -> str:
    """Lines over one horizontal axis, a legend below."""
    xs = sorted({x for line in drawn for x, _ in line.points})
    if not xs:
        return ""
    low, span = xs[0], (xs[-1] - xs[0]) or 1
    plot_width, plot_height = _WIDTH - _LEFT - 20, _HEIGHT - _BOTTOM - _TOP

    def at(x: float, share: float) -> tuple[float, float]:
        return _LEFT + (x - low) / span * plot_width, _TOP + (1 - share) * plot_height

    marks = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        _, y = at(low, share)
        marks.append(f'<line x1="{_LEFT}" x2="{_WIDTH - 20}" y1="{y:.1f}" y2="{y:.1f}" stroke="var(--line)"/>')
        marks.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{share:g}</text>')
    for x in xs if len(xs) <= 6 else xs[1::4]:
        left, bottom = at(x, 0)
        marks.append(f'<text x="{left:.1f}" y="{bottom + 16:.1f}" text-anchor="middle">{x:g}</text>')
    marks.append(f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 6}" text-anchor="middle">{escape(x_title)}</text>')
    for number, line in enumerate(drawn):
        look = f'stroke="{_COLOURS[number % len(_COLOURS)]}" stroke-dasharray="{_DASHES[number % len(_DASHES)]}"'
        places = " ".join("{:.1f},{:.1f}".format(*at(x, share)) for x, share in line.points)
        y = _HEIGHT + 14 + number * _ROW
        marks.append(f'<polyline points="{places}" fill="none" stroke-width="2" {look}/>')
        marks.append(f'<line x1="{_LEFT}" x2="{_LEFT + 30}" y1="{y - 4}" y2="{y - 4}" stroke-width="2" {look}/>')
        marks.append(f'<text x="{_LEFT + 38}" y="{y}">{escape(line.name)}</text>')
    return _figure(title, _WIDTH, _HEIGHT + len(drawn) * _ROW + 6, marks)


def _figure(title: str, width: float, height: float, marks: Sequence[str]) -> str:
    head = f'<svg role="img" aria-label="{escape(title)}" width="{width:g}" height="{height:g}" '
    head += f'viewBox="0 0 {width:g} {height:g}">'
    return f"<figure><figcaption><strong>{escape(title)}</strong></figcaption>{head}{''.join(marks)}</svg></figure>"
