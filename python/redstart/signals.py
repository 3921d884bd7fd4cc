"""Signals: functions called before and after a model instance is made, saved, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from redstart.model import Model as _Model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Signal:
    """Something that happens, and the functions that want to know.

    Example:
        >>> from redstart.signals import Signal
        >>> cooked = Signal()
        >>> @cooked()
        ... def tell(sender, instance):
        ...     return f"{instance} is ready"
        >>> [result for _, result in cooked.send("soup")]
        ['soup is ready']
    """

    def __init__(self) -> None:
        self._flush()

    def _flush(self) -> None:
        self._receivers: set[tuple[str, Any]] = set()
        self._receiver_list: list[tuple[str, Callable[..., Any], Any]] = []

    def connect(self, receiver: Callable[..., Any], name: str | None = None, sender: Any = None) -> None:
        """Has a function called.

        Args:
            receiver: The function; it gets the model class, the instance, and what the signal adds.
            name: The name that tells it from others; its own by default.
            sender: The model to be told of; any by default.

        Raises:
            ValueError: There is one with this name for this model.
        """
        name = name or receiver.__name__
        key = (name, sender)
        if key in self._receivers:
            raise ValueError(f"receiver named {name} (for sender={sender or 'any'}) already connected")
        self._receivers.add(key)
        self._receiver_list.append((name, receiver, sender))

    def disconnect(self, receiver: Any = None, name: str | None = None, sender: Any = None) -> None:
        """Has a function not called any more.

        Args:
            receiver: The function.
            name: The name it was connected under.
            sender: The model it was connected for.

        Raises:
            ValueError: There is none, or neither it nor its name was given.
        """
        if receiver:
            name = name or receiver.__name__
        if not name:
            raise ValueError("a receiver or a name must be provided")
        key = (name, sender)
        if key not in self._receivers:
            raise ValueError(f"receiver named {name} for sender={sender or 'any'} not found.")
        self._receivers.remove(key)
        self._receiver_list = [each for each in self._receiver_list if (each[0], each[2]) != key]

    def __call__(self, name: str | None = None, sender: Any = None) -> Callable[[Any], Any]:
        """Decorates a function to have it called."""

        def decorator(fn: Any) -> Any:
            self.connect(fn, name, sender)
            return fn

        return decorator

    def send(self, instance: Any, *args: Any, **kwargs: Any) -> list[tuple[Any, Any]]:
        """Calls the functions.

        Args:
            instance: The model instance that it happened to.
            *args: What else they get.
            **kwargs: What else they get.

        Returns:
            Pairs of function and result.
        """
        sender = type(instance)
        return [
            (receiver, receiver(sender, instance, *args, **kwargs))
            for _, receiver, wanted in self._receiver_list
            if wanted is None or isinstance(instance, wanted)
        ]


#: Sent when an instance was made, by hand or from a row.
pre_init = Signal()
#: Sent before and after an instance is saved, with ``created``.
pre_save = Signal()
post_save = Signal()
#: Sent before and after an instance is deleted.
pre_delete = Signal()
post_delete = Signal()


class Model(_Model):
    """A model that sends the signals."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Takes values by field's name, and sends ``pre_init``."""
        super().__init__(*args, **kwargs)
        pre_init.send(self)

    def save(self, force_insert: bool = False, only: Iterable[Any] | None = None) -> Any:
        """Writes the instance, and sends ``pre_save`` and ``post_save``."""
        pk_value = self._pk if self._meta.primary_key is not False else True
        created = force_insert or not bool(pk_value)
        pre_save.send(self, created=created)
        result = super().save(force_insert, only)
        post_save.send(self, created=created)
        return result

    def delete_instance(self, *args: Any, **kwargs: Any) -> int:
        """Deletes the row, and sends ``pre_delete`` and ``post_delete``."""
        pre_delete.send(self)
        result = super().delete_instance(*args, **kwargs)
        post_delete.send(self)
        return result


__all__ = [
    "Model",
    "Signal",
    "post_delete",
    "post_save",
    "pre_delete",
    "pre_init",
    "pre_save",
]
