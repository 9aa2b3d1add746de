//! The link for the first administrator, as `serve` prints it.

use reqwest::Method;
use serde_json::Value;

use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::process::Place;

#[tokio::test]
async fn serve_prints_a_link_that_makes_the_first_administrator_once() {
    let place = Place::configured().with_account("ada@example.com");
    let server = place.serve(&[]);
    assert_eq!(server.report["set_up"], Value::Null, "there is no console");
    drop(server);
    place.set("enable_ui_router = true\nenable_admin_router = true");
    let server = place.serve(&[]);
    let link = server.report["set_up"].as_str().unwrap();
    let (_, token) = link.split_once("/account/set-up?token=").unwrap();
    let form = format!("token={token}&email=root@example.com&password={PASSWORD}");
    let request = server.unled().request(Method::POST, "//account/set-up");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let made = request.body(form.replace(' ', "+")).send().await.unwrap();
    assert_eq!(made.status(), 303);
    let listed = place.json(&["users", "list", "--admins"]);
    assert_eq!(listed["items"][0]["email"], "root@example.com");
    // The next server has nothing to print.
    drop(server);
    assert_eq!(place.serve(&[]).report["set_up"], Value::Null);
}
