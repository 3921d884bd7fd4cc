"""Which parity programs are for SQLite only, and why; all the others also run on PostgreSQL.

The reasons were found by running the oracle: a program is listed when it makes no database, or when under peewee on
PostgreSQL it does not end as it declares. Programs for PostgreSQL only stand in `programs/postgres`.
"""

from __future__ import annotations

#: Whole files, each with its reason.
TOPICS: dict[str, str] = {
    "db_urls": "makes no database but of files; programs/postgres/pools.py has URLs of a server",
    "pool_classes": "its classes are SQLite's; programs/postgres/pools.py has the server's",
    "pool_connections": "looks at SQLite's connections; programs/postgres/pools.py looks at sessions",
    "pool_settings": "its pools are SQLite's; programs/postgres/pools.py has the server's",
    "sqlite_functions": "functions in Python, pragmas and attached files are SQLite's",
    "playhouse_pydantic": "makes no database; playhouse_pydantic_rows does",
    "playhouse_postgres_ext": "shows SQL without a server; programs/postgres runs it",
    "postgres_ddl": "shows SQL without a server; programs/postgres runs it",
    "postgres_json": "shows SQL without a server; programs/postgres runs it",
    "postgres_sql": "shows SQL without a server; programs/postgres runs it",
}

#: Programs by the reason why they are listed.
PROGRAMS: dict[str, str] = {
    "makes no database, so it is the same without a server": """
        bad_input::a_file_that_is_no_database
        bad_input::a_folder_is_no_database
        bad_input::a_path_that_cannot_be_opened
        bad_input::a_pragma_on_a_file_that_is_no_database_fails_at_connect
        bad_input::work_on_a_model_without_a_database
        bad_input::work_on_an_uninitialised_database
        composite_keys::an_unknown_part_is_refused
        exceptions::exceptions_can_be_made_by_hand
        exceptions::the_tree_of_exceptions
        fields_custom::bind_is_called_with_the_model_and_the_name
        fields_dates::timestamps_have_a_default_unless_given
        fields_identifiers_and_bits::big_bits_are_assigned_from_many_kinds
        fields_identifiers_and_bits::big_bits_combine_with_bytes
        fields_identifiers_and_bits::omitted_flag_values_double
        fields_scalars::the_legacy_column_option_warns
        fields_scalars::to_value_and_converters_are_callable
        foreign_keys::legacy_options_warn
        foreign_keys::names_of_columns_and_ids
        model_binding::a_database_proxy_needs_its_database
        model_binding::a_proxy_passes_attributes_on
        model_declaration::a_child_inherits_copies_of_fields
        model_declaration::a_mixin_without_a_model_gives_attributes_only
        model_declaration::a_primary_key_is_added_when_none_is_declared
        model_declaration::a_table_function_names_tables
        model_declaration::fields_hash_but_do_not_iterate
        model_declaration::fields_know_their_place
        model_declaration::metadata_lists_fields_and_columns
        model_declaration::subclass_aware_metadata_registers_models
        model_declaration::table_names_come_from_class_names
        model_declaration::the_model_graph_walks_relations
        model_declaration::two_primary_keys_are_refused
        model_declaration::validate_model_is_called_at_class_creation
        model_instances::a_field_may_shadow_a_method
        model_instances::changing_a_value_in_place_is_invisible
        model_instances::defaults_are_evaluated_for_each_instance
        module_surface::a_star_import_gives_a_fixed_set_of_names
        module_surface::an_overridden_execute_sql_may_rewrite_or_refuse
        module_surface::constants_are_attributes_and_items
        module_surface::legacy_settings_warn
        module_surface::more_names_are_importable_by_name
        module_surface::override_points_are_called
        module_surface::python_swaps_a_comparison_with_a_subclass_of_the_field
        module_surface::the_version_is_a_string
        on_conflict::an_unbound_upsert_has_no_sql
        playhouse_signals_and_hybrid::signals_stand_alone
        retrieval::an_unbound_query_cannot_run
        sqlite_connections::a_database_without_a_name_refuses_work
        sqlite_connections::chunked_groups_any_iterable
        sqlite_connections::init_completes_a_database_without_a_name
        tables_and_values::a_values_list_is_a_source
    """,
    "writes SQL with `?` for a parameter or with a bare `%`, and PostgreSQL's placeholder is `%s`": """
        bad_input::the_number_of_parameters_must_fit
        bad_input::values_the_driver_takes_without_a_field
        fields_dates::dates_narrow_datetimes
        fields_dates::datetime_text_is_parsed_both_ways
        fields_dates::datetimes_are_stored_as_text
        fields_dates::datetimes_keep_their_offset
        fields_dates::own_formats_are_tried
        fields_dates::times_take_many_shapes
        fields_dates::timestamps_are_whole_seconds
        fields_dates::timestamps_have_a_resolution
        fields_dates::timestamps_use_local_time_unless_utc
        fields_identifiers_and_bits::addresses_are_numbers
        fields_identifiers_and_bits::binary_uuids_are_sixteen_bytes
        fields_identifiers_and_bits::uuids_are_stored_as_hex
        fields_scalars::blobs_take_text_and_bytes
        fields_scalars::booleans_are_truthiness
        fields_scalars::decimals_keep_what_text_says
        fields_scalars::decimals_may_round_themselves
        fields_scalars::fixed_char_fields_strip_and_cut
        fields_scalars::floats_are_converted_leniently
        fields_scalars::floats_beyond_numbers
        fields_scalars::integers_are_converted_leniently
        fields_scalars::integers_span_sixty_four_bits
        fields_scalars::text_is_made_of_anything
        functions::a_node_of_ones_own_renders_itself
        functions::sql_text_is_taken_as_it_is
        raw_queries::a_query_shows_itself
        raw_queries::a_raw_query_needs_no_model
        raw_queries::raw_queries_may_write
        raw_queries::raw_rows_become_instances
        raw_queries::sql_nodes_stand_anywhere
        raw_queries::the_database_executes_nodes
        retrieval::the_database_executes_queries_and_text
        row_types::raw_queries_map_known_columns
        row_types::raw_queries_with_errors
        sqlite_connections::a_statement_opens_a_closed_database_and_leaves_it_open
        sqlite_connections::cursors_behave_as_the_driver_gives_them
        sqlite_connections::parameters_may_be_missing_or_empty
        sqlite_connections::query_hooks_see_every_statement
        sqlite_connections::the_logger_gets_a_pair_before_the_statement_runs
    """,
    "relies on SQLite's loose types, which let any value and any function call pass": """
        bad_input::broken_sql_leaves_the_connection_usable
        bad_input::text_with_a_nul
        expression_composition::arithmetic_and_functions_convert_nothing
        expression_composition::the_field_on_the_left_converts_the_right
        expression_operators::substring_searches_with_other_values
        fields_dates::a_part_of_bad_text_fails_the_query
        fields_dates::dates_under_functions_are_converted
        fields_dates::datetimes_take_odd_values
        fields_identifiers_and_bits::a_bad_uuid_fails_when_it_is_read
        fields_identifiers_and_bits::big_bits_live_in_bytes
        fields_identifiers_and_bits::big_bits_work_in_queries
        fields_scalars::char_fields_never_cut
        functions::a_single_argument_loses_its_parentheses
        functions::coercion_can_be_turned_off
        functions::sum_count_and_avg_are_never_converted
        functions::the_first_field_argument_converts_the_result
        json_fields::documents_come_back_as_python_values
        json_fields::paths_lead_into_documents
        model_saving::saving_converts_on_the_way_to_the_database
        on_conflict::conflict_where_selects_a_partial_index
        row_types::a_broken_stored_value_raises_or_stays
        row_types::an_unaliased_function_is_named_by_its_label
        select_builder::limits_of_the_wrong_type_fail_when_run
        statement_shapes::the_type_of_a_value_does_not_change_the_text
        writes_insert::text_survives_the_round_trip
        writes_insert::values_are_converted_by_their_fields
        writes_insert::values_the_driver_cannot_bind
    """,
    "relies on SQLite's integer keys without a sequence, or on foreign keys that nobody checks": """
        foreign_keys::a_dangling_key_raises_the_targets_exception
        foreign_keys::the_id_name_works_in_queries_and_writes
        joins::a_dangling_key_keeps_its_id_in_a_left_join
        statement_shapes::a_table_changes_under_a_query
        tables_and_values::all_columns_of_a_table
        tables_and_values::an_unbound_table_cannot_run
        tables_and_values::columns_are_attributes_or_c
        tables_and_values::inserts_into_plain_tables_read_their_key_by_returning
        tables_and_values::rows_of_a_table_are_dicts
        tables_and_values::tables_answer
        tables_and_values::tables_have_schemas_and_aliases
        tables_and_values::tables_join
        tables_and_values::tables_write
        writes_update_delete::foreign_keys_are_not_enforced_by_default
    """,
    "uses settings, syntax or methods that only SQLite has": """
        applications::a_counter_of_words
        bad_input::values_the_driver_cannot_take
        expression_composition::an_alias_is_a_bare_name_outside_the_select_list
        expression_composition::collations_apply_to_terms_and_conditions
        expression_operators::the_right_shift_is_the_is_operator
        fields_custom::own_column_types_and_modifiers_reach_ddl
        fields_scalars::any_fields_pass_values_through
        fields_scalars::bare_fields_pass_values_through
        fields_scalars::column_options_are_ordered_in_ddl
        fields_scalars::every_field_has_its_column_type
        fields_scalars::strict_tables_keep_the_type_of_any
        functions::python_functions_can_be_registered
        identifiers::schemas_qualify_tables
        model_declaration::names_may_be_set_later
        schema_tables::schemas_qualify_tables
        schema_tables::table_settings_end_the_statement
        sqlite_connections::an_unsafe_database_shares_its_state_between_threads
        sqlite_connections::init_closes_the_open_connection_and_merges_settings
        transactions::a_database_may_have_its_own_lock_type
        transactions::lock_types_go_into_begin
        with_related::per_parent_ranks_by_any_expression
    """,
    "writes with REPLACE or IGNORE, which peewee refuses on PostgreSQL": """
        composite_keys::writing_many_rows
        model_lookups::an_ignored_conflict_gives_the_previous_key
        on_conflict::replace_makes_a_new_row
        writes_insert::replace_overwrites_the_row
    """,
    "relies on savepoints outside transactions, or on transactions that survive an error": """
        transactions::a_savepoint_outside_a_transaction_is_one
        transactions::an_error_in_a_statement_leaves_the_block_usable
        transactions::decorated_functions_get_a_fresh_block_each_call
    """,
    "opens the file of its database a second time": """
        bad_input::a_locked_database_after_its_timeout
        bad_input::a_read_only_file_refuses_writes
        model_lookups::get_or_create_looks_again_after_losing_a_race
        transactions::outside_a_block_every_statement_commits
    """,
    "shows the text of a driver's error": """
        applications::a_small_blog
        exceptions::a_broken_unique_index_is_an_integrity_error
        exceptions::an_original_in_a_chain_stays_reachable
        exceptions::broken_sql_is_an_operational_error
        writes_insert::the_drivers_error_is_kept
    """,
    "is declared to end with the class of error that SQLite gives": """
        bad_input::a_program_that_ends_on_broken_sql
    """,
}

_REASONS = {one: reason for reason, listed in PROGRAMS.items() for one in listed.split()}


def reason(program: str) -> str:
    """Returns why a program, named `topic::name`, does not run on PostgreSQL; an empty string if it does."""
    return TOPICS.get(program.partition("::")[0]) or _REASONS.get(program, "")


def listed() -> set[str]:
    """Returns the programs that are listed by name."""
    return set(_REASONS)
