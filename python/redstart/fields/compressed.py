"""Compressed bytes."""

from __future__ import annotations

import importlib
from typing import Any

from redstart.fields.blob import BlobField


class CompressedField(BlobField):
    """Bytes that are stored compressed: ``BLOB``. Text is stored as UTF-8 and read as bytes.

    Example:
        >>> from redstart import SqliteDatabase
        >>> from redstart.fields import CompressedField
        >>> db = SqliteDatabase(":memory:")
        >>> class Page(db.Model):
        ...     body = CompressedField()
        >>> db.create_tables([Page])
        >>> page = Page.create(body="hello " * 1000)
        >>> len(Page.get().body)
        6000
        >>> [(stored,)] = db.execute_sql("select length(body) from page")
        >>> stored < 100
        True
    """

    ZLIB = "zlib"
    BZ2 = "bz2"

    def __init__(self, compression_level: int = 6, algorithm: str = "zlib", *args: Any, **kwargs: Any) -> None:
        """Makes a field.

        Args:
            compression_level: From 1, quick, to 9, small.
            algorithm: ``zlib`` or ``bz2``.
            args: Positional arguments of a field.
            kwargs: Its other settings.

        Raises:
            ValueError: The algorithm is another one.
        """
        if algorithm not in (self.ZLIB, self.BZ2):
            message = f"Unrecognized algorithm {algorithm}"
            raise ValueError(message)
        self.compression_level = compression_level
        # An algorithm has its module's name. It is loaded here: who compresses nothing shall not wait for it.
        module: Any = importlib.import_module(algorithm)
        self.compress: Any = module.compress
        self.decompress: Any = module.decompress
        super().__init__(*args, **kwargs)

    def db_value(self, value: Any) -> Any:
        """Gives the compressed bytes."""
        if value is None:
            return None
        data = value.encode("utf-8") if isinstance(value, str) else value
        return super().db_value(self.compress(data, self.compression_level))

    def python_value(self, value: Any) -> Any:
        """Gives the bytes."""
        return None if value is None else self.decompress(value)
