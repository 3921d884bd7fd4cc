"""Names of tables, identifiers and constraints."""

import pytest

from redstart import make_identifier, make_snake_case, quote, unqesc
from redstart.naming import make_table_name, truncate_name


@pytest.mark.spec("MD-005")
@pytest.mark.parametrize(
    ("name", "snake"), [("WebHTTPRequest", "web_http_request"), ("User", "user"), ("UserData", "user_data")]
)
def test_classes_become_snake_case(name, snake):
    assert make_snake_case(name) == snake


def test_the_legacy_rule_only_lowers_the_case():
    assert make_table_name("WebHTTPRequest") == "webhttprequest"


@pytest.mark.parametrize(
    ("label", "name"), [('MAX("t1"."age")', "age"), ("count(*)", "count"), ("a.b.c", "c"), ("?", "?")]
)
def test_an_identifier_is_found_in_a_label(label, name):
    assert make_identifier(label) == name


@pytest.mark.spec("QB-006")
def test_quotes_within_a_name_are_doubled():
    assert quote(("a", 'b"c'), '""') == '"a"."b""c"'
    assert unqesc('"b""c"') == 'b"c'


@pytest.mark.spec("MD-043")
def test_a_long_name_is_cut_and_kept_apart_by_a_digest():
    first, second = truncate_name("x" * 80), truncate_name("x" * 79 + "y")
    assert len(first) == len(second) == 64
    assert first[:57] == second[:57]
    assert first != second
