//! What each option takes and what it means.

use std::time::Duration;

use redstart_core::ErrorKind;
use redstart_postgres::options::{LoadBalanceHosts, TargetSessionAttrs};

use crate::{error_with, with};

#[test]
fn the_time_to_connect_is_at_least_two_seconds() {
    let timeout = |value: &str| with(&[("connect_timeout", value)]).connect_timeout;
    for never in ["", "0", "-5"] {
        assert_eq!(timeout(never), None);
    }
    assert_eq!(timeout("1"), Some(Duration::from_secs(2)));
    assert_eq!(timeout(" 10 "), Some(Duration::from_secs(10)));
}

#[test]
fn keepalives_are_on_and_the_system_chooses_their_times() {
    let options = with(&[]);
    assert!(options.keepalives);
    assert_eq!(
        (options.keepalives_idle, options.keepalives_count),
        (None, None)
    );
    let options = with(&[
        ("keepalives", "0"),
        ("keepalives_idle", "30"),
        ("keepalives_interval", "5"),
        ("keepalives_count", "3"),
        ("tcp_user_timeout", "1500"),
    ]);
    assert!(!options.keepalives);
    assert_eq!(options.keepalives_idle, Some(Duration::from_secs(30)));
    assert_eq!(options.keepalives_interval, Some(Duration::from_secs(5)));
    assert_eq!(options.keepalives_count, Some(3));
    assert_eq!(options.tcp_user_timeout, Some(Duration::from_millis(1500)));
    let off = with(&[("keepalives_idle", "0"), ("tcp_user_timeout", "-1")]);
    assert_eq!((off.keepalives_idle, off.tcp_user_timeout), (None, None));
}

#[test]
fn words_are_understood() {
    let kinds = [
        ("any", TargetSessionAttrs::Any),
        ("read-write", TargetSessionAttrs::ReadWrite),
        ("read-only", TargetSessionAttrs::ReadOnly),
        ("primary", TargetSessionAttrs::Primary),
        ("standby", TargetSessionAttrs::Standby),
        ("prefer-standby", TargetSessionAttrs::PreferStandby),
    ];
    for (word, kind) in kinds {
        assert_eq!(
            with(&[("target_session_attrs", word)]).target_session_attrs,
            kind
        );
    }
    let random = with(&[("load_balance_hosts", "random")]);
    assert_eq!(random.load_balance_hosts, LoadBalanceHosts::Random);
}

#[test]
fn other_words_are_refused_with_those_that_are_accepted() {
    let cases = [
        (
            "sslmode",
            "foo",
            "invalid sslmode value: \"foo\" (accepted: disable, allow, prefer",
        ),
        ("sslmode", "", "invalid sslmode value: \"\""),
        ("sslmode", "REQUIRE", "invalid sslmode value"),
        ("sslnegotiation", "x", "invalid sslnegotiation value"),
        ("channel_binding", "x", "invalid channel_binding value"),
        (
            "target_session_attrs",
            "x",
            "invalid target_session_attrs value",
        ),
        (
            "load_balance_hosts",
            "x",
            "invalid load_balance_hosts value",
        ),
        (
            "ssl_min_protocol_version",
            "x",
            "invalid ssl_min_protocol_version value",
        ),
        (
            "gssencmode",
            "x",
            "invalid gssencmode value: \"x\" (accepted: disable, prefer)",
        ),
        ("replication", "x", "invalid replication value"),
        (
            "sslsni",
            "x",
            "invalid sslsni value: \"x\" (accepted: 0, 1)",
        ),
        (
            "connect_timeout",
            "x",
            "invalid integer value \"x\" for connection option",
        ),
        (
            "keepalives",
            "on",
            "invalid integer value \"on\" for connection option \"keepalives\"",
        ),
    ];
    for (name, value, expected) in cases {
        let (kind, message) = error_with(&[(name, value)]);
        assert_eq!(kind, ErrorKind::Operational);
        assert!(message.starts_with(expected), "{message}");
    }
}

#[test]
fn what_cannot_be_done_is_refused() {
    let cases = [
        ("sslcrl", "x"),
        ("sslcrldir", "x"),
        ("requirepeer", "x"),
        ("require_auth", "scram-sha-256"),
        ("oauth_issuer", "x"),
        ("gssencmode", "require"),
        ("sslcertmode", "require"),
        ("replication", "database"),
        ("replication", "true"),
        ("min_protocol_version", "3.2"),
        ("ssl_max_protocol_version", "TLSv1.1"),
        ("client_encoding", "latin1"),
        ("client_encoding", "SQL_ASCII"),
    ];
    for (name, value) in cases {
        let (kind, message) = error_with(&[(name, value)]);
        assert_eq!(kind, ErrorKind::NotSupported, "{name}");
        assert!(
            message.contains(name) && message.contains("not supported"),
            "{message}"
        );
    }
}

#[test]
fn what_asks_for_nothing_changes_nothing() {
    let cases = [
        ("client_encoding", "UTF8"),
        ("client_encoding", "utf-8"),
        ("client_encoding", "Unicode"),
        ("client_encoding", "auto"),
        ("gssencmode", "prefer"),
        ("replication", "off"),
        ("sslcompression", "1"),
        ("krbsrvname", "postgres"),
        ("gssdelegation", "1"),
        ("gsslib", "gssapi"),
        ("sslcrl", ""),
        ("max_protocol_version", "latest"),
        ("user", ""),
    ];
    for (name, value) in cases {
        assert_eq!(with(&[(name, value)]), with(&[]), "{name}");
    }
}

#[test]
fn an_unknown_keyword_is_a_programming_error() {
    let error = error_with(&[("host", "h"), ("bogus", "1")]);
    let message = "invalid connection option \"bogus\"".to_owned();
    assert_eq!(error, (ErrorKind::Programming, message));
}

#[test]
fn a_nul_cannot_smuggle_an_option() {
    let (kind, message) = error_with(&[("user", "a\0replication\0true")]);
    assert_eq!(kind, ErrorKind::Value);
    assert!(message.contains("\"user\"") && !message.contains("replication"));
}

#[test]
fn passwords_do_not_show() {
    let options = with(&[("password", "secret"), ("sslpassword", "hidden one")]);
    let shown = format!("{options:?}");
    assert!(shown.contains("Password(hidden)") && !shown.contains("secret"));
    assert!(!shown.contains("hidden one"));
    let given = crate::environment(&[("PGPASSWORD", "secret")]);
    assert!(!format!("{given:?}").contains("secret"));
}

#[test]
fn the_fallback_is_the_name_of_last_resort() {
    let both = with(&[
        ("application_name", "a"),
        ("fallback_application_name", "f"),
    ]);
    assert_eq!(both.reported_application_name(), Some("a"));
    let fallback = with(&[("fallback_application_name", "f")]);
    assert_eq!(fallback.reported_application_name(), Some("f"));
    assert_eq!(with(&[]).reported_application_name(), None);
}
