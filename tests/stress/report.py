"""What is to be said of a run: its table for people, and its problems, of which a good one has none."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from stress.gauge import trend
from stress.ledger import SPAN
from stress.verdict import judge, judge_money, tally
from stress.worker import KINDS

if TYPE_CHECKING:
    from stress.gauge import Trend
    from stress.verdict import Holding

#: The faults that a run with faults must have had, each at least once.
FAULTS = ("terminate", "cancel", "pause", "restart")
#: How many of the tokens may have an unknown fate: more of them would prove little.
UNKNOWN = 0.1
#: How many descriptors may be left when the pools are closed: the engine's own, which are made once.
LEFT = 8
#: So many kinds of errors are shown.
SHOWN = 15


class Outcome:
    """The outcome of one run."""

    def __init__(  # noqa: PLR0913  the figures that the database gave, each by name
        self,
        findings: dict[str, Any],
        *,
        holdings: list[Holding],
        balances: list[tuple[int, int, int]],
        sums: tuple[int, ...],
        counters: tuple[int, ...],
        faults: Counter[str] | None,
        problems: list[str],
    ) -> None:
        """Judges what the load knows by what the database holds."""
        self._findings = findings
        self._faults = faults
        self.holdings = len(holdings)
        self.fates = {int(worker): bytes.fromhex(fates) for worker, fates in findings["fates"].items()}
        self.counts = tally(self.fates)
        self.trends: list[Trend] = []
        self.problems = list(problems)
        self.problems += judge(self.fates, holdings, self._shown)
        self.problems += judge_money(balances, (sums[0], sums[1]), (counters[0], counters[1]))
        self.problems += self._program()
        self.problems += self._growth()
        self.problems += self._emptiness()

    def _shown(self, token: int) -> str:
        """Returns a token as its worker, its number there and what the worker did."""
        worker, number = divmod(token, SPAN)
        labels, labelled = self._findings["labels"].get(str(worker), ([], ""))
        label = labels[bytes.fromhex(labelled)[number]] if number < len(labelled) // 2 else "?"
        return f"{worker}/{number} ({label})"

    def _program(self) -> list[str]:
        """What the program has seen that no fault explains."""
        found = self._findings
        problems = [f"in the program: {text}" for text in found["violations"]]
        problems += [f"after the last fault: {text}" for text in found["late"]]
        problems += [f"in an event loop: {text}" for text in found["failures"]]
        for name, stats in found["pools"].items():
            if stats["in_use"] or stats["waiting"]:
                problems.append(f"the pool of {name} is in use: {stats}")
        left = found["descriptors"]["after"] - found["descriptors"]["before"]
        if left > LEFT:
            problems.append(f"{left} descriptors are left when the pools are closed: {found['descriptors']}")
        return problems

    def _growth(self) -> list[str]:
        try:
            self.trends = [trend(name, values) for name, values in self._findings["samples"].items()]
        except ValueError as error:
            return [str(error)]
        return [
            f"{one.name} grew by {one.growth:g} from the third quarter to the last; {one.allowed:g} are allowed"
            for one in self.trends
            if not one.flat
        ]

    def _emptiness(self) -> list[str]:
        """What did not happen, so that the run shows nothing."""
        done = self._findings["done"]
        missing = [f"{who} {kind}" for who in ("thread", "task") for kind in KINDS if not done.get(f"{who} {kind}")]
        missing += [] if done.get("cancelled") else ["cancelled task"]
        if self._faults is not None:
            missing += [fault for fault in FAULTS if not self._faults[fault]]
        problems = [f"there was no {', no '.join(missing)}"] if missing else []
        total = sum(self.counts.values())
        if self.counts["unknown"] > UNKNOWN * total:
            problems.append(f"{self.counts['unknown']} of {total} tokens have an unknown fate")
        return problems

    def table(self) -> str:
        """Returns the summary of the run."""
        found = self._findings
        rows = [("tokens", _pairs(self.counts)), ("tokens in the table", str(self.holdings))]
        rows += [("units", _pairs(found["done"])), ("event loops", str(found["loops"]))]
        errors = Counter(found["errors"])
        rows += [("faults", _pairs(self._faults or {})), ("errors seen", str(sum(errors.values())))]
        rows += [(f"  {count}", error) for error, count in errors.most_common(SHOWN)]
        for name, stats in found["pools"].items():
            rows.append((f"pool {name}", _pairs({key: value for key, value in stats.items() if key != "holders"})))
        rows += [("descriptors", _pairs(found["descriptors"]))]
        rows += [
            (
                one.name,
                f"quarters {one.first:g}, {one.third:g}, {one.last:g}; most {one.most:g}; "
                f"growth {one.growth:+g} of {one.allowed:g}",
            )
            for one in self.trends
        ]
        return "\n".join(f"  {name:<20s} {text}" for name, text in rows)


def _pairs(counts: Any) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items()) or "none"
