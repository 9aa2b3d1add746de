//! Passkeys: each belongs to one account, each challenge issues one session, the counter only increases, and the last
//! way to log in stays.

use super::*;
use crate::model::{
    Ceilings, Challenge, CredentialId, OfferedMethods, Passkey, PasskeyName, ProviderId, SweepRule,
    UserFilter,
};
use crate::store::{
    AddPasskey, AddedPasskey, PasskeyProof, PasskeyRemoval, PresentedPasskey, RemoveAllPasskeys,
    RemovePasskey, UsePasskey,
};

fn called(name: &str) -> CredentialId {
    CredentialId::of(name.as_bytes()).unwrap()
}

/// Returns a passkey with a credential id made from `name`, and a counter at 5.
pub(super) fn passkey(name: &str, created_at: Timestamp) -> Passkey {
    Passkey {
        id: fresh_id(),
        credential_id: called(name),
        name: PasskeyName::parse(name).unwrap(),
        public_key: name.into(),
        sign_count: 5,
        is_synced: false,
        rp_id: "example.com".into(),
        created_at,
        last_used_at: None,
    }
}

pub(super) fn challenge(text: &str) -> Challenge {
    Challenge {
        text: text.to_owned(),
        expires_at: at(5 * MINUTE),
    }
}

pub(super) fn adding(user: &User, passkey: &Passkey) -> AddPasskey {
    AddPasskey {
        user_id: user.id,
        passkey: passkey.clone(),
        challenge: challenge(&fresh_id().to_string()),
        proof: PasskeyProof::Session(at(0)),
        now: at(0),
    }
}

/// Whether the challenge that a passkey was added with, which this one has the text of, was answered before.
pub(super) async fn answered_before(store: &dyn Store, user: &User) -> bool {
    let adding = AddPasskey {
        challenge: challenge("answered"),
        ..adding(user, &passkey("another", at(0)))
    };
    let added = store.add_passkey(adding, Effects::default()).await;
    added.unwrap() == AddedPasskey::ChallengeUsed
}

pub(super) async fn add(store: &dyn Store, user: &User, passkey: &Passkey) -> AddedPasskey {
    let told = effects(user.email.as_str(), EventKind::PasskeyAdded);
    store
        .add_passkey(adding(user, passkey), told)
        .await
        .unwrap()
}

pub(super) async fn added(store: &dyn Store, user: &User, name: &str) -> Passkey {
    let passkey = passkey(name, at(0));
    assert_eq!(add(store, user, &passkey).await, AddedPasskey::Added);
    passkey
}

fn presented(user: &User, name: &str, sign_count: u32, answers: &str) -> PresentedPasskey {
    PresentedPasskey {
        user_id: user.id,
        credential_id: called(name),
        sign_count,
        challenge: challenge(answers),
        now: at(SECOND),
    }
}

async fn present(store: &dyn Store, presented: PresentedPasskey) -> UsePasskey {
    let refused = Effects::of_events([event(EventKind::PasskeyRefused)]);
    let success = Effects::of_events([event(EventKind::UserLoggedIn)]);
    let session = new_session(&fresh_id().to_string());
    let used = store.issue_session_for_passkey(presented, session, refused, success);
    used.await.unwrap()
}

pub(super) fn removal(user: &User, passkey: &Passkey) -> PasskeyRemoval {
    PasskeyRemoval {
        user_id: user.id,
        id: passkey.id,
        verified_hash: None,
        issued_at: at(0),
        open: offered_methods(),
    }
}

/// What opens accounts in these tests.
pub(super) fn offered_methods() -> OfferedMethods {
    let providers = ["google", "github", "idp"];
    OfferedMethods {
        providers: providers.map(|id| ProviderId::parse(id).unwrap()).into(),
        rp_id: Some("example.com".into()),
    }
}

pub(super) async fn remove(store: &dyn Store, removal: PasskeyRemoval) -> RemovePasskey {
    let told = Effects::of_events([event(EventKind::PasskeyRemoved)]);
    store.remove_passkey(removal, told).await.unwrap()
}

async fn count_of(store: &dyn Store, kind: EventKind) -> usize {
    let kinds = recorded(store).await;
    kinds.iter().filter(|recorded| **recorded == kind).count()
}

/// Returns an account that can log in only with passkeys.
pub(super) fn without_password(address: &str) -> User {
    User {
        hashed_password: None,
        ..user(address)
    }
}

pub(in crate::store) async fn passkeys_are_read_as_they_were_written(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    assert!(store.passkeys(ada.id).await.unwrap().is_empty());
    let (later, earlier) = (passkey("later", at(2)), passkey("earlier", at(1)));
    for one in [&earlier, &later] {
        assert_eq!(add(&*store, &ada, one).await, AddedPasskey::Added);
    }
    assert_eq!(
        store.passkeys(ada.id).await.unwrap(),
        [earlier.clone(), later.clone()]
    );
    let (owner, found) = store.passkey(&called("later")).await.unwrap().unwrap();
    assert_eq!((owner.id, &found), (ada.id, &later));
    assert!(store.passkey(&called("other")).await.unwrap().is_none());
    // Other changes don't affect the passkeys.
    let named = UserChange {
        full_name: Some(name("Ada")),
        ..UserChange::default()
    };
    change(&*store, ada.id, named, at(3)).await;
    let bob = create(&*store, user("bob@example.com")).await;
    let name = PasskeyName::parse("$name").unwrap();
    let rename = |user_id, id| {
        let told = Effects::of_events([event(EventKind::PasskeyRenamed)]);
        store.rename_passkey(user_id, id, name.clone(), told)
    };
    assert!(!rename(bob.id, later.id).await.unwrap(), "it is Ada's");
    assert!(rename(ada.id, later.id).await.unwrap());
    let renamed = Passkey {
        name: name.clone(),
        ..later
    };
    assert_eq!(store.passkeys(ada.id).await.unwrap(), [earlier, renamed]);
    assert_eq!(count_of(&*store, EventKind::PasskeyRenamed).await, 1);
    assert_eq!(count_of(&*store, EventKind::PasskeyAdded).await, 2);
    assert_eq!(waiting(&*store).await, 2);
    let elsewhere = async |rp_id: &str| store.count_passkeys_elsewhere(rp_id).await.unwrap();
    assert_eq!(elsewhere("example.com").await, 0);
    assert_eq!(elsewhere("example.org").await, 2);
}

pub(in crate::store) async fn a_passkey_has_one_account(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let bob = create(&*store, user("bob@example.com")).await;
    added(&*store, &ada, "one").await;
    for user in [&ada, &bob] {
        let again = add(&*store, user, &passkey("one", at(1))).await;
        assert_eq!(again, AddedPasskey::Taken);
    }
    let outcomes = race(db, 10, |store, number| {
        let user = if number % 2 == 0 {
            ada.clone()
        } else {
            bob.clone()
        };
        async move { add(&*store, &user, &passkey("two", at(1))).await }
    });
    let outcomes = outcomes.await;
    let taken = outcomes
        .iter()
        .filter(|outcome| **outcome == AddedPasskey::Taken);
    assert_eq!(taken.count(), 9, "{outcomes:?}");
    // Bob, who has at most one, can add his own.
    added(&*store, &bob, "three").await;
}

pub(in crate::store) async fn an_account_has_only_so_many_passkeys(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    for number in 0..Passkey::MOST - 2 {
        added(&*store, &ada, &format!("{number}")).await;
    }
    let outcomes = race(db, 8, |store, number| {
        let ada = ada.clone();
        async move { add(&*store, &ada, &passkey(&format!("racer {number}"), at(1))).await }
    });
    let outcomes = outcomes.await;
    let full = outcomes
        .iter()
        .filter(|outcome| **outcome == AddedPasskey::Full);
    assert_eq!(full.count(), 6, "{outcomes:?}");
    assert_eq!(store.passkeys(ada.id).await.unwrap().len(), Passkey::MOST);
}

pub(in crate::store) async fn what_asks_for_a_passkey_has_to_hold(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let one = adding(&ada, &passkey("one", at(0)));
    let add = |adding: &AddPasskey| store.add_passkey(adding.clone(), Effects::default());
    assert_eq!(add(&one).await.unwrap(), AddedPasskey::Added);
    let same = AddPasskey {
        challenge: one.challenge.clone(),
        ..adding(&ada, &passkey("two", at(0)))
    };
    assert_eq!(add(&same).await.unwrap(), AddedPasskey::ChallengeUsed);
    let ends = UserChange {
        end_sessions: true,
        ..UserChange::default()
    };
    change(&*store, ada.id, ends, at(SECOND)).await;
    let early = adding(&ada, &passkey("two", at(0)));
    assert_eq!(add(&early).await.unwrap(), AddedPasskey::Stale);
    change(&*store, ada.id, enable(false), at(2 * SECOND)).await;
    let disabled = AddPasskey {
        proof: PasskeyProof::Session(at(HOUR)),
        ..adding(&ada, &passkey("two", at(0)))
    };
    assert_eq!(add(&disabled).await.unwrap(), AddedPasskey::Stale);
    assert_eq!(store.passkeys(ada.id).await.unwrap().len(), 1);
}

pub(in crate::store) async fn a_passkey_issues_a_session(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, without_password("ada@example.com")).await;
    added(&*store, &ada, "one").await;
    added(&*store, &ada, "two").await;
    for _ in 0..3 {
        fail(&*store, "ada@example.com", at(0)).await;
    }
    let used = present(&*store, presented(&ada, "two", 9, "a")).await;
    let UsePasskey::Accepted(issued) = used else {
        panic!("{used:?}")
    };
    assert_eq!(
        (issued.user.id, issued.user.last_login),
        (ada.id, Some(at(SECOND)))
    );
    let counts: Vec<_> = store.passkeys(ada.id).await.unwrap();
    let counts: Vec<_> = counts
        .iter()
        .map(|one| (one.sign_count, one.last_used_at))
        .collect();
    assert_eq!(counts, [(5, None), (9, Some(at(SECOND)))]);
    let next = store.reserve_attempt(attempt("ada@example.com", at(SECOND)), RULE);
    assert_eq!(
        next.await.unwrap(),
        Reservation::Granted,
        "the failures are forgiven"
    );
    assert_eq!(count_of(&*store, EventKind::UserLoggedIn).await, 1);
    let page = store
        .user_sessions(ada.id, None, 10, at(SECOND))
        .await
        .unwrap();
    assert_eq!(page.items.len(), 1);
}

pub(in crate::store) async fn parallel_answers_of_one_challenge_issue_one_session(
    db: &dyn Database,
) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    added(&*store, &ada, "one").await;
    let outcomes = race(db, 20, |store, number| {
        let count = 6 + u32::try_from(number).unwrap();
        let presented = presented(&ada, "one", count, "the same");
        async move { matches!(present(&*store, presented).await, UsePasskey::Accepted(_)) }
    });
    let issued = outcomes.await.into_iter().filter(|issued| *issued).count();
    assert_eq!(issued, 1);
    let page = store
        .user_sessions(ada.id, None, 50, at(SECOND))
        .await
        .unwrap();
    assert_eq!(page.items.len(), 1);
    let again = present(&*store, presented(&ada, "one", 100, "the same")).await;
    assert!(matches!(again, UsePasskey::ChallengeUsed), "{again:?}");
}

pub(in crate::store) async fn a_counter_that_went_back_is_refused_and_recorded(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    added(&*store, &ada, "one").await;
    for (count, answers) in [(5, "a"), (4, "b"), (0, "c")] {
        let used = present(&*store, presented(&ada, "one", count, answers)).await;
        assert!(
            matches!(used, UsePasskey::CounterRefused),
            "{count}: {used:?}"
        );
    }
    let events = store
        .events(&EventFilter::default(), None, 10)
        .await
        .unwrap();
    let refused: Vec<_> = events
        .items
        .iter()
        .filter(|event| event.kind == EventKind::PasskeyRefused)
        .collect();
    assert_eq!(refused.len(), 3);
    assert!(refused.iter().all(|event| event.user_id == Some(ada.id)));
    assert_eq!(store.passkeys(ada.id).await.unwrap()[0].sign_count, 5);
    let used = present(&*store, presented(&ada, "one", 6, "a")).await;
    assert!(
        matches!(used, UsePasskey::ChallengeUsed),
        "what was refused is used up: {used:?}"
    );
    // A passkey whose counter is always 0 keeps working.
    let still = Passkey {
        sign_count: 0,
        ..passkey("still", at(0))
    };
    assert_eq!(add(&*store, &ada, &still).await, AddedPasskey::Added);
    for answers in ["d", "e"] {
        let used = present(&*store, presented(&ada, "still", 0, answers)).await;
        assert!(matches!(used, UsePasskey::Accepted(_)), "{used:?}");
    }
    // Of parallel responses with the same counter value, one is accepted.
    let outcomes = race(db, 10, |store, number| {
        let presented = presented(&ada, "one", 7, &format!("racer {number}"));
        async move { matches!(present(&*store, presented).await, UsePasskey::Accepted(_)) }
    });
    assert_eq!(
        outcomes.await.into_iter().filter(|issued| *issued).count(),
        1
    );
}

pub(in crate::store) async fn a_passkey_needs_its_account_as_it_was_read(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let bob = create(&*store, user("bob@example.com")).await;
    let one = added(&*store, &ada, "one").await;
    added(&*store, &ada, "two").await;
    let stale = |used: &UsePasskey| matches!(used, UsePasskey::Stale);
    let others = present(&*store, presented(&bob, "one", 6, "a")).await;
    assert!(stale(&others), "{others:?}");
    assert_eq!(
        remove(&*store, removal(&ada, &one)).await,
        RemovePasskey::Removed
    );
    let removed = present(&*store, presented(&ada, "one", 6, "b")).await;
    assert!(stale(&removed), "{removed:?}");
    change(&*store, ada.id, enable(false), at(SECOND)).await;
    let disabled = present(&*store, presented(&ada, "two", 6, "c")).await;
    assert!(stale(&disabled), "{disabled:?}");
    assert_eq!(count_of(&*store, EventKind::UserLoggedIn).await, 0);
}

pub(in crate::store) async fn a_passkey_proves_who_somebody_is_without_a_session(
    db: &dyn Database,
) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let bob = create(&*store, user("bob@example.com")).await;
    added(&*store, &ada, "one").await;
    let prove = async |user: &User, count, answers: &str| {
        let refused = Effects::of_events([event(EventKind::PasskeyRefused)]);
        let presented = presented(user, "one", count, answers);
        store.use_passkey(presented, refused).await.unwrap()
    };
    let outcomes = [
        prove(&ada, 6, "a").await,
        prove(&ada, 7, "a").await,
        prove(&ada, 6, "b").await,
        prove(&bob, 8, "c").await,
    ];
    assert!(
        matches!(
            outcomes,
            [
                UsePasskey::Accepted(()),
                UsePasskey::ChallengeUsed,
                UsePasskey::CounterRefused,
                UsePasskey::Stale
            ]
        ),
        "{outcomes:?}"
    );
    let passkey = store.passkeys(ada.id).await.unwrap().remove(0);
    assert_eq!(
        (passkey.sign_count, passkey.last_used_at),
        (6, Some(at(SECOND)))
    );
    assert_eq!(count_of(&*store, EventKind::PasskeyRefused).await, 1);
    let sessions = store.user_sessions(ada.id, None, 10, at(SECOND)).await;
    assert!(sessions.unwrap().items.is_empty());
    change(&*store, ada.id, enable(false), at(SECOND)).await;
    let disabled = prove(&ada, 9, "d").await;
    assert!(matches!(disabled, UsePasskey::Stale), "{disabled:?}");
}

pub(in crate::store) async fn the_last_way_in_stays(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, without_password("ada@example.com")).await;
    let bob = create(&*store, user("bob@example.com")).await;
    let (one, two) = (
        added(&*store, &ada, "one").await,
        added(&*store, &ada, "two").await,
    );
    let of_bob = added(&*store, &bob, "three").await;
    assert_eq!(
        remove(&*store, removal(&bob, &one)).await,
        RemovePasskey::NotFound
    );
    assert_eq!(
        remove(&*store, removal(&ada, &one)).await,
        RemovePasskey::Removed
    );
    assert_eq!(
        remove(&*store, removal(&ada, &one)).await,
        RemovePasskey::NotFound
    );
    assert_eq!(
        remove(&*store, removal(&ada, &two)).await,
        RemovePasskey::LastLoginMethod
    );
    assert_eq!(store.passkeys(ada.id).await.unwrap(), [two]);
    let verified_by = |text| PasskeyRemoval {
        verified_hash: Some(hash(text)),
        ..removal(&bob, &of_bob)
    };
    assert_eq!(
        remove(&*store, verified_by("other")).await,
        RemovePasskey::Stale
    );
    assert_eq!(
        remove(&*store, verified_by("first")).await,
        RemovePasskey::Removed
    );
    assert!(store.passkeys(bob.id).await.unwrap().is_empty());
    // A removed passkey can be added again, by any account.
    added(&*store, &ada, "three").await;
    assert_eq!(count_of(&*store, EventKind::PasskeyRemoved).await, 2);
}

pub(in crate::store) async fn parallel_removals_leave_a_way_in(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, without_password("ada@example.com")).await;
    let mut passkeys = Vec::new();
    for number in 0..6 {
        passkeys.push(added(&*store, &ada, &format!("{number}")).await);
    }
    let outcomes = race(db, passkeys.len(), |store, number| {
        let removal = removal(&ada, &passkeys[number]);
        async move { remove(&*store, removal).await }
    });
    let outcomes = outcomes.await;
    let removed = outcomes
        .iter()
        .filter(|outcome| **outcome == RemovePasskey::Removed);
    assert_eq!(removed.count(), 5, "{outcomes:?}");
    assert_eq!(store.passkeys(ada.id).await.unwrap().len(), 1);
}

pub(in crate::store) async fn an_administrator_removes_all_passkeys(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, without_password("ada@example.com")).await;
    let bob = create(&*store, user("bob@example.com")).await;
    let remove_all = |id, only_if| {
        let told = effects("ada@example.com", EventKind::PasskeyRemoved);
        store.remove_all_passkeys(id, only_if, told)
    };
    assert_eq!(
        remove_all(ada.id, None).await.unwrap(),
        RemoveAllPasskeys::Removed(0)
    );
    assert_eq!(count_of(&*store, EventKind::PasskeyRemoved).await, 0);
    for name in ["one", "two"] {
        added(&*store, &ada, name).await;
    }
    added(&*store, &bob, "three").await;
    let disabled = UserFilter {
        is_active: Some(false),
        ..UserFilter::default()
    };
    let overtaken = remove_all(ada.id, Some(disabled)).await.unwrap();
    assert_eq!(overtaken, RemoveAllPasskeys::Overtaken);
    assert_eq!(
        remove_all(fresh_id(), None).await.unwrap(),
        RemoveAllPasskeys::NotFound
    );
    assert_eq!(
        remove_all(ada.id, None).await.unwrap(),
        RemoveAllPasskeys::Removed(2)
    );
    assert!(store.passkeys(ada.id).await.unwrap().is_empty());
    assert_eq!(store.passkeys(bob.id).await.unwrap().len(), 1);
    assert_eq!(count_of(&*store, EventKind::PasskeyRemoved).await, 1);
}

pub(in crate::store) async fn passkeys_go_with_their_account(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    added(&*store, &ada, "one").await;
    let deletion = super::super::Deletion {
        force: false,
        verified_hash: None,
        only_if: None,
    };
    let deleted = store
        .delete_user(ada.id, deletion, Effects::default())
        .await;
    assert!(matches!(deleted.unwrap(), DeleteUser::Done(_)));
    assert!(store.passkey(&called("one")).await.unwrap().is_none());
    let used = present(&*store, presented(&ada, "one", 6, "a")).await;
    assert!(matches!(used, UsePasskey::Stale), "{used:?}");
    let bob = create(&*store, user("bob@example.com")).await;
    added(&*store, &bob, "one").await;
}

pub(in crate::store) async fn an_undone_change_takes_later_passkeys_along(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let early = added(&*store, &ada, "early").await;
    let moved = super::undos::moved(&*store, &ada, "eve@example.com", "undo", SECOND).await;
    let late = AddPasskey {
        proof: PasskeyProof::Session(at(2 * SECOND)),
        ..adding(&ada, &passkey("late", at(2 * SECOND)))
    };
    let late = store.add_passkey(late, Effects::default()).await;
    assert_eq!(late.unwrap(), AddedPasskey::Added);
    let undoing = super::undos::undoing(&moved, "undo", 3 * SECOND);
    let undone = super::undos::undo(&*store, undoing).await;
    assert!(
        matches!(undone, crate::store::ChangeEmail::Done(_)),
        "{undone:?}"
    );
    assert_eq!(store.passkeys(ada.id).await.unwrap(), [early]);
}

pub(in crate::store) async fn answered_challenges_are_swept(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    added(&*store, &ada, "one").await;
    let answer = || presented(&ada, "one", 6, "a");
    let sweep = |now| SweepRule {
        now: at(now),
        lockout_window: RULE.window,
        events: SignedDuration::from_hours(90 * 24),
        failed_messages: SignedDuration::from_hours(7 * 24),
        ceilings: Ceilings::default(),
    };
    let used = present(&*store, answer()).await;
    assert!(matches!(used, UsePasskey::Accepted(_)), "{used:?}");
    // Used challenges are kept a day longer than they have an effect, like everything that protects.
    super::sweep::sweep_at(&*store, sweep(24 * HOUR)).await;
    let again = present(&*store, answer()).await;
    assert!(matches!(again, UsePasskey::ChallengeUsed), "{again:?}");
    super::sweep::sweep_at(&*store, sweep(24 * HOUR + 5 * MINUTE)).await;
    let counted = PresentedPasskey {
        sign_count: 7,
        ..answer()
    };
    let gone = present(&*store, counted).await;
    assert!(matches!(gone, UsePasskey::Accepted(_)), "{gone:?}");
}
