"""Whether the database holds what the clients know: the tokens, the balances, the counters.

It compares figures that others have read, and reads nothing itself.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stress.ledger import SPAN, Fate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

#: Of each kind of fault, so many are printed.
SHOWN = 10

#: What each token has in the table: its rows, how many of them differ, how many there should be (least and most).
TOKENS = "SELECT token, count(*), count(DISTINCT part), min(parts), max(parts) FROM entry GROUP BY token"
#: Accounts whose balance is not what their entries add up to.
BALANCES = (
    "SELECT a.id, a.balance, a.opening + coalesce(sum(e.amount), 0) FROM account a LEFT JOIN entry e "
    "ON e.account_id = a.id GROUP BY a.id, a.balance, a.opening "
    "HAVING a.balance <> a.opening + coalesce(sum(e.amount), 0)"
)
#: What there is of money, and what there was at the start.
SUMS = "SELECT sum(balance), sum(opening) FROM account"
#: How often a counter was raised, and the entries that were written with it.
COUNTERS = "SELECT (SELECT coalesce(sum(hits), 0) FROM counter), (SELECT count(*) FROM entry WHERE kind = 'upsert')"


@dataclass(frozen=True)
class Holding:
    """What the table holds of one token."""

    token: int
    rows: int
    distinct: int
    least: int
    most: int

    @property
    def whole(self) -> bool:
        """Whether each row of the unit is there once."""
        return self.rows == self.distinct == self.least == self.most


def judge(fates: Mapping[int, bytes], holdings: Iterable[Holding], shown: Callable[[int], str] = str) -> list[str]:
    """Returns the tokens that are lost, duplicated, torn or back from the dead; one line each.

    Args:
        fates: The ledger of each worker.
        holdings: What the table holds of each token.
        shown: Says which unit a token belongs to.
    """
    faults: dict[str, list[int]] = {}
    held: set[int] = set()
    for one in holdings:
        held.add(one.token)
        fate = _fate(fates, one.token)
        if fate is None:
            faults.setdefault("nobody intended", []).append(one.token)
        elif fate is Fate.UNDONE:
            faults.setdefault("undone, but in the table", []).append(one.token)
        elif not one.whole:
            fault = "more rows than the unit wrote" if one.rows > one.most else "a part of the unit only"
            faults.setdefault(fault, []).append(one.token)
    for worker, ledger in fates.items():
        for number, fate in enumerate(ledger):
            token = worker * SPAN + number
            if fate == Fate.INTENDED:
                faults.setdefault("without a fate", []).append(token)
            elif fate == Fate.CONFIRMED and token not in held:
                faults.setdefault("confirmed, but lost", []).append(token)
    return [
        f"{len(tokens)} tokens: {fault}: {', '.join(shown(one) for one in tokens[:SHOWN])}"
        for fault, tokens in faults.items()
    ]


def judge_money(wrong: Iterable[tuple[int, int, int]], sums: tuple[int, int], counters: tuple[int, int]) -> list[str]:
    """Returns what is wrong with the balances and the counters.

    Args:
        wrong: The rows of `BALANCES`.
        sums: The row of `SUMS`.
        counters: The row of `COUNTERS`.
    """
    faults = [f"account {key} has {balance} and its entries add up to {due}" for key, balance, due in wrong]
    if sums[0] != sums[1]:
        faults.append(f"all accounts have {sums[0]}, and had {sums[1]}")
    if counters[0] != counters[1]:
        faults.append(f"the counters were raised {counters[0]} times, by {counters[1]} units")
    return faults


def tally(fates: Mapping[int, bytes]) -> dict[str, int]:
    """Returns how many tokens met which fate."""
    counts = Counter(fate for ledger in fates.values() for fate in ledger)
    return {fate.name.lower(): counts[fate] for fate in Fate}


def _fate(fates: Mapping[int, bytes], token: int) -> Fate | None:
    worker, number = divmod(token, SPAN)
    ledger = fates.get(worker, b"")
    return Fate(ledger[number]) if number < len(ledger) else None
