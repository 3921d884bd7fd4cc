"""Where redstart differs from peewee on purpose: one entry per program, each with its reason.

The key is `topic::program`; `parts` are the parts of the record that differ (see
`parity_compare.py`). An entry, or a part of one, that no longer differs fails its test.
"""

from __future__ import annotations

import sys

from parity_compare import Difference

_PATH = "The message names the path that cannot be opened."
_ORDER = "An instance's `__data__` lists fields in the model's order, not in the order of assignment."
_CASE = "PostgreSQL takes a CASE whose branches have no type for text, which fits no column of another type."

DIFFERENCES: dict[str, Difference] = {
    "bad_input::a_path_that_cannot_be_opened": Difference(
        frozenset({"raises:connect", "raises:query", "raises:with"}), _PATH
    ),
    "bad_input::a_folder_is_no_database": Difference(frozenset({"raises:query"}), _PATH),
    "bad_input::lists_of_values_that_do_not_fit": Difference(
        frozenset({"raises:dict view"}),
        "A value that no column can hold is refused before the statement's syntax is looked at.",
    ),
    "db_urls::urls_of_servers_become_arguments": Difference(
        frozenset(
            {
                "show:postgresql://%2Fvar%2Frun%2Fpostgresql/d",
                "show:postgresql://%2Fvar%2Frun%2Fpostgresql:5433/d",
            }
        ),
        "The folder of a socket is decoded, as libpq does: it could not be found otherwise.",
    ),
    "db_urls::urls_that_cannot_be_taken_apart": Difference(
        frozenset({"raises:parse postgresql://a:1,b:2/d", "raises:connect postgresql://a:1,b:2/d"}),
        "A URL may name several hosts, as libpq's may.",
    ),
    "db_urls::no_text_is_no_url": Difference(
        frozenset({"raises:parse 5", "raises:connect 5", "raises:parse ['sqlite://']", "raises:connect ['sqlite://']"}),
        "What is no text is a TypeError, whatever it lacks.",
    ),
    "db_urls::all_schemes_are_known": Difference(
        frozenset({"show:schemes"}), "Schemes whose class does not exist yet are known to connect() only."
    ),
    "foreign_keys::assignment_keeps_key_and_relation_together": Difference(frozenset({"show:instance"}), _ORDER),
    "foreign_keys::the_id_name_works_in_queries_and_writes": Difference(frozenset({"show:constructor"}), _ORDER),
    "model_instances::a_constructor_takes_fields_and_anything_else": Difference(
        frozenset({"show:data", "show:positional"}), _ORDER
    ),
    "playhouse_shortcuts::a_dict_becomes_a_model": Difference(frozenset({"show:nested"}), _ORDER),
    "postgres_sql::an_interval_is_a_parameter_with_a_type": Difference(
        frozenset({"show:interval"}), "The server binds parameters, and takes none after the word `interval`."
    ),
    "playhouse_postgres_ext::keys_with_special_characters_in_a_path": Difference(
        frozenset({"show:path"}), "A key that is no plain word is quoted, so that the path leads where it says."
    ),
    "playhouse_postgres_ext::bulk_updates_of_these_fields": Difference(
        frozenset({"show:arrays and dicts", "show:no document"}), f"{_CASE} None is NULL, as it is for an insert."
    ),
    "pool_connections::a_thread_that_ends_without_close": Difference(
        frozenset({"statements", "show:refused", "show:stale", "show:connects"}),
        "The connection of a thread that has ended is given back; under peewee it is lost until close_stale().",
    ),
    "pool_connections::no_closing_within_a_transaction": Difference(
        frozenset({"statements"}),
        "A refused manual_close() changes nothing; peewee's has taken the connection already.",
    ),
    "postgres_json::an_unset_document_of_a_bulk_update_is_cast_too": Difference(frozenset({"show:null"}), _CASE),
}

#: What differs on PostgreSQL only, where programs run under peewee with psycopg2.
ON_POSTGRES: dict[str, Difference] = {
    "pools::a_session_that_was_ended_within_a_transaction": Difference(
        frozenset({"raises:block"}), "The error says why the session ended, not what the roll back met after that."
    ),
}

_DRIVER = "The standard driver of Python 3.10 raises other classes; redstart raises those of 3.11 everywhere."

#: What differs only under Python 3.10, whose standard library the oracle stands on.
BEFORE_3_11: dict[str, Difference] = {
    "bad_input::two_statements_at_once_are_refused": Difference(frozenset({"raises:two"}), _DRIVER),
    "bad_input::a_lone_surrogate": Difference(frozenset({"raises:sql"}), _DRIVER),
    "bad_input::text_with_a_nul": Difference(frozenset({"raises:in the sql"}), _DRIVER),
    "bad_input::values_the_driver_cannot_take": Difference(
        frozenset(
            {
                "raises:object in a bare field",
                "raises:dict in a bare field",
                "raises:set in a bare field",
                "raises:complex in a float",
                "raises:object in an integer",
                "raises:parameter",
            }
        ),
        _DRIVER,
    ),
    "bad_input::values_the_field_cannot_take": Difference(frozenset({"raises:blob object"}), _DRIVER),
    "retrieval::errors_of_the_driver_leave_the_database_usable": Difference(frozenset({"raises:type"}), _DRIVER),
    "writes_insert::values_the_driver_cannot_bind": Difference(frozenset({"raises:object"}), _DRIVER),
    "fields_dates::datetime_text_is_parsed_both_ways": Difference(
        frozenset({"show:read '2024-02-29T13:45:59.5'"}),
        "datetime.fromisoformat of Python 3.10 reads fewer forms; redstart reads those of 3.11 everywhere.",
    ),
    "playhouse_shortcuts::extra_attributes_and_methods": Difference(
        frozenset({"show:extra"}), "The order of a set, which is another one under Python 3.10."
    ),
}
if sys.version_info < (3, 11):
    DIFFERENCES |= BEFORE_3_11

#: Programs that the oracle itself can run only from a version of Python on, with the reason.
NEEDS_PYTHON: dict[str, tuple[tuple[int, int], str]] = {
    "sqlite_functions::a_window_function_in_python_slides_over_rows": (
        (3, 11),
        "the standard driver has window functions from Python 3.11 on",
    ),
}
