//! Strings of `key = 'value'` pairs.

use redstart_core::ErrorKind;

use crate::{error, of, password, places};

#[test]
fn pairs_are_split_at_blanks() {
    let options = of(" host=localhost\tport = 5433\n dbname= app\x0buser =huey ");
    assert_eq!(places(&options), ["localhost:5433"]);
    assert_eq!((&*options.dbname, &*options.user), ("app", "huey"));
}

#[test]
fn quotes_keep_blanks_and_backslashes_protect() {
    let options = of(r"dbname='a b' user=x\ y\'z password='it\'s \\ done' application_name=''");
    assert_eq!((&*options.dbname, &*options.user), ("a b", "x y'z"));
    assert_eq!(password(&options), Some(r"it's \ done"));
    assert_eq!(options.application_name, None);
}

#[test]
fn a_quote_inside_a_word_is_a_letter_and_pairs_may_touch() {
    assert_eq!(of("dbname=a'b'").dbname, "a'b'");
    let options = of("dbname='a'user=b");
    assert_eq!((&*options.dbname, &*options.user), ("a", "b"));
    assert_eq!(of("user=a=b").user, "a=b");
}

#[test]
fn an_empty_value_takes_the_next_word_as_libpq_does() {
    assert_eq!(of("dbname= user=x").dbname, "user=x");
}

#[test]
fn the_last_of_two_values_counts() {
    assert_eq!(of("dbname=a dbname=b").dbname, "b");
}

#[test]
fn a_broken_string_says_where() {
    let cases = [
        (
            "user=a host",
            "missing \"=\" after \"host\" in connection info string",
        ),
        (
            "a b=c",
            "missing \"=\" after \"a\" in connection info string",
        ),
        (
            "dbname='a",
            "unterminated quoted string in connection info string",
        ),
        ("bogus=1", "invalid connection option \"bogus\""),
        ("database=x", "invalid connection option \"database\""),
        ("=x", "invalid connection option \"\""),
    ];
    for (dsn, message) in cases {
        let error = error(dsn);
        assert_eq!(
            (error.kind(), error.message()),
            (ErrorKind::Programming, message)
        );
    }
}

#[test]
fn the_rest_of_an_unquoted_password_is_not_shown() {
    for dsn in [
        "password=first second",
        "password=first second=x",
        "sslpassword=a second user=x",
    ] {
        let error = error(dsn);
        assert_eq!(error.kind(), ErrorKind::Programming);
        assert!(!error.message().contains("second"), "{error}");
        assert!(error.message().contains("password\""), "{error}");
    }
}

#[test]
fn the_old_word_for_tls_is_understood() {
    assert_eq!(of("requiressl=1"), of("sslmode=require"));
    assert_eq!(of("requiressl=0"), of("sslmode=prefer"));
}

#[test]
fn a_word_alone_is_a_database() {
    assert_eq!(of("my app").dbname, "my app");
    assert_eq!(of("").dbname, "osuser");
}
