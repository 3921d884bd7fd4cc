"""Sizes and names of files, and the few lines that each opens with."""

from __future__ import annotations

import ast
import re
import statistics

import pytest

from house import tree

RUST_LINES = 600
RUST_MEDIAN = 160
PYTHON_LINES = 800
LEFTOVERS = {"utils", "util", "helpers", "helper", "common", "misc", "impls", "structs", "mod"}
# peewee's own names of public modules, kept because users import them.
PEEWEES = {"flask_utils", "pydantic_utils", "test_utils"}
# Written in two pieces, so that this file passes its own test.
MACHINE = ("/ho" + "me/", "/ro" + "ot/", "/wo" + "rk/", "/Us" + "ers/", "C:\\Us" + "ers")
HOSTS = (
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "index.crates" + ".io",
    "static.crates" + ".io",
    "registry.npmjs" + ".org",
    "deb.debian" + ".org",
)
# Written by cargo, which names its registry in every entry.
WRITTEN_BY_TOOLS = {"Cargo.lock"}


def lines_of(file):
    """The number of lines of a text file."""
    return len(file.read_text(encoding="utf-8").splitlines())


def test_no_rust_file_is_too_long():
    sizes = {tree.relative(file): lines_of(file) for file in tree.rust_files()}
    assert len(sizes) >= 40
    assert not {name: size for name, size in sizes.items() if size > RUST_LINES}
    assert statistics.median(sizes.values()) <= RUST_MEDIAN


def test_no_python_file_is_too_long():
    sizes = {tree.relative(file): lines_of(file) for file in tree.python_files()}
    assert len(sizes) >= 30
    assert not {name: size for name, size in sizes.items() if size > PYTHON_LINES}


def test_no_file_is_named_by_what_was_left_over():
    seen = [file for file in tree.files() if file.suffix in (".rs", ".py")]
    assert len(seen) >= 70
    wrong = []
    for file in seen:
        words = {file.stem.rpartition("_")[2], *tree.relative(file.parent).split("/")}
        if file.stem not in PEEWEES and not file.stem.startswith("test_") and words & LEFTOVERS:
            wrong.append(tree.relative(file))
    assert not wrong


def test_every_rust_file_opens_with_what_lives_in_it():
    seen = [file for file in tree.rust_files() if "src" in file.parts]
    assert len(seen) >= 40
    wrong = [tree.relative(file) for file in seen if not file.read_text(encoding="utf-8").startswith("//! ")]
    assert not wrong


def test_every_python_module_opens_with_what_lives_in_it():
    seen = [file for file in tree.python_files() if "programs" not in file.parts]
    assert len(seen) >= 30
    wrong = [
        tree.relative(file)
        for file in seen
        if not ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"), str(file)))
    ]
    assert not wrong


@pytest.mark.parametrize("file", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE"])
def test_the_pages_that_a_reader_looks_for_first_exist(file):
    assert lines_of(tree.ROOT / file) >= 10


def test_no_file_names_a_machine_or_a_registry():
    seen = 0
    wrong = []
    for file in tree.files():
        if file.name in WRITTEN_BY_TOOLS:
            continue
        text = file.read_bytes().decode("utf-8", errors="replace")
        seen += 1
        wrong += [f"{tree.relative(file)}: {one}" for one in MACHINE + HOSTS if one in text]
    assert seen >= 100
    assert not wrong


def long_functions(file, limit):
    """The Python functions of a file whose body is longer than the limit, docstring aside."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            has_text = ast.get_docstring(node) is not None
            start = first.end_lineno if has_text and first.end_lineno else node.lineno
            if (node.end_lineno or start) - start > limit:
                yield f"{tree.relative(file)}:{node.lineno} {node.name}"


def test_no_python_function_is_too_long():
    seen = [file for file in tree.python_files() if "programs" not in file.parts]
    assert len(seen) >= 30
    assert not [one for file in seen for one in long_functions(file, 60)]


def test_every_exception_from_a_rule_carries_its_reason():
    seen = [file for file in tree.python_files() if "programs" not in file.parts]
    assert len(seen) >= 30
    rule = re.compile(r"#\s*(?:noqa: [A-Z0-9, ]+|type: ignore\[[\w, -]+\]|pyright: ignore\[[\w, ]+\])(.*)$")
    wrong = []
    for file in seen:
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            found = rule.search(line)
            if found and len(found[1].strip(" #-")) < 8:
                wrong.append(f"{tree.relative(file)}:{number}")
    assert not wrong, "say why behind the code of the rule"
