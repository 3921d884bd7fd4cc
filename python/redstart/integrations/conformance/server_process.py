"""The server as a process: in a group of its own, ended with the tests whatever they die of, its output kept."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

#: How many seconds a server may take to start, and to stop.
PATIENCE = 30.0

# Waits for the end of its input, which comes with a line where all went well, and without one where the tests died.
_GUARD = """
import os, signal, sys
if not sys.stdin.readline():
    try:
        os.killpg(int(sys.argv[1]), signal.SIGKILL)
    except ProcessLookupError:
        pass
"""


class ServerFailed(RuntimeError):  # noqa: N818 - it says what happened
    """A server did not start, or did not stop; the message ends with what it wrote."""


class ServerProcess:
    """A server in the foreground."""

    def __init__(self, command: Sequence[str], log: Path, environment: Mapping[str, str], folder: Path | None) -> None:
        """Starts it.

        Args:
            command: The command.
            log: The file that its output is added to.
            environment: Environment variables, beside those of this process.
            folder: Where it runs; None for here.
        """
        self._log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - the command is the test's own
                list(command),
                cwd=folder,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._guard = subprocess.Popen(  # noqa: S603 - a constant
            [sys.executable, "-I", "-S", "-c", _GUARD, str(self._process.pid)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Waits until the server is ready.

        Args:
            ready: Tells whether it is.

        Raises:
            ServerFailed: It ended, or was not ready in time; it is killed then.
        """
        deadline = time.monotonic() + PATIENCE
        while not ready():
            if not self.running or time.monotonic() > deadline:
                code = self._process.poll()
                self.kill()
                how = f"was not ready within {PATIENCE:g} s" if code is None else f"ended with the code {code}"
                raise ServerFailed(f"The server {how}:\n{self.output()}")
            time.sleep(0.02)

    def terminate(self) -> int:
        """Sends SIGTERM, and waits for the end. Its children are not waited for.

        Returns:
            The exit code.

        Raises:
            ServerFailed: It did not end in time; it is killed then.
        """
        if self.running:
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ServerFailed(f"The server still ran {PATIENCE:g} s after SIGTERM:\n{self.output()}") from None

    def kill(self) -> None:
        """Ends the process and its children, where they still run."""
        # Of the group there may be children after its leader has ended.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._guard.stdin is not None and not self._guard.stdin.closed:
            self._guard.communicate(b"done\n")

    def output(self, size: int = 6000) -> str:
        """Gives the end of what it wrote."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-size:]


def free_port() -> int:
    """Gives a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
