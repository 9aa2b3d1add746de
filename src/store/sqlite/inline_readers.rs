//! Connections that read single rows on the calling thread, which is faster than waking another thread.
//!
//! Such a read never waits. If all connections are in use, or another process holds a lock, it has to run on a reader
//! thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, TryLockError};

use rusqlite::{Connection, ErrorCode};

use crate::store::{Result, StoreError};

/// The connections, each used by one thread at a time.
pub(super) struct InlineReaders(Vec<Mutex<Connection>>);

thread_local! {
    /// The connection that this thread tries first, so that its prepared statements and cached pages are at hand.
    static PLACE: usize = {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        NEXT.fetch_add(1, Ordering::Relaxed)
    };
}

impl InlineReaders {
    /// Takes connections that don't wait for locks.
    pub(super) fn new(connections: Vec<Connection>) -> Self {
        Self(connections.into_iter().map(Mutex::new).collect())
    }

    /// Returns the result of `work`, or `None` if it would have had to wait and must run on a thread that may.
    pub(super) fn read<T>(&self, work: &impl Fn(&Connection) -> Result<T>) -> Option<Result<T>> {
        let first = PLACE.with(|place| *place);
        let in_turn = (0..self.0.len()).map(|step| &self.0[(first + step) % self.0.len()]);
        for connection in in_turn {
            let connection = match connection.try_lock() {
                Ok(connection) => connection,
                Err(TryLockError::Poisoned(poisoned)) => PoisonError::into_inner(poisoned),
                Err(TryLockError::WouldBlock) => continue,
            };
            // After a panic the read is repeated on a reader thread, which reports it like any other.
            return catch_unwind(AssertUnwindSafe(|| work(&connection)))
                .ok()
                .filter(|outcome| !would_wait(outcome));
        }
        None
    }
}

fn would_wait<T>(outcome: &Result<T>) -> bool {
    let Err(StoreError::Unavailable(cause)) = outcome else {
        return false;
    };
    let code = cause
        .downcast_ref::<rusqlite::Error>()
        .and_then(rusqlite::Error::sqlite_error_code);
    matches!(
        code,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::store::sqlite::rows::value;

    fn number(connection: &Connection) -> Result<i64> {
        value(connection, "select 7", [])
    }

    #[test]
    fn whoever_would_wait_is_sent_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one.db");
        let other = Connection::open(&path).unwrap();
        other.execute_batch("create table t (n)").unwrap();
        let inline_readers = InlineReaders::new(vec![Connection::open(&path).unwrap()]);
        inline_readers.0[0]
            .lock()
            .unwrap()
            .busy_timeout(std::time::Duration::ZERO)
            .unwrap();
        assert_eq!(inline_readers.read(&number).unwrap().unwrap(), 7);
        let inner = Cell::new(false);
        let outer = inline_readers.read(&|connection| {
            inner.set(inline_readers.read(&number).is_none());
            number(connection)
        });
        assert_eq!((outer.unwrap().unwrap(), inner.get()), (7, true), "in use");
        other.execute_batch("begin exclusive").unwrap();
        let locked =
            inline_readers.read(&|db: &Connection| value::<i64>(db, "select count(*) from t", []));
        assert!(locked.is_none(), "another process has it");
    }

    #[test]
    fn a_panic_is_nobody_elses() {
        let inline_readers = InlineReaders::new(vec![Connection::open_in_memory().unwrap()]);
        let panics = |_: &Connection| -> Result<i64> { panic!("canary") };
        assert!(inline_readers.read(&panics).is_none());
        assert_eq!(inline_readers.read(&number).unwrap().unwrap(), 7);
    }
}
