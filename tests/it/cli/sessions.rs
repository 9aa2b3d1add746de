//! `sessions`: where accounts are logged in, and ending that.

use regstack::internals::accounts::{Accounts, Login};
use regstack::internals::model::{Email, Origin, Password, UserAgent};
use regstack::internals::secret::ExposeSecret as _;

use crate::support::actor::PASSWORD;
use crate::support::process::Place;

const ADA: &str = "ada@example.com";

/// Somebody who logs in with this client; their token.
async fn log_in(accounts: &Accounts, client: &str) -> String {
    let origin = Origin {
        ip: Some("203.0.113.9".parse().unwrap()),
        user_agent: UserAgent::of(client.as_bytes()),
        ..Origin::server()
    };
    let email = Email::parse(ADA).unwrap();
    let password = Password::parse(PASSWORD.into()).unwrap();
    match accounts.log_in(&email, &password, &origin).await.unwrap() {
        Login::Done(session) => session.access_token.expose_secret().to_owned(),
        Login::Waits(_) => panic!("a second factor is asked for"),
    }
}

#[tokio::test]
async fn sessions_are_listed_and_ended_for_a_running_server() {
    let place = Place::configured();
    let create = ["users", "create", ADA, "--password-stdin", "--verified"];
    let created = place.run_with_stdin(&create, PASSWORD);
    assert_eq!(created.code, Some(0), "{}", created.stderr);
    let ran = place.run(&["sessions", "list", "ada"]);
    assert_eq!(
        (ran.code, &*ran.stderr),
        (Some(0), "ada@example.com is logged in nowhere\n")
    );
    let app = place.app().await;
    let phone = log_in(
        &app.accounts,
        "Mozilla/5.0 (iPhone) Version/18.5 Mobile Safari/604.1",
    )
    .await;
    let odd = log_in(&app.accounts, "\u{202e}odd").await;
    let last = log_in(&app.accounts, "curl/8.14.1").await;
    let shown = place.run(&["sessions", "list", "ada"]).stdout;
    for words in [
        "Safari on iPhone",
        "curl",
        "203.0.113.9",
        "password",
        "\\u{202e}odd",
    ] {
        assert!(shown.contains(words), "{words} in {shown}");
    }
    let listed = place.json(&["sessions", "list", "ada"]);
    let sid_of = |name: &str| {
        let mut items = listed["items"].as_array().unwrap().iter();
        let item = items.find(|item| item["user_agent"].as_str().unwrap().contains(name));
        item.unwrap()["id"].as_str().unwrap().to_owned()
    };
    let (sid, other) = (sid_of("iPhone"), sid_of("odd"));
    let ran = place.run(&["sessions", "revoke", ADA, &sid, &other]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(
        ran.stdout,
        format!("ended the session {sid}\nended the session {other}\n")
    );
    for ended in [&phone, &odd] {
        app.accounts.authenticate(ended).await.unwrap_err();
    }
    app.accounts.authenticate(&last).await.unwrap();
    let events = place.json(&["events", "list", "--type", "session_revoked"]);
    let actor = events["items"][0]["actor"].as_str().unwrap();
    assert!(actor.starts_with("operator:"), "{actor}");

    let again = place.run(&["sessions", "revoke", ADA, &sid]);
    assert_eq!((again.code, &*again.stdout), (Some(1), ""));
    assert!(again.stderr.contains("no such session"), "{}", again.stderr);
    for wrong in [
        &["sessions", "revoke", ADA][..],
        &["sessions", "revoke", ADA, "short"],
    ] {
        assert_eq!(place.run(wrong).code, Some(2));
    }
    let all = place.run(&["sessions", "revoke", ADA, "--all"]);
    assert_eq!(
        (all.code, &*all.stdout),
        (Some(0), "revoked ada@example.com\n")
    );
    app.accounts.authenticate(&last).await.unwrap_err();
}
