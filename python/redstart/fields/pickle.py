"""Python objects, pickled."""

from __future__ import annotations

from typing import Any

from redstart.fields.blob import BlobField


class PickleField(BlobField):
    """An object of any kind that can be pickled: ``BLOB``.

    Reading runs what the bytes say: keep it away from data that strangers can write.

    Example:
        >>> from redstart import SqliteDatabase
        >>> from redstart.fields import PickleField
        >>> db = SqliteDatabase(":memory:")
        >>> class Job(db.Model):
        ...     arguments = PickleField()
        >>> db.create_tables([Job])
        >>> job = Job.create(arguments={"to": ("huey", 3)})
        >>> Job.get().arguments
        {'to': ('huey', 3)}
    """

    def db_value(self, value: Any) -> Any:
        """Gives the object's pickle."""
        # Loaded here: who pickles nothing shall not wait for it.
        import pickle

        return None if value is None else super().db_value(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))

    def python_value(self, value: Any) -> Any:
        """Gives the object."""
        import pickle  # As above.

        return None if value is None else pickle.loads(value)  # noqa: S301 - the class's documentation warns
