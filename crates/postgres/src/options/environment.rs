//! What surrounds the program: its `PG…` variables, its user and home. A snapshot, so that
//! nothing below looks at the process.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use redstart_core::Result;

use super::keyword::KEYWORDS;
use super::settings::Settings;

/// The variables, the user and the places in which defaults are looked for.
///
/// Its `Debug` form shows the names of the variables only: one may be a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    user: Option<String>,
    /// Whether the operating system is asked who runs this process.
    asks_system: bool,
    socket_directories: Vec<PathBuf>,
    system_directory: PathBuf,
}

impl Environment {
    /// Makes an environment of variables. Only `HOME` and those that begin with `PG` are kept.
    pub fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let matters = |name: &str| name == HOME || name.starts_with("PG");
        let variables = variables.into_iter();
        Self {
            variables: variables.filter(|(name, _)| matters(name)).collect(),
            user: None,
            asks_system: false,
            socket_directories: SOCKET_DIRECTORIES.iter().map(PathBuf::from).collect(),
            system_directory: SYSTEM_DIRECTORY.into(),
        }
    }

    /// Makes the environment of this process as it is now.
    pub fn of_process() -> Self {
        let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
        let variables = std::env::vars_os().map(|(name, value)| (text(name), text(value)));
        Self {
            asks_system: true,
            ..Self::new(variables)
        }
    }

    /// Names the user of the operating system, who is the default role.
    #[must_use]
    pub fn with_user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// Gives the home directory where `HOME` does not.
    #[must_use]
    pub fn with_home(mut self, home: impl AsRef<Path>) -> Self {
        let home = home.as_ref().to_string_lossy().into_owned();
        let known = self.variables.entry(HOME.into()).or_default();
        if known.is_empty() {
            *known = home;
        }
        self
    }

    /// Replaces the directories in which a server's socket is expected.
    #[must_use]
    pub fn with_socket_directories(mut self, directories: Vec<PathBuf>) -> Self {
        self.socket_directories = directories;
        self
    }

    /// Gives the user of the operating system.
    pub(super) fn user(&self) -> Option<String> {
        let system = || self.asks_system.then(system_user).flatten();
        self.user.clone().or_else(|| system().map(|user| user.name))
    }

    /// Gives a variable, which may be empty.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// Gives the path of a file in the home directory.
    pub(super) fn home_file(&self, name: &str) -> Option<PathBuf> {
        match self.variable(HOME).filter(|home| !home.is_empty()) {
            Some(home) => Some(Path::new(home).join(name)),
            None if self.asks_system => Some(system_user()?.home.join(name)),
            None => None,
        }
    }

    /// Gives the path of one of the user's own files for TLS.
    pub(super) fn own_file(&self, name: &str) -> Option<PathBuf> {
        self.home_file(".postgresql").map(|place| place.join(name))
    }

    /// Gives the path of a file of the whole system's configuration.
    pub(super) fn system_file(&self, name: &str) -> PathBuf {
        let place = self.variable("PGSYSCONFDIR").map(PathBuf::from);
        place
            .unwrap_or_else(|| self.system_directory.clone())
            .join(name)
    }

    /// Gives the first directory for sockets that exists.
    pub(super) fn socket_directory(&self) -> Option<&Path> {
        let mut directories = self.socket_directories.iter();
        directories.find(|path| path.is_dir()).map(PathBuf::as_path)
    }

    /// Sets the options that have no value yet and whose variable exists, even empty.
    pub(super) fn fill(&self, settings: &mut Settings) -> Result<()> {
        for keyword in KEYWORDS {
            if let Some(value) = keyword.variable.and_then(|name| self.variable(name)) {
                settings.fill(keyword.name, value)?;
            }
        }
        // The old way to say it.
        if self
            .variable("PGREQUIRESSL")
            .is_some_and(|value| value.starts_with('1'))
        {
            settings.fill("sslmode", "require")?;
        }
        Ok(())
    }

    /// Gives the settings that libpq takes over from variables at the start of a session.
    pub(super) fn startup_settings(&self) -> Vec<(String, String)> {
        let given = |(variable, setting): &(&str, &str)| {
            let value = self.variable(variable)?;
            let set = !value.eq_ignore_ascii_case("default");
            set.then(|| ((*setting).to_owned(), value.to_owned()))
        };
        STARTUP_SETTINGS.iter().filter_map(given).collect()
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("variables", &self.variables.keys())
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

const HOME: &str = "HOME";

struct SystemUser {
    name: String,
    home: PathBuf,
}

/// Looks up who runs this process, in the system's list of users, which may be far away.
#[cfg(unix)]
fn system_user() -> Option<SystemUser> {
    let found = nix::unistd::User::from_uid(nix::unistd::geteuid());
    let user = found.ok().flatten()?;
    Some(SystemUser {
        name: user.name,
        home: user.dir,
    })
}

#[cfg(not(unix))]
fn system_user() -> Option<SystemUser> {
    Some(SystemUser {
        name: std::env::var("USERNAME").ok()?,
        home: PathBuf::from(std::env::var_os("USERPROFILE")?),
    })
}

/// Where servers of distributions, and servers built from source, have their sockets.
const SOCKET_DIRECTORIES: [&str; 2] = ["/var/run/postgresql", "/tmp"];

/// Where Debian has the configuration of all clients.
const SYSTEM_DIRECTORY: &str = "/etc/postgresql-common";

const STARTUP_SETTINGS: [(&str, &str); 3] = [
    ("PGDATESTYLE", "datestyle"),
    ("PGTZ", "timezone"),
    ("PGGEQO", "geqo"),
];
