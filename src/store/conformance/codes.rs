//! One-time codes: checked a limited number of times, once for the one token they belong to, within a budget shared by
//! all codes.

use super::*;
use crate::model::CodeBudget;
use crate::store::{
    CodeCheck, CodeFailure, CodeIssue, CodeRefusal, Deletion, IssueCode, IssuedSession, UseCode,
};

pub(in crate::store) const NUMBER: &str = "+14155550123";

/// Six wrong codes within a quarter of an hour: one more than a single code allows.
const BUDGET: CodeBudget = CodeBudget {
    limit: 6,
    window: SignedDuration::from_mins(15),
};

/// Returns an account whose logins need a code.
pub(in crate::store) fn factored(address: &str) -> User {
    User {
        phone_number: Some(number(NUMBER)),
        is_mfa_enabled: true,
        ..user(address)
    }
}

/// Returns a code for the pending token `jti` issued at `now`. It allows five attempts within five minutes.
pub(in crate::store) fn code_for(
    user: &User,
    kind: CodeKind,
    (code, jti): (&str, &str),
    now: Timestamp,
) -> CodeIssue {
    CodeIssue {
        user_id: user.id,
        verified_hash: user.hashed_password.clone(),
        upgraded_hash: None,
        kind,
        jti: jti.to_owned(),
        code_hash: proof(code),
        max_attempts: 5,
        issued_at: now,
        expires_at: now + SignedDuration::from_mins(5),
        also: Vec::new(),
        budget: Some(BUDGET),
        cap: capped(NUMBER, None, now),
    }
}

pub(in crate::store) async fn ask(store: &dyn Store, code: CodeIssue) -> IssueCode {
    let kind = match code.kind {
        CodeKind::PhoneSetup => EventKind::PhoneSetupStarted,
        _ => EventKind::MfaLoginStarted,
    };
    let sms = QueuedMessage {
        kind: MessageKind::Sms,
        ..mail(&code.cap.recipient)
    };
    let effects = Effects {
        messages_cap: None,
        messages: vec![sms],
        events: vec![event(kind)],
    };
    store.issue_code(code, effects).await.unwrap()
}

/// Sends a login code whose pending token `jti` is issued now.
pub(in crate::store) async fn send(
    store: &dyn Store,
    user: &User,
    code: (&str, &str),
    now: Timestamp,
) {
    let code = code_for(user, CodeKind::LoginMfa, code, now);
    assert_eq!(ask(store, code).await, IssueCode::Queued);
}

/// Returns a check of a code presented now, with a pending token issued at the start.
pub(in crate::store) fn presented(
    user: &User,
    (code, jti): (&str, &str),
    now: Timestamp,
) -> CodeCheck {
    CodeCheck {
        user_id: user.id,
        jti: jti.to_owned(),
        issued_at: at(0),
        code_hash: proof(code),
        budget: Some(BUDGET),
        now,
    }
}

pub(in crate::store) async fn log_in(
    store: &dyn Store,
    check: CodeCheck,
) -> UseCode<IssuedSession> {
    let failure = CodeFailure {
        failed: event(EventKind::LoginFailed),
        locked: event(EventKind::LoginLocked),
    };
    let success = effects("ada@example.com", EventKind::UserLoggedIn);
    let used = store
        .issue_session_for_code(
            check,
            new_session(&fresh_id().to_string()),
            failure,
            success,
        )
        .await;
    used.unwrap()
}

/// Presents a login code that must be refused. Returns the reason.
pub(super) async fn refused(
    store: &dyn Store,
    user: &User,
    code: (&str, &str),
    now: Timestamp,
) -> CodeRefusal {
    let outcome = log_in(store, presented(user, code, now)).await;
    outcome.expect_err("the code is refused")
}

pub(in crate::store) async fn a_right_code_issues_one_session(db: &dyn Database) {
    let store = db.open().await;
    let cut = User {
        tokens_invalidated_after: Some(at(-1)),
        ..factored("ada@example.com")
    };
    let ada = create(&*store, cut).await;
    send(&*store, &ada, ("1", "a"), at(0)).await;
    assert_eq!(recorded(&*store).await, [EventKind::MfaLoginStarted]);
    assert_eq!(waiting(&*store).await, 1);
    let untouched = store.user(ada.id).await.unwrap().unwrap();
    assert_eq!(format!("{untouched:?}"), format!("{ada:?}"), "no session");
    fail(&*store, "ada@example.com", at(0)).await;

    let issued = log_in(&*store, presented(&ada, ("1", "a"), at(7))).await;
    let issued = issued.unwrap();
    let expected = User {
        last_login: Some(at(7)),
        ..ada.clone()
    };
    assert_eq!(format!("{:?}", issued.user), format!("{expected:?}"));
    assert_eq!(issued.issued_at, at(7));
    let lockout = store.lockout(&ada.email, RULE, at(7)).await.unwrap();
    assert_eq!(lockout.failures, 0, "a login forgives");
    let again = refused(&*store, &ada, ("1", "a"), at(8)).await;
    assert_eq!(again, CodeRefusal::NoCode, "a code is used once");

    // Even if the clock was set back before the cut-off, a newly issued token is valid.
    let ahead = User {
        tokens_invalidated_after: Some(at(HOUR)),
        ..factored("bob@example.com")
    };
    let bob = create(&*store, ahead).await;
    send(&*store, &bob, ("1", "b"), at(HOUR + 1)).await;
    let check = CodeCheck {
        issued_at: at(HOUR + 1),
        ..presented(&bob, ("1", "b"), at(0))
    };
    let issued = log_in(&*store, check).await.unwrap();
    assert_eq!(issued.issued_at, at(HOUR + 1));

    let page = store.events(&EventFilter::default(), None, 100).await;
    let logins = page.unwrap().items.into_iter();
    let logins = logins.filter(|event| event.kind == EventKind::UserLoggedIn);
    let whose: Vec<_> = logins.map(|event| (event.user_id, event.email)).collect();
    for of in [&ada, &bob] {
        assert!(whose.contains(&(Some(of.id), Some(of.email.clone()))));
    }
    assert_eq!(whose.len(), 2);
}

pub(in crate::store) async fn a_code_is_evaluated_only_so_often(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, factored("ada@example.com")).await;
    send(&*store, &ada, ("1", "a"), at(0)).await;
    for _ in 0..5 {
        let wrong = refused(&*store, &ada, ("2", "a"), at(1)).await;
        assert_eq!(wrong, CodeRefusal::Wrong);
    }
    let right = refused(&*store, &ada, ("1", "a"), at(1)).await;
    assert_eq!(right, CodeRefusal::NoCode);
    let failed = recorded(&*store).await;
    assert_eq!(failed[1..], [EventKind::LoginFailed; 5]);

    // The last attempt may still be the right one.
    send(&*store, &ada, ("1", "b"), at(20 * MINUTE)).await;
    for _ in 0..4 {
        let wrong = refused(&*store, &ada, ("2", "b"), at(20 * MINUTE)).await;
        assert_eq!(wrong, CodeRefusal::Wrong);
    }
    let last = log_in(&*store, presented(&ada, ("1", "b"), at(20 * MINUTE))).await;
    assert!(last.is_ok());
}

pub(in crate::store) async fn parallel_codes_are_evaluated_only_so_often(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, factored("ada@example.com")).await;
    send(&*store, &ada, ("1", "a"), at(0)).await;
    let wrong = CodeCheck {
        budget: Some(CodeBudget {
            limit: 100,
            ..BUDGET
        }),
        ..presented(&ada, ("2", "a"), at(1))
    };
    let answers = race(db, 50, move |store, _| {
        let wrong = wrong.clone();
        async move { log_in(&*store, wrong).await.err() }
    })
    .await;
    let count = |refusal| answers.iter().filter(|one| **one == Some(refusal)).count();
    assert_eq!(
        (count(CodeRefusal::Wrong), count(CodeRefusal::NoCode)),
        (5, 45)
    );
    let right = refused(&*store, &ada, ("1", "a"), at(1)).await;
    assert_eq!(right, CodeRefusal::NoCode);
}

pub(in crate::store) async fn a_right_code_in_parallel_issues_one_session(db: &dyn Database) {
    let store = db.open().await;
    for round in 0..5 {
        let ada = create(&*store, factored(&format!("ada{round}@example.com"))).await;
        // There are enough attempts for all: most requests still find the code, and lose it to the first.
        let code = CodeIssue {
            max_attempts: 100,
            ..code_for(&ada, CodeKind::LoginMfa, ("1", "a"), at(0))
        };
        assert_eq!(ask(&*store, code).await, IssueCode::Queued);
        let right = CodeCheck {
            budget: Some(CodeBudget {
                limit: 100,
                ..BUDGET
            }),
            ..presented(&ada, ("1", "a"), at(1))
        };
        let answers = race(db, 20, move |store, _| {
            let right = right.clone();
            async move { log_in(&*store, right).await.err() }
        })
        .await;
        let sessions = answers.iter().filter(|one| one.is_none()).count();
        let none = Some(CodeRefusal::NoCode);
        let too_late = answers.iter().filter(|one| **one == none).count();
        assert_eq!((sessions, too_late), (1, 19), "{answers:?}");
        // None of them counted as a guess.
        let one = CodeBudget { limit: 1, ..BUDGET };
        let next = CodeIssue {
            budget: Some(one),
            ..code_for(&ada, CodeKind::LoginMfa, ("1", "b"), at(1))
        };
        assert_eq!(ask(&*store, next).await, IssueCode::Queued);
    }
    let kinds = recorded(&*store).await;
    let logins = kinds
        .iter()
        .filter(|kind| **kind == EventKind::UserLoggedIn);
    assert_eq!(logins.count(), 5);
    assert!(!kinds.contains(&EventKind::LoginFailed));
}

pub(in crate::store) async fn a_code_belongs_to_its_token(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, factored("ada@example.com")).await;
    let bob = create(&*store, factored("bob@example.com")).await;
    send(&*store, &ada, ("1", "a"), at(0)).await;
    send(&*store, &bob, ("1", "other"), at(0)).await;
    let setup = code_for(&ada, CodeKind::PhoneSetup, ("3", "setup"), at(0));
    assert_eq!(ask(&*store, setup).await, IssueCode::Queued);
    send(&*store, &ada, ("2", "b"), at(0)).await;
    for foreign in [
        ("1", "a"),
        ("2", "a"),
        ("1", "other"),
        ("3", "setup"),
        ("2", "setup"),
    ] {
        let refused = refused(&*store, &ada, foreign, at(1)).await;
        assert_eq!(refused, CodeRefusal::NoCode, "{foreign:?}");
    }
    // A newer code replaced the older one. Codes presented with another token were not checked and did not count.
    for _ in 0..4 {
        let wrong = refused(&*store, &ada, ("1", "b"), at(1)).await;
        assert_eq!(wrong, CodeRefusal::Wrong);
    }
    let right = log_in(&*store, presented(&ada, ("2", "b"), at(1))).await;
    assert_eq!(right.unwrap().user.id, ada.id);
    let right = log_in(&*store, presented(&bob, ("1", "other"), at(1))).await;
    assert_eq!(right.unwrap().user.id, bob.id);
}

pub(in crate::store) async fn a_code_expires(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, factored("ada@example.com")).await;
    send(&*store, &ada, ("1", "a"), at(0)).await;
    for code in ["1", "2"] {
        let late = refused(&*store, &ada, (code, "a"), at(5 * MINUTE)).await;
        assert_eq!(late, CodeRefusal::Expired, "not evaluated");
    }
    let right = log_in(&*store, presented(&ada, ("1", "a"), at(5 * MINUTE - 1))).await;
    assert!(right.is_ok());
}

/// Presents six wrong codes at `now` and the following milliseconds: the first code takes five attempts, another one
/// the last.
async fn spend_budget(store: &dyn Store, user: &User, now: i64) {
    send(store, user, ("1", "a"), at(now)).await;
    for wrong in 0..6 {
        if wrong == 5 {
            send(store, user, ("1", "b"), at(now + wrong)).await;
        }
        let jti = if wrong == 5 { "b" } else { "a" };
        let refused = refused(store, user, ("2", jti), at(now + wrong)).await;
        assert_eq!(refused, CodeRefusal::Wrong);
    }
}

pub(in crate::store) async fn a_new_code_does_not_refill_the_budget(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, factored("ada@example.com")).await;
    spend_budget(&*store, &ada, 0).await;
    // The moment when the oldest of the six leaves the window.
    let until = at(15 * MINUTE);
    let spent = CodeRefusal::BudgetSpent { until };
    assert_eq!(refused(&*store, &ada, ("1", "b"), at(9)).await, spent);
    let before = (recorded(&*store).await.len(), waiting(&*store).await);
    let again = code_for(&ada, CodeKind::LoginMfa, ("1", "c"), at(9));
    let again = CodeIssue {
        cap: capped(NUMBER, Some(1), at(9)),
        ..again
    };
    let refusal = ask(&*store, again.clone()).await;
    assert_eq!(refusal, IssueCode::BudgetSpent { until });
    let after = (recorded(&*store).await.len(), waiting(&*store).await);
    assert_eq!(before, after);
    let kinds = recorded(&*store).await;
    let of = |kind| kinds.iter().filter(|one| **one == kind).count();
    assert_eq!(
        (of(EventKind::LoginFailed), of(EventKind::LoginLocked)),
        (6, 1)
    );

    // The budget applies to one account and one kind of code.
    let setup = code_for(&ada, CodeKind::PhoneSetup, ("1", "s"), at(9));
    assert_eq!(ask(&*store, setup).await, IssueCode::Queued);
    let bob = create(&*store, factored("bob@example.com")).await;
    send(&*store, &bob, ("1", "a"), at(9)).await;

    // When one wrong code leaves the window, one guess is allowed. The refused code did not count towards the limit of
    // the phone number.
    let again = CodeIssue {
        issued_at: at(0),
        expires_at: at(HOUR),
        cap: capped(NUMBER, Some(1), until),
        ..again
    };
    assert_eq!(ask(&*store, again).await, IssueCode::Queued);
    let wrong = refused(&*store, &ada, ("2", "c"), until).await;
    assert_eq!(wrong, CodeRefusal::Wrong);
    let spent = CodeRefusal::BudgetSpent {
        until: at(15 * MINUTE + 1),
    };
    assert_eq!(refused(&*store, &ada, ("1", "c"), until).await, spent);
    // Without a limit, nothing is counted.
    let unlimited = CodeCheck {
        budget: None,
        ..presented(&ada, ("1", "c"), until)
    };
    assert!(log_in(&*store, unlimited).await.is_ok());
}

pub(in crate::store) async fn a_right_code_and_an_unlock_give_the_budget_back(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, factored("ada@example.com")).await;
    spend_budget(&*store, &ada, 0).await;
    let unlocked = effects("ada@example.com", EventKind::UserEnabled);
    let done = store.change_user(ada.id, enable(true), false, at(9), unlocked);
    assert!(matches!(done.await.unwrap(), ChangeUser::Done(_)));
    let last = recorded(&*store).await.pop();
    assert_eq!(last, Some(EventKind::UserEnabled), "it is a change");
    let right = log_in(&*store, presented(&ada, ("1", "b"), at(9))).await;
    assert!(right.is_ok(), "the code has attempts left");

    for round in 0..3_i64 {
        send(&*store, &ada, ("1", "c"), at(round)).await;
        for _ in 0..4 {
            let wrong = refused(&*store, &ada, ("2", "c"), at(round)).await;
            assert_eq!(wrong, CodeRefusal::Wrong);
        }
        let right = log_in(&*store, presented(&ada, ("1", "c"), at(round))).await;
        assert!(right.is_ok(), "round {round}");
    }
}

pub(in crate::store) async fn a_code_pays_the_cap_of_its_number(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, factored("ada@example.com")).await;
    let bob = create(&*store, factored("bob@example.com")).await;
    let sent = async |user: &User, jti, now| {
        let code = code_for(user, CodeKind::LoginMfa, ("1", jti), at(0));
        let code = CodeIssue {
            expires_at: at(2 * HOUR),
            cap: capped(NUMBER, Some(2), at(now)),
            ..code
        };
        ask(&*store, code).await
    };
    assert_eq!(sent(&ada, "a", 0).await, IssueCode::Queued);
    assert_eq!(sent(&bob, "b", MINUTE).await, IssueCode::Queued);
    let until = at(HOUR);
    for user in [&ada, &bob] {
        let refusal = sent(user, "c", 2 * MINUTE).await;
        assert_eq!(refusal, IssueCode::CapSpent { until });
    }
    assert_eq!(waiting(&*store).await, 2);
    assert_eq!(recorded(&*store).await, [EventKind::MfaLoginStarted; 2]);
    assert_eq!(sent(&ada, "c", HOUR).await, IssueCode::Queued);
    let until = at(HOUR + MINUTE);
    assert_eq!(sent(&ada, "d", HOUR).await, IssueCode::CapSpent { until });
    // The code sent before the refused one still works.
    let right = log_in(&*store, presented(&ada, ("1", "c"), at(HOUR))).await;
    assert!(right.is_ok());
}

/// Asks for a setup code for a phone number, with a limit per hour.
async fn set_up(
    store: &dyn Store,
    user: &User,
    number: &str,
    limit: Option<u32>,
    now: i64,
) -> IssueCode {
    let code = code_for(user, CodeKind::PhoneSetup, ("1", number), at(0));
    let code = CodeIssue {
        expires_at: at(HOUR),
        cap: capped(number, limit, at(now)),
        ..code
    };
    ask(store, code).await
}

pub(in crate::store) async fn a_set_up_pays_a_cap_of_its_account(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, factored("ada@example.com")).await;
    let bob = create(&*store, user("bob@example.com")).await;
    let eve = create(&*store, user("eve@example.com")).await;
    let ask_for = |user, number, now| set_up(&*store, user, number, Some(2), now);
    assert_eq!(ask_for(&ada, "+32001", 0).await, IssueCode::Queued);
    assert_eq!(ask_for(&ada, "+32002", MINUTE).await, IssueCode::Queued);
    for another in ["+32003", "+32004"] {
        let refusal = ask_for(&ada, another, 2 * MINUTE).await;
        assert_eq!(refusal, IssueCode::CapSpent { until: at(HOUR) });
    }
    assert_eq!(waiting(&*store).await, 2);
    assert_eq!(recorded(&*store).await, [EventKind::PhoneSetupStarted; 2]);
    let login = CodeIssue {
        cap: capped(NUMBER, Some(1), at(2 * MINUTE)),
        ..code_for(&ada, CodeKind::LoginMfa, ("1", "login"), at(0))
    };
    assert_eq!(ask(&*store, login).await, IssueCode::Queued, "a login");

    // A code refused by the account's limit did not count towards the phone number's, and vice versa.
    for _ in 0..2 {
        let sent = ask_for(&bob, "+32003", 2 * MINUTE).await;
        assert_eq!(sent, IssueCode::Queued);
        let until = at(HOUR + MINUTE);
        let refusal = set_up(&*store, &eve, "+32002", Some(1), 3 * MINUTE).await;
        assert_eq!(refusal, IssueCode::CapSpent { until });
    }
    for another in ["+32005", "+32006"] {
        let sent = ask_for(&eve, another, 3 * MINUTE).await;
        assert_eq!(sent, IssueCode::Queued);
    }
    // If both limits are reached, the later time applies.
    for (user, number) in [(&eve, "+32003"), (&bob, "+32005")] {
        let refusal = set_up(&*store, user, number, Some(1), 4 * MINUTE).await;
        let until = at(HOUR + 3 * MINUTE);
        assert_eq!(refusal, IssueCode::CapSpent { until });
    }
    let unlimited = set_up(&*store, &ada, "+32004", None, 5 * MINUTE).await;
    assert_eq!(unlimited, IssueCode::Queued);
    assert_eq!(ask_for(&ada, "+32004", HOUR).await, IssueCode::Queued);
    let until = at(HOUR + MINUTE);
    let refusal = ask_for(&ada, "+32004", HOUR).await;
    assert_eq!(refusal, IssueCode::CapSpent { until });
}

pub(in crate::store) async fn what_set_ups_cost_goes_by_itself(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let sent = set_up(&*store, &ada, NUMBER, Some(5), 0).await;
    assert_eq!(sent, IssueCode::Queued);
    let deleted = store.delete_user(ada.id, Deletion::default(), Effects::default());
    assert!(matches!(deleted.await.unwrap(), DeleteUser::Done(_)));
    let sweep = async |now| {
        let rule = crate::model::SweepRule {
            now,
            lockout_window: BUDGET.window,
            events: SignedDuration::from_hours(24),
            failed_messages: SignedDuration::from_hours(24),
            ceilings: crate::model::Ceilings::default(),
        };
        super::sweep::sweep_at(&*store, rule).await
    };
    let kept = 24 * HOUR;
    assert_eq!(sweep(at(kept + HOUR - 1)).await, 0);
    assert_eq!(
        sweep(at(kept + HOUR)).await,
        2,
        "the number's cap and the account's"
    );
}

pub(in crate::store) async fn codes_and_wrong_ones_are_swept(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, factored("ada@example.com")).await;
    let bob = create(&*store, factored("bob@example.com")).await;
    send(&*store, &ada, ("1", "a"), at(0)).await;
    refused(&*store, &ada, ("2", "a"), at(1)).await;
    let expires = at(15 * MINUTE + 2);
    let code = code_for(&bob, CodeKind::LoginMfa, ("1", "b"), at(0));
    let code = CodeIssue {
        expires_at: expires,
        ..code
    };
    assert_eq!(ask(&*store, code).await, IssueCode::Queued);
    let rule = |now| crate::model::SweepRule {
        now,
        lockout_window: BUDGET.window,
        events: SignedDuration::from_hours(24),
        failed_messages: SignedDuration::from_hours(24),
        ceilings: crate::model::Ceilings::default(),
    };
    super::sweep::sweep_at(&*store, rule(at(15 * MINUTE))).await;
    let code = refused(&*store, &ada, ("1", "a"), at(1)).await;
    assert_eq!(code, CodeRefusal::NoCode, "what expired is gone");
    for _ in 0..5 {
        let now = at(15 * MINUTE);
        let wrong = refused(&*store, &bob, ("2", "b"), now).await;
        assert_eq!(wrong, CodeRefusal::Wrong, "what has not is there");
    }
    // The wrong code of the first minute counts until it is swept.
    let ask_with_one = async |now| {
        let one = CodeBudget { limit: 1, ..BUDGET };
        let code = code_for(&ada, CodeKind::LoginMfa, ("1", "c"), at(0));
        let code = CodeIssue {
            budget: Some(one),
            cap: capped(NUMBER, None, now),
            ..code
        };
        ask(&*store, code).await
    };
    let until = at(15 * MINUTE + 1);
    let spent = IssueCode::BudgetSpent { until };
    assert_eq!(ask_with_one(at(MINUTE)).await, spent);
    super::sweep::sweep_at(&*store, rule(at(24 * HOUR + 15 * MINUTE + 1))).await;
    assert_eq!(ask_with_one(at(MINUTE)).await, IssueCode::Queued);
}

pub(in crate::store) async fn a_clock_put_back_makes_no_budget_wait_longer(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, factored("ada@example.com")).await;
    spend_budget(&*store, &ada, 24 * HOUR).await;
    let ask_at = async |now| {
        let code = code_for(&ada, CodeKind::LoginMfa, ("1", "c"), at(0));
        let cap = capped(NUMBER, None, at(now));
        ask(&*store, CodeIssue { cap, ..code }).await
    };
    let until = at(15 * MINUTE);
    let spent = IssueCode::BudgetSpent { until };
    assert_eq!(ask_at(0).await, spent);
    assert_eq!(ask_at(15 * MINUTE - 1).await, spent);
    assert_eq!(ask_at(15 * MINUTE).await, IssueCode::Queued);
}
