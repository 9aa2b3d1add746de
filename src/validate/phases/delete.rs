//! Deletes the account, whatever state it is in.

use std::collections::HashSet;

use axum::http::Method;
use serde_json::json;

use super::{changes, factors};
use crate::secret::{ExposeSecret as _, SecretString};
use crate::validate::account::LoggedIn;
use crate::validate::{Probe, Result, Trouble, not_there, passed};

/// Deletes the account. Afterwards, nobody can log in to it.
pub(in crate::validate) async fn delete(probe: &mut Probe<'_>) -> Result {
    let account = &probe.account;
    if !account.is_registered {
        return not_there("no account was made");
    }
    if !account.is_verified {
        return not_there(format!(
            "the registration of {} was never verified, and expires automatically",
            account.email
        ));
    }
    if probe.keep {
        return not_there(format!("{} stays (--no-cleanup)", account.email));
    }
    let (token, password) = log_in_somehow(probe).await?;
    let body = json!({"current_password": password.expose_secret()});
    let call = probe.site.call(Method::DELETE, "/account").json(body);
    probe.site.send(call.bearer(&token)).await?.expect(200)?;
    probe.account.is_deleted = true;
    if probe
        .try_login(&probe.account.email, &password)
        .await?
        .is_some()
    {
        return Err(
            Trouble::new("the account is still there after its deletion")
                .remedy("see whether several servers run with different databases"),
        );
    }
    passed("the account is deleted, and nobody can log in to it")
}

/// Logs in. After a lost answer, the new email address or password may be in force. After an undone change, there may be
/// no password until another is set.
async fn log_in_somehow(probe: &mut Probe<'_>) -> Result<(SecretString, SecretString)> {
    let account = &probe.account;
    let emails: Vec<String> = account
        .next_email
        .iter()
        .chain([&account.email])
        .cloned()
        .collect();
    let passwords = account.next_password.iter().chain([&account.password]);
    let passwords: Vec<SecretString> = passwords.cloned().collect();
    for email in &emails {
        for password in &passwords {
            let old = if probe.account.has_phone {
                probe.old_texts().await
            } else {
                HashSet::new()
            };
            let token = match probe.try_login(email, password).await? {
                None => continue,
                Some(LoggedIn::Session(token)) => token,
                Some(LoggedIn::Waits(pending, _)) => {
                    factors::complete(probe, &pending, &old).await?
                }
            };
            probe.account.email.clone_from(email);
            return Ok((token, password.clone()));
        }
    }
    if probe.account.may_lack_password
        && let Some(email) = emails.into_iter().next()
    {
        probe.account.email = email;
        changes::new_password_by_mail(probe).await?;
        let token = probe.new_session().await?;
        return Ok((token, probe.account.password.clone()));
    }
    Err(Trouble::new("the login to delete the account is refused"))
}
