"""The program under load: threads and tasks on two database objects, in a process of their own.

`python -m stress.load PLAN`: the plan is a JSON object. It prints READY and waits for a line, works, prints QUIET and
waits
for another line, closes its pools, and writes what it knows into the plan's report. It uses no other driver.
"""

from __future__ import annotations

import asyncio
import faulthandler
import gc
import json
import os
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from redstart.pool import PooledSqliteDatabase
from redstart.postgres_ext import PooledPostgresqlExtDatabase
from redstart.pwasyncio import AsyncPostgresqlDatabase, AsyncSqliteDatabase
from stress.bank import Bank
from stress.gauge import Gauge, Sample
from stress.task_load import TaskLoad
from stress.thread_load import ThreadLoad
from stress.worker import Clock, Worker

#: Less than there are workers, so that they wait for each other.
SHARED_POOL, TASKS_POOL = 6, 5
#: Who works on which database: the shared one is used by all kinds at once.
SHARED_THREADS, TASKS_THREADS = 5, 2
SHARED_SLOTS, TASKS_SLOTS = 6, 5
BRIEF_SLOTS = 3
#: How many seconds the second loop lives before another one takes over.
SEGMENT = 3.0
UNITS_OF_A_THREAD = 50
#: How many seconds a worker waits for a connection, and how many more it may take to come to its end.
ACQUIRE, PATIENCE = 15.0, 45.0
#: How many seconds the undoing of what was left on a connection may take.
RESET = 10.0
#: So many failures of a loop are reported.
SHOWN = 5


class Load:
    """All workers of one run."""

    def __init__(self, plan: dict[str, Any]) -> None:
        """Reads the plan: `backend`, `target`, `seed`, `seconds`, `calm`, `forget`, `report`."""
        self._plan = plan
        self._workers: list[Worker] = []
        self._threads: list[ThreadLoad] = []
        self._loops: list[TaskLoad] = []
        self.databases = databases(plan["backend"], plan["target"])
        self._banks = [Bank(database) for database in self.databases.values()]

    def prepare(self) -> None:
        """Makes the tables."""
        self._banks[0].open()

    def work(self) -> dict[str, Any]:
        """Runs the load to its end and returns what it knows."""
        clock = Clock(self._plan["seconds"], self._plan["calm"])
        self._hire(clock)
        watchdog = threading.Timer(self._plan["seconds"] + PATIENCE, self._give_up)
        watchdog.daemon = True
        watchdog.start()
        gauge = Gauge(lambda: sum(loop.tasks for loop in self._loops))
        gauge.start()
        for one in (*self._threads, *self._loops):
            one.start()
        self._wait(gauge, clock)
        for one in (*self._threads, *self._loops):
            one.thread.join()
        watchdog.cancel()
        return {"samples": gauge.columns(), **self._findings()}

    def _wait(self, gauge: Gauge, clock: Clock) -> None:
        """Stops the gauge with the load: those who have come to their end take less."""
        time.sleep(max(0.0, clock.end - time.monotonic()))
        gauge.stop()

    def _hire(self, clock: Clock) -> None:
        shared, tasks = self._banks
        for bank, count in ((shared, SHARED_THREADS), (tasks, TASKS_THREADS)):
            for _ in range(count):
                worker = self._worker(clock)
                self._threads.append(
                    ThreadLoad(bank, worker, UNITS_OF_A_THREAD, forgetful=self._plan["forget"] and bank is shared)
                )
        lasting = [(shared, SHARED_SLOTS), (tasks, TASKS_SLOTS)]
        brief = [(shared, BRIEF_SLOTS), (tasks, BRIEF_SLOTS)]
        for number, (counts, segment) in enumerate(((lasting, self._plan["seconds"]), (brief, SEGMENT))):
            slots = [(bank, self._worker(clock)) for bank, count in counts for _ in range(count)]
            self._loops.append(TaskLoad(number, slots, clock, segment))

    def _worker(self, clock: Clock) -> Worker:
        worker = Worker(len(self._workers), self._plan["seed"], clock)
        self._workers.append(worker)
        return worker

    def _findings(self) -> dict[str, Any]:
        # What was left on a connection is undone in the background, and takes it until then.
        end = time.monotonic() + RESET
        while time.monotonic() < end and any(one.pool_stats()["in_use"] for one in self.databases.values()):
            time.sleep(0.01)
        return {
            "fates": {worker.ledger.worker: worker.ledger.fates.hex() for worker in self._workers},
            "labels": {
                worker.ledger.worker: [worker.ledger.labels, worker.ledger.labelled.hex()] for worker in self._workers
            },
            "done": sum((worker.done for worker in self._workers), Counter()),
            "errors": sum((worker.errors for worker in self._workers), Counter()),
            "violations": [text for worker in self._workers for text in worker.violations],
            "late": [text for worker in self._workers for text in worker.late],
            "failures": [text for loop in self._loops for text in loop.failures[:SHOWN]],
            "loops": sum(loop.loops for loop in self._loops),
            "pools": {name: stats_of(database) for name, database in self.databases.items()},
        }

    def _give_up(self) -> None:
        """Says who hangs on what, and ends the process."""
        for name, database in self.databases.items():
            print(f"HANGS {name}: {stats_of(database)}", file=sys.stderr)
        for load in self._loops:
            if load.loop is not None and load.thread.is_alive():
                for task in asyncio.all_tasks(load.loop):
                    task.print_stack(file=sys.stderr)
        faulthandler.dump_traceback(file=sys.stderr)
        sys.stderr.flush()
        os._exit(3)


def databases(backend: str, target: str) -> dict[str, Any]:
    """Returns the two database objects: one for threads and tasks, one for tasks first of all."""
    if backend == "postgres":
        return {
            "shared": PooledPostgresqlExtDatabase(target, max_connections=SHARED_POOL, timeout=ACQUIRE),
            "tasks": AsyncPostgresqlDatabase(target, pool_size=TASKS_POOL, acquire_timeout=ACQUIRE),
        }
    settings: dict[str, Any] = {"pragmas": {"journal_mode": "wal", "synchronous": "off"}, "timeout": ACQUIRE}
    shared = PooledSqliteDatabase(target, max_connections=SHARED_POOL, **settings)
    return {"shared": shared, "tasks": AsyncSqliteDatabase(target, pool_size=TASKS_POOL, **settings)}


def stats_of(database: Any) -> dict[str, Any]:
    """Returns the figures of a pool, with those who hold connections as text."""
    stats: dict[str, Any] = database.pool_stats()
    return {**stats, "holders": [one["label"] for one in stats["holders"]]}


def say(word: str) -> None:
    """Tells the parent how far it is, and waits for its word."""
    print(word, flush=True)
    sys.stdin.readline()


def main(plan: dict[str, Any]) -> None:
    """Works by the plan."""
    load = Load(plan)
    before = Sample.now(0)
    load.prepare()
    say("READY")
    findings = load.work()
    say("QUIET")
    for database in load.databases.values():
        database.close_all()
    gc.collect()
    after = Sample.now(0)
    findings["descriptors"] = {"before": before.descriptors, "after": after.descriptors}
    Path(plan["report"]).write_text(json.dumps(findings), encoding="utf-8")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
