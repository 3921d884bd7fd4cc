"""The constant maps: joins, operators, row types, column types, lookups.

Values only, as peewee has them. What a database changes about them stands with
that database, under ``operations`` and ``field_types``.
"""

from __future__ import annotations

import operator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    _Items = dict[str, Any]
else:
    _Items = dict


class attrdict(_Items):  # noqa: N801 - peewee's name
    """A dict whose items are attributes too.

    Example:
        >>> from redstart import JOIN
        >>> JOIN.LEFT_OUTER == JOIN["LEFT_OUTER"]
        True
    """

    def __getattr__(self, attr: str) -> Any:
        try:
            return self[attr]
        except KeyError:
            raise AttributeError(attr) from None

    def __setattr__(self, attr: str, value: Any) -> None:
        self[attr] = value

    def __add__(self, rhs: dict[str, Any]) -> attrdict:
        return attrdict({**self, **rhs})

    def __iadd__(self, rhs: dict[str, Any]) -> attrdict:  # noqa: PYI034 - a dict's own type
        self.update(rhs)
        return self


#: A value that nobody passes, where None is one that somebody may.
SENTINEL = object()

#: The operators by name. A database replaces the text through ``operations``.
OP = attrdict(
    AND="AND",
    OR="OR",
    ADD="+",
    SUB="-",
    MUL="*",
    DIV="/",
    BIN_AND="&",
    BIN_OR="|",
    XOR="#",
    MOD="%",
    EQ="=",
    LT="<",
    LTE="<=",
    GT=">",
    GTE=">=",
    NE="!=",
    IN="IN",
    NOT_IN="NOT IN",
    IS="IS",
    IS_NOT="IS NOT",
    LIKE="LIKE",
    ILIKE="ILIKE",
    BETWEEN="BETWEEN",
    REGEXP="REGEXP",
    IREGEXP="IREGEXP",
    CONCAT="||",
    BITWISE_NEGATION="~",
)

#: The kinds of join.
JOIN = attrdict(
    INNER="INNER JOIN",
    LEFT_OUTER="LEFT OUTER JOIN",
    RIGHT_OUTER="RIGHT OUTER JOIN",
    FULL="FULL JOIN",
    FULL_OUTER="FULL OUTER JOIN",
    CROSS="CROSS JOIN",
    NATURAL="NATURAL JOIN",
    LATERAL="JOIN LATERAL",
    LEFT_LATERAL="LEFT JOIN LATERAL",
)

#: The types in which rows are given.
ROW = attrdict(TUPLE=1, DICT=2, NAMED_TUPLE=3, CONSTRUCTOR=4, MODEL=5)

#: The ways in which related rows are found.
PREFETCH_TYPE = attrdict(WHERE=1, JOIN=2, MATERIALIZE=3)

#: The column types by the name that a field has for them.
FIELD = attrdict(
    AUTO="INTEGER",
    BIGAUTO="BIGINT",
    BIGINT="BIGINT",
    BLOB="BLOB",
    BOOL="SMALLINT",
    CHAR="CHAR",
    DATE="DATE",
    DATETIME="DATETIME",
    DECIMAL="DECIMAL",
    DEFAULT="",
    DOUBLE="REAL",
    FLOAT="REAL",
    INT="INTEGER",
    SMALLINT="SMALLINT",
    TEXT="TEXT",
    TIME="TIME",
    UUID="TEXT",
    UUIDB="BLOB",
    VARCHAR="VARCHAR",
)

#: What each lookup of ``filter(name__lookup=value)`` makes of a column and a value.
DJANGO_MAP = attrdict(
    {
        "eq": operator.eq,
        "lt": operator.lt,
        "lte": operator.le,
        "gt": operator.gt,
        "gte": operator.ge,
        "ne": operator.ne,
        "in": operator.lshift,
        "not_in": lambda column, value: column.not_in(value),
        "is": lambda column, value: column.is_null() if value is None else _is(column, OP.IS, value),
        "is_not": lambda column, value: column.is_null(False) if value is None else _is(column, OP.IS_NOT, value),
        "like": lambda column, value: column.like(value),
        "ilike": lambda column, value: column.ilike(value),
        "regexp": lambda column, value: column.regexp(value),
        "iregexp": lambda column, value: column.iregexp(value),
        "contains": lambda column, value: column.contains(value),
        "startswith": lambda column, value: column.startswith(value),
        "endswith": lambda column, value: column.endswith(value),
        "between": lambda column, value: column.between(*value),
        "is_null": lambda column, value: column.is_null(value),
    }
)

#: Where a node is being rendered; see ``Context.scope``.
SCOPE_NORMAL = 1
SCOPE_SOURCE = 2
SCOPE_VALUES = 4
SCOPE_CTE = 8
SCOPE_COLUMN = 16

#: How a database wraps the members of a compound select.
CSQ_PARENTHESES_NEVER = 0
CSQ_PARENTHESES_ALWAYS = 1
CSQ_PARENTHESES_UNNESTED = 2


def _is(column: Any, op: str, value: Any) -> Any:
    # Imported when used: the engine's node types load after the constants.
    from redstart._engine import Expression

    return Expression(column, op, value)
