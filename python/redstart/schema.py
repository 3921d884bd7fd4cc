"""The making and dropping of a model's table, indexes, sequences and constraints.

Statements are built of nodes in a context, so that a field's own ``ddl`` has its say,
and are run by the model's database.
"""

from __future__ import annotations

from redstart.constants import SCOPE_VALUES
from redstart.exceptions import ImproperlyConfigured
from redstart.fields.foreign_key import ForeignKeyField
from redstart.index import Index
from redstart.node.value_literals import ValueLiterals

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from redstart.model import Model


class SchemaManager:
    """Creates and drops what a model needs in its database.

    Example:
        >>> from redstart import CharField, Model, SqliteDatabase
        >>> class User(Model):
        ...     name = CharField(unique=True)
        ...     class Meta:
        ...         database = SqliteDatabase(":memory:")
        >>> sql, params = User._schema._create_table().query()
        >>> sql[:42]
        'CREATE TABLE IF NOT EXISTS "user" ("id" IN'
    """

    def __init__(self, model: type[Model], database: Any = None, **context_options: Any) -> None:
        """Takes a model.

        Args:
            model: The model class.
            database: The database, if not the model's.
            **context_options: Settings of the context in which statements are rendered.
        """
        self.model: Any = model
        self._database = database
        context_options.setdefault("scope", SCOPE_VALUES)
        self.context_options = context_options

    @property
    def database(self) -> Any:
        """The database in which things are made.

        Raises:
            ImproperlyConfigured: The model has none.
        """
        database = self._database or self.model._meta.database
        if database is None:
            raise ImproperlyConfigured(
                f"database attribute does not appear to be set on the model: {self.model}",
            )
        return database

    @database.setter
    def database(self, value: Any) -> None:
        self._database = value

    def _create_context(self) -> Any:
        return self.database.get_sql_context(**self.context_options)

    def _create_table(self, safe: bool = True, **options: Any) -> Any:
        from redstart.node import SQL, EnclosedNodeList, Entity

        meta = self.model._meta
        ctx = self._create_context()
        temporary = options.pop("temporary", False)
        ctx.literal("CREATE TEMPORARY TABLE " if temporary else "CREATE TABLE ")
        if safe:
            ctx.literal("IF NOT EXISTS ")
        ctx.sql(meta.entity).literal(" ")

        columns: list[Any] = []
        constraints: list[Any] = []
        if meta.composite_key:
            key = [Entity(meta.fields[name].column_name) for name in meta.primary_key.field_names]
            constraints.append(_list((SQL("PRIMARY KEY"), EnclosedNodeList(key))))
        for field in meta.sorted_fields:
            columns.append(field.ddl(ctx))
            if isinstance(field, ForeignKeyField) and not field.deferred:
                constraints.append(field.foreign_key_constraint())
        constraints.extend(meta.constraints or ())
        constraints.extend(self._create_table_option_sql(options))
        ctx.sql(EnclosedNodeList([*columns, *constraints]))

        settings = meta.table_settings
        if settings is not None:
            for setting in settings if isinstance(settings, (list, tuple)) else [settings]:
                if not isinstance(setting, str):
                    raise ValueError("table_settings must be strings")  # noqa: TRY004 - peewee's class
                ctx.literal(" ").literal(setting)
        extra = [
            text for wanted, text in ((meta.strict_tables, "STRICT"), (meta.without_rowid, "WITHOUT ROWID")) if wanted
        ]
        if extra:
            ctx.literal(" ").literal(", ".join(extra))
        return ctx

    def _create_table_option_sql(self, options: dict[str, Any]) -> list[Any]:
        from redstart.node import SQL

        merged = {**(self.model._meta.options or {}), **options}
        parts = []
        for key, value in sorted(merged.items()):
            if not isinstance(value, str) and hasattr(value, "__sql__"):
                parts.append(_list((SQL(key), value), glue="="))
            else:
                parts.append(_list((SQL(key), SQL(str(value))), glue="="))
        return parts

    def create_table(self, safe: bool = True, **options: Any) -> None:
        """Creates the table.

        Args:
            safe: Whether an existing table is no error.
            **options: ``temporary``, and options that stand in the statement as ``key=value``.
        """
        self.database.execute(self._create_table(safe=safe, **options))

    def _create_table_as(self, table_name: Any, query: Any, safe: bool = True, **meta: Any) -> Any:
        from redstart.node import Entity

        ctx = self._create_context()
        ctx.literal("CREATE TEMPORARY TABLE " if meta.get("temporary") else "CREATE TABLE ")
        if safe:
            ctx.literal("IF NOT EXISTS ")
        name = Entity(table_name) if isinstance(table_name, str) else Entity(*table_name)
        return ctx.sql(name).literal(" AS ").sql(query)

    def create_table_as(self, table_name: str, query: Any, safe: bool = True, **meta: Any) -> None:
        """Creates a table of a query's rows.

        Args:
            table_name: The new table's name.
            query: The query.
            safe: Whether an existing table is no error.
            **meta: ``temporary``: whether the table goes with the connection.
        """
        ctx = self._create_table_as(table_name, query, safe=safe, **meta)
        self.database.execute(ctx)

    def _drop_table(self, safe: bool = True, **options: Any) -> Any:
        ctx = self._create_context().literal("DROP TABLE IF EXISTS " if safe else "DROP TABLE ")
        ctx = ctx.sql(self.model._meta.entity)
        if options.get("cascade"):
            ctx = ctx.literal(" CASCADE")
        elif options.get("restrict"):
            ctx = ctx.literal(" RESTRICT")
        return ctx

    def drop_table(self, safe: bool = True, **options: Any) -> None:
        """Drops the table.

        Args:
            safe: Whether a missing table is no error.
            **options: ``cascade`` or ``restrict``, where the database has them.
        """
        self.database.execute(self._drop_table(safe=safe, **options))

    def _truncate_table(self, restart_identity: bool = False, cascade: bool = False) -> Any:
        database = self.database
        entity = self.model._meta.entity
        if not database.truncate_table:
            return self._create_context().literal("DELETE FROM ").sql(entity)
        ctx = self._create_context().literal("TRUNCATE TABLE ").sql(entity)
        if restart_identity:
            ctx = ctx.literal(" RESTART IDENTITY")
        if cascade:
            ctx = ctx.literal(" CASCADE")
        return ctx

    def truncate_table(self, restart_identity: bool = False, cascade: bool = False) -> None:
        """Empties the table.

        Args:
            restart_identity: Whether its sequences start again (PostgreSQL).
            cascade: Whether tables that refer to it are emptied too (PostgreSQL).
        """
        self.database.execute(self._truncate_table(restart_identity, cascade))

    def _create_indexes(self, safe: bool = True) -> list[Any]:
        return [self._create_index(index, safe) for index in self.model._meta.fields_to_index()]

    def _create_index(self, index: Any, safe: bool = True) -> Any:
        if isinstance(index, Index):
            index = index.safe(safe and self.database.safe_create_index)
        if self.database.index_value_literals:
            index = ValueLiterals(index)
        return self._create_context().sql(index)

    def create_indexes(self, safe: bool = True) -> None:
        """Creates the indexes.

        Args:
            safe: Whether existing ones are no error.
        """
        for query in self._create_indexes(safe=safe):
            self.database.execute(query)

    def _drop_indexes(self, safe: bool = True) -> list[Any]:
        indexes = self.model._meta.fields_to_index()
        return [self._drop_index(index, safe) for index in indexes if isinstance(index, Index)]

    def _drop_index(self, index: Any, safe: bool) -> Any:
        from redstart.node import Entity

        meta, database = self.model._meta, self.database
        statement = "DROP INDEX IF EXISTS " if safe and database.safe_drop_index else "DROP INDEX "
        # Only MySQL has no IF EXISTS for indexes, and wants the table's name instead of the schema's.
        of_table = not database.safe_drop_index
        name = Entity(meta.schema, index._name) if meta.schema and not of_table else Entity(index._name)
        ctx = self._create_context().literal(statement).sql(name)
        if of_table:
            ctx = ctx.literal(" ON ").sql(meta.entity)
        return ctx

    def drop_indexes(self, safe: bool = True) -> None:
        """Drops the indexes.

        Args:
            safe: Whether missing ones are no error.
        """
        for query in self._drop_indexes(safe=safe):
            self.database.execute(query)

    def drop_index(self, field: Any = None, index: Any = None, safe: bool = True) -> None:
        """Drops one index.

        Args:
            field: The field that has it.
            index: The index itself, or the names of its fields.
            safe: Whether a missing one is no error.

        Raises:
            ValueError: Neither was given, or the model has no such index.
        """
        self.database.execute(self._drop_index(self._find_index(field, index), safe))

    def _find_index(self, field: Any, index: Any) -> Any:
        if index is not None and isinstance(index, Index):
            return index
        meta = self.model._meta
        wanted = index if index is not None else ((field,) if field is not None else None)
        if wanted is None:
            raise ValueError("Must specify either field or index to drop.")
        fields = [meta.combined[part] if isinstance(part, str) else part for part in wanted]
        for known in meta.fields_to_index():
            if isinstance(known, Index) and [id(each) for each in known._expressions] == [id(each) for each in fields]:
                return known
        raise ValueError(f"{self.model} has no index on {', '.join(each.name for each in fields)}.")

    def _check_sequences(self, field: Any) -> None:
        if not field.sequence or not self.database.sequences:
            raise ValueError(f'Sequences are either not supported, or are not defined for "{field.name}".')

    def _sequence_for_field(self, field: Any) -> Any:
        from redstart.node import Entity

        schema = self.model._meta.schema
        return Entity(schema, field.sequence) if schema else Entity(field.sequence)

    def _create_sequence(self, field: Any) -> Any:
        self._check_sequences(field)
        if self.database.sequence_exists(field.sequence):
            return None
        return self._create_context().literal("CREATE SEQUENCE ").sql(self._sequence_for_field(field))

    def create_sequence(self, field: Any) -> None:
        """Creates a field's sequence, unless it exists.

        Raises:
            ValueError: The field has none, or the database has no sequences.
        """
        ctx = self._create_sequence(field)
        if ctx is not None:
            self.database.execute(ctx)

    def create_sequences(self) -> None:
        """Creates the sequences of all fields, where the database has sequences."""
        if self.database.sequences:
            for field in self.model._meta.sorted_fields:
                if field.sequence:
                    self.create_sequence(field)

    def _drop_sequence(self, field: Any) -> Any:
        self._check_sequences(field)
        if not self.database.sequence_exists(field.sequence):
            return None
        return self._create_context().literal("DROP SEQUENCE ").sql(self._sequence_for_field(field))

    def drop_sequence(self, field: Any) -> None:
        """Drops a field's sequence, if it exists.

        Raises:
            ValueError: The field has none, or the database has no sequences.
        """
        ctx = self._drop_sequence(field)
        if ctx is not None:
            self.database.execute(ctx)

    def drop_sequences(self) -> None:
        """Drops the sequences of all fields, where the database has sequences."""
        if self.database.sequences:
            for field in self.model._meta.sorted_fields:
                if field.sequence:
                    self.drop_sequence(field)

    def _create_foreign_key(self, field: Any) -> Any:
        ctx = self._create_context().literal("ALTER TABLE ").sql(self.model._meta.entity)
        return ctx.literal(" ADD ").sql(field.foreign_key_constraint(explicit_name=True))

    def create_foreign_key(self, field: Any) -> None:
        """Adds the constraint of a foreign key to an existing table.

        Args:
            field: The key.
        """
        self.database.execute(self._create_foreign_key(field))

    def create_all(self, safe: bool = True, **table_options: Any) -> None:
        """Creates the sequences, the table and the indexes.

        Args:
            safe: Whether existing ones are no error.
            **table_options: As for ``create_table``.
        """
        self.create_sequences()
        self.create_table(safe, **table_options)
        self.create_indexes(safe=safe)

    def drop_all(self, safe: bool = True, drop_sequences: bool = True, **options: Any) -> None:
        """Drops the table, and the sequences.

        Args:
            safe: Whether a missing table is no error.
            drop_sequences: Whether to drop the sequences too.
            **options: As for ``drop_table``.
        """
        self.drop_table(safe, **options)
        if drop_sequences:
            self.drop_sequences()


def _list(nodes: Any, glue: str = " ") -> Any:
    from redstart.node import NodeList

    return NodeList(nodes, glue)
