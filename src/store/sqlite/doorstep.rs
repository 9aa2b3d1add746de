//! Connections for reads that are over sooner than a thread is woken: of single rows, by the thread that asks.
//!
//! Such a read never waits: where all of these connections are in use, or another process holds a lock, it is not done here.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, TryLockError};

use rusqlite::{Connection, ErrorCode};

use crate::store::{Result, StoreError};

/// The connections, each used by one thread at a time.
pub(super) struct Doorstep(Vec<Mutex<Connection>>);

thread_local! {
    /// Where this thread looks first, so that it finds its statements and pages where it left them.
    static PLACE: usize = {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        NEXT.fetch_add(1, Ordering::Relaxed)
    };
}

impl Doorstep {
    /// Connections that do not wait for locks.
    pub(super) fn new(connections: Vec<Connection>) -> Self {
        Self(connections.into_iter().map(Mutex::new).collect())
    }

    /// The outcome of `work`; none where it has to be done by somebody who may wait.
    pub(super) fn read<T>(&self, work: &impl Fn(&Connection) -> Result<T>) -> Option<Result<T>> {
        let first = PLACE.with(|place| *place);
        let in_turn = (0..self.0.len()).map(|step| &self.0[(first + step) % self.0.len()]);
        for connection in in_turn {
            let connection = match connection.try_lock() {
                Ok(connection) => connection,
                Err(TryLockError::Poisoned(poisoned)) => PoisonError::into_inner(poisoned),
                Err(TryLockError::WouldBlock) => continue,
            };
            // A panic is done again, and told, where every other read is.
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
        let doorstep = Doorstep::new(vec![Connection::open(&path).unwrap()]);
        doorstep.0[0]
            .lock()
            .unwrap()
            .busy_timeout(std::time::Duration::ZERO)
            .unwrap();
        assert_eq!(doorstep.read(&number).unwrap().unwrap(), 7);
        let inner = Cell::new(false);
        let outer = doorstep.read(&|connection| {
            inner.set(doorstep.read(&number).is_none());
            number(connection)
        });
        assert_eq!((outer.unwrap().unwrap(), inner.get()), (7, true), "in use");
        other.execute_batch("begin exclusive").unwrap();
        let locked =
            doorstep.read(&|db: &Connection| value::<i64>(db, "select count(*) from t", []));
        assert!(locked.is_none(), "another process has it");
    }

    #[test]
    fn a_panic_is_nobody_elses() {
        let doorstep = Doorstep::new(vec![Connection::open_in_memory().unwrap()]);
        let panics = |_: &Connection| -> Result<i64> { panic!("canary") };
        assert!(doorstep.read(&panics).is_none());
        assert_eq!(doorstep.read(&number).unwrap().unwrap(), 7);
    }
}
