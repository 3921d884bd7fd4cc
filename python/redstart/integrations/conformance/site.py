"""An application that is served: its process, its database, and what the checks ask of both."""

from __future__ import annotations

import http.client
import os
import tempfile
from http import HTTPStatus
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from redstart.integrations.conformance.client import Answer, Client
from redstart.integrations.conformance.databases import Observed, make_database
from redstart.integrations.conformance.server_process import ServerFailed, ServerProcess, free_port
from redstart.integrations.conformance.waiting import CheckFailed, eventually, expect

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from redstart.integrations.conformance.served import Case

#: The names of the rows that are there from the beginning; the first one has the id 1.
SEEDS = [f"seed {number}" for number in range(200)]

OK = HTTPStatus.OK
_STARTS = 3
#: How many seconds the answer about the pool may take, each time that it is asked for.
_SOON = (1.0, 1.0, 2.0, 10.0)
_names = count(1)


class Site:
    """A served application. Entering it makes the database and starts the server.

    Attributes:
        case: What is served.
        client: Asks the server.
        database: The database, seen from outside.
        tables_at_start: The names of the tables that were there when the server was ready.
    """

    client: Client
    database: Observed
    tables_at_start: set[str]

    def __init__(self, case: Case, postgres: str | None = None) -> None:
        """Prepares it.

        Args:
            case: What is served.
            postgres: The URL of a PostgreSQL server whose user may make databases.
        """
        self.case = case
        self._postgres = postgres
        self._process: ServerProcess | None = None

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="conformance-")
        self._log = Path(self._folder.name) / "server.log"
        try:
            self.database = make_database(self.case.database, Path(self._folder.name), self._postgres)
            self.start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._process is not None:
                self._process.kill()
            if "database" in self.__dict__:
                self.database.drop()
        finally:
            self._folder.cleanup()

    def start(self) -> None:
        """Starts the server, where it does not run.

        Raises:
            ServerFailed: It ended, or was not ready in time.
        """
        if self._process is not None:
            if self._process.running:
                return
            self._process.kill()
        for attempt in range(1, _STARTS + 1):
            try:
                self._serve(free_port())
                break
            except ServerFailed as error:
                # Somebody may have taken the port since.
                if attempt == _STARTS or "in use" not in str(error):
                    raise
        if "tables_at_start" not in self.__dict__:
            self.tables_at_start = self.database.tables()
            if "item" in self.tables_at_start:
                self.database.seed(SEEDS)

    def _serve(self, port: int) -> None:
        served = self.case.served
        # The application stands in the folder, however the server looks for modules.
        path = [str(served.folder or Path.cwd()), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        environment = {
            "PYTHONPATH": os.pathsep.join(filter(None, path)),
            "PYTHONUNBUFFERED": "1",
            **served.environment,
            "DATABASE_URL": self.database.url,
            "PORT": str(port),
        }
        self.client = Client(port)
        self._process = ServerProcess(served.command_on(port), self._log, environment, served.folder)
        self._process.wait_until(self._is_ready)

    def _is_ready(self) -> bool:
        try:
            answer = self.ask("/stats")
        except (OSError, http.client.HTTPException):
            return False
        expect(answer.status == OK, f"GET /stats answers {answer.status}: {answer.body[:500]!r}\n{self.output()}")
        return True

    def stop(self) -> int:
        """Sends SIGTERM to the server, and waits for its end.

        Returns:
            The exit code.

        Raises:
            ServerFailed: It did not end in time.
        """
        return 0 if self._process is None else self._process.terminate()

    def output(self) -> str:
        """Gives the end of what the server wrote."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-6000:] if self._log.exists() else ""

    # What checks ask.

    def ask(self, path: str, *, method: str = "GET", body: Any = None, **query: Any) -> Answer:
        """Asks the server; see `Client.ask`."""
        return self.client.ask(path, method=method, body=body, **query)

    def get(self, path: str, **query: Any) -> Any:
        """Asks for an object that has to be there."""
        answer = self.ask(path, **query)
        expect(answer.status == OK, f"GET {path} {query} answers {answer.status}: {answer.body[:500]!r}")
        return answer.json()

    def count(self, name: str) -> int:
        """Asks the application how many rows have a name."""
        return int(self.get("/count", name=name)["count"])

    def stats(self) -> dict[str, Any]:
        """Asks the application for the figures of its pool.

        A server that starts its threads on demand may leave a request alone until the next one comes, while all of
        them wait at a gate: then it is asked again.
        """
        for patience in _SOON:
            try:
                with self.client.conversation(patience) as conversation:
                    answer = conversation.ask("/stats")
            except TimeoutError:
                continue
            expect(answer.status == OK, f"GET /stats answers {answer.status}: {answer.body[:500]!r}")
            found: dict[str, Any] = answer.json()
            return found
        raise CheckFailed(f"GET /stats has no answer, {len(_SOON)} times")

    def at_rest(self) -> None:
        """Waits until the pool has all of its connections back, and no transaction is open.

        Raises:
            CheckFailed: It did not come to that.
        """
        eventually(lambda: self.stats()["in_use"], lambda found: found == 0, "connections that are not given back")
        eventually(self.database.sessions_in_transactions, lambda found: found == 0, "transactions that are left open")

    def at_gate(self, gate: str, number: int = 1) -> None:
        """Waits until so many requests wait at a gate.

        Raises:
            CheckFailed: They did not come.
        """
        eventually(self.stats, lambda found: found["gates"].count(gate) == number, f"{number} requests at a gate")

    def open(self, gate: str) -> None:
        """Opens a gate."""
        self.get("/gate", gate=gate)

    def new_name(self) -> str:
        """Gives a name that no row has."""
        return f"row {next(_names)}"

    def in_background(self, path: str, **query: Any) -> Asking:
        """Asks in a thread."""
        return Asking(self.client, path, query)


class Asking:
    """A request that is not answered yet."""

    def __init__(self, client: Client, path: str, query: dict[str, Any]) -> None:
        self._found: list[Any] = []
        self._thread = Thread(target=self._ask, args=(client, path, query), daemon=True)
        self._thread.start()

    def _ask(self, client: Client, path: str, query: dict[str, Any]) -> None:
        try:
            self._found.append(client.ask(path, **query))
        except Exception as error:  # noqa: BLE001 - it is raised where the answer is asked for
            self._found.append(error)

    def answer(self) -> Answer:
        """Waits for the answer, which has to be a good one.

        Raises:
            CheckFailed: It is none.
        """
        self._thread.join()
        found: Answer | Exception = self._found[0]
        if isinstance(found, Exception):
            raise found
        expect(found.status == OK, f"it answers {found.status}: {found.body[:500]!r}")
        return found


class Watch:
    """Counts the sessions of the application again and again; used as a block.

    Attributes:
        most: How many there were at most; None where there is no server to ask.
    """

    def __init__(self, site: Site) -> None:
        """Takes the site."""
        self._site = site
        self._stop = Event()
        self._thread = Thread(target=self._look, daemon=True)
        self.most: int | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        database = self._site.database
        try:
            while (found := database.sessions()) is not None:
                self.most = max(self.most or 0, found)
                if self._stop.wait(0.005):
                    return
        finally:
            database.close()
