"""``SELECT`` on models."""

from __future__ import annotations

from redstart._engine import Cursor, CursorWrapper, Node, SelectPlans, tree
from redstart.constants import JOIN, ROW
from redstart.node.sql import SQL
from redstart.query import join as joining
from redstart.query import lookups
from redstart.query.base import BaseQuery
from redstart.query.compound import CompoundSelectQuery
from redstart.query.model_query import _ModelQueryHelper
from redstart.query.select import Select
from redstart.query.selection import expand, is_model
from redstart.source.join import Join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, NoReturn


class BaseModelSelect(_ModelQueryHelper):
    """A query on a model that reads."""

    model: Any
    _cursor_wrapper: Any
    if TYPE_CHECKING:
        _get_cursor_wrapper: Any

    _load_tree: tuple[Any, ...] = ()

    if not TYPE_CHECKING:
        # The engine runs what it can by itself, and the rest in Python.
        execute = Node._execute_select
        _execute_in_python = BaseQuery.execute
        __iter__ = Node._iterate_rows

    def with_related(self, *loads: Any) -> Any:
        """Gives a copy that loads related rows too, with one query for each relation.

        The queries run after this one, on the same database. Rows that are not instances
        are given alone.

        Args:
            *loads: `Load`, foreign keys or back-references, in place of those it had.

        Raises:
            ValueError: One of them is no relation.
        """
        from redstart.query.load import as_load

        clone = self.clone()  # type: ignore[attr-defined] # a query has it
        clone._load_tree = tuple(map(as_load, loads))
        return clone

    def iterator(self, database: Any = None) -> Iterator[Any]:
        """Gives the rows one by one and keeps none of them.

        Raises:
            ValueError: Related rows are to be loaded, which takes all rows at once.
        """
        if self._load_tree:
            message = "with_related() is incompatible with iterator()."
            raise ValueError(message)
        return super().iterator(database)  # type: ignore[misc,no-any-return] # the query's own

    def _execute(self, database: Any) -> Any:
        rows = self._cursor_wrapper
        if rows is None:
            rows = self._cursor_wrapper = self._get_cursor_wrapper(database.execute(self))
            if self._load_tree and self._gives_instances():
                instances = list(rows)
                for load in self._load_tree:
                    load._run(self, instances, database)
        return rows

    def _gives_instances(self) -> bool:
        row_type = self._row_type or self.default_row_type  # type: ignore[attr-defined] # a query has it
        if row_type == ROW.CONSTRUCTOR:
            return is_model(self._constructor)  # type: ignore[attr-defined] # a query has it
        return bool(row_type == ROW.MODEL)

    def _compound(self, op: str, lhs: Any, rhs: Any) -> Any:
        return ModelCompoundSelectQuery(self.model, lhs, op, rhs)

    def prefetch(self, *subqueries: Any, **kwargs: Any) -> Any:
        """Runs the query and one more for each related model; see `prefetch`."""
        from redstart.query.prefetch import prefetch

        return prefetch(self, *subqueries, **kwargs)

    def get(self, database: Any = None) -> Any:
        """Gives the first row: ``… LIMIT 1 OFFSET 0``.

        Raises:
            DoesNotExist: There is none; the model's own class.
        """
        clone: Any = self.paginate(1, 1)  # type: ignore[attr-defined] # a query has it
        try:
            return clone.execute(database)[0]
        except IndexError:
            clone._raise_missing()

    async def _aget(self, database: Any) -> Any:
        clone: Any = self.paginate(1, 1)  # type: ignore[attr-defined] # a query has it
        try:
            return (await clone._aexecute(database))[0]
        except IndexError:
            clone._raise_missing()

    def _raise_missing(self) -> NoReturn:
        sql, params = self.sql()  # type: ignore[attr-defined] # a query has it
        raise self.model.DoesNotExist(
            f"{self.model} instance matching query does not exist:\nSQL: {sql}\nParams: {params}"
        ) from None

    def get_or_none(self, database: Any = None) -> Any:
        """Gives the first row, or None."""
        try:
            return self.get(database=database)
        except self.model.DoesNotExist:
            return None

    def group_by(self, *columns: Any) -> Any:
        """``GROUP BY``, in place of another grouping; a model stands for its fields."""
        grouping: list[Any] = []
        for column in columns:
            if is_model(column):
                grouping.extend(column._meta.sorted_fields)
            else:
                grouping.append(column)
        return super().group_by(*grouping)  # type: ignore[misc] # the query's own


class ModelCompoundSelectQuery(BaseModelSelect, CompoundSelectQuery):
    """``lhs UNION rhs`` and its kin, on models."""

    def __init__(self, model: Any, *args: Any, **kwargs: Any) -> None:
        """Combines two queries."""
        self.model = model
        super().__init__(*args, **kwargs)


class ModelSelect(BaseModelSelect, Select):
    """``SELECT`` on a model, which knows how models join.

    Attributes:
        model: The model whose instances the rows are.
    """

    def __init__(self, model: Any, fields_or_models: Any, is_default: bool = False) -> None:
        """Selects from a model.

        Args:
            model: The model.
            fields_or_models: What is selected; models stand for their fields.
            is_default: Whether nothing was asked for, so that all fields are selected.
        """
        meta = model._meta
        self.model = self._join_ctx = model
        self._joins: dict[Any, list[Any]] = {}
        self._is_default = is_default
        self._database = meta.database
        self._from_list = [model]
        if fields_or_models is meta.sorted_fields:
            self._returning = fields_or_models
        else:
            self._returning = expand(fields_or_models)

    def select(self, *fields_or_models: Any) -> Any:
        """Selects these in place of others; everything when nothing is given."""
        if fields_or_models or not self._is_default:
            clone = self.clone()
            clone._is_default = False
            clone._returning = expand(fields_or_models)
            return clone
        return self

    columns = select

    def select_extend(self, *columns: Any) -> Any:
        """Selects these too."""
        clone = self.clone()
        clone._is_default = False
        clone._returning = (*clone._returning, *expand(columns))
        return clone

    def switch(self, ctx: Any = None) -> Any:
        """Sets the model that the next join departs from, in place.

        Args:
            ctx: The model; None for the query's own.
        """
        self._join_ctx = self.model if ctx is None else ctx
        return self

    def join(
        self, dest: Any, join_type: str = JOIN.INNER, on: Any = None, src: Any = None, attr: str | None = None
    ) -> Any:
        """``INNER JOIN dest ON on``; the foreign key between the two is the condition if none is given.

        Args:
            dest: The model, alias, table or query that is joined.
            join_type: The kind of join.
            on: The condition, or the foreign key. Its alias names the attribute.
            src: What the join departs from; the last joined model if left out.
            attr: The attribute under which joined instances are found.

        Raises:
            ValueError: There is no foreign key or more than one, or a cross join has a condition.
        """
        src = self._join_ctx if src is None else src
        clone = self.clone()
        if join_type in (JOIN.LATERAL, JOIN.LEFT_LATERAL):
            on = True if on is None else on
        elif join_type != JOIN.CROSS:
            found = joining.infer(src, dest, on, attr)
            on = found.on
            joins = dict(clone._joins)
            joins[src] = [*joins.get(src, ()), (dest, found.attr, found.constructor, join_type)]
            clone._joins = joins
            clone._join_ctx = dest
        elif on is not None:
            message = "Cannot specify on clause with cross join."
            raise ValueError(message)
        if not clone._from_list:
            message = "No sources to join on."
            raise ValueError(message)
        last = clone._from_list[-1]
        clone._from_list = [*clone._from_list[:-1], Join(last, dest, join_type, on)]
        return clone

    def left_outer_join(self, dest: Any, on: Any = None, src: Any = None, attr: str | None = None) -> Any:
        """``LEFT OUTER JOIN dest``; see `join`."""
        return self.join(dest, JOIN.LEFT_OUTER, on, src, attr)

    def join_from(
        self, src: Any, dest: Any, join_type: str = JOIN.INNER, on: Any = None, attr: str | None = None
    ) -> Any:
        """Joins ``dest`` to ``src``; see `join`."""
        return self.join(dest, join_type, on, src, attr)

    def ensure_join(self, lm: Any, rm: Any, on: Any = None, **join_kwargs: Any) -> Any:
        """Joins ``rm`` to ``lm`` unless they are joined already.

        Args:
            lm: The model that is joined to.
            rm: The model that is joined.
            on: The condition.
            **join_kwargs: As for `join`.
        """
        context = self._join_ctx
        if any(dest is rm for dest, *_ in self._joins.get(lm, ())):
            return self
        return self.switch(lm).join(rm, on=on, **join_kwargs).switch(context)

    def convert_dict_to_node(self, qdict: dict[str, Any]) -> tuple[list[Any], list[Any]]:
        """Gives the conditions that lookups stand for, and the foreign keys to join over.

        Args:
            qdict: The lookups.
        """
        return lookups.conditions(self.model, qdict)

    def filter(self, *args: Any, **kwargs: Any) -> Any:
        """Adds the conditions that lookups stand for, and the joins that they need.

        Args:
            *args: Expressions, in which `DQ` stands for lookups.
            **kwargs: Lookups, such as ``user__name__startswith="a"``.
        """
        return lookups.filtered(self, args, kwargs)

    def create_table(self, name: str, safe: bool = True, **meta: Any) -> Any:
        """``CREATE TABLE name AS`` this query."""
        return self.model._schema.create_table_as(name, self, safe, **meta)

    def _get_cursor_wrapper(self, cursor: Any) -> Any:
        # Kept by `model_plan`, for a selection of all fields.
        kept = self.model._meta.__dict__.get("_row_plans")
        if kept is not None and kept[0] is self._returning and type(cursor) is Cursor:
            plan = kept[1].get(self._row_type or self.default_row_type)
            if plan is not None and not self._joins and len(self._from_list) == 1:
                return CursorWrapper(cursor, plan)
        return super()._get_cursor_wrapper(cursor)

    def _projecting_one(self) -> Any:
        return self.select(SQL("1")) if self._is_default else self


SelectPlans.serve(ModelSelect)


class NoopModelSelect(ModelSelect):
    """A query that gives no rows."""

    def _build_tree(self) -> Any:
        database = self._database or self.model._meta.database
        if database is None:
            return tree.sql("SELECT 0 WHERE 0")
        text, params = database.get_noop_select(database.get_sql_context()).query()
        return tree.sql(text, params or None)
