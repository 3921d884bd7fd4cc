"""Placeholders for what is chosen later, above all for a database."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Proxy:
    """Stands for an object that is not known yet.

    Example:
        >>> from redstart import Proxy
        >>> proxy = Proxy()
        >>> proxy.initialize("text")
        >>> proxy.upper()
        'TEXT'
    """

    __slots__ = ("_callbacks", "obj")

    obj: Any
    _callbacks: list[Callable[[Any], None]]

    def __init__(self) -> None:
        self._set("_callbacks", [])
        self._set("obj", None)

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def initialize(self, obj: Any) -> None:
        """Says which object it stands for, and calls the callbacks.

        Args:
            obj: The object.
        """
        self._set("obj", obj)
        for callback in self._callbacks:
            callback(obj)

    def attach_callback(self, callback: Callable[[Any], None]) -> Callable[[Any], None]:
        """Has a function called with the object, each time it is known.

        Args:
            callback: The function.
        """
        self._callbacks.append(callback)
        return callback

    @staticmethod
    def passthrough(method: str) -> Any:
        """Makes a special method that is the object's own.

        Args:
            method: The method's name.
        """

        def call(self: Proxy, *args: Any, **kwargs: Any) -> Any:
            if self.obj is None:
                raise AttributeError("Cannot use uninitialized Proxy.")
            return getattr(self.obj, method)(*args, **kwargs)

        return call

    def __enter__(self) -> Any:
        return self._initialized().__enter__()

    def __exit__(self, *error: object) -> Any:
        return self._initialized().__exit__(*error)

    def __getattr__(self, attr: str) -> Any:
        return getattr(self._initialized(), attr)

    def __setattr__(self, attr: str, value: Any) -> None:
        raise AttributeError("Cannot set attribute on proxy.")

    def __bool__(self) -> bool:
        return True

    def _initialized(self) -> Any:
        if self.obj is None:
            raise AttributeError("Cannot use uninitialized Proxy.")
        return self.obj
