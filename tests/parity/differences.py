"""Where redstart differs from peewee on purpose: one entry per program, each with its reason.

The key is `topic::program`; `parts` are the parts of the record that differ (see
`parity_compare.py`). An entry, or a part of one, that no longer differs fails its test.
"""

from __future__ import annotations

from parity_compare import Difference  # noqa: TC001  the entries call it

DIFFERENCES: dict[str, Difference] = {}
