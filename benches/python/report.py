"""Turns results into the table, as text or Markdown, and into JSON. Measures nothing.

A ratio is the median over the runs of (contender / base of the same round), so that both saw the same moment.
"""

from __future__ import annotations

import statistics
from itertools import groupby
from typing import TYPE_CHECKING, Any

from groups import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from measure import Result

NOTHING = "-"


class Row:
    """One line of the table, computed from the samples of a workload.

    Counted `instructions` are not held against the goals, which are of time and memory.
    """

    def __init__(self, result: Result, absent: Sequence[str], *, instructions: bool = False) -> None:
        self.result = result
        self.absent = absent
        self.goal = None if instructions else result.facts.goal
        self.unit = "instructions" if instructions else result.facts.unit
        self.in_units = self.unit == "B" or (self.goal is not None and self.goal.base == "absolute")
        planned = result.facts.goal
        self.base = "raw" if planned is None or planned.base == "absolute" else planned.base
        self.medians = {contender: statistics.median(samples) for contender, samples in result.samples.items()}
        self.ratios = {contender: self.ratio(contender, self.base) for contender in self.medians}

    def ratio(self, contender: str, base: str) -> float | None:
        """Return the median of the rounds' ratios; None if one of the two has no samples."""
        samples = self.result.samples
        if contender not in samples or base not in samples:
            return None
        return statistics.median(above / below for above, below in zip(samples[contender], samples[base], strict=True))

    def met(self) -> bool | None:
        """Return whether redstart reached the goal; None without a goal or a measure."""
        reached = (self.medians if self.in_units else self.ratios).get("redstart")
        return None if self.goal is None or reached is None else reached <= self.goal.limit

    def cells(self, columns: Sequence[str]) -> tuple[str, ...]:
        """Return the texts of the line, with a cell for each of these contenders."""
        faster = self.ratio("peewee", "redstart")
        limit = NOTHING
        if self.goal:
            limit = "≤ " + (quantity(self.goal.limit, self.unit) if self.in_units else f"{self.goal.limit:g}")
        return (
            self.result.facts.title,
            self.cell("raw"),
            *map(self.cell, columns),
            NOTHING if faster is None else f"{number(faster)}x",
            limit,
            {None: NOTHING, True: "met", False: "missed"}[self.met()],
        )

    def cell(self, contender: str) -> str:
        """Return a contender's measure: in units for the driver, for bytes and for goals in units, else as a ratio."""
        if contender in self.result.failures:
            return "failed"
        if contender not in self.medians:
            return "absent" if contender in self.absent else NOTHING
        units, ratio = quantity(self.medians[contender], self.unit), self.ratios[contender]
        if contender == "raw" or ratio is None or self.in_units:
            return units
        return f"1 ({units})" if contender == self.base else number(ratio)

    def numbers(self) -> dict[str, Any]:
        """Return what stands behind the line, for JSON."""
        return {
            "name": self.result.name,
            "title": self.result.facts.title,
            "group": self.result.facts.group.title,
            "driver": self.result.facts.group.base,
            "unit": self.unit,
            "base": self.base,
            "samples": self.result.samples,
            "medians": self.medians,
            "ratios": self.ratios,
            "redstart_vs_peewee": self.ratio("peewee", "redstart"),
            "goal": self.goal.limit if self.goal else None,
            "goal_base": self.goal.base if self.goal else None,
            "met": self.met(),
            "failures": self.result.failures,
        }


def text(rows: Sequence[Row]) -> str:
    """Return the table with aligned columns for a terminal."""
    head, groups = table(rows)
    lines = [head, *(line for _, lines in groups for line in lines)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    out = [aligned(head, widths), aligned(["─" * width for width in widths], widths)]
    for title, lines in groups:
        out += ["", f"{title}:", *(aligned(line, widths) for line in lines)]
    return "\n".join(out)


def markdown(rows: Sequence[Row]) -> str:
    """Return the table as Markdown, to be pasted into a README."""
    head, groups = table(rows)
    rest = [""] * (len(head) - 1)
    lines: list[Sequence[str]] = [head, ("---", *["--:"] * (len(head) - 2), "---")]
    for title, members in groups:
        lines += [(f"**{title}**", *rest), *members]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def table(rows: Sequence[Row]) -> tuple[tuple[str, ...], list[tuple[str, list[tuple[str, ...]]]]]:
    """Return the head and the lines of each group under its title. A contender of no group shown has no column."""
    shown = [name for name in COLUMNS if any(name in row.result.facts.group.contenders for row in rows)]
    names = [COLUMNS[name] for name in shown]
    groups = [
        (f"{group.title} ({group.base} = 1)", [row.cells(shown) for row in members])
        for group, members in groupby(rows, key=lambda row: row.result.facts.group)
    ]
    return ("work", "raw driver", *names, "redstart vs peewee", "goal", ""), groups


def aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    """Join the cells: words padded to the left, numbers to the right."""
    ends = (0, len(line) - 1)
    pairs = enumerate(zip(line, widths, strict=True))
    return "  ".join(cell.ljust(width) if i in ends else cell.rjust(width) for i, (cell, width) in pairs).rstrip()


def quantity(value: float, unit: str) -> str:
    """Write a measure with its unit."""
    if unit == "B":
        return f"{value:,.0f} B"
    if unit == "instructions":
        return f"{value / 1e6:,.1f} M"
    return f"{value * 1e3:.3g} ms" if value < 1 else f"{value:.2f} s"


def number(value: float) -> str:
    """Write a ratio with three digits: two decimals below 10, none from 100 on."""
    return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f}"
