"""What the steps of generated programs call: changed instances, nested transactions, plain results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from generated.world import graph

if TYPE_CHECKING:
    from collections.abc import Callable


class Wanted(Exception):  # noqa: N818  it is no error: the program wants the block to end so
    """Raised inside a block to undo it."""


def changed(instance: Any, values: dict[str, Any]) -> Any:
    """Sets attributes of an instance and gives it back."""
    for name, value in values.items():
        setattr(instance, name, value)
    return instance


def shown(value: Any) -> Any:
    """Gives a result as it is, instances with all that hangs on them."""
    if isinstance(value, list):
        return [graph(one) for one in value]
    return graph(value)


def nested(db: Any, blocks: list[tuple[str, Callable[[], Any], str]]) -> list[Any]:
    """Enters blocks within blocks; each runs its step, then the blocks inside, then ends as it says."""
    if not blocks:
        return []
    (kind, body, end), *inner = blocks
    trail: list[Any] = []
    try:
        with getattr(db, kind)() as block:
            trail.append((kind, db.transaction_depth(), db.in_transaction()))
            try:
                trail.append(body())
            except Exception as error:  # noqa: BLE001  which one it is, is the result
                trail.append(type(error).__name__)
            trail.extend(nested(db, inner))
            if end == "fail":
                raise Wanted  # noqa: TRY301  the block is to see it
            if end != "go" and block is not None:
                getattr(block, end)()
    except Wanted:
        trail.append("undone")
    return trail
