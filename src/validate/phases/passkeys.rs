//! Passkeys, with an authenticator in software.

use axum::http::Method;
use serde_json::json;

use crate::secret::{ExposeSecret as _, SecretString};
use crate::validate::link::is_same_server;
use crate::validate::passkey::Passkey;
use crate::validate::site::Reply;
use crate::validate::{Probe, Result, Trouble, not_there, passed};

/// A passkey can be added, logs in without a password, and can be removed.
pub(super) async fn passkeys(probe: &mut Probe<'_>) -> Result {
    let session = probe.session().await?;
    let password = json!({"current_password": probe.account.password.expose_secret()});
    let call = probe.site.post("/passkeys/start", password);
    let reply = probe.site.send(call.bearer(&session)).await?;
    if reply.is_off() {
        return not_there("passkeys are off (enable_passkeys)");
    }
    let started = reply.expect(200)?;
    // The names of this machine are one server, but passkeys are for the name that people use.
    let page = match &probe.issuer {
        Some(issuer) if is_same_server(issuer, &probe.site.given) => issuer,
        _ => &probe.site.given,
    };
    let options = &started.json()["public_key"];
    let (passkey, mut made) = Passkey::create(options, page, &*probe.random)?;
    made["pending_token"] = started.text("pending_token")?.into();
    made["name"] = "regstack validate".into();
    let call = probe.site.post("/passkeys/finish", made).bearer(&session);
    let added = probe.site.send(call).await?;
    if added.code() == "invalid_passkey" {
        return Err(added.trouble().remedy(format!(
            "set base_url to the address that people use, or add {} to passkey_origins",
            page.origin().ascii_serialization()
        )));
    }
    let id = added.expect(201)?.text("id")?;
    if log_in(probe, &passkey.forged()?).await?.is(200) {
        return Err(
            Trouble::new("a passkey with another key is accepted for a login")
                .remedy("take the installation offline, and report this"),
        );
    }
    let reply = log_in(probe, &passkey).await?.expect(200)?;
    let token: SecretString = reply.text("access_token")?.into();
    let me = probe.site.get("/me").bearer(&token);
    let shown = probe.site.send(me).await?.expect(200)?.text("email")?;
    if !shown.eq_ignore_ascii_case(&probe.account.email) {
        return Err(Trouble::new("the passkey logs in to another account")
            .remedy("see whether a cache answers for the API"));
    }
    // Right after the login with a passkey, no password is asked for.
    let call = probe
        .site
        .call(Method::DELETE, &format!("/passkeys/{id}"))
        .json(json!({}));
    probe.site.send(call.bearer(&token)).await?.expect(200)?;
    let reply = log_in(probe, &passkey).await?;
    if !(reply.is(401) && reply.code() == "passkey_refused") {
        return Err(Trouble::new("a removed passkey isn't refused")
            .remedy("see whether several servers run with different databases"));
    }
    passed("added, used for a login, and removed; another key is refused")
}

/// Logs in with a passkey.
async fn log_in(probe: &Probe<'_>, passkey: &Passkey) -> Result<Reply> {
    let call = probe.site.call(Method::POST, "/login/passkey/start");
    let started = probe.site.send(call).await?.expect(200)?;
    let mut signed = passkey.sign(&started.json()["public_key"])?;
    signed["pending_token"] = started.text("pending_token")?.into();
    let call = probe.site.post("/login/passkey/finish", signed);
    probe.site.send(call.for_token()).await
}
