"""Figures as tables for a terminal; `evals/html.py` makes the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evals.compare import Difference
from evals.metrics import Figures

_SHOWN = ("gap_nl_en", "quotes", "citations", "nuggets", "refusing", "hostile", "latency_ms")


def figures_table(figures: Figures) -> str:
    """All figures, the retrieval measures as one row per group."""
    lines = [measures_table(figures["retrieval"])]
    for name in _SHOWN:
        lines.append(f"{name}: " + ", ".join(f"{key} {value}" for key, value in figures[name].items()))
    lines.append(
        f"split {figures['split']}, corpus_version {figures['corpus_version']}, originals {figures['originals']}, "
        f"embedding model {figures['embedding_model']}"
    )
    return "\n".join(lines)


def measures_table(rows: Mapping[str, Figures]) -> str:
    """One row per group or system, a column per measure."""
    names = [name for name in next(iter(rows.values())) if name != "n"]
    width = max(len(name) for name in rows) + 1
    lines = [f"{'':{width}}{'n':>4}" + "".join(f"{short(name):>8}" for name in names)]
    for group, row in rows.items():
        cells = "".join(f"{'-' if row[name] is None else format(row[name], '.3f'):>8}" for name in names)
        lines.append(f"{group:{width}}{row['n']:>4}{cells}")
    return "\n".join(lines)


def short(name: str) -> str:
    """R@5 for recall@5, P@800w for places@800w."""
    return name.replace("recall@", "R@").replace("places@", "P@")


def differences_table(differences: Sequence[Difference]) -> str:
    """One row per measure: before, after, difference and its 95 % interval; * if that leaves out zero."""
    lines = [f"{'':20}{'n':>4}{'before':>9}{'after':>9}{'change':>9}   95 %"]
    for d in differences:
        mark = " *" if d.certain else ""
        lines.append(
            f"{d.measure:20}{d.n:>4}{d.before:>9.3f}{d.after:>9.3f}{d.after - d.before:>+9.3f}   "
            f"{d.low:+.3f} to {d.high:+.3f}{mark}"
        )
    return "\n".join(lines)
