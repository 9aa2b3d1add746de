//! The applications of `examples/`, each run as it stands against a served regstack.

mod browser;
mod guard;
mod introspect;
mod keys;
mod readme;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use regstack::internals::clock::{Clock as _, SystemClock};
use regstack::internals::config::Settings;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::Value;

use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::client;
use crate::support::database::{Database, Kind};
use crate::support::example::Example;
use crate::support::front::Front;
use crate::support::served::Served;

/// A served regstack whose clock shows the time that the applications see, and the front that applications reach it by.
async fn served(kind: Kind, change: impl FnOnce(&mut Settings)) -> (Served, Front) {
    let front = Front::new().await;
    let database = Database::fresh(kind).await;
    let served = Served::over_at(database, SystemClock.now(), |settings| {
        settings.identity.base_url.clone_from(&front.origin);
        settings.features.enable_ui_router = true;
        change(settings);
    })
    .await;
    front.leads_to(&served.origin);
    (served, front)
}

/// A session of this address at a server.
async fn token_at(served: &Served, email: &str) -> String {
    let answer = served.log_in(email, PASSWORD).await;
    answer.is(200).text("access_token").to_owned()
}

/// A visit to the protected route of an application.
fn visit(example: &Example) -> RequestBuilder {
    let client = client::builder()
        .tls_certs_only([])
        .redirect(reqwest::redirect::Policy::none());
    let url = format!("{}/orders?page=2", example.origin);
    client.build().unwrap().get(url)
}

/// What the application says to somebody who holds a token.
async fn status_for(example: &Example, token: &str) -> StatusCode {
    let answer = visit(example).bearer_auth(token).send().await.unwrap();
    answer.status()
}

fn encode(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// A token with another header and the same claims, under an HMAC with `secret`.
fn with_hmac(token: &str, header: &Value, secret: &[u8]) -> String {
    use hmac::{KeyInit as _, Mac as _};
    let message = format!("{}.{}", encode(header), token.split('.').nth(1).unwrap());
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret).unwrap();
    mac.update(message.as_bytes());
    let mac = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    format!("{message}.{mac}")
}

/// The same token with another header and its old signature.
fn with_header(token: &str, header: &Value) -> String {
    let (_, rest) = token.split_once('.').unwrap();
    format!("{}.{rest}", encode(header))
}
