"""Standing in for peewee: from then on ``import peewee`` and ``import playhouse.X`` give Redstart's modules."""

from __future__ import annotations

import importlib.util
import sys
import types
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.abc import Loader
else:
    Loader = object  # finders are known by their methods; the module of their bases is slow to import

#: The version of peewee whose API this is; what ``peewee.__version__`` says.
PEEWEE_VERSION = "4.5.3"


def install_as_peewee() -> None:
    """Makes ``import peewee`` and ``import playhouse.X`` give Redstart's modules, in this process.

    Call it before anything imports peewee. Calling it twice does no harm.

    Raises:
        ImportError: The real peewee, or a module of its playhouse, is imported already.

    Example:
        >>> import redstart
        >>> redstart.install_as_peewee()
        >>> from peewee import Model
        >>> Model is redstart.Model
        True
    """
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    for name in sys.modules:
        if name in ("peewee", "playhouse") or name.startswith("playhouse."):
            raise ImportError(
                f"redstart.install_as_peewee() came too late: {name} is already imported "
                f"(from {getattr(sys.modules[name], '__file__', None)}). Call it before the first import of peewee.",
                name=name,
            )
    sys.meta_path.insert(0, _Finder())


class _Finder(Loader):
    """Finds ``peewee``, ``playhouse`` and the modules below that."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        """Gives the specification of a module that Redstart stands in for."""
        del path, target
        if fullname == "peewee":
            return ModuleSpec(fullname, self, origin="redstart")
        if fullname == "playhouse":
            return ModuleSpec(fullname, self, origin="redstart", is_package=True)
        if not fullname.startswith("playhouse."):
            return None
        name = fullname.partition(".")[2]
        if name in _NOT_PLAYHOUSE or importlib.util.find_spec(f"redstart.{name}") is None:
            raise ModuleNotFoundError(
                f"{fullname} does not exist in Redstart yet (there is no redstart.{name}). "
                "Its documentation lists the modules that do.",
                name=fullname,
            )
        return ModuleSpec(fullname, self, origin="redstart")

    def create_module(self, spec: ModuleSpec) -> types.ModuleType | None:
        """Gives the module: for ``playhouse.X`` it is ``redstart.X`` itself."""
        if spec.name == "peewee":
            return _Peewee("peewee")
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        """Fills the module."""
        name = module.__name__
        if name == "peewee":
            return
        if name == "playhouse":
            module.__path__ = []
            return
        real = importlib.import_module(f"redstart.{name.partition('.')[2]}")
        # The import system gives out what stands in `sys.modules` when the loader is done.
        sys.modules[name] = real


class _Peewee(types.ModuleType):
    """The module ``peewee``: Redstart's names, and peewee's version."""

    __version__ = PEEWEE_VERSION

    def __init__(self, name: str) -> None:
        redstart = importlib.import_module("redstart")
        super().__init__(name, redstart.__doc__)
        self.__all__ = list(redstart.__all__)
        for each in dir(redstart):
            if not each.startswith("__"):
                self.__dict__[each] = getattr(redstart, each)
        self.__dict__["__version__"] = PEEWEE_VERSION

    def __getattr__(self, name: str) -> Any:
        if name in _STANDARD_MODULES:
            return importlib.import_module(name)
        return getattr(importlib.import_module("redstart"), name)


# What programs take from peewee's module without having imported it themselves, such as `peewee.sqlite3`.
_STANDARD_MODULES = frozenset(
    {
        "calendar",
        "collections",
        "datetime",
        "decimal",
        "hashlib",
        "itertools",
        "json",
        "logging",
        "operator",
        "re",
        "socket",
        "sqlite3",
        "struct",
        "sys",
        "threading",
        "time",
        "types",
        "uuid",
        "warnings",
    }
)

# What stands below `redstart` without being a module of playhouse.
_NOT_PLAYHOUSE = frozenset(
    {
        "_engine",
        "_native",
        "alias",
        "bound_models",
        "bulk",
        "callable_context",
        "chunked",
        "class_only",
        "constants",
        "conversions",
        "database",
        "deprecation",
        "exceptions",
        "index",
        "install",
        "integrations",
        "late_names",
        "load",
        "metadata",
        "model",
        "model_base",
        "model_descriptor",
        "model_order",
        "naming",
        "node",
        "proxy",
        "query",
        "schema",
        "source",
    }
)
