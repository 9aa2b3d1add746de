//! Second factors.

use std::collections::HashSet;

use axum::http::Method;
use serde_json::json;
use std::time::Duration;
use tokio::time::sleep;

use crate::secret::{ExposeSecret as _, SecretString};
use crate::validate::account::LoggedIn;
use crate::validate::totp::Authenticator;
use crate::validate::{Probe, Result, Trouble, not_there, passed};

/// How often the clock is looked at while the next code is waited for.
const TICK: Duration = Duration::from_secs(1);
/// The longest wait for the next code.
const MAX_TICKS: u32 = 35;

/// An authenticator app and recovery codes work for logins.
pub(super) async fn totp(probe: &mut Probe<'_>) -> Result {
    let session = probe.session().await?;
    let password = probe.account.password.clone();
    let password = json!({"current_password": password.expose_secret()});
    let call = probe
        .site
        .post("/mfa/totp/start", password.clone())
        .bearer(&session);
    let reply = probe.site.send(call).await?;
    if reply.is_off() {
        return not_there("authenticator apps are off (enable_totp)");
    }
    let reply = reply.expect(200)?;
    let secret: SecretString = reply.text("secret")?.into();
    let pending: SecretString = reply.text("pending_token")?.into();
    let Some(mut app) = Authenticator::new(secret.expose_secret()) else {
        return Err(Trouble::new(
            "the secret for authenticator apps isn't base32",
        ));
    };
    let code = app.next_code(probe.clock.now());
    // It may be on as soon as the request was sent.
    probe.account.authenticator = Some(app);
    let body = json!({"pending_token": pending.expose_secret(), "code": *code});
    let reply = probe
        .site
        .send(probe.site.post("/mfa/totp/confirm", body))
        .await?;
    if !reply.is(200) {
        probe.account.authenticator = None;
        return Err(wrong_code(reply.trouble(), &reply.code()));
    }
    let recovery = reply.json()["recovery_codes"][0]
        .as_str()
        .map(SecretString::from);
    let pending = waiting(probe, "totp").await?;
    let code = app_code(probe).await;
    let token = confirm(probe, &pending, &code).await?;
    if let Some(recovery) = recovery {
        let pending = waiting(probe, "totp").await?;
        confirm(probe, &pending, &recovery).await?;
    }
    let call = probe.site.call(Method::DELETE, "/mfa/totp").json(password);
    probe.site.send(call.bearer(&token)).await?.expect(200)?;
    probe.account.authenticator = None;
    probe.account.token = Some(probe.new_session().await?);
    passed("set up, used for a login, a recovery code used, and removed")
}

/// Codes by SMS work for logins.
pub(super) async fn sms(probe: &mut Probe<'_>) -> Result {
    let Some(phone) = &probe.phone else {
        return not_there("give a number with --phone to test codes by SMS");
    };
    let number = phone.number.clone();
    let session = probe.session().await?;
    let password = probe.account.password.clone();
    let password = password.expose_secret();
    let body = json!({"phone_number": number, "current_password": password});
    let old = probe.old_texts().await;
    let call = probe.site.post("/phone/start", body).bearer(&session);
    let reply = probe.site.send(call).await?;
    if reply.is_off() {
        return not_there("codes by SMS are off (enable_sms_2fa)");
    }
    let pending = reply.expect(202)?.text("pending_token")?;
    let code = probe.code_sent(&old).await?;
    let body = json!({"pending_token": pending, "code": code.expose_secret()});
    let call = probe.site.post("/phone/confirm", body);
    probe.account.has_phone = true;
    let reply = probe.site.send(call).await?;
    if !reply.is(200) {
        probe.account.has_phone = false;
        return Err(reply.trouble());
    }
    let old = probe.old_texts().await;
    let pending = waiting(probe, "sms").await?;
    let code = probe.code_sent(&old).await?;
    let token = confirm(probe, &pending, &code).await?;
    let body = json!({"current_password": password});
    let call = probe.site.call(Method::DELETE, "/phone").json(body);
    probe.site.send(call.bearer(&token)).await?.expect(200)?;
    probe.account.has_phone = false;
    probe.account.token = Some(probe.new_session().await?);
    passed("set up, used for a login, and removed")
}

/// Logs in up to the second factor, which has to be this one.
async fn waiting(probe: &Probe<'_>, method: &str) -> Result<SecretString> {
    match probe.log_in().await? {
        LoggedIn::Waits(pending, methods) if methods.iter().any(|known| known == method) => {
            Ok(pending)
        }
        LoggedIn::Waits(..) => Err(Trouble::new(format!("the login doesn't offer {method}"))),
        LoggedIn::Session(_) => Err(Trouble::new("the login doesn't ask for the second factor")
            .remedy("see whether several servers run with different databases or versions")),
    }
}

/// Returns a code that the app hasn't shown yet. Waits if that of the next step was used already.
async fn app_code(probe: &mut Probe<'_>) -> SecretString {
    for _ in 0..MAX_TICKS {
        let now = probe.clock.now();
        let app = probe.account.authenticator.as_mut();
        match app {
            Some(app) if app.has_code(now) => {
                return SecretString::from(app.next_code(now).as_str());
            }
            _ => {}
        }
        probe
            .watch
            .does("waiting for the next code of the authenticator app");
        sleep(TICK).await;
    }
    SecretString::default()
}

async fn confirm(
    probe: &Probe<'_>,
    pending: &SecretString,
    code: &SecretString,
) -> Result<SecretString> {
    let body = json!({"mfa_pending_token": pending.expose_secret(), "code": code.expose_secret()});
    let call = probe.site.post("/login/mfa-confirm", body).for_token();
    let reply = probe.site.send(call).await?;
    if reply.is(200) {
        return Ok(reply.text("access_token")?.into());
    }
    Err(wrong_code(reply.trouble(), &reply.code()))
}

/// Completes a login whatever second factor the account has, to clean up.
pub(super) async fn complete(
    probe: &mut Probe<'_>,
    pending: &SecretString,
    old: &HashSet<String>,
) -> Result<SecretString> {
    let code = if probe.account.authenticator.is_some() {
        app_code(probe).await
    } else {
        probe.code_sent(old).await?
    };
    confirm(probe, pending, &code).await
}

fn wrong_code(trouble: Trouble, code: &str) -> Trouble {
    match code {
        "wrong_code" | "no_code" => trouble.remedy(
            "compare the clock of the server with the right time (timedatectl): codes change every 30 s",
        ),
        _ => trouble,
    }
}
