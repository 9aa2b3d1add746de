//! Checks that rules which an engine expresses in its own language agree with those of the model.

use super::credentials::{done, is_stale};
use super::*;
use crate::store::{LinkIssue, PasswordChange, PasswordProof};

/// Creates an account with a cut-off, and with links issued at these moments.
async fn account(store: &dyn Store, cut_off: Option<i64>, links: &[i64]) -> User {
    let made = User {
        tokens_invalidated_after: cut_off.map(at),
        created_at: at(-HOUR),
        ..user(&format!("{}@example.com", fresh_id()))
    };
    let made = create(store, made).await;
    for issued_at in links {
        let link = LinkIssue {
            only_if: None,
            user_id: Some(made.id),
            email: None,
            verified_hash: None,
            issued_at: at(*issued_at),
            cap: uncapped(made.email.as_str()),
        };
        let issued = store.issue_link(link, Effects::default()).await;
        assert_eq!(issued.unwrap(), crate::store::IssueLink::Queued);
    }
    made
}

fn change_password(user: &User, proof: PasswordProof, now: Timestamp) -> PasswordChange {
    PasswordChange {
        user_id: user.id,
        new_hash: hash("second"),
        proof,
        attempt: None,
        now,
    }
}

pub(in crate::store) async fn tokens_end_as_the_model_says(db: &dyn Database) {
    let store = db.open().await;
    for (cut_off, links, now, used) in [
        (None, &[][..], 5, None),
        (Some(4), &[], 5, None),
        (Some(5), &[], 5, None),
        (Some(90), &[], 5, None),
        (Some(4), &[70], 5, None),
        (Some(4), &[70, 60], 5, Some(60)),
        (None, &[], 5, Some(80)),
        (Some(90), &[91], 5, Some(92)),
        (Some(90), &[91], 300, Some(91)),
    ] {
        let ada = account(&*store, cut_off, links).await;
        let mut expected = ada.clone();
        let newest = links.iter().copied().max().map(at);
        expected.end_tokens(
            at(now),
            [Some(newest.unwrap_or(ada.created_at)), used.map(at)],
        );
        let proof = match used {
            Some(used) => PasswordProof::Link(at(used)),
            None => PasswordProof::Administrator,
        };
        let change = change_password(&ada, proof, at(now));
        let changed = done(
            store
                .change_password(change, Effects::default())
                .await
                .unwrap(),
        );
        expected.hashed_password = Some(hash("second"));
        assert_eq!(changed, expected, "{cut_off:?} {links:?} {now} {used:?}");
        let read = store.user(ada.id).await.unwrap();
        assert_eq!(read, Some(expected));
    }
}

pub(in crate::store) async fn tokens_are_issued_as_the_model_says(db: &dyn Database) {
    let store = db.open().await;
    for (cut_off, now) in [(None, 5), (Some(4), 5), (Some(5), 5), (Some(90), 5)] {
        let ada = account(&*store, cut_off, &[]).await;
        let issued = issued_at(&*store, &ada, at(now)).await;
        assert_eq!(issued, ada.next_issue_time(at(now)), "{cut_off:?}");
    }
}

pub(in crate::store) async fn links_are_accepted_as_the_model_says(db: &dyn Database) {
    let store = db.open().await;
    for is_active in [true, false] {
        for cut_off in [None, Some(4), Some(5), Some(6)] {
            let ada = User {
                is_active,
                tokens_invalidated_after: cut_off.map(at),
                ..user(&format!("{}@example.com", fresh_id()))
            };
            let ada = create(&*store, ada).await;
            let change = change_password(&ada, PasswordProof::Link(at(5)), at(9));
            let answer = store.change_password(change, Effects::default()).await;
            assert_eq!(is_stale(&answer.unwrap()), !ada.accepts(at(5)), "{ada:?}");
        }
    }
}

pub(in crate::store) async fn a_change_makes_what_the_model_says(db: &dyn Database) {
    let store = db.open().await;
    let number = PhoneNumber::parse("+14155550123").ok();
    let changes = [
        UserChange {
            is_active: Some(false),
            is_superuser: Some(true),
            full_name: Some(name("Ada")),
            ..UserChange::default()
        },
        UserChange {
            is_verified: Some(true),
            full_name: Some(None),
            remove_second_factor: true,
            ..UserChange::default()
        },
        UserChange {
            is_active: Some(true),
            is_verified: Some(false),
            ..UserChange::default()
        },
    ];
    for is_active in [true, false] {
        for change in &changes {
            let ada = User {
                is_active,
                is_verified: false,
                full_name: name("Augusta"),
                phone_number: number.clone(),
                is_mfa_enabled: true,
                ..user(&format!("{}@example.com", fresh_id()))
            };
            let ada = create(&*store, ada).await;
            let revision = change.revise(ada.clone());
            let mut expected = revision.after.clone();
            if revision.changes_user() {
                expected.updated_at = at(5);
            }
            if revision.ends_sessions {
                expected.end_tokens(at(5), [Some(ada.created_at), None]);
            }
            let written = super::change(&*store, ada.id, change.clone(), at(5)).await;
            assert_eq!(written, expected);
            assert_eq!(store.user(ada.id).await.unwrap(), Some(expected));
        }
    }
}
