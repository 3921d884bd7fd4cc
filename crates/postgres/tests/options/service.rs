//! Service files.

use std::fs;
use std::path::Path;

use redstart_core::{ErrorKind, Result};
use redstart_postgres::Options;

use crate::{environment, places};

const FILE: &str = "
# comment
[other]
host=wrong
[app]
  host=a,b
port=1,2
application_name= with = signs
user=first
user=second
[app]
dbname=of the second group
";

fn resolve(dsn: &str, home: Option<&Path>, system: &Path) -> Result<Options> {
    let system = system.to_str().expect("a path in UTF-8");
    let mut environment = environment(&[("PGSYSCONFDIR", system)]);
    if let Some(home) = home {
        environment = environment.with_home(home);
    }
    Options::resolve(dsn, &[], &environment)
}

#[test]
fn the_options_of_the_first_group_of_the_name_are_used() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join(".pg_service.conf"), FILE).unwrap();
    let options = resolve("service=app", Some(home.path()), Path::new("/missing")).unwrap();
    assert_eq!(places(&options), ["a:1", "b:2"]);
    assert_eq!(options.application_name.as_deref(), Some(" with = signs"));
    assert_eq!((&*options.user, &*options.dbname), ("first", "first"));
}

#[test]
fn the_file_of_the_system_is_the_last_resort() {
    let home = tempfile::tempdir().unwrap();
    let system = tempfile::tempdir().unwrap();
    fs::write(home.path().join(".pg_service.conf"), "[x]\nuser=u\n").unwrap();
    fs::write(system.path().join("pg_service.conf"), FILE).unwrap();
    for home in [Some(home.path()), None] {
        let options = resolve("postgresql://?service=app", home, system.path()).unwrap();
        assert_eq!(options.user, "first");
    }
}

#[test]
fn a_service_that_is_nowhere_is_an_error() {
    let error = resolve("service=app", None, Path::new("/missing")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Operational);
    assert_eq!(error.message(), "definition of service \"app\" not found");
    let environment = environment(&[("PGSERVICE", "a"), ("PGSERVICEFILE", "/missing/file")]);
    let error = Options::resolve("", &[], &environment).unwrap_err();
    assert_eq!(error.message(), "service file \"/missing/file\" not found");
}

#[test]
fn a_broken_file_is_named_with_its_line() {
    let home = tempfile::tempdir().unwrap();
    let cases = [
        ("password", "line 2: there is no \"=\""),
        ("bogus=1", "line 2: invalid connection option \"bogus\""),
        ("host =a", "line 2: invalid connection option \"host \""),
        ("service=b", "line 2: a service cannot refer to another"),
    ];
    for (line, expected) in cases {
        fs::write(
            home.path().join(".pg_service.conf"),
            format!("[app]\n{line}\n"),
        )
        .unwrap();
        let error = resolve("service=app", Some(home.path()), Path::new("/missing")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Operational);
        assert!(error.message().contains(expected), "{error}");
    }
}
