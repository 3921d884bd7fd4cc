"""The client that asks: plain HTTP on one connection, sockets that are left in the middle, WebSockets."""

from __future__ import annotations

import http.client
import json
import socket
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Generator

#: How many seconds an answer may take.
PATIENCE = 30.0
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Answer:
    """What came back.

    Attributes:
        status: The status.
        headers: The headers, by their names in small letters.
        body: The body.
    """

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """Gives the object that the body is.

        Raises:
            ValueError: It is none.
        """
        return json.loads(self.body)


class Client:
    """Asks one server."""

    def __init__(self, port: int) -> None:
        """Takes the server's port of 127.0.0.1."""
        self.port = port

    def ask(self, path: str, *, method: str = "GET", body: Any = None, **query: Any) -> Answer:
        """Asks once, on a connection of its own.

        Args:
            path: The path.
            method: The method.
            body: What is sent, as JSON.
            **query: What stands in the query string.
        """
        with self.conversation() as conversation:
            return conversation.ask(path, method=method, body=body, **query)

    @contextmanager
    def conversation(self, patience: float = PATIENCE) -> Generator[Conversation]:
        """Gives a connection to ask several times on.

        Args:
            patience: How many seconds an answer may take.
        """
        with closing(http.client.HTTPConnection(HOST, self.port, timeout=patience)) as connection:
            yield Conversation(connection)

    def send(self, path: str, **query: Any) -> socket.socket:
        """Asks, and leaves the answer unread. Not much of it fits into the buffers.

        Returns:
            The socket, to be closed by the caller.
        """
        made = socket.socket()
        try:
            made.settimeout(PATIENCE)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            made.connect((HOST, self.port))
            made.sendall(f"GET {_target(path, query)} HTTP/1.1\r\nHost: {HOST}:{self.port}\r\n\r\n".encode())
        except BaseException:
            made.close()
            raise
        return made

    @contextmanager
    def websocket(self, path: str) -> Generator[Any]:
        """Opens a WebSocket.

        Raises:
            ImportError: The package websockets is not installed.
        """
        try:
            from websockets.sync.client import connect
        except ModuleNotFoundError as error:
            raise ImportError("the check of WebSockets needs a client: pip install websockets") from error
        with connect(f"ws://{HOST}:{self.port}{path}", open_timeout=PATIENCE, proxy=None) as opened:
            yield opened


class Conversation:
    """A connection that several requests are sent on, one after the other."""

    def __init__(self, connection: http.client.HTTPConnection) -> None:
        self._connection = connection

    def ask(self, path: str, *, method: str = "GET", body: Any = None, **query: Any) -> Answer:
        """Does what `Client.ask` does, on this connection."""
        sent = None if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        self._connection.request(method, _target(path, query), body=sent, headers=headers)
        response = self._connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, response.read())


def _target(path: str, query: dict[str, Any]) -> str:
    return f"{path}?{urlencode(query)}" if query else path
