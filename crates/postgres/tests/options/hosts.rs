//! Lists of servers.

use std::path::PathBuf;

use redstart_core::ErrorKind;
use redstart_postgres::Options;
use redstart_postgres::options::{Endpoint, Environment};

use crate::{error_with, places, with};

#[test]
fn names_and_ports_are_lists() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("a,b", "1,2", &["a:1", "b:2"]),
        ("a,b", "1", &["a:1", "b:1"]),
        ("a,b", ",2", &["a:5432", "b:2"]),
        ("a,,b", "", &["a:5432", "localhost:5432", "b:5432"]),
        ("/tmp,::1", " 77 ", &["unix /tmp:77", "::1:77"]),
        ("", "6000", &["localhost:6000"]),
    ];
    for (host, port, expected) in cases {
        let options = with(&[("host", host), ("port", port)]);
        assert_eq!(places(&options), *expected, "{host} {port}");
    }
}

#[test]
fn an_address_spares_the_look_up_of_a_name() {
    let options = with(&[("host", "db.example"), ("hostaddr", "::1")]);
    assert_eq!(options.hosts[0].host, Endpoint::Tcp("db.example".into()));
    assert_eq!(options.hosts[0].hostaddr, "::1".parse().ok());
    let options = with(&[("hostaddr", "127.0.0.1,"), ("port", "1,2")]);
    assert_eq!(places(&options), ["127.0.0.1:1", "localhost:2"]);
    assert_eq!(options.hosts[0].hostaddr, "127.0.0.1".parse().ok());
    assert_eq!(options.hosts[1].hostaddr, None);
}

#[test]
fn lists_of_different_lengths_and_impossible_numbers_are_refused() {
    let cases: &[(&[(&str, &str)], &str)] = &[
        (
            &[("host", "a,b"), ("port", "1,2,3")],
            "could not match 3 port numbers to 2 hosts",
        ),
        (
            &[("port", "1,2")],
            "could not match 2 port numbers to 1 hosts",
        ),
        (
            &[("host", "a,b"), ("hostaddr", "::1")],
            "could not match 2 host names to 1 hostaddr values",
        ),
        (
            &[("hostaddr", "db.example")],
            "could not parse network address \"db.example\"",
        ),
        (
            &[("port", "x")],
            "invalid integer value \"x\" for connection option \"port\"",
        ),
        (&[("port", "0")], "invalid port number: \"0\""),
        (&[("port", "70000")], "invalid port number: \"70000\""),
        (&[("port", "-1")], "invalid port number: \"-1\""),
        (&[("port", "99999999999")], "invalid integer value"),
    ];
    for (given, expected) in cases {
        let (kind, message) = error_with(given);
        assert_eq!(kind, ErrorKind::Operational);
        assert!(message.starts_with(expected), "{message}");
    }
}

#[test]
fn without_a_host_the_first_socket_directory_that_exists_is_used() {
    let place = tempfile::tempdir().unwrap();
    let directories = vec![PathBuf::from("/does/not/exist"), place.path().into()];
    let environment = Environment::new([])
        .with_user("u")
        .with_socket_directories(directories);
    let options = Options::resolve("", &[], &environment).unwrap();
    let host = &options.hosts[0];
    assert_eq!(host.host, Endpoint::Unix(place.path().into()));
    assert_eq!(host.socket_path(), Some(place.path().join(".s.PGSQL.5432")));
    assert_eq!(with(&[]).hosts[0].socket_path(), None);
}
