"""What an event loop watches for the connections that its tasks wait for."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from pathlib import Path

import pytest
import uvloop

from backends.sessions import assert_at_rest, terminate, wait_until
from backends.steps import run_on
from redstart import InterfaceError, OperationalError
from redstart.pwasyncio import AsyncPostgresqlDatabase

LOST = (OperationalError, InterfaceError)
LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


def sockets():
    """Gives the numbers of the sockets that the process has open."""
    found = set()
    for file in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            if str(file.readlink()).startswith("socket:"):
                found.add(int(file.name))
    return found


def selectors():
    """Gives how many descriptors the process has open behind which there are others."""
    found = 0
    for file in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found += str(file.readlink()) == "anon_inode:[eventpoll]"
    return found


def watched():
    """Gives what the running loop watches, without its own."""
    loop = asyncio.get_running_loop()
    return set(loop._selector.get_map()) - {loop._ssock.fileno()}


async def until(condition):
    """Lets the loop go round until something is so."""
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0)


async def ask(db):
    async with db:
        return (await db.aexecute_sql("SELECT pg_backend_pid()")).fetchone()[0]


async def ask_beside(db):
    """Asks while the loop has something else to do, so that it is the loop that waits."""
    answers = await asyncio.gather(ask(db), asyncio.sleep(0), asyncio.sleep(0.01))
    return answers[0]


def test_a_loop_watches_one_descriptor_for_all(postgres_database, awaited):
    db = awaited(pool_size=3)

    async def main():
        await ask_beside(db)
        before = watched()
        assert len(before) == 1
        assert len(set(await asyncio.gather(*(ask_beside(db) for _ in range(3))))) == 3
        assert watched() == before
        # A thread that uses a connection meanwhile may make it ready, and nobody waits for that here.
        async with db:
            pid = await db.run(lambda: db.execute_sql("SELECT pg_backend_pid()").fetchone()[0])
            assert (await db.aexecute_sql("SELECT pg_backend_pid()")).fetchone()[0] == pid
        assert watched() == before

    asyncio.run(main())
    assert_at_rest(postgres_database, db)


@pytest.mark.parametrize("new_loop", LOOPS.values(), ids=LOOPS)
def test_a_task_that_waits_hears_that_its_session_ended(postgres_database, awaited, new_loop):
    db = awaited(pool_size=1)

    async def main():
        async with asyncio.timeout(20):
            for _ in range(3):
                pid = await ask_beside(db)
                waiting = asyncio.create_task(db.aexecute_sql("SELECT pg_sleep(60)"))
                await asyncio.sleep(0)
                await asyncio.to_thread(terminate, postgres_database, pid)
                with pytest.raises(OperationalError):
                    await waiting
                assert await ask_beside(db) != pid

    run_on(new_loop, main())
    assert_at_rest(postgres_database, db)


@pytest.mark.parametrize("new_loop", LOOPS.values(), ids=LOOPS)
def test_a_task_that_waits_hears_of_a_reset(hostile_server, new_loop):
    server = hostile_server("reset_query")
    db = AsyncPostgresqlDatabase(server.dsn(connect_timeout=5), pool_size=1)

    async def main():
        async with asyncio.timeout(20):
            for _ in range(3):
                with pytest.raises(LOST):
                    await ask_beside(db)
            await db.close_pool()

    run_on(new_loop, main())


@pytest.mark.parametrize("new_loop", LOOPS.values(), ids=LOOPS)
def test_its_number_is_free_for_others_when_it_is_closed(postgres_database, awaited, new_loop):
    db = awaited(pool_size=2)

    async def main():
        before = sockets()
        for _ in range(5):
            await asyncio.gather(ask_beside(db), ask_beside(db))
            opened = sockets() - before
            assert opened
            await db.close_pool()
            await until(lambda opened=opened: not opened & sockets())
            # Whoever gets the number next has the loop watch it for himself.
            left, right = socket.socketpair()
            reader, writer = await asyncio.open_connection(sock=left)
            right.sendall(b"there")
            assert await reader.readexactly(5) == b"there"
            right.close()
            assert await reader.read() == b""
            writer.close()
            await writer.wait_closed()

    run_on(new_loop, main())
    assert_at_rest(postgres_database, db)


@pytest.mark.parametrize("new_loop", LOOPS.values(), ids=LOOPS)
def test_a_loop_that_is_closed_keeps_no_socket(postgres_database, awaited, new_loop):
    db = awaited(pool_size=2)
    before = sockets()
    pid = run_on(new_loop, ask_beside(db))
    # Another loop watches it for itself.
    assert run_on(new_loop, ask_beside(db)) == pid
    run_on(new_loop, db.close_pool())
    wait_until(lambda: not sockets() - before, "the sockets are closed")
    assert_at_rest(postgres_database, db)


def test_loops_that_take_turns_share_a_connection(awaited):
    db = awaited(pool_size=1)
    before = selectors()
    first, second = asyncio.new_event_loop(), uvloop.new_event_loop()
    try:
        found = {loop.run_until_complete(ask_beside(db)) for loop in [first, second]}
        opened = selectors()
        found |= {loop.run_until_complete(ask_beside(db)) for loop in [first, second] * 5}
        assert len(found) == 1
        assert selectors() == opened
    finally:
        first.close()
        second.close()
    wait_until(lambda: selectors() == before, "the loops' descriptors are closed")
