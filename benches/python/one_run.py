"""One process of the benchmark: prepares one workload for one contender, runs it, prints its measure as JSON.

Started by `measure.py` and `instructions.py` in an empty directory. The clock runs around the work only; the
garbage collector is left at its defaults.
"""

from __future__ import annotations

import importlib
import json
import sys
import time

import workload


def main(name: str, contender: str, n: int, passes: int, *, rest_before_end: bool) -> None:
    """Run `passes` passes and print the smallest time (or the work's own measure) and the check value.

    With `rest_before_end` the preparation of one more pass is done too, but not its work: the instruction counter
    subtracts such a process from one with a pass more.
    """
    program = workload.load(name)
    if contender == "raw":
        if program.raw is None:
            sys.exit(f"{name} has no raw contender")
        work = program.raw(n)
    else:
        work = program.orm(importlib.import_module(contender), n)
    times: list[float] = []
    result = None
    for _ in range(passes):
        result = None  # the last pass's result is freed here, outside the clock
        if work.before:
            work.before()
        start = time.perf_counter()
        result = work.run()
        times.append(time.perf_counter() - start)
    if rest_before_end and work.before:
        work.before()
    if work.measures_itself:
        answer = {"value": result, "check": None}
    else:
        answer = {"value": min(times), "times": times, "check": work.check() if work.check else result}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), rest_before_end="--rest" in sys.argv)
