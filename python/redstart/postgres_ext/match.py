"""Full-text search: the query functions and the field of prepared documents."""

from __future__ import annotations

from typing import Any

from redstart._engine import Expression
from redstart.fields import TextField
from redstart.node import fn
from redstart.postgres_ext.indexed_field import IndexedFieldMixin
from redstart.postgres_ext.operators import TS_MATCH


def Match(  # noqa: N802 - peewee's name
    field: Any, query: Any, language: str | None = None, plain: bool = False, websearch: bool = False
) -> Any:
    """``to_tsvector(language, field) @@ to_tsquery(language, query)``.

    Args:
        field: The text to search in.
        query: What to search for: ``"cat & dog"``.
        language: The configuration; the server's by default.
        plain: Read the query as plain words, by ``plainto_tsquery``.
        websearch: Read it as search engines do, by ``websearch_to_tsquery``.

    Raises:
        ValueError: Both ways of reading the query are asked for.

    Example:
        >>> from redstart import TextField
        >>> from redstart.postgres_ext import Match, PostgresqlExtDatabase
        >>> db = PostgresqlExtDatabase("app")
        >>> class Note(db.Model):
        ...     text = TextField()
        >>> Note.select(Note.text).where(Match(Note.text, "cat & dog")).sql()[0]
        'SELECT "t1"."text" FROM "note" AS "t1" WHERE (to_tsvector("t1"."text") @@ to_tsquery(%s))'
    """
    document = fn.to_tsvector(field) if language is None else fn.to_tsvector(language, field)
    return Expression(document, TS_MATCH, _query(query, language, plain, websearch))


class TSVectorField(IndexedFieldMixin, TextField):
    """A document prepared for searches: ``TSVECTOR``.

    Example:
        >>> from redstart import fn
        >>> from redstart.postgres_ext import PostgresqlExtDatabase, TSVectorField
        >>> db = PostgresqlExtDatabase("app")
        >>> class Note(db.Model):
        ...     words = TSVectorField()
        >>> Note.insert(words=fn.to_tsvector("a cat")).sql()
        ('INSERT INTO "note" ("words") VALUES (to_tsvector(%s)) RETURNING "note"."id"', ['a cat'])
    """

    field_type = "TSVECTOR"

    def match(self, query: Any, language: str | None = None, plain: bool = False, websearch: bool = False) -> Any:
        """``field @@ to_tsquery(language, query)``.

        Args:
            query: What to search for.
            language: The configuration; the server's by default.
            plain: Read the query as plain words, by ``plainto_tsquery``.
            websearch: Read it as search engines do, by ``websearch_to_tsquery``.

        Raises:
            ValueError: Both ways of reading the query are asked for.
        """
        return Expression(self, TS_MATCH, _query(query, language, plain, websearch))


def _query(query: Any, language: str | None, plain: bool, websearch: bool) -> Any:
    if plain and websearch:
        raise ValueError('"plain" and "websearch" are mutually exclusive.')
    function = fn.plainto_tsquery if plain else fn.websearch_to_tsquery if websearch else fn.to_tsquery
    return function(query) if language is None else function(language, query)
