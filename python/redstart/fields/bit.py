"""Flags: one integer that holds several, and a blob that holds any number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart._engine import ColumnBase, FieldAccessor
from redstart.constants import OP
from redstart.fields.blob import BlobField
from redstart.fields.integer import BigIntegerField

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redstart.model import Model


class BitwiseMixin:
    """Operators that work on bits where columns have logic: ``&``, ``|``, ``-``, ``~``."""

    def __and__(self, other: Any) -> Any:
        return self.bin_and(other)  # type: ignore[attr-defined]  # the column beside the mixin has it

    def __or__(self, other: Any) -> Any:
        return self.bin_or(other)  # type: ignore[attr-defined]  # the column beside the mixin has it

    def __sub__(self, other: Any) -> Any:
        """Clears the bits that are set in ``other``."""
        return self.bin_and(_bitwise_negated(other))  # type: ignore[attr-defined]  # the column has it

    def __invert__(self) -> Any:
        return _bitwise_negated(self)


class BitField(BitwiseMixin, BigIntegerField):
    """An integer of flags.

    Example:
        >>> from redstart import BitField, Model
        >>> class Post(Model):
        ...     flags = BitField()
        ...     is_sticky = flags.flag(1)
        ...     is_draft = flags.flag(2)
        >>> post = Post(is_draft=True)
        >>> post.is_sticky, post.is_draft, post.flags
        (False, True, 2)
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Takes the arguments of ``Field``; the default is 0."""
        kwargs.setdefault("default", 0)
        super().__init__(*args, **kwargs)
        self._next_flag = 1

    def flag(self, value: int | None = None) -> Flag:
        """Gives a flag of this field, to be an attribute of the same model.

        Args:
            value: The flag's bit as a number; twice the previous one's by default.
        """
        if value is None:
            value = self._next_flag
            self._next_flag <<= 1
        else:
            self._next_flag = value << 1
        return Flag(self, value)


class Flag(ColumnBase):
    """One flag: a truth value on instances, a condition on the class."""

    def __init__(self, field: BitField, value: int) -> None:
        """Names the bit of a field.

        Args:
            field: The field that holds the flag.
            value: The bit as a number.
        """
        super().__init__()
        self._field = field
        self._value = value
        self._name: str | None = None

    def __set_name__(self, owner: type[Model], name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, instance_type: type | None = None) -> Any:
        if instance is None:
            # A subclass of the model has its own copy of the field.
            field = self._field
            meta: Any = getattr(instance_type, "_meta", None)
            if meta is not None:
                field = meta.fields.get(field.name, field)
            return self if field is self._field else Flag(field, self._value)
        value = getattr(instance, self._field.name) or 0
        return (value & self._value) != 0

    def __set__(self, instance: Any, is_set: Any) -> None:
        if is_set not in (True, False):
            raise ValueError("Value must be either True or False")
        name = self._field.name
        value = getattr(instance, name) or 0
        setattr(instance, name, value | self._value if is_set else value & ~self._value)

    def set(self) -> Any:
        """Gives the expression that sets the flag, for ``UPDATE``."""
        return self._field.bin_or(self._value)

    def clear(self) -> Any:
        """Gives the expression that clears the flag, for ``UPDATE``."""
        return self._field.bin_and(~self._value)

    def _build_tree(self) -> Any:
        from redstart._engine import Expression

        lhs = self._field.bin_and(self._value)
        return Expression(lhs, OP.NE, 0)._tree()


class BigBitFieldData:
    """The bits of a ``BigBitField`` of one instance, as a live view on its bytes."""

    def __init__(self, instance: Any, name: str) -> None:
        """Takes hold of an instance's bytes.

        Args:
            instance: The model instance.
            name: The field's name.
        """
        self.instance = instance
        self.name = name
        value = instance.__data__.get(name)
        if not isinstance(value, bytearray):
            value = bytearray() if value is None else bytearray(value)
            instance.__data__[name] = value
        self._buffer: bytearray = value

    def clear(self) -> None:
        """Clears all bits and drops the bytes."""
        self._buffer.clear()

    def set_bit(self, idx: int) -> None:
        """Sets a bit."""
        byte, offset = self._place(idx)
        self._buffer[byte] |= 1 << offset

    def clear_bit(self, idx: int) -> None:
        """Clears a bit."""
        byte, offset = self._place(idx)
        self._buffer[byte] &= ~(1 << offset)

    def toggle_bit(self, idx: int) -> bool:
        """Turns a bit over and tells whether it is set now."""
        byte, offset = self._place(idx)
        self._buffer[byte] ^= 1 << offset
        return bool(self._buffer[byte] & (1 << offset))

    def is_set(self, idx: int) -> bool:
        """Tells whether a bit is set."""
        byte, offset = self._place(idx)
        return bool(self._buffer[byte] & (1 << offset))

    def _place(self, idx: int) -> tuple[int, int]:
        """Gives the byte and the bit within it; the bytes grow to hold it."""
        byte, offset = divmod(idx, 8)
        missing = byte + 1 - len(self._buffer)
        if missing > 0:
            self._buffer.extend(bytes(missing))
        return byte, offset

    __getitem__ = is_set

    def __setitem__(self, item: int, value: Any) -> None:
        if value:
            self.set_bit(item)
        else:
            self.clear_bit(item)

    __delitem__ = clear_bit

    def __len__(self) -> int:
        return len(self._buffer)

    def _combined(self, other: Any, how: Any) -> bytearray:
        theirs = other._buffer if isinstance(other, BigBitFieldData) else other
        if not isinstance(theirs, (bytes, bytearray, memoryview)):
            raise ValueError("Incompatible data-type")  # noqa: TRY004 - peewee's class
        ours, theirs = bytes(self._buffer), bytes(theirs)
        width = max(len(ours), len(theirs))
        pairs = zip(ours.ljust(width, b"\0"), theirs.ljust(width, b"\0"), strict=True)
        return bytearray(how(a, b) for a, b in pairs)

    def __and__(self, other: Any) -> bytearray:
        return self._combined(other, lambda a, b: a & b)

    def __or__(self, other: Any) -> bytearray:
        return self._combined(other, lambda a, b: a | b)

    def __xor__(self, other: Any) -> bytearray:
        return self._combined(other, lambda a, b: a ^ b)

    def __iter__(self) -> Iterator[int]:
        for byte in self._buffer:
            for offset in range(8):
                yield 1 if byte & (1 << offset) else 0

    def __repr__(self) -> str:
        return repr(self._buffer)

    def __bytes__(self) -> bytes:
        return bytes(self._buffer)


class BigBitFieldAccessor(FieldAccessor):
    """The attribute of a ``BigBitField``: its bits on instances, the field on the class."""

    def __get__(self, instance: Any, instance_type: type | None = None) -> Any:
        """Gives the bits, or the field."""
        if instance is None:
            return self.field
        return BigBitFieldData(instance, self.name)

    def __set__(self, instance: Any, value: Any) -> None:
        """Takes bytes, text, or the bits of another field."""
        if isinstance(value, memoryview):
            value = value.tobytes()
        elif isinstance(value, bytearray):
            value = bytes(value)
        elif isinstance(value, BigBitFieldData):
            value = bytes(value._buffer)
        elif isinstance(value, str):
            value = value.encode("utf-8")
        elif value is not None and not isinstance(value, bytes):
            raise ValueError("Value must be either a bytes, memoryview or BigBitFieldData instance.")
        super().__set__(instance, value)


class BigBitField(BlobField):
    """A blob of flags.

    Example:
        >>> from redstart import BigBitField, Model
        >>> class Bitmap(Model):
        ...     data = BigBitField()
        >>> bitmap = Bitmap()
        >>> bitmap.data.set_bit(63)
        >>> bitmap.data.is_set(63), bitmap.data.is_set(62), len(bitmap.data)
        (True, False, 8)
    """

    accessor_class = BigBitFieldAccessor
    _read_kind = "host"
    _write_kind = "host"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Takes the arguments of ``Field``; the default is no bytes."""
        kwargs.setdefault("default", bytes)
        super().__init__(*args, **kwargs)

    def db_value(self, value: Any) -> Any:
        """Gives the bytes behind the bits."""
        if isinstance(value, BigBitFieldData):
            value = value._buffer
        return bytes(value) if value is not None else value


def _bitwise_negated(node: Any) -> Any:
    from redstart.node import BitwiseNegated  # loaded after the fields

    return BitwiseNegated(node)
