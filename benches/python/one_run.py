"""One process of the benchmark: prepares one workload for one contender, runs it, prints its measure as JSON.

Started by `measure.py` and `instructions.py` in an empty directory. The clock runs around the work only; the
garbage collector is left at its defaults. Asynchronous work runs in one task, from its preparation to its end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from typing import Any

import workload
from workload import Work


def main() -> None:
    """Run as many passes as asked for and print the smallest time (or the work's own measure) and the check value."""
    options = parse()
    if options.core is not None:
        os.sched_setaffinity(0, {options.core})
    program = workload.load(options.name)
    made = workload.prepare(program, options.contender, options.n)
    if isinstance(made, Work):
        answer = run(made, options.passes, rest=options.rest)
    else:
        loop = new_loop(uvloop=options.uvloop)
        asyncio.set_event_loop(loop)
        answer = loop.run_until_complete(run_async(made, options.passes, rest=options.rest))
        loop.close()
    json.dump(answer, sys.stdout)


def parse() -> argparse.Namespace:
    """Read the command line, which `measure.run_command` writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("contender")
    parser.add_argument("n", type=int)
    parser.add_argument("passes", type=int)
    parser.add_argument("--core", type=int, help="stay on this core of the machine")
    parser.add_argument("--uvloop", action="store_true", help="run asynchronous work on uvloop")
    parser.add_argument(
        "--rest",
        action="store_true",
        help="prepare one more pass, but not its work: the instruction counter subtracts such a process",
    )
    return parser.parse_args()


def new_loop(*, uvloop: bool) -> asyncio.AbstractEventLoop:
    """Return asyncio's own loop, or uvloop's."""
    if not uvloop:
        return asyncio.new_event_loop()
    from uvloop import new_event_loop

    return new_event_loop()


def run(work: Work, passes: int, *, rest: bool) -> dict[str, Any]:
    """Run the passes of synchronous work."""
    times: list[float] = []
    result = None
    for _ in range(passes):
        result = None  # the last pass's result is freed here, outside the clock
        if work.before:
            work.before()
        start = time.perf_counter()
        result = work.run()
        times.append(time.perf_counter() - start)
    if rest and work.before:
        work.before()
    answer = answer_of(work, result, times)
    if work.close:
        work.close()
    return answer


async def run_async(made: Any, passes: int, *, rest: bool) -> dict[str, Any]:
    """Prepare asynchronous work and run its passes; the same as `run`, with `await`."""
    work = await made
    times: list[float] = []
    result = None
    for _ in range(passes):
        result = None
        if work.before:
            work.before()
        start = time.perf_counter()
        result = await work.run()
        times.append(time.perf_counter() - start)
    if rest and work.before:
        work.before()
    answer = answer_of(work, result, times)
    if work.close:
        await work.close()
    return answer


def answer_of(work: Work, result: Any, times: list[float]) -> dict[str, Any]:
    """Return what the process reports."""
    if work.measures_itself:
        return {"value": result, "check": None}
    return {"value": min(times), "times": times, "check": work.check() if work.check else result}


if __name__ == "__main__":
    main()
