"""Threads that hold connections of a pool, and what else tests of pools wait for."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager

PATIENCE = 30


def until(condition):
    """Wait for a condition; fails where it does not come."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come"
        time.sleep(0.001)


def pass_by(seconds):
    """Let an age be reached, by the clock that the pool reads."""
    end = time.monotonic() + seconds
    until(lambda: time.monotonic() > end)


class Held:
    """A thread that has a connection from `start` to `stop`."""

    def __init__(self, db, name=None):
        self.db = db
        self.error = None
        self._up, self._down = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._run, name=name)

    def _run(self):
        try:
            self.db.connect()
        except Exception as error:
            self.error = error
        self._up.set()
        self._down.wait(PATIENCE)
        if self.error is None:
            self.db.close()

    def start(self):
        self.thread.start()
        assert self._up.wait(PATIENCE)
        return self

    def stop(self):
        self._down.set()
        self.thread.join(PATIENCE)


@contextmanager
def held(db, count, name=None):
    """Have so many connections in use by threads."""
    holders = [Held(db, name).start() for _ in range(count)]
    try:
        yield holders
    finally:
        for one in holders:
            one.stop()


def in_thread(function):
    """Give what a function gives in another thread, or the exception."""
    outcome = []

    def run():
        try:
            outcome.append(function())
        except Exception as error:
            outcome.append(error)

    thread = threading.Thread(target=run, name="another")
    thread.start()
    thread.join(PATIENCE)
    return outcome[0]


def figures(db, *names):
    """Give some of a pool's figures."""
    stats = db.pool_stats()
    return tuple(stats[name] for name in names)
