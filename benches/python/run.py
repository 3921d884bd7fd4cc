"""Runs the benchmarks and prints one table of ratios: `python benches/python/run.py --help`.

The command line only; `measure.py` measures, `report.py` writes, `workloads/` holds the programs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import sys
from pathlib import Path
from typing import Any

import instructions
import measure
import report
import workload
from workloads import NAMES

QUICK_DIVISOR = 10
QUICK_PASSES = 2


def main() -> int:
    """Run what the command line asks for; 1 if a contender that is present failed."""
    options = parse()
    counter = instructions.find_counter() if options.instructions else None
    if options.instructions and counter is None:
        sys.stderr.write("No counter works here: install valgrind, or use perf where the machine has its counters.\n")
        return 2
    probes = {contender: measure.probe(contender) for contender in measure.CONTENDERS if contender != "raw"}
    versions = {contender: found for contender, (found, _) in probes.items() if found}
    absent = {contender: reason for contender, (found, reason) in probes.items() if not found}
    results = [
        result
        for name in options.only or NAMES
        if (result := measure_one(name, ["raw", *versions], options, counter)) is not None
    ]
    rows = [report.Row(result, list(absent), instructions=counter is not None) for result in results]
    paragraphs = [
        "\n".join(heading(options, versions, counter)),
        report.markdown(rows) if options.markdown else report.text(rows),
        "\n".join(notes(results, absent)),
    ]
    sys.stdout.write("\n\n".join(filter(None, paragraphs)) + "\n")
    if options.json:
        facts = {**machine(), "versions": versions, "absent": absent, "quick": options.quick, "counter": counter}
        document = {**facts, "results": [row.numbers() for row in rows]}
        options.json.write_text(json.dumps(document, indent=1) + "\n")
    return 1 if any(result.failures for result in results) else 0


def measure_one(
    name: str, present: list[str], options: argparse.Namespace, counter: str | None
) -> measure.Result | None:
    """Measure one workload; None if it has no place in this mode."""
    program = workload.load(name)
    facts = program.WORKLOAD
    n = max(facts.n // QUICK_DIVISOR, 1) if options.quick else facts.n
    if counter and facts.passes == 1:
        sys.stderr.write(f"{name}: not a matter of instructions, left out\n")
        return None
    sys.stderr.write(f"{name} ...\n")
    if counter:
        return instructions.measure(counter, name, program, present, n)
    passes = min(facts.passes, QUICK_PASSES) if options.quick else facts.passes
    return measure.interleave(name, program, present, measure.Plan(n, options.runs, passes))


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Time redstart and peewee against raw sqlite3 (= 1).")
    parser.add_argument("--only", action="append", choices=NAMES, metavar="NAME", help="this workload; may be repeated")
    parser.add_argument("--runs", type=int, metavar="K", help="processes per contender (default 5; 2 with --quick)")
    parser.add_argument("--quick", action="store_true", help="a tenth of the size, few runs: does it work at all?")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all samples there")
    parser.add_argument("--markdown", action="store_true", help="print the table for a README")
    parser.add_argument("--instructions", action="store_true", help="count instructions instead of time (slow)")
    options = parser.parse_args()
    if options.runs is None:
        options.runs = 2 if options.quick else 5
    if options.runs < 1:
        parser.error("--runs must be at least 1")
    return options


def machine() -> dict[str, Any]:
    """Return what the numbers depend on besides the contenders."""
    return {
        "python": platform.python_version(),
        "sqlite3": sqlite3.sqlite_version,
        "machine": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
    }


def heading(options: argparse.Namespace, versions: dict[str, list[str]], counter: str | None) -> list[str]:
    """Return the lines above the table."""
    here = machine()
    names = [f"sqlite3 (SQLite {here['sqlite3']})"]
    names += [f"{name} {version} (SQLite {sqlite})" for name, (version, sqlite) in versions.items()]
    lines = [f"Python {here['python']}, {here['machine']}, {here['cpus']} CPUs: {', '.join(names)}."]
    if counter:
        lines.append(f"Instructions of one warm pass, counted by {counter}; raw sqlite3 is 1.")
    else:
        lines.append(f"Medians of {options.runs} interleaved runs, one process each; raw sqlite3 is 1, less is better.")
    if options.quick:
        lines.append("QUICK: a tenth of each size; not to be compared with the goals.")
    return lines


def notes(results: list[measure.Result], absent: dict[str, str]) -> list[str]:
    """Return the lines below the table: why a cell holds no number."""
    lines = [f"{contender} is absent: {reason}" for contender, reason in absent.items()]
    lines += [f"{r.name}: {contender} failed: {why}" for r in results for contender, why in r.failures.items()]
    return lines


if __name__ == "__main__":
    sys.exit(main())
