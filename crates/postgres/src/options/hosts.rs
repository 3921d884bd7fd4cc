//! The servers to connect to: names, addresses and ports, in lists.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use redstart_core::Result;

use super::choice::{operational, parse_integer};
use super::environment::Environment;
use super::settings::Settings;

/// How a server is reached.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// By the network, under a name or an address.
    Tcp(String),
    /// By a socket in a directory. A name that begins with `@` is in the abstract namespace.
    Unix(PathBuf),
}

/// One server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Host {
    /// How it is reached, and the name that its certificate must bear.
    pub host: Endpoint,
    /// Its address, which spares the look-up of the name.
    pub hostaddr: Option<IpAddr>,
    /// Its port; for a socket, a part of the file's name.
    pub port: u16,
}

impl Host {
    /// Gives the path of the server's socket, if it is reached by one. In the abstract
    /// namespace, the leading `@` stands for a NUL byte.
    pub fn socket_path(&self) -> Option<PathBuf> {
        match &self.host {
            Endpoint::Tcp(_) => None,
            Endpoint::Unix(directory) => Some(directory.join(format!(".s.PGSQL.{}", self.port))),
        }
    }

    /// Gives the name of the server in a password file: the usual socket is `localhost`.
    pub(super) fn name_in_passfile(&self, environment: &Environment) -> String {
        match &self.host {
            Endpoint::Tcp(name) => name.clone(),
            Endpoint::Unix(path) if environment.socket_directory() == Some(path) => {
                LOCALHOST.into()
            }
            Endpoint::Unix(path) => path.display().to_string(),
        }
    }
}

/// Puts together the lists of names, addresses and ports; never gives an empty list.
pub(super) fn hosts(settings: &Settings, environment: &Environment) -> Result<Vec<Host>> {
    let names = list(settings, "host");
    let addresses = list(settings, "hostaddr");
    let ports = list(settings, "port");
    let count = names.len().max(addresses.len()).max(1);
    if !names.is_empty() && !addresses.is_empty() && names.len() != addresses.len() {
        return Err(operational(format!(
            "could not match {} host names to {} hostaddr values",
            names.len(),
            addresses.len()
        )));
    }
    if ports.len() > 1 && ports.len() != count {
        return Err(operational(format!(
            "could not match {} port numbers to {count} hosts",
            ports.len()
        )));
    }
    (0..count)
        .map(|position| {
            let name = names.get(position).copied().unwrap_or_default();
            let address = addresses.get(position).copied().unwrap_or_default();
            // One port is that of all.
            let port = ports.get(position).or(ports.first()).copied();
            Ok(Host {
                host: endpoint(name, address, environment),
                hostaddr: parse_address(address)?,
                port: parse_port(port.unwrap_or_default())?,
            })
        })
        .collect()
}

fn list<'a>(settings: &'a Settings, name: &str) -> Vec<&'a str> {
    let given = settings.given(name);
    given.map_or_else(Vec::new, |value| value.split(',').collect())
}

fn endpoint(name: &str, address: &str, environment: &Environment) -> Endpoint {
    if !address.is_empty() {
        let name = if name.is_empty() { address } else { name };
        Endpoint::Tcp(name.into())
    } else if name.starts_with(['/', '@']) {
        Endpoint::Unix(name.into())
    } else if !name.is_empty() {
        Endpoint::Tcp(name.into())
    } else {
        let directory = environment.socket_directory().map(Path::to_path_buf);
        directory.map_or_else(|| Endpoint::Tcp(LOCALHOST.into()), Endpoint::Unix)
    }
}

fn parse_address(address: &str) -> Result<Option<IpAddr>> {
    if address.is_empty() {
        return Ok(None);
    }
    address.parse().map(Some).map_err(|_| {
        operational(format!(
            "could not parse network address \"{address}\" (hostaddr takes IPv4 and IPv6 \
             addresses; names belong into host)"
        ))
    })
}

fn parse_port(port: &str) -> Result<u16> {
    if port.is_empty() {
        return Ok(DEFAULT_PORT);
    }
    let number = parse_integer("port", port)?;
    match u16::try_from(number) {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(operational(format!(
            "invalid port number: \"{port}\" (accepted: 1 to 65535)"
        ))),
    }
}

const LOCALHOST: &str = "localhost";
const DEFAULT_PORT: u16 = 5432;
