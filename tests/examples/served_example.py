"""Runs an example of a framework by its one command, in a process of its own, and asks it over HTTP."""

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

FOLDER = Path(__file__).resolve().parent.parent.parent / "examples" / "frameworks"
HOST = "127.0.0.1"
#: How long anything may take that has to happen.
PATIENCE = 60.0


class ServedExample:
    """A running example."""

    def __init__(self, process, port, log):
        self.process, self.port, self.log = process, port, log

    def send(self, method, path, body=None):
        """Sends a request; gives the status and the text of the answer."""
        with contextlib.closing(http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)) as connection:
            headers = {"Content-Type": "application/json"} if body else {"Content-Length": "0"}
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            self.headers = response.headers
            return response.status, response.read().decode()

    def wait_until_it_listens(self):
        """Waits until the server accepts connections.

        Raises:
            AssertionError: It does not.
        """
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection((HOST, self.port), 1):
                return
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())


@contextlib.contextmanager
def served_example(program, folder, **environment):
    """Runs an example until the block ends, and then stops it as a service manager does.

    Args:
        program: The program, or its path below the folder of the examples.
        folder: The folder for its log and its database.
        **environment: Further variables, such as ``DATABASE_URL``.
    """
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
    log = folder / "log.txt"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, FOLDER / program],
            env={**os.environ, "PORT": str(port), "TMPDIR": str(folder), **environment},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    example = ServedExample(process, port, log)
    try:
        example.wait_until_it_listens()
        yield example
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
    finally:
        process.kill()
        process.wait()
