"""Imports go down only: 6 (Python) → 5 → 4 → 3 → 2 → 1, never up and never across."""

from __future__ import annotations

import ast
import re

import pytest

from house import tree

FLOORS = {
    "redstart-core": 1,
    "redstart-sql": 2,
    "redstart-wait": 2,
    "redstart-sqlite": 3,
    "redstart-postgres": 3,
    "redstart-mysql": 3,
    "redstart-pool": 3,
    "redstart-engine": 4,
    "redstart-python": 5,
}
DOOR = "redstart._engine"
MAY_BE_UNSAFE = {"sqlite", "python"}
UNSAFE = re.compile(r"\bunsafe\b(?!_)")


def edges():
    """All dependencies of one crate of the house on another, of whatever kind."""
    return [
        (name, dependency["name"])
        for name, package in tree.crates().items()
        for dependency in package["dependencies"]
        if dependency["name"] in FLOORS
    ]


def test_every_crate_has_a_floor():
    assert len(tree.crates()) >= 5
    assert set(tree.crates()) <= set(FLOORS)


def test_a_crate_depends_on_lower_floors_only():
    assert len(edges()) >= 6
    wrong = [f"{upper} -> {lower}" for upper, lower in edges() if FLOORS[upper] <= FLOORS[lower]]
    assert not wrong, f"edges that do not go down: {wrong}"


def test_only_the_engine_knows_the_drivers():
    users = {
        upper for upper, lower in edges() if FLOORS[lower] == FLOORS["redstart-sqlite"] and lower != "redstart-pool"
    }
    assert users == {"redstart-engine"}


def test_only_the_floor_of_python_knows_pyo3():
    users = {
        name
        for name, package in tree.crates().items()
        if any(dependency["name"].startswith("pyo3") for dependency in package["dependencies"])
    }
    assert users == {"redstart-python"}


def test_the_two_lowest_floors_depend_on_nothing_that_does_io():
    names = {"redstart-core", "redstart-sql"} & set(tree.crates())
    assert len(names) == 2
    forbidden = {"tokio", "mio", "rusqlite", "libsqlite3-sys", "rand", "socket2", "chrono", "time"}
    for name in names:
        normal = {one["name"] for one in tree.crates()[name]["dependencies"] if one["kind"] is None}
        assert not normal & forbidden, name


def test_the_pool_keeps_books_and_needs_nothing_for_it():
    assert "redstart-pool" in tree.crates()
    assert tree.crates()["redstart-pool"]["dependencies"] == []


def imported_modules(file):
    """The absolute names of all modules that a file of the package imports, at any depth."""
    name = tree.module_name(file)
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            found |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    return found


def test_native_code_is_entered_through_one_door():
    seen = {tree.module_name(file): imported_modules(file) for file in tree.package_files()}
    assert len(seen) >= 10
    users = {
        name
        for name, imported in seen.items()
        if any(one == "redstart._native" or one.startswith("redstart._native.") for one in imported)
    }
    assert users == {DOOR}


def test_the_package_never_imports_peewee():
    wrong = [
        tree.relative(file)
        for file in tree.package_files()
        if any(one.partition(".")[0] in ("peewee", "playhouse") for one in imported_modules(file))
    ]
    assert not wrong


def test_the_lower_floors_say_nothing_of_python():
    lower = [file for file in tree.rust_files() if file.is_relative_to(tree.CRATES)]
    lower = [file for file in lower if file.relative_to(tree.CRATES).parts[0] != "python"]
    assert len(lower) >= 30
    wrong = [tree.relative(file) for file in lower if re.search(r"\bpyo3\b", code_of(file))]
    assert not wrong


def code_of(file):
    """The text of a Rust file without comments and string literals."""
    text = file.read_text(encoding="utf-8")
    text = re.sub(r'r(#*)".*?"\1', '""', text, flags=re.DOTALL)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r'//[^\n]*|"(?:\\.|[^"\\])*"', "", text)
    return re.sub(r"forbid\(unsafe_code\)|deny\(unsafe_code\)", "", text)


def test_unsafe_code_stands_in_two_crates_only():
    seen = [file for file in tree.rust_files() if file.is_relative_to(tree.CRATES)]
    assert len(seen) >= 40
    wrong = [
        tree.relative(file)
        for file in seen
        if file.relative_to(tree.CRATES).parts[0] not in MAY_BE_UNSAFE and UNSAFE.search(code_of(file))
    ]
    assert not wrong


@pytest.mark.parametrize("comment", ["// unsafe", '"unsafe"', 'r#"unsafe"#', "/* unsafe */", "unsafe_code"])
def test_the_word_unsafe_in_a_comment_or_text_is_no_code(tmp_path, comment):
    file = tmp_path / "a.rs"
    file.write_text(f"fn a() {{ {comment}\n }}\n")
    assert not UNSAFE.search(code_of(file))
    file.write_text(f"fn a() {{ {comment}\n unsafe {{ b() }} }}\n")
    assert UNSAFE.search(code_of(file))
