//! The effective settings.

use std::sync::Arc;

use reqwest::Method;

use super::{Desk, ROOT, office};
use crate::support::database::Kind;
use crate::support::insight::Quoting;
use crate::support::process::Place;

#[tokio::test]
async fn settings_are_text_and_can_be_narrowed_down() {
    let served = office(Kind::Sqlite).await;
    let root = Desk::of(&served, ROOT).await;
    root.get("/settings")
        .await
        .is(200)
        .shows("inside another program")
        .lacks("<table");
    let served = served.knowing(Arc::new(Quoting)).await;
    let root = Desk::of(&served, ROOT).await;
    let all = root.get("/settings").await;
    all.is(200)
        .shows("&lt;script&gt;alert(1)")
        .shows("regstack.toml:1")
        .shows("base_url");
    all.lacks("<script>alert");
    let changed = root.get("/settings?changed=1").await;
    changed.is(200).shows("app_name").lacks("base_url");
    let found = root.get("/settings?q=BASE").await;
    found.is(200).shows("base_url").lacks("app_name");
    root.get("/settings?q=nothing")
        .await
        .shows("No settings match.");
    // Nothing can be changed.
    root.send(
        Method::POST,
        "/settings",
        &[("sec-fetch-site", "same-origin")],
        Some(&[]),
    )
    .await
    .is(404);
}

/// What a server that was started with a file and an environment tells, compared with the command.
#[tokio::test]
async fn a_server_tells_the_layer_of_each_setting_and_no_secret() {
    let place = Place::configured();
    place.create_admin(ROOT);
    place.set(
        "app_name = \"Grace's\"\nenable_ui_router = true\nenable_admin_router = true\ntransport = \"cookie\"",
    );
    let server = place.serve(&[]);
    let root = super::of_process(&server, ROOT).await;
    let page = root.get("/settings").await;
    page.is(200).shows("Grace&#x27;s").shows("regstack.toml:");
    assert!(page.html.len() < 60_000, "{}", page.html.len());
    let shown = place.json(&["config", "show"]);
    for setting in shown["items"].as_array().unwrap() {
        page.shows(setting["key"].as_str().unwrap());
    }
    let secret = place.secret();
    assert!(secret.len() >= 32);
    page.lacks(secret);
    // The doctor answers in the server too.
    let overview = root.get("/overview").await;
    overview.is(200).shows("id=\"doctor\"");
}
