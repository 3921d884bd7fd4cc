"""Where redstart differs from peewee on purpose: one entry per program, each with its reason.

The key is `topic::program`; `parts` are the parts of the record that differ (see
`parity_compare.py`). An entry, or a part of one, that no longer differs fails its test.
"""

from __future__ import annotations

from parity_compare import Difference

_PATH = "The message names the path that cannot be opened."
_ORDER = "An instance's `__data__` lists fields in the model's order, not in the order of assignment."

DIFFERENCES: dict[str, Difference] = {
    "bad_input::a_path_that_cannot_be_opened": Difference(
        frozenset({"raises:connect", "raises:query", "raises:with"}), _PATH
    ),
    "bad_input::a_folder_is_no_database": Difference(frozenset({"raises:query"}), _PATH),
    "bad_input::lists_of_values_that_do_not_fit": Difference(
        frozenset({"raises:dict view"}),
        "A value that no column can hold is refused before the statement's syntax is looked at.",
    ),
    "foreign_keys::assignment_keeps_key_and_relation_together": Difference(frozenset({"show:instance"}), _ORDER),
    "foreign_keys::the_id_name_works_in_queries_and_writes": Difference(frozenset({"show:constructor"}), _ORDER),
    "model_instances::a_constructor_takes_fields_and_anything_else": Difference(
        frozenset({"show:data", "show:positional"}), _ORDER
    ),
    "playhouse_shortcuts::a_dict_becomes_a_model": Difference(frozenset({"show:nested"}), _ORDER),
}
