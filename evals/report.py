"""Figures as a table for a terminal."""

from __future__ import annotations

from evals.run import Figures


def figures_table(figures: Figures) -> str:
    """All figures, the retrieval measures as one row per group."""
    groups = figures["retrieval"]
    names = [name for name in groups["all"] if name != "n"]
    lines = [f"{'':24}{'n':>5}" + "".join(f"{name:>11}" for name in names)]
    for group, row in groups.items():
        cells = "".join(f"{row[name]:>11.3f}" for name in names)
        lines.append(f"{group:24}{row['n']:>5}{cells}")
    for name in ("quotes", "refusing", "nuggets", "latency_ms"):
        lines.append(f"{name}: " + ", ".join(f"{key} {value}" for key, value in figures[name].items()))
    lines.append(f"corpus_version {figures['corpus_version']}, embedding model {figures['embedding_model']}")
    return "\n".join(lines)
