"""The first rows of each parent: a query for related rows, ranked by ``ROW_NUMBER``.

What the parents are is not known here.
"""

from __future__ import annotations

import operator
from functools import reduce
from typing import Any

from redstart.node.function import fn
from redstart.node.ordering import Ordering
from redstart.node.sql import SQL
from redstart.query.select import Select


def first_of_each(query: Any, narrowed: Any, fk: Any, count: int, name: str) -> Any:
    """Gives the query for the first rows of each parent, in the order of the query.

    ``WITH name AS (SELECT id, ROW_NUMBER() OVER (PARTITION BY fk ORDER BY …) AS _rn …)
    SELECT … INNER JOIN name ON … WHERE _rn <= ? ORDER BY _rn``

    Args:
        query: The query for all rows.
        narrowed: The same, for the rows that have a parent.
        fk: The foreign key that tells a row's parent.
        count: The number of rows.
        name: The name of the common table expression.

    Raises:
        ValueError: The query is grouped, or its order is written as SQL.
    """
    if query._group_by is not None:
        message = "per_parent is not supported with a grouped or aggregate relation query."
        raise ValueError(message)
    pk_fields = list(fk.model._meta.get_primary_keys())
    # A join may repeat a row. Grouping makes it one again, with one place in the order.
    grouping = [*pk_fields, fk]
    order = [_rank_term(term, grouping) for term in query._order_by or pk_fields]
    rank = fn.ROW_NUMBER().over(partition_by=[fk], order_by=order).alias("_rn")
    ranked = _bare(narrowed).select(*pk_fields, rank).group_by(*grouping).cte(name)
    # Conditions and joins have done their work inside, unless the selection needs the joined tables.
    rows = fk.model.select() if query._is_default else _bare(query)
    on = reduce(operator.and_, [field == getattr(ranked.c, field.column_name) for field in pk_fields])
    rows = Select.join(rows, ranked, on=on).where(ranked.c._rn <= count)
    return rows.order_by(ranked.c._rn).with_cte(ranked)


def _bare(query: Any) -> Any:
    """Gives the query without order, limits and common table expressions."""
    bare = query.order_by().limit(None).offset(None)
    bare._cte_list = None
    return bare


def _rank_term(term: Any, grouping: list[Any]) -> Any:
    """Gives a term of the order so that it has one value for each group."""
    node = term.node if isinstance(term, Ordering) else term
    node = node.unwrap()
    if isinstance(node, SQL):
        message = "per_parent cannot rank by a SQL() literal, order by a field or expression instead."
        raise ValueError(message)  # noqa: TRY004 - peewee raises it
    if any(node is field for field in grouping):
        return term
    if not isinstance(term, Ordering):
        return fn.MIN(node).asc()
    extreme = fn.MAX(node) if term.direction == "DESC" else fn.MIN(node)
    return Ordering(extreme, term.direction, term.collation, term.nulls)
