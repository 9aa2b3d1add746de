//! What people change about their account.

use axum::http::Method;
use serde_json::json;

use super::linked::{self, Arrived};
use super::pages;
use crate::secret::ExposeSecret as _;
use crate::validate::site::Call;
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

/// Everything about the account can be downloaded.
pub(super) async fn download(probe: &mut Probe<'_>) -> Result {
    let session = probe.session().await?;
    let call = probe.site.get("/me/export").bearer(&session);
    let reply = probe.site.send(call).await?.expect(200)?;
    let saved = reply.header("content-disposition").unwrap_or_default();
    if !saved.starts_with("attachment") {
        return Err(Trouble::new("browsers show the data instead of saving it")
            .remedy("keep the proxy from removing Content-Disposition"));
    }
    let (text, document) = (reply.body(), reply.json());
    let account = &probe.account;
    let email = document["account"]["email"].as_str().unwrap_or_default();
    let events = document["events"].as_array().map_or(0, Vec::len);
    if !email.eq_ignore_ascii_case(&account.email) || events == 0 {
        return Err(
            Trouble::new("GET /me/export doesn't answer with all data about the account")
                .remedy("see whether the proxy cuts or caches answers that arrive in pieces"),
        );
    }
    let secrets = [&session, &account.password];
    if secrets
        .iter()
        .any(|secret| text.contains(secret.expose_secret()))
    {
        return Err(Trouble::new("the data has a secret in it")
            .remedy("take the installation offline, and report this"));
    }
    passed(format!("saved as a file, with {events} events"))
}

/// The password can be changed, and that ends all sessions.
pub(super) async fn password(probe: &mut Probe<'_>) -> Result {
    let session = probe.session().await?;
    let old = probe.account.password.clone();
    let new = probe.new_password();
    let body =
        json!({"current_password": old.expose_secret(), "new_password": new.expose_secret()});
    let call = probe.site.post("/change-password", body).bearer(&session);
    probe.account.next_password = Some(new);
    change(probe, call).await?;
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
    let (old, new) = (probe.account.email.clone(), probe.new_address());
    let password = probe.account.password.expose_secret();
    let body = json!({"new_email": new, "current_password": password});
    let call = probe.site.post("/change-email", body).bearer(&session);
    probe.site.send(call).await?.expect(202)?;
    let arrived = linked::arrived(probe, &new, &linked::EMAIL_CHANGE).await?;
    let body = json!({"token": arrived.token()});
    let call = probe.site.post("/confirm-email-change", body);
    probe.account.next_email = Some(new);
    change(probe, call.clone()).await?;
    probe.account.former_email = Some(old);
    probe
        .is_refused(&session, "the change of the email address")
        .await?;
    arrived.worked_once(probe, call).await?;
    probe.session().await?;
    passed("the link to the new address works, once")
}

/// A forgotten password can be replaced with a link.
pub(super) async fn reset(probe: &mut Probe<'_>) -> Result {
    let session = probe.session().await?;
    let old = probe.account.password.clone();
    let Some((arrived, call)) = new_password_by_mail(probe).await? else {
        return not_there("passwords can't be reset (enable_password_reset is off)");
    };
    probe
        .is_refused(&session, "the reset of the password")
        .await?;
    arrived.worked_once(probe, call).await?;
    probe.is_old(&old).await?;
    probe.session().await?;
    passed("the link works, once; sessions end, and only the new password works")
}

/// Whoever lost the account to another email address gets it back, with the link in the notice to the old one.
pub(super) async fn undo(probe: &mut Probe<'_>) -> Result {
    let Some(former) = probe.account.former_email.clone() else {
        return not_there("needs change-email");
    };
    let session = probe.session().await?;
    // Without the built-in page, there may be none, and no link to wait for.
    let arrived = if pages::login_page(probe).await?.is_some() {
        linked::arrived(probe, &former, &linked::UNDO).await?
    } else if let Some(arrived) = linked::possibly_arrived(probe, &former, &linked::UNDO).await {
        arrived
    } else {
        return not_there(
            "the notice to the old address has no link (enable_ui_router and email_undo_url_template are off)",
        );
    };
    let old = probe.account.password.clone();
    let call = probe
        .site
        .post("/undo-email-change", json!({"token": arrived.token()}));
    probe.account.next_email = Some(former);
    probe.account.may_lack_password = true;
    change(probe, call.clone()).await?;
    probe.account.former_email = None;
    probe.is_refused(&session, "the change was undone").await?;
    let detail = if new_password_by_mail(probe).await?.is_some() {
        probe.is_old(&old).await?;
        "the link in the notice works, once; sessions end, and the old address sets a new password"
    } else {
        // Nothing else would set another.
        probe.account.may_lack_password = false;
        "the link in the notice works, once; sessions end"
    };
    arrived.worked_once(probe, call).await?;
    probe.session().await?;
    passed(detail)
}

/// Requests a reset link, and sets a new password with it. Returns the link and its use, or `None` if passwords can't be
/// reset.
pub(super) async fn new_password_by_mail(probe: &mut Probe<'_>) -> Result<Option<(Arrived, Call)>> {
    let email = probe.account.email.clone();
    let call = probe.site.post("/forgot-password", json!({"email": email}));
    let reply = probe.site.send(call).await?;
    if reply.is_off() {
        return Ok(None);
    }
    reply.expect(202)?;
    let arrived = linked::arrived(probe, &email, &linked::RESET).await?;
    let new = probe.new_password();
    let body = json!({"token": arrived.token(), "new_password": new.expose_secret()});
    let call = probe.site.post("/reset-password", body);
    probe.account.next_password = Some(new);
    change(probe, call.clone()).await?;
    probe.account.may_lack_password = false;
    Ok(Some((arrived, call)))
}

/// Sends a change that ends all sessions. Until its answer is there, the old and the new may be right.
async fn change(probe: &mut Probe<'_>, call: Call) -> Result<()> {
    let reply = probe.site.send(call).await?;
    if reply.is(200) {
        probe.account.changed();
        Ok(())
    } else {
        probe.account.unchanged();
        Err(reply.trouble())
    }
}
