//! Stored sessions: listing, ending, renewing, noting their use, and sweeping them.

use super::sweep::sweep_at;
use super::*;
use crate::model::{
    Ceilings, Claims, OthersEnded, Purpose, SessionFilter, SweepRule, UserAgent, UserSession,
};
use crate::store::{Deletion, EndOthers, RenewedSession, SessionRenewal};

pub(super) fn others_ended() -> OthersEnded {
    OthersEnded {
        at: at(5),
        kept: "kept".into(),
    }
}

fn lifetime() -> SignedDuration {
    SignedDuration::from_millis(HOUR)
}

/// Issues a session with a known id.
async fn log_in(store: &dyn Store, user: &User, id: &str, now: Timestamp) -> Timestamp {
    let issue = SessionIssue {
        session: new_session(id),
        ..issue(user, now)
    };
    let issued = store.issue_session(issue, Effects::default()).await;
    match issued.unwrap() {
        IssueSession::Issued(session) => session.issued_at,
        refused => panic!("no session: {refused:?}"),
    }
}

async fn listed(store: &dyn Store, user: &User, now: Timestamp) -> Vec<String> {
    let page = store.user_sessions(user.id, None, 100, now).await.unwrap();
    assert_eq!(page.next, None);
    page.items.into_iter().map(|session| session.id).collect()
}

/// Returns whether a token of a session, issued at this moment, is accepted.
async fn opens(store: &dyn Store, user: &User, token: (&str, &str), issued_at: Timestamp) -> bool {
    let (jti, sid) = token;
    let Some(read) = store.session(user.id, jti, sid).await.unwrap() else {
        return false;
    };
    let expires_at = at(900 * HOUR);
    let claims = Claims {
        sid: Some(sid.to_owned()),
        ..Claims::new(
            user.id,
            jti.to_owned(),
            issued_at,
            expires_at,
            Purpose::Session,
        )
    };
    !read.revoked && read.user.accepts(issued_at) && !read.user.has_ended_session(&claims)
}

async fn renew(
    store: &dyn Store,
    user: &User,
    id: &str,
    issued_at: Timestamp,
    now: Timestamp,
) -> Option<RenewedSession> {
    let renewal = SessionRenewal {
        user_id: user.id,
        id: id.to_owned(),
        issued_at,
        lifetime: lifetime(),
        longest: lifetime() * 3,
        now,
    };
    store.renew_session(renewal).await.unwrap()
}

async fn end_others(
    store: &dyn Store,
    user: &User,
    kept: &str,
    issued_at: Timestamp,
    now: Timestamp,
) -> bool {
    let ending = EndOthers {
        user_id: user.id,
        kept: kept.to_owned(),
        issued_at,
        now,
    };
    let told = Effects::of_events([event(EventKind::OtherSessionsRevoked)]);
    store.end_other_sessions(ending, told).await.unwrap()
}

async fn disable(store: &dyn Store, user: &User, now: Timestamp) {
    let off = store.change_user(user.id, enable(false), true, now, Effects::default());
    off.await.unwrap();
}

pub(in crate::store) async fn a_session_is_read_as_it_was_written(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let full = NewSession {
        method: OwnMethod::PasswordSms.into(),
        ip: Some("2001:db8::7".parse().unwrap()),
        user_agent: UserAgent::of("Mozilla \u{202e}<b>$set".as_bytes()),
        ..new_session("full")
    };
    for (number, session) in [(1, full), (2, new_session("bare"))] {
        let issue = SessionIssue {
            session: session.clone(),
            ..issue(&ada, at(number))
        };
        let issued = store.issue_session(issue, Effects::default()).await;
        issued.unwrap();
        let written = UserSession::new(session, ada.id, at(number));
        let read = store.user_session(ada.id, &written.id, at(9)).await;
        assert_eq!(read.unwrap().as_ref(), Some(&written));
        let page = store.user_sessions(ada.id, None, 9, at(9)).await.unwrap();
        assert_eq!(page.items[0], written);
    }
    let bob = create(&*store, user("bob@example.com")).await;
    let of = async |user: &User, id, now| store.user_session(user.id, id, now).await.unwrap();
    assert_eq!(of(&bob, "full", at(9)).await, None, "somebody else's");
    assert_eq!(of(&ada, "none", at(9)).await, None);
    assert_eq!(of(&ada, "full", at(1 + HOUR)).await, None, "expired");
    assert!(listed(&*store, &bob, at(9)).await.is_empty());
}

pub(in crate::store) async fn sessions_are_paged_newest_first(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let mut ids = Vec::new();
    for number in 0..7 {
        let id = format!("session{number}");
        // Two sessions share each moment.
        log_in(&*store, &ada, &id, at(number / 2)).await;
        ids.insert(0, id);
    }
    let seen = all_pages(async |after| store.user_sessions(ada.id, after, 2, at(9)).await).await;
    let seen: Vec<String> = seen.into_iter().map(|session| session.id).collect();
    assert_eq!(seen, ids);
}

pub(in crate::store) async fn sessions_of_all_accounts_are_found_by_address(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let bob = create(&*store, user("bob@example.com")).await;
    let cleo = create(&*store, user("cleo@example.com")).await;
    let begin = async |user: &User, id: &str, ip: Option<&str>, now| {
        let session = NewSession {
            ip: ip.map(|ip| ip.parse().unwrap()),
            ..new_session(id)
        };
        let issue = SessionIssue {
            session,
            ..issue(user, now)
        };
        let issued = store.issue_session(issue, Effects::default()).await;
        issued.unwrap();
    };
    let near = Some("203.0.113.9");
    begin(&ada, "a1", near, at(1)).await;
    begin(&bob, "b1", near, at(1)).await;
    begin(&ada, "a2", Some("2001:db8::7"), at(2)).await;
    begin(&cleo, "c1", near, at(3)).await;
    begin(&bob, "b2", None, at(4)).await;
    begin(&ada, "a3", near, at(5)).await;
    let list = async |user_id: Option<Id>, ip: Option<&str>, now| {
        let filter = SessionFilter {
            user_id,
            ip: ip.map(|ip| ip.parse().unwrap()),
        };
        let seen =
            all_pages(async |after| store.sessions_of_all(&filter, after, 2, now).await).await;
        let ids = seen.into_iter().map(|(session, user)| {
            assert_eq!(session.user_id, user.id);
            session.id
        });
        ids.collect::<Vec<String>>()
    };
    let all = ["a3", "b2", "c1", "a2", "b1", "a1"];
    assert_eq!(list(None, None, at(9)).await, all);
    assert_eq!(list(None, near, at(9)).await, ["a3", "c1", "b1", "a1"]);
    let from_v6 = list(None, Some("2001:db8:0::7"), at(9)).await;
    assert_eq!(from_v6, ["a2"]);
    assert_eq!(list(Some(ada.id), None, at(9)).await, ["a3", "a2", "a1"]);
    assert_eq!(list(Some(ada.id), near, at(9)).await, ["a3", "a1"]);
    assert!(list(Some(fresh_id()), None, at(9)).await.is_empty());
    // What ended, and what belongs to nobody who may log in, is not shown.
    let revoked = store.revoke_token(revocation("a3", at(6)), Effects::default());
    assert!(revoked.await.unwrap());
    disable(&*store, &cleo, at(7)).await;
    let left = ["b2", "a2", "b1", "a1"];
    assert_eq!(list(None, None, at(9)).await, left);
    assert!(list(None, None, at(9 + HOUR)).await.is_empty(), "expired");
}

pub(in crate::store) async fn a_revoked_session_is_gone_and_its_tokens_are_dead(db: &dyn Database) {
    let (here, there) = (db.open().await, db.open().await);
    let ada = create(&*here, user("ada@example.com")).await;
    let first = log_in(&*here, &ada, "mine", at(1)).await;
    let kept = log_in(&*here, &ada, "kept", at(2)).await;
    let renewed = renew(&*here, &ada, "mine", first, at(HOUR / 2)).await;
    let renewed = renewed.unwrap();
    assert!(opens(&*there, &ada, ("mine", "mine"), first).await);
    assert!(opens(&*there, &ada, ("new", "mine"), renewed.issued_at).await);
    let revoked = revocation("mine", at(2));
    let revoked = here.revoke_token(revoked, Effects::default()).await;
    assert!(revoked.unwrap());
    assert!(!opens(&*there, &ada, ("mine", "mine"), first).await);
    assert!(!opens(&*there, &ada, ("new", "mine"), renewed.issued_at).await);
    assert!(opens(&*there, &ada, ("kept", "kept"), kept).await);
    assert_eq!(listed(&*there, &ada, at(3)).await, ["kept"]);
    let revocations = there.revocations(None, 9, at(3)).await.unwrap();
    let until = revocations.items[0].expires_at;
    assert_eq!(
        until, renewed.expires_at,
        "as long as its last token may live"
    );
    let past = here.revoke_token(revocation("another", at(HOUR)), Effects::default());
    assert!(past.await.unwrap());
    assert_eq!(listed(&*there, &ada, at(3)).await, ["kept"]);
}

pub(in crate::store) async fn a_change_of_the_account_ends_its_sessions(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    log_in(&*store, &ada, "mine", at(1)).await;
    disable(&*store, &ada, at(2)).await;
    assert!(listed(&*store, &ada, at(3)).await.is_empty());
    change(&*store, ada.id, enable(true), at(4)).await;
    let left = listed(&*store, &ada, at(5)).await;
    assert!(left.is_empty(), "none revives");
    let row = store.user_session(ada.id, "mine", at(5)).await;
    assert_eq!(row.unwrap(), None);
    log_in(&*store, &ada, "new", at(6)).await;
    assert_eq!(listed(&*store, &ada, at(7)).await, ["new"]);
}

pub(in crate::store) async fn all_others_are_ended_and_one_is_kept(db: &dyn Database) {
    let (here, there) = (db.open().await, db.open().await);
    let ada = create(&*here, user("ada@example.com")).await;
    let other = log_in(&*here, &ada, "other", at(1)).await;
    let mine = log_in(&*here, &ada, "mine", at(2)).await;
    let later = log_in(&*here, &ada, "later", at(3)).await;
    assert!(opens(&*there, &ada, ("rowless", "rowless"), at(2)).await);
    // The clock of the server that handles the request is behind.
    assert!(end_others(&*here, &ada, "mine", mine, at(0)).await);
    assert!(opens(&*there, &ada, ("mine", "mine"), mine).await);
    let same = opens(&*there, &ada, ("new", "mine"), mine).await;
    assert!(same, "its other tokens too");
    for (id, issued_at) in [("other", other), ("later", later), ("rowless", at(2))] {
        assert!(!opens(&*there, &ada, (id, id), issued_at).await, "{id}");
    }
    for id in ["other", "later"] {
        let read = there.session(ada.id, id, id).await.unwrap().unwrap();
        assert!(read.revoked, "for the Python package: {id}");
    }
    assert_eq!(listed(&*there, &ada, at(5)).await, ["mine"]);
    let read = there.user(ada.id).await.unwrap().unwrap();
    assert_eq!(read.tokens_invalidated_after, None, "mailed links stay");
    assert_eq!(recorded(&*there).await, [EventKind::OtherSessionsRevoked]);
}

pub(in crate::store) async fn of_two_that_end_each_other_one_is_left(db: &dyn Database) {
    for round in 0..10 {
        let store = db.open().await;
        let ada = create(&*store, user(&format!("ada{round}@example.com"))).await;
        let ids = ["one", "two"].map(|name| format!("{name}{round}"));
        let tokens = [
            log_in(&*store, &ada, &ids[0], at(1)).await,
            log_in(&*store, &ada, &ids[1], at(1)).await,
        ];
        let who = ada.clone();
        let ended = race(db, 2, move |store, number| {
            let (ada, id) = (who.clone(), ids[number].clone());
            async move { end_others(&*store, &ada, &id, tokens[number], at(2)).await }
        })
        .await;
        let done = ended.into_iter().filter(|done| *done).count();
        assert_eq!(done, 1, "{round}");
        assert_eq!(listed(&*store, &ada, at(3)).await.len(), 1, "{round}");
    }
}

pub(in crate::store) async fn a_login_right_after_all_others_were_ended_works(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let mine = log_in(&*store, &ada, "mine", at(5)).await;
    assert!(end_others(&*store, &ada, "mine", mine, at(5)).await);
    let new = log_in(&*store, &ada, "new", at(5)).await;
    assert!(opens(&*store, &ada, ("new", "new"), new).await);
    assert!(end_others(&*store, &ada, "mine", mine, at(5)).await);
    let lives = opens(&*store, &ada, ("new", "new"), new).await;
    assert!(!lives, "in the same millisecond");
    assert_eq!(listed(&*store, &ada, at(5)).await, ["mine"]);
}

pub(in crate::store) async fn a_session_goes_on_until_its_longest(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let first = log_in(&*store, &ada, "mine", at(0)).await;
    let renewed = renew(&*store, &ada, "mine", first, at(HOUR / 2)).await;
    let renewed = renewed.unwrap();
    assert_eq!(renewed.issued_at, at(HOUR / 2));
    assert_eq!(renewed.expires_at, at(HOUR / 2 + HOUR));
    let row = store.user_session(ada.id, "mine", at(HOUR + 1)).await;
    let row = row.unwrap().expect("alive beyond its first token");
    assert_eq!(row.created_at, at(0));
    assert_eq!(row.expires_at, renewed.expires_at);
    let now = at(HOUR + HOUR / 4);
    let again = renew(&*store, &ada, "mine", renewed.issued_at, now).await;
    let again = again.unwrap();
    let last = renew(&*store, &ada, "mine", again.issued_at, at(2 * HOUR + 1)).await;
    let last = last.unwrap();
    assert_eq!(last.expires_at, at(3 * HOUR), "never beyond");
    let late = renew(&*store, &ada, "mine", last.issued_at, at(3 * HOUR)).await;
    assert!(late.is_none());
}

pub(in crate::store) async fn what_ended_cannot_be_renewed(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let bob = create(&*store, user("bob@example.com")).await;
    let mine = log_in(&*store, &ada, "mine", at(1)).await;
    let other = log_in(&*store, &ada, "other", at(1)).await;
    let gone = log_in(&*store, &ada, "gone", at(1)).await;
    let refused = async |user: &User, id: &str, issued_at, now| {
        renew(&*store, user, id, issued_at, now).await.is_none()
    };
    assert!(refused(&bob, "mine", at(1), at(2)).await, "somebody else's");
    assert!(refused(&ada, "rowless", at(1), at(2)).await, "no row");
    assert!(refused(&ada, "mine", mine, at(1 + HOUR)).await, "expired");
    let revoked = store.revoke_token(revocation("gone", at(HOUR)), Effects::default());
    revoked.await.unwrap();
    assert!(refused(&ada, "gone", gone, at(2)).await, "revoked");
    assert!(end_others(&*store, &ada, "mine", mine, at(2)).await);
    assert!(refused(&ada, "other", other, at(3)).await, "with others");
    disable(&*store, &ada, at(4)).await;
    assert!(refused(&ada, "mine", mine, at(5)).await, "disabled");
    change(&*store, ada.id, enable(true), at(6)).await;
    assert!(refused(&ada, "mine", mine, at(7)).await, "cut off");
}

pub(in crate::store) async fn no_renewal_outlives_a_parallel_end(db: &dyn Database) {
    for round in 0..10 {
        let store = db.open().await;
        let ada = create(&*store, user(&format!("ada{round}@example.com"))).await;
        let id = format!("session{round}");
        let first = log_in(&*store, &ada, &id, at(1)).await;
        let (who, name) = (ada.clone(), id.clone());
        let renewed = race(db, 9, move |store, number| {
            let (ada, id) = (who.clone(), name.clone());
            async move {
                if number != 4 {
                    return renew(&*store, &ada, &id, first, at(2)).await;
                }
                match round % 3 {
                    0 => {
                        let ended = revocation(&id, at(HOUR));
                        let ended = store.revoke_token(ended, Effects::default());
                        ended.await.unwrap();
                    }
                    1 => assert!(end_others(&*store, &ada, "another", first, at(1)).await),
                    _ => disable(&*store, &ada, at(1)).await,
                }
                None
            }
        })
        .await;
        for renewed in renewed.into_iter().flatten() {
            let lives = opens(&*store, &ada, ("new", &id), renewed.issued_at).await;
            assert!(!lives, "{round}");
        }
        assert!(listed(&*store, &ada, at(3)).await.is_empty(), "{round}");
    }
}

pub(in crate::store) async fn parallel_renewals_all_live(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let first = log_in(&*store, &ada, "mine", at(1)).await;
    let who = ada.clone();
    let renewed = race(db, 20, move |store, number| {
        let later = i64::try_from(number % 3).unwrap();
        let (ada, now) = (who.clone(), at(HOUR / 2 + later));
        async move { renew(&*store, &ada, "mine", first, now).await }
    })
    .await;
    let older = opens(&*store, &ada, ("mine", "mine"), first).await;
    assert!(older, "the older one lives out its time");
    for renewed in renewed {
        let issued_at = renewed.expect("nobody is signed out").issued_at;
        assert!(opens(&*store, &ada, ("new", "mine"), issued_at).await);
    }
    let row = store.user_session(ada.id, "mine", at(9)).await.unwrap();
    assert_eq!(row.unwrap().expires_at, at(HOUR / 2 + 2 + HOUR));
}

pub(in crate::store) async fn the_last_use_of_a_session_only_moves_on(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    for id in ["one", "two", "idle"] {
        log_in(&*store, &ada, id, at(1)).await;
    }
    for (noted, kept) in [(20, 20), (10, 20), (30, 30)] {
        let ids = ["one", "two", "nobody"].map(str::to_owned).into();
        store.note_sessions_seen(ids, at(noted)).await.unwrap();
        for (id, seen) in [("one", kept), ("two", kept), ("idle", 1)] {
            let row = store.user_session(ada.id, id, at(99)).await.unwrap();
            assert_eq!(row.unwrap().last_seen_at, at(seen), "{id}");
        }
    }
    let nobody = store.user_session(ada.id, "nobody", at(99)).await;
    assert_eq!(nobody.unwrap(), None);
}

pub(in crate::store) async fn sessions_are_swept_and_go_with_their_account(db: &dyn Database) {
    let store = db.open().await;
    let ada = create(&*store, user("ada@example.com")).await;
    let bob = create(&*store, user("bob@example.com")).await;
    log_in(&*store, &ada, "old", at(0)).await;
    log_in(&*store, &ada, "new", at(25 * HOUR)).await;
    log_in(&*store, &bob, "bobs", at(25 * HOUR)).await;
    let rows = async || {
        let rows = store.inspect().await.unwrap().rows;
        let mut rows = rows.into_iter();
        let sessions = rows.find(|rows| rows.name.ends_with("sessions"));
        sessions.unwrap().rows
    };
    let rule = SweepRule {
        now: at(25 * HOUR),
        lockout_window: RULE.window,
        events: SignedDuration::from_hours(90 * 24),
        failed_messages: SignedDuration::from_hours(7 * 24),
        ceilings: Ceilings::default(),
    };
    assert_eq!(rows().await, 3);
    sweep_at(&*store, rule).await;
    assert_eq!(rows().await, 2, "a day after its end");
    let deleted = store.delete_user(ada.id, Deletion::default(), Effects::default());
    deleted.await.unwrap();
    assert_eq!(rows().await, 1);
    assert_eq!(listed(&*store, &bob, at(25 * HOUR)).await, ["bobs"]);
}
