//! The second factor: codes need the account as it was read, and changes of the account end them.

use super::codes::{NUMBER, ask, code_for, factored, log_in, presented, refused, send};
use super::credentials::done;
use super::factors::{self, recovery};
use super::undos::{moved, undo, undoing};
use super::*;
use crate::model::Factors;
use crate::store::{
    ChangeEmail, CodeCheck, CodeIssue, CodeRefusal, Deletion, EmailChange, IssueCode,
    PasswordChange, PasswordProof, UseCode,
};

/// Asks for a phone setup code whose pending token `jti` is issued now.
async fn set_up(store: &dyn Store, user: &User, code: (&str, &str), now: Timestamp) {
    let code = code_for(user, CodeKind::PhoneSetup, code, now);
    assert_eq!(ask(store, code).await, IssueCode::Queued);
}

async fn enable_factor(store: &dyn Store, check: CodeCheck) -> UseCode<User> {
    let told = effects("ada@example.com", EventKind::MfaEnabled);
    let sent_to = number("+3227777777");
    let enabled = store
        .enable_second_factor(check, &sent_to, recovery("phone", 10), told)
        .await;
    enabled.unwrap().map(|enabled| enabled.user)
}

async fn disable_factor(store: &dyn Store, user: &User, verified: &str) -> Option<User> {
    let told = effects("ada@example.com", EventKind::MfaDisabled);
    let verified = hash(verified);
    let disabled = store.disable_second_factor(user.id, &verified, at(9), told);
    disabled.await.unwrap()
}

pub(in crate::store) async fn a_code_needs_the_account_as_it_was_read(db: &dyn Database) {
    let store = db.open().await;
    let cut = User {
        tokens_invalidated_after: Some(at(5)),
        ..factored("ada@example.com")
    };
    let ada = create(&*store, cut).await;
    let login = |now| code_for(&ada, CodeKind::LoginMfa, ("1", "a"), at(now));
    let stale = [
        login(5),
        CodeIssue {
            verified_hash: Some(hash("older")),
            ..login(6)
        },
        CodeIssue {
            cap: capped("+3227777777", None, at(6)),
            ..login(6)
        },
        CodeIssue {
            user_id: fresh_id(),
            ..login(6)
        },
    ];
    let plain = create(&*store, user("plain@example.com")).await;
    let disabled = User {
        is_active: false,
        ..factored("gone@example.com")
    };
    let disabled = create(&*store, disabled).await;
    let number_only = User {
        is_mfa_enabled: false,
        ..factored("off@example.com")
    };
    let off = create(&*store, number_only).await;
    let of = |user| code_for(user, CodeKind::LoginMfa, ("1", "a"), at(6));
    let stale = stale.into_iter();
    for code in stale.chain([of(&plain), of(&disabled), of(&off)]) {
        let code = CodeIssue {
            upgraded_hash: Some(hash("stronger")),
            cap: capped(&code.cap.recipient, Some(1), at(6)),
            ..code
        };
        assert_eq!(
            ask(&*store, code.clone()).await,
            IssueCode::Stale,
            "{code:?}"
        );
    }
    assert_eq!(
        (recorded(&*store).await.len(), waiting(&*store).await),
        (0, 0)
    );
    let setup = code_for(&plain, CodeKind::PhoneSetup, ("1", "a"), at(6));
    assert_eq!(ask(&*store, setup).await, IssueCode::Queued);
    // None of those counted towards the limit. The upgraded hash is stored together with the code.
    let code = CodeIssue {
        upgraded_hash: Some(hash("stronger")),
        cap: capped(NUMBER, Some(1), at(6)),
        ..login(6)
    };
    assert_eq!(ask(&*store, code).await, IssueCode::Queued);
    let read = store.user(ada.id).await.unwrap().unwrap();
    assert_eq!(read.hashed_password, Some(hash("stronger")));
    assert_eq!(format!("{read:?}"), format!("{ada:?}"));
}

/// Makes a change that ends the pending tokens of `user`, with the clock at `now`.
async fn end(store: &dyn Store, user: &User, way: usize, now: Timestamp) {
    let no = Effects::default;
    match way {
        0 => {
            let change = PasswordChange {
                user_id: user.id,
                new_hash: hash("second"),
                proof: PasswordProof::Administrator,
                attempt: None,
                now,
            };
            done(store.change_password(change, no()).await.unwrap());
        }
        1 => {
            let change = EmailChange {
                user_id: user.id,
                old_email: None,
                new_email: email("moved@example.com"),
                issued_at: at(2 * HOUR),
                undo: None,
                now,
            };
            done(store.change_email(change, no()).await.unwrap());
        }
        2 => {
            let ended = UserChange {
                end_sessions: true,
                ..UserChange::default()
            };
            change(store, user.id, ended, now).await;
        }
        3 => {
            change(store, user.id, enable(false), now).await;
            change(store, user.id, enable(true), now).await;
        }
        4 => {
            let off = UserChange {
                remove_second_factor: true,
                ..UserChange::default()
            };
            change(store, user.id, off, now).await;
        }
        _ => {
            disable_factor(store, user, "first").await.unwrap();
        }
    }
}

pub(in crate::store) async fn a_change_ends_every_login_under_way(db: &dyn Database) {
    for way in 0..6 {
        let store = db.open().await;
        let ada = create(&*store, factored(&format!("ada{way}@example.com"))).await;
        // Issued by a clock that was an hour ahead of the change's clock.
        send(&*store, &ada, ("1", "a"), at(HOUR)).await;
        set_up(&*store, &ada, ("2", "s"), at(HOUR)).await;
        end(&*store, &ada, way, at(1)).await;
        let check = |code, issued_at| CodeCheck {
            issued_at,
            ..presented(&ada, code, at(2))
        };
        let login = |issued_at| log_in(&*store, check(("1", "a"), issued_at));
        assert_eq!(login(at(HOUR)).await.err(), Some(CodeRefusal::Stale));
        let set_up_of = |issued_at| enable_factor(&*store, check(("2", "s"), issued_at));
        // The codes are deleted too: a later token finds none.
        let none = Some(CodeRefusal::NoCode);
        assert_eq!(set_up_of(at(3 * HOUR)).await.err(), none, "way {way}");
        let now = store.user(ada.id).await.unwrap().unwrap();
        if now.second_factor().is_some() {
            assert_eq!(login(at(3 * HOUR)).await.err(), none, "way {way}");
        }
    }
}

pub(in crate::store) async fn ending_sessions_outruns_every_parallel_code(db: &dyn Database) {
    for round in 0..10 {
        let store = db.open().await;
        let ada = create(&*store, factored(&format!("ada{round}@example.com"))).await;
        send(&*store, &ada, ("1", "a"), at(0)).await;
        let (id, account) = (ada.id, ada.clone());
        let issued = race(db, 8, move |store, number| {
            let check = presented(&account, ("1", "a"), at(1));
            async move {
                if number == 3 {
                    let ended = UserChange {
                        end_sessions: true,
                        ..UserChange::default()
                    };
                    change(&*store, id, ended, at(0)).await;
                    return None;
                }
                match log_in(&*store, check).await {
                    Ok(session) => Some(session.issued_at),
                    Err(
                        CodeRefusal::NoCode | CodeRefusal::Stale | CodeRefusal::BudgetSpent { .. },
                    ) => None,
                    Err(other) => panic!("{other:?}"),
                }
            }
        })
        .await;
        let read = store.user(id).await.unwrap().unwrap();
        for issued_at in issued.into_iter().flatten() {
            assert!(
                Some(issued_at) <= read.tokens_invalidated_after,
                "a session outlives the end of all"
            );
        }
    }
}

pub(in crate::store) async fn a_new_password_does_not_refill_the_budget(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, factored("ada@example.com")).await;
    send(&*store, &ada, ("1", "a"), at(0)).await;
    for _ in 0..5 {
        refused(&*store, &ada, ("2", "a"), at(0)).await;
    }
    end(&*store, &ada, 0, at(1)).await;
    let ada = store.user(ada.id).await.unwrap().unwrap();
    send(&*store, &ada, ("1", "b"), at(2)).await;
    let check = CodeCheck {
        issued_at: at(2),
        ..presented(&ada, ("2", "b"), at(2))
    };
    let sixth = log_in(&*store, check.clone()).await.err();
    assert_eq!(sixth, Some(CodeRefusal::Wrong));
    let until = at(15 * MINUTE);
    let seventh = log_in(&*store, check).await.err();
    assert_eq!(seventh, Some(CodeRefusal::BudgetSpent { until }));
}

pub(in crate::store) async fn a_confirmed_number_becomes_the_second_factor(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, factored("ada@example.com")).await;
    // A login waits for a code that was sent to the older phone number.
    send(&*store, &ada, ("1", "login"), at(0)).await;
    set_up(&*store, &ada, ("2", "setup"), at(0)).await;
    let still = store.user(ada.id).await.unwrap().unwrap();
    assert_eq!(
        format!("{still:?}"),
        format!("{ada:?}"),
        "until it is proven"
    );
    let wrong = enable_factor(&*store, presented(&ada, ("1", "setup"), at(1))).await;
    assert_eq!(wrong.err(), Some(CodeRefusal::Wrong));
    let foreign = enable_factor(&*store, presented(&ada, ("1", "login"), at(1))).await;
    assert_eq!(foreign.err(), Some(CodeRefusal::NoCode));
    let right = presented(&ada, ("2", "setup"), at(1));
    let answers = race(db, 20, move |store, _| {
        let right = right.clone();
        async move { enable_factor(&*store, right).await.err() }
    })
    .await;
    let enabled = answers.iter().filter(|one| one.is_none()).count();
    assert_eq!(enabled, 1, "{answers:?}");
    let expected = User {
        phone_number: Some(number("+3227777777")),
        updated_at: at(1),
        ..ada.clone()
    };
    let read = store.user(ada.id).await.unwrap().unwrap();
    assert_eq!(format!("{read:?}"), format!("{expected:?}"));
    let kinds = recorded(&*store).await;
    assert_eq!(kinds.last(), Some(&EventKind::MfaEnabled));
    assert_eq!(
        kinds.len(),
        3,
        "a wrong code at a set-up is no failed login"
    );
    let login = refused(&*store, &ada, ("1", "login"), at(2)).await;
    assert_eq!(login, CodeRefusal::NoCode, "the older number is out");

    // Also for an account without a phone number, but not after its tokens were ended in the meantime.
    let bob = create(&*store, user("bob@example.com")).await;
    for ended in [false, true] {
        set_up(&*store, &bob, ("2", "setup"), at(1)).await;
        if ended {
            end(&*store, &bob, 2, at(1)).await;
        }
        let check = CodeCheck {
            issued_at: at(1),
            ..presented(&bob, ("2", "setup"), at(1))
        };
        let enabled = enable_factor(&*store, check).await;
        assert_eq!(enabled.err(), ended.then_some(CodeRefusal::Stale));
        let read = store.user(bob.id).await.unwrap().unwrap();
        assert_eq!(read.second_factor(), Some(&number("+3227777777")));
    }
}

pub(in crate::store) async fn a_second_factor_is_switched_off_by_its_owner(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, factored("ada@example.com")).await;
    let bob = create(&*store, factored("bob@example.com")).await;
    for owner in [&ada, &bob] {
        send(&*store, owner, ("1", "a"), at(0)).await;
        for _ in 0..5 {
            refused(&*store, owner, ("2", "a"), at(0)).await;
        }
    }
    let before = (recorded(&*store).await.len(), waiting(&*store).await);
    assert!(disable_factor(&*store, &ada, "older").await.is_none());
    let after = (recorded(&*store).await.len(), waiting(&*store).await);
    assert_eq!(before, after);
    let disabled = disable_factor(&*store, &ada, "first").await.unwrap();
    let expected = User {
        phone_number: None,
        is_mfa_enabled: false,
        updated_at: at(9),
        ..ada.clone()
    };
    assert_eq!(format!("{disabled:?}"), format!("{expected:?}"));
    let read = store.user(ada.id).await.unwrap().unwrap();
    assert_eq!(format!("{read:?}"), format!("{expected:?}"));
    assert!(
        disable_factor(&*store, &ada, "first").await.is_none(),
        "off already"
    );
    let kinds = recorded(&*store).await;
    let told = kinds.iter().filter(|kind| **kind == EventKind::MfaDisabled);
    assert_eq!(told.count(), 1);
    change(&*store, bob.id, enable(false), at(10)).await;
    assert!(
        disable_factor(&*store, &bob, "first").await.is_none(),
        "disabled"
    );

    // The wrong codes are forgotten: six more are checked.
    set_up(&*store, &ada, ("1", "s"), at(10)).await;
    let confirmed = enable_factor(&*store, presented(&ada, ("1", "s"), at(10))).await;
    let ada = User {
        phone_number: Some(number(NUMBER)),
        ..confirmed.unwrap()
    };
    let login = CodeIssue {
        cap: capped("+3227777777", None, at(11)),
        ..code_for(&ada, CodeKind::LoginMfa, ("1", "c"), at(11))
    };
    assert_eq!(ask(&*store, login).await, IssueCode::Queued);
    for _ in 0..5 {
        let wrong = refused(&*store, &ada, ("2", "c"), at(11)).await;
        assert_eq!(wrong, CodeRefusal::Wrong);
    }
}

pub(in crate::store) async fn an_account_takes_its_codes_away(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, factored("ada@example.com")).await;
    send(&*store, &ada, ("1", "a"), at(0)).await;
    for _ in 0..5 {
        refused(&*store, &ada, ("2", "a"), at(0)).await;
    }
    send(&*store, &ada, ("1", "b"), at(0)).await;
    let deleted = store.delete_user(ada.id, Deletion::default(), Effects::default());
    assert!(matches!(deleted.await.unwrap(), DeleteUser::Done(_)));
    let gone = refused(&*store, &ada, ("1", "b"), at(1)).await;
    assert_eq!(gone, CodeRefusal::Stale);
    assert_eq!(waiting(&*store).await, 0, "the SMS too");
    // Nothing is left for an account with the same id.
    create(&*store, ada.clone()).await;
    let code = refused(&*store, &ada, ("1", "b"), at(1)).await;
    assert_eq!(code, CodeRefusal::NoCode);
    send(&*store, &ada, ("1", "c"), at(1)).await;
    for _ in 0..5 {
        let wrong = refused(&*store, &ada, ("2", "c"), at(1)).await;
        assert_eq!(wrong, CodeRefusal::Wrong);
    }
}

/// Undoes the change of an account's email address. Returns the account.
async fn undone(store: &dyn Store, user: &User) -> User {
    match undo(store, undoing(user, user.email.as_str(), 3000)).await {
        ChangeEmail::Done(undone) => {
            assert_eq!(store.user(user.id).await.unwrap().unwrap(), undone);
            undone
        }
        other => panic!("{other:?}"),
    }
}

pub(in crate::store) async fn an_undone_change_takes_later_factors_along(db: &dyn Database) {
    let store = db.open().await;
    let stolen = async |user: &User| {
        let to = format!("thief-of-{}", user.email.as_str());
        moved(&*store, user, &to, &to, 1000).await
    };
    // The thief sets up what wasn't there at second 2.
    let adds_phone = async |user: &User| {
        set_up(&*store, user, ("1", user.email.as_str()), at(2000)).await;
        let right = CodeCheck {
            issued_at: at(2000),
            ..presented(user, ("1", user.email.as_str()), at(2000))
        };
        enable_factor(&*store, right).await.unwrap()
    };
    let adds_app = async |user: &User| factors::set_up(&*store, user, at(2000)).await.user;

    let nothing = create(&*store, user("a@example.com")).await;
    let thief = adds_app(&adds_phone(&stolen(&nothing).await).await).await;
    assert!(thief.has_totp && thief.phone_number.is_some());
    let back = undone(&*store, &thief).await;
    assert!(!back.is_mfa_enabled && !back.has_totp && back.phone_number.is_none());
    assert_eq!(store.factors(back.id).await.unwrap(), Factors::default());

    let app = create(&*store, user("b@example.com")).await;
    let app = factors::set_up(&*store, &app, at(0)).await.user;
    let thief = adds_phone(&stolen(&app).await).await;
    let back = undone(&*store, &thief).await;
    assert!(back.uses_totp() && back.phone_number.is_none(), "{back:?}");
    assert_eq!(store.factors(back.id).await.unwrap().codes_left(), 10);

    let phone = create(&*store, factored("c@example.com")).await;
    let thief = adds_app(&adds_phone(&stolen(&phone).await).await).await;
    assert_ne!(thief.phone_number, phone.phone_number);
    let back = undone(&*store, &thief).await;
    assert!(back.is_mfa_enabled && !back.has_totp);
    assert_eq!(back.phone_number, phone.phone_number);
    assert_eq!(store.factors(back.id).await.unwrap(), Factors::default());

    let phone = create(&*store, factored("d@example.com")).await;
    let thief = stolen(&phone).await;
    assert!(disable_factor(&*store, &thief, "first").await.is_some());
    let back = undone(&*store, &thief).await;
    assert!(back.is_mfa_enabled && back.phone_number == phone.phone_number);

    // A number that is no factor stays one.
    let noted = User {
        is_mfa_enabled: false,
        ..factored("e@example.com")
    };
    let noted = create(&*store, noted).await;
    let back = undone(&*store, &stolen(&noted).await).await;
    assert!(!back.is_mfa_enabled && back.phone_number == noted.phone_number);
}
