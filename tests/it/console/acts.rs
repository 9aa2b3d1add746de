//! Acts on one account and on many, and the proof that sensitive ones need.

use jiff::SignedDuration;
use regstack::internals::model::FullName;

use super::{Desk, ROOT, office, office_with};
use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::database::Kind;
use crate::support::on_both_engines;
use crate::support::served::Served;

const ADA: &str = "ada@example.com";
const ELEVEN: SignedDuration = SignedDuration::from_mins(11);

on_both_engines! {
    every_act_does_what_it_says_and_says_so
    a_sensitive_act_wants_a_recent_proof
    an_act_on_many_is_shown_first_and_done_once
}

/// A path of the page of an account.
async fn page_of(served: &Served, email: &str) -> String {
    format!("/users/{}", served.id_of(email).await)
}

async fn every_act_does_what_it_says_and_says_so(kind: Kind) {
    let served = office(kind).await;
    served
        .account(ADA, |account| account.is_verified = false)
        .await;
    let root = Desk::of(&served, ROOT).await;
    let (ada, id) = (page_of(&served, ADA).await, served.id_of(ADA).await);
    for (act, says, event) in [
        (
            "resend-verification",
            "is on its way",
            "verification_requested",
        ),
        ("verify", "counts as confirmed", "user_verified"),
        ("send-reset", "is on its way", "password_reset_requested"),
        ("end-sessions", "have ended", "tokens_revoked"),
        ("promote", "is an administrator now", "admin_granted"),
        ("demote", "no longer an administrator", "admin_revoked"),
        ("disable", "is disabled", "user_disabled"),
        ("enable", "is enabled", "user_enabled"),
        ("reset-factor", "nothing to change", ""),
        ("remove-passkeys", "nothing to change", ""),
    ] {
        let question = root.get(&format!("{ada}/{act}")).await;
        question.is(200).shows(ADA).shows("method=\"post\"");
        let before = served.count_events(event).await;
        let done = root.act(&format!("{ada}/{act}"), &[]).await;
        done.is(200).shows(says).shows("data-rs-tone=\"success\"");
        if !event.is_empty() {
            assert_eq!(served.count_events(event).await, before + 1, "{act}");
            let actor = format!("user:{}", served.id_of(ROOT).await);
            let events = served.events(200).await;
            let mut of_this = events
                .iter()
                .filter(|one| one.kind.as_str() == event && one.user_id == Some(id));
            assert!(of_this.all(|one| one.actor == actor), "{act}");
        }
    }
    let renamed = root
        .act(&format!("{ada}/name"), &[("name", "Ada Lovelace")])
        .await;
    renamed
        .is(200)
        .shows("The name was changed")
        .shows("Ada Lovelace");
    let new = "countess@example.com";
    let moved = root
        .act(
            &format!("{ada}/email"),
            &[("email", new), ("verified", "1")],
        )
        .await;
    moved
        .is(200)
        .shows("The email address was changed")
        .shows(new);
    assert!(served.user(new).await.is_verified);
    let secret = "another good password";
    let set = root
        .act(&format!("{ada}/password"), &[("password", secret)])
        .await;
    set.is(200).shows("The password is set").lacks(secret);
    let gone = root.act(&format!("{ada}/delete"), &[]).await;
    gone.is(200).shows("The account was deleted").lacks(new);
    assert!(served.find(new).await.is_none());
    root.get(&ada).await.is(404).shows("Not found");
    root.post(&format!("{ada}/delete"), &[]).await.is(404);
    root.get(&format!("{ada}/explode")).await.is(404);
}

async fn a_sensitive_act_wants_a_recent_proof(kind: Kind) {
    let served = office(kind).await;
    served.account(ADA, |_| ()).await;
    let root = Desk::of(&served, ROOT).await;
    let ada = page_of(&served, ADA).await;
    let promote = format!("{ada}/promote");
    root.get(&promote).await.is(200).lacks("current_password");
    served.pass(ELEVEN);
    root.get(&promote)
        .await
        .is(200)
        .shows("name=\"current_password\"");
    // What is not sensitive needs none.
    root.act(&format!("{ada}/disable"), &[])
        .await
        .is(200)
        .shows("is disabled");
    root.act(&format!("{ada}/enable"), &[]).await.is(200);
    let asks = root.act(&promote, &[]).await;
    asks.is(200)
        .shows("Enter your own password")
        .shows("name=\"current_password\"");
    let wrong = root
        .act(&promote, &[("current_password", "not this one")])
        .await;
    wrong.is(200).shows("That isn&#x27;t your password");
    assert!(!served.user(ADA).await.is_superuser);
    assert_eq!(
        served.failures_of(ROOT).await,
        1,
        "it counts like a failed login"
    );
    let right = root.act(&promote, &[("current_password", PASSWORD)]).await;
    right.is(200).shows("is an administrator now");
    // The password counts for ten minutes, in this session only.
    let demote = format!("{ada}/demote");
    root.get(&demote).await.is(200).lacks("current_password");
    let proof = root.cookie("regstack_console_proof").unwrap();
    let another = Desk::of(&served, ROOT).await;
    served.pass(SignedDuration::from_mins(9));
    root.get(&demote).await.is(200).lacks("current_password");
    served.pass(SignedDuration::from_mins(2));
    another.keep("regstack_console_proof", &proof);
    another.get(&demote).await.is(200).shows("current_password");
    root.get(&demote).await.is(200).shows("current_password");
    let refused = root.act(&demote, &[]).await;
    refused.is(200).shows("Enter your own password");
    assert!(served.user(ADA).await.is_superuser);
}

#[tokio::test]
async fn a_proof_is_for_its_session_its_account_and_its_purpose() {
    let served = office(Kind::Sqlite).await;
    served
        .account(ADA, |account| account.is_superuser = true)
        .await;
    let (root, ada) = (Desk::of(&served, ROOT).await, Desk::of(&served, ADA).await);
    let other = Desk::of(&served, ROOT).await;
    served.pass(ELEVEN);
    let delete = format!("{}/delete", page_of(&served, ADA).await);
    root.act(
        &format!("{}/promote", page_of(&served, ADA).await),
        &[("current_password", PASSWORD)],
    )
    .await
    .is(200);
    let proof = root.cookie("regstack_console_proof").unwrap();
    root.get(&delete).await.is(200).lacks("current_password");
    for desk in [&ada, &other] {
        desk.keep("regstack_console_proof", &proof);
        desk.get(&delete).await.is(200).shows("current_password");
    }
    // A session isn't a proof, and a proof is no session.
    let session = root.cookie("regstack_session").unwrap();
    root.keep("regstack_console_proof", &session);
    root.get(&delete).await.is(200).shows("current_password");
    root.keep("regstack_session", &proof);
    root.get(&delete).await.is(303);
    let me = served.bearer(&proof).me().await;
    me.refused(401, "not_authenticated");
}

#[tokio::test]
async fn who_guesses_the_password_of_an_administrator_is_locked_out() {
    let served = office(Kind::Sqlite).await;
    served.account(ADA, |_| ()).await;
    let root = Desk::of(&served, ROOT).await;
    served.pass(ELEVEN);
    let promote = format!("{}/promote", page_of(&served, ADA).await);
    for _ in 0..5 {
        let wrong = root
            .act(&promote, &[("current_password", "not this one")])
            .await;
        wrong.shows("That isn&#x27;t your password");
    }
    let locked = root.act(&promote, &[("current_password", PASSWORD)]).await;
    locked.is(200).shows("Too many wrong passwords");
    assert!(!served.user(ADA).await.is_superuser);
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let served = office(Kind::Sqlite).await;
    let root = Desk::of(&served, ROOT).await;
    let own = page_of(&served, ROOT).await;
    for act in ["demote", "disable", "delete"] {
        let refused = root.act(&format!("{own}/{act}"), &[]).await;
        refused
            .is(200)
            .shows("This is the last active administrator");
    }
    assert!(served.user(ROOT).await.is_superuser);
}

#[tokio::test]
async fn what_was_entered_is_there_to_be_corrected_but_for_passwords() {
    let served = office(Kind::Sqlite).await;
    served.account(ADA, |_| ()).await;
    let root = Desk::of(&served, ROOT).await;
    let ada = page_of(&served, ADA).await;
    for (path, field, value, says) in [
        (
            "email",
            "email",
            "no address",
            "Enter an email address like",
        ),
        (
            "email",
            "email",
            ROOT,
            "Another account has this email address",
        ),
        ("email", "email", "", "Enter an email address."),
        ("name", "name", &*"n".repeat(201), "more than 200"),
    ] {
        let again = root.post(&format!("{ada}/{path}"), &[(field, value)]).await;
        assert!([409, 422].contains(&again.status), "{again:?}");
        again.shows(says).shows(&format!("value=\"{value}\""));
    }
    for (value, says) in [("short", "at least 8"), ("", "Enter a password")] {
        let again = root
            .post(&format!("{ada}/password"), &[("password", value)])
            .await;
        again.is(422).shows(says).lacks("short\"");
    }
    let new = |fields: &'static [(&'static str, &'static str)]| root.post("/users/new", fields);
    new(&[("email", "<x>"), ("way", "none"), ("name", "Grace")])
        .await
        .is(422)
        .shows("value=\"&lt;x&gt;\"")
        .shows("value=\"Grace\"");
    new(&[("email", ADA), ("way", "none")]).await.is(409);
    new(&[
        ("email", "a@example.com"),
        ("way", "password"),
        ("password", "canary"),
    ])
    .await
    .is(422)
    .shows("at least 8")
    .lacks("canary");
}

#[tokio::test]
async fn accounts_are_created_and_people_invited() {
    let served = office(Kind::Sqlite).await;
    let root = Desk::of(&served, ROOT).await;
    root.get("/users/new")
        .await
        .is(200)
        .shows("Send an invitation");
    let grace = "grace@example.com";
    let invited = root
        .act(
            "/users/new",
            &[("email", grace), ("name", "Grace"), ("way", "invite")],
        )
        .await;
    invited
        .is(200)
        .shows("the invitation is on its way")
        .shows(grace);
    let mail = &served.mails(grace, 1).await[0];
    assert!(mail.contains("token="), "{mail}");
    let made = root
        .act(
            "/users/new",
            &[
                ("email", ADA),
                ("way", "password"),
                ("password", PASSWORD),
                ("verified", "1"),
            ],
        )
        .await;
    made.is(200).shows("The account was created");
    let ada = Desk::of(&served, ADA).await;
    ada.get("").await.is(403);
    // An administrator is made with a proof only.
    served.pass(ELEVEN);
    let boss = [
        ("email", "boss@example.com"),
        ("way", "none"),
        ("admin", "1"),
    ];
    let asked = root.post("/users/new", &boss).await;
    asked
        .is(403)
        .shows("name=\"current_password\"")
        .shows("value=\"boss@example.com\"");
    assert!(served.find("boss@example.com").await.is_none());
    let proven = [boss.as_slice(), &[("current_password", PASSWORD)]].concat();
    root.act("/users/new", &proven).await.is(200);
    assert!(served.user("boss@example.com").await.is_superuser);
}

#[tokio::test]
async fn sessions_are_shown_and_ended_one_by_one() {
    let served = office(Kind::Sqlite).await;
    served.account(ADA, |_| ()).await;
    let root = Desk::of(&served, ROOT).await;
    let mut tokens = Vec::new();
    for _ in 0..2 {
        tokens.push(super::token(&served, ADA).await);
        served.pass(SignedDuration::from_secs(1));
    }
    let ada = page_of(&served, ADA).await;
    let page = root.get(&ada).await;
    let mut ids = page.is(200).html.split("/sessions/").skip(1);
    let newest = ids.next().unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(ids.count(), 1);
    let question = root.get(&format!("{ada}/sessions/{newest}")).await;
    question.is(200).shows("logged out on this device");
    let ended = root.act(&format!("{ada}/sessions/{newest}"), &[]).await;
    ended.is(200).shows("The session has ended");
    served.bearer(&tokens[1]).me().await.is(401);
    served.bearer(&tokens[0]).me().await.is(200);
    let again = root.act(&format!("{ada}/sessions/{newest}"), &[]).await;
    again.is(200).shows("no longer there");
}

async fn an_act_on_many_is_shown_first_and_done_once(kind: Kind) {
    let served = office(kind).await;
    for index in 0..12 {
        let email = format!("user{index:02}@example.com");
        served
            .account(&email, |account| account.is_verified = index % 2 == 0)
            .await;
    }
    let root = Desk::of(&served, ROOT).await;
    root.get("/users/bulk?act=verify").await.is(303);
    root.get("/users/bulk?act=explode&all=1").await.is(303);
    let shown = root
        .get("/users/bulk?act=verify&all=1&email=unverified&q=user")
        .await;
    shown
        .is(200)
        .shows("6 accounts")
        .shows("user11@example.com")
        .lacks("user02@example.com");
    let fields: Vec<(String, String)> = shown
        .html
        .split("type=\"hidden\" name=\"")
        .skip(1)
        .map(|field| {
            let (name, rest) = field.split_once("\" value=\"").unwrap();
            (name.to_owned(), rest.split('"').next().unwrap().to_owned())
        })
        .collect();
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    // Who comes after the list was shown is spared.
    served.pass(SignedDuration::from_secs(1));
    served
        .account("user99@example.com", |account| account.is_verified = false)
        .await;
    let done = root.act("/users/bulk", &fields).await;
    done.is(200).shows("Done for 6, not for 0");
    assert!(served.user("user11@example.com").await.is_verified);
    assert!(!served.user("user99@example.com").await.is_verified);
    // Ticked ones; the last administrator is refused, and the others are done.
    let mut ticked = vec![("act", "disable".to_owned())];
    for email in [ROOT, "user00@example.com", "user01@example.com"] {
        ticked.push(("id", served.id_of(email).await.to_string()));
    }
    let ticked: Vec<(&str, &str)> = ticked
        .iter()
        .map(|(name, id)| (*name, id.as_str()))
        .collect();
    let done = root.act("/users/bulk", &ticked).await;
    done.is(200).shows("Done for 2, not for 1");
    assert!(!served.user("user00@example.com").await.is_active);
    assert!(served.user("user02@example.com").await.is_active);
    // It is sensitive, whatever the act.
    served.pass(ELEVEN);
    let asked = root.act("/users/bulk", &ticked).await;
    asked.is(200).shows("name=\"current_password\"");
}

#[tokio::test]
async fn an_export_has_every_match_and_no_formula() {
    let served = office_with(Kind::Sqlite, |_| ()).await;
    for (email, name) in [
        ("a@example.com", "=HYPERLINK(\"http://evil.example\")"),
        ("b@example.com", "Bob, \"the\" builder"),
        ("c@example.com", "\u{1b}[2J@SUM(A1)"),
    ] {
        served
            .account(email, |account| {
                account.full_name = FullName::parse(name).unwrap();
            })
            .await;
    }
    let root = Desk::of(&served, ROOT).await;
    let all = root.get("/users/export").await;
    assert_eq!(
        all.is(200).headers["content-type"],
        "text/csv; charset=utf-8"
    );
    assert_eq!(all.html.lines().count(), 5);
    all.shows("id,email,full_name")
        .shows(",\"'=HYPERLINK(\"\"http://evil.example\"\")\",")
        .shows(",\"Bob, \"\"the\"\" builder\",")
        .lacks("\u{1b}");
    let one = root.get("/users/export?q=b@example").await;
    assert_eq!(one.is(200).html.lines().count(), 2);
    Desk::new(&served).get("/users/export").await.is(303);
}

#[tokio::test]
async fn registrations_that_wait_become_accounts_or_go() {
    let served = office(Kind::Sqlite).await;
    for email in [ADA, "grace@example.com"] {
        served.register(email).await.is(201);
    }
    let root = Desk::of(&served, ROOT).await;
    root.get("/pending")
        .await
        .is(200)
        .shows(ADA)
        .shows("grace@example.com");
    root.get("/pending?q=grace").await.is(200).lacks(ADA);
    for (act, what) in [
        ("promote", "becomes an account"),
        ("delete", "its link stops working"),
    ] {
        let question = root.get(&format!("/pending/{act}?email={ADA}")).await;
        question.is(200).shows(what).shows(ADA);
        root.get(&format!("/pending/{act}")).await.is(404);
    }
    let made = root.act("/pending/promote", &[("email", ADA)]).await;
    made.is(200).shows("The account was created").shows(ADA);
    assert!(served.user(ADA).await.is_verified);
    let gone = root
        .act("/pending/delete", &[("email", "grace@example.com")])
        .await;
    gone.is(200)
        .shows("The registration was deleted")
        .lacks("grace@");
    let again = root
        .act("/pending/delete", &[("email", "grace@example.com")])
        .await;
    again.is(200).shows("no longer there");
    root.get("/pending")
        .await
        .shows("No registrations are waiting");
}
