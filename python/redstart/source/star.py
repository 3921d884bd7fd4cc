"""Every column of a source."""

from __future__ import annotations

from typing import Any

from redstart._engine import Node, tree


class Star(Node):
    """``"t1".*``."""

    def __init__(self, source: Any) -> None:
        """Selects every column of a source."""
        self.source = source
        self._set_tree(tree.star(source))
