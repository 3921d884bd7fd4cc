"""Processes that fork with open connections: the parent's stay the parent's, the child gets its own."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys

import pytest
from backends.programs import environment, run_program
from backends.sessions import pids, wait_until
from servers.server_process import free_port

PRELUDE = """
import asyncio, gc, json, os, signal, sys, threading
from redstart import PostgresqlDatabase
from redstart.pool import PooledPostgresqlDatabase
from redstart.pwasyncio import AsyncPostgresqlDatabase
dsn = sys.argv[1]

def in_child(work):
    # Runs a function in a child and gives what it gives.
    sys.stdout.flush()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        signal.alarm(10)
        os.write(writing, json.dumps(work()).encode())
        gc.collect()
        # Ends as multiprocessing's children do: what stands in frames is cleared up, the parent's blocks are not left.
        import atexit
        atexit._run_exitfuncs()
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        found = answer.read()
    _, status = os.waitpid(pid, 0)
    assert status == 0, f"the child ended with {status}"
    return json.loads(found)
"""

IN_A_TRANSACTION = """
db = {database}
def child():
    assert db.is_closed() and db.transaction_depth() == 0
    with db.connection_context(), db.atomic():
        db.execute_sql("INSERT INTO ledger VALUES ('child')")
        return db.connection().get_backend_pid()

db.connect()
before = db.connection().get_backend_pid()
with db.atomic():
    db.execute_sql("INSERT INTO ledger VALUES ('parent 1')")
    children = [in_child(child) for _ in range(3)]
    db.execute_sql("INSERT INTO ledger VALUES ('parent 2')")
after = db.connection().get_backend_pid()
answer = db.execute_sql("SELECT pg_backend_pid()").fetchone()[0]
db.close()
print(json.dumps([before, after, answer, children]))
"""


@pytest.mark.spec("SB-079")
@pytest.mark.parametrize(
    "database",
    [
        "PostgresqlDatabase(dsn)",
        "PooledPostgresqlDatabase(dsn, max_connections=2)",
        "AsyncPostgresqlDatabase(dsn, pool_size=2)",
    ],
)
def test_parent_and_child_both_finish_their_transactions(postgres_database, database):
    postgres_database.execute("CREATE TABLE ledger (token text)")
    found = run_program(PRELUDE + IN_A_TRANSACTION.format(database=database), postgres_database.dsn())
    before, after, answer, children = found
    assert before == after == answer
    assert before not in children
    assert len(set(children)) == 3
    tokens = sorted(token for (token,) in postgres_database.execute("SELECT token FROM ledger"))
    assert tokens == ["child", "child", "child", "parent 1", "parent 2"]


def test_idle_connections_of_a_pool_stay_the_parents(postgres_database):
    text = """
    db = PooledPostgresqlDatabase(dsn, max_connections=3)
    barrier = threading.Barrier(3)
    def use():
        with db.connection_context():
            barrier.wait()
    threads = [threading.Thread(target=use) for _ in range(3)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()

    def pids():
        found = set()
        for _ in range(6):
            with db.connection_context():
                found.add(db.connection().get_backend_pid())
        return sorted(found)

    def child():
        assert db.pool_stats()["size"] == 0
        mine = pids()
        db.close_all()
        return mine

    before = db.pool_stats()
    child_pids = in_child(child)
    after = db.pool_stats()
    print(json.dumps([before["idle"], after["idle"], after["created"], child_pids, pids()]))
    """
    idle, idle_after, created, childs, parents = run_program(PRELUDE + dedent(text), postgres_database.dsn())
    assert (idle, idle_after, created) == (3, 3, 3)
    assert not set(childs) & set(parents)


def test_a_child_forked_by_a_task_has_an_event_loop_and_connections_of_its_own(postgres_database):
    text = """
    db = AsyncPostgresqlDatabase(dsn, pool_size=2)

    async def ask():
        async with db, db.atomic():
            return (await db.aexecute_sql("SELECT pg_backend_pid()")).fetchone()[0]

    def blocking():
        return db.execute_sql("SELECT pg_backend_pid()").fetchone()[0]

    async def in_thread():
        async with db:
            return await db.run(blocking)

    async def main():
        async with db:
            async with db.atomic():
                before = (await db.aconnect()).get_backend_pid()
                await db.run(blocking)
                pid = os.fork()
                if pid == 0:
                    signal.alarm(10)
                    # A thread starts without the parent's event loop.
                    found = []
                    thread = threading.Thread(target=lambda: found.extend([asyncio.run(ask()), asyncio.run(in_thread())]))
                    thread.start()
                    thread.join()
                    os._exit(0 if len(found) == 2 and before not in found else 1)
                _, status = os.waitpid(pid, 0)
                after = await db.run(blocking)
        return [status, before, after]
    print(json.dumps(asyncio.run(main())))
    """
    status, before, after = run_program(PRELUDE + dedent(text), postgres_database.dsn())
    assert status == 0
    assert before == after


def test_children_forked_while_threads_are_at_work_do_not_hang(postgres_database):
    text = """
    db = PooledPostgresqlDatabase(dsn, max_connections=4, timeout=20)
    stop = threading.Event()
    rounds = []
    def work():
        while not stop.is_set():
            with db.connection_context(), db.atomic():
                rounds.append(db.execute_sql("SELECT 1").fetchone())
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads: thread.start()
    def child():
        with db.connection_context(), db.atomic():
            return db.execute_sql("SELECT 2").fetchone()[0]
    answers = [in_child(child) for _ in range(20)]
    stop.set()
    for thread in threads: thread.join()
    print(json.dumps([answers, all(row == (1,) for row in rounds)]))
    """
    answers, right = run_program(PRELUDE + dedent(text), postgres_database.dsn())
    assert answers == [2] * 20
    assert right


def test_processes_of_multiprocessing_have_connections_of_their_own(postgres_database):
    postgres_database.execute("CREATE TABLE ledger (token text)")
    text = """
    import multiprocessing
    db = PooledPostgresqlDatabase(dsn, max_connections=2)

    def work(number):
        with db.connection_context(), db.atomic():
            db.execute_sql("INSERT INTO ledger VALUES (%s)", (str(number),))
            return os.getpid(), db.connection().get_backend_pid()

    with db.connection_context(), db.atomic():
        before = db.connection().get_backend_pid()
        db.execute_sql("INSERT INTO ledger VALUES ('parent')")
        with multiprocessing.get_context("fork").Pool(3) as workers:
            found = workers.map(work, range(30), chunksize=1)
            workers.close()
            workers.join()
        db.execute_sql("INSERT INTO ledger VALUES ('parent')")
    print(json.dumps([before, found]))
    """
    before, found = run_program(PRELUDE + dedent(text), postgres_database.dsn())
    by_process = {}
    for process, backend in found:
        by_process.setdefault(process, set()).add(backend)
    backends = [backend for own in by_process.values() for backend in own]
    assert len(backends) == len(set(backends))
    assert before not in backends
    tokens = sorted(token for (token,) in postgres_database.execute("SELECT token FROM ledger"))
    assert tokens == sorted([*map(str, range(30)), "parent", "parent"])


def test_workers_of_a_preloaded_application_have_connections_of_their_own(postgres_database, tmp_path):
    postgres_database.execute("CREATE TABLE ledger (token text)")
    port = free_port()
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "gunicorn", "--preload", "--workers", "2", "--bind", f"127.0.0.1:{port}"]
    own = {"APP_DSN": postgres_database.dsn(), "APP_REPORT": str(report)}
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen(
            [*command, "-c", "python:backends.preloaded_app", "backends.preloaded_app:application"],
            env=environment(**own),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as gunicorn,
    ):
        try:
            backends = {}
            wait_until(lambda: answers_of_both(port, backends), "both workers answer")
            alive = pids(postgres_database)
        finally:
            gunicorn.send_signal(signal.SIGTERM)
            gunicorn.wait(20)
    master = json.loads(report.read_text())
    assert master["first"] == master["last"]
    assert master["first"] in alive
    assert master["first"] not in backends.values()
    assert len(set(backends.values())) == 2
    assert postgres_database.execute("SELECT count(*) FROM ledger WHERE token = 'master'") == [(1,)]
    assert (tmp_path / "log").read_text().count("Traceback") == 0


def answers_of_both(port, backends):
    """Asks the application once; true when both of its workers have answered at some time."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        answer = json.loads(connection.getresponse().read())
    except OSError:
        return False
    finally:
        connection.close()
    backends[answer["worker"]] = answer["backend"]
    return len(backends) == 2


def dedent(text):
    import textwrap

    return textwrap.dedent(text)
