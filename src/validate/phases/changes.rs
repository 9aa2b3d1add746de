//! What people change about their account.

use axum::http::Method;
use serde_json::json;

use super::linked;
use crate::secret::ExposeSecret as _;
use crate::validate::{Probe, Result, Trouble, not_there, passed};

/// The name can be changed.
pub(super) async fn me(probe: &mut Probe<'_>) -> Result {
    let session = probe.session().await?;
    let name = "validate renamed";
    let change = probe.site.call(Method::PATCH, "/me").bearer(&session);
    let change = change.json(json!({"full_name": name}));
    probe.site.send(change).await?.expect(200)?;
    let me = probe.site.get("/me").bearer(&session);
    let reply = probe.site.send(me).await?.expect(200)?;
    if reply.json()["full_name"] != name {
        return Err(Trouble::new("GET /me shows an old name")
            .remedy("see whether a cache answers for the API"));
    }
    passed("shown and changed")
}

/// The password can be changed, and that ends all sessions.
pub(super) async fn password(probe: &mut Probe<'_>) -> Result {
    let session = probe.session().await?;
    let old = probe.account.password.clone();
    let new = probe.new_password();
    let body =
        json!({"current_password": old.expose_secret(), "new_password": new.expose_secret()});
    let call = probe.site.post("/change-password", body).bearer(&session);
    // Both may be right until the answer is there.
    probe.account.next_password = Some(new);
    let reply = probe.site.send(call).await?;
    if !reply.is(200) {
        probe.account.next_password = None;
        return Err(reply.trouble());
    }
    probe.account.password_changed();
    probe.account.token = None;
    probe
        .is_refused(&session, "the change of the password")
        .await?;
    probe.is_old(&old).await?;
    probe.session().await?;
    passed("sessions end, and only the new password works")
}

/// The email address can be changed with a link to the new one.
pub(super) async fn email(probe: &mut Probe<'_>) -> Result {
    let session = probe.session().await?;
    let new = probe.new_address();
    let password = probe.account.password.expose_secret();
    let body = json!({"new_email": new, "current_password": password});
    let call = probe.site.post("/change-email", body).bearer(&session);
    probe.site.send(call).await?.expect(202)?;
    let link = probe
        .mailed_link(&new, "the email with the link to the new address")
        .await?;
    let opened = linked::open(
        probe,
        &link,
        "confirm-email-change",
        "email_change_url_template",
    )
    .await;
    let body = json!({"token": link.token.expose_secret()});
    let call = probe.site.post("/confirm-email-change", body);
    probe.account.next_email = Some(new);
    let reply = probe.site.send(call.clone()).await?;
    if !reply.is(200) {
        probe.account.next_email = None;
        return Err(reply.trouble());
    }
    probe.account.email_changed();
    probe.account.token = None;
    probe
        .is_refused(&session, "the change of the email address")
        .await?;
    opened?;
    if probe.site.send(call).await?.is(200) {
        return Err(Trouble::new("the link to the new address works twice")
            .remedy("see whether several servers run with different databases"));
    }
    probe.session().await?;
    passed("the link to the new address works, once")
}

/// A forgotten password can be replaced with a link.
pub(super) async fn reset(probe: &mut Probe<'_>) -> Result {
    let session = probe.session().await?;
    let email = probe.account.email.clone();
    let call = probe.site.post("/forgot-password", json!({"email": email}));
    let reply = probe.site.send(call).await?;
    if reply.is_off() {
        return not_there("passwords can't be reset (enable_password_reset is off)");
    }
    reply.expect(202)?;
    let link = probe
        .mailed_link(&email, "the email with the reset link")
        .await?;
    let opened = linked::open(probe, &link, "reset", "password_reset_url_template").await;
    let old = probe.account.password.clone();
    let new = probe.new_password();
    let body = json!({"token": link.token.expose_secret(), "new_password": new.expose_secret()});
    let call = probe.site.post("/reset-password", body);
    probe.account.next_password = Some(new);
    let reply = probe.site.send(call.clone()).await?;
    if !reply.is(200) {
        probe.account.next_password = None;
        return Err(reply.trouble());
    }
    probe.account.password_changed();
    probe.account.token = None;
    probe
        .is_refused(&session, "the reset of the password")
        .await?;
    opened?;
    if probe.site.send(call).await?.is(200) {
        return Err(Trouble::new("the reset link works twice")
            .remedy("see whether several servers run with different databases"));
    }
    probe.is_old(&old).await?;
    probe.session().await?;
    passed("the link works, once; sessions end, and only the new password works")
}
