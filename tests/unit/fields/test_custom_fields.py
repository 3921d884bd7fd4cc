"""Fields of the user's own: what their ``db_value`` and ``python_value`` are asked."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from redstart import Model, SqliteDatabase, TextField


class PathField(TextField):
    """A field that knows paths and nothing else, not even None."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.asked = []

    def db_value(self, value):
        self.asked.append(value)
        return value.as_posix()

    def python_value(self, value):
        return None if value is None else PurePosixPath(value)


@pytest.fixture
def page():
    """Give a model with a path for a key and another beside it."""
    db = SqliteDatabase(":memory:")

    class Page(Model):
        name = PathField(primary_key=True)
        target = PathField(null=True)

        class Meta:
            database = db

    db.create_tables([Page])
    with db:
        yield Page


@pytest.mark.spec("FD-006")
def test_saving_asks_a_field_only_for_the_values_that_are_written(page):
    home = PurePosixPath("home")
    one = page.create(name=home, target=PurePosixPath("a"))
    assert (page.name.asked, page.target.asked) == ([home], [PurePosixPath("a")])
    one.target = PurePosixPath("b")
    assert one.save() == 1
    assert page.target.asked == [PurePosixPath("a"), PurePosixPath("b")]
    assert page.name.asked == [home, home]
    assert [each.target for each in page.select()] == [PurePosixPath("b")]
