"""One server in the foreground: its folder, its process and the guard that outlives the tests.

What a server is configured with stands in the file of that server.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from servers.ordinary_user import hand_over, ordinary_user, run_as

if TYPE_CHECKING:
    from collections.abc import Callable

GUARD = Path(__file__).parent / "guard.py"
PATIENCE = 30.0
#: A socket's path is limited to 107 bytes; the folder leaves room for the socket's own name.
LONGEST_FOLDER = 60
MEMORY = Path("/dev/shm")  # noqa: S108  mkdtemp makes a folder in it
MEMORY_AT_LEAST = 2 << 30


class ServerFailed(RuntimeError):  # noqa: N818  it says what happened
    """A server did not start, or did not stop in time; the message holds the end of its log."""


class ServerFolder:
    """A short-named folder for one server, removed at the end of the process, however it ends."""

    def __init__(self, prefix: str) -> None:
        """Makes the folder and starts its guard."""
        self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=_short_root()))
        self.path.chmod(0o755)
        hand_over(self.path)
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-S", str(GUARD), str(self.path)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        self._owner = os.getpid()
        self._processes: list[ServerProcess] = []
        atexit.register(self.remove)

    def process(self, name: str) -> ServerProcess:
        """Returns a process that will run in the folder and end with it."""
        made = ServerProcess(self.path, name)
        self._processes.append(made)
        return made

    def remove(self) -> None:
        """Ends what still runs in the folder and removes it. A forked child's call does nothing."""
        if os.getpid() != self._owner:
            return
        atexit.unregister(self.remove)
        for process in self._processes:
            process.end(signal.SIGQUIT)
        if self._guard.stdin and not self._guard.stdin.closed:
            self._guard.stdin.close()
        self._guard.wait(timeout=PATIENCE)
        shutil.rmtree(self.path, ignore_errors=True)


class ServerProcess:
    """A server's process. Its id and its log stand in its folder."""

    def __init__(self, folder: Path, name: str) -> None:
        self.log = folder / f"{name}.log"
        self._pid_file = folder / f"{name}.pid"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The id of the running process.

        Raises:
            ServerFailed: It does not run.
        """
        if self._process is None or self._process.poll() is not None:
            raise ServerFailed("the server does not run")
        return self._process.pid

    def start(self, command: list[str], ready: Callable[[], bool]) -> None:
        """Starts the process and waits until it is ready.

        Raises:
            ServerFailed: It ended, or was not ready in time.
        """
        if self.running:
            return
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **run_as(),
            )
        # The guard reads it, should the tests die before the server does.
        self._pid_file.write_text(f"{self._process.pid}\n", encoding="ascii")
        wait_until(lambda: ready() or not self.running, "the server was not ready", self.tail)
        if not self.running:
            self._process = None
            self._pid_file.unlink(missing_ok=True)
            raise ServerFailed(f"the server ended while it started:\n{self.tail()}")

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to the process."""
        os.kill(self.pid, number)

    def end(self, number: signal.Signals) -> None:
        """Ends the process with a signal and waits for its end.

        Raises:
            ServerFailed: It did not end in time; it is killed then.
        """
        if self._process is None:
            return
        process, self._process = self._process, None
        if process.poll() is None:
            process.send_signal(number)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise ServerFailed(f"the server did not end after {number.name}:\n{self.tail()}") from None
        finally:
            self._pid_file.unlink(missing_ok=True)

    def crash(self) -> None:
        """Kills the process and its children, as a power cut would, and waits until they are gone."""
        children = children_of(self.pid)
        self.end(signal.SIGKILL)
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        wait_until(lambda: not any(is_running(child) for child in children), "the children of the server stayed")

    def tail(self, size: int = 2000) -> str:
        """Returns the end of the log."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-size:] if self.log.exists() else ""


def wait_until(condition: Callable[[], bool], what: str, more: Callable[[], str] = str) -> None:
    """Waits until a condition holds.

    Raises:
        ServerFailed: It did not in time; `what` and `more()` are the message.
    """
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise ServerFailed(f"{what} within {PATIENCE:g} s\n{more()}")
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """Whether a process runs; one that only waits to be reaped does not."""
    _, state = _processes().get(pid, (0, "Z"))
    return state != "Z"


def run_tool(command: list[str | os.PathLike[str]], folder: Path) -> str:
    """Runs a program as the ordinary user and returns what it printed.

    Raises:
        ServerFailed: It failed; the message holds its output.
    """
    done = subprocess.run(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **run_as(),
    )
    if done.returncode != 0:
        raise ServerFailed(f"{Path(command[0]).name} failed:\n{done.stdout[-2000:]}")
    return done.stdout


def free_port() -> int:
    """Returns a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _short_root() -> str:
    """Returns the first folder for temporary files that is short and open to the ordinary user.

    Memory comes first where there is plenty: a server makes some hundred files for each database.
    """
    memory = [str(MEMORY)] if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= MEMORY_AT_LEAST else []
    for root in (*memory, tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108  mkdtemp makes a folder in it
        if len(root) <= LONGEST_FOLDER and _is_open(Path(root)):
            return root
    raise RuntimeError(f"no folder for temporary files is short and open to others: {tempfile.gettempdir()}")


def _is_open(root: Path) -> bool:
    if ordinary_user() is None:
        return os.access(root, os.W_OK)
    return root.is_dir() and all(one.stat().st_mode & 0o001 for one in (root, *root.resolve().parents))


def children_of(pid: int) -> list[int]:
    """Returns the ids of a process's children."""
    return [child for child, (parent, _) in _processes().items() if parent == pid]


def _processes() -> dict[int, tuple[int, str]]:
    """Returns the parent and the state of every process."""
    if not Path("/proc/self/stat").exists():
        command = ["ps", "-A", "-o", "pid=,ppid=,stat="]
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        rows = [line.split() for line in listed.splitlines()]
        return {int(pid): (int(parent), state[0]) for pid, parent, state in rows}
    found = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        # The name of the program stands in parentheses and may hold anything.
        with contextlib.suppress(OSError):
            state, parent = file.read_text(errors="replace").rpartition(")")[2].split()[:2]
            found[int(file.parent.name)] = (int(parent), state)
    return found
