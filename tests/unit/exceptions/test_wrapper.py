"""Errors of foreign drivers become Redstart's."""

import sqlite3

import pytest

from redstart import DatabaseError, IntegrityError, InterfaceError, OperationalError, PeeweeException
from redstart.exceptions import EXCEPTIONS, DoesNotExist, ExceptionWrapper


@pytest.mark.spec("DB-051")
def test_the_tree_is_peewees():
    assert issubclass(IntegrityError, DatabaseError)
    assert not issubclass(InterfaceError, DatabaseError)
    assert not issubclass(DoesNotExist, PeeweeException)


@pytest.mark.spec("DB-052", "SB-089")
def test_a_drivers_error_is_kept_as_orig_and_context():
    with pytest.raises(IntegrityError, match="no two") as caught, ExceptionWrapper(EXCEPTIONS):
        raise sqlite3.IntegrityError("no two")
    error = caught.value
    assert isinstance(error.orig, sqlite3.IntegrityError)
    assert error.args == ("no two",)
    assert error.__context__ is error.orig
    assert error.__cause__ is None


@pytest.mark.spec("DB-053")
def test_a_subclass_is_translated_by_its_base():
    class Busy(sqlite3.OperationalError):
        pass

    with pytest.raises(OperationalError), ExceptionWrapper(EXCEPTIONS):
        raise Busy("wait")


@pytest.mark.spec("DB-053")
def test_an_unknown_error_passes_untouched():
    with pytest.raises(LookupError), ExceptionWrapper(EXCEPTIONS):
        raise LookupError("not a driver's")


@pytest.mark.spec("DB-054")
def test_an_error_of_ours_without_a_driver_behind_it_is_wrapped_once():
    with pytest.raises(InterfaceError) as caught, ExceptionWrapper(EXCEPTIONS), ExceptionWrapper(EXCEPTIONS):
        raise InterfaceError("closed")
    assert isinstance(caught.value.orig, InterfaceError)
    assert caught.value.orig.orig is None
