"""Runs the benchmarks and prints one table of ratios: `python benches/python/run.py --help`.

The command line only; `measure.py` measures, `report.py` writes, `workloads/` holds the programs.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import instructions
import measure
import postgres_server
import report
import workload
from workloads import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groups import Group

QUICK_DIVISOR = 10
QUICK_PASSES = 2


def main() -> int:
    """Run what the command line asks for; 1 if a contender that is present failed."""
    options = parse()
    # Each run has a directory of its own, where a relative path would lead to another redstart.
    if search := os.environ.get("PYTHONPATH"):
        os.environ["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, search.split(os.pathsep)))
    counter = instructions.find_counter() if options.instructions else None
    if options.instructions and counter is None:
        sys.stderr.write("No counter works here: install valgrind, or use perf where the machine has its counters.\n")
        return 2
    if options.uvloop and not measure.probe(("uvloop",))[0]:
        sys.stderr.write("uvloop is not installed here.\n")
        return 2
    with contextlib.ExitStack() as stack:
        here = find_contenders(options, stack)
        results = [
            result
            for name in options.only or NAMES
            if (result := measure_one(name, here, options, counter)) is not None
        ]
    rows = [
        report.Row(result, here.absent_from(result.facts.group), instructions=counter is not None) for result in results
    ]
    paragraphs = [
        "\n".join(heading(options, here, counter)),
        report.markdown(rows) if options.markdown else report.text(rows),
        "\n".join(notes(results, here)),
    ]
    sys.stdout.write("\n\n".join(filter(None, paragraphs)) + "\n")
    if options.json:
        document = facts_of(options, here, counter) | {"results": [row.numbers() for row in rows]}
        options.json.write_text(json.dumps(document, indent=1) + "\n")
    return 1 if any(result.failures for result in results) else 0


@dataclass
class Here:
    """What this machine has: the version of each library and its SQLite, and why a contender of a group is absent.

    `core` is the one that work of two sides is kept on: a client and its private server, an event loop and its thread.
    """

    core: int | None = None
    given_server: bool = postgres_server.VARIABLE in os.environ
    versions: dict[str, list[str]] = field(default_factory=dict)
    absent: dict[tuple[Group, str], str] = field(default_factory=dict)

    def absent_from(self, group: Group) -> list[str]:
        """Return the contenders of the group that cannot take part."""
        return [contender for where, contender in self.absent if where == group]

    def present_in(self, group: Group) -> list[str]:
        """Return the contenders of the group that can take part."""
        return [contender for contender in group.contenders if (group, contender) not in self.absent]


def find_contenders(options: argparse.Namespace, stack: contextlib.ExitStack) -> Here:
    """Look for what the workloads need, and start a PostgreSQL for the time of the stack if one of them needs it."""
    here = Here()
    if hasattr(os, "sched_setaffinity") and not options.unpinned:
        here.core = max(os.sched_getaffinity(0))
    groups = dict.fromkeys(workload.load(name).WORKLOAD.group for name in options.only or NAMES)
    lacking = ""
    if any(group.postgres for group in groups):
        try:
            url = stack.enter_context(postgres_server.database(here.core))
            here.versions["PostgreSQL"] = [postgres_server.version(url), ""]
        except postgres_server.NoServer as error:
            lacking = str(error)
    for group in groups:
        for contender, modules in group.contenders.items():
            found, reason = measure.probe(modules)
            if found:
                here.versions.setdefault(modules[0], found)
            if lacking and group.postgres:
                here.absent[group, contender] = lacking
            elif not found:
                here.absent[group, contender] = reason
    return here


def measure_one(name: str, here: Here, options: argparse.Namespace, counter: str | None) -> measure.Result | None:
    """Measure one workload; None if it has no place in this mode."""
    program = workload.load(name)
    facts = program.WORKLOAD
    present = here.present_in(facts.group)
    n = max(facts.n // QUICK_DIVISOR, 1) if options.quick else facts.n
    if counter and facts.passes == 1:
        sys.stderr.write(f"{name}: not a matter of instructions, left out\n")
        return None
    sys.stderr.write(f"{name} ...\n")
    passes = min(facts.passes, QUICK_PASSES) if options.quick else facts.passes
    plan = measure.Plan(n, options.runs, passes, tuple(arguments_of(facts.group, here, options)))
    if counter:
        return instructions.measure(counter, name, program, present, plan)
    return measure.interleave(name, program, present, plan)


def arguments_of(group: Group, here: Here, options: argparse.Namespace) -> Iterator[str]:
    """Give what the processes of a group are told besides their work."""
    if options.uvloop and group.asynchronous:
        yield "--uvloop"
    of_two_sides = not here.given_server if group.postgres else group.asynchronous
    if of_two_sides and here.core is not None:
        yield f"--core={here.core}"


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Time redstart and its peers against the raw drivers (= 1).")
    parser.add_argument("--only", action="append", choices=NAMES, metavar="NAME", help="this workload; may be repeated")
    parser.add_argument("--runs", type=int, metavar="K", help="processes per contender (default 5; 2 with --quick)")
    parser.add_argument("--quick", action="store_true", help="a tenth of the size, few runs: does it work at all?")
    parser.add_argument("--uvloop", action="store_true", help="run the asyncio workloads on uvloop")
    parser.add_argument("--unpinned", action="store_true", help="let servers, clients and threads use all cores")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all samples there")
    parser.add_argument("--markdown", action="store_true", help="print the table for a README")
    parser.add_argument("--instructions", action="store_true", help="count instructions instead of time (slow)")
    options = parser.parse_args()
    if options.runs is None:
        options.runs = 2 if options.quick else 5
    if options.runs < 1:
        parser.error("--runs must be at least 1")
    return options


def facts_of(options: argparse.Namespace, here: Here, counter: str | None) -> dict[str, Any]:
    """Return what the numbers depend on besides the programs, for JSON."""
    return {
        **machine(),
        "versions": here.versions,
        "absent": {f"{group.title}: {contender}": reason for (group, contender), reason in here.absent.items()},
        "quick": options.quick,
        "uvloop": options.uvloop,
        "core": here.core,
        "given_server": here.given_server,
        "counter": counter,
    }


def machine() -> dict[str, Any]:
    """Return the interpreter and the machine."""
    return {
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
    }


def heading(options: argparse.Namespace, here: Here, counter: str | None) -> list[str]:
    """Return the lines above the table."""
    facts = machine()
    names = [
        f"{name} {version}".rstrip() + (f" (SQLite {sqlite})" if sqlite else "")
        for name, (version, sqlite) in here.versions.items()
    ]
    lines = [f"Python {facts['python']}, {facts['machine']}, {facts['cpus']} CPUs: {', '.join(names)}."]
    if counter:
        lines.append(f"Instructions of one warm pass, counted by {counter}; the raw driver is 1.")
    else:
        lines.append(
            f"Medians of {options.runs} interleaved runs, one process each; the raw driver is 1, less is better."
        )
    if here.core is not None:
        lines.append("PostgreSQL with its clients, and event loops with their threads, were kept on one core.")
    if options.uvloop:
        lines.append("The asyncio workloads ran on uvloop.")
    if options.quick:
        lines.append("QUICK: a tenth of each size; not to be compared with the goals.")
    return lines


def notes(results: list[measure.Result], here: Here) -> list[str]:
    """Return the lines below the table: why a cell holds no number. A reason that contenders share stands once."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for (group, contender), reason in here.absent.items():
        reasons.setdefault((group.title, reason), []).append(contender)
    lines = [f"{title}: absent: {', '.join(names)}: {reason}" for (title, reason), names in reasons.items()]
    lines += [f"{r.name}: {contender} failed: {why}" for r in results for contender, why in r.failures.items()]
    return lines


if __name__ == "__main__":
    sys.exit(main())
