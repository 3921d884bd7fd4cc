"""The table of results: a row for each framework, server and database, a column for each check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redstart.integrations.conformance.checks import CHECKS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from redstart.integrations.conformance.served import Case

PASSED, FAILED = "yes", "NO"
_HEADINGS = ("framework", "server", "database")
_BEGIN, _END = "<!-- conformance: begin -->", "<!-- conformance: end -->"


class Table:
    """Results of checks.

    A row of which no check was run is not shown. A cell says ``yes`` or ``NO``; an empty one has the number of the
    reason, which stands below the table.
    """

    def __init__(self) -> None:
        """Begins without a row."""
        self._rows: dict[tuple[str, str, str], dict[str, str]] = {}
        self._ran: set[tuple[str, str, str]] = set()
        self._reasons: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._ran)

    def add(self, case: Case) -> None:
        """Adds a row, with the checks that do not apply."""
        row = self._rows.setdefault(case.name, {})
        for name, reason in case.served.lacks.items():
            row[name] = self._number(reason)

    def note(self, case: Case, check: str, result: str) -> None:
        """Fills a cell.

        Args:
            case: The row.
            check: The name of the check.
            result: `PASSED` or `FAILED`, or why it was not run. A failure stays.
        """
        self._ran.add(case.name)
        row = self._rows.setdefault(case.name, {})
        if row.get(check) != FAILED:
            row[check] = result if result in {PASSED, FAILED} else self._number(result)

    def lines(self) -> list[str]:
        """Gives the table as text."""
        rows = [[*_HEADINGS, *_columns()], *self._cells()]
        # A word of a heading stands below the other.
        head = [heading.split(" ") for heading in rows[0]]
        tall = max(len(words) for words in head)
        rows[:1] = [[words[line] if line < len(words) else "" for words in head] for line in range(tall)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        found = [_text(row, widths) for row in rows]
        found.insert(tall, _text(["-" * width for width in widths], widths))
        return [*found, *self._notes()]

    def markdown(self) -> str:
        """Gives the table in Markdown."""
        head = [*_HEADINGS, *_columns()]
        rows = [head, ["---"] * 3 + [":-:"] * len(CHECKS), *self._cells()]
        table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
        notes = "\n".join(f"- {note}" for note in self._notes())
        return f"{table}\n\n{notes}\n" if notes else f"{table}\n"

    def write(self, file: Path) -> None:
        """Writes the table in Markdown into a file: between two comments that it has, or as all that it has."""
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        if _BEGIN in text and _END in text:
            before, _, rest = text.partition(_BEGIN)
            text = f"{before}{_BEGIN}\n{self.markdown()}{_END}{rest.partition(_END)[2]}"
        else:
            text = self.markdown()
        file.write_text(text, encoding="utf-8")

    def _cells(self) -> Iterable[list[str]]:
        for name, row in self._rows.items():
            if name not in self._ran:
                continue
            unknown = self._number("not run") if set(row) != set(_columns()) else ""
            yield [*name, *(row.get(column, unknown) for column in _columns())]

    def _number(self, reason: str) -> str:
        if reason not in self._reasons:
            self._reasons.append(reason)
        return f"[{self._reasons.index(reason) + 1}]"

    def _notes(self) -> list[str]:
        return [f"[{number}] {reason}" for number, reason in enumerate(self._reasons, 1)]


def _columns() -> list[str]:
    return [check.name for check in CHECKS]


def _text(row: list[str], widths: list[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
