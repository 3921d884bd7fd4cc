//! The state of one connection. Whose it is, is not known here.

use std::thread::ThreadId;

use pyo3::gc::{PyTraverseError, PyVisit};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::attached::AttachedCell;

/// The state of one connection: the connection itself, and what is open on it.
#[pyclass(frozen, weakref, module = "redstart._native")]
pub struct ConnectionState {
    held: AttachedCell<Held>,
}

/// Who has a state for himself that is bound to a context.
pub(super) enum Owner {
    /// The context in which this mark was set, and those that were copied from it since. It is a list
    /// of the task that set it.
    Marked(Py<PyList>),
    /// All threads, since this one began, and the task that the state was bound in: those of one
    /// request run one after the other.
    Threads(ThreadId),
}

impl Owner {
    fn clone_ref(&self, py: Python<'_>) -> Self {
        match self {
            Self::Marked(mark) => Self::Marked(mark.clone_ref(py)),
            Self::Threads(first) => Self::Threads(*first),
        }
    }
}

/// What is known of a state that is bound to a context.
#[derive(Default)]
struct InContext {
    owner: Option<Owner>,
    /// The task in which it was bound.
    host: Option<Py<PyAny>>,
    /// A task has used it asynchronously.
    awaited: bool,
    /// What it was bound for has ended, and its owner has not.
    is_orphan: bool,
}

/// The opening of a connection, which somebody has claimed.
#[derive(Default)]
struct Opening {
    /// The future that the others wait for, where there are any.
    ended: Option<Py<PyAny>>,
}

#[derive(Default)]
struct Held {
    /// Whether a connection is open.
    open: bool,
    opening: Option<Opening>,
    /// Rows are being fetched one after the other, and nothing else may run between them.
    streaming: bool,
    /// Who borrowed the state is to stop.
    abandoned: bool,
    /// Its connection is given back after each statement.
    rests: bool,
    /// What it was bound for has ended while a thread had a transaction.
    severed: bool,
    /// How many statements, blocks and functions use it at the moment.
    users: usize,
    context: Option<InContext>,
    conn: Option<Py<PyAny>>,
    /// This list and the next ones are made when they are asked for.
    ctx: Option<Py<PyAny>>,
    transactions: Option<Py<PyAny>>,
    callbacks: Option<Py<PyAny>>,
    /// What its owner gives to `share`.
    owned: Option<Py<PyAny>>,
    /// What ends the binding that a block has begun.
    kept: Option<Py<PyAny>>,
}

#[pymethods]
impl ConnectionState {
    #[new]
    pub(super) fn new() -> Self {
        Self {
            held: AttachedCell::default(),
        }
    }

    /// Whether no connection is open.
    #[getter]
    pub(super) fn closed(&self, py: Python<'_>) -> bool {
        self.held.with(py, |held| !held.open)
    }

    #[setter]
    fn set_closed(&self, py: Python<'_>, closed: bool) {
        self.held.with(py, |held| held.open = !closed);
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

    /// Counts a statement, a block or a function that it is lent to as one that uses it.
    fn enter(&self, py: Python<'_>) {
        self.held.with(py, |held| held.users += 1);
    }

    /// Ends what `enter` began.
    fn exit(&self, py: Python<'_>) {
        self.held
            .with(py, |held| held.users = held.users.saturating_sub(1));
    }

    /// Whether something uses it that `enter` has counted.
    #[getter]
    fn in_use(&self, py: Python<'_>) -> bool {
        self.held.with(py, |held| held.users > 0)
    }

    /// Claims the opening of the connection: one opens it and calls `end_opening`, the others wait.
    ///
    /// Returns:
    ///     None to the one; to the others a `concurrent.futures.Future` that ends with the opening,
    ///     whether it was opened or not.
    fn claim_opening<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let is_ours = self.held.with(py, |held| {
            let is_ours = held.opening.is_none();
            held.opening.get_or_insert_default();
            is_ours
        });
        if is_ours {
            return Ok(None);
        }
        let future = py
            .import(intern!(py, "concurrent.futures"))?
            .getattr(intern!(py, "Future"))?
            .call0()?;
        // Making it may have taken until the end of the opening.
        let found = self.held.with(py, |held| {
            let ended = &mut held.opening.as_mut()?.ended;
            let ended = ended.get_or_insert_with(|| future.clone().unbind());
            Some(ended.bind(py).clone())
        });
        if found.is_none() {
            future.call_method1(intern!(py, "set_result"), (py.None(),))?;
        }
        Ok(Some(found.unwrap_or(future)))
    }

    /// Ends what `claim_opening` began.
    fn end_opening(&self, py: Python<'_>) -> PyResult<()> {
        let opening = self.held.with(py, |held| held.opening.take());
        if let Some(ended) = opening.and_then(|opening| opening.ended) {
            ended.call_method1(py, intern!(py, "set_result"), (py.None(),))?;
        }
        Ok(())
    }

    /// Whether it is bound to a context.
    #[getter]
    pub(crate) fn in_context(&self, py: Python<'_>) -> bool {
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
    fn ctx(&self, py: Python<'_>) -> Py<PyAny> {
        self.list(py, |held| &mut held.ctx)
    }

    #[setter]
    fn set_ctx(&self, py: Python<'_>, ctx: Option<Py<PyAny>>) {
        self.replace(py, ctx, |held| &mut held.ctx);
    }

    /// The transactions that are open, outermost first.
    #[getter]
    fn transactions(&self, py: Python<'_>) -> Py<PyAny> {
        self.list(py, |held| &mut held.transactions)
    }

    #[setter]
    fn set_transactions(&self, py: Python<'_>, transactions: Option<Py<PyAny>>) {
        self.replace(py, transactions, |held| &mut held.transactions);
    }

    /// What is called after the outermost commit, in order.
    #[getter]
    fn callbacks(&self, py: Python<'_>) -> Py<PyAny> {
        self.list(py, |held| &mut held.callbacks)
    }

    #[setter]
    fn set_callbacks(&self, py: Python<'_>, callbacks: Option<Py<PyAny>>) {
        self.replace(py, callbacks, |held| &mut held.callbacks);
    }

    /// What the block that has it for itself gives to `share`, or None.
    #[getter]
    fn owned(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.copy(py, |held| &mut held.owned)
    }

    #[setter]
    fn set_owned(&self, py: Python<'_>, owned: Option<Py<PyAny>>) {
        self.replace(py, owned, |held| &mut held.owned);
    }

    /// What `bind` gave to the block that has bound it for the tasks that it starts, or None.
    #[getter]
    fn kept(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.copy(py, |held| &mut held.kept)
    }

    #[setter]
    fn set_kept(&self, py: Python<'_>, kept: Option<Py<PyAny>>) {
        self.replace(py, kept, |held| &mut held.kept);
    }

    /// Forgets the connection and everything that was open on it.
    fn reset(&self, py: Python<'_>) {
        self.begin_anew(py, Held::default());
    }

    /// Forgets what `reset` forgets, and gives the connection that was open, or None.
    pub(crate) fn take_connection(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        let mut held = Held::default();
        self.held.with(py, |place| place.replace(&mut held));
        let conn = held.conn.take().filter(|_| held.open);
        drop(held);
        conn
    }

    /// Takes a connection that was just opened.
    #[pyo3(signature = (conn))]
    fn set_connection(&self, py: Python<'_>, conn: Py<PyAny>) {
        let opened = Held {
            open: true,
            conn: Some(conn),
            ..Held::default()
        };
        self.begin_anew(py, opened);
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.held.with_collector(|held| {
            visit.call(held.conn.as_ref())?;
            visit.call(held.ctx.as_ref())?;
            visit.call(held.transactions.as_ref())?;
            visit.call(held.callbacks.as_ref())?;
            visit.call(held.owned.as_ref())?;
            visit.call(held.kept.as_ref())?;
            if let Some(opening) = &held.opening {
                visit.call(opening.ended.as_ref())?;
            }
            let Some(context) = &held.context else {
                return Ok(());
            };
            if let Some(Owner::Marked(mark)) = &context.owner {
                visit.call(mark)?;
            }
            visit.call(context.host.as_ref())
        })
    }

    fn __clear__(&self) {
        let old = self.held.with_collector(|held| {
            let owned = (held.owned.take(), held.kept.take());
            let host = held
                .context
                .as_mut()
                .and_then(|context| context.host.take());
            let containers = (
                held.ctx.take(),
                held.transactions.take(),
                held.callbacks.take(),
            );
            (held.conn.take(), containers, host, owned)
        });
        drop(old);
    }
}

impl ConnectionState {
    /// Binds it to a context, in a task if there is one.
    pub(super) fn enter_context(&self, py: Python<'_>, host: Option<Py<PyAny>>) {
        let context = Some(InContext {
            host,
            ..InContext::default()
        });
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

    /// Takes it from the thread that has a transaction.
    pub(super) fn sever(&self, py: Python<'_>) {
        self.held.with(py, |held| held.severed = true);
    }

    pub(super) fn is_severed(&self, py: Python<'_>) -> bool {
        self.held.with(py, |held| held.severed)
    }

    /// Leaves it to its owner, until that has no more use for it.
    pub(super) fn orphan(&self, py: Python<'_>) {
        let old = self.with_context(py, |context| {
            context.is_orphan = true;
            context.host.take()
        });
        drop(old);
    }

    pub(super) fn is_orphan(&self, py: Python<'_>) -> bool {
        self.with_context(py, |context| context.is_orphan)
            .unwrap_or(false)
    }

    /// Tells whether it was bound in this task.
    pub(super) fn is_host(&self, task: &Bound<'_, PyAny>) -> bool {
        let is_same = |context: &mut InContext| {
            let host = context.host.as_ref();
            host.is_some_and(|host| host.is(task))
        };
        self.with_context(task.py(), is_same).unwrap_or(false)
    }

    /// Tells who has it for himself: nobody where that is nobody, or it is in no context.
    pub(super) fn owner(&self, py: Python<'_>) -> Option<Owner> {
        self.held.with(py, |held| {
            let owner = held.context.as_ref()?.owner.as_ref();
            owner.map(|owner| owner.clone_ref(py))
        })
    }

    /// Tells whether no block, transaction or stream is open on it, or about to begin.
    pub(super) fn is_idle(&self, py: Python<'_>) -> bool {
        let (is_calm, lists) = self.held.with(py, |held| {
            let copy = |list: &Option<Py<PyAny>>| list.as_ref().map(|list| list.clone_ref(py));
            let lists = held
                .open
                .then(|| [copy(&held.ctx), copy(&held.transactions)]);
            let is_calm = held.users == 0 && !(held.open && held.streaming);
            (is_calm, lists)
        });
        let is_empty = |list: Option<Py<PyAny>>| {
            list.is_none_or(|list| list.bind(py).len().is_ok_and(|length| length == 0))
        };
        is_calm && lists.into_iter().flatten().all(is_empty)
    }

    /// Says who has it for himself from now on.
    pub(super) fn set_owner(&self, py: Python<'_>, owner: Option<Owner>) {
        let old = self.with_context(py, |context| std::mem::replace(&mut context.owner, owner));
        drop(old);
    }

    /// Tells whether a task has used it asynchronously.
    pub(super) fn awaited(&self, py: Python<'_>) -> bool {
        self.with_context(py, |context| context.awaited)
            .unwrap_or(false)
    }

    pub(super) fn set_awaited(&self, py: Python<'_>) {
        self.with_context(py, |context| context.awaited = true);
    }

    /// Gives the connection that is open.
    pub(crate) fn open_connection<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.held.with(py, |held| {
            let conn = held.conn.as_ref().filter(|_| held.open);
            conn.map(|conn| conn.bind(py).clone())
        })
    }

    /// Takes a connection, where it has none and nobody opens one for it; tells whether it did.
    pub(crate) fn open_with(&self, py: Python<'_>, conn: Bound<'_, PyAny>) -> bool {
        let mut opened = Held {
            open: true,
            conn: Some(conn.unbind()),
            ..Held::default()
        };
        let is_vacant = self.held.with(py, |held| {
            let is_vacant = !held.open && held.opening.is_none();
            if is_vacant {
                held.replace(&mut opened);
            }
            is_vacant
        });
        drop(opened);
        is_vacant
    }

    fn with_context<R>(&self, py: Python<'_>, work: impl FnOnce(&mut InContext) -> R) -> Option<R> {
        self.held.with(py, |held| held.context.as_mut().map(work))
    }

    /// Replaces the connection and what was open on it; whose it is stays.
    fn begin_anew(&self, py: Python<'_>, mut held: Held) {
        self.held.with(py, |place| place.replace(&mut held));
        drop(held);
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

    /// Gives a list of what is open, which is made when it is asked for first.
    fn list(
        &self,
        py: Python<'_>,
        part: impl Fn(&mut Held) -> &mut Option<Py<PyAny>>,
    ) -> Py<PyAny> {
        if let Some(list) = self.copy(py, &part) {
            return list;
        }
        let new = PyList::empty(py).into_any().unbind();
        // Making it may have run Python code that asked for it as well.
        self.held.with(py, |held| {
            let list = part(held).get_or_insert_with(|| new.clone_ref(py));
            list.clone_ref(py)
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
    /// Changes places with another connection and what is open on it.
    fn replace(&mut self, other: &mut Self) {
        std::mem::swap(self, other);
        self.context = other.context.take();
        self.opening = other.opening.take();
        (self.owned, self.kept) = (other.owned.take(), other.kept.take());
        (self.rests, self.severed, self.users) = (other.rests, other.severed, other.users);
    }
}
