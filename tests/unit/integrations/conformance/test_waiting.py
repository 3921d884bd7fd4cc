"""Waiting for a condition, and at gates."""

from __future__ import annotations

import asyncio
import threading

import pytest

from redstart.integrations.conformance import application, waiting
from redstart.integrations.conformance.application import Gates
from redstart.integrations.conformance.waiting import CheckFailed, eventually, expect


def test_what_is_not_expected_fails():
    expect(1, "fine")
    with pytest.raises(CheckFailed, match="not fine"):
        expect(0, "not fine")


def test_what_becomes_good_is_given():
    numbers = iter(range(10))
    assert eventually(lambda: next(numbers), lambda found: found == 3, "three") == 3


def test_what_does_not_become_good_is_told(monkeypatch):
    monkeypatch.setattr(waiting, "PATIENCE", 0.05)
    with pytest.raises(CheckFailed, match=r"three: after 0\.05 s it is 2"):
        eventually(lambda: 2, lambda found: found == 3, "three")


def test_a_gate_keeps_threads_and_tasks_until_it_is_open():
    gates, passed = Gates(), []

    def in_thread():
        gates.wait("a")
        passed.append("thread")

    async def main():
        thread = threading.Thread(target=in_thread)
        thread.start()
        task = asyncio.create_task(gates.await_("a"))
        other = asyncio.create_task(gates.await_("b"))
        while len(gates.waiting()) < 3:
            await asyncio.sleep(0)
        assert gates.waiting() == ["a", "a", "b"]
        assert passed == []
        gates.open("a")
        await task
        thread.join()
        assert passed == ["thread"]
        assert gates.waiting() == ["b"]
        other.cancel()
        with pytest.raises(asyncio.CancelledError):
            await other
        assert gates.waiting() == []

    asyncio.run(main())


def test_a_gate_that_nobody_opens_ends_the_waiting(monkeypatch):
    monkeypatch.setattr(application, "PATIENCE", 0.01)
    with pytest.raises(TimeoutError, match="gate 'a'"):
        Gates().wait("a")
    with pytest.raises(TimeoutError, match="gate 'a'"):
        asyncio.run(Gates().await_("a"))
