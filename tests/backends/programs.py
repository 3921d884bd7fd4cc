"""Programs that a test starts in a process of their own, where they may fork and be interrupted.

No test stands here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent.parent
#: How many seconds a program may take; one that hangs takes longer.
LIMIT = 20


def environment(**more: str) -> dict[str, str]:
    """Gives the environment of a program: this one's, its modules, and none of libpq's variables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path]), "PYTHONFAULTHANDLER": "1", **more}


def run_program(text: str, *arguments: str) -> Any:
    """Runs a program and gives what its last line of output holds as JSON.

    Args:
        text: The program.
        *arguments: What it finds in `sys.argv`.

    Raises:
        AssertionError: It fails, or hangs.
    """
    watch = f"import faulthandler; faulthandler.dump_traceback_later({LIMIT - 5}, exit=True)\n"
    done = subprocess.run(
        [sys.executable, "-c", watch + textwrap.dedent(text), *arguments],
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert done.returncode == 0, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    return json.loads(done.stdout.splitlines()[-1])
