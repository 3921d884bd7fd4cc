//! The state of one connection. Whose it is, is not known here.

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::attached::AttachedCell;

/// The state of one connection: the connection itself, and what is open on it.
#[pyclass(frozen, dict, weakref, module = "redstart._native")]
pub struct ConnectionState {
    held: AttachedCell<Held>,
}

/// Who has a state for himself that is bound to a context.
pub(super) enum Owner {
    /// The context in which this mark was set, and those that were copied from it since.
    Marked(Py<PyAny>),
    /// All threads: those of one request run one after the other.
    Threads,
}

impl Owner {
    fn clone_ref(&self, py: Python<'_>) -> Self {
        match self {
            Self::Marked(mark) => Self::Marked(mark.clone_ref(py)),
            Self::Threads => Self::Threads,
        }
    }
}

/// What is known of a state that is bound to a context.
#[derive(Default)]
struct InContext {
    owner: Option<Owner>,
    /// A task has used it asynchronously.
    awaited: bool,
}

struct Held {
    closed: bool,
    /// Rows are being fetched one after the other, and nothing else may run between them.
    streaming: bool,
    /// Who borrowed the state is to stop.
    abandoned: bool,
    /// Its connection is given back after each statement.
    rests: bool,
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

    /// Whether its connection is given back after each statement that is awaited.
    #[getter]
    fn rests(&self, py: Python<'_>) -> bool {
        self.held.with(py, |held| held.rests)
    }

    #[setter]
    fn set_rests(&self, py: Python<'_>, rests: bool) {
        self.held.with(py, |held| held.rests = rests);
    }

    /// Whether it is bound to a context.
    #[getter]
    pub(super) fn in_context(&self, py: Python<'_>) -> bool {
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
        let context = Some(InContext::default());
        let old = self
            .held
            .with(py, |held| std::mem::replace(&mut held.context, context));
        drop(old);
    }

    /// Parts it from its context.
    pub(super) fn leave_context(&self, py: Python<'_>) {
        let old = self.held.with(py, |held| held.context.take());
        drop(old);
    }

    /// Tells who has it for himself: nobody where that is nobody, or it is in no context.
    pub(super) fn owner(&self, py: Python<'_>) -> Option<Owner> {
        self.held.with(py, |held| {
            let owner = held.context.as_ref()?.owner.as_ref();
            owner.map(|owner| owner.clone_ref(py))
        })
    }

    /// Says who has it for himself from now on.
    pub(super) fn set_owner(&self, py: Python<'_>, owner: Option<Owner>) {
        let old = self.held.with(py, |held| {
            let context = held.context.as_mut()?;
            std::mem::replace(&mut context.owner, owner)
        });
        drop(old);
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
            let (context, rests) = (place.context.take(), place.rests);
            let old = std::mem::replace(place, held);
            (place.context, place.rests) = (context, rests);
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
            rests: false,
            context: None,
            conn: None,
            ctx: list(),
            transactions: list(),
            callbacks: list(),
        }
    }
}
