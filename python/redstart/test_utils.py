"""Counting statements in tests, by the logger that every statement passes."""

from __future__ import annotations

import logging
from functools import wraps
from typing import TYPE_CHECKING, Any

from redstart.database.log import logger

if TYPE_CHECKING:
    from collections.abc import Callable


class _QueryLogHandler(logging.Handler):
    """Keeps the records."""

    def __init__(self) -> None:
        super().__init__()
        self.queries: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.queries.append(record)


class count_queries:  # noqa: N801 - peewee's name
    """A block that counts the statements within it.

    Example:
        >>> from redstart import SqliteDatabase
        >>> from redstart.test_utils import count_queries
        >>> db = SqliteDatabase(":memory:")
        >>> with count_queries() as counter:
        ...     _ = db.execute_sql("select 1")
        >>> counter.count
        1
    """

    def __init__(self, only_select: bool = False) -> None:
        """Makes a block.

        Args:
            only_select: Whether only ``SELECT`` counts.
        """
        self.only_select = only_select
        self.count = 0

    def get_queries(self) -> list[logging.LogRecord]:
        """Gives the records; each one's ``msg`` is the pair of SQL text and parameters."""
        return self._handler.queries

    def __enter__(self) -> Any:
        self._handler = _QueryLogHandler()
        self._level = logger.level
        logger.setLevel(logging.DEBUG)
        logger.addHandler(self._handler)
        return self

    def __exit__(self, *error: object) -> None:
        logger.removeHandler(self._handler)
        logger.setLevel(self._level)
        statements = [str(record.msg[0]) for record in self._handler.queries]
        if self.only_select:
            statements = [sql for sql in statements if sql.startswith("SELECT ")]
        self.count = len(statements)


class assert_query_count(count_queries):  # noqa: N801 - peewee's name
    """A block, or a decorated function, that must run a certain number of statements."""

    def __init__(self, expected: int, only_select: bool = False) -> None:
        """Makes a block.

        Args:
            expected: The number.
            only_select: Whether only ``SELECT`` counts.
        """
        super().__init__(only_select=only_select)
        self.expected = expected

    def __call__(self, f: Callable[..., Any]) -> Callable[..., Any]:
        """Decorates a function that must run so many statements."""

        @wraps(f)
        def decorated(*args: Any, **kwargs: Any) -> Any:
            with self:
                return f(*args, **kwargs)

        return decorated

    def __exit__(self, *error: object) -> None:
        super().__exit__(*error)
        if error[0] is None and self.count != self.expected:
            raise AssertionError(f"{self.count} != {self.expected}")


__all__ = [
    "assert_query_count",
    "count_queries",
    "logger",
]
