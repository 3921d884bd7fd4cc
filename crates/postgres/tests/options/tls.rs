//! How the connection is encrypted and whom it trusts.

use std::fs;

use redstart_core::ErrorKind;
use redstart_postgres::Options;
use redstart_postgres::options::{
    ChannelBinding, RootCertificates, SslMode, SslNegotiation, TlsVersion,
};

use crate::{environment, error_with, keywords, with};

#[test]
fn the_modes_are_understood() {
    let modes = [
        ("disable", SslMode::Disable, false),
        ("allow", SslMode::Allow, false),
        ("prefer", SslMode::Prefer, false),
        ("require", SslMode::Require, true),
        ("verify-ca", SslMode::VerifyCa, true),
        ("verify-full", SslMode::VerifyFull, true),
    ];
    for (word, mode, mandatory) in modes {
        assert_eq!(with(&[("sslmode", word)]).sslmode, mode);
        assert_eq!((mode.as_str(), mode.is_mandatory()), (word, mandatory));
    }
    assert_eq!(with(&[]).sslmode, SslMode::Prefer);
    assert!(SslMode::VerifyCa.verifies() && !SslMode::Require.verifies());
}

#[test]
fn the_system_as_root_needs_full_verification() {
    let options = with(&[("sslrootcert", "system")]);
    assert_eq!(options.sslmode, SslMode::VerifyFull);
    assert_eq!(options.sslrootcert, Some(RootCertificates::System));
    let (kind, message) = error_with(&[("sslrootcert", "system"), ("sslmode", "require")]);
    assert_eq!(kind, ErrorKind::Operational);
    assert!(
        message.starts_with("weak sslmode \"require\" may not be used with sslrootcert=system")
    );
}

#[test]
fn tls_at_once_needs_a_mode_that_demands_it() {
    let options = with(&[("sslnegotiation", "direct"), ("sslmode", "require")]);
    assert_eq!(options.sslnegotiation, SslNegotiation::Direct);
    let (_, message) = error_with(&[("sslnegotiation", "direct")]);
    assert!(message.starts_with("weak sslmode \"prefer\" may not be used with sslnegotiation"));
}

#[test]
fn the_files_of_the_home_are_used_where_they_exist() {
    let place = tempfile::tempdir().unwrap();
    let own = place.path().join(".postgresql");
    let environment = environment(&[]).with_home(place.path());
    let of = |given: &[(&str, &str)]| Options::resolve("", &keywords(given), &environment).unwrap();
    let root = Some(RootCertificates::File(own.join("root.crt")));
    assert_eq!(
        (of(&[]).sslrootcert, of(&[]).sslcert, of(&[]).sslkey),
        (None, None, None)
    );
    // What verifies names the file that it misses.
    assert_eq!(of(&[("sslmode", "verify-ca")]).sslrootcert, root);
    fs::create_dir(&own).unwrap();
    for name in ["root.crt", "postgresql.crt", "postgresql.key", "root.crl"] {
        fs::write(own.join(name), "").unwrap();
    }
    let options = of(&[]);
    assert_eq!(options.sslrootcert, root);
    assert_eq!(options.sslcert, Some(own.join("postgresql.crt")));
    assert_eq!(options.sslkey, Some(own.join("postgresql.key")));
    assert!(options.notices[0].contains("root.crl"));
    let without = of(&[("sslcertmode", "disable")]);
    assert_eq!((without.sslcert, without.sslkey), (None, None));
    let other = of(&[("sslrootcert", "r"), ("sslcert", "c"), ("sslkey", "k")]);
    assert_eq!(other.sslrootcert, Some(RootCertificates::File("r".into())));
    assert_eq!(
        (other.sslcert, other.sslkey),
        (Some("c".into()), Some("k".into()))
    );
}

#[test]
fn versions_make_a_range() {
    let options = with(&[]);
    assert_eq!(options.ssl_min_protocol_version, TlsVersion::V1_2);
    assert_eq!(options.ssl_max_protocol_version, None);
    let options = with(&[
        ("ssl_min_protocol_version", "tlsv1.3"),
        ("ssl_max_protocol_version", "TLSv1.3"),
    ]);
    assert_eq!(options.ssl_min_protocol_version, TlsVersion::V1_3);
    assert_eq!(options.ssl_max_protocol_version, Some(TlsVersion::V1_3));
    // Less is allowed than is ever done.
    let old = with(&[("ssl_min_protocol_version", "TLSv1")]);
    assert_eq!(old.ssl_min_protocol_version, TlsVersion::V1_2);
    let (_, message) = error_with(&[
        ("ssl_min_protocol_version", "TLSv1.3"),
        ("ssl_max_protocol_version", "TLSv1.2"),
    ]);
    assert!(message.starts_with("invalid SSL protocol version range"));
}

#[test]
fn a_login_can_be_bound_to_its_channel_and_the_name_be_kept() {
    assert_eq!(with(&[]).channel_binding, ChannelBinding::Prefer);
    let required = with(&[("channel_binding", "require")]);
    assert_eq!(required.channel_binding, ChannelBinding::Require);
    assert!(with(&[]).sslsni && !with(&[("sslsni", "0")]).sslsni);
}
