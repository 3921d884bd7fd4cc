"""TLS: what is verified, what is refused, client certificates, and channel binding."""

from __future__ import annotations

import pytest

from backends.test_login import TCP, connect, refused
from redstart import PostgresqlDatabase
from servers.postgres import CERTIFIED, PASSWORDS

VERIFIED = ("verify-ca", "verify-full")


@pytest.fixture
def over_tls(tls_postgres):
    """The keywords with which everybody is let in, over TCP."""
    return {
        "host": TCP,
        "port": tls_postgres.port,
        "user": "postgres",
        "connect_timeout": 10,
        "sslrootcert": str(tls_postgres.tls.authority.certificate),
    }


def encryption(**keywords):
    db = PostgresqlDatabase("postgres", **keywords)
    with db.connection_context():
        return db.execute_sql("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone()[0]


@pytest.mark.parametrize(
    ("mode", "encrypted"),
    [
        ("disable", False),
        ("allow", False),
        ("prefer", True),
        ("require", True),
        ("verify-ca", True),
        ("verify-full", True),
    ],
)
def test_every_mode_connects_to_a_server_with_a_good_certificate(over_tls, mode, encrypted):
    assert encryption(**over_tls, sslmode=mode) is encrypted
    assert connect("postgres", **over_tls, sslmode=mode) == ("postgres", "postgres")


def test_the_name_of_the_certificate_may_be_an_address_or_a_name(over_tls):
    for host in (TCP, "localhost"):
        assert encryption(**{**over_tls, "host": host}, sslmode="verify-full")


@pytest.mark.parametrize("mode", VERIFIED)
def test_an_authority_that_did_not_sign_is_refused(tls_postgres, over_tls, mode):
    other = str(tls_postgres.tls.other_authority.certificate)
    refused("postgres", **{**over_tls, "sslrootcert": other}, sslmode=mode, match="(?i)certificate")


@pytest.mark.parametrize("mode", VERIFIED)
def test_a_file_of_authorities_that_is_not_there_is_named(over_tls, mode, tmp_path):
    refused("postgres", **{**over_tls, "sslrootcert": str(tmp_path / "nothing.crt")}, sslmode=mode, match="nothing.crt")


def test_a_certificate_for_another_name_passes_verify_ca_and_fails_verify_full(tls_postgres, over_tls):
    tls_postgres.present("elsewhere")
    try:
        assert encryption(**over_tls, sslmode="verify-ca")
        refused("postgres", **over_tls, sslmode="verify-full", match="(?i)name|valid for")
    finally:
        tls_postgres.present("server")


def test_an_expired_certificate_is_refused_where_it_is_verified(tls_postgres, over_tls):
    tls_postgres.present("expired")
    try:
        for mode in VERIFIED:
            refused("postgres", **over_tls, sslmode=mode, match="(?i)expired")
        unverified = {name: value for name, value in over_tls.items() if name != "sslrootcert"}
        assert encryption(**unverified, sslmode="require")
    finally:
        tls_postgres.present("server")


def test_a_server_without_tls_is_refused_by_those_who_require_it(own_postgres, hostile_server):
    where = {"host": TCP, "port": own_postgres.port, "user": "postgres"}
    refused("postgres", **where, sslmode="require", match="(?i)ssl|tls")
    for mode in ("disable", "allow", "prefer"):
        assert encryption(**where, sslmode=mode) is False
    refusing = hostile_server("refuses_tls")
    refused(refusing.dsn(sslmode="require", connect_timeout=5), match="(?i)ssl|tls")


def test_a_client_certificate_lets_its_role_in_and_no_other(tls_postgres, over_tls):
    own = tls_postgres.tls.clients[CERTIFIED]
    where = {**over_tls, "user": CERTIFIED, "sslmode": "verify-full"}
    shown = {"sslcert": str(own.certificate), "sslkey": str(own.key)}
    assert connect("postgres", **where, **shown) == (CERTIFIED, "postgres")
    refused("postgres", **where, match="(?i)certificate")
    stranger = tls_postgres.tls.stranger
    shown = {"sslcert": str(stranger.certificate), "sslkey": str(stranger.key)}
    refused("postgres", **where, **shown, match=".")


def test_a_private_key_that_others_can_read_is_refused(tls_postgres, over_tls, tmp_path):
    own = tls_postgres.tls.clients[CERTIFIED]
    key = tmp_path / "client.key"
    key.write_bytes(own.key.read_bytes())
    key.chmod(0o644)
    where = {**over_tls, "user": CERTIFIED, "sslmode": "require"}
    refused("postgres", **where, sslcert=str(own.certificate), sslkey=str(key), match="client.key")


@pytest.mark.parametrize("binding", ["disable", "prefer", "require"])
def test_scram_over_tls_is_bound_to_the_channel(over_tls, binding):
    where = {**over_tls, "user": "scram", "password": PASSWORDS["scram"], "sslmode": "verify-full"}
    assert connect("postgres", **where, channel_binding=binding) == ("scram", "postgres")
    refused("postgres", **{**where, "password": "wrong"}, channel_binding=binding, match="authentication failed")


def test_channel_binding_that_is_required_and_cannot_be_had_is_refused(own_postgres, over_tls):
    plain = {"host": TCP, "port": own_postgres.port, "user": "scram", "password": PASSWORDS["scram"]}
    refused("postgres", **plain, channel_binding="require", match="(?i)channel binding")
    md5 = {**over_tls, "user": "md5", "password": PASSWORDS["md5"], "sslmode": "require"}
    assert connect("postgres", **md5) == ("md5", "postgres")
    refused("postgres", **md5, channel_binding="require", match="(?i)channel binding")


def test_large_answers_and_cancelled_statements_pass_through_tls(over_tls):
    db = PostgresqlDatabase("postgres", **over_tls, sslmode="verify-full")
    with db.connection_context():
        assert len(db.execute_sql("SELECT repeat('x', 20000000)").fetchone()[0]) == 20_000_000
        assert db.execute_sql("SELECT length(%s)", ("y" * 5_000_000,)).fetchone() == (5_000_000,)
        assert len(db.execute_sql("SELECT * FROM generate_series(1, 100000)").fetchall()) == 100_000
