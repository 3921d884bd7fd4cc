"""Ends the servers of a test process that has died, whatever it died of, and removes their folder.

    python guard.py FOLDER

Reads standard input until its end: the other end of the pipe is held by the test process, so the end comes
when that process closes it or is no more. Stands alone: it imports nothing of the tests.
"""

import os
import shutil
import signal
import sys
import time
from pathlib import Path

PATIENCE = 10.0


def main(folder: Path) -> None:
    """Waits for the end of the test process, then for the end of its servers."""
    while sys.stdin.buffer.read(4096):
        pass
    for file in folder.glob("*.pid"):
        end(file)
    shutil.rmtree(folder, ignore_errors=True)


def end(file: Path) -> None:
    """Ends the process whose id stands in a file: first asking, then forcing."""
    try:
        pid = int(file.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return
    if not works_in(file.parent, pid):
        return
    for number in (signal.SIGQUIT, signal.SIGKILL):
        deadline = time.monotonic() + PATIENCE
        try:
            os.kill(pid, number)
            while time.monotonic() < deadline:
                os.kill(pid, 0)
                if is_dead(pid):
                    return
                time.sleep(0.02)
        except (ProcessLookupError, PermissionError):
            return


def works_in(folder: Path, pid: int) -> bool:
    """Whether a process is the folder's server, and not another one that was given the id of a server that ended."""
    if not Path("/proc/self/cmdline").exists():
        return True
    try:
        return os.fsencode(folder) in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def is_dead(pid: int) -> bool:
    """Whether a process has ended and only waits for a parent to notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return False


if __name__ == "__main__":
    main(Path(sys.argv[1]))
