"""Where redstart differs from peewee on purpose: one entry per program, each with its reason.

The key is `topic::program`; `parts` are the parts of the record that differ (see
`parity_compare.py`). An entry, or a part of one, that no longer differs fails its test.
"""

from __future__ import annotations

import sys

from parity_compare import Difference

_PATH = "The message names the path that cannot be opened."
_ORDER = "An instance's `__data__` lists fields in the model's order, not in the order of assignment."
_ARRAYS = "An array's type is a list of its elements' type, as no value of an array is one element."
_CASE = "PostgreSQL takes a CASE whose branches have no type for text, which fits no column of another type."

_NUMBER = "A number of parameters that does not fit is a ProgrammingError before anything is sent, on every database."
_OPERAND = "What is no query is refused as an operand of a compound, on every database."
_PERCENT = "A percent sign that begins no placeholder stands for itself."
_BYTES = "The bytes of a column are bytes, as on SQLite, and no view of memory."
_YEARS = "What Python has no object for is a DataError that names the column."
_DOCUMENT = "A document is one parameter, logged as such whether it is awaited or not; peewee's for asyncpg is text."
_ONE_OF_ITS_CLASSES = "Every error of the server has one of peewee's classes; peewee lets some of asyncpg's through."
_SAVEPOINTS = "Savepoints are redstart's own, and logged like those of every block; peewee's are asyncpg's."
_ZONE = "The name of a time zone is a bound parameter, and no text within the statement."

_STREAMED = Difference(frozenset({"statements"}), "The statements of iterate() are logged like all others.")

DIFFERENCES: dict[str, Difference] = {
    "asyncio_models::a_model_stands_for_the_query_of_its_rows": Difference(
        frozenset({"statements"}), "The rows of a model are listed by one statement, and not counted by another."
    ),
    "asyncio_models::statements_are_awaited_as_text": Difference(
        frozenset({"show:rest", "show:end"}), "A cursor that has given a row gives the next ones, as PEP 249 says."
    ),
    "asyncio_models::rows_are_streamed": _STREAMED,
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
    "model_declaration::a_table_name_is_assigned_to_a_model_in_use": Difference(
        frozenset({"show:select"}),
        "An assigned name holds at once; under peewee it does for aliases only, until the table is made anew.",
    ),
    "model_instances::a_constructor_takes_fields_and_anything_else": Difference(
        frozenset({"show:data", "show:positional"}), _ORDER
    ),
    "playhouse_pydantic::arrays_are_lists": Difference(frozenset({"show:schema", "show:good", "show:bad"}), _ARRAYS),
    "playhouse_pydantic_rows::foreign_keys_whose_attributes_have_other_names": Difference(
        frozenset({"statements", "show:row"}),
        "A key is read from its own attribute, whatever that is called; it is not taken for missing, and loads no row.",
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
    "asyncio_databases::a_failed_statement_leaves_its_transaction": Difference(frozenset({"statements"}), _SAVEPOINTS),
    "asyncio_databases::blocks_of_blocking_code_in_run": Difference(frozenset({"statements"}), _SAVEPOINTS),
    "asyncio_databases::nested_blocks_are_savepoints": Difference(frozenset({"statements"}), _SAVEPOINTS),
    "asyncio_models::numbers_of_many_rows_at_once": Difference(
        frozenset({"raises:failed", "show:updated", "show:ages", "databases"}),
        "A bulk update gives its numbers the column's type; under peewee asyncpg sends the CASE as text.",
    ),
    "asyncio_sessions::a_broken_transaction_refuses_everything": Difference(
        frozenset({f"raises:{part}" for part in ("second", "sql", "stream", "nested", "block")} | {"statements"}),
        _ONE_OF_ITS_CLASSES,
    ),
    "asyncio_sessions::a_database_has_its_level": Difference(
        frozenset({"show:block"}),
        "The level holds for every transaction; under peewee asyncpg's pool resets it once used.",
    ),
    "asyncio_sessions::a_pool_lends_each_connection_once": Difference(
        frozenset({"raises:third"}), "The refusal says who has the connections."
    ),
    "asyncio_sessions::an_inner_block_saves_the_transaction": Difference(frozenset({"statements"}), _SAVEPOINTS),
    "asyncio_sessions::locks_are_waited_for": Difference(frozenset({"raises:nowait"}), _ONE_OF_ITS_CLASSES),
    "asyncio_sessions::savepoints_and_transactions_by_name": Difference(frozenset({"statements"}), _SAVEPOINTS),
    "asyncio_sessions::transactions_have_levels_and_modes": Difference(
        frozenset({"raises:write", "statements"}), f"{_ONE_OF_ITS_CLASSES} {_SAVEPOINTS}"
    ),
    "asyncio_values::a_stream_that_is_left_or_fails_frees_its_connection": _STREAMED,
    "asyncio_values::a_stream_within_a_transaction_sees_its_rows": _STREAMED,
    "asyncio_values::arrays_and_documents_are_searched": Difference(frozenset({"statements"}), _DOCUMENT),
    "asyncio_values::arrays_and_documents_go_there_and_back": Difference(frozenset({"statements"}), _DOCUMENT),
    "asyncio_values::bytes_are_a_column": Difference(
        frozenset({"statements", "raises:created", "show:rows", "databases"}),
        "Bytes are bound as they are; peewee wraps them for psycopg2, and asyncpg refuses the wrapper.",
    ),
    "asyncio_values::rows_come_by_a_cursor_of_the_server": _STREAMED,
    "bad_input::integers_beyond_sixty_four_bits": Difference(frozenset({"raises:execute_sql"}), _NUMBER),
    "bad_input::work_on_a_closed_database": Difference(
        frozenset({"statements"}), "A closed database is refused before the question to the catalog is logged."
    ),
    "compound_selects::different_numbers_of_columns_fail_in_the_driver": Difference(
        frozenset({"raises:no query"}), _OPERAND
    ),
    "functions::sql_with_the_wrong_number_of_parameters_fails_in_the_driver": Difference(
        frozenset({"raises:too few", "raises:too many"}), _NUMBER
    ),
    "generated_findings::a_compound_needs_queries": Difference(
        frozenset({"raises:condition", "raises:number", "raises:number before", "raises:precedence"}), _OPERAND
    ),
    "module_surface::unknown_errors_pass_untouched": Difference(
        frozenset({"show:a large integer", "show:a lone surrogate"}),
        "What cannot be sent is refused before it is: text by Python's own error, as with psycopg2's successor.",
    ),
    "playhouse_pydantic_rows::values_of_each_kind_of_field": Difference(frozenset({"show:data"}), _BYTES),
    "raw_queries::raw_queries_have_get_and_indexing": Difference(frozenset({"raises:miss"}), _NUMBER),
    "column_arrays::more_dimensions": Difference(
        frozenset({"raises:ragged"}),
        "Arrays are bound, and the server has another code for a ragged one as a value than in an expression.",
    ),
    "column_schemas::columns_of_the_server_become_values_of_a_schema": Difference(
        frozenset({"show:numbers", "show:grid"}), _ARRAYS
    ),
    "column_moments::moments_and_spans_are_added": Difference(
        frozenset({"statements"}), "The server binds parameters, and takes none after the word `interval`."
    ),
    "column_moments::moments_have_the_zone_of_the_session": Difference(frozenset({"statements"}), _ZONE),
    "column_moments::a_time_zone_is_remembered": Difference(frozenset({"statements"}), _ZONE),
    "column_moments::moments_with_a_zone_beyond_pythons_years": Difference(
        frozenset({"raises:value 2", "raises:value 3"}), _YEARS
    ),
    "column_types::blobs": Difference(frozenset({"show:types", "show:raw"}), _BYTES),
    "column_types::moments_beyond_pythons_years": Difference(frozenset({"raises:value 2", "raises:value 3"}), _YEARS),
    "raw_statements::parameters_by_name": Difference(frozenset({"raises:missing"}), _NUMBER),
    "raw_statements::a_percent_sign_without_parameters": Difference(
        frozenset(
            {
                "raises:like none",
                "raises:like empty",
                "raises:ilike none",
                "raises:ilike empty",
                "raises:modulo none",
                "raises:modulo empty",
                "raises:placeholder in a text none",
                "raises:placeholder in a text empty",
                "show:like none rows",
                "show:like empty rows",
                "show:ilike none rows",
                "show:ilike empty rows",
                "show:modulo none rows",
                "show:modulo empty rows",
            }
        ),
        _PERCENT,
    ),
    "raw_statements::a_percent_sign_with_parameters_is_doubled": Difference(frozenset({"raises:single"}), _PERCENT),
    "raw_statements::the_number_of_parameters_must_fit": Difference(
        frozenset({"raises:too few", "raises:too many", "raises:none for one"}), _NUMBER
    ),
    "raw_statements::statements_without_rows": Difference(
        frozenset({"raises:fetch", "raises:empty"}),
        "A statement that gives no rows has none to fetch, as on SQLite; psycopg2 raises.",
    ),
    "server_transactions::isolation_levels": Difference(
        frozenset({"raises:unknown"}), "What is no isolation level is refused before it is sent."
    ),
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
