//! The threads that own the connections: a few that read, and one that writes in groups.
//!
//! Work is sent through a channel and its result comes back through a oneshot, so no async thread waits for a
//! connection. Reading a single row takes a few microseconds, less than this detour. Such reads run on the calling
//! thread, on the connections of [`InlineReaders`], and take the channel only if they would have to wait. Knows nothing
//! of accounts.

use std::cell::RefCell;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, unbounded};
use rusqlite::{Connection, ErrorCode};
use tokio::sync::oneshot;

use super::health::{self, Identity};
use super::inline_readers::InlineReaders;
use crate::metrics::StoreTimes;
use crate::model::{Event, EventKind, User};
use crate::store::{Announcer, Result, SharedAnnouncer, StoreError};

/// How many writes may share one commit.
const GROUP: usize = 128;

/// The connection that writes, and the announcer for what it wrote.
pub(super) struct Writer {
    connection: Connection,
    announcer: SharedAnnouncer,
    path: PathBuf,
    /// The file that was opened. If another file takes its place, writes would be lost.
    identity: Option<Identity>,
    /// The events to publish once the current group is on disk.
    unpublished: RefCell<Vec<(Event, Option<User>)>>,
    times: Arc<StoreTimes>,
}

impl Writer {
    /// Returns the announcer, if it listens to such events.
    pub(super) fn announcer_of(&self, kind: EventKind) -> Option<&dyn Announcer> {
        self.announcer
            .as_deref()
            .filter(|announcer| announcer.listens(kind))
    }

    /// Publishes an event once what is being written is committed.
    pub(super) fn publish_later(&self, event: Event, user: Option<User>) {
        self.unpublished.borrow_mut().push((event, user));
    }

    /// Returns how many events wait to be published.
    pub(super) fn unpublished(&self) -> usize {
        self.unpublished.borrow().len()
    }

    /// Discards all events but the first `count`, because the later ones were undone.
    pub(super) fn discard_from(&self, count: usize) {
        self.unpublished.borrow_mut().truncate(count);
    }

    /// Fails if the file is no longer where it was opened.
    fn check_identity(&self) -> rusqlite::Result<()> {
        if Identity::at(&self.path) == self.identity {
            Ok(())
        } else {
            Err(health::moved())
        }
    }

    fn publish(&self) {
        if let Some(announcer) = &self.announcer {
            for (event, user) in self.unpublished.take() {
                announcer.recorded(event, user);
            }
        }
    }
}

impl Deref for Writer {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

type Read = Box<dyn FnOnce(&Connection) + Send>;
type Write = Box<dyn WriteJob>;

/// The readers, the writer, and the connections for reads of single rows. They are dropped in this order, so that the
/// writer closes last: SQLite merges the write-ahead log into the file when the last connection closes, unless another
/// one is closing at the same time.
pub(super) struct Threads {
    inline_readers: InlineReaders,
    readers: Pool<Read>,
    writer: Pool<Write>,
    path: PathBuf,
}

impl Threads {
    /// Starts one thread for each connection, except for the inline readers.
    pub(super) fn start(
        path: PathBuf,
        writer: Connection,
        readers: Vec<Connection>,
        inline_readers: Vec<Connection>,
        announcer: SharedAnnouncer,
        times: Arc<StoreTimes>,
    ) -> std::io::Result<Self> {
        let writer = Writer {
            connection: writer,
            announcer,
            identity: Identity::at(&path),
            path: path.clone(),
            unpublished: RefCell::default(),
            times,
        };
        Ok(Self {
            path,
            inline_readers: InlineReaders::new(inline_readers),
            readers: Pool::start("sqlite-read", readers, read_each)?,
            writer: Pool::start("sqlite-write", vec![writer], write_in_groups)?,
        })
    }

    /// Returns the path of the file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `work` on a reading connection.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        self.readers.send(Box::new(move |connection| {
            // A caller that went away needs no answer.
            let _ = answer.send(work(connection));
        }))?;
        let outcome = answered.await.map_err(|_| ended())?;
        outcome.map_err(|error| naming_lock(error, &self.path))
    }

    /// Runs `work`, which reads single rows by key, on the calling thread, or on a reader thread if it would have to
    /// wait.
    pub(super) async fn read_row<T: Send + 'static>(
        &self,
        work: impl Fn(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        match self.inline_readers.read(&work) {
            Some(outcome) => outcome.map_err(|error| naming_lock(error, &self.path)),
            None => self.read(work).await,
        }
    }

    /// Runs `work` on the writing connection, as a step of its own. An error undoes the step. The answer comes once the
    /// step is on disk. The step runs even if the caller stops waiting.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Writer) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        self.writer.send(Box::new(Step {
            work: Some(work),
            outcome: None,
            answer,
        }))?;
        let outcome = answered.await.map_err(|_| ended())?;
        outcome.map_err(|error| naming_lock(error, &self.path))
    }
}

/// A queue of jobs, and the threads that process it.
struct Pool<J> {
    /// Taken when dropped: a closed queue ends its threads.
    queue: Option<Sender<J>>,
    threads: Vec<JoinHandle<()>>,
}

impl<J: Send + 'static> Pool<J> {
    fn start<C: Send + 'static>(
        name: &str,
        connections: Vec<C>,
        work: fn(&C, &Receiver<J>),
    ) -> std::io::Result<Self> {
        let (queue, jobs) = unbounded();
        let mut threads = Vec::new();
        for connection in connections {
            let jobs = jobs.clone();
            let thread = thread::Builder::new().name(name.to_owned());
            threads.push(thread.spawn(move || work(&connection, &jobs))?);
        }
        Ok(Self {
            queue: Some(queue),
            threads,
        })
    }

    fn send(&self, job: J) -> Result<()> {
        let queue = self.queue.as_ref().ok_or_else(ended)?;
        queue.send(job).map_err(|_| ended())
    }
}

impl<J> Drop for Pool<J> {
    /// Waits until queued jobs have run and the connections are closed, so that the file is complete and free when this
    /// returns. This is the only wait outside the threads: a few milliseconds at the end of a program.
    fn drop(&mut self) {
        self.queue = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Distinguishes a lock that was held for too long from a database that is unavailable.
pub(super) fn naming_lock(error: StoreError, path: &Path) -> StoreError {
    let StoreError::Unavailable(cause) = &error else {
        return error;
    };
    let sqlite = cause
        .downcast_ref::<rusqlite::Error>()
        .or_else(|| Some(cause.downcast_ref::<Arc<rusqlite::Error>>()?.as_ref()));
    match sqlite.and_then(rusqlite::Error::sqlite_error_code) {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::Locked(path.display().to_string())
        }
        _ => sqlite
            .and_then(|sqlite| health::explain(sqlite, path))
            .unwrap_or(error),
    }
}

fn ended() -> StoreError {
    StoreError::Unavailable("a database thread didn't answer".into())
}

/// One write in a group, with any result type.
trait WriteJob: Send {
    /// Does the work and keeps its outcome. Returns whether it succeeded.
    fn run(&mut self, connection: &Writer) -> bool;
    /// Sends the outcome to the caller, or an error if the group was not committed.
    fn answer(self: Box<Self>, committed: &Result<(), Arc<rusqlite::Error>>);
}

struct Step<W, T> {
    work: Option<W>,
    /// `None` until the work is done, and after a panic.
    outcome: Option<Result<T>>,
    answer: oneshot::Sender<Result<T>>,
}

impl<W, T> WriteJob for Step<W, T>
where
    W: FnOnce(&Writer) -> Result<T> + Send,
    T: Send,
{
    fn run(&mut self, connection: &Writer) -> bool {
        if let Some(work) = self.work.take() {
            self.outcome = catch_unwind(AssertUnwindSafe(|| work(connection))).ok();
        }
        matches!(self.outcome, Some(Ok(_)))
    }

    fn answer(self: Box<Self>, committed: &Result<(), Arc<rusqlite::Error>>) {
        let answer = match (committed, self.outcome) {
            (_, Some(Err(error))) => Err(error),
            (Err(error), _) => Err(StoreError::Unavailable(Box::new(Arc::clone(error)))),
            (Ok(()), Some(outcome)) => outcome,
            (Ok(()), None) => Err(ended()),
        };
        let _ = self.answer.send(answer);
    }
}

fn read_each(connection: &Connection, jobs: &Receiver<Read>) {
    for job in jobs {
        // The caller learns of a panic because its oneshot is dropped without an answer. The thread continues.
        let _ = catch_unwind(AssertUnwindSafe(|| job(connection)));
    }
}

fn write_in_groups(connection: &Writer, jobs: &Receiver<Write>) {
    while let Ok(first) = jobs.recv() {
        let mut group = vec![first];
        group.extend(jobs.try_iter().take(GROUP - 1));
        let committed = commit(connection, &mut group).map_err(Arc::new);
        if !connection.is_autocommit() {
            // A failed rollback loses nothing: the next BEGIN fails too and reports it.
            let _ = connection.execute_batch("rollback");
        }
        if committed.is_err() {
            connection.discard_from(0);
        } else {
            connection.times.committed(group.len());
        }
        connection.publish();
        for job in group {
            job.answer(&committed);
        }
    }
}

/// Runs a group in one transaction, with a savepoint for each job.
fn commit(connection: &Writer, group: &mut [Write]) -> rusqlite::Result<()> {
    let run = |sql: &str| connection.prepare_cached(sql)?.execute([]).map(drop);
    connection.check_identity()?;
    run("begin immediate")?;
    for job in group {
        run("savepoint step")?;
        let unpublished = connection.unpublished();
        if !job.run(connection) {
            connection.discard_from(unpublished);
            // This fails if SQLite gave up the whole transaction (disk full, I/O error): then the whole group failed.
            run("rollback to step")?;
        }
        run("release step")?;
    }
    run("commit")
}
