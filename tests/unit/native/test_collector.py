"""The collector may begin at any moment while a native object is made."""

from __future__ import annotations

import gc

import pytest

from redstart._native import ConnectionState, Scopes


@pytest.fixture
def eager_collector():
    before = gc.get_threshold()
    gc.set_threshold(1)
    yield
    gc.set_threshold(*before)


@pytest.mark.usefixtures("eager_collector")
def test_a_state_that_is_just_made_may_be_visited():
    states = [ConnectionState() for _ in range(500)]
    assert all(state.closed for state in states)
    assert Scopes().current().closed
