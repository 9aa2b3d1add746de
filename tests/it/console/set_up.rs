//! The link for the first administrator.

use jiff::SignedDuration;
use regstack::internals::accounts::Error;
use regstack::internals::config::Transport;
use regstack::internals::model::{Actor, Email, NewPassword, Origin, ProofToken};
use reqwest::Method;
use serde_json::json;

use super::{Desk, ROOT, Sheet, office, token};
use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::database::{Database, Kind};
use crate::support::on_both_engines;
use crate::support::served::Served;

on_both_engines! {
    the_link_makes_one_administrator_and_is_dead_afterwards
    two_uses_at_once_make_one_administrator
}

/// A server whose database has no administrator.
async fn empty(kind: Kind) -> Served {
    Served::over(Database::fresh(kind).await, |settings| {
        settings.features.enable_ui_router = true;
        settings.features.enable_admin_router = true;
        settings.tokens.transport = Transport::Cookie;
    })
    .await
}

async fn link(served: &Served) -> Option<String> {
    let invited = served.app.accounts.invite_first_admin().await.unwrap();
    invited.map(|token| token.expose().to_owned())
}

/// The page of a link.
async fn opened(served: &Served, token: &str) -> Sheet {
    let path = format!("//account/set-up?token={token}");
    let request = served.unled().request(Method::GET, &path);
    Sheet::of(request.send().await.unwrap()).await
}

/// What the form of the page leads to.
async fn sent(served: &Served, fields: &[(&str, &str)]) -> Sheet {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields);
    let request = served.unled().request(Method::POST, "//account/set-up");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    Sheet::of(request.body(body.finish()).send().await.unwrap()).await
}

async fn the_link_makes_one_administrator_and_is_dead_afterwards(kind: Kind) {
    let served = empty(kind).await;
    served.account("ada@example.com", |_| ()).await;
    let token_of_link = link(&served).await.unwrap();
    let right = [
        ("token", token_of_link.as_str()),
        ("email", ROOT),
        ("name", "Grace <i>Hopper</i>"),
        ("password", PASSWORD),
    ];
    let with = |name: &'static str, value: &'static str| {
        right.map(|(key, old)| (key, if key == name { value } else { old }))
    };
    opened(&served, &token_of_link).await.is(200);
    opened(&served, "something-else").await.is(410);
    opened(&served, "").await.is(410);
    // What is wrong is said, and what was typed is still there; nothing is made of it.
    let weak = sent(&served, &with("password", "Zq9!x")).await;
    weak.is(422)
        .shows("Grace &lt;i&gt;Hopper")
        .shows(ROOT)
        .lacks("Zq9!x");
    sent(&served, &with("email", "")).await.is(422);
    sent(&served, &with("email", "ada@example.com"))
        .await
        .is(409);
    sent(&served, &with("token", "something-else"))
        .await
        .is(410);
    assert!(served.find(ROOT).await.is_none());
    let done = sent(&served, &right).await;
    let leads = done.is(303).location.clone().unwrap();
    assert_eq!(leads, "/account/login?next=%2Faccount%2Fadmin");
    let root = served.find(ROOT).await.unwrap();
    assert!(root.is_superuser && root.is_verified && root.is_active);
    // They can log in, and are an administrator in the API too.
    Desk::of(&served, ROOT).await.get("/users").await.is(200);
    let bearer = served.bearer(&token(&served, ROOT).await);
    bearer.get("/admin/users").await.is(200);
    // Dead, for the same person and for others.
    opened(&served, &token_of_link).await.is(410);
    sent(&served, &with("email", "eve@example.com"))
        .await
        .is(410);
    assert!(served.find("eve@example.com").await.is_none());
    assert!(link(&served).await.is_none());
    let events = bearer.get("/admin/events?type=admin_granted").await;
    assert_eq!(
        events.is(200).items()[0]["user_id"],
        json!(root.id.to_string())
    );
}

async fn two_uses_at_once_make_one_administrator(kind: Kind) {
    let served = empty(kind).await;
    let sibling = served.sibling().await;
    // Each server has a link of its own.
    let links = [link(&served).await.unwrap(), link(&sibling).await.unwrap()];
    opened(&served, &links[1]).await.is(410);
    let uses = (0..6).map(|index| {
        let (node, link) = if index % 2 == 0 {
            (&served, &links[0])
        } else {
            (&sibling, &links[1])
        };
        let email = format!("root{index}@example.com");
        async move {
            let fields = [
                ("token", &**link),
                ("email", &*email),
                ("password", PASSWORD),
            ];
            sent(node, &fields).await.status
        }
    });
    let statuses = futures_util::future::join_all(uses).await;
    let made = statuses.iter().filter(|status| **status == 303).count();
    assert_eq!(made, 1, "{statuses:?}");
    assert!(
        statuses.iter().all(|status| matches!(status, 303 | 410)),
        "{statuses:?}"
    );
    assert_eq!(served.app.accounts.counts().await.unwrap().superusers, 1);
}

#[tokio::test]
async fn the_link_ends_with_time_with_an_administrator_and_with_the_next_link() {
    let served = empty(Kind::Sqlite).await;
    let first = link(&served).await.unwrap();
    let second = link(&served).await.unwrap();
    opened(&served, &first).await.is(410);
    served.pass(SignedDuration::from_mins(59));
    opened(&served, &second).await.is(200);
    served.pass(SignedDuration::from_mins(2));
    opened(&served, &second).await.is(410);
    let third = link(&served).await.unwrap();
    served
        .account(ROOT, |account| account.is_superuser = true)
        .await;
    opened(&served, &third).await.is(410);
    let fields = [
        ("token", &*third),
        ("email", "eve@example.com"),
        ("password", PASSWORD),
    ];
    sent(&served, &fields).await.is(410);
    assert!(served.find("eve@example.com").await.is_none());
    // Not even without the page.
    let nobody = Origin {
        actor: Actor::Anonymous,
        ip: None,
        request_id: None,
        languages: Vec::new(),
        user_agent: None,
    };
    let token = ProofToken::presented(third.into());
    let password = NewPassword::parse(PASSWORD.into()).unwrap();
    let eve = served.app.accounts.create_first_admin(
        &token,
        Email::parse("eve@example.com").unwrap(),
        &password,
        None,
        &nobody,
    );
    assert!(matches!(eve.await, Err(Error::InvalidToken)));
}

#[tokio::test]
async fn without_the_console_there_is_no_page() {
    let served = Served::over(Database::fresh(Kind::Sqlite).await, |settings| {
        settings.features.enable_ui_router = true;
        settings.features.enable_admin_router = false;
    })
    .await;
    let token = link(&served).await.unwrap();
    opened(&served, &token).await.is(404);
    let office = office(Kind::Sqlite).await;
    assert!(link(&office).await.is_none(), "there is an administrator");
}
