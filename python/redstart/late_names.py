"""Names of a package that are loaded when they are first asked for (PEP 562).

A program pays at its start for the parts that it uses. Type checkers read the imports under ``TYPE_CHECKING``,
which stand beside each table; a test compares the two.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType
    from typing import Any


def late_names(
    package: str, homes: Mapping[str, tuple[str, ...]], beside: ModuleType | None = None
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Makes the functions ``__getattr__`` and ``__dir__`` of a package.

    Args:
        package: The package's name.
        homes: Which names each module gives to the package.
        beside: A module whose public names the package has as well.
    """
    home_of = {name: home for home, names in homes.items() for name in names}
    loaded = sys.modules[package].__dict__

    def __getattr__(name: str) -> Any:  # noqa: N807 - the language's name
        home = home_of.get(name)
        if home is None and beside is not None and not name.startswith("_") and hasattr(beside, name):
            return getattr(beside, name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name, obj=sys.modules[package])
        value = loaded[name] = getattr(__import__(home, fromlist=(name,)), name)
        return value

    def __dir__() -> list[str]:  # noqa: N807 - the language's name
        return sorted({*loaded, *home_of, *(beside.__all__ if beside else ())})

    return __getattr__, __dir__
