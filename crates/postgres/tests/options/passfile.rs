//! The password file.
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use redstart_core::ErrorKind;
use redstart_postgres::Options;
use redstart_postgres::options::{Environment, Password};

use crate::{environment, keywords};

fn write(path: &Path, text: impl AsRef<[u8]>, mode: u32) {
    fs::write(path, text).expect("the place can be written to");
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("the file is ours");
}

fn passwords(options: &Options) -> Vec<Option<&str>> {
    let reveal = |host| options.password_for(host).map(Password::reveal);
    options.hosts.iter().map(reveal).collect()
}

/// The password that a file gives for the options.
fn found(text: &str, dsn: &str) -> Option<String> {
    let place = tempfile::tempdir().expect("a directory");
    write(&place.path().join(".pgpass"), text, 0o600);
    let environment = environment(&[]).with_home(place.path());
    let options = Options::resolve(dsn, &[], &environment).expect("valid options");
    passwords(&options)[0].map(str::to_owned)
}

#[test]
fn the_first_line_that_fits_counts() {
    let file = "# comment\n\nh:1:d:u:one\r\nh:*:d:u:two\n*:*:*:v:three\n*:*:*:*:four\n";
    let cases = [
        ("host=h port=1 dbname=d user=u", "one"),
        ("host=h port=2 dbname=d user=u", "two"),
        ("host=h dbname=e user=v", "three"),
        ("host=hh dbname=d user=u", "four"),
    ];
    for (dsn, expected) in cases {
        assert_eq!(found(file, dsn).as_deref(), Some(expected), "{dsn}");
    }
    assert_eq!(found("h:1:d:u:one", "host=i port=1 dbname=d user=u"), None);
    assert_eq!(found("h:1:d:u", "host=h port=1 dbname=d user=u"), None);
    assert_eq!(found("*:*:*:*:", "host=h"), None);
}

#[test]
fn backslashes_protect_colons_and_backslashes() {
    let file = "\\:\\:1:*:a\\\\b:*:p\\:q\\\\r:ignored\n";
    assert_eq!(
        found(file, "host=::1 dbname='a\\\\b'").as_deref(),
        Some("p:q\\r")
    );
    assert_eq!(
        found("::1:*:*:*:plain", "host=::1").as_deref(),
        Some("plain")
    );
}

#[test]
fn each_host_has_its_own_password() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("passwords");
    write(
        &file,
        "a:*:*:*:of a\nc:7:*:*:of c\n127.0.0.1:*:*:*:of address\n",
        0o400,
    );
    let environment = environment(&[("PGPASSFILE", file.to_str().unwrap())]);
    let options = Options::resolve("host=a,b,c port=5,6,7", &[], &environment).unwrap();
    assert_eq!(passwords(&options), [Some("of a"), None, Some("of c")]);
    let address = Options::resolve("hostaddr=127.0.0.1", &[], &environment).unwrap();
    assert_eq!(passwords(&address), [Some("of address")]);
    let given = keywords(&[("password", "given")]);
    let options = Options::resolve("host=a,b", &given, &environment).unwrap();
    assert_eq!(passwords(&options), [Some("given"), Some("given")]);
}

#[test]
fn the_usual_socket_is_localhost() {
    let place = tempfile::tempdir().unwrap();
    write(
        &place.path().join(".pgpass"),
        "localhost:*:*:*:local\n",
        0o600,
    );
    let environment = Environment::new([])
        .with_user("u")
        .with_home(place.path())
        .with_socket_directories(vec![place.path().into()]);
    let usual = Options::resolve("", &[], &environment).unwrap();
    assert_eq!(passwords(&usual), [Some("local")]);
    let other = Options::resolve("host=/other", &[], &environment).unwrap();
    assert_eq!(passwords(&other), [None]);
}

#[test]
fn a_file_that_others_may_read_is_not_used_and_that_is_told() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join(".pgpass");
    let environment = environment(&[]).with_home(place.path());
    for mode in [0o640, 0o604, 0o620] {
        write(&file, "*:*:*:*:secret\n", mode);
        let options = Options::resolve("host=h", &[], &environment).unwrap();
        assert_eq!(passwords(&options), [None]);
        let notice = options.notices.join(" ");
        assert!(
            notice.contains(file.to_str().unwrap()) && notice.contains("0600"),
            "{notice}"
        );
    }
    let directory = keywords(&[("passfile", place.path().to_str().unwrap())]);
    let options = Options::resolve("", &directory, &environment).unwrap();
    assert!(options.notices[0].contains("not a plain file"));
    let missing = keywords(&[("passfile", "/missing/file")]);
    let options = Options::resolve("", &missing, &environment).unwrap();
    assert!(options.notices.is_empty());
}

#[test]
fn a_password_that_is_no_text_is_an_error() {
    let place = tempfile::tempdir().unwrap();
    write(&place.path().join(".pgpass"), b"*:*:*:*:\xff\n", 0o600);
    let environment = environment(&[]).with_home(place.path());
    let error = Options::resolve("", &[], &environment).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Operational);
    assert!(error.message().contains("not UTF-8"));
}
