//! The threads that own the connections: a few that read, one that writes in groups.
//!
//! Nobody else touches a connection, and nobody waits for one on an async thread: work goes in through a channel, its
//! answer comes back through a oneshot. Knows nothing of accounts.

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
use crate::metrics::StoreTimes;
use crate::model::{Event, EventKind, User};
use crate::store::{Announcer, Result, SharedAnnouncer, StoreError};

/// How many writes may share one commit.
const GROUP: usize = 128;

/// The connection that writes, and the announcer of what it wrote.
pub(super) struct Writer {
    connection: Connection,
    announcer: SharedAnnouncer,
    path: PathBuf,
    /// The file that was opened: another one in its place would lose what is written.
    identity: Option<Identity>,
    /// The events to publish once the group under way is on the disk.
    unpublished: RefCell<Vec<(Event, Option<User>)>>,
    times: Arc<StoreTimes>,
}

impl Writer {
    /// The announcer, if it listens to such events.
    pub(super) fn announcer_of(&self, kind: EventKind) -> Option<&dyn Announcer> {
        self.announcer
            .as_deref()
            .filter(|announcer| announcer.listens(kind))
    }

    /// Publishes an event once what is being written is committed.
    pub(super) fn publish_later(&self, event: Event, user: Option<User>) {
        self.unpublished.borrow_mut().push((event, user));
    }

    /// How many events wait to be published.
    pub(super) fn unpublished(&self) -> usize {
        self.unpublished.borrow().len()
    }

    /// Discards all but the first `count` of them: what came later was undone.
    pub(super) fn discard_from(&self, count: usize) {
        self.unpublished.borrow_mut().truncate(count);
    }

    /// Fails when the file is no longer where it was opened.
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

/// The readers and the writer. Dropped in this order, so that the writer is the last one out: SQLite folds the
/// write-ahead log into the file when the last connection closes, unless another is just closing too.
pub(super) struct Threads {
    readers: Pool<Read>,
    writer: Pool<Write>,
    path: PathBuf,
}

impl Threads {
    /// One thread for each connection.
    pub(super) fn start(
        path: PathBuf,
        writer: Connection,
        readers: Vec<Connection>,
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
            readers: Pool::start("sqlite-read", readers, read_each)?,
            writer: Pool::start("sqlite-write", vec![writer], write_in_groups)?,
        })
    }

    /// The file.
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
            // A caller who went away needs no answer.
            let _ = answer.send(work(connection));
        }))?;
        let outcome = answered.await.map_err(|_| ended())?;
        outcome.map_err(|error| naming_lock(error, &self.path))
    }

    /// Runs `work` on the writing connection, as one step of its own. An error undoes the step; the answer comes once
    /// the step is on the disk. It runs also when the caller stops waiting.
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

/// A queue of jobs, and the threads that work it off.
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
    /// Lets queued jobs end and the connections close, so that the file is whole and free when this returns. The one
    /// wait outside the threads: milliseconds, at the end of a program.
    fn drop(&mut self) {
        self.queue = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Distinguishes a lock that was waited for too long from a database that is out of reach.
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

/// One write in a group, whatever it answers.
trait WriteJob: Send {
    /// Does the work and keeps its outcome; whether it succeeded.
    fn run(&mut self, connection: &Writer) -> bool;
    /// Answers the caller: the outcome, or that the group was not committed.
    fn answer(self: Box<Self>, committed: &Result<(), Arc<rusqlite::Error>>);
}

struct Step<W, T> {
    work: Option<W>,
    /// None until the work ended; a panic leaves it so.
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
        // The caller hears of a panic by its oneshot, dropped unanswered; the thread serves on.
        let _ = catch_unwind(AssertUnwindSafe(|| job(connection)));
    }
}

fn write_in_groups(connection: &Writer, jobs: &Receiver<Write>) {
    while let Ok(first) = jobs.recv() {
        let mut group = vec![first];
        group.extend(jobs.try_iter().take(GROUP - 1));
        let committed = commit(connection, &mut group).map_err(Arc::new);
        if !connection.is_autocommit() {
            // Nothing is lost by a rollback that fails: the next BEGIN fails too, and says so.
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

/// Runs a group in one transaction, each job in its own savepoint.
fn commit(connection: &Writer, group: &mut [Write]) -> rusqlite::Result<()> {
    let run = |sql: &str| connection.prepare_cached(sql)?.execute([]).map(drop);
    connection.check_identity()?;
    run("begin immediate")?;
    for job in group {
        run("savepoint step")?;
        let unpublished = connection.unpublished();
        if !job.run(connection) {
            connection.discard_from(unpublished);
            // Fails when SQLite gave up the whole transaction (disk full, I/O error): then the whole group failed.
            run("rollback to step")?;
        }
        run("release step")?;
    }
    run("commit")
}
