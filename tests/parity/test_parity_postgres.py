"""Every parity program that makes sense on PostgreSQL, under peewee with psycopg2 and under redstart: one test each.

`sqlite_only.py` says which programs do not run here. `PARITY_ENGINE=peewee` compares peewee with itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import sqlite_only
from differences import DIFFERENCES, ON_POSTGRES
from parity_compare import ENGINE, Outcome, run_both, verdict
from parity_program import FOR_POSTGRES, Declared, declared, program_files
from servers.fixtures import GIVEN_REASON

if TYPE_CHECKING:
    from collections.abc import Callable

    from servers.postgres import Databases

FILES = {file.stem: file for file in (*program_files(), *program_files(FOR_POSTGRES))}
DECLARED = [one for file in FILES.values() for one in declared(file)]
ALL = [one for one in DECLARED if not sqlite_only.reason(one.id)]
AT_LEAST = 600
FOR_POSTGRES_AT_LEAST = 120
#: Programs that need what only a private server has: its roles with passwords, its address.
ON_A_PRIVATE_SERVER = {
    "server_sessions::databases_are_named_in_three_ways",
    "server_sessions::passwords_that_are_right",
    "server_sessions::passwords_that_are_wrong",
    "server_sessions::the_first_of_several_hosts_that_answers",
}


def marked(one: Declared) -> object:
    """Makes the test parameter of a program, carrying the facts it shows."""
    marks = [pytest.mark.spec(*one.spec)] if one.spec else []
    return pytest.param(one, id=one.id, marks=marks)


@pytest.fixture(scope="session")
def both(postgres_server: Databases) -> Callable[[str], tuple[Outcome, Outcome]]:
    """Runs a topic's file on the server, once per session."""
    ran: dict[str, tuple[Outcome, Outcome]] = {}

    def run(topic: str) -> tuple[Outcome, Outcome]:
        if topic not in ran:
            ran[topic] = run_both(FILES[topic], postgres=postgres_server.dsn())
        return ran[topic]

    return run


@pytest.mark.parametrize("one", [marked(one) for one in ALL])
def test_a_program_does_the_same_on_postgres(
    both: Callable[[str], tuple[Outcome, Outcome]], postgres_server: Databases, one: Declared
) -> None:
    if one.id in ON_A_PRIVATE_SERVER and not postgres_server.owned:
        pytest.skip(GIVEN_REASON)
    oracle, tested = (outcome.record(one.name) for outcome in both(one.topic))
    on_purpose = ENGINE != "peewee"
    failure = verdict(oracle, tested, one.ends_with, ON_POSTGRES.get(one.id) if on_purpose else None)
    if failure and on_purpose and one.id in DIFFERENCES:
        failure = verdict(oracle, tested, one.ends_with, DIFFERENCES[one.id])
    if failure:
        pytest.fail(failure, pytrace=False)


def test_enough_programs_run_on_postgres() -> None:
    assert len(FILES) == len(program_files()) + len(program_files(FOR_POSTGRES)), "two files have one name"
    assert len(ALL) >= AT_LEAST
    own = [one for file in program_files(FOR_POSTGRES) for one in declared(file)]
    assert len(own) >= FOR_POSTGRES_AT_LEAST


def test_what_is_listed_as_for_sqlite_only_is_there() -> None:
    ids = {one.id for file in program_files() for one in declared(file)}
    topics = {file.stem for file in program_files()}
    assert sorted(sqlite_only.listed() - ids) == []
    assert sorted(set(sqlite_only.TOPICS) - topics) == []


def test_every_deliberate_difference_on_postgres_names_a_program_and_a_reason() -> None:
    ids = {one.id for one in ALL}
    assert sorted(ON_A_PRIVATE_SERVER - ids) == []
    for key, difference in ON_POSTGRES.items():
        assert key in ids, f"{key} does not run on PostgreSQL"
        assert difference.parts, f"{key} lists no part"
        assert " " in difference.reason, f"{key} needs a reason"
