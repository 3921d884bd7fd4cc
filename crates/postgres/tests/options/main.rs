//! How the options of a connection are put together, compared with what libpq makes of them.

mod conninfo;
mod hosts;
mod passfile;
mod service;
mod sources;
mod tls;
mod uri;
mod values;

use redstart_core::{Error, ErrorKind};
use redstart_postgres::options::{Endpoint, Environment, Host, Options, Password};

/// An environment without files, in which nothing is found but what the test puts there.
fn environment(variables: &[(&str, &str)]) -> Environment {
    let variables = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Environment::new(variables)
        .with_user("osuser")
        .with_socket_directories(Vec::new())
}

fn keywords(given: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    given.iter().map(owned).collect()
}

/// The options of a data source name alone.
fn of(dsn: &str) -> Options {
    Options::resolve(dsn, &[], &environment(&[])).expect("valid options")
}

/// The options of keywords alone.
fn with(given: &[(&str, &str)]) -> Options {
    Options::resolve("", &keywords(given), &environment(&[])).expect("valid options")
}

fn error(dsn: &str) -> Error {
    Options::resolve(dsn, &[], &environment(&[])).expect_err("invalid options")
}

fn error_with(given: &[(&str, &str)]) -> (ErrorKind, String) {
    let error =
        Options::resolve("", &keywords(given), &environment(&[])).expect_err("invalid options");
    (error.kind(), error.message().to_owned())
}

/// The hosts as `name:port`.
fn places(options: &Options) -> Vec<String> {
    let place = |host: &Host| {
        let name = match &host.host {
            Endpoint::Tcp(name) => name.clone(),
            Endpoint::Unix(path) => format!("unix {}", path.display()),
        };
        format!("{name}:{}", host.port)
    };
    options.hosts.iter().map(place).collect()
}

fn password(options: &Options) -> Option<&str> {
    options.password.as_ref().map(Password::reveal)
}
