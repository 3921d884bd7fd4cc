"""peewee's names, members and signatures: what the package has of them today may not disappear."""

from __future__ import annotations

import pytest

from house import surface

pytestmark = pytest.mark.skipif(
    not surface.DESCRIPTION.is_file(), reason="shared/peewee-api.json is not beside the repository"
)


@pytest.fixture(scope="module")
def shares(request):
    measured = surface.measure()
    request.config.stash[surface.REPORT] = surface.report(measured)
    return measured


def test_the_whole_description_was_read(shares):
    assert len(shares) >= 29
    assert sum(share.total["names"] for share in shares.values()) >= 500
    assert sum(share.total["members"] for share in shares.values()) >= 5000
    assert sum(share.total["signatures"] for share in shares.values()) >= 1500


def test_what_exists_does_not_disappear(shares):
    floor = surface.read_floor()
    assert floor, "raise the floor once: python tests/house/surface.py --raise"
    assert not surface.below(shares, floor)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("(self, a, b=None)", True),
        ("(a, b=None)", True),
        ("(self, a, b=1)", False),
        ("(self, a, c=None)", False),
        ("(self, a)", False),
        ("(self, a, *b)", False),
        ("(self, a, b=<object object>)", True),
    ],
)
def test_signatures_are_compared_by_names_and_defaults(text, same):
    def ours(self, a, b=None):
        raise AssertionError

    assert surface.same_signature(ours, [text]) is same


def test_a_name_that_is_not_there_is_no_match():
    assert not surface.same_signature(surface.ABSENT, ["(self)"])
    assert not surface.has_member(object, "__eq__")
    assert surface.has_member(str, "__eq__")
