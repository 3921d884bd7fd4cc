"""The table of results: a row for each framework, server and database, a column for each check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redstart.integrations.conformance.checks import CHECKS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from redstart.integrations.conformance.checks import Check
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
        self._checks: list[Check] = list(CHECKS)

    def __bool__(self) -> bool:
        return bool(self._ran)

    def add(self, case: Case, checks: Sequence[Check] = CHECKS) -> None:
        """Adds a row, with the checks that do not apply.

        Args:
            case: The row.
            checks: Its checks; what is not in `CHECKS` is a column before the last.
        """
        for check in checks:
            if check not in self._checks:
                self._checks.insert(-1, check)
        self._rows.setdefault(case.name, {}).update(case.served.lacks)

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
            row[check] = result

    def lines(self) -> list[str]:
        """Gives the table as text."""
        cells, notes = self._cells()
        # A word of a heading stands below the other.
        head = [heading.split(" ") for heading in (*_HEADINGS, *self._columns())]
        tall = max(len(words) for words in head)
        rows = [[words[line] if line < len(words) else "" for words in head] for line in range(tall)] + cells
        widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
        found = [_text(row, widths) for row in rows]
        found.insert(tall, _text(["-" * width for width in widths], widths))
        return [*found, *notes]

    def markdown(self) -> str:
        """Gives the table in Markdown, with what each column means."""
        cells, notes = self._cells()
        rows = [[*_HEADINGS, *self._columns()], ["---"] * 3 + [":-:"] * len(self._checks), *cells]
        table = [f"| {' | '.join(row)} |" for row in rows]
        meanings = [f"| {check.name} | {check.meaning} |" for check in self._checks]
        parts = [table, [f"- {note}" for note in notes], ["| column | what holds |", "|---|---|", *meanings]]
        return "\n\n".join("\n".join(part) for part in parts if part) + "\n"

    def write(self, file: Path) -> None:
        """Writes the table in Markdown into a file: between two comments that it has, or as all that it has."""
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        if _BEGIN in text and _END in text:
            before, _, rest = text.partition(_BEGIN)
            text = f"{before}{_BEGIN}\n\n{self.markdown()}\n{_END}{rest.partition(_END)[2]}"
        else:
            text = self.markdown()
        file.write_text(text, encoding="utf-8")

    def _cells(self) -> tuple[list[list[str]], list[str]]:
        """Gives the rows that were run, and the reasons below them."""
        reasons: list[str] = []
        found: list[list[str]] = []
        for name, row in self._rows.items():
            if name in self._ran:
                results = [row.get(column, "not run") for column in self._columns()]
                reasons += [one for one in dict.fromkeys(results) if one not in {PASSED, FAILED, *reasons}]
                found.append([*name, *(f"[{reasons.index(one) + 1}]" if one in reasons else one for one in results)])
        return found, [f"[{number}] {reason}" for number, reason in enumerate(reasons, 1)]

    def _columns(self) -> list[str]:
        return [check.name for check in self._checks]


def _text(row: list[str], widths: list[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
