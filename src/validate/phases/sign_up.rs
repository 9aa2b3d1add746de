//! Signing up.

use serde_json::json;

use super::linked;
use crate::secret::ExposeSecret as _;
use crate::validate::{Probe, Result, Trouble, not_there, passed};

/// A stranger registers.
pub(super) async fn register(probe: &mut Probe<'_>) -> Result {
    let account = &probe.account;
    let body = json!({
        "email": account.email,
        "password": account.password.expose_secret(),
        "full_name": "regstack validate",
    });
    let email = account.email.clone();
    let call = probe.site.post("/register", body);
    probe.account.is_registered = true;
    let sent = probe.site.send(call).await;
    let reply = match sent {
        Ok(reply) if reply.is(201) => reply,
        refused => {
            probe.account.is_registered = false;
            let reply = refused?;
            return Err(match reply.code().as_str() {
                "registration_disabled" => reply.trouble().remedy(
                    "set allow_registration = true for as long as this runs: a stranger has to be able to sign up",
                ),
                _ => reply.trouble(),
            });
        }
    };
    if reply.json()["status"] == "pending_verification" {
        return passed(format!("{email} waits for its verification"));
    }
    probe.account.is_verified = true;
    passed(format!("{email} is registered"))
}

/// The email arrives, its link leads to a page, and the link works once.
pub(super) async fn verify(probe: &mut Probe<'_>) -> Result {
    if probe.account.is_verified {
        return not_there("accounts are usable at once (require_verification is off)");
    }
    let to = probe.account.email.clone();
    let arrived = linked::arrived(probe, &to, &linked::VERIFY).await?;
    let body = json!({
        "token": arrived.token(),
        "password": probe.account.password.expose_secret(),
    });
    let call = probe.site.post("/verify", body);
    // If the answer gets lost, the account may be there.
    probe.account.is_verified = true;
    let reply = probe.site.send(call.clone()).await?;
    if !reply.is(200) {
        probe.account.is_verified = false;
        return Err(match reply.code().as_str() {
            "invalid_token" => reply.trouble().remedy(
                "see whether the clock of the server is right, several servers have the same secret and database, and the page of the link doesn't use it up when it's opened",
            ),
            _ => reply.trouble(),
        });
    }
    if reply.json()["is_verified"] != true {
        return Err(Trouble::new("POST /verify leaves the account unverified"));
    }
    let shown = arrived.shown();
    arrived.worked_once(probe, call).await?;
    passed(format!("the link to {shown} works, once"))
}
