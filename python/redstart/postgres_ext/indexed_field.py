"""Fields that have an index unless told otherwise."""

from __future__ import annotations

from typing import Any


class IndexedFieldMixin:
    """A mixin of fields with an index of the type ``GIN``; ``index=False`` declares them without."""

    default_index_type: Any = "GIN"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Declares a column with an index.

        Args:
            *args: The arguments of the field.
            **kwargs: The arguments of the field.
        """
        kwargs.setdefault("index", True)
        super().__init__(*args, **kwargs)
