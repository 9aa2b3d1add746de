//! What is specific to SQLite: the file, its threads, its indexes. Everything else is in the conformance suite.

use async_trait::async_trait;
use std::future::{Future as _, poll_fn};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::task::Poll;
use std::time::Duration;

use rusqlite::Connection;
use tempfile::TempDir;

use super::effects;
use super::open::READERS;
use super::threads::Writer;
use super::*;
use crate::model::{
    EventFilter, EventKind, MessageKind, PendingRegistration, ProofToken, User, UserFilter,
};
use crate::store::conformance::{
    Database, at, conformance, effects, email, event, fresh_id, mail, pending, recorded, uncapped,
    user,
};
use crate::store::*;

/// A file in a folder of its own.
struct File {
    folder: TempDir,
}

fn fresh() -> File {
    File {
        folder: tempfile::tempdir().unwrap(),
    }
}

impl File {
    fn path(&self) -> PathBuf {
        self.folder.path().join("regstack.db")
    }

    async fn sqlite(&self) -> Sqlite {
        Sqlite::open(&self.path()).await.unwrap()
    }

    /// Opens the file as another program would.
    fn raw(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }
}

#[async_trait]
impl Database for File {
    async fn open(&self) -> SharedStore {
        Arc::new(self.sqlite().await)
    }

    async fn open_announcing(&self, announcer: SharedAnnouncer) -> SharedStore {
        Arc::new(Sqlite::announcing(&self.path(), announcer).await.unwrap())
    }

    async fn try_begin_copy(&self) -> Result<Box<dyn CopyTarget>> {
        Sqlite::begin_copy(&self.path()).await
    }

    async fn try_open(&self) -> Result<()> {
        Sqlite::open(&self.path()).await.map(drop)
    }

    async fn plant(&self, pending: PendingRegistration) {
        let planted = self.raw().execute(
            "insert into pending_registrations (email_key, hashed_password, full_name, token_hash, created_at, expires_at) values (?1, ?2, ?3, ?4, ?5, ?6)",
            (
                pending.email,
                pending.hashed_password,
                pending.full_name,
                pending.token_hash,
                rows::Moment(pending.created_at),
                rows::Moment(pending.expires_at),
            ),
        );
        assert_eq!(planted.unwrap(), 1);
    }
}

mod copying;
mod inspect;
mod plans;

mod behaviours {
    use super::*;

    conformance!(super::fresh);
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Blocks the writer until the returned sender is dropped, so that everything written meanwhile forms one group.
async fn hold_writer(store: &Arc<Sqlite>) -> mpsc::Sender<()> {
    let (release, released) = mpsc::channel::<()>();
    let (start, started) = tokio::sync::oneshot::channel();
    queue(store, move |_| {
        let _ = start.send(());
        let _ = released.recv();
        Ok(())
    })
    .await;
    started.await.unwrap();
    release
}

/// Starts a write, and returns once it is in the queue.
async fn queue<T: Send + 'static>(
    store: &Arc<Sqlite>,
    work: impl FnOnce(&Writer) -> Result<T> + Send + 'static,
) -> tokio::task::JoinHandle<Result<T>> {
    let store = Arc::clone(store);
    let mut write = Box::pin(async move { store.threads.write(work).await });
    poll_fn(|context| {
        assert!(write.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
    tokio::spawn(write)
}

fn record_login(db: &Writer) -> Result<()> {
    effects::insert_event(db, event(EventKind::UserLoggedIn))
}

#[tokio::test]
async fn a_failing_step_undoes_itself_only() {
    let file = fresh();
    let store = Arc::new(file.sqlite().await);
    let hold = hold_writer(&store).await;
    let before = queue(&store, record_login).await;
    let failing = queue(&store, |db| {
        effects::insert_event(db, event(EventKind::LoginFailed))?;
        rows::execute(db, "insert into user_counts values (1, 2)", []).map(drop)
    })
    .await;
    let panicking = queue(&store, |db| -> Result<()> {
        effects::insert_event(db, event(EventKind::LoginLocked))?;
        panic!("a step that panics, on purpose")
    })
    .await;
    let after = queue(&store, record_login).await;
    drop(hold);
    before.await.unwrap().unwrap();
    after.await.unwrap().unwrap();
    assert!(matches!(
        failing.await.unwrap(),
        Err(StoreError::Unavailable(_))
    ));
    assert!(matches!(
        panicking.await.unwrap(),
        Err(StoreError::Unavailable(_))
    ));
    assert_eq!(recorded(&*store).await, [EventKind::UserLoggedIn; 2]);
}

#[tokio::test]
async fn a_failing_commit_fails_the_whole_group_and_no_later_one() {
    let file = fresh();
    let store = Arc::new(file.sqlite().await);
    // The constraint is checked at the commit, so the step itself succeeds.
    let deferred = "create table parent (id integer primary key);
         create table child (parent integer references parent deferrable initially deferred);";
    file.raw().execute_batch(deferred).unwrap();
    let hold = hold_writer(&store).await;
    let innocent = queue(&store, record_login).await;
    let orphan = queue(&store, |db| {
        rows::execute(db, "insert into child values (7)", [])
    })
    .await;
    drop(hold);
    assert!(matches!(
        innocent.await.unwrap(),
        Err(StoreError::Unavailable(_))
    ));
    assert!(matches!(
        orphan.await.unwrap(),
        Err(StoreError::Unavailable(_))
    ));
    assert_eq!(recorded(&*store).await, []);
    store.record(event(EventKind::UserLoggedOut)).await.unwrap();
    assert_eq!(recorded(&*store).await, [EventKind::UserLoggedOut]);
}

#[tokio::test]
async fn a_panicking_read_leaves_the_readers_at_work() {
    let store = fresh().sqlite().await;
    for _ in 0..2 * READERS {
        let read = store
            .threads
            .read(|_| -> Result<()> { panic!("a read that panics, on purpose") });
        assert!(matches!(read.await, Err(StoreError::Unavailable(_))));
    }
    store.ping().await.unwrap();
}

#[tokio::test]
async fn a_lock_of_another_process_is_waited_for_and_then_given_up() {
    let file = fresh();
    let store = Arc::new(file.sqlite().await);
    let other = file.raw();
    other.execute_batch("begin immediate").unwrap();
    let write = queue(&store, record_login).await;
    store.ping().await.unwrap();
    other.execute_batch("commit").unwrap();
    write.await.unwrap().unwrap();

    let impatient = |db: &Writer| Ok(db.busy_timeout(Duration::from_millis(1))?);
    store.threads.write(impatient).await.unwrap();
    other.execute_batch("begin immediate").unwrap();
    let refused = store.record(event(EventKind::UserLoggedIn)).await;
    assert!(matches!(refused, Err(StoreError::Locked(_))));
    other.execute_batch("rollback").unwrap();
    store.record(event(EventKind::UserLoggedIn)).await.unwrap();
    assert_eq!(recorded(&*store).await, [EventKind::UserLoggedIn; 2]);
}

#[tokio::test]
async fn a_write_goes_on_when_its_caller_left_and_the_store_was_dropped() {
    let file = fresh();
    let store = Arc::new(file.sqlite().await);
    let hold = hold_writer(&store).await;
    let write = queue(&store, record_login).await;
    write.abort();
    assert!(write.await.is_err());
    drop(hold);
    tokio::task::spawn_blocking(move || drop(store))
        .await
        .unwrap();
    let again = file.sqlite().await;
    // The task that held the writer may have been the last owner, so the write may still be finishing.
    let written = async {
        while recorded(&again).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let written = tokio::time::timeout(Duration::from_mins(1), written).await;
    assert!(written.is_ok(), "the write was lost");
    assert_eq!(recorded(&again).await, [EventKind::UserLoggedIn]);
}

#[tokio::test]
async fn a_dropped_store_leaves_one_closed_file() {
    let file = fresh();
    for round in 0..20 {
        let store = file.sqlite().await;
        assert_eq!(recorded(&store).await.len(), round);
        store.record(event(EventKind::UserLoggedIn)).await.unwrap();
        assert!(beside(&file.path(), "-wal").exists());
        drop(store);
        let left = beside(&file.path(), "-wal").exists();
        assert!(!left, "the last one out folds the log into the file");
    }
}

#[tokio::test]
async fn an_answered_write_is_in_the_files_at_once() {
    let (file, copy) = (fresh(), fresh());
    let store = file.sqlite().await;
    store
        .create_user(
            user("ada@example.com"),
            effects("ada@example.com", EventKind::UserRegistered),
        )
        .await
        .unwrap();
    // The state of the disk if the process died here.
    for suffix in ["", "-wal"] {
        std::fs::copy(beside(&file.path(), suffix), beside(&copy.path(), suffix)).unwrap();
    }
    let found = copy.sqlite().await;
    assert!(
        found
            .user_by_email(&email("ada@example.com"))
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(found.outbox().await.unwrap().waiting, 1);
    assert_eq!(recorded(&found).await, [EventKind::UserRegistered]);
}

#[tokio::test]
async fn every_connection_is_durable_and_checks_references() {
    let file = fresh();
    let store = file.sqlite().await;
    let settings = |db: &Connection| {
        let number = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        let mode: String = db.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
        Ok((mode, number("synchronous")?, number("foreign_keys")?))
    };
    // 2 is FULL.
    let expected = ("wal".to_owned(), 2, 1);
    assert_eq!(
        store.threads.write(move |db| settings(db)).await.unwrap(),
        expected
    );
    assert_eq!(store.threads.read(settings).await.unwrap(), expected);
    assert_eq!(store.threads.read_row(settings).await.unwrap(), expected);
    let write = |db: &Connection| effects::insert_event(db, event(EventKind::UserLoggedIn));
    assert!(store.threads.read(write).await.is_err(), "a reader can't");
    assert!(store.threads.read_row(write).await.is_err(), "nor can this");
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let file = fresh();
    let store = file.sqlite().await;
    store.record(event(EventKind::UserLoggedIn)).await.unwrap();
    for suffix in ["", "-wal", "-shm"] {
        let mode = std::fs::metadata(beside(&file.path(), suffix))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{suffix}");
    }
}

#[tokio::test]
async fn opening_migrates_once() {
    let file = fresh();
    let mut opening = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let path = file.path();
        opening.spawn(async move { Sqlite::open(&path).await });
    }
    for opened in opening.join_all().await {
        opened.unwrap().ping().await.unwrap();
    }
    let schema = || -> Vec<String> {
        let raw = file.raw();
        let mut statement = raw.prepare("select name from sqlite_schema union all select user_version from pragma_user_version").unwrap();
        let names = statement
            .query_map([], |row| row.get::<_, rusqlite::types::Value>(0))
            .unwrap();
        names.map(|name| format!("{:?}", name.unwrap())).collect()
    };
    let before = schema();
    file.sqlite()
        .await
        .create_user(user("ada@example.com"), Effects::default())
        .await
        .unwrap();
    let again = file.sqlite().await;
    assert!(
        again
            .user_by_email(&email("ada@example.com"))
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(schema(), before);
}

/// Returns the error from opening a file that is not regstack's. The file must stay unchanged.
async fn refusal(file: &File) -> String {
    let before = std::fs::read(file.path()).unwrap();
    let refused = Sqlite::open(&file.path()).await.err().unwrap();
    assert_eq!(std::fs::read(file.path()).unwrap(), before);
    assert!(!beside(&file.path(), "-wal").exists());
    assert!(matches!(refused, StoreError::Refused(_)), "{refused:?}");
    let text = refused.to_string();
    assert!(
        text.contains("regstack.db") && text.contains("another path"),
        "{text}"
    );
    text
}

#[tokio::test]
async fn a_file_of_another_program_is_refused_and_left_alone() {
    let python = fresh();
    python
        .raw()
        .execute_batch(
            "create table users (id text); create table alembic_version (version_num text)",
        )
        .unwrap();
    assert!(refusal(&python).await.contains("Python package"));

    let foreign = fresh();
    foreign
        .raw()
        .execute_batch("create table notes (text)")
        .unwrap();
    assert!(refusal(&foreign).await.contains("another program"));

    let marked = fresh();
    marked
        .raw()
        .execute_batch("pragma application_id = 7")
        .unwrap();
    assert!(refusal(&marked).await.contains("another program"));

    let newer = fresh();
    drop(newer.sqlite().await);
    newer
        .raw()
        .execute_batch("pragma user_version = 9999")
        .unwrap();
    assert!(refusal(&newer).await.contains("newer"));

    let text = fresh();
    std::fs::write(
        text.path(),
        "no database, but a text that is longer than the header of one, which has 100 bytes; "
            .repeat(9),
    )
    .unwrap();
    assert!(refusal(&text).await.contains("isn't an SQLite database"));
}

#[tokio::test]
async fn what_cannot_be_opened_is_named() {
    let file = fresh();
    let nowhere = file.folder.path().join("missing").join("regstack.db");
    let error = Sqlite::open(&nowhere).await.err().unwrap();
    assert!(matches!(error, StoreError::Unavailable(_)));
    assert!(error.to_string().contains("missing"), "{error}");
    let folder = Sqlite::open(file.folder.path()).await.err().unwrap();
    assert!(matches!(folder, StoreError::File { .. }), "{folder:?}");
}

#[tokio::test]
async fn the_files_show_no_proof() {
    let file = fresh();
    let store = file.sqlite().await;
    let token = ProofToken::from_bytes([7; 32]);
    let link = crate::model::QueuedMessage {
        pending_proof: Some(token.hash()),
        ..mail("ada@example.com")
    };
    let effects = Effects {
        messages_cap: None,
        messages: vec![link],
        events: vec![event(EventKind::VerificationRequested)],
    };
    let waits = pending("ada@example.com", token.hash());
    store
        .put_pending(
            waits,
            uncapped("ada@example.com"),
            effects,
            Effects::default(),
        )
        .await
        .unwrap();
    let contains = |needle: &str| {
        ["", "-wal"].into_iter().any(|suffix| {
            let bytes = std::fs::read(beside(&file.path(), suffix)).unwrap();
            bytes
                .windows(needle.len())
                .any(|window| window == needle.as_bytes())
        })
    };
    assert!(
        contains(token.hash().as_str()),
        "the search finds what is there"
    );
    assert!(!contains(token.expose()));
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_named() {
    let file = fresh();
    let store = file.sqlite().await;
    let ada = user("ada@example.com");
    store
        .create_user(
            ada.clone(),
            effects("ada@example.com", EventKind::UserRegistered),
        )
        .await
        .unwrap();
    let raw = file.raw();
    for (damage, table, field) in [
        (
            "update users set updated_at = 9223372036854775807",
            "users",
            "updated_at",
        ),
        ("update events set kind = 'unheard of'", "events", "kind"),
        ("update outbox set user_id = 'nobody'", "outbox", "user_id"),
    ] {
        assert_eq!(raw.execute(damage, []).unwrap(), 1);
        let error = match table {
            "users" => store.user(ada.id).await.err(),
            "events" => store.events(&EventFilter::default(), None, 1).await.err(),
            _ => store
                .claim_messages(
                    crate::store::MessageQueue::People(MessageKind::ALL),
                    fresh_id(),
                    at(1),
                    at(0),
                    1,
                )
                .await
                .err(),
        };
        let Some(StoreError::Unreadable {
            table: named,
            id,
            field: unread,
        }) = error
        else {
            panic!("{damage}: {error:?}");
        };
        assert_eq!((named, unread), (table, field));
        assert!(table != "users" || id == ada.id.to_string());
    }
}

#[tokio::test]
async fn a_search_with_many_matches_walks_and_finds_the_same() {
    let file = fresh();
    let store = Arc::new(file.sqlite().await);
    let mut creating = tokio::task::JoinSet::new();
    for number in 0..1100_u32 {
        let store = Arc::clone(&store);
        let account = User {
            created_at: at(i64::from(number)),
            is_active: !number.is_multiple_of(5),
            ..user(&format!(
                "user{number}@{}.example",
                if number.is_multiple_of(11) {
                    "few"
                } else {
                    "many"
                }
            ))
        };
        creating.spawn(async move {
            store
                .create_user(account, Effects::default())
                .await
                .unwrap()
        });
    }
    creating.join_all().await;
    // Searches that match all 1100, the thousand, and the hundred, anywhere and at the beginning.
    for (q, step) in [
        ("example", 1),
        ("us", 1),
        ("many", 0),
        ("FEW", 11),
        ("u", 1),
    ] {
        let filter = UserFilter {
            q: Some(q.to_owned()),
            is_active: Some(true),
            ..UserFilter::default()
        };
        let matches = |number: &u32| {
            !number.is_multiple_of(5)
                && match step {
                    0 => !number.is_multiple_of(11),
                    step => number.is_multiple_of(step),
                }
        };
        let expected: Vec<i64> = (0..1100).rev().filter(matches).map(i64::from).collect();
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = store.users(&filter, after, 300).await.unwrap();
            seen.extend(
                page.items
                    .iter()
                    .map(|user| user.created_at.as_millisecond() - at(0).as_millisecond()),
            );
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, expected, "{q}");
    }
    let check = "insert into users_search (users_search, rank) values ('integrity-check', 1)";
    file.raw().execute(check, []).unwrap();
}
