"""What a parity program is: a function decorated with ``@program``.

Program files import only `program` from here; the runner and the pytest module read the rest.
Nothing in this module may import an engine: it is loaded before one is chosen.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAMS = Path(__file__).parent / "programs"
#: Programs that need PostgreSQL.
FOR_POSTGRES = PROGRAMS / "postgres"


@dataclass(frozen=True)
class Program:
    """One program: its name, its body, the facts it shows and how it is meant to end."""

    name: str
    body: Callable[[Any], None]
    spec: tuple[str, ...]
    ends_with: str | None


@dataclass(frozen=True)
class Declared:
    """What can be known of a program without importing its file."""

    topic: str
    name: str
    spec: tuple[str, ...]
    ends_with: str | None

    @property
    def id(self) -> str:
        """Names the program the way pytest and `differences.py` do."""
        return f"{self.topic}::{self.name}"


_registered: dict[str, Program] = {}


def program(
    body: Callable[[Any], None] | None = None,
    *,
    spec: tuple[str, ...] = (),
    ends_with: str | None = None,
) -> Callable[..., Any]:
    """Registers a function as a parity program.

    Args:
        body: The function, when the decorator is used without arguments.
        spec: Ids of the facts of the specification that the program shows.
        ends_with: Class name of the exception that is meant to leave the program uncaught.

    Raises:
        ValueError: Two programs of one file have the same name.
    """

    def register(function: Callable[[Any], None]) -> Callable[[Any], None]:
        name = function.__name__
        if name in _registered:
            raise ValueError(f"two programs are named {name!r}")
        _registered[name] = Program(name, function, tuple(spec), ends_with)
        return function

    return register if body is None else register(body)


def registered() -> list[Program]:
    """Returns the programs registered so far, in the order of their definition."""
    return list(_registered.values())


def program_files(folder: Path = PROGRAMS) -> list[Path]:
    """Returns the program files of a folder, sorted by topic."""
    return sorted(folder.glob("*.py"))


def declared(file: Path) -> list[Declared]:
    """Reads the programs of a file from its source, without running it.

    Raises:
        ValueError: A decorator's argument is not a literal.
        TypeError: `spec=` is not a tuple.
    """
    tree = ast.parse(file.read_text(encoding="utf-8"), str(file))
    return [
        _declaration(file, node, decorator)
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if _is_program(decorator)
    ]


def _is_program(decorator: ast.expr) -> bool:
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(target, ast.Name) and target.id == "program"


def _declaration(file: Path, node: ast.FunctionDef, decorator: ast.expr) -> Declared:
    keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
    given = {keyword.arg: ast.literal_eval(keyword.value) for keyword in keywords}
    spec = given.get("spec", ())
    if isinstance(spec, str):
        raise TypeError(f"{file.name}: spec= of {node.name} must be a tuple")
    return Declared(file.stem, node.name, tuple(spec), given.get("ends_with"))
