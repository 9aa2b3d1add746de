//! Second factors other than the phone: each code works once, attempts and a budget limit guesses, and everything is
//! removed with the last factor.

use super::codes::{NUMBER, factored, log_in, presented, send};
use super::*;
use crate::model::{CodeBudget, FactorSecret, Factors, RecoverySet, Sealed, Totp};
use crate::store::{
    BeginWait, CodeFailure, CodeRefusal, FactorCheck, FactorEnabled, FactorProof, IssuedSession,
    SealedFactor, UseCode, Wait,
};

/// Six wrong codes of a kind within a quarter of an hour.
const BUDGET: CodeBudget = CodeBudget {
    limit: 6,
    window: SignedDuration::from_mins(15),
};

fn sealed(text: &str) -> Sealed {
    Sealed {
        bytes: text.into(),
        under: "one".into(),
    }
}

/// Returns `count` recovery codes: `proof("NAME0")`, `proof("NAME1")` …
pub(in crate::store) fn recovery(name: &str, count: usize) -> RecoverySet {
    RecoverySet {
        key: sealed(name),
        codes: (0..count).map(|n| proof(&format!("{name}{n}"))).collect(),
    }
}

fn wait(user: &User, kinds: &[CodeKind], jti: &str, now: Timestamp) -> Wait {
    Wait {
        user_id: user.id,
        verified_hash: user.hashed_password.clone(),
        upgraded_hash: None,
        kinds: kinds.to_vec(),
        jti: jti.to_owned(),
        max_attempts: 5,
        issued_at: now,
        expires_at: now + SignedDuration::from_mins(10),
        budget: Some(BUDGET),
        now,
    }
}

async fn begin(store: &dyn Store, user: &User, jti: &str, now: Timestamp) {
    let kinds = [CodeKind::LoginTotp, CodeKind::LoginRecovery];
    let wait = wait(user, &kinds, jti, now);
    let begun = store.begin_wait(
        wait,
        Effects::of_events([event(EventKind::MfaLoginStarted)]),
    );
    assert_eq!(begun.await.unwrap(), BeginWait::Begun);
}

fn check(user: &User, jti: &str, proof: FactorProof, now: Timestamp) -> FactorCheck {
    FactorCheck {
        user_id: user.id,
        jti: jti.to_owned(),
        issued_at: at(0),
        proof,
        budget: Some(BUDGET),
        now,
    }
}

fn step(step: Option<u64>) -> FactorProof {
    let sealed = sealed("app").bytes;
    FactorProof::Totp { sealed, step }
}

async fn present(store: &dyn Store, check: FactorCheck) -> UseCode<IssuedSession> {
    let failure = CodeFailure {
        failed: event(EventKind::LoginFailed),
        locked: event(EventKind::LoginLocked),
    };
    let success = effects("ada@example.com", EventKind::UserLoggedIn);
    let used = store.issue_session_for_factor(
        check,
        new_session(&fresh_id().to_string()),
        failure,
        success,
    );
    used.await.unwrap()
}

/// Whether a code of this step logs an account in.
pub(super) async fn log_in_by_step(
    store: &dyn Store,
    user: &User,
    number: u64,
    now: Timestamp,
) -> bool {
    let jti = format!("step {number}");
    begin(store, user, &jti, now).await;
    let check = FactorCheck {
        issued_at: now,
        ..check(user, &jti, step(Some(number)), now)
    };
    present(store, check).await.is_ok()
}

/// The recovery codes of a set-up: each has another key.
fn codes_of(now: Timestamp) -> RecoverySet {
    RecoverySet {
        key: sealed(&format!("key at {now}")),
        ..recovery("codes", 10)
    }
}

/// Sets up an app whose first code had step 10, with recovery codes `codes0` …, some of which may already be stored.
pub(in crate::store) async fn set_up(
    store: &dyn Store,
    user: &User,
    now: Timestamp,
) -> FactorEnabled {
    let begun = store.begin_wait(
        wait(user, &[CodeKind::TotpSetup], "s", now),
        Effects::default(),
    );
    assert_eq!(begun.await.unwrap(), BeginWait::Begun);
    let right = FactorCheck {
        issued_at: now,
        ..check(user, "s", FactorProof::NewTotp(Some(10)), now)
    };
    let told = effects("ada@example.com", EventKind::MfaEnabled);
    let enabled = store.enable_totp(right, sealed("app"), codes_of(now), told);
    enabled.await.unwrap().unwrap()
}

/// Opens a store and creates an account with an app.
async fn ada(db: &dyn Database) -> (SharedStore, User) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let enabled = set_up(&*store, &ada, at(0)).await;
    assert!(enabled.took_recovery_codes);
    (store, enabled.user)
}

pub(in crate::store) async fn factors_are_read_as_they_were_written(db: &dyn Database) {
    let (store, ada) = ada(db).await;
    assert!(ada.has_totp && ada.is_mfa_enabled && ada.phone_number.is_none());
    let read = store.user(ada.id).await.unwrap().unwrap();
    assert_eq!(read, ada);
    let mut factors = store.factors(ada.id).await.unwrap();
    if let Some(set) = &mut factors.recovery {
        set.codes
            .sort_by(|left, right| left.as_str().cmp(right.as_str()));
    }
    let expected = Factors {
        totp: Some(Totp {
            secret: sealed("app"),
            last_step: 10,
        }),
        recovery: Some(codes_of(at(0))),
    };
    assert_eq!(factors, expected);
    let plain = create(&*store, user("bob@example.com")).await;
    assert_eq!(store.factors(plain.id).await.unwrap(), Factors::default());
    // Other changes don't affect the factors.
    let named = UserChange {
        full_name: Some(name("Ada")),
        ..UserChange::default()
    };
    change(&*store, ada.id, named, at(1)).await;
    assert_eq!(store.factors(ada.id).await.unwrap().codes_left(), 10);
    assert!(store.user(ada.id).await.unwrap().unwrap().uses_totp());
}

pub(in crate::store) async fn a_right_step_issues_one_session_and_counts_once(db: &dyn Database) {
    let (store, ada) = ada(db).await;
    begin(&*store, &ada, "a", at(1)).await;
    // The step that confirmed the app is used up.
    let used = present(&*store, check(&ada, "a", step(Some(10)), at(2))).await;
    assert_eq!(used.unwrap_err(), CodeRefusal::Wrong);
    let issued = present(&*store, check(&ada, "a", step(Some(11)), at(2))).await;
    assert_eq!(issued.unwrap().user.last_login, Some(at(2)));
    let again = present(&*store, check(&ada, "a", step(Some(12)), at(3))).await;
    assert_eq!(again.unwrap_err(), CodeRefusal::NoCode, "the wait is over");
    begin(&*store, &ada, "b", at(4)).await;
    for old in [10, 11] {
        let replayed = present(&*store, check(&ada, "b", step(Some(old)), at(5))).await;
        assert_eq!(replayed.unwrap_err(), CodeRefusal::Wrong, "{old}");
    }
    // A secret that was replaced in the meantime is refused, and so is another account's token.
    let sealed = sealed("older").bytes;
    let step_12 = Some(12);
    let replaced = FactorProof::Totp {
        sealed,
        step: step_12,
    };
    let replaced = present(&*store, check(&ada, "b", replaced, at(5))).await;
    assert_eq!(replaced.unwrap_err(), CodeRefusal::Wrong);
    let foreign = present(&*store, check(&ada, "a", step(step_12), at(5))).await;
    assert_eq!(foreign.unwrap_err(), CodeRefusal::NoCode);
    present(&*store, check(&ada, "b", step(step_12), at(5)))
        .await
        .unwrap();
}

pub(in crate::store) async fn parallel_uses_of_one_code_issue_one_session(db: &dyn Database) {
    let (store, ada) = ada(db).await;
    let other = db.open().await;
    let proofs = [
        ("a", step(Some(11))),
        ("b", FactorProof::Recovery(proof("codes3"))),
    ];
    for (jti, proof) in proofs {
        begin(&*store, &ada, jti, at(1)).await;
        let mut uses = JoinSet::new();
        for index in 0..20 {
            let store = [&store, &other][index % 2].clone();
            let check = check(&ada, jti, proof.clone(), at(2));
            uses.spawn(async move { present(&*store, check).await.is_ok() });
        }
        let successes = uses.join_all().await;
        let successes = successes.into_iter().filter(|is_done| *is_done).count();
        assert_eq!(successes, 1, "{proof:?}");
    }
    assert_eq!(store.factors(ada.id).await.unwrap().codes_left(), 9);
    let logins = recorded(&*store).await;
    let logins = logins
        .iter()
        .filter(|kind| **kind == EventKind::UserLoggedIn);
    assert_eq!(logins.count(), 2);
    // It is used up for every later login too.
    begin(&*store, &ada, "c", at(20 * MINUTE)).await;
    let used = FactorProof::Recovery(proof("codes3"));
    let again = present(&*store, check(&ada, "c", used, at(20 * MINUTE))).await;
    assert_eq!(again.unwrap_err(), CodeRefusal::Wrong);
}

pub(in crate::store) async fn a_factor_is_evaluated_only_so_often(db: &dyn Database) {
    let (store, ada) = ada(db).await;
    for kind in [CodeKind::LoginTotp, CodeKind::LoginRecovery] {
        let wrong = || match kind {
            CodeKind::LoginTotp => step(None),
            _ => FactorProof::Recovery(proof("none")),
        };
        begin(&*store, &ada, "a", at(1)).await;
        let mut guesses = JoinSet::new();
        for _ in 0..20 {
            let (store, check) = (store.clone(), check(&ada, "a", wrong(), at(1)));
            guesses.spawn(async move { present(&*store, check).await.unwrap_err() });
        }
        let refusals = guesses.join_all().await;
        let wrongs = refusals
            .iter()
            .filter(|refusal| **refusal == CodeRefusal::Wrong);
        // After the last attempt, the answer is that there is no code any more.
        assert_eq!(wrongs.count(), 5, "{refusals:?}");
        let none = present(&*store, check(&ada, "a", wrong(), at(2))).await;
        assert_eq!(none.unwrap_err(), CodeRefusal::NoCode);
        // A new login does not refill the budget, which belongs to this kind of code.
        begin(&*store, &ada, "b", at(3)).await;
        let mut spent = None;
        for _ in 0..3 {
            spent = present(&*store, check(&ada, "b", wrong(), at(3)))
                .await
                .err();
        }
        assert!(
            matches!(spent, Some(CodeRefusal::BudgetSpent { .. })),
            "{spent:?}"
        );
    }
    let kinds = [CodeKind::LoginTotp, CodeKind::LoginRecovery];
    let begun = store.begin_wait(wait(&ada, &kinds, "c", at(4)), Effects::default());
    assert!(matches!(
        begun.await.unwrap(),
        BeginWait::BudgetSpent { .. }
    ));
    change(&*store, ada.id, enable(true), at(5)).await;
    begin(&*store, &ada, "d", at(6)).await;
    present(&*store, check(&ada, "d", step(Some(11)), at(6)))
        .await
        .unwrap();
}

pub(in crate::store) async fn a_wait_needs_the_account_as_it_was_read(db: &dyn Database) {
    let (store, ada) = ada(db).await;
    let kinds = [CodeKind::LoginTotp];
    let plain = create(&*store, user("bob@example.com")).await;
    let other_hash = Wait {
        verified_hash: Some(hash("older")),
        ..wait(&ada, &kinds, "a", at(1))
    };
    for stale in [other_hash, wait(&plain, &kinds, "a", at(1))] {
        let begun = store.begin_wait(stale, Effects::default()).await;
        assert_eq!(begun.unwrap(), BeginWait::Stale);
    }
    begin(&*store, &ada, "a", at(1)).await;
    let end = UserChange {
        end_sessions: true,
        ..UserChange::default()
    };
    change(&*store, ada.id, end, at(2)).await;
    let dead = present(&*store, check(&ada, "a", step(Some(11)), at(3))).await;
    assert_eq!(dead.unwrap_err(), CodeRefusal::Stale);
    // Nothing was used up.
    assert_eq!(
        store.factors(ada.id).await.unwrap().totp.unwrap().last_step,
        10
    );
}

pub(in crate::store) async fn what_ends_one_way_ends_the_other(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, factored("ada@example.com")).await;
    let ada = set_up(&*store, &ada, at(0)).await.user;
    assert_eq!(ada.phone_number, Some(number(NUMBER)));
    begin(&*store, &ada, "a", at(1)).await;
    send(&*store, &ada, ("1", "a"), at(1)).await;
    log_in(&*store, presented(&ada, ("1", "a"), at(2)))
        .await
        .unwrap();
    for proof in [step(Some(11)), FactorProof::Recovery(proof("codes0"))] {
        let late = present(&*store, check(&ada, "a", proof, at(3))).await;
        assert_eq!(late.unwrap_err(), CodeRefusal::NoCode);
    }
    begin(&*store, &ada, "b", at(4)).await;
    send(&*store, &ada, ("1", "b"), at(4)).await;
    present(&*store, check(&ada, "b", step(Some(11)), at(5)))
        .await
        .unwrap();
    let late = log_in(&*store, presented(&ada, ("1", "b"), at(6))).await;
    assert_eq!(late.unwrap_err(), CodeRefusal::NoCode);
}

pub(in crate::store) async fn recovery_codes_are_made_once_and_replaced_on_demand(
    db: &dyn Database,
) {
    let (store, ada) = ada(db).await;
    begin(&*store, &ada, "a", at(1)).await;
    let first = FactorProof::Recovery(proof("codes0"));
    present(&*store, check(&ada, "a", first, at(2)))
        .await
        .unwrap();
    // Another app leaves the remaining recovery codes unchanged.
    let again = set_up(&*store, &ada, at(3)).await;
    assert!(!again.took_recovery_codes);
    assert_eq!(store.factors(ada.id).await.unwrap().codes_left(), 9);
    let replace = async |verified: &str| {
        let verified = hash(verified);
        let told = effects("ada@example.com", EventKind::RecoveryCodesCreated);
        let replaced =
            store.replace_recovery_codes(ada.id, &verified, recovery("new", 10), at(4), told);
        replaced.await.unwrap()
    };
    assert!(!replace("older").await);
    assert!(replace("first").await);
    begin(&*store, &ada, "b", at(5)).await;
    let older = FactorProof::Recovery(proof("codes1"));
    let older = present(&*store, check(&ada, "b", older, at(5))).await;
    assert_eq!(older.unwrap_err(), CodeRefusal::Wrong);
    let newer = FactorProof::Recovery(proof("new1"));
    present(&*store, check(&ada, "b", newer, at(5)))
        .await
        .unwrap();
}

pub(in crate::store) async fn factors_go_one_by_one_and_recovery_codes_with_the_last(
    db: &dyn Database,
) {
    let store = db.open().await;
    let ada = create(&*store, factored("ada@example.com")).await;
    let (first, now) = (hash("first"), at(9));
    let none = store.disable_totp(ada.id, &first, now, Effects::default());
    assert!(none.await.unwrap().is_none());
    set_up(&*store, &ada, at(0)).await;
    let older = hash("older");
    let wrong = store.disable_totp(ada.id, &older, now, Effects::default());
    assert!(wrong.await.unwrap().is_none());
    let left = store.disable_second_factor(ada.id, &first, now, Effects::default());
    let left = left.await.unwrap().unwrap();
    assert!(left.uses_totp() && left.phone_number.is_none(), "{left:?}");
    assert_eq!(store.factors(ada.id).await.unwrap().codes_left(), 10);
    let twice = store.disable_second_factor(ada.id, &first, now, Effects::default());
    assert!(twice.await.unwrap().is_none(), "there is no phone");
    let off = store.disable_totp(ada.id, &first, now, Effects::default());
    let off = off.await.unwrap().unwrap();
    assert!(!off.is_mfa_enabled && !off.has_totp);
    assert_eq!(store.user(ada.id).await.unwrap().unwrap(), off);
    assert_eq!(store.factors(ada.id).await.unwrap(), Factors::default());
    // Without the app, the phone is left as a factor.
    let bob = create(&*store, factored("bob@example.com")).await;
    set_up(&*store, &bob, at(0)).await;
    let left = store.disable_totp(bob.id, &first, now, Effects::default());
    let left = left.await.unwrap().unwrap();
    assert!(left.second_factor().is_some() && !left.has_totp);
    assert_eq!(store.factors(bob.id).await.unwrap().codes_left(), 10);
}

pub(in crate::store) async fn a_number_that_was_no_factor_does_not_become_one(db: &dyn Database) {
    let store = db.open().await;
    let noted = User {
        is_mfa_enabled: false,
        ..factored("ada@example.com")
    };
    let ada = create(&*store, noted).await;
    assert!(ada.phone_number.is_some() && ada.second_factor().is_none());
    let ada = set_up(&*store, &ada, at(0)).await.user;
    assert_eq!((&ada.phone_number, ada.uses_totp()), (&None, true));
    assert_eq!(store.user(ada.id).await.unwrap().unwrap(), ada);
}

pub(in crate::store) async fn a_removal_takes_every_factor(db: &dyn Database) {
    let (store, ada) = ada(db).await;
    begin(&*store, &ada, "a", at(1)).await;
    let off = UserChange {
        remove_second_factor: true,
        ..UserChange::default()
    };
    change(&*store, ada.id, off, at(2)).await;
    assert_eq!(store.factors(ada.id).await.unwrap(), Factors::default());
    let after = store.user(ada.id).await.unwrap().unwrap();
    assert!(!after.is_mfa_enabled && !after.has_totp);
    let late = present(&*store, check(&ada, "a", step(Some(11)), at(3))).await;
    assert_eq!(late.unwrap_err(), CodeRefusal::Stale);
    // The next setup comes with new recovery codes.
    assert!(set_up(&*store, &after, at(4)).await.took_recovery_codes);
    let deleted = store.delete_user(
        ada.id,
        crate::store::Deletion::default(),
        Effects::default(),
    );
    assert!(matches!(deleted.await.unwrap(), DeleteUser::Done(_)));
    assert_eq!(store.factors(ada.id).await.unwrap(), Factors::default());
}

pub(in crate::store) async fn what_an_earlier_secret_seals_is_found_and_sealed_anew(
    db: &dyn Database,
) {
    let (store, ada) = ada(db).await;
    let known = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    // Nothing is encrypted with these: a server re-encrypts only what is under secrets that it calls earlier.
    for names in [&[][..], &["two", "three"]] {
        let none = store.factors_to_reseal(&known(names), 10).await.unwrap();
        assert!(none.is_empty(), "{names:?}");
    }
    let elsewhere = store.count_factors_sealed_elsewhere(&known(&["two"])).await;
    assert_eq!(elsewhere.unwrap(), 2);
    let earlier = known(&["zero", "one"]);
    let before = store.factors_to_reseal(&earlier, 10).await.unwrap();
    assert_eq!(before.len(), 2);
    for factor in before {
        let anew = SealedFactor {
            sealed: Sealed {
                bytes: format!("anew {}", factor.kind.as_str()).into(),
                under: "two".into(),
            },
            ..factor.clone()
        };
        let changed = store.reseal_factor(anew.clone(), b"changed".to_vec());
        assert!(!changed.await.unwrap());
        assert!(
            store
                .reseal_factor(anew, factor.sealed.bytes)
                .await
                .unwrap()
        );
    }
    assert!(
        store
            .factors_to_reseal(&earlier, 10)
            .await
            .unwrap()
            .is_empty()
    );
    let none = store
        .count_factors_sealed_elsewhere(&known(&["one", "two"]))
        .await;
    assert_eq!(none.unwrap(), 0);
    let factors = store.factors(ada.id).await.unwrap();
    let (totp, set) = (factors.totp.unwrap(), factors.recovery.unwrap());
    let named = |kind: FactorSecret| format!("anew {}", kind.as_str()).into_bytes();
    assert_eq!(totp.secret.bytes, named(FactorSecret::Totp));
    assert_eq!((totp.last_step, totp.secret.under.as_str()), (10, "two"));
    assert_eq!(set.key.bytes, named(FactorSecret::RecoveryKey));
    assert_eq!(set.codes.len(), 10);
}
