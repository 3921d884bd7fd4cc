"""MySQL and MariaDB: the dialect. The connection comes with the engine's driver for it."""

from __future__ import annotations

from typing import Any, ClassVar

from redstart.database.base import Database
from redstart.exceptions import NotSupportedError

_FORMATS = {
    "year": "%Y-01-01 00:00:00",
    "month": "%Y-%m-01 00:00:00",
    "day": "%Y-%m-%d 00:00:00",
    "hour": "%Y-%m-%d %H:00:00",
    "minute": "%Y-%m-%d %H:%i:00",
    "second": "%Y-%m-%d %H:%i:%S",
}


class MySQLDatabase(Database):
    """A MySQL or MariaDB database. Statements can be built for it; this version cannot connect yet.

    Example:
        >>> from redstart import Model, MySQLDatabase, TextField
        >>> class Note(Model):
        ...     text = TextField()
        ...     class Meta:
        ...         database = MySQLDatabase("app")
        >>> Note.select(Note.text).sql()
        ('SELECT `t1`.`text` FROM `note` AS `t1`', [])
    """

    field_types: ClassVar[dict[str, str]] = {
        "AUTO": "INTEGER AUTO_INCREMENT",
        "BIGAUTO": "BIGINT AUTO_INCREMENT",
        "BOOL": "BOOL",
        "DECIMAL": "NUMERIC",
        "DOUBLE": "DOUBLE PRECISION",
        "FLOAT": "FLOAT",
        "JSON": "JSON",
        "UUID": "VARCHAR(40)",
        "UUIDB": "VARBINARY(16)",
    }
    operations: ClassVar[dict[str, str]] = {
        "LIKE": "LIKE BINARY",
        "ILIKE": "LIKE",
        "REGEXP": "REGEXP BINARY",
        "IREGEXP": "REGEXP",
        "#": "XOR",
    }
    param: ClassVar[str] = "%s"
    quote: ClassVar[str] = "``"
    compound_select_parentheses = 2
    for_update = True
    index_using_precedes_table = True
    limit_max = 18446744073709551615
    safe_create_index = False
    safe_drop_index = False
    use_concat_function = True
    mariadb: Any = False
    sql_mode: ClassVar[Any] = None

    _conflict_style: ClassVar[str] = "mysql"
    _default_values: ClassVar[bool] = False
    _dialect_name: ClassVar[str] = "MySQL"

    def init(self, database: Any, mariadb: bool | None = None, **kwargs: Any) -> None:
        """Says which database it is.

        Args:
            database: Its name, or None.
            mariadb: Whether the server is MariaDB.
            **kwargs: Arguments for the driver.
        """
        if mariadb is not None:
            self.mariadb = mariadb
        kwargs.setdefault("charset", "utf8mb4")
        super().init(database, **kwargs)

    def _connect(self) -> Any:
        raise NotSupportedError("This version of Redstart renders statements for MySQL but has no driver for it yet.")

    def default_values_insert(self, ctx: Any) -> Any:
        """Writes ``() VALUES ()``."""
        return ctx.literal("() VALUES ()")

    def extract_date(self, date_part: str, date_field: Any) -> Any:
        """``EXTRACT(year FROM field)``."""
        from redstart.node import SQL, NodeList, fn

        return fn.EXTRACT(NodeList((SQL(date_part), SQL("FROM"), date_field)))

    def truncate_date(self, date_part: str, date_field: Any) -> Any:
        """``DATE_FORMAT(field, '%Y-%m-01 00:00:00')``."""
        from redstart.fields.date_time import simple_date_time
        from redstart.node import Function

        return Function("DATE_FORMAT", (date_field, _FORMATS[date_part]), python_value=simple_date_time)

    def to_timestamp(self, date_field: Any) -> Any:
        """``UNIX_TIMESTAMP(field)``."""
        from redstart.node import fn

        return fn.UNIX_TIMESTAMP(date_field)

    def from_timestamp(self, date_field: Any) -> Any:
        """``FROM_UNIXTIME(field)``."""
        from redstart.node import fn

        return fn.FROM_UNIXTIME(date_field)

    def random(self) -> Any:
        """``rand()``."""
        from redstart.node import fn

        return fn.rand()

    def get_noop_select(self, ctx: Any) -> Any:
        """Writes a query without rows."""
        return ctx.literal("DO 0")
