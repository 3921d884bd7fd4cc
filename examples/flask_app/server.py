"""Runs the application under gunicorn with threads, in a process of its own, on a free port of 127.0.0.1."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

HOST = "127.0.0.1"
EXAMPLES = Path(__file__).resolve().parent.parent
START_SECONDS = 60.0
STOP_SECONDS = 20.0


class ServerFailedError(Exception):
    """The server did not start or did not stop; the message tells what it wrote."""


class Server:
    """A gunicorn with one worker of several threads; a context manager that starts and stops it."""

    def __init__(self, folder: Path, *, threads: int = 4, database: Path | None = None) -> None:
        """Names the folder for the log and, unless `database` says otherwise, for the database."""
        self.database = database or folder / "my_app.db"
        self.log = folder / "gunicorn.log"
        self.port = 0
        self._threads = threads
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where the server listens."""
        return f"http://{HOST}:{self.port}"

    def __enter__(self) -> Server:  # noqa: PYI034  typing.Self is newer than Python 3.10
        """Starts the server and waits until it answers."""
        with socket.create_server((HOST, 0)) as listener, self.log.open("wb") as log:
            self.port = listener.getsockname()[1]
            self._process = subprocess.Popen(
                self._command(listener.fileno()),
                cwd=EXAMPLES,
                env={**os.environ, "FLASK_APP_DATABASE": str(self.database.absolute())},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=(listener.fileno(),),
            )
        try:
            self._wait_until_it_answers(self._process)
        except BaseException:
            self._kill(self._process)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stops the server in the way a service manager does."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._kill(process)
            raise ServerFailedError(f"gunicorn did not stop within {STOP_SECONDS:.0f} s.{self.said()}") from error
        if code != 0 and error is None:
            raise ServerFailedError(f"gunicorn ended with exit code {code}.{self.said()}")

    def wait(self) -> int:
        """Waits until the server ends by itself and returns its exit code."""
        return self._process.wait() if self._process else 0

    def said(self, lines: int = 15) -> str:
        """Returns the end of the server's log, for an error message."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return f" It wrote:\n{chr(10).join(text.splitlines()[-lines:]) or '(nothing)'}"

    def _command(self, descriptor: int) -> list[str]:
        gunicorn = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{descriptor}"]
        # Clients of a loaded machine may pause for longer than gunicorn's two seconds between requests.
        shape = ["--workers", "1", "--worker-class", "gthread", "--threads", str(self._threads), "--keep-alive", "75"]
        return [*gunicorn, *shape, "--no-control-socket", "flask_app.app:app"]

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        """Asks until there is an answer: the socket takes connections before the application is loaded."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise ServerFailedError(f"gunicorn ended with exit code {process.returncode}.{self.said()}")
            connection = http.client.HTTPConnection(HOST, self.port, timeout=1)
            try:
                connection.request("GET", "/probe")
                status = connection.getresponse().status
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
                continue
            finally:
                connection.close()
            if status == http.client.OK:
                return
            raise ServerFailedError(f"The application answers GET /probe with {status}.{self.said()}")
        raise ServerFailedError(f"gunicorn did not answer within {START_SECONDS:.0f} s.{self.said()}")

    @staticmethod
    def _kill(process: subprocess.Popen[bytes]) -> None:
        """Ends a server that does not listen to reason, and its worker with it."""
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
