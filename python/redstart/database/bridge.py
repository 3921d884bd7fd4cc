"""The errors of those who use a database asynchronously in a way that it cannot be used."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class MissingGreenletBridge(RuntimeError):  # noqa: N818 - peewee's name
    """A statement was about to block the event loop of a task that uses the database asynchronously.

    Redstart needs no greenlet; the name is the one that programs catch.
    """


def blocked(what: Any) -> MissingGreenletBridge:
    """Gives the error for a statement or an operation.

    Args:
        what: The SQL, or a few words.
    """
    return MissingGreenletBridge(
        f"{what} would block the event loop: this task uses the database asynchronously. Await the method's "
        "asynchronous twin (aexecute(), acreate(), asave(), afetch(), aconnect() ...), write 'async with' for the "
        "database and its blocks, or run the function by 'await db.run(function)'."
    )


def lazy_load(field: Any, error: MissingGreenletBridge) -> MissingGreenletBridge:
    """Gives the error for the reading of a relation that is not loaded.

    Args:
        field: The foreign key.
        error: What its query raised.
    """
    name = f"{field.model.__name__}.{field.name}"
    return MissingGreenletBridge(
        f"reading {name} runs a query, which would block the event loop. Select the related model together with this "
        f"one (join), or load it first: 'await row.afetch({name})'; within 'await db.run(function)' it loads by "
        f"itself. ({error})"
    )


def lazy_rows(name: str, error: MissingGreenletBridge) -> MissingGreenletBridge:
    """Gives the error for the reading of a back-reference whose rows are not loaded.

    Args:
        name: The back-reference.
        error: What its query raised.
    """
    return MissingGreenletBridge(
        f"reading {name} runs a query, which would block the event loop. Load its rows together with the others "
        f"('await db.aprefetch(...)'); within 'await db.run(function)' they load by themselves. ({error})"
    )


def no_query(method: str, given: Any) -> TypeError:
    """Gives the error for what is given in place of a query.

    Args:
        method: The method that takes a query.
        given: What was given.
    """
    hint = "a statement as text is for aexecute_sql()" if isinstance(given, str) else "such as Model.select()"
    what = f"the class {given.__name__}" if isinstance(given, type) else type(given).__name__
    return TypeError(f"{method}() takes a query, not {what}: {hint}.")
