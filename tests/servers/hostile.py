"""A server that only looks like PostgreSQL: it accepts connections and then does what no server should.

Runs in a thread of the tests. `HostileServer.seen` holds what clients sent it.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from typing_extensions import Self

TLS_REQUEST = 80877103
ENCRYPTION_REQUEST = 80877104
CANCEL_REQUEST = 80877102
PATIENCE = 30.0


def message(kind: bytes, body: bytes) -> bytes:
    """Returns a message of the protocol."""
    return kind + struct.pack("!I", len(body) + 4) + body


AUTHENTICATED = message(b"R", struct.pack("!I", 0))
READY = message(b"Z", b"I")
REPORTED = {
    b"server_version": b"15.0",
    b"server_encoding": b"UTF8",
    b"client_encoding": b"UTF8",
    b"DateStyle": b"ISO, MDY",
    b"TimeZone": b"UTC",
    b"integer_datetimes": b"on",
    b"standard_conforming_strings": b"on",
}
STATUS = b"".join(message(b"S", name + b"\0" + value + b"\0") for name, value in REPORTED.items())
GREETING = AUTHENTICATED + STATUS + message(b"K", b"\0" * 8) + READY
STARTING_UP = message(b"E", b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0")

#: What a server answers to the start-up message, by behaviour; None where it goes on being silent.
ANSWERS: dict[str, bytes] = {
    "garbage": bytes(range(255, 127, -1)) * 8,
    "http": b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    "half": AUTHENTICATED[:6],
    "half_then_close": AUTHENTICATED[:6],
    "half_greeting_then_close": GREETING[:-3],
    "huge_length": b"R" + struct.pack("!I", 0x7FFFFFFF) + b"\0\0\0\0",
    "tiny_length": b"R" + struct.pack("!I", 1) + b"\0\0\0\0",
    "unknown_authentication": message(b"R", struct.pack("!I", 99)),
    "starting_up": STARTING_UP,
    # After a good start, the first query is answered with silence, garbage, half a row, the end, or a reset.
    "silent_query": GREETING,
    "garbage_query": GREETING,
    "half_query": GREETING,
    "close_query": GREETING,
    "reset_query": GREETING,
}
QUERY_ANSWERS: dict[str, bytes] = {
    "garbage_query": ANSWERS["garbage"],
    "half_query": message(b"T", struct.pack("!H", 1) + b"a\0" + struct.pack("!IHIhih", 0, 0, 25, -1, -1, 0)) + b"D\0\0",
    "close_query": b"",
}
CLOSES = {"half_then_close", "half_greeting_then_close", "starting_up", "close_query", "http"}
#: `silent` accepts and says nothing at all, `closes` hangs up at once, `refuses_tls` answers a TLS request with
#: its refusal and hangs up; all others refuse TLS and go on with their answer in clear.
BEHAVIOURS = ("silent", "closes", "refuses_tls", *ANSWERS)


class HostileServer:
    """Listens on a port of 127.0.0.1 and behaves as told, to each client in a thread of its own."""

    def __init__(self, behaviour: str) -> None:
        """Prepares the server; entering it as a context starts it.

        Raises:
            ValueError: The behaviour is none of `BEHAVIOURS`.
        """
        if behaviour not in BEHAVIOURS:
            raise ValueError(f"{behaviour!r} is none of {', '.join(BEHAVIOURS)}")
        self.behaviour = behaviour
        self.host = "127.0.0.1"
        self.port = 0
        self.accepted = 0
        """How many clients came."""
        self.seen: list[bytes] = []
        """What the clients sent, in pieces as they came."""
        self._stopping = False
        self._listening = socket.socket()
        self._clients: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        """Starts to listen."""
        self._listening.bind((self.host, 0))
        self._listening.listen(64)
        self.port = self._listening.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hangs up on everybody and ends the threads."""
        # A closed socket does not wake the thread that accepts from it; a client does.
        self._stopping = True
        socket.create_connection((self.host, self.port), timeout=PATIENCE).close()
        self._threads[0].join(PATIENCE)
        self._listening.close()
        for client in self._clients:
            _hang_up(client)
        for thread in self._threads:
            thread.join(PATIENCE)

    def dsn(self, dbname: str = "postgres", **options: str | int) -> str:
        """Returns the URL of a database that is not there."""
        more = "".join(f"&{name}={value}" for name, value in options.items())
        return f"postgresql://nobody@{self.host}:{self.port}/{dbname}?application_name=test{more}"

    def _start(self, body: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=body, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            client, _ = self._listening.accept()
            if self._stopping:
                client.close()
                return
            self.accepted += 1
            self._clients.append(client)
            self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            self._answer(client, self.behaviour)
        _hang_up(client)

    def _answer(self, client: socket.socket, behaviour: str) -> None:
        if behaviour == "closes":
            return
        if behaviour == "silent":
            self._listen(client)
            return
        first = self._read(client)
        while _is_encryption_request(first):
            client.sendall(b"N")
            if behaviour == "refuses_tls":
                return
            first = self._read(client)
        if not first or behaviour == "refuses_tls":
            return
        client.sendall(ANSWERS[behaviour])
        if behaviour.endswith("_query"):
            if not self._read(client):
                return
            client.sendall(QUERY_ANSWERS.get(behaviour, b""))
            if behaviour == "reset_query":
                # Closed so, with no time for what was not sent yet, it says that nobody is there any more.
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                client.close()
                return
        if behaviour not in CLOSES:
            self._listen(client)

    def _read(self, client: socket.socket) -> bytes:
        data = client.recv(1 << 16)
        self.seen.append(data)
        return data

    def _listen(self, client: socket.socket) -> None:
        while self._read(client):
            pass


def _is_encryption_request(data: bytes) -> bool:
    return len(data) == 8 and struct.unpack("!II", data)[1] in {TLS_REQUEST, ENCRYPTION_REQUEST}


def _hang_up(client: socket.socket) -> None:
    with contextlib.suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)
    client.close()
