"""Measures how much of peewee's public surface the package has: names, members, signatures, by module.

`python tests/house/surface.py` prints it; `--raise` lifts the committed floor to what is there now.
No test stands here.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import inspect
import json
import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SHARED = Path(os.environ.get("REDSTART_SHARED") or ROOT.parent / "shared")
DESCRIPTION = SHARED / "peewee-api.json"
FLOOR = Path(__file__).with_name("surface_floor.json")
# Where the lines wait that pytest prints at the end of its run.
REPORT = pytest.StashKey[list[str]]()
CLASSES = ("class", "exception", "namedtuple")
UNPRINTABLE = re.compile(r"<[^<>]*>")
ABSENT = object()
# A parameter: its kind, its name unless it collects the rest, the text of its default if it has one.
Parameter = tuple[str, str, "str | None"]


@dataclass
class Share:
    """How many of a module's names, members and signatures are there, and what is not."""

    found: dict[str, int] = field(default_factory=lambda: {"names": 0, "members": 0, "signatures": 0})
    total: dict[str, int] = field(default_factory=lambda: {"names": 0, "members": 0, "signatures": 0})
    missing: list[str] = field(default_factory=list)

    def count(self, what: str, name: str, *, there: bool) -> None:
        """Counts one thing that peewee has."""
        self.total[what] += 1
        self.found[what] += there
        if not there:
            self.missing.append(f"{what.removesuffix('s')} {name}")


def main(arguments: list[str]) -> int:
    """Prints the shares, or lifts the floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--raise", dest="lift", action="store_true", help="write what is there now as the floor")
    parser.add_argument("--missing", metavar="MODULE", help="list what a module of ours lacks")
    given = parser.parse_args(arguments)
    if not DESCRIPTION.is_file():
        print(f"skipped: there is no {DESCRIPTION.parent.name}/{DESCRIPTION.name} beside the repository")
        return 0
    shares = measure()
    if given.missing:
        print("\n".join(shares[given.missing].missing))
    elif given.lift:
        raise_floor(shares)
    else:
        print("\n".join(report(shares)))
    return 0


def our_name(module: str) -> str:
    """Returns where the package keeps a module of peewee's."""
    if module == "peewee":
        return "redstart"
    return "redstart." + module.removeprefix("playhouse.")


def measure() -> dict[str, Share]:
    """Compares every module with its description."""
    described = json.loads(DESCRIPTION.read_text(encoding="utf-8"))["modules"]
    return {our_name(name): compare_module(our_name(name), module) for name, module in described.items()}


def compare_module(name: str, described: dict[str, Any]) -> Share:
    """Compares one module; one that cannot be imported has nothing."""
    share = Share()
    try:
        module: object = importlib.import_module(name)
    except ImportError:
        module = ABSENT
    names = described.get("names") or {key: {"kind": "object"} for key in described["static_names"]}
    for key, entry in names.items():
        ours = getattr(module, key, ABSENT)
        share.count("names", key, there=ours is not ABSENT)
        if entry.get("signature"):
            share.count("signatures", key, there=same_signature(ours, [entry["signature"]]))
        if entry["kind"] in CLASSES:
            compare_members(share, key, ours, entry)
    return share


def compare_members(share: Share, name: str, ours: object, entry: dict[str, Any]) -> None:
    """Compares the members of a class, its own and the inherited ones; signatures of its own only."""
    inherited = [member for member, origin in entry["inherited"].items() if not origin.startswith("builtins.")]
    for member in (*entry["members"], *inherited):
        share.count("members", f"{name}.{member}", there=has_member(ours, member))
    for member, told in entry["members"].items():
        texts = [told[key] for key in ("signature", "wrapped_signature") if told.get(key)]
        # The signature of the class stands for that of its constructor.
        if texts and member not in ("__init__", "__new__"):
            mine = inspect.getattr_static(ours, member, ABSENT) if inspect.isclass(ours) else ABSENT
            there = mine is not ABSENT and same_signature(getattr(ours, member), texts, loose=is_dunder(member))
            share.count("signatures", f"{name}.{member}", there=there)


def is_dunder(name: str) -> bool:
    """Whether a name is one of the language's."""
    return name.startswith("__") and name.endswith("__")


def has_member(ours: object, name: str) -> bool:
    """Whether a class has a member; what every object has does not count."""
    if not inspect.isclass(ours):
        return False
    if name == "__init__":
        return ours.__init__ is not object.__init__ or ours.__new__ is not object.__new__  # type: ignore[misc]  # a comparison only
    mine = inspect.getattr_static(ours, name, ABSENT)
    if name == "__hash__":
        return True  # None, or that of every object: both are what some classes of peewee have
    return mine is not ABSENT and (not is_dunder(name) or mine is not inspect.getattr_static(object, name, ABSENT))


def same_signature(ours: object, described: list[str], *, loose: bool = False) -> bool:
    """Whether a callable takes what one of the descriptions says.

    Native code may tell nothing of its parameters, or not what a default is: that is no difference. Operators are
    compared by the number of their parameters only.
    """
    if ours is ABSENT or not callable(ours):
        return False
    try:
        mine = parameters_of(inspect.signature(ours))
    except (ValueError, TypeError):
        return True
    for text in described:
        theirs = parameters_in(text)
        if loose and len(mine) == len(theirs):
            return True
        if len(mine) == len(theirs) and all(map(same_parameter, mine, theirs)):
            return True
    return False


def same_parameter(mine: Parameter, theirs: Parameter) -> bool:
    """Whether two parameters are the same; a default that cannot be printed equals any other."""
    if mine[:2] != theirs[:2] or (mine[2] is None) != (theirs[2] is None):
        return False
    return mine[2] == theirs[2] or "..." in (mine[2], theirs[2])


def parameters_of(signature: inspect.Signature) -> list[Parameter]:
    """Reads the parameters of an object, the receiver left out."""
    found: list[Parameter] = []
    for one in signature.parameters.values():
        kind = {one.VAR_POSITIONAL: "*", one.VAR_KEYWORD: "**", one.KEYWORD_ONLY: "keyword"}.get(one.kind, "plain")
        name = "" if kind.startswith("*") else one.name
        default = None if one.default is one.empty else UNPRINTABLE.sub("...", repr(one.default))
        found.append((kind, name, "..." if default and ("..." in default or "llipsis" in default) else default))
    return without_receiver(found)


def parameters_in(text: str) -> list[Parameter]:
    """Reads the parameters of a signature's text, the receiver left out."""
    parsed = ast.parse(f"def f{UNPRINTABLE.sub('...', text)}: pass").body[0]
    assert isinstance(parsed, ast.FunctionDef)
    given = parsed.args
    plain = [*given.posonlyargs, *given.args]
    defaults = [None] * (len(plain) - len(given.defaults)) + list(given.defaults)
    found = [("plain", one.arg, literal(default)) for one, default in zip(plain, defaults, strict=True)]
    if given.vararg:
        found.append(("*", "", None))
    for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        found.append(("keyword", one.arg, literal(default)))
    if given.kwarg:
        found.append(("**", "", None))
    return without_receiver(found)


def literal(node: ast.expr | None) -> str | None:
    """Returns a default as `repr` would print it."""
    if node is None:
        return None
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return ast.unparse(node)
    return "..." if value is ... else repr(value)


def without_receiver(parameters: list[Parameter]) -> list[Parameter]:
    """Drops a first parameter called self or cls."""
    return parameters[1:] if parameters and parameters[0][1] in ("self", "cls") else parameters


def report(shares: dict[str, Share]) -> list[str]:
    """Returns one line for each module, and one for all."""
    lines = [f"{'':30s} {'names':>12s} {'members':>12s} {'signatures':>12s}"]
    for name, share in shares.items():
        lines.append(f"{name:30s} " + " ".join(of(share.found[key], share.total[key]) for key in share.total))
    sums = [
        of(sum(share.found[key] for share in shares.values()), sum(share.total[key] for share in shares.values()))
        for key in ("names", "members", "signatures")
    ]
    return [*lines, f"{'all':30s} " + " ".join(sums)]


def of(found: int, total: int) -> str:
    """Prints a share."""
    return f"{found:>5d} / {total:<4d}"


def read_floor() -> dict[str, dict[str, int]]:
    """Returns what was there when the floor was raised last, by module."""
    floor: dict[str, dict[str, int]] = json.loads(FLOOR.read_text(encoding="utf-8"))
    return floor


def raise_floor(shares: dict[str, Share]) -> None:
    """Writes what is there now as the floor; refuses to lower it."""
    floor = read_floor() if FLOOR.exists() else {}
    if lower := below(shares, floor):
        raise SystemExit("the floor may not fall:\n" + "\n".join(lower))
    now = {name: share.found for name, share in shares.items() if any(share.found.values())}
    FLOOR.write_text(json.dumps(now, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def below(shares: dict[str, Share], floor: dict[str, dict[str, int]]) -> list[str]:
    """Returns a line for every count that has fallen."""
    return [
        f"{name}: {count} {what} were there, now {shares[name].found[what]}"
        for name, counts in floor.items()
        for what, count in counts.items()
        if shares[name].found[what] < count
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
