//! Copies of everything: to and from a file, whatever the engine; equal, and as good as the original.

use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;

use super::passkeys::added;
use super::sweep::rule;
use super::*;
use crate::clock::ManualClock;
use crate::model::Page;
use crate::store::sqlite::Sqlite;
use crate::store::{
    ClaimedMessage, CopyTarget, Delivery, Key, LinkIdentity, Pass, Record, RenewPending,
    StoreError, Theme, ThemeReport, Verify, View,
};

/// A file beside the database that is tested.
struct File {
    folder: TempDir,
}

impl File {
    fn fresh() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("accounts.db")
    }

    async fn open(&self) -> SharedStore {
        Arc::new(Sqlite::open(&self.path()).await.unwrap())
    }

    async fn begin_copy(&self) -> Box<dyn CopyTarget> {
        Sqlite::begin_copy(&self.path()).await.unwrap()
    }
}

/// One pass after which both are equal.
pub(in crate::store) async fn copy(
    source: &dyn Store,
    target: &dyn CopyTarget,
) -> Vec<ThemeReport> {
    let reports = pass(source, target).await;
    for report in &reports {
        assert_eq!(report.different, 0, "{report:?}");
    }
    reports
}

/// One pass, at the moment at which everything starts.
async fn pass(source: &dyn Store, target: &dyn CopyTarget) -> Vec<ThemeReport> {
    source.settle().await.unwrap();
    let view = source.view().await.unwrap();
    let pass = Pass {
        source: &*view,
        target,
        clock: Arc::new(ManualClock::starting_at(at(0))),
        rule: rule(),
        watch: &|_| (),
    };
    pass.run().await.unwrap()
}

/// A target that loses an account.
struct Lossy(Box<dyn CopyTarget>);

#[async_trait]
impl CopyTarget for Lossy {
    fn place(&self) -> String {
        self.0.place()
    }

    async fn view(&self) -> Result<Box<dyn View>> {
        self.0.view().await
    }

    async fn insert(&self, theme: Theme, mut records: Vec<Record>) -> Result<()> {
        if theme == Theme::Accounts {
            records.pop();
        }
        self.0.insert(theme, records).await
    }

    async fn remove(&self, theme: Theme, keys: Vec<Key>) -> Result<()> {
        self.0.remove(theme, keys).await
    }

    async fn finish(&self) -> Result<()> {
        self.0.finish().await
    }

    async fn end(&self) {
        self.0.end().await;
    }
}

/// What was not written is found out, and the copy is none that can be opened, before another pass has mended it.
pub(in crate::store) async fn a_copy_that_is_not_equal_is_not_finished(db: &dyn Database) {
    let file = File::fresh();
    let source = file.open().await;
    for address in ["ada@example.com", "bob@example.com"] {
        create(&*source, user(address)).await;
    }
    let reports = pass(&*source, &Lossy(db.begin_copy().await)).await;
    let accounts = &reports[0];
    assert_eq!(
        (accounts.records, accounts.different),
        (1, 1),
        "{accounts:?}"
    );
    assert!(db.try_open().await.is_err());
    copy(&*source, &*db.begin_copy().await).await;
    assert_eq!(db.open().await.counts(at(0)).await.unwrap().total_users, 2);
}

/// How many records were written and removed.
fn work(reports: &[ThemeReport]) -> (u64, u64) {
    let sum = |of: fn(&ThemeReport) -> u64| reports.iter().map(of).sum();
    (sum(|report| report.written), sum(|report| report.removed))
}

/// The counts and checksums.
fn sums(reports: &[ThemeReport]) -> Vec<(&str, u64, &str)> {
    let sums = reports.iter();
    sums.map(|report| (report.name, report.records, &*report.checksum))
        .collect()
}

/// Who is in a filled database.
struct People {
    ada: User,
    bob: User,
    carl: User,
    under_way: Attempt,
}

/// Fills a database with some of everything, by what happens to accounts.
async fn fill(store: &dyn Store) -> People {
    let ada = User {
        full_name: name("Ada Ärger"),
        language: Language::parse("pt-BR"),
        ..user("ada@example.com")
    };
    let ada = create(store, ada).await;
    let ada = factors::set_up(store, &ada, at(0)).await.user;
    added(store, &ada, "key").await;
    assert!(!passkeys::answered_before(store, &ada).await);
    let identity = identities::identity(&ada, "google", "117");
    assert_eq!(
        identities::link(store, identity).await,
        LinkIdentity::Linked
    );
    let bob = create(store, codes::factored("bob@example.com")).await;
    codes::send(store, &bob, ("1", "j"), at(1)).await;
    codes::refused(store, &bob, ("2", "j"), at(2)).await;
    let carl = create(store, superuser("carl@example.com")).await;
    let carl = undos::moved(store, &carl, "charles@example.com", "undo", 5).await;
    for id in ["alive", "dead"] {
        let issue = SessionIssue {
            session: new_session(id),
            ..issue(&carl, at(SECOND))
        };
        let issued = store.issue_session(issue, Effects::default()).await;
        assert!(matches!(issued.unwrap(), IssueSession::Issued(_)));
    }
    let ended = revocation("dead", at(HOUR));
    assert!(store.revoke_token(ended, Effects::default()).await.unwrap());
    put(store, pending("new@example.com", proof("link"))).await;
    for millis in [10, 20] {
        fail(store, "eve@example.com", at(millis)).await;
    }
    let under_way = attempt("mallory@example.com", at(30));
    let reserved = store.reserve_attempt(under_way.clone(), RULE).await;
    assert_eq!(reserved.unwrap(), Reservation::Granted);
    let cap = capped("nobody@example.com", Some(1), at(0));
    let (nobody, nothing) = (email("nobody@example.com"), Effects::default());
    let counted = store.renew_pending(&nobody, proof("x"), at(0), cap, nothing);
    assert_eq!(counted.await.unwrap(), RenewPending::NotPending);
    let state = identities::state("9", b"step");
    store.put_oauth_state(state).await.unwrap();
    for (number, called) in [(1, "first"), (2, "second")] {
        let key = service_keys::key(number, called);
        assert!(
            store
                .add_service_key(key, Effects::default())
                .await
                .unwrap()
        );
        let key = signing_keys::key(number.into(), called);
        assert!(
            store
                .add_signing_key(key, Effects::default())
                .await
                .unwrap()
        );
    }
    let failed = outbox_claim(store, 1, 1).await.remove(0);
    let no = Delivery::Failed {
        error: "550 no such mailbox".to_owned(),
        at: at(40),
    };
    let settled = store.settle_message(failed.message.id, failed.lease, no);
    assert!(settled.await.unwrap());
    assert_eq!(
        outbox_claim(store, 50, 1).await.len(),
        1,
        "one is being sent"
    );
    People {
        ada,
        bob,
        carl,
        under_way,
    }
}

async fn outbox_claim(store: &dyn Store, now: i64, limit: u32) -> Vec<ClaimedMessage> {
    let queue = MessageQueue::People(MessageKind::ALL);
    let claimed = store.claim_messages(queue, fresh_id(), at(MINUTE), at(now), limit);
    claimed.await.unwrap()
}

/// All that can be read, in words.
async fn seen(store: &dyn Store, people: &People) -> Vec<String> {
    let now = at(2 * SECOND);
    let mut seen = Vec::new();
    for user in [&people.ada, &people.bob, &people.carl] {
        let id = user.id;
        seen.push(format!("{:?}", store.user(id).await.unwrap()));
        seen.push(format!("{:?}", store.factors(id).await.unwrap()));
        seen.push(format!("{:?}", store.passkeys(id).await.unwrap()));
        seen.push(format!("{:?}", store.identities(id).await.unwrap()));
        seen.push(format!(
            "{:?}",
            store.user_sessions(id, None, 9, now).await.unwrap()
        ));
        seen.push(format!(
            "{:?}",
            store.undo(id, &proof("undo"), now).await.unwrap()
        ));
    }
    for address in ["eve@example.com", "mallory@example.com"] {
        let lockout = store.lockout(&email(address), RULE, now).await;
        seen.push(format!("{:?}", lockout.unwrap()));
    }
    let all = EventFilter::default();
    let Page { items, .. } = store.events(&all, None, 1000).await.unwrap();
    seen.extend(items.iter().map(|event| format!("{event:?}")));
    seen.push(format!("{:?}", store.series(3, now).await.unwrap()));
    seen.push(format!("{:?}", store.counts(now).await.unwrap()));
    seen.push(format!("{:?}", store.signing_keys().await.unwrap()));
    seen.push(format!(
        "{:?}",
        store.service_keys(None, 9).await.unwrap().items
    ));
    seen.push(format!(
        "{:?}",
        store.revocations(None, 9, now).await.unwrap().items
    ));
    seen.push(format!(
        "{:?}",
        store.pending(None, None, 9, now).await.unwrap().items
    ));
    seen.push(format!(
        "{:?}",
        store
            .messages(&MessageFilter::default(), None, 1000)
            .await
            .unwrap()
            .items
    ));
    seen
}

/// What only acts can tell: whatever was under way comes to its end, and what was used up stays so.
async fn go_on(store: &dyn Store, people: &People) {
    let now = at(2 * SECOND);
    for (id, revoked) in [("alive", false), ("dead", true)] {
        let read = store.session(people.carl.id, id, id).await.unwrap();
        assert_eq!(read.unwrap().revoked, revoked, "{id}");
    }
    let link = proof("link");
    let verified = store.verify(&link, fresh_id(), now, Effects::default());
    assert!(matches!(verified.await.unwrap(), Verify::Created(_)));
    let right = codes::presented(&people.bob, ("1", "j"), now);
    assert!(codes::log_in(store, right).await.is_ok());
    let step = store
        .take_oauth_state(&proof("9"), now)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(step, b"step");
    let used = passkeys::answered_before(store, &people.ada).await;
    assert!(used, "a challenge is answered once");
    let events = (event(EventKind::LoginFailed), event(EventKind::LoginLocked));
    let failed = store.fail_attempt(&people.under_way, RULE, now, events.0, events.1);
    failed.await.unwrap();
    let lockout = store.lockout(&people.under_way.email, RULE, now).await;
    assert_eq!(lockout.unwrap().failures, 1, "the one that was under way");
    fail(store, "eve@example.com", now).await;
    let locked = store.reserve_attempt(attempt("eve@example.com", now), RULE);
    assert!(matches!(locked.await.unwrap(), Reservation::Locked { .. }));
    let cap = capped("nobody@example.com", Some(1), now);
    let (nobody, nothing) = (email("nobody@example.com"), Effects::default());
    let spent = store.renew_pending(&nobody, proof("x"), at(0), cap, nothing);
    assert_eq!(spent.await.unwrap(), RenewPending::CapSpent);
    let undoing = undos::undoing(&people.carl, "undo", 3000);
    let undone = undos::undo(store, undoing).await;
    assert!(
        format!("{undone:?}").contains("carl@example.com"),
        "{undone:?}"
    );
}

/// Each message that waited is sent once, and none that is being sent elsewhere.
async fn waiting_once(store: &dyn Store) -> usize {
    let queue = MessageQueue::People(MessageKind::ALL);
    let first = outbox_claim(store, SECOND, 1000).await;
    let again = store.claim_messages(queue, fresh_id(), at(MINUTE), at(SECOND), 1000);
    assert_eq!(again.await.unwrap().len(), 0);
    first.len()
}

pub(in crate::store) async fn a_copy_of_a_file_is_equal_and_goes_on(db: &dyn Database) {
    let file = File::fresh();
    let source = file.open().await;
    let people = fill(&*source).await;
    let reports = copy(&*source, &*db.begin_copy().await).await;
    for report in &reports {
        assert!(report.records > 0, "{report:?}");
    }
    assert_eq!(work(&reports).1, 0);
    let copied = db.open().await;
    assert_eq!(seen(&*copied, &people).await, seen(&*source, &people).await);
    assert_eq!(
        waiting_once(&*copied).await,
        waiting_once(&*source).await,
        "the copy has what the source has"
    );
    go_on(&*copied, &people).await;
}

pub(in crate::store) async fn a_copy_in_a_file_is_equal_and_goes_on(db: &dyn Database) {
    let source = db.open().await;
    let people = fill(&*source).await;
    let file = File::fresh();
    let reports = copy(&*source, &*file.begin_copy().await).await;
    for report in &reports {
        assert!(report.records > 0, "{report:?}");
    }
    let copied = file.open().await;
    assert_eq!(seen(&*copied, &people).await, seen(&*source, &people).await);
    go_on(&*copied, &people).await;
}

/// What is copied there and back is the same, to the byte.
pub(in crate::store) async fn a_copy_of_a_copy_is_the_same(db: &dyn Database) {
    let (first, last) = (File::fresh(), File::fresh());
    let source = first.open().await;
    fill(&*source).await;
    let there = copy(&*source, &*db.begin_copy().await).await;
    let back = copy(&*db.open().await, &*last.begin_copy().await).await;
    assert_eq!(sums(&there), sums(&back));
}

pub(in crate::store) async fn a_second_pass_brings_what_has_changed(db: &dyn Database) {
    let file = File::fresh();
    let source = file.open().await;
    let people = fill(&*source).await;
    copy(&*source, &*db.begin_copy().await).await;
    let nothing = copy(&*source, &*db.begin_copy().await).await;
    assert_eq!(work(&nothing), (0, 0), "what is equal is not written again");
    // An account goes, another gets its address, messages leave, a login fails, an attempt ends.
    go_on(&*source, &people).await;
    for message in outbox_claim(&*source, SECOND, 3).await {
        let sent = source.settle_message(message.message.id, message.lease, Delivery::Sent);
        assert!(sent.await.unwrap());
    }
    let deletion = crate::store::Deletion {
        verified_hash: None,
        force: true,
        only_if: None,
    };
    let gone = source.delete_user(people.bob.id, deletion, Effects::default());
    assert!(matches!(gone.await.unwrap(), DeleteUser::Done(_)));
    create(&*source, user("bob@example.com")).await;
    let reports = copy(&*source, &*db.begin_copy().await).await;
    let (written, removed) = work(&reports);
    assert!(written > 5 && removed > 5, "{reports:?}");
    let at_once = copy(&*source, &*File::fresh().begin_copy().await).await;
    assert_eq!(sums(&reports), sums(&at_once));
    let copied = db.open().await;
    assert_eq!(seen(&*copied, &people).await, seen(&*source, &people).await);
    assert_eq!(waiting_once(&*copied).await, waiting_once(&*source).await);
}

/// Nobody opens a copy before it is finished, and nothing is copied over one that is used, or over anything else.
pub(in crate::store) async fn a_copy_is_opened_finished_and_then_left_alone(db: &dyn Database) {
    let file = File::fresh();
    let source = file.open().await;
    create(&*source, user("ada@example.com")).await;
    drop(db.begin_copy().await);
    let refused = db.try_open().await.unwrap_err().to_string();
    assert!(refused.contains("unfinished copy"), "{refused}");
    copy(&*source, &*db.begin_copy().await).await;
    let copied = db.open().await;
    assert_eq!(copied.counts(at(0)).await.unwrap().total_users, 1);
    let refused = db.try_begin_copy().await.err().unwrap().to_string();
    assert!(refused.contains("isn't an unused copy"), "{refused}");
    assert_eq!(copied.counts(at(0)).await.unwrap().total_users, 1);
    db.try_open().await.unwrap();
}

/// A right step of the app that the copy has accepted already is refused there too.
pub(in crate::store) async fn a_used_code_stays_used_in_a_copy(db: &dyn Database) {
    let file = File::fresh();
    let source = file.open().await;
    let people = fill(&*source).await;
    let used = factors::log_in_by_step(&*source, &people.ada, 11, at(SECOND)).await;
    assert!(used);
    copy(&*source, &*db.begin_copy().await).await;
    let copied = db.open().await;
    for (step, accepted) in [(11, false), (12, true)] {
        let used = factors::log_in_by_step(&*copied, &people.ada, step, at(2 * SECOND)).await;
        assert_eq!(used, accepted, "{step}");
    }
}

/// Of two copies into one database, each would take the rows of the other for its own.
pub(in crate::store) async fn one_copy_at_a_time_writes(db: &dyn Database) {
    let first = db.begin_copy().await;
    let second = db.try_begin_copy().await.err();
    let Some(StoreError::Refused(why)) = &second else {
        panic!("{second:?}");
    };
    assert!(why.contains("another `regstack db copy`"), "{why}");
    first.finish().await.unwrap();
    first.end().await;
    drop(first);
    drop(db.begin_copy().await);
}
