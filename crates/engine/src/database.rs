//! A database: where it is, and each scope's connection to it. What is sent through a
//! connection is not decided here.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use redstart_core::{Capability, Error, ErrorKind, Result};
use redstart_postgres as postgres;
use redstart_sqlite as sqlite;
use redstart_wait::{Interrupted, block_on};

use crate::blocking::interrupted;
use crate::connection::Connection;
use crate::scope::{ScopeId, Scopes};
use crate::state::State;

/// Where a database is and how it is opened.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Target {
    /// A database of the compiled-in `SQLite`.
    Sqlite(sqlite::Options),
    /// A database of a PostgreSQL server, and how many prepared statements a connection keeps.
    Postgres(Box<postgres::Options>, usize),
}

/// What the host does with each new connection before its first use: pragmas,
/// functions. Its failure closes the connection.
pub type ConnectHook = Arc<dyn Fn(&Connection) -> Result<()> + Send + Sync>;

/// A database with a connection for each scope. No lock is held while a connection
/// is opened, closed or used.
pub struct Database {
    target: RwLock<Option<Target>>,
    hook: RwLock<Option<ConnectHook>>,
    scopes: Scopes<Mutex<State>>,
}

impl Target {
    /// Opens a connection.
    pub fn connect(&self) -> Result<Connection> {
        match self {
            Self::Sqlite(options) => sqlite::Connection::open(options).map(Connection::Sqlite),
            Self::Postgres(options, cached_statements) => {
                let opened = postgres::Connection::open(options, *cached_statements);
                let opened = block_on(opened);
                let opened = opened.unwrap_or_else(|Interrupted| Err(interrupted()));
                opened.map(Connection::Postgres)
            }
        }
    }

    /// States what the database can do, as far as it is known without a connection.
    pub fn capability(&self) -> Capability {
        match self {
            Self::Sqlite(_) => sqlite::capability::capability(),
            Self::Postgres(..) => postgres::capability::capability(),
        }
    }
}

impl Database {
    /// Makes a database; without a target it must be given one before it is used.
    /// Unless `thread_safe`, all threads share one state.
    pub fn new(target: Option<Target>, thread_safe: bool) -> Self {
        Self {
            target: RwLock::new(target),
            hook: RwLock::default(),
            scopes: Scopes::new(thread_safe, || Mutex::new(State::default())),
        }
    }

    /// Sets where the database is. Connections that are open stay as they are.
    pub fn set_target(&self, target: Option<Target>) {
        *self.target.write().unwrap_or_else(PoisonError::into_inner) = target;
    }

    /// Gives where the database is.
    pub fn target(&self) -> Option<Target> {
        self.target
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Sets what is done with each new connection.
    pub fn set_connect_hook(&self, hook: Option<ConnectHook>) {
        let previous = std::mem::replace(
            &mut *self.hook.write().unwrap_or_else(PoisonError::into_inner),
            hook,
        );
        drop(previous);
    }

    /// Opens the scope's connection and tells whether it did. Where one is open it is
    /// kept if `reuse_if_open`, and an operational error otherwise.
    pub fn connect(&self, scope: ScopeId, reuse_if_open: bool) -> Result<bool> {
        let target = self.require_target()?;
        let state = self.scopes.get(scope);
        if lock(&state).connection().is_some() {
            return already_open(reuse_if_open);
        }
        let connection = self.open(&target)?;
        let mut state = lock(&state);
        if state.connection().is_none() {
            state.set_connection(connection);
            return Ok(true);
        }
        // Another thread that shares the scope was faster.
        drop(state);
        connection.close()?;
        already_open(reuse_if_open)
    }

    /// Closes the scope's connection and tells whether there was one. Refused while a
    /// transaction block is open.
    pub fn close(&self, scope: ScopeId) -> Result<bool> {
        self.require_target()?;
        let connection = {
            let state = self.scopes.get(scope);
            let mut state = lock(&state);
            state.require_no_transaction()?;
            state.reset()
        };
        match connection {
            Some(connection) => connection.close().map(|()| true),
            None => Ok(false),
        }
    }

    /// Tells whether the scope has no open connection.
    pub fn is_closed(&self, scope: ScopeId) -> bool {
        self.with_state(scope, |state| {
            state.connection().is_none_or(Connection::is_closed)
        })
    }

    /// Gives the scope's connection, if it is open.
    pub fn open_connection(&self, scope: ScopeId) -> Option<Connection> {
        self.with_state(scope, |state| state.connection().cloned())
    }

    /// Gives the scope's connection, and opens one if there is none.
    pub fn connection(&self, scope: ScopeId) -> Result<Connection> {
        if let Some(connection) = self.open_connection(scope) {
            return Ok(connection);
        }
        self.connect(scope, true)?;
        self.open_connection(scope).ok_or_else(not_open)
    }

    /// Gives the scope's connection for a statement: opens one if `autoconnect`, and
    /// refuses otherwise.
    pub fn connection_for_statement(
        &self,
        scope: ScopeId,
        autoconnect: bool,
    ) -> Result<Connection> {
        match self.open_connection(scope) {
            Some(connection) => Ok(connection),
            None if autoconnect => self.connection(scope),
            None => {
                self.require_target()?;
                Err(not_open())
            }
        }
    }

    /// Begins a transaction on the scope's connection; see [`Connection::begin`].
    pub fn begin(&self, scope: ScopeId, lock_type: Option<&str>, autoconnect: bool) -> Result<()> {
        self.connection_for_statement(scope, autoconnect)?
            .begin(lock_type)
    }

    /// Commits on the scope's connection, which must be open.
    pub fn commit(&self, scope: ScopeId) -> Result<()> {
        self.required_for(scope, "commit")?.commit()
    }

    /// Rolls back on the scope's connection, which must be open.
    pub fn rollback(&self, scope: ScopeId) -> Result<()> {
        self.required_for(scope, "rollback")?.rollback()
    }

    /// Takes the scope's connection out without closing it: the caller owns it. In a
    /// forked child, where it belongs to the parent, it is to be leaked.
    pub fn dispose(&self, scope: ScopeId) -> Option<Connection> {
        self.with_state(scope, State::reset)
    }

    /// Ends a scope that has no thread of its own; its connection closes with its last
    /// user.
    pub fn end_scope(&self, scope: ScopeId) {
        drop(self.scopes.remove(scope));
    }

    /// Reads or changes the scope's state. `use_state` MUST NOT wait, nor use the
    /// database.
    pub fn with_state<T>(&self, scope: ScopeId, use_state: impl FnOnce(&mut State) -> T) -> T {
        if scope == ScopeId::current_thread() {
            return self
                .scopes
                .with_current(|state| use_state(&mut lock(state)));
        }
        let state = self.scopes.get(scope);
        use_state(&mut lock(&state))
    }

    /// Gives the scopes that have an open connection.
    pub fn open_scopes(&self) -> Vec<ScopeId> {
        let scopes = self.scopes.all();
        let is_open = |state: &Mutex<State>| lock(state).connection().is_some();
        scopes
            .iter()
            .filter(|(_, state)| is_open(state))
            .map(|(scope, _)| *scope)
            .collect()
    }

    fn open(&self, target: &Target) -> Result<Connection> {
        let connection = target.connect()?;
        let hook = self
            .hook
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(hook) = hook {
            hook(&connection)?;
        }
        Ok(connection)
    }

    fn required_for(&self, scope: ScopeId, purpose: &str) -> Result<Connection> {
        self.open_connection(scope).ok_or_else(|| {
            Error::new(
                ErrorKind::Interface,
                format!("Cannot {purpose}, database connection not open."),
            )
        })
    }

    fn require_target(&self) -> Result<Target> {
        self.target().ok_or_else(|| {
            Error::new(
                ErrorKind::Interface,
                "Error, database must be initialized before opening a connection.",
            )
        })
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("target", &self.target())
            .field("open", &self.open_scopes())
            .finish_non_exhaustive()
    }
}

fn already_open(reuse_if_open: bool) -> Result<bool> {
    if reuse_if_open {
        Ok(false)
    } else {
        Err(Error::new(
            ErrorKind::Operational,
            "Connection already opened.",
        ))
    }
}

fn not_open() -> Error {
    Error::new(
        ErrorKind::Interface,
        "Error, database connection not opened.",
    )
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
