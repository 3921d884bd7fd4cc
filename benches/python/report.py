"""Turns results into the table, as text or Markdown, and into JSON. Measures nothing.

A ratio is the median over the runs of (contender / base of the same round), so that both saw the same moment.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from measure import Result

HEAD = ("work", "sqlite3", "peewee", "redstart", "redstart vs peewee", "goal", "")

NONE = "–"


@dataclass(frozen=True)
class Row:
    """One line of the table: its cells, and the numbers behind them for JSON."""

    cells: tuple[str, ...]
    numbers: dict[str, Any]


def row(result: Result, absent: Sequence[str], *, instructions: bool = False) -> Row:
    """Compute one line. Counted instructions are not held against the goals, which are of time and memory."""
    facts, goal = result.facts, result.facts.goal
    base = "raw" if not goal or goal.base == "absolute" else goal.base
    unit = "instructions" if instructions else facts.unit
    absolute = goal is None or goal.base == "absolute"
    medians = {contender: statistics.median(samples) for contender, samples in result.samples.items()}
    ratios = {contender: ratio(result, contender, base) for contender in medians if base in medians}
    faster = ratio(result, "peewee", "redstart") if {"peewee", "redstart"} <= medians.keys() else None

    def cell(contender: str) -> str:
        if contender in result.failures:
            return "failed"
        if contender not in medians:
            return "absent" if contender in absent else NONE
        if contender == "raw" or contender not in ratios or (absolute and not instructions):
            return quantity(medians[contender], unit)
        if contender == base:
            return f"1 ({quantity(medians[contender], unit)})"
        return number(ratios[contender])

    met: bool | None = None
    if goal and not instructions and "redstart" in (medians if absolute else ratios):
        met = (medians if absolute else ratios)["redstart"] <= goal.limit
    verdict = NONE if goal is None or instructions else {None: "", True: "met", False: "missed"}[met]
    shown_goal = NONE
    if goal and not instructions:
        shown_goal = "≤ " + (quantity(goal.limit, unit) if absolute else f"{goal.limit:g}")
    shown_faster = NONE if faster is None else f"{number(faster)}x"
    cells = (facts.title, cell("raw"), cell("peewee"), cell("redstart"), shown_faster, shown_goal, verdict)
    numbers = {
        "name": result.name,
        "title": facts.title,
        "unit": unit,
        "base": base,
        "samples": result.samples,
        "medians": medians,
        "ratios": ratios,
        "redstart_vs_peewee": faster,
        "goal": goal.limit if goal else None,
        "goal_base": goal.base if goal else None,
        "met": met,
        "failures": result.failures,
    }
    return Row(cells, numbers)


def ratio(result: Result, contender: str, base: str) -> float:
    """Return the median of the rounds' ratios."""
    pairs = zip(result.samples[contender], result.samples[base], strict=True)
    return statistics.median(above / below for above, below in pairs)


def text(rows: Sequence[Row]) -> str:
    """Return the table with aligned columns for a terminal."""
    lines = [HEAD, *(row.cells for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    lines.insert(1, tuple("─" * width for width in widths))
    return "\n".join(
        "  ".join(cell.ljust(w) if i in {0, 6} else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths, strict=True))).rstrip()
        for line in lines
    )


def markdown(rows: Sequence[Row]) -> str:
    """Return the table as Markdown, to be pasted into a README."""
    lines = [HEAD, ("---", "--:", "--:", "--:", "--:", "--:", "---"), *(row.cells for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def quantity(value: float, unit: str) -> str:
    """Write a measure with its unit and three digits."""
    if unit == "B":
        return f"{value:,.0f} B"
    if unit == "instructions":
        return f"{value / 1e6:,.1f} M"
    return f"{value * 1e3:.3g} ms" if value < 1 else f"{value:.2f} s"


def number(value: float) -> str:
    """Write a ratio with two decimals, one from 10 on, none from 100 on."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"  # noqa: PLR2004 - as said
