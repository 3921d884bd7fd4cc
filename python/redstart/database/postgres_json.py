"""JSON documents on their way to PostgreSQL: what stands among a statement's parameters.

How documents are read and queried stands with the fields.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable


class Json:
    """A parameter of the type ``json``.

    The text is made when the statement is sent; a value that has no JSON form fails there.

    Attributes:
        obj: The value.

    Example:
        >>> from redstart.database.postgres_json import Json, Jsonb
        >>> Jsonb({"a": [1]})
        Jsonb({'a': [1]})
        >>> Jsonb({"a": [1]}) == Jsonb({"a": [1]}), Jsonb(1) == Json(1)
        (True, False)
    """

    __slots__ = ("_dumps", "obj")

    #: The number of the type in PostgreSQL's catalogue.
    type_oid: ClassVar[int] = 114

    def __init__(self, obj: Any, dumps: Callable[[Any], str] | None = None) -> None:
        """Takes a value.

        Args:
            obj: The value.
            dumps: Writes it as text; ``json.dumps`` by default.
        """
        self.obj = obj
        self._dumps = dumps or json.dumps

    def text(self) -> str:
        """Gives the document as text.

        Raises:
            TypeError: The value has no JSON form.
        """
        return self._dumps(self.obj)

    def __pg_value__(self) -> tuple[int, str]:
        """Gives the type and the text, for the driver."""
        return self.type_oid, self.text()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Json):
            return NotImplemented
        return self.type_oid == other.type_oid and self.text() == other.text()

    def __hash__(self) -> int:
        return hash((self.type_oid, self.text()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.obj!r})"


class Jsonb(Json):
    """A parameter of the type ``jsonb``."""

    __slots__ = ()

    type_oid: ClassVar[int] = 3802
