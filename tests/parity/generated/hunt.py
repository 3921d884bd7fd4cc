"""Searches a range of seeds for differences and prints each step that differs, with its source.

python hunt.py FIRST COUNT [--full]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from generated.programs import file_of, name_of, program_of
from parity_compare import differing_parts, run_both

BATCH = 100


def differences(seeds: range, engine: str = "redstart") -> dict[int, dict[str, str]]:
    """Returns what differs, by seed and part of the record."""
    with tempfile.TemporaryDirectory(prefix="parity-") as folder:
        file = Path(folder, "generated_programs.py")
        file.write_text(file_of(seeds), encoding="utf-8")
        oracle, tested = run_both(file, engine)
    found = {seed: differing_parts(oracle.record(name_of(seed)), tested.record(name_of(seed))) for seed in seeds}
    return {seed: parts for seed, parts in found.items() if parts}


def line_of(seed: int, part: str) -> str:
    """Returns the source line of the step that a part belongs to."""
    number = part.partition(":")[2].split(" ")[0]
    lines = [line for line in program_of(seed).splitlines() if line.startswith(f"    step(t, '{number}',")]
    return lines[0].strip() if lines else ""


def main() -> int:
    """Parses the command line and prints what differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("first", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("--full", action="store_true", help="print whole differences")
    given = parser.parse_args()
    total = 0
    for start in range(given.first, given.first + given.count, BATCH):
        seeds = range(start, min(start + BATCH, given.first + given.count))
        for seed, parts in differences(seeds).items():
            total += 1
            for part, diff in parts.items():
                if part in {"statements", "databases"} and len(parts) > 1:
                    continue
                shown = [line for line in diff.splitlines() if given.full or line[:1] in "+-"]
                print(f"=== {seed} {part}\n{line_of(seed, part)}\n" + "\n".join(shown[: 10**6 if given.full else 14]))
    print(f"{total} of {given.count} programs differ")
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
