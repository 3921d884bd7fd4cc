"""The soak in short: less than a minute against PostgreSQL under fire, and some seconds on a SQLite file."""

import pytest

from stress.soak import Settings, soak


@pytest.mark.parametrize(
    "settings",
    [Settings("postgres", seconds=40, seed=11), Settings("sqlite", seconds=15, seed=12)],
    ids=lambda one: one.backend,
)
def test_nothing_is_lost_or_written_twice_and_nothing_grows(settings):
    outcome = soak(settings)
    print(outcome.table())
    assert not outcome.problems


def test_threads_that_end_without_closing_lose_nothing():
    assert not soak(Settings("postgres", seconds=20, seed=13, forget=True)).problems
