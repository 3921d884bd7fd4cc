//! Connection URIs.

use redstart_core::ErrorKind;

use crate::{error, of, password, places};

#[test]
fn all_parts_are_read() {
    let options = of("postgresql://huey:s%40cret@db.example:5433/app?application_name=a%20b");
    assert_eq!(places(&options), ["db.example:5433"]);
    assert_eq!((&*options.user, &*options.dbname), ("huey", "app"));
    assert_eq!(password(&options), Some("s@cret"));
    assert_eq!(options.application_name.as_deref(), Some("a b"));
}

#[test]
fn all_parts_may_be_missing() {
    let cases = [
        ("postgresql://", "localhost:5432", "osuser", "osuser"),
        ("postgres://h", "h:5432", "osuser", "osuser"),
        ("postgres://u@", "localhost:5432", "u", "u"),
        ("postgres://:p@h", "h:5432", "osuser", "osuser"),
        ("postgres:///app", "localhost:5432", "osuser", "app"),
        ("postgres://h?user=u", "h:5432", "u", "u"),
        ("postgres://h/?user=u", "h:5432", "u", "u"),
        ("postgres://u:@h:/d?", "h:5432", "u", "d"),
        ("postgres://a:b:c@h/d", "h:5432", "a", "d"),
        ("postgres://h/a/b@c", "h:5432", "osuser", "a/b@c"),
    ];
    for (dsn, place, user, dbname) in cases {
        let options = of(dsn);
        assert_eq!(places(&options), [place], "{dsn}");
        assert_eq!((&*options.user, &*options.dbname), (user, dbname), "{dsn}");
    }
    assert_eq!(password(&of("postgres://u:@h")), None);
    assert_eq!(password(&of("postgres://a:b:c@h")), Some("b:c"));
}

#[test]
fn there_may_be_several_hosts() {
    let cases: &[(&str, &[&str])] = &[
        (
            "postgresql://a,b:5433,[::1]:5434/d",
            &["a:5432", "b:5433", "::1:5434"],
        ),
        ("postgresql://[::1]", &["::1:5432"]),
        ("postgresql://:1,:2", &["localhost:1", "localhost:2"]),
        ("postgresql://a,b?port=7", &["a:7", "b:7"]),
        ("postgresql://%2Fvar%2Frun/d", &["unix /var/run:5432"]),
        ("postgresql:///d?host=/var/run&port=6", &["unix /var/run:6"]),
        ("postgresql://%40hidden", &["unix @hidden:5432"]),
        ("postgresql://a%2Cb", &["a:5432", "b:5432"]),
    ];
    for (dsn, expected) in cases {
        assert_eq!(places(&of(dsn)), *expected, "{dsn}");
    }
}

#[test]
fn a_later_part_wins() {
    assert_eq!(of("postgresql://u@h/d?user=v&dbname=e&dbname=f").user, "v");
    assert_eq!(
        of("postgresql://u@h/d?user=v&dbname=e&dbname=f").dbname,
        "f"
    );
}

#[test]
fn jdbc_says_ssl_in_its_own_way() {
    assert_eq!(
        of("postgres://h?ssl=true"),
        of("postgres://h?sslmode=require")
    );
    assert_eq!(
        error("postgres://h?ssl=false").message(),
        "invalid URI query parameter: \"ssl\""
    );
}

#[test]
fn blanks_at_the_ends_count_only_when_encoded() {
    let options = of("postgresql:// u @h/ d ?application_name=%20x ");
    assert_eq!((&*options.user, &*options.dbname), ("u", "d"));
    assert_eq!(options.application_name.as_deref(), Some(" x"));
}

#[test]
fn text_beyond_ascii_is_utf8() {
    assert_eq!(of("postgresql://h/d%C3%A9jà").dbname, "déjà");
}

#[test]
fn a_broken_uri_says_where_without_the_secret() {
    let cases = [
        ("postgres://[::1", "looking for matching \"]\""),
        ("postgres://[]", "may not be empty"),
        ("postgres://[::1]x", "unexpected character after \"]\""),
        (
            "postgres://h?user",
            "missing key/value separator \"=\" in URI query parameter: \"user\"",
        ),
        ("postgres://h?user=a=b", "extra key/value separator \"=\""),
        (
            "postgres://h?bogus=1",
            "invalid URI query parameter: \"bogus\"",
        ),
        (
            "postgres://u:se%zzcret@h",
            "invalid percent-encoded token, in the password",
        ),
        (
            "postgres://u:secret%FF@h",
            "percent-encoded value is not UTF-8, in the password",
        ),
        (
            "postgres://u:secret%0@h",
            "invalid percent-encoded token, in the password",
        ),
        ("postgres://u:secret%00@h", "forbidden value %00"),
        ("postgres://u:se/cret@h/d", "write \"/\" as %2F"),
        (
            "postgres://h?password=secret%",
            "invalid percent-encoded token, in the password",
        ),
    ];
    for (dsn, message) in cases {
        let error = error(dsn);
        assert_eq!(error.kind(), ErrorKind::Programming, "{dsn}");
        assert!(error.message().contains(message), "{dsn}: {error}");
        assert!(!error.message().contains("cret"), "{error}");
    }
}
