"""Members of an enumeration, stored by their values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from redstart.fields.integer import IntegerField
from redstart.fields.text import CharField

if TYPE_CHECKING:
    import enum


class EnumFieldMixin:
    """What makes a field one of an enumeration's members: they are written by value and read as members."""

    #: The type of the values of the members.
    enum_value_type: ClassVar[type]

    def __init__(self, enum_class: type[enum.Enum], *args: Any, **kwargs: Any) -> None:
        """Makes a field.

        Args:
            enum_class: The enumeration.
            args: Positional arguments of the field.
            kwargs: Its other settings; ``choices`` are the pairs of value and name unless given.

        Raises:
            ValueError: A member's value is of another type than the column.
        """
        for member in enum_class:
            if not isinstance(member.value, self.enum_value_type):
                message = (
                    f"{enum_class.__name__}.{member.name} value {member.value!r} is not {self.enum_value_type.__name__}"
                )
                raise ValueError(message)  # noqa: TRY004 - peewee's exception
        self.enum_class = enum_class
        kwargs.setdefault("choices", [(member.value, member.name) for member in enum_class])
        super().__init__(*args, **kwargs)

    def db_value(self, value: Any) -> Any:
        """Gives the value of a member, which may be given by its value."""
        if value is None:
            return None
        below: Any = super()
        return below.db_value(self.enum_class(value).value)

    def python_value(self, value: Any) -> Any:
        """Gives the member."""
        if value is None:
            return None
        below: Any = super()
        return self.enum_class(below.python_value(value))


class EnumField(EnumFieldMixin, CharField):
    """A member of an enumeration whose values are text: ``VARCHAR(255)``.

    Example:
        >>> import enum
        >>> from redstart import SqliteDatabase
        >>> from redstart.fields import EnumField
        >>> class Color(enum.Enum):
        ...     RED = "r"
        ...     GREEN = "g"
        >>> db = SqliteDatabase(":memory:")
        >>> class Wall(db.Model):
        ...     color = EnumField(Color)
        >>> db.create_tables([Wall])
        >>> wall = Wall.create(color=Color.RED)
        >>> Wall.get(Wall.color == "r").color
        <Color.RED: 'r'>
    """

    enum_value_type = str


class IntEnumField(EnumFieldMixin, IntegerField):
    """A member of an enumeration whose values are whole numbers: ``INTEGER``."""

    enum_value_type = int
