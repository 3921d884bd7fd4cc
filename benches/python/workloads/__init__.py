"""One file per workload, shared by all contenders; this list is their order in the table.

A file holds `WORKLOAD` (its facts), `raw(n)` (the work by a good user of `sqlite3`, tuples and hand-written SQL) and
`orm(lib, n)` (the work with peewee's API). Both prepare and return a `workload.Work`; only its `run` is measured.
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
)
