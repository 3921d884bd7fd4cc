"""What ``import redstart`` loads: no large module that few programs need, and no name that only checkers see."""

from __future__ import annotations

import ast
import importlib
import pickle
import subprocess
import sys

import pytest

import redstart
from house import tree

#: The modules of the standard library that the core uses, with what those load themselves.
ALLOWED = {
    "__future__",
    "_bisect",
    "_collections",
    "_functools",
    "_operator",
    "_thread",
    "_weakrefset",
    "bisect",
    "collections",
    "collections.abc",
    "copy",
    "copyreg",
    "functools",
    "itertools",
    "keyword",
    "operator",
    "reprlib",
    "time",
    "types",
    "weakref",
}
LATE = ["redstart", "redstart.database", "redstart.fields", "redstart.node", "redstart.query", "redstart.source"]
SHOW_LOADED = """
import sys
before = set(sys.modules)
import redstart
print(*sorted(set(sys.modules) - before))
"""


def loaded_by_an_import():
    """The modules that a fresh interpreter loads for the package."""
    done = subprocess.run(
        [sys.executable, "-c", SHOW_LOADED], capture_output=True, check=True, text=True, stdin=subprocess.DEVNULL
    )
    return set(done.stdout.split())


@pytest.fixture(scope="module")
def loaded():
    return loaded_by_an_import()


def test_the_package_loads_few_modules_of_the_standard_library(loaded):
    assert "redstart._native" in loaded
    assert "redstart.model" in loaded
    foreign = {name for name in loaded if name.partition(".")[0] != "redstart"}
    surplus = foreign - ALLOWED - set(sys.builtin_module_names)
    assert not surplus, "import it where it is used"


def test_the_parts_that_few_programs_use_are_loaded_later(loaded):
    later = {"redstart.fields.json", "redstart.database.mysql", "redstart.query.prefetch", "redstart.install"}
    assert later <= {tree.module_name(file) for file in tree.package_files()}
    assert not later & loaded


def tables(package):
    """The names that a package's imports for type checkers give, and those in its table, each by home."""
    parsed = ast.parse((tree.PACKAGE.parent / package.replace(".", "/") / "__init__.py").read_text(encoding="utf-8"))
    blocks = {ast.unparse(node.test): node.body for node in parsed.body if isinstance(node, ast.If)}
    checked = {node.module: {alias.name for alias in node.names} for node in blocks["TYPE_CHECKING"]}
    calls = [node for each in blocks["not TYPE_CHECKING"] for node in ast.walk(each) if isinstance(node, ast.Call)]
    table = ast.literal_eval(calls[0].args[1])
    return checked, {home: set(names) for home, names in table.items()}


@pytest.mark.parametrize("package", LATE)
def test_type_checkers_see_the_names_that_come_late(package):
    checked, table = tables(package)
    assert sum(map(len, table.values())) >= 8
    assert checked == table


@pytest.mark.parametrize("package", LATE)
def test_each_late_name_is_what_its_home_has(package):
    module = importlib.import_module(package)
    _, table = tables(package)
    for home, names in table.items():
        for name in names:
            assert getattr(module, name) is getattr(importlib.import_module(home), name), name
            assert name in dir(module)


@pytest.mark.parametrize("package", LATE)
def test_no_late_name_is_that_of_a_module_of_the_package(package):
    modules = {tree.module_name(file) for file in tree.package_files()}
    _, table = tables(package)
    assert not [name for names in table.values() for name in names if f"{package}.{name}" in modules]


def test_an_unknown_name_is_refused():
    with pytest.raises(AttributeError, match="module 'redstart' has no attribute 'nothing'"):
        _ = redstart.nothing
    with pytest.raises(ImportError, match="cannot import name 'nothing' from 'redstart'"):
        exec("from redstart import nothing", {})  # noqa: S102 - a checker would refuse the statement


def test_a_class_that_comes_late_is_pickled():
    assert pickle.loads(pickle.dumps(redstart.DateTimeField)) is redstart.DateTimeField  # noqa: S301 - made here
