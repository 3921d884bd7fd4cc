"""The files of the repository as the house tests see them. Reads; judges nothing."""

from __future__ import annotations

import functools
import json
import os
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "python" / "redstart"
CRATES = ROOT / "crates"


@functools.cache
def files() -> list[Path]:
    """Returns every file that is tracked, or would be if it were added."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    names = [os.fsdecode(name) for name in listed.split(b"\0") if name]
    return sorted(ROOT / name for name in names if (ROOT / name).is_file())


def rust_files() -> list[Path]:
    """Returns all Rust files of the crates."""
    return [file for file in files() if file.suffix == ".rs"]


def python_files() -> list[Path]:
    """Returns all Python files, wherever they stand."""
    return [file for file in files() if file.suffix == ".py"]


def package_files() -> list[Path]:
    """Returns the Python files that users install."""
    return [file for file in python_files() if PACKAGE in file.parents]


@functools.cache
def crates() -> dict[str, dict[str, Any]]:
    """Returns what cargo says about each crate of the workspace, by name."""
    command = ["cargo", "metadata", "--format-version", "1", "--no-deps", "--offline"]
    told = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, check=True).stdout
    return {package["name"]: package for package in json.loads(told)["packages"]}


def relative(file: Path) -> str:
    """Returns how a message names a file."""
    return file.relative_to(ROOT).as_posix()


def module_name(file: Path) -> str:
    """Returns the dotted name of a module of the package."""
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
