//! How a PostgreSQL connection is configured: the options, and where each may come from. Only
//! password, service and default files are read here; nothing is connected.
//! See <https://www.postgresql.org/docs/current/libpq-connect.html>.

mod choice;
mod conninfo;
mod environment;
mod hosts;
mod keyword;
mod passfile;
mod password;
mod refused;
mod service;
mod session;
mod settings;
mod tls;
mod uri;

use std::path::PathBuf;
use std::time::Duration;

use redstart_core::{Error, ErrorKind, Result};

pub use environment::Environment;
pub use hosts::{Endpoint, Host};
pub use password::Password;
pub use session::{LoadBalanceHosts, TargetSessionAttrs};
pub use tls::{ChannelBinding, RootCertificates, SslMode, SslNegotiation, TlsVersion};

use settings::Settings;

/// What a PostgreSQL connection is opened with.
///
/// The client encoding has no field: it is always UTF8, and another one is an error.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The servers, to be tried in this order; never empty.
    pub hosts: Vec<Host>,
    /// The database; by default named as the user.
    pub dbname: String,
    /// The role to log in as; by default the user of the operating system.
    pub user: String,
    /// The password that was given for all hosts. [`password_for`](Self::password_for) also
    /// knows the password file.
    pub password: Option<Password>,
    /// The password file, whether it exists or not.
    pub passfile: Option<PathBuf>,
    /// How long one host (and each of its addresses) may take to accept; `None` for ever.
    pub connect_timeout: Option<Duration>,
    /// The name that the server shows for the connection.
    pub application_name: Option<String>,
    /// The name in its place where none is given.
    pub fallback_application_name: Option<String>,
    /// Command-line options for the server, such as `-c statement_timeout=5s`.
    pub options: Option<String>,
    /// Settings to be made at the start, from `PGTZ`, `PGDATESTYLE` and `PGGEQO`.
    pub startup_settings: Vec<(String, String)>,
    /// Whether TLS is used, and what is verified. Unix sockets never use it.
    pub sslmode: SslMode,
    /// How TLS begins.
    pub sslnegotiation: SslNegotiation,
    /// Who may sign the server's certificate. Where it is given (or the default file exists),
    /// the chain is verified whatever the mode, as libpq does.
    pub sslrootcert: Option<RootCertificates>,
    /// The file of the client's certificate.
    pub sslcert: Option<PathBuf>,
    /// The file of the client's private key.
    pub sslkey: Option<PathBuf>,
    /// The password of an encrypted key.
    pub sslpassword: Option<Password>,
    /// The server's name is sent when TLS begins.
    pub sslsni: bool,
    /// The oldest version of TLS to speak.
    pub ssl_min_protocol_version: TlsVersion,
    /// The newest version of TLS to speak.
    pub ssl_max_protocol_version: Option<TlsVersion>,
    /// Whether a SCRAM login is bound to the TLS channel.
    pub channel_binding: ChannelBinding,
    /// TCP keepalives are on.
    pub keepalives: bool,
    /// Silence before the first keepalive; `None` for the system's default.
    pub keepalives_idle: Option<Duration>,
    /// Time between keepalives; `None` for the system's default.
    pub keepalives_interval: Option<Duration>,
    /// Lost keepalives after which the connection is dead; `None` for the system's default.
    pub keepalives_count: Option<u32>,
    /// How long sent data may stay unacknowledged; `None` for the system's default.
    pub tcp_user_timeout: Option<Duration>,
    /// Which kind of server is acceptable.
    pub target_session_attrs: TargetSessionAttrs,
    /// The order in which hosts and their addresses are tried.
    pub load_balance_hosts: LoadBalanceHosts,
    /// What was found and not used, in sentences, such as a password file that others can
    /// read. They belong into the message of a login that fails.
    pub notices: Vec<String>,
    /// The password file's password of each host.
    pub(crate) passfile_passwords: Vec<Option<Password>>,
}

impl Options {
    /// Puts together the options from a data source name, keywords and the environment.
    ///
    /// The name is a `postgresql://` URI, a string of `key = 'value'` pairs, or a database's
    /// name (without `=`); it may be empty. A keyword is stronger than the name, which is
    /// stronger than the service file, the `PG…` variables and the defaults, in this order.
    ///
    /// An unknown option or a name that cannot be read is a `Programming` error; a value
    /// without a meaning is `Operational`; what this driver cannot do is `NotSupported`.
    pub fn resolve(
        dsn: &str,
        keywords: &[(String, String)],
        environment: &Environment,
    ) -> Result<Self> {
        let mut settings = Settings::default();
        if uri::is_uri(dsn) {
            uri::parse(dsn, &mut settings)?;
        } else if dsn.contains('=') {
            conninfo::parse(dsn, &mut settings)?;
        } else if !dsn.is_empty() {
            settings.set("dbname", dsn)?;
        }
        keyword::add(keywords, &mut settings)?;
        service::fill(&mut settings, environment)?;
        environment.fill(&mut settings)?;
        Self::from_settings(&settings, environment)
    }

    /// Gives the password for one of the hosts: the one that was given, or else that of the
    /// password file.
    pub fn password_for(&self, host: &Host) -> Option<&Password> {
        self.password.as_ref().or_else(|| {
            let position = self.hosts.iter().position(|one| one == host)?;
            self.passfile_passwords.get(position)?.as_ref()
        })
    }

    /// Gives the name to report as `application_name`.
    pub fn reported_application_name(&self) -> Option<&str> {
        let name = self.application_name.as_deref();
        name.or(self.fallback_application_name.as_deref())
    }

    fn from_settings(settings: &Settings, environment: &Environment) -> Result<Self> {
        refused::check(settings)?;
        session::check_encoding(settings)?;
        let given = settings.given("user").map(str::to_owned);
        let Some(user) = given.or_else(|| environment.user()) else {
            return Err(no_user());
        };
        let sslmode = tls::sslmode(settings)?;
        let sslcert = tls::sslcert(settings, environment);
        let options = Self {
            hosts: hosts::hosts(settings, environment)?,
            dbname: settings.given("dbname").unwrap_or(&user).to_owned(),
            password: settings.given("password").map(Password::new),
            passfile: passfile::path(settings, environment),
            connect_timeout: choice::seconds(settings, "connect_timeout")?
                .map(|given| given.max(SHORTEST_TIMEOUT)),
            application_name: text(settings, "application_name"),
            fallback_application_name: text(settings, "fallback_application_name"),
            options: text(settings, "options"),
            startup_settings: environment.startup_settings(),
            sslnegotiation: tls::sslnegotiation(settings, sslmode)?,
            sslrootcert: tls::sslrootcert(settings, sslmode, environment),
            sslkey: tls::sslkey(settings, sslcert.is_some(), environment),
            sslcert,
            sslmode,
            sslpassword: settings.given("sslpassword").map(Password::new),
            sslsni: choice::flag(settings, "sslsni")?.unwrap_or(true),
            ssl_min_protocol_version: tls::oldest_version(settings)?,
            ssl_max_protocol_version: tls::newest_version(settings)?,
            channel_binding: tls::channel_binding(settings)?,
            keepalives: choice::integer(settings, "keepalives")?.unwrap_or(1) != 0,
            keepalives_idle: choice::seconds(settings, "keepalives_idle")?,
            keepalives_interval: choice::seconds(settings, "keepalives_interval")?,
            keepalives_count: choice::positive(settings, "keepalives_count")?,
            tcp_user_timeout: choice::positive(settings, "tcp_user_timeout")?
                .map(|given| Duration::from_millis(given.into())),
            target_session_attrs: session::target_session_attrs(settings)?,
            load_balance_hosts: session::load_balance_hosts(settings)?,
            notices: tls::notices(environment),
            passfile_passwords: Vec::new(),
            user,
        };
        options.with_passfile(environment)
    }

    /// Looks up what the password file holds for each host, where no password was given.
    fn with_passfile(mut self, environment: &Environment) -> Result<Self> {
        let (None, Some(path)) = (&self.password, &self.passfile) else {
            return Ok(self);
        };
        match passfile::read(path) {
            passfile::Found::Nothing => {}
            passfile::Found::Unusable(notice) => self.notices.push(notice),
            passfile::Found::Lines(lines) => {
                for host in &self.hosts {
                    let fields = [
                        host.name_in_passfile(environment),
                        host.port.to_string(),
                        self.dbname.clone(),
                        self.user.clone(),
                    ];
                    let password = passfile::password(path, &lines, &fields)?;
                    self.passfile_passwords.push(password);
                }
            }
        }
        Ok(self)
    }
}

fn text(settings: &Settings, name: &str) -> Option<String> {
    settings.given(name).map(str::to_owned)
}

fn no_user() -> Error {
    Error::new(
        ErrorKind::Operational,
        "no user name for the PostgreSQL connection: give the option \"user\" or set PGUSER",
    )
}

/// libpq's: a shorter time could be over before anything happened.
const SHORTEST_TIMEOUT: Duration = Duration::from_secs(2);
