//! Logging in with a certified provider, as it is run elsewhere.

use regstack::internals::clock::{Clock as _, SystemClock};
use regstack::internals::config::Settings;
use serde_json::{Value, json};

use crate::support::actor::{Answer, NULL, PASSWORD, Requests as _};
use crate::support::authenticator::set_up;
use crate::support::database::{Database, Kind};
use crate::support::fake_provider::{Browser, completed};
use crate::support::oidc_peer::OidcPeer;
use crate::support::served::Served;

fn ada() -> Value {
    json!({ "sub": "ada-1815", "email": "ada@peer.example", "email_verified": true, "name": "Ada Lovelace" })
}

/// A server at the present moment: the peer has a clock of its own.
async fn served_with(peer: &OidcPeer, change: impl FnOnce(&mut Settings)) -> Served {
    let database = Database::fresh(Kind::of_this_run()).await;
    Served::over_at(database, SystemClock.now(), |settings| {
        settings.oauth.providers = vec![peer.settings()];
        settings.oauth.enforce_mfa_on_oauth_signin = true;
        settings.oauth.state_ttl_seconds = 300;
        settings.oauth.completion_ttl_seconds = 30;
        change(settings);
    })
    .await
}

/// There and back; where that leads.
async fn go(browser: &mut Browser<'_>, peer: &OidcPeer) -> String {
    let address = browser.start("peer").await;
    let back = peer.visit(&address).await;
    browser.come_back("peer", &back).await
}

async fn log_in(served: &Served, peer: &OidcPeer) -> Answer {
    let mut browser = Browser::at(served);
    let page = go(&mut browser, peer).await;
    let answer = browser.exchange(&completed(&page)).await;
    answer.is(200).clone()
}

#[tokio::test]
async fn a_certified_provider_signs_people_up_and_logs_them_in() {
    let mut peer = OidcPeer::start();
    let served = served_with(&peer, |_| ()).await;
    peer.is(json!({ "sub": "bob", "email": "bob@peer.example", "email_verified": false }))
        .await;
    let page = go(&mut Browser::at(&served), &peer).await;
    assert_eq!(page, "/account/login?error=provider_email_unverified");
    peer.is(ada()).await;
    let first = log_in(&served, &peer).await;
    assert_eq!(first.body["was_new_account"], true);
    let me = served.bearer(first.text("access_token")).me().await;
    assert_eq!(
        (me.text("email"), me.text("full_name")),
        ("ada@peer.example", "Ada Lovelace")
    );
    let again = log_in(&served, &peer).await;
    assert_eq!(again.body["was_new_account"], false);
    assert_eq!(served.count_users().await, 1);
    // A code works once at the provider, too.
    let mut browser = Browser::at(&served);
    let first = peer.visit(&browser.start("peer").await).await;
    completed(&browser.come_back("peer", &first).await);
    let mut second = peer.visit(&browser.start("peer").await).await;
    second.insert("code".into(), first["code"].clone());
    let page = browser.come_back("peer", &second).await;
    assert_eq!(page, "/account/login?error=token_exchange_failed");
    // It goes away between there and back; a server that does not know it yet says so at once.
    let back = peer.visit(&browser.start("peer").await).await;
    let newcomer = served.sibling().await;
    peer.stop();
    let away = "/account/login?error=provider_unavailable";
    assert_eq!(browser.come_back("peer", &back).await, away);
    let answer = Browser::at(&newcomer).get("/oauth/peer/start").await;
    assert_eq!(answer.is(302).header("location"), Some(away));
}

#[tokio::test]
async fn a_certified_provider_is_linked_asked_beside_a_factor_and_unlinked() {
    let peer = OidcPeer::start();
    peer.is(ada()).await;
    let served = served_with(&peer, |settings| {
        settings.features.allow_registration = false;
        settings.features.enable_totp = true;
    })
    .await;
    let page = go(&mut Browser::at(&served), &peer).await;
    assert_eq!(page, "/account/login?error=registration_disabled");
    let owner = served.signed_in("ada@peer.example").await;
    let page = go(&mut Browser::at(&served), &peer).await;
    assert_eq!(page, "/account/login?error=email_in_use");
    let mut browser = Browser::at(&served);
    let address = browser.start_link(&owner, "peer").await;
    let back = peer.visit(&address).await;
    let id = completed(&browser.come_back("peer", &back).await);
    browser.exchange(&id).await.is(200);
    let answer = log_in(&served, &peer).await;
    assert_eq!(answer.body["mfa_required"], false);
    let (app, _) = set_up(&served, &owner).await;
    served.pass(jiff::SignedDuration::from_secs(30));
    let waits = log_in(&served, &peer).await;
    assert_eq!(waits.body["mfa_required"], true);
    let pending = waits.text("mfa_pending_token");
    let done = served.confirm_login(pending, &app.code(&served)).await;
    done.is(200);
    owner.delete("/oauth/peer/link", NULL).await.is(200);
    let page = go(&mut Browser::at(&served), &peer).await;
    assert_eq!(page, "/account/login?error=email_in_use");
    served.log_in("ada@peer.example", PASSWORD).await.is(200);
}
