//! The account that the phases act on, and what has to be known to log in to it.

use serde_json::json;

use super::totp::Authenticator;
use super::{Probe, Result, Trouble};
use crate::secret::{ExposeSecret as _, SecretString};

/// The account, as far as answers tell.
#[derive(Default)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent facts, not states of one"
)]
pub(super) struct Account {
    pub(super) email: String,
    pub(super) password: SecretString,
    /// An address or password that may be in force already, because a request to change it was sent.
    pub(super) next_email: Option<String>,
    pub(super) next_password: Option<SecretString>,
    /// The address before the last change of it.
    pub(super) former_email: Option<String>,
    /// Whether its password may be gone, because a change of its address was undone.
    pub(super) may_lack_password: bool,
    /// Whether a registration was sent.
    pub(super) is_registered: bool,
    /// Whether it can log in: it is verified.
    pub(super) is_verified: bool,
    pub(super) is_deleted: bool,
    pub(super) token: Option<SecretString>,
    pub(super) authenticator: Option<Authenticator>,
    pub(super) has_phone: bool,
}

impl Account {
    /// Says that the account is still there.
    pub(super) fn left_behind(&self, trouble: Trouble) -> Trouble {
        if self.left().is_empty() {
            return trouble;
        }
        let remedy = format!("regstack users delete {}", self.left().join(" "));
        Trouble {
            detail: trouble.detail,
            remedy: Some(remedy),
        }
    }

    /// Returns the addresses that the account may have, if it may be there.
    pub(super) fn left(&self) -> Vec<String> {
        if self.is_deleted || !self.is_verified {
            return Vec::new();
        }
        let next = self.next_email.iter().cloned();
        std::iter::once(self.email.clone()).chain(next).collect()
    }

    /// The new email address or password is in force, and all sessions have ended.
    pub(super) fn changed(&mut self) {
        if let Some(email) = self.next_email.take() {
            self.email = email;
        }
        if let Some(password) = self.next_password.take() {
            self.password = password;
        }
        self.token = None;
    }

    /// The change was refused.
    pub(super) fn unchanged(&mut self) {
        self.next_email = None;
        self.next_password = None;
    }
}

/// What a right password leads to.
pub(super) enum LoggedIn {
    Session(SecretString),
    /// A second factor is needed: the token of the waiting login, and the methods.
    Waits(SecretString, Vec<String>),
}

impl Probe<'_> {
    /// Logs in with these credentials, with the token in the answer. Returns `None` if they are wrong.
    pub(super) async fn try_login(
        &self,
        email: &str,
        password: &SecretString,
    ) -> Result<Option<LoggedIn>> {
        let body = json!({"email": email, "password": password.expose_secret()});
        let reply = self
            .site
            .send(self.site.post("/login", body).for_token())
            .await?;
        if reply.is(401) && reply.code() == "invalid_credentials" {
            return Ok(None);
        }
        let reply = reply.expect(200)?;
        let answer = reply.json();
        if answer["status"] == "mfa_required" {
            let methods = answer["methods"].as_array().into_iter().flatten();
            let methods = methods.filter_map(|method| Some(method.as_str()?.to_owned()));
            let pending = reply.text("mfa_pending_token")?.into();
            return Ok(Some(LoggedIn::Waits(pending, methods.collect())));
        }
        Ok(Some(LoggedIn::Session(reply.text("access_token")?.into())))
    }

    /// Logs in as the account. The password has to be right.
    pub(super) async fn log_in(&self) -> Result<LoggedIn> {
        let account = &self.account;
        let outcome = self.try_login(&account.email, &account.password).await?;
        outcome.ok_or_else(|| {
            Trouble::new("POST /login refuses the right password")
                .remedy("see whether several servers run with different databases or secrets")
        })
    }

    /// Logs in as the account, which has no second factor.
    pub(super) async fn new_session(&self) -> Result<SecretString> {
        match self.log_in().await? {
            LoggedIn::Session(token) => Ok(token),
            LoggedIn::Waits(..) => Err(Trouble::new(
                "POST /login asks for a second factor that the account doesn't have",
            )),
        }
    }

    /// Returns the token of the current session. Logs in if there is none.
    pub(super) async fn session(&mut self) -> Result<SecretString> {
        if let Some(token) = &self.account.token {
            return Ok(token.clone());
        }
        let token = self.new_session().await?;
        self.account.token = Some(token.clone());
        Ok(token)
    }

    /// Checks that the token of an ended session is refused.
    pub(super) async fn is_refused(&self, token: &SecretString, after: &str) -> Result<()> {
        let reply = self.site.send(self.site.get("/me").bearer(token)).await?;
        if reply.is(401) {
            return Ok(());
        }
        Err(
            Trouble::new(format!("a session is still accepted after {after}"))
                .remedy("see whether a cache or another server answers GET /me"),
        )
    }

    /// Checks that a password no longer works.
    pub(super) async fn is_old(&self, password: &SecretString) -> Result<()> {
        match self.try_login(&self.account.email, password).await? {
            None => Ok(()),
            Some(_) => Err(Trouble::new("POST /login accepts the old password")
                .remedy("see whether several servers run with different databases")),
        }
    }
}
