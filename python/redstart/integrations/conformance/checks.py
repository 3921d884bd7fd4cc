"""The checks, in the order in which they run. What the routes are for stands in the package's own text."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from redstart.integrations.conformance.application import WIDTH
from redstart.integrations.conformance.databases import LIMIT
from redstart.integrations.conformance.site import SEEDS, Site, Watch
from redstart.integrations.conformance.waiting import eventually, expect

if TYPE_CHECKING:
    from collections.abc import Callable

#: How many clients ask at the same time, and how often each of them does.
CLIENTS, REQUESTS = 20, 50


@dataclass(frozen=True)
class Check:
    """One thing that an application should do.

    Attributes:
        name: The name: the column of the table.
        run: Looks whether it does, and raises `CheckFailed` if not.
    """

    name: str
    run: Callable[[Site], None]

    @property
    def meaning(self) -> str:
        """What is checked, in a sentence."""
        return (self.run.__doc__ or "").partition("\n")[0]


def _tables(site: Site) -> None:
    """The table is there as soon as the server answers."""
    expect("item" in site.tables_at_start, f"there are these tables: {sorted(site.tables_at_start)}")


def _normal(site: Site) -> None:
    """A request reads, another one writes; each uses one connection and gives it back."""
    expect(_row(site, "/item/1") == {"id": 1, "name": SEEDS[0]}, "GET /item/1 does not answer with the row")
    name = site.new_name()
    site.at_rest()
    answer = site.ask("/item", method="POST", body={"name": name})
    expect(answer.status in {200, 201}, f"POST /item answers {answer.status}: {answer.body[:500]!r}")
    made = _checked(answer.json())
    expect(made["name"] == name, f"POST /item answers {made}")
    expect(_row(site, f"/item/{made['id']}") == made, "the row that was made is not read again")
    expect(site.database.count(name) == 1, "the row that was made is not in the database")
    site.at_rest()


def _handler_error(site: Site) -> None:
    """A handler that raises in the middle of a transaction: 500, all is undone, the connection comes back."""
    name = site.new_name()
    for _ in range(LIMIT + 1):
        status = site.ask("/fail", name=name).status
        expect(status == 500, f"GET /fail answers {status}")
    site.at_rest()
    expect(site.count(name) == 0, "what the handler did not commit is there")


def _middleware_error(site: Site) -> None:
    """A middleware of the application shares the request's connection; when it raises, it comes back."""
    _row(site, "/middleware", fail=0)
    for _ in range(LIMIT + 1):
        status = site.ask("/middleware", fail=1).status
        expect(status == 500, f"GET /middleware?fail=1 answers {status}")
    site.at_rest()


def _not_found(site: Site) -> None:
    """404 for a path that is no route, and from a handler that has queried."""
    for path in ("/nowhere", "/item/987654"):
        for _ in range(LIMIT + 1):
            status = site.ask(path).status
            expect(status == 404, f"GET {path} answers {status}")
    site.at_rest()


def _redirect(site: Site) -> None:
    """A redirection after a query."""
    for _ in range(LIMIT + 1):
        answer = site.ask("/redirect")
        expect(answer.status in {301, 302, 303, 307, 308}, f"GET /redirect answers {answer.status}")
        where = answer.headers.get("location", "")
        expect(where.endswith("/item/1"), f"GET /redirect leads to {where!r}")
    site.at_rest()


def _head(site: Site) -> None:
    """HEAD: the handler runs, there is no body, the connection comes back."""
    for _ in range(LIMIT + 1):
        answer = site.ask("/item/1", method="HEAD")
        expect((answer.status, answer.body) == (200, b""), f"HEAD /item/1 answers {answer}")
    site.at_rest()


def _stream(site: Site) -> None:
    """A body that is sent while its rows are read: whole, and left in the middle by the client."""
    answer = site.ask("/stream")
    expect(answer.status == 200, f"GET /stream answers {answer.status}")
    lines = answer.body.decode().splitlines()
    expect([line.rstrip() for line in lines] == SEEDS, f"GET /stream sends {len(lines)} lines, or others than the rows")
    expect({len(line) for line in lines} == {WIDTH - 1}, "the lines of GET /stream have another width")
    site.at_rest()
    for _ in range(LIMIT + 1):
        with site.client.send("/stream") as left:
            expect(left.recv(100).startswith(b"HTTP/1.1 200"), "GET /stream does not begin to answer")
    site.at_rest()
    _row(site, "/item/1")


def _disconnect(site: Site) -> None:
    """A client that leaves while its request is at work, with a connection, and in a transaction."""
    for path, more in (("/slow", {}), ("/transaction", {"name": site.new_name(), "end": "commit"})):
        gate = site.new_name()
        site.at_rest()
        with site.client.send(path, gate=gate, **more):
            # The handler may be told that the client has left, so it is looked for before that.
            site.at_gate(gate)
            expect(site.stats()["in_use"] == 1, f"GET {path} waits and has {site.stats()['in_use']} connections")
        site.open(gate)
        site.at_rest()
    _row(site, "/item/1")


def _background(site: Site) -> None:
    """A task that runs after the response has a connection, and gives it back."""
    for _ in range(LIMIT + 1):
        name = site.new_name()
        site.get("/background", name=name)
        eventually(partial(site.count, name), lambda found: found == 1, "the row of a background task")
    site.at_rest()


def _websocket(site: Site) -> None:
    """A WebSocket queries for each message, holds nothing while it waits, and leaves nothing."""
    for _ in range(LIMIT + 1):
        with site.client.websocket("/websocket") as socket:
            for _ in range(2):
                name = site.new_name()
                socket.send(name)
                made = int(socket.recv(timeout=20))
                expect(site.get(f"/item/{made}")["name"] == name, "the WebSocket did not make the row")
            site.at_rest()
    site.at_rest()


def _thread(site: Site) -> None:
    """A plain handler that the framework runs in a thread uses the request's connection."""
    for _ in range(LIMIT + 1):
        expect(_row(site, "/thread/1") == {"id": 1, "name": SEEDS[0]}, "GET /thread/1 answers another row")
    site.at_rest()


def _mounted(site: Site) -> None:
    """An application within the application uses the request's connection."""
    for _ in range(LIMIT + 1):
        expect(_row(site, "/mounted/item/1") == {"id": 1, "name": SEEDS[0]}, "GET /mounted/item/1 answers another row")
    site.at_rest()


def _isolation(site: Site) -> None:
    """What a request's transaction writes is seen by no other request before it commits, or ever if it rolls back."""
    for end, expected in (("commit", 1), ("rollback", 0)):
        gate, name = site.new_name(), site.new_name()
        asking = site.in_background("/transaction", name=name, gate=gate, end=end)
        site.at_gate(gate)
        expect(site.count(name) == 0, "another request sees what is not committed")
        expect(site.database.count(name) == 0, "the row is in the database before the commit")
        site.open(gate)
        expect(asking.answer().json() == {"seen": 1}, "the transaction does not see its own row")
        expect(site.count(name) == expected, f"after {end} there are {site.count(name)} rows")
    if site.database.sessions() is not None:
        _two_writers(site)
    site.at_rest()


def _two_writers(site: Site) -> None:
    gate, name = site.new_name(), site.new_name()
    both = []
    for number in (1, 2):
        query = {"name": f"{name}:{number}", "gate": gate, "end": "commit"}
        both.append(site.in_background("/transaction", **query))
        site.at_gate(gate, number)
    site.open(gate)
    seen = [asking.answer().json()["seen"] for asking in both]
    expect(seen == [1, 1], f"two transactions at the same time see {seen} rows, their own and the other's")


def _limit(site: Site) -> None:
    """More requests want a connection than the pool may have: some wait, and the server has no more sessions."""
    gate = site.new_name()
    with Watch(site) as watch:
        asked = [site.in_background("/slow", gate=gate) for _ in range(LIMIT + 2)]
        site.at_gate(gate, LIMIT)
        stats = eventually(site.stats, lambda found: found["waiting"] == 2, "two requests that wait for a connection")
        site.open(gate)
        for asking in asked:
            asking.answer()
    expect((stats["in_use"], stats["size"]) == (LIMIT, LIMIT), f"the pool has {stats}")
    expect(watch.most in {None, LIMIT}, f"the server had {watch.most} sessions")
    site.at_rest()


def _load(site: Site) -> None:
    """20 clients with 50 requests each: every answer is right, every row is there, the limit holds."""
    name = site.new_name()
    with Watch(site) as watch, ThreadPoolExecutor(CLIENTS) as clients:
        wrong = [one for found in clients.map(lambda _: _client(site, name), range(CLIENTS)) for one in found]
    expect(not wrong, f"{len(wrong)} of {CLIENTS * REQUESTS} answers are wrong, the first one: {wrong[:1]}")
    expect(site.database.count(name) == CLIENTS * REQUESTS // 5, "rows are missing")
    expect((watch.most or 0) <= LIMIT, f"the server had {watch.most} sessions")
    site.at_rest()


def _client(site: Site, name: str) -> list[Any]:
    """Asks on one connection; gives the wrong answers."""
    wrong: list[Any] = []
    with site.client.conversation() as conversation:
        for number in range(REQUESTS):
            if number % 5:
                answer = conversation.ask(f"/item/{number + 1}")
                expected = SEEDS[number]
            else:
                answer = conversation.ask("/item", method="POST", body={"name": name})
                expected = name
            if answer.status not in {200, 201} or answer.json()["name"] != expected:
                wrong.append(answer)
    return wrong


def _returned(site: Site) -> None:
    """A request that does not query takes no connection; after all that, the pool has each of them back."""
    site.at_rest()
    before = site.stats()
    site.at_rest()
    after = site.stats()
    expect(after["created"] == before["created"], "requests without a query open connections")
    expect(after["size"] == after["idle"] <= LIMIT, f"the pool has {after}")


def _sigterm(site: Site) -> None:
    """SIGTERM ends the server in good order, and none of its sessions is left."""
    _row(site, "/item/1")
    expect(site.database.sessions() != 0, "there is no session that could end")
    code = site.stop()
    expect(code in {0, -15, 143}, f"the server ends with the code {code}")
    eventually(site.database.sessions, lambda found: not found, "sessions after the end of the server")


def _row(site: Site, path: str, **query: Any) -> dict[str, Any]:
    """Asks for a row while nobody else asks."""
    # The one before may have been answered, and its connection not yet be back.
    site.at_rest()
    return _checked(site.get(path, **query))


def _checked(answer: Any) -> dict[str, Any]:
    """Takes the row from an answer of a request that was alone: it has used one connection."""
    expect(isinstance(answer, dict) and set(answer) == {"id", "name", "in_use"}, f"no row but {answer!r}")
    in_use = answer["in_use"]
    expect(in_use <= 1, f"the request uses {in_use} connections")
    return {"id": answer["id"], "name": answer["name"]}


#: The checks. The last one ends the server.
CHECKS = [
    Check("tables", _tables),
    Check("normal", _normal),
    Check("handler error", _handler_error),
    Check("middleware error", _middleware_error),
    Check("404", _not_found),
    Check("redirect", _redirect),
    Check("HEAD", _head),
    Check("stream", _stream),
    Check("disconnect", _disconnect),
    Check("background", _background),
    Check("WebSocket", _websocket),
    Check("thread", _thread),
    Check("mounted", _mounted),
    Check("isolation", _isolation),
    Check("limit", _limit),
    Check("load", _load),
    Check("returned", _returned),
    Check("SIGTERM", _sigterm),
]
