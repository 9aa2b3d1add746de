//! Sessions: issue, cut-off, revocation.

use super::*;
use crate::model::UserChange;
use crate::store::IssuedSession;

fn disable() -> UserChange {
    UserChange {
        is_active: Some(false),
        ..UserChange::default()
    }
}

async fn cut_off(store: &dyn Store, id: Id, now: Timestamp) -> Timestamp {
    let disabled = store.change_user(id, disable(), true, now, Effects::default());
    match disabled.await.unwrap() {
        ChangeUser::Done(user) => user.tokens_invalidated_after.unwrap(),
        refused => panic!("not disabled: {refused:?}"),
    }
}

pub(in crate::store) async fn a_session_marks_the_account(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let upgrade = SessionIssue {
        upgraded_hash: Some(hash("stronger")),
        ..issue(&ada, at(5))
    };
    let welcome = effects("ada@example.com", EventKind::UserLoggedIn);
    let issued = store.issue_session(upgrade, welcome).await.unwrap();
    let IssueSession::Issued(IssuedSession {
        user: marked,
        issued_at,
    }) = issued
    else {
        panic!("no session: {issued:?}");
    };
    assert_eq!(issued_at, at(5));
    let expected = User {
        last_login: Some(at(5)),
        ..ada.clone()
    };
    let read = store.user(ada.id).await.unwrap().unwrap();
    for account in [*marked, read] {
        assert_eq!(format!("{account:?}"), format!("{expected:?}"));
        assert_eq!(account.hashed_password, Some(hash("stronger")));
    }
    let trail = store
        .events(
            &EventFilter {
                user_id: Some(ada.id),
                ..EventFilter::default()
            },
            None,
            10,
        )
        .await
        .unwrap();
    assert_eq!(trail.items[0].kind, EventKind::UserLoggedIn);
    assert_eq!(trail.items[0].email, Some(ada.email));
    assert_eq!(waiting(&*store).await, 1);
}

pub(in crate::store) async fn a_changed_hash_issues_no_session(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let without = User {
        hashed_password: None,
        ..user("invited@example.com")
    };
    let without = create(&*store, without).await;
    for id in [ada.id, without.id] {
        let stale = SessionIssue {
            user_id: id,
            verified_hash: hash("older"),
            upgraded_hash: Some(hash("upgraded")),
            attempt: None,
            session: new_session(&fresh_id().to_string()),
            now: at(5),
        };
        let welcome = effects("ada@example.com", EventKind::UserLoggedIn);
        let answer = store.issue_session(stale, welcome).await.unwrap();
        assert!(matches!(answer, IssueSession::HashChanged));
    }
    let read = store.user(ada.id).await.unwrap().unwrap();
    assert_eq!(
        (read.hashed_password, read.last_login),
        (Some(hash("first")), None)
    );
    assert_eq!(
        (recorded(&*store).await.len(), waiting(&*store).await),
        (0, 0)
    );
}

pub(in crate::store) async fn one_of_parallel_upgrades_wins(db: &dyn Database) {
    let ada = create(&*db.open().await, user("ada@example.com")).await;
    let id = ada.id;
    let answers = race(db, 20, move |store, number| {
        let upgrade = SessionIssue {
            upgraded_hash: Some(hash(&format!("upgrade{number}"))),
            ..issue(&ada, at(5))
        };
        async move {
            store
                .issue_session(upgrade, Effects::default())
                .await
                .unwrap()
        }
    })
    .await;
    let mut winners = answers.iter().filter_map(|answer| match answer {
        IssueSession::Issued(session) => Some(&session.user),
        IssueSession::HashChanged => None,
        IssueSession::Refused => panic!("the account is active"),
    });
    let winner = winners.next().unwrap();
    assert!(
        winners.next().is_none(),
        "the hash that the others verified is gone"
    );
    let read = db.open().await.user(id).await.unwrap().unwrap();
    assert_eq!(read.hashed_password, winner.hashed_password);
}

pub(in crate::store) async fn a_disabled_or_missing_account_gets_no_session(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    cut_off(&*store, ada.id, at(1)).await;
    for account in [ada, user("gone@example.com")] {
        let welcome = effects("ada@example.com", EventKind::UserLoggedIn);
        let answer = store
            .issue_session(issue(&account, at(5)), welcome)
            .await
            .unwrap();
        assert!(matches!(answer, IssueSession::Refused));
    }
    assert_eq!(
        (recorded(&*store).await.len(), waiting(&*store).await),
        (0, 0)
    );
}

pub(in crate::store) async fn a_token_is_later_than_the_cut_off(db: &dyn Database) {
    let store = db.open().await;
    // A cut-off set by another machine, whose clock is an hour ahead.
    let ahead = User {
        tokens_invalidated_after: Some(at(HOUR)),
        ..user("ada@example.com")
    };
    let ada = create(&*store, ahead).await;
    assert_eq!(issued_at(&*store, &ada, at(0)).await, at(HOUR + 1));
    assert_eq!(issued_at(&*store, &ada, at(HOUR)).await, at(HOUR + 1));
    assert_eq!(issued_at(&*store, &ada, at(HOUR + 5)).await, at(HOUR + 5));
    let read = store.user(ada.id).await.unwrap().unwrap();
    assert_eq!(read.last_login, Some(at(HOUR + 5)));
    // The clock was set back: even the newest token is cut off.
    assert_eq!(issued_at(&*store, &ada, at(0)).await, at(HOUR + 1));
    assert_eq!(cut_off(&*store, ada.id, at(1)).await, at(HOUR + 5));
    let never = create(&*store, user("bob@example.com")).await;
    assert_eq!(issued_at(&*store, &never, at(7)).await, at(7));
    assert_eq!(cut_off(&*store, never.id, at(7)).await, at(7));
}

pub(in crate::store) async fn disabling_outruns_every_parallel_login(db: &dyn Database) {
    for round in 0..10 {
        let store = db.open().await;
        let ada = create(&*store, user(&format!("ada{round}@example.com"))).await;
        let id = ada.id;
        let issued = race(db, 12, move |store, number| {
            let login = issue(&ada, at(i64::try_from(number).unwrap() % 3));
            async move {
                if number == 6 {
                    cut_off(&*store, id, at(0)).await;
                    return None;
                }
                match store
                    .issue_session(login, Effects::default())
                    .await
                    .unwrap()
                {
                    IssueSession::Issued(session) => Some(session.issued_at),
                    IssueSession::Refused => None,
                    IssueSession::HashChanged => panic!("no hash changed"),
                }
            }
        })
        .await;
        let read = store.user(id).await.unwrap().unwrap();
        assert!(!read.is_active);
        for issued_at in issued.into_iter().flatten() {
            assert!(
                Some(issued_at) <= read.tokens_invalidated_after,
                "a session outlives the disabling"
            );
        }
    }
}

pub(in crate::store) async fn a_token_is_revoked_once(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let revoked = async |jti| {
        store
            .session(ada.id, jti, jti)
            .await
            .unwrap()
            .unwrap()
            .revoked
    };
    assert!(!revoked("one").await);
    let answers = race(db, 20, |store, _| async move {
        let farewell = effects("ada@example.com", EventKind::UserLoggedOut);
        store
            .revoke_token(revocation("one", at(HOUR)), farewell)
            .await
            .unwrap()
    })
    .await;
    assert_eq!(answers.into_iter().filter(|first| *first).count(), 1);
    assert!(revoked("one").await);
    assert!(!revoked("other").await && !revoked("ONE").await && !revoked("").await);
    assert_eq!(recorded(&*store).await, [EventKind::UserLoggedOut]);
    assert_eq!(waiting(&*store).await, 1);
    let again = store
        .revoke_token(revocation("one", at(2 * HOUR)), Effects::default())
        .await;
    assert!(!again.unwrap());
}

pub(in crate::store) async fn another_handle_sees_a_change_at_once(db: &dyn Database) {
    let (here, there) = (db.open().await, db.open().await);
    let ada = create(&*here, user("ada@example.com")).await;
    for round in 0..20 {
        let jti = format!("token{round}");
        let seen = there.session(ada.id, &jti, &jti).await.unwrap().unwrap();
        assert!(!seen.revoked);
        here.revoke_token(revocation(&jti, at(HOUR)), Effects::default())
            .await
            .unwrap();
        let seen = there.session(ada.id, &jti, &jti).await.unwrap().unwrap();
        assert!(seen.revoked);
    }
    let cut = cut_off(&*here, ada.id, at(5)).await;
    let seen = there
        .session(ada.id, "other", "other")
        .await
        .unwrap()
        .unwrap();
    assert!(!seen.user.is_active);
    assert_eq!(seen.user.tokens_invalidated_after, Some(cut));
}

pub(in crate::store) async fn revocations_are_listed_until_they_have_no_effect(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let mut all = Vec::new();
    for number in 0..7 {
        let revoked = Revocation {
            user_id: (number % 2 == 0).then_some(ada.id),
            // Two revocations share each moment.
            ..revocation(&format!("token{number}"), at(HOUR + number / 2))
        };
        all.insert(0, revoked.clone());
        assert!(
            store
                .revoke_token(revoked, Effects::default())
                .await
                .unwrap()
        );
    }
    for (now, left) in [(0, 7), (HOUR, 5), (HOUR + 2, 1), (HOUR + 3, 0)] {
        let seen = all_pages(async |after| store.revocations(after, 2, at(now)).await).await;
        assert_eq!(seen, all[..left], "at {now}");
    }
}

pub(in crate::store) async fn a_purge_takes_the_revocations_of_expired_tokens_only(
    db: &dyn Database,
) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    for (jti, expires_at) in [("past", HOUR), ("live", HOUR + 1)] {
        let revoked = revocation(jti, at(expires_at));
        store
            .revoke_token(revoked, Effects::default())
            .await
            .unwrap();
    }
    // They are swept a day after they stop having an effect, because a clock may have been ahead.
    let later = at(25 * HOUR);
    let present = Event {
        at: later,
        ..event(EventKind::UserLoggedIn)
    };
    store.record(present).await.unwrap();
    assert_eq!(store.purge_revocations(later).await.unwrap(), 1);
    assert_eq!(store.purge_revocations(later).await.unwrap(), 0);
    for (jti, revoked) in [("past", false), ("live", true)] {
        let seen = store.session(ada.id, jti, jti).await.unwrap().unwrap();
        assert_eq!(seen.revoked, revoked, "{jti}");
    }
    assert_eq!(recorded(&*store).await, [EventKind::UserLoggedIn]);
}
