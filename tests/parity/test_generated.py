"""Generated programs under both engines: a fixed range of seeds, so that a run can be repeated.

`python tests/parity/generated/hunt.py FIRST COUNT` searches other seeds and prints what differs.
"""

import pytest

from generated.hunt import differences, line_of
from generated.programs import program_of

FIRST = 0
COUNT = 300
BATCH = 60
#: Seeds whose programs differ on purpose or where nobody would notice, each with its reason.
KNOWN: dict[int, str] = {}


@pytest.mark.parametrize("first", range(FIRST, FIRST + COUNT, BATCH))
def test_generated_programs_do_the_same_under_both_engines(first: int) -> None:
    seeds = range(first, first + BATCH)
    found = differences(seeds)
    surprising = {seed: parts for seed, parts in found.items() if seed not in KNOWN}
    shown = [
        f"--- seed {seed}, {part}\n{line_of(seed, part)}\n{diff}"
        for seed, parts in surprising.items()
        for part, diff in parts.items()
    ]
    gone = sorted(seed for seed in KNOWN if seed in seeds and seed not in found)
    assert not shown, "\n\n".join(shown)
    assert not gone, f"these seeds no longer differ, remove them from KNOWN: {gone}"


def test_a_seed_always_gives_the_same_program() -> None:
    assert program_of(7) == program_of(7)
    assert program_of(7) != program_of(8)
    assert program_of(7).count("step(") >= 12
