"""One file per workload, shared by all contenders; this list is their order in the table.

A file holds `WORKLOAD` (its facts), `raw(n)` (the work by a good user of the driver, tuples and hand-written SQL),
`orm(lib, n)` (the work with peewee's API) and a function for each other contender of its group. All of them prepare
and return a `workload.Work`; only its `run` is measured. Workloads of a group follow each other.
"""

NAMES = (
    "instances_two_read",
    "instances_all_read",
    "dicts",
    "tuples",
    "get_by_id",
    "render",
    "three_conditions",
    "create",
    "insert_many",
    "bulk_create",
    "save",
    "bulk_update",
    "join",
    "prefetch",
    "import_time",
    "held_bytes",
    "held_bytes_all_read",
    "postgres_instances_two_read",
    "postgres_instances_all_read",
    "postgres_get_by_id",
    "postgres_beside_a_thread",
    "postgres_three_conditions",
    "postgres_create",
    "postgres_bulk_create",
    "postgres_transactions",
    "postgres_checkout",
    "postgres_threads",
    "asyncio_get_by_id",
    "asyncio_beside_a_thread",
    "asyncio_instances",
    "asyncio_transactions",
    "asyncio_tasks",
    "asyncio_sqlite_get_by_id",
)
