"""Placeholders for what is chosen later."""

import pytest

from redstart import DatabaseProxy, Proxy, SqliteDatabase


@pytest.mark.spec("DB-076", "SB-077")
def test_an_uninitialized_proxy_has_nothing():
    with pytest.raises(AttributeError, match="Cannot use uninitialized Proxy"):
        getattr(Proxy(), "anything")  # noqa: B009 - the access is what raises
    assert Proxy()


@pytest.mark.spec("DB-076")
def test_a_proxy_takes_no_attributes():
    with pytest.raises(AttributeError, match="Cannot set attribute on proxy"):
        Proxy().x = 1


@pytest.mark.spec("DB-076")
def test_callbacks_are_told_each_time():
    proxy, told = Proxy(), []
    assert proxy.attach_callback(told.append) == told.append
    proxy.initialize("a")
    proxy.initialize("b")
    assert told == ["a", "b"]


@pytest.mark.spec("DB-077")
def test_a_block_of_a_proxy_decorates_before_the_database_is_known():
    proxy = DatabaseProxy()

    @proxy.atomic()
    def depth():
        return proxy.transaction_depth()

    proxy.initialize(SqliteDatabase(":memory:"))
    assert depth() == 1
    proxy.close()


@pytest.mark.spec("DB-077")
def test_a_proxy_gives_a_base_model_before_the_database_is_known():
    proxy = DatabaseProxy()
    assert proxy.Model is proxy.Model
    assert proxy.Model._meta.database is proxy
