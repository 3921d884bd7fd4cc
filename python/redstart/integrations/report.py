"""What is told of a request's queries: their number, their time, and those that were run again and again."""

from __future__ import annotations

import logging
import re
from collections import Counter
from html import escape
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from redstart.database.query_event import QueryEvent

logger = logging.getLogger("redstart.integrations")

#: A statement that runs so often in one request is named in the log.
REPEATED = 3
#: So many statements are named, and so much of their text is shown.
_SHOWN, _WIDTH = 3, 200


class Report:
    """What is known of one request's queries.

    Attributes:
        name: The request's name for the log.
        seconds: The time in the database.
        statements: How often each text has run.
    """

    __slots__ = ("_told", "name", "seconds", "statements")

    def __init__(self, name: str) -> None:
        """Takes the request's name for the log."""
        self.name = name
        self._told = False
        self.seconds = 0.0
        self.statements: Counter[str] = Counter()

    @property
    def queries(self) -> int:
        """The number of queries."""
        return self.statements.total()

    @property
    def repeated(self) -> int:
        """How many queries had run before in this request, with the same or with other values."""
        return self.queries - len(self.statements)

    def header(self) -> tuple[str, str]:
        """Gives the name and the value of the response's header (https://www.w3.org/TR/server-timing/)."""
        described = f"{self.queries} queries, {self.repeated} repeated"
        return "Server-Timing", f'db;dur={self.seconds * 1000:.2f};desc="{described}"'

    def into_headers(self, headers: MutableMapping[str, str]) -> None:
        """Adds the header to a response's, beside what the application measures itself.

        Args:
            headers: The headers.
        """
        name, value = self.header()
        others = _OWN.sub("", headers.get(name) or "").strip(", ")
        headers[name] = f"{others}, {value}" if others else value

    def line(self) -> str:
        """Gives the line of the log."""
        line = f"{self.name or 'request'}: {self.queries} queries in {self.seconds * 1000:.2f} ms"
        often = [(text, count) for text, count in self.statements.most_common(_SHOWN) if count >= REPEATED]
        if often:
            line += "; repeated: " + "; ".join(f"{count} x {text[:_WIDTH]}" for text, count in often)
        return line

    def tell(self) -> None:
        """Writes the line, once: as a warning where statements are repeated."""
        if self._told:
            return
        self._told = True
        is_repeated = any(count >= REPEATED for count in self.statements.values())
        logger.log(logging.WARNING if is_repeated else logging.INFO, "%s", self.line())

    def continued(self) -> Report:
        """Gives another report, which begins with what this one knows; for what a request asks after its end."""
        other = Report(self.name)
        other.seconds, other.statements = self.seconds, self.statements.copy()
        return other

    def explain(self, error: BaseException) -> None:
        """Adds a note to an error (PEP 678), which error pages show below its message.

        Args:
            error: The error.
        """
        note = f"Database: {self.line()}"
        notes: list[str] | None = getattr(error, "__notes__", None)
        if notes is None:
            error.__notes__ = [note]  # type: ignore[attr-defined] # Python 3.10 has no add_note()
        elif note not in notes:
            notes.append(note)

    def into_page(self, page: str) -> str:
        """Adds the line to an error page that does not show an error's notes.

        Args:
            page: The page, in HTML.

        Returns:
            The page with the line below its first heading.
        """
        heading = re.search("</h[1-6]>", page)
        end = heading.end() if heading else len(page)
        return f"{page[:end]}<p>{escape('Database: ' + self.line())}</p>{page[end:]}"

    def add(self, event: QueryEvent) -> None:
        """Counts a query.

        Args:
            event: What has run.
        """
        self.statements[str(event.sql)] += 1
        self.seconds += event.duration


#: What this module has added before.
_OWN = re.compile(r'(?:^|, *)db;dur=[\d.]+;desc="[^"]*"')

_heard: WeakSet[Any] = WeakSet()


def listen(database: Any) -> None:
    """Has a database's queries counted by the request that runs them, in each of its reports.

    Args:
        database: The database.
    """
    if database not in _heard:
        _heard.add(database)
        database.query_hooks.append(_note)


def _note(event: QueryEvent) -> None:
    from redstart.integrations.request_scope import current_reports  # it needs this module first

    for report in current_reports():
        report.add(event)
