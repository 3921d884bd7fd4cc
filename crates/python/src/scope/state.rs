//! The state of one connection. Whose it is, is not known here.

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyList;
use redstart_engine::ScopeId;

use crate::attached::AttachedCell;

/// The state of one connection: the connection itself, and what is open on it.
#[pyclass(frozen, dict, weakref, module = "redstart._native")]
pub struct ConnectionState {
    held: AttachedCell<Held>,
}

/// Who uses a state that is bound to a context.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum User {
    /// The address of a task.
    Task(usize),
    /// A thread.
    Thread(ScopeId),
}

/// What is known of a state that is bound to a context.
#[derive(Default)]
struct InContext {
    /// Who has used it last.
    user: Option<User>,
    /// A task has used it asynchronously.
    awaited: bool,
}

struct Held {
    closed: bool,
    /// Rows are being fetched one after the other, and nothing else may run between them.
    streaming: bool,
    /// Who borrowed the state is to stop.
    abandoned: bool,
    /// A transaction begins or ends.
    claimed: bool,
    context: Option<InContext>,
    conn: Option<Py<PyAny>>,
    ctx: Option<Py<PyAny>>,
    transactions: Option<Py<PyAny>>,
    callbacks: Option<Py<PyAny>>,
}

#[pymethods]
impl ConnectionState {
    #[new]
    pub(super) fn new(py: Python<'_>) -> Self {
        Self {
            held: AttachedCell::new(Held::empty(py)),
        }
    }

    /// Whether no connection is open.
    #[getter]
    pub(super) fn closed(&self, py: Python<'_>) -> bool {
        self.held.with(py, |held| held.closed)
    }

    #[setter]
    fn set_closed(&self, py: Python<'_>, closed: bool) {
        self.held.with(py, |held| held.closed = closed);
    }

    /// Whether rows are being fetched one after the other, and nothing else may run between them.
    #[getter]
    fn streaming(&self, py: Python<'_>) -> bool {
        self.held.with(py, |held| held.streaming)
    }

    #[setter]
    fn set_streaming(&self, py: Python<'_>, streaming: bool) {
        self.held.with(py, |held| held.streaming = streaming);
    }

    /// Whether the thread that borrowed the state is to stop: nothing runs for it any more.
    #[getter]
    pub(super) fn abandoned(&self, py: Python<'_>) -> bool {
        self.held.with(py, |held| held.abandoned)
    }

    #[setter]
    fn set_abandoned(&self, py: Python<'_>, abandoned: bool) {
        self.held.with(py, |held| held.abandoned = abandoned);
    }

    /// Whether a transaction begins or ends on it: nobody else of its context uses it.
    #[getter]
    fn claimed(&self, py: Python<'_>) -> bool {
        self.held.with(py, |held| held.claimed)
    }

    #[setter]
    fn set_claimed(&self, py: Python<'_>, claimed: bool) {
        self.held.with(py, |held| held.claimed = claimed);
    }

    /// Whether it is bound to a context.
    #[getter]
    fn in_context(&self, py: Python<'_>) -> bool {
        self.held.with(py, |held| held.context.is_some())
    }

    /// The connection, or None.
    #[getter]
    fn conn(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.copy(py, |held| &mut held.conn)
    }

    #[setter]
    fn set_conn(&self, py: Python<'_>, conn: Option<Py<PyAny>>) {
        self.replace(py, conn, |held| &mut held.conn);
    }

    /// The contexts that were entered, outermost first.
    #[getter]
    fn ctx(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.copy(py, |held| &mut held.ctx)
    }

    #[setter]
    fn set_ctx(&self, py: Python<'_>, ctx: Option<Py<PyAny>>) {
        self.replace(py, ctx, |held| &mut held.ctx);
    }

    /// The transactions that are open, outermost first.
    #[getter]
    fn transactions(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.copy(py, |held| &mut held.transactions)
    }

    #[setter]
    fn set_transactions(&self, py: Python<'_>, transactions: Option<Py<PyAny>>) {
        self.replace(py, transactions, |held| &mut held.transactions);
    }

    /// What is called after the outermost commit, in order.
    #[getter]
    fn callbacks(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.copy(py, |held| &mut held.callbacks)
    }

    #[setter]
    fn set_callbacks(&self, py: Python<'_>, callbacks: Option<Py<PyAny>>) {
        self.replace(py, callbacks, |held| &mut held.callbacks);
    }

    /// Forgets the connection and everything that was open on it.
    fn reset(&self, py: Python<'_>) {
        self.begin_anew(py, Held::empty(py));
    }

    /// Takes a connection that was just opened.
    #[pyo3(signature = (conn))]
    fn set_connection(&self, py: Python<'_>, conn: Py<PyAny>) {
        let opened = Held {
            closed: false,
            conn: Some(conn),
            ..Held::empty(py)
        };
        self.begin_anew(py, opened);
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.held.with_collector(|held| {
            visit.call(held.conn.as_ref())?;
            visit.call(held.ctx.as_ref())?;
            visit.call(held.transactions.as_ref())?;
            visit.call(held.callbacks.as_ref())
        })
    }

    fn __clear__(&self) {
        let old = self.held.with_collector(|held| {
            let containers = (
                held.ctx.take(),
                held.transactions.take(),
                held.callbacks.take(),
            );
            (held.conn.take(), containers)
        });
        drop(old);
    }
}

impl ConnectionState {
    /// Binds it to a context.
    pub(super) fn enter_context(&self, py: Python<'_>) {
        self.held
            .with(py, |held| held.context = Some(InContext::default()));
    }

    /// Parts it from its context.
    pub(super) fn leave_context(&self, py: Python<'_>) {
        self.held.with(py, |held| held.context = None);
    }

    /// Tells whether a task or thread of its context may use it: another one has nothing open on it.
    pub(super) fn claim(&self, py: Python<'_>, user: User) -> bool {
        self.held.with(py, |held| {
            let transactions = held.transactions.as_ref().map(|list| list.bind(py));
            let is_taken = held.streaming
                || held.claimed
                || transactions
                    .and_then(|list| list.cast::<PyList>().ok())
                    .is_some_and(|list| !list.is_empty());
            let Some(context) = &mut held.context else {
                return false;
            };
            if !is_taken {
                context.user = Some(user);
            }
            context.user == Some(user)
        })
    }

    /// Tells whether a task has used it asynchronously.
    pub(super) fn awaited(&self, py: Python<'_>) -> bool {
        self.held.with(py, |held| {
            held.context.as_ref().is_some_and(|context| context.awaited)
        })
    }

    pub(super) fn set_awaited(&self, py: Python<'_>) {
        self.held.with(py, |held| {
            if let Some(context) = &mut held.context {
                context.awaited = true;
            }
        });
    }

    /// Replaces the connection and what was open on it; whose it is stays.
    fn begin_anew(&self, py: Python<'_>, held: Held) {
        let old = self.held.with(py, |place| {
            let (context, claimed) = (place.context.take(), place.claimed);
            let old = std::mem::replace(place, held);
            (place.context, place.claimed) = (context, claimed);
            old
        });
        drop(old);
    }

    fn copy(
        &self,
        py: Python<'_>,
        part: impl Fn(&mut Held) -> &mut Option<Py<PyAny>>,
    ) -> Option<Py<PyAny>> {
        self.held.with(py, |held| {
            part(held).as_ref().map(|object| object.clone_ref(py))
        })
    }

    fn replace(
        &self,
        py: Python<'_>,
        value: Option<Py<PyAny>>,
        part: impl Fn(&mut Held) -> &mut Option<Py<PyAny>>,
    ) {
        let old = self
            .held
            .with(py, |held| std::mem::replace(part(held), value));
        drop(old);
    }
}

impl Held {
    fn empty(py: Python<'_>) -> Self {
        let list = || Some(PyList::empty(py).into_any().unbind());
        Self {
            closed: true,
            streaming: false,
            abandoned: false,
            claimed: false,
            context: None,
            conn: None,
            ctx: list(),
            transactions: list(),
            callbacks: list(),
        }
    }
}
