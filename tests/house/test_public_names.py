"""What users import is there and says what it is."""

from __future__ import annotations

import inspect
import json
import pkgutil
import subprocess
import sys

import pytest

import redstart
from optional_packages import OPTIONAL

PEEWEES_NAMES = 80


def own_modules():
    """All public modules of the package that can be imported here, by name."""
    found = {"redstart": redstart}
    for info in pkgutil.walk_packages(redstart.__path__, "redstart."):
        if any(part.startswith("_") for part in info.name.split(".")[1:]):
            continue
        try:
            __import__(info.name)
        except ModuleNotFoundError as missing:
            if missing.name in OPTIONAL:
                continue
            raise
        found[info.name] = sys.modules[info.name]
    return found


def public_objects():
    """All classes and functions that a public module offers, by their dotted name."""
    for name, module in own_modules().items():
        for key in getattr(module, "__all__", ()):
            value = getattr(module, key)
            if (inspect.isclass(value) or inspect.isroutine(value)) and is_ours(value):
                yield f"{name}.{key}", value


def is_ours(value):
    """Whether an object was defined by the package."""
    return (getattr(value, "__module__", None) or "").partition(".")[0] == "redstart"


def test_a_star_import_gives_all_names_of_peewee():
    code = "import json, peewee; print(json.dumps(peewee.__all__))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    theirs = set(json.loads(told))
    assert len(theirs) == PEEWEES_NAMES
    assert not theirs - set(redstart.__all__)
    assert not [name for name in redstart.__all__ if not hasattr(redstart, name)]


@pytest.mark.spec("DB-001")
def test_a_star_import_works_as_a_statement():
    space = {}
    exec("from redstart import *", space)  # noqa: S102  a star import cannot stand inside a function
    assert set(redstart.__all__) <= set(space)


def test_every_public_class_and_function_is_documented():
    seen = dict(public_objects())
    assert len(seen) >= 60
    assert not [name for name, value in seen.items() if not (value.__doc__ or "").strip()]


def test_every_public_method_is_documented():
    seen = 0
    wrong = []
    for name, value in public_objects():
        if not inspect.isclass(value):
            continue
        for key, member in vars(value).items():
            if key.startswith("_") or not callable(member) or inspect.isclass(member):
                continue
            seen += 1
            if not (inspect.getdoc(getattr(value, key)) or "").strip():
                wrong.append(f"{name}.{key}")
    assert seen >= 100
    assert not wrong
