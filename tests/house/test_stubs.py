"""The stubs of the native module say what the module does: names, parameters, defaults."""

from __future__ import annotations

import subprocess
import sys

import pytest

from house import tree

ALLOWED = tree.ROOT / "tests" / "house" / "stub_differences.txt"


def stubs():
    """The stub files of the native module."""
    return [file for file in tree.files() if file.suffix == ".pyi" and "_native" in tree.relative(file)]


@pytest.mark.skipif(not stubs(), reason="the native module has no stubs yet")
def test_the_stubs_agree_with_the_module():
    assert sum(file.read_text(encoding="utf-8").count("def ") for file in stubs()) >= 20
    command = [sys.executable, "-m", "mypy.stubtest", "redstart._native", "--mypy-config-file", "pyproject.toml"]
    if ALLOWED.exists():
        command += ["--allowlist", str(ALLOWED)]
    done = subprocess.run(command, cwd=tree.ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
