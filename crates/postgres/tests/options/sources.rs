//! Where a value comes from, the strongest first: keyword, name, service, variable, default.

use std::fs;

use redstart_core::ErrorKind;
use redstart_postgres::Options;
use redstart_postgres::options::{Environment, SslMode};

use crate::{environment, keywords, places};

#[test]
fn each_source_is_stronger_than_the_next() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("services");
    fs::write(
        &file,
        "[s]\nhost=of-service\nuser=of-service\ndbname=of-service\nport=3\n",
    )
    .unwrap();
    let environment = environment(&[
        ("PGSERVICEFILE", file.to_str().unwrap()),
        ("PGSERVICE", "s"),
        ("PGHOST", "of-variable"),
        ("PGUSER", "of-variable"),
        ("PGDATABASE", "of-variable"),
        ("PGPORT", "4"),
        ("PGAPPNAME", "of-variable"),
    ]);
    for dsn in ["host=of-name user=of-name", "postgresql://of-name@of-name"] {
        let keywords = keywords(&[("host", "of-keyword")]);
        let options = Options::resolve(dsn, &keywords, &environment).unwrap();
        assert_eq!(places(&options), ["of-keyword:3"]);
        assert_eq!(
            (&*options.user, &*options.dbname),
            ("of-name", "of-service")
        );
        assert_eq!(options.application_name.as_deref(), Some("of-variable"));
        assert_eq!(options.sslmode, SslMode::Prefer);
    }
}

#[test]
fn a_database_has_two_names_as_a_keyword() {
    let environment = environment(&[]);
    let of = |given: &[(&str, &str)]| Options::resolve("x", &keywords(given), &environment);
    assert_eq!(of(&[("database", "app")]).unwrap().dbname, "app");
    assert_eq!(of(&[("dbname", "app")]).unwrap().dbname, "app");
    let error = of(&[("database", "a"), ("dbname", "b")]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Programming);
}

#[test]
fn an_empty_value_hides_the_weaker_sources() {
    let environment = environment(&[("PGHOST", "of-variable"), ("PGUSER", "of-variable")]);
    let empty = keywords(&[("host", ""), ("user", "")]);
    let options = Options::resolve("", &empty, &environment).unwrap();
    assert_eq!(places(&options), ["localhost:5432"]);
    assert_eq!(options.user, "osuser");
}

#[test]
fn variables_are_read_and_checked() {
    let options = Options::resolve(
        "",
        &[],
        &environment(&[
            ("PGHOSTADDR", "127.0.0.1"),
            ("PGPASSWORD", "p"),
            ("PGCONNECT_TIMEOUT", "7"),
            ("PGOPTIONS", "-c x.y=1"),
            ("PGTARGETSESSIONATTRS", "primary"),
            ("PGTZ", "UTC"),
            ("PGDATESTYLE", "Default"),
            ("PGREQUIRESSL", "1"),
        ]),
    )
    .unwrap();
    assert_eq!(places(&options), ["127.0.0.1:5432"]);
    assert_eq!(options.password.unwrap().reveal(), "p");
    assert_eq!(options.connect_timeout.unwrap().as_secs(), 7);
    assert_eq!(options.options.as_deref(), Some("-c x.y=1"));
    assert_eq!(
        options.startup_settings,
        [("timezone".into(), "UTC".into())]
    );
    assert_eq!(options.sslmode, SslMode::Require);
    let wrong = Options::resolve("", &[], &environment(&[("PGSSLMODE", "foo")]));
    assert!(
        wrong
            .unwrap_err()
            .message()
            .starts_with("invalid sslmode value: \"foo\"")
    );
    let refused = Options::resolve("", &[], &environment(&[("PGREQUIREPEER", "postgres")]));
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::NotSupported);
}

#[test]
fn without_any_user_the_way_out_is_told() {
    let error = Options::resolve("dbname=x", &[], &Environment::new([])).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Operational);
    assert!(error.message().contains("PGUSER"));
}

#[test]
fn the_environment_of_the_process_is_a_snapshot() {
    let options = Options::resolve("dbname=x user=u", &[], &Environment::of_process());
    assert_eq!(options.unwrap().dbname, "x");
}
