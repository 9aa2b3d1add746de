//! Accounts: creating, changing, deleting and counting them, and protecting the last administrator.

use super::*;
use crate::model::{Counts, Language, LockoutState, UserChange, UserFilter};
use crate::store::{Deletion, RenewPending, Verify};

fn by_force() -> Deletion {
    Deletion {
        force: true,
        ..Deletion::default()
    }
}

fn promote(is_superuser: bool) -> UserChange {
    UserChange {
        is_superuser: Some(is_superuser),
        ..UserChange::default()
    }
}

pub(in crate::store) async fn an_account_is_read_as_it_was_written(db: &dyn Database) {
    let store = db.open().await;
    let full = User {
        is_active: false,
        is_verified: false,
        is_superuser: true,
        full_name: name("Ada \0 Łovelace \u{202e}\u{1b}[31m"),
        phone_number: Some(number("+3227777777")),
        is_mfa_enabled: true,
        created_at: at(1),
        updated_at: at(2),
        last_login: Some(at(3)),
        tokens_invalidated_after: Some(at(4)),
        others_ended: Some(session_rows::others_ended()),
        language: Language::parse("pt-BR"),
        ..user("ada@bücher.example")
    };
    let bare = User {
        hashed_password: None,
        ..user("bare@example.com")
    };
    for written in [full, bare] {
        create(&*store, written.clone()).await;
        for read in [
            store.user(written.id).await.unwrap().unwrap(),
            store.user_by_email(&written.email).await.unwrap().unwrap(),
            store
                .session(written.id, "jti", "jti")
                .await
                .unwrap()
                .unwrap()
                .user,
        ] {
            assert_eq!(format!("{read:?}"), format!("{written:?}"));
            assert_eq!(read.hashed_password, written.hashed_password);
        }
    }
    assert!(store.user(fresh_id()).await.unwrap().is_none());
    let nobody = store.user_by_email(&email("nobody@example.com")).await;
    assert!(nobody.unwrap().is_none());
}

pub(in crate::store) async fn a_taken_address_is_refused(db: &dyn Database) {
    let store = db.open().await;
    let first = create(&*store, user("ada@example.com")).await;
    let second = user("ada@example.com");
    let effects = effects("ada@example.com", EventKind::UserRegistered);
    let created = store.create_user(second.clone(), effects).await.unwrap();
    assert_eq!(created, CreateUser::EmailTaken);
    assert!(store.user(second.id).await.unwrap().is_none());
    let holder = store.user_by_email(&first.email).await.unwrap().unwrap();
    assert_eq!(holder.id, first.id);
    assert_eq!(recorded(&*store).await, []);
    assert_eq!(waiting(&*store).await, 0);
}

pub(in crate::store) async fn a_legacy_spelling_is_found_and_blocks(db: &dyn Database) {
    let store = db.open().await;
    let legacy = User {
        email: Email::from_stored("Ada@Example.com".to_owned()),
        ..user("ada@example.com")
    };
    create(&*store, legacy.clone()).await;
    let address = email("ada@example.com");
    let found = store.user_by_email(&address).await.unwrap().unwrap();
    assert_eq!((found.id, found.email), (legacy.id, legacy.email));
    let again = store.create_user(user("ada@example.com"), Effects::default());
    assert_eq!(again.await.unwrap(), CreateUser::EmailTaken);
    let waits = pending("ada@example.com", proof("1"));
    let cap = uncapped("ada@example.com");
    let put = store
        .put_pending(waits, cap, Effects::default(), Effects::default())
        .await;
    assert_eq!(put.unwrap(), PutPending::EmailTaken);
    for second in 0..3 {
        fail(&*store, "ada@example.com", at(second)).await;
    }
    issued_at(&*store, &found_again(&*store, &address).await, at(10)).await;
    let lockout = store.lockout(&address, RULE, at(10)).await.unwrap();
    assert_eq!(
        lockout.failures, 0,
        "a login clears the failures under the canonical spelling"
    );
}

async fn found_again(store: &dyn Store, address: &Email) -> User {
    store.user_by_email(address).await.unwrap().unwrap()
}

pub(in crate::store) async fn parallel_creations_of_one_address_make_one_account(
    db: &dyn Database,
) {
    let answers = race(db, 20, |store, _| async move {
        let effects = effects("ada@example.com", EventKind::UserRegistered);
        store
            .create_user(user("ada@example.com"), effects)
            .await
            .unwrap()
    })
    .await;
    let created = answers
        .iter()
        .filter(|answer| **answer == CreateUser::Created);
    assert_eq!(created.count(), 1);
    let store = db.open().await;
    let all = store
        .users(&UserFilter::default(), None, 100)
        .await
        .unwrap();
    assert_eq!(all.items.len(), 1);
    assert_eq!(recorded(&*store).await, [EventKind::UserRegistered]);
    assert_eq!(waiting(&*store).await, 1);
}

pub(in crate::store) async fn an_account_takes_its_pending_registration_away(db: &dyn Database) {
    let store = db.open().await;
    put(&*store, pending("ada@example.com", proof("1"))).await;
    put(&*store, pending("bob@example.com", proof("2"))).await;
    create(&*store, user("ada@example.com")).await;
    let gone = store.pending_by_proof(&proof("1"), at(0)).await.unwrap();
    assert!(gone.is_none());
    let other = store.pending_by_proof(&proof("2"), at(0)).await.unwrap();
    assert!(other.is_some());
}

pub(in crate::store) async fn a_change_changes_what_it_names(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let bob = create(&*store, user("bob@example.com")).await;
    let named = UserChange {
        full_name: Some(name("Ada Lovelace")),
        language: Some(Language::parse("ar")),
        ..UserChange::default()
    };
    let changed = change(&*store, ada.id, named, at(5)).await;
    let expected = User {
        full_name: name("Ada Lovelace"),
        language: Language::parse("ar"),
        updated_at: at(5),
        ..ada.clone()
    };
    assert_eq!(format!("{changed:?}"), format!("{expected:?}"));
    let changed = change(&*store, ada.id, promote(true), at(6)).await;
    assert!(changed.is_superuser && changed.is_active);
    assert_eq!(
        changed.full_name,
        name("Ada Lovelace"),
        "what is not named stays"
    );
    assert_eq!(changed.tokens_invalidated_after, None);
    let cleared = UserChange {
        full_name: Some(None),
        language: Some(None),
        is_superuser: Some(false),
        ..UserChange::default()
    };
    create(&*store, superuser("root@example.com")).await;
    let changed = change(&*store, ada.id, cleared, at(7)).await;
    assert_eq!((changed.full_name, changed.is_superuser), (None, false));
    assert_eq!(changed.language, None);
    let untouched = store.user(bob.id).await.unwrap().unwrap();
    assert_eq!(format!("{untouched:?}"), format!("{bob:?}"));
    let nobody = store.change_user(fresh_id(), enable(false), true, at(8), Effects::default());
    assert!(matches!(nobody.await.unwrap(), ChangeUser::NotFound));
}

pub(in crate::store) async fn a_change_to_what_is_so_writes_nothing(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, superuser("ada@example.com")).await;
    for change in [
        UserChange::default(),
        enable(true),
        promote(true),
        UserChange {
            full_name: Some(None),
            ..UserChange::default()
        },
    ] {
        let effects = effects("ada@example.com", EventKind::UserEnabled);
        let done = store.change_user(ada.id, change, false, at(5), effects);
        let ChangeUser::Done(same) = done.await.unwrap() else {
            panic!("a change to what is so succeeds");
        };
        assert_eq!(format!("{same:?}"), format!("{ada:?}"));
    }
    assert_eq!(recorded(&*store).await, []);
    assert_eq!(waiting(&*store).await, 0);
}

pub(in crate::store) async fn disabling_raises_the_cut_off(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let changed = change(&*store, ada.id, enable(false), at(5)).await;
    assert_eq!(changed.tokens_invalidated_after, Some(at(5)));
    assert!(!changed.is_active);
    let again = change(&*store, ada.id, enable(false), at(9)).await;
    assert_eq!(
        again.tokens_invalidated_after,
        Some(at(5)),
        "disabled already"
    );
    assert_eq!(again.updated_at, at(5));
}

pub(in crate::store) async fn the_cut_off_never_stands_still(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let mut cut_off = at(-1);
    // Three times within one millisecond, then with a clock that was set back an hour.
    for now in [at(0), at(0), at(0), at(-HOUR), at(-HOUR)] {
        let issued = issued_at(&*store, &ada, now).await;
        assert!(issued > cut_off, "a login right after the cut-off works");
        let disabled = change(&*store, ada.id, enable(false), now).await;
        let raised = disabled.tokens_invalidated_after.unwrap();
        assert!(
            raised >= issued && raised > cut_off,
            "{raised} is not behind {issued}"
        );
        cut_off = raised;
        let enabled = change(&*store, ada.id, enable(true), now).await;
        assert_eq!(enabled.tokens_invalidated_after, Some(cut_off));
        let once_more = change(&*store, ada.id, enable(false), now).await;
        cut_off = once_more.tokens_invalidated_after.unwrap();
        assert!(cut_off > raised, "two disablings have two cut-offs");
        change(&*store, ada.id, enable(true), now).await;
    }
}

pub(in crate::store) async fn enabling_clears_the_lockout_and_revives_nothing(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    for millis in 0..3 {
        fail(&*store, "ada@example.com", at(millis)).await;
    }
    fail(&*store, "bob@example.com", at(0)).await;
    // The account was never disabled, but clearing the lockout is a change, so it is recorded.
    let effects = Effects {
        events: vec![event(EventKind::UserEnabled)],
        ..Effects::default()
    };
    let unlocked = store.change_user(ada.id, enable(true), false, at(5), effects);
    assert!(matches!(unlocked.await.unwrap(), ChangeUser::Done(_)));
    assert!(recorded(&*store).await.contains(&EventKind::UserEnabled));
    let lockout = store.lockout(&ada.email, RULE, at(5)).await.unwrap();
    assert_eq!((lockout.failures, lockout.locked_until), (0, None));
    let other = store.lockout(&email("bob@example.com"), RULE, at(5)).await;
    assert_eq!(other.unwrap().failures, 1);
    // Reservations are cleared too: after an administrator cleared the failures, nobody should have to wait.
    for _ in 0..3 {
        let reserved = store
            .reserve_attempt(attempt("ada@example.com", at(6)), RULE)
            .await;
        assert_eq!(reserved.unwrap(), Reservation::Granted);
    }
    change(&*store, ada.id, enable(true), at(7)).await;
    let reserved = store
        .reserve_attempt(attempt("ada@example.com", at(8)), RULE)
        .await;
    assert_eq!(reserved.unwrap(), Reservation::Granted);

    let disabled = change(&*store, ada.id, enable(false), at(9)).await;
    let enabled = change(&*store, ada.id, enable(true), at(10)).await;
    assert_eq!(
        enabled.tokens_invalidated_after,
        disabled.tokens_invalidated_after
    );
}

pub(in crate::store) async fn the_last_active_superuser_is_protected(db: &dyn Database) {
    let store = db.open().await;
    let last = create(&*store, superuser("root@example.com")).await;
    let asleep = User {
        is_active: false,
        ..superuser("asleep@example.com")
    };
    let asleep = create(&*store, asleep).await;
    create(&*store, user("ada@example.com")).await;
    let both = UserChange {
        is_active: Some(false),
        is_superuser: Some(false),
        ..UserChange::default()
    };
    for refused in [enable(false), promote(false), both] {
        let effects = effects("root@example.com", EventKind::UserDisabled);
        let answer = store.change_user(last.id, refused, false, at(1), effects);
        assert!(matches!(answer.await.unwrap(), ChangeUser::LastSuperuser));
    }
    let effects = effects("root@example.com", EventKind::UserDeleted);
    let answer = store
        .delete_user(last.id, Deletion::default(), effects)
        .await;
    assert!(matches!(answer.unwrap(), DeleteUser::LastSuperuser));
    let kept = store.user(last.id).await.unwrap().unwrap();
    assert_eq!(
        format!("{kept:?}"),
        format!("{last:?}"),
        "nothing was written"
    );
    assert_eq!(recorded(&*store).await, []);
    assert_eq!(waiting(&*store).await, 0);

    // Changes that don't remove an active administrator are allowed.
    let named = UserChange {
        full_name: Some(name("Root")),
        ..promote(true)
    };
    change(&*store, last.id, named, at(2)).await;
    change(&*store, asleep.id, promote(false), at(2)).await;
    change(&*store, asleep.id, promote(true), at(3)).await;
    let deleted = store
        .delete_user(asleep.id, Deletion::default(), Effects::default())
        .await;
    assert!(matches!(deleted.unwrap(), DeleteUser::Done(_)));

    // If there is another administrator, or with `force`, it can be removed.
    let second = create(&*store, superuser("second@example.com")).await;
    change(&*store, last.id, enable(false), at(4)).await;
    let forced = store.change_user(second.id, promote(false), true, at(5), Effects::default());
    assert!(matches!(forced.await.unwrap(), ChangeUser::Done(_)));
    change(&*store, second.id, promote(true), at(6)).await;
    let forced = store
        .delete_user(second.id, by_force(), Effects::default())
        .await;
    assert!(matches!(forced.unwrap(), DeleteUser::Done(_)));
    let nobody = store
        .delete_user(second.id, by_force(), Effects::default())
        .await;
    assert!(matches!(nobody.unwrap(), DeleteUser::NotFound));
}

pub(in crate::store) async fn parallel_acts_leave_one_superuser(db: &dyn Database) {
    let store = db.open().await;
    let mut roots = Vec::new();
    for number in 0..6 {
        roots.push(
            create(&*store, superuser(&format!("root{number}@example.com")))
                .await
                .id,
        );
    }
    let answers = race(db, 6, move |store, number| {
        let id = roots[number];
        async move {
            let none = Effects::default();
            let change = match number % 3 {
                0 => enable(false),
                1 => promote(false),
                _ => {
                    let deleted = store.delete_user(id, Deletion::default(), none).await;
                    return matches!(deleted.unwrap(), DeleteUser::LastSuperuser);
                }
            };
            let changed = store.change_user(id, change, false, at(1), none).await;
            matches!(changed.unwrap(), ChangeUser::LastSuperuser)
        }
    })
    .await;
    let refused = answers.into_iter().filter(|is_refused| *is_refused);
    assert_eq!(refused.count(), 1);
    let active = UserFilter {
        is_active: Some(true),
        is_superuser: Some(true),
        ..UserFilter::default()
    };
    assert_eq!(store.users(&active, None, 10).await.unwrap().items.len(), 1);
}

pub(in crate::store) async fn deletion_leaves_nothing_behind(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let bob = create(&*store, user("bob@example.com")).await;
    db.plant(pending("ada@example.com", proof("1"))).await;
    fail(&*store, "ada@example.com", at(0)).await;
    fail(&*store, "bob@example.com", at(0)).await;
    let of = |user: &User, kind| QueuedMessage {
        kind,
        user_id: Some(user.id),
        ..mail(user.email.as_str())
    };
    let link = |user: &User| QueuedMessage {
        user_id: Some(fresh_id()),
        pending_proof: Some(proof("dead")),
        ..mail(user.email.as_str())
    };
    let mut kept = vec![
        of(&ada, MessageKind::Webhook),
        of(&bob, MessageKind::Email),
        of(&bob, MessageKind::Sms),
    ];
    let mut dropped = vec![
        of(&ada, MessageKind::Email),
        of(&ada, MessageKind::Sms),
        link(&ada),
    ];
    let mut messages = kept.clone();
    messages.append(&mut dropped);
    queue(&*store, messages).await;

    let farewell = mail("ada@example.com");
    kept.push(farewell.clone());
    let effects = Effects {
        messages_cap: None,
        messages: vec![farewell],
        events: vec![event(EventKind::UserDeleted)],
    };
    let deleted = store
        .delete_user(ada.id, Deletion::default(), effects)
        .await
        .unwrap();
    let DeleteUser::Done(was) = deleted else {
        panic!("not deleted: {deleted:?}");
    };
    assert_eq!(
        format!("{was:?}"),
        format!("{ada:?}"),
        "the account as it was"
    );

    assert!(store.user(ada.id).await.unwrap().is_none());
    assert!(store.user_by_email(&ada.email).await.unwrap().is_none());
    assert!(store.session(ada.id, "jti", "jti").await.unwrap().is_none());
    let waits = store.pending_by_email(&ada.email, at(1)).await.unwrap();
    assert!(waits.is_none());
    let lockout = store.lockout(&ada.email, RULE, at(1)).await.unwrap();
    assert_eq!(
        lockout,
        LockoutState {
            failures: 0,
            locked_until: None
        }
    );
    let found = UserFilter {
        q: Some("ada@".to_owned()),
        ..UserFilter::default()
    };
    assert_eq!(store.users(&found, None, 10).await.unwrap().items.len(), 0);
    assert_eq!(usize::try_from(waiting(&*store).await), Ok(kept.len()));
    let mut left: Vec<Id> = Vec::new();
    for lane in [
        MessageQueue::People(MessageKind::ALL),
        MessageQueue::Receiver("ada@example.com"),
    ] {
        let claimed = store.claim_messages(lane, fresh_id(), at(MINUTE), at(1), 100);
        left.extend(claimed.await.unwrap().iter().map(|one| one.message.id));
    }
    let mut kept: Vec<Id> = kept.iter().map(|message| message.id).collect();
    left.sort();
    kept.sort();
    assert_eq!(left, kept);
    let other = store.lockout(&bob.email, RULE, at(1)).await.unwrap();
    assert_eq!(other.failures, 1, "other accounts keep what is theirs");
    // The audit trail of the deleted account stays.
    let trail = EventFilter {
        user_id: Some(ada.id),
        ..EventFilter::default()
    };
    let trail = store.events(&trail, None, 10).await.unwrap().items;
    assert_eq!(trail.len(), 1);
    assert_eq!(trail[0].email, Some(ada.email));
}

pub(in crate::store) async fn a_deleted_address_gets_another_id(db: &dyn Database) {
    let store = db.open().await;
    let first = create(&*store, user("ada@example.com")).await;
    let deleted = store
        .delete_user(first.id, Deletion::default(), Effects::default())
        .await;
    assert!(matches!(deleted.unwrap(), DeleteUser::Done(_)));
    put(&*store, pending("ada@example.com", proof("1"))).await;
    let second = fresh_id();
    let verified = store
        .verify(&proof("1"), second, at(1), Effects::default())
        .await;
    assert!(matches!(verified.unwrap(), Verify::Created(user) if user.id == second));
    assert!(store.session(first.id, "a", "a").await.unwrap().is_none());
}

pub(in crate::store) async fn counts_follow_every_change(db: &dyn Database) {
    let store = db.open().await;
    let counts = |total, active, verified, superusers, pending| Counts {
        total_users: total,
        active_users: active,
        verified_users: verified,
        superusers,
        pending_registrations: pending,
    };
    assert_eq!(store.counts(at(0)).await.unwrap(), Counts::default());
    let ada = create(&*store, superuser("ada@example.com")).await;
    let unverified = User {
        is_verified: false,
        ..user("bob@example.com")
    };
    let bob = create(&*store, unverified).await;
    put(&*store, pending("carl@example.com", proof("1"))).await;
    let short = PendingRegistration {
        expires_at: at(MINUTE),
        ..pending("dora@example.com", proof("2"))
    };
    put(&*store, short).await;
    assert_eq!(store.counts(at(0)).await.unwrap(), counts(2, 2, 1, 1, 2));
    assert_eq!(
        store.counts(at(MINUTE)).await.unwrap(),
        counts(2, 2, 1, 1, 1)
    );
    let verified = store
        .verify(&proof("1"), fresh_id(), at(1), Effects::default())
        .await;
    assert!(matches!(verified.unwrap(), Verify::Created(_)));
    change(&*store, bob.id, enable(false), at(2)).await;
    change(&*store, bob.id, promote(true), at(3)).await;
    assert_eq!(store.counts(at(3)).await.unwrap(), counts(3, 2, 2, 2, 1));
    let deleted = store
        .delete_user(ada.id, by_force(), Effects::default())
        .await;
    assert!(matches!(deleted.unwrap(), DeleteUser::Done(_)));
    assert_eq!(store.counts(at(3)).await.unwrap(), counts(2, 1, 1, 1, 1));
}

pub(in crate::store) async fn effects_name_the_account(db: &dyn Database) {
    let store = db.open().await;
    let ada = superuser("ada@example.com");
    let elsewhere = fresh_id();
    let told = Event {
        user_id: Some(elsewhere),
        email: Some(email("else@example.com")),
        ..event(EventKind::AdminGranted)
    };
    let effects_of_creation = Effects {
        messages_cap: None,
        messages: vec![mail("ada@example.com")],
        events: vec![event(EventKind::UserRegistered), told],
    };
    store
        .create_user(ada.clone(), effects_of_creation)
        .await
        .unwrap();
    let events = store
        .events(&EventFilter::default(), None, 10)
        .await
        .unwrap()
        .items;
    let of = |kind| events.iter().find(|event| event.kind == kind).unwrap();
    let registered = of(EventKind::UserRegistered);
    assert_eq!(
        (registered.user_id, &registered.email),
        (Some(ada.id), &Some(ada.email.clone()))
    );
    let told = of(EventKind::AdminGranted);
    assert_eq!(
        (told.user_id, &told.email),
        (Some(elsewhere), &Some(email("else@example.com")))
    );
    let lane = MessageQueue::People(MessageKind::ALL);
    let claimed = store.claim_messages(lane, fresh_id(), at(MINUTE), at(0), 10);
    assert_eq!(claimed.await.unwrap()[0].message.user_id, Some(ada.id));

    // A registration has an email address, but no account yet.
    let cap = uncapped("bob@example.com");
    let asked = effects("bob@example.com", EventKind::VerificationRequested);
    let waits = pending("bob@example.com", proof("1"));
    store
        .put_pending(waits, cap, asked, Effects::default())
        .await
        .unwrap();
    let events = store
        .events(&EventFilter::default(), None, 10)
        .await
        .unwrap()
        .items;
    let asked = events
        .iter()
        .find(|event| event.kind == EventKind::VerificationRequested)
        .unwrap();
    assert_eq!(
        (asked.user_id, &asked.email),
        (None, &Some(email("bob@example.com")))
    );
}

pub(in crate::store) async fn refusals_write_no_effects(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, superuser("ada@example.com")).await;
    let cap = uncapped("bob@example.com");
    let some = || effects("x@example.com", EventKind::UserLoggedIn);
    let answer = store.create_user(user("ada@example.com"), some()).await;
    assert_eq!(answer.unwrap(), CreateUser::EmailTaken);
    let waits = pending("ada@example.com", proof("2"));
    let answer = store
        .put_pending(
            waits,
            uncapped("ada@example.com"),
            some(),
            Effects::default(),
        )
        .await;
    assert_eq!(answer.unwrap(), PutPending::EmailTaken);
    let nobody = email("nobody@example.com");
    let answer = store
        .renew_pending(&nobody, proof("3"), at(HOUR), cap, some())
        .await;
    assert_eq!(answer.unwrap(), RenewPending::NotPending);
    let answer = store.verify(&proof("4"), fresh_id(), at(0), some()).await;
    assert!(matches!(answer.unwrap(), Verify::InvalidToken));
    let answer = store
        .change_user(ada.id, enable(false), false, at(0), some())
        .await;
    assert!(matches!(answer.unwrap(), ChangeUser::LastSuperuser));
    let answer = store
        .change_user(fresh_id(), enable(false), false, at(0), some())
        .await;
    assert!(matches!(answer.unwrap(), ChangeUser::NotFound));
    let answer = store
        .delete_user(fresh_id(), Deletion::default(), some())
        .await;
    assert!(matches!(answer.unwrap(), DeleteUser::NotFound));
    let answer = store
        .issue_session(issue(&user("gone@example.com"), at(0)), some())
        .await;
    assert!(matches!(answer.unwrap(), IssueSession::Refused));
    let other_hash = User {
        hashed_password: Some(hash("other")),
        ..ada
    };
    let answer = store.issue_session(issue(&other_hash, at(0)), some()).await;
    assert!(matches!(answer.unwrap(), IssueSession::HashChanged));
    assert_eq!(recorded(&*store).await, []);
    assert_eq!(waiting(&*store).await, 0);
}
