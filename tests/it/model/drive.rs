//! Does the steps of a sequence over HTTP, and compares the answers with those of the model.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use regstack::internals::accounts::NewAccount as Operators;
use regstack::internals::config::Settings;
use regstack::internals::delivery::CaughtMessage;
use regstack::internals::model::{Email, Origin};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use super::rules::{Body, Expected};
use super::steps::{ADDRESSES, Act, Bearer, Guess, Proof, Step, Target};
use super::world::{
    Account, EMAIL_CHANGE, INVITE, LOCKOUT, LONGEST, MAILS, RESET, SESSION, VERIFICATION, WINDOW,
    World,
};
use crate::support::actor::{Answer, NULL, PASSWORD, Requests as _};
use crate::support::served::{Served, token_in};

const PASSWORDS: [&str; super::steps::PASSWORDS] =
    [PASSWORD, "another horse canary", "a third horse canary"];
const NAMES: [&str; 3] = ["Ada", "Bertha", "Čeněk"];
/// The address of the administrator who is there from the start.
const ADMIN: usize = ADDRESSES - 1;

/// The settings that the model is written for.
pub(super) fn settings(settings: &mut Settings) {
    let seconds = |seconds: u64| u32::try_from(seconds).unwrap();
    let count = |count: usize| u32::try_from(count).unwrap();
    settings.features.enable_admin_router = true;
    settings.guessing.login_lockout_threshold = count(LOCKOUT);
    settings.guessing.login_lockout_window_seconds = seconds(WINDOW);
    settings.guessing.mail_per_recipient_per_hour = count(MAILS);
    settings.tokens.jwt_ttl_seconds = seconds(SESSION);
    settings.tokens.session_max_seconds = seconds(LONGEST);
    settings.tokens.verification_token_ttl_seconds = seconds(VERIFICATION);
    settings.tokens.password_reset_token_ttl_seconds = seconds(RESET);
    settings.tokens.email_change_token_ttl_seconds = seconds(EMAIL_CHANGE);
    settings.tokens.invite_token_ttl_seconds = seconds(INVITE);
    settings.pages.email_undo_url_template = Some("{base_url}/undo?token={token}".into());
}

/// One sequence at a server that others used before. Its addresses are its own, and no account of others is left.
pub(super) struct Sequence<'a> {
    served: &'a Served,
    number: u64,
    began: Timestamp,
    world: World,
    /// What the numbers of the model stand for.
    tokens: Vec<String>,
    links: Vec<String>,
    ids: Vec<Option<String>>,
    mails: Receiver<CaughtMessage>,
    /// Every step with its answer, for who has to understand a difference.
    log: Vec<String>,
    answers: Vec<String>,
}

impl<'a> Sequence<'a> {
    pub(super) fn begin(served: &'a Served) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        Self {
            served,
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            began: served.now(),
            world: World::default(),
            tokens: Vec::new(),
            links: Vec::new(),
            ids: Vec::new(),
            mails: served.mailbox.subscribe(),
            log: Vec::new(),
            answers: Vec::new(),
        }
    }

    /// Step and answer, of all steps.
    pub(super) fn answers(&self) -> Vec<String> {
        self.answers.clone()
    }

    /// Does all steps. Fails with the first difference and what came before it.
    pub(super) async fn run(&mut self, steps: &[Step]) -> Result<(), String> {
        let admin = |account: &mut Operators| account.is_superuser = true;
        let user = self.served.account(&self.email(ADMIN), admin).await;
        self.ids.push(Some(user.id.to_string()));
        let mut root = Account::new(ADMIN, Some(0), 0);
        root.is_superuser = true;
        self.world.accounts.push(root);
        let first = Step::LogIn {
            address: ADMIN,
            guess: Guess::Right,
        };
        for step in std::iter::once(&first).chain(steps) {
            self.step(step)
                .await
                .map_err(|difference| format!("{}\n{difference}", self.log.join("\n")))?;
        }
        self.served.outbox_is_empty().await;
        match self.unexpected_mail() {
            None => Ok(()),
            Some(mail) => Err(format!(
                "{}\na mail too many: {mail:?}",
                self.log.join("\n")
            )),
        }
    }

    /// Leaves no account and no registration behind.
    pub(super) async fn end(&self) {
        let accounts = &self.served.app.accounts;
        for address in 0..ADDRESSES {
            let email = self.email(address);
            if let Some(user) = self.served.find(&email).await {
                accounts
                    .delete(user.id, true, &Origin::server())
                    .await
                    .unwrap();
            }
            // There may be none.
            let _ = accounts
                .delete_pending(&Email::parse(&email).unwrap())
                .await;
        }
    }

    async fn step(&mut self, step: &Step) -> Result<(), String> {
        let step = self.world.resolve(step);
        if let Step::Pass(seconds) = step {
            // What is on its way arrives before.
            self.served.outbox_is_empty().await;
            let seconds = i64::try_from(seconds).unwrap();
            self.served.pass(SignedDuration::from_secs(seconds));
            self.world.apply(&step);
            self.log.push(format!("{step:?}"));
            return Ok(());
        }
        let (bearer, method, path, body) = self.request(&step);
        let actor = match bearer {
            Some(token) => self.served.bearer(&token),
            None => self.served.anonymous(),
        };
        let answer = actor.ask(method, &path, body).await;
        let expected = self.world.apply(&step);
        let outcome = (answer.status.as_u16(), answer.body["code"].as_str());
        self.log.push(format!(
            "{:>7} {step:?} -> {} {}",
            self.world.now, answer.status, answer.body
        ));
        let named = format!("{step:?}");
        let name = named.split([' ', '(']).next().unwrap_or_default();
        let code = expected.code.map(|code| format!(" {code}"));
        let code = code.unwrap_or_default();
        self.answers
            .push(format!("{name} {}{code}", expected.status));
        if outcome != (expected.status, expected.code) {
            return Err(format!("the model says {expected:?}"));
        }
        self.compare(&expected, &answer)?;
        match expected.mail {
            Some(address) => self.receive(&self.email(address)).await,
            None => Ok(()),
        }
    }

    fn email(&self, address: usize) -> String {
        format!("person-{address}-of-{}@example.com", self.number)
    }

    fn id(&self, target: Target) -> String {
        let known = match target {
            Target::Account(account) => self.ids.get(account).cloned().flatten(),
            Target::Recent(_) | Target::Nobody => None,
        };
        known.unwrap_or_else(|| "f".repeat(24))
    }

    fn bearer(&self, bearer: Bearer) -> Option<String> {
        match bearer {
            Bearer::Token(token) => Some(self.tokens[token].clone()),
            Bearer::Link(link) => Some(self.links[link].clone()),
            _ => None,
        }
    }

    fn proof(&self, proof: Proof) -> String {
        match proof {
            Proof::Link(link) => self.links[link].clone(),
            Proof::Token(token) => self.tokens[token].clone(),
            _ => "of-nobody".into(),
        }
    }

    /// The session of a token: that of its first one.
    fn session_id(&self, of: Bearer) -> String {
        let Some(token) = self.bearer(of) else {
            return "A".repeat(22);
        };
        let claims = token.split('.').nth(1).unwrap();
        let claims: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
        let id = claims["sid"].as_str().or(claims["jti"].as_str());
        id.unwrap().to_owned()
    }

    /// Who asks what.
    #[allow(clippy::too_many_lines, reason = "one arm a step")]
    fn request(&self, step: &Step) -> (Option<String>, Method, String, Value) {
        let email = |address: usize| self.email(address);
        let name = |name: Option<usize>| name.map(|name| NAMES[name]);
        let (bearer, method, path, body) = match *step {
            Step::Register {
                address,
                password,
                name: full_name,
            } => (
                Bearer::Nobody,
                Method::POST,
                "/register".to_owned(),
                json!({"email": email(address), "password": PASSWORDS[password], "full_name": name(full_name)}),
            ),
            Step::Verify { proof, password } => {
                let mut body = json!({"token": self.proof(proof)});
                if let Some(password) = password {
                    body["password"] = said(password).into();
                }
                (Bearer::Nobody, Method::POST, "/verify".to_owned(), body)
            }
            Step::ResendVerification { address } => (
                Bearer::Nobody,
                Method::POST,
                "/resend-verification".to_owned(),
                json!({"email": email(address)}),
            ),
            Step::LogIn { address, guess } => (
                Bearer::Nobody,
                Method::POST,
                "/login".to_owned(),
                json!({"email": email(address), "password": said(guess)}),
            ),
            Step::Me(bearer) => (bearer, Method::GET, "/me".to_owned(), NULL),
            Step::Rename {
                bearer,
                name: full_name,
            } => (
                bearer,
                Method::PATCH,
                "/me".to_owned(),
                json!({"full_name": name(full_name)}),
            ),
            Step::ChangePassword { bearer, guess, new } => (
                bearer,
                Method::POST,
                "/change-password".to_owned(),
                json!({"current_password": said(guess), "new_password": PASSWORDS[new]}),
            ),
            Step::Forgot { address } => (
                Bearer::Nobody,
                Method::POST,
                "/forgot-password".to_owned(),
                json!({"email": email(address)}),
            ),
            Step::Reset { proof, new } => (
                Bearer::Nobody,
                Method::POST,
                "/reset-password".to_owned(),
                json!({"token": self.proof(proof), "new_password": PASSWORDS[new]}),
            ),
            Step::ChangeEmail { bearer, guess, to } => (
                bearer,
                Method::POST,
                "/change-email".to_owned(),
                json!({"new_email": email(to), "current_password": said(guess)}),
            ),
            Step::ConfirmEmail(proof) => (
                Bearer::Nobody,
                Method::POST,
                "/confirm-email-change".to_owned(),
                json!({"token": self.proof(proof)}),
            ),
            Step::UndoEmail(proof) => (
                Bearer::Nobody,
                Method::POST,
                "/undo-email-change".to_owned(),
                json!({"token": self.proof(proof)}),
            ),
            Step::Renew(bearer) => (bearer, Method::POST, "/session/renew".to_owned(), NULL),
            Step::Sessions(bearer) => (bearer, Method::GET, "/sessions?limit=200".to_owned(), NULL),
            Step::EndSession { bearer, of } => (
                bearer,
                Method::DELETE,
                format!("/sessions/{}", self.session_id(of)),
                NULL,
            ),
            Step::EndOthers(bearer) => (bearer, Method::DELETE, "/sessions".to_owned(), NULL),
            Step::LogOut(bearer) => (bearer, Method::POST, "/logout".to_owned(), NULL),
            Step::DeleteAccount { bearer, guess } => (
                bearer,
                Method::DELETE,
                "/account".to_owned(),
                json!({"current_password": said(guess)}),
            ),
            Step::Administer {
                bearer,
                target,
                act,
            } => {
                let (method, below, body) = asked(act);
                (
                    bearer,
                    method,
                    format!("/admin/users/{}{below}", self.id(target)),
                    body,
                )
            }
            Step::Create { bearer, new } => (
                bearer,
                Method::POST,
                "/admin/users".to_owned(),
                json!({
                    "email": email(new.address),
                    "password": new.password.map(|password| PASSWORDS[password]),
                    "is_verified": new.is_verified,
                    "is_superuser": new.is_superuser,
                    "send_invite": new.invite,
                }),
            ),
            Step::PromotePending { bearer, address } => (
                bearer,
                Method::POST,
                format!("/admin/pending/{}/promote", email(address)),
                NULL,
            ),
            Step::DeletePending { bearer, address } => (
                bearer,
                Method::DELETE,
                format!("/admin/pending/{}", email(address)),
                NULL,
            ),
            Step::Stats(bearer) => (bearer, Method::GET, "/admin/stats".to_owned(), NULL),
            Step::Pass(_) => unreachable!("time passes without a request"),
        };
        (self.bearer(bearer), method, path, body)
    }

    /// Compares what an answer shows, and keeps what later steps need of it.
    fn compare(&mut self, expected: &Expected, answer: &Answer) -> Result<(), String> {
        let body = &answer.body;
        let retry_after = answer.header("retry-after").map(|text| text.parse().ok());
        if retry_after.flatten() != expected.retry_after {
            return Err(format!("the model says {expected:?}"));
        }
        let differs = |what: Value| Err(format!("the model says {what}"));
        match expected.body {
            Body::Any => Ok(()),
            Body::Account(account) => self.compare_account(account, body),
            Body::Pending(address, expires) => {
                let is = body["status"] == "pending_verification"
                    && body["email"] == self.email(address)
                    && self.moment(&body["expires_at"]) == Some(expires);
                if is { Ok(()) } else { differs(json!(expires)) }
            }
            Body::Token(life) => {
                let token = body["access_token"].as_str().ok_or("there is no token")?;
                self.tokens.push(token.to_owned());
                // A token may be issued some milliseconds ahead of the clock.
                let said = body["expires_in"].as_u64().unwrap_or_default();
                if (life - 1..=life).contains(&said) {
                    Ok(())
                } else {
                    differs(json!({"expires_in": life}))
                }
            }
            Body::Sessions(count) if answer.items().len() == count => Ok(()),
            Body::Sessions(count) => differs(json!({"sessions": count})),
            Body::Address(address) if body["email"] == self.email(address) => Ok(()),
            Body::Address(address) => differs(self.email(address).into()),
            Body::Counts([total, active, verified, superusers]) => {
                let said = json!({
                    "total_users": total, "active_users": active,
                    "verified_users": verified, "superusers": superusers,
                });
                let mut is = said.as_object().unwrap().iter();
                if is.all(|(field, value)| body[field] == *value) {
                    Ok(())
                } else {
                    differs(said)
                }
            }
        }
    }

    fn compare_account(&mut self, number: usize, body: &Value) -> Result<(), String> {
        let said = body["id"].as_str().ok_or("there is no id")?;
        self.ids.resize(self.world.accounts.len(), None);
        if self.ids[number].is_none() {
            if self.ids.iter().flatten().any(|id| id == said) {
                return Err("the id is another account's".into());
            }
            self.ids[number] = Some(said.to_owned());
        }
        let account = &self.world.accounts[number];
        let mut differing = BTreeMap::new();
        for (field, value) in [
            ("id", json!(self.ids[number])),
            ("email", self.email(account.address).into()),
            ("is_active", account.is_active.into()),
            ("is_verified", account.is_verified.into()),
            ("is_superuser", account.is_superuser.into()),
            ("full_name", json!(account.name.map(|name| NAMES[name]))),
            ("phone_number", NULL),
            ("is_mfa_enabled", false.into()),
        ] {
            if body[field] != value {
                differing.insert(field, value);
            }
        }
        for (field, moment) in [
            ("created_at", Some(account.created)),
            ("updated_at", Some(account.updated)),
            ("last_login", account.last_login),
            ("tokens_invalidated_after", account.ended),
        ] {
            if self.moment(&body[field]) != moment {
                differing.insert(field, json!(moment));
            }
        }
        if differing.is_empty() {
            Ok(())
        } else {
            Err(format!("the model says {differing:?}"))
        }
    }

    /// Whole seconds since the sequence began.
    fn moment(&self, value: &Value) -> Option<u64> {
        let moment: Timestamp = value.as_str()?.parse().ok()?;
        u64::try_from(moment.duration_since(self.began).as_secs()).ok()
    }

    /// The mail with a link that must come next.
    async fn receive(&mut self, email: &str) -> Result<(), String> {
        loop {
            let patience = Duration::from_secs(20);
            let arrived = tokio::time::timeout(patience, self.mails.recv()).await;
            match arrived {
                Ok(Ok(mail)) if !mail.text.contains("token=") => {}
                Ok(Ok(mail)) if mail.to == email => {
                    self.links.push(token_in(&mail.text));
                    return Ok(());
                }
                Ok(Ok(mail)) => return Err(format!("a mail too many: {mail:?}")),
                Ok(Err(RecvError::Lagged(_))) => return Err("too many mails".into()),
                Ok(Err(RecvError::Closed)) | Err(_) => {
                    return Err(format!("no mail came to {email}"));
                }
            }
        }
    }

    fn unexpected_mail(&mut self) -> Option<CaughtMessage> {
        loop {
            match self.mails.try_recv() {
                Ok(mail) if mail.text.contains("token=") => return Some(mail),
                Ok(_) | Err(TryRecvError::Lagged(_)) => {}
                Err(TryRecvError::Empty | TryRecvError::Closed) => return None,
            }
        }
    }
}

fn said(guess: Guess) -> &'static str {
    match guess {
        Guess::Is(password) => PASSWORDS[password],
        Guess::Right => unreachable!("the model knows which one that is"),
    }
}

/// The request of an administrator's act, below the account.
fn asked(act: Act) -> (Method, &'static str, Value) {
    let patch = |change| (Method::PATCH, "", change);
    let post = |below| (Method::POST, below, NULL);
    match act {
        Act::Get => (Method::GET, "", NULL),
        Act::SetActive(is) => patch(json!({"is_active": is})),
        Act::SetSuperuser(is) => patch(json!({"is_superuser": is})),
        Act::SetVerified(is) => patch(json!({"is_verified": is})),
        Act::Unlock => post("/unlock"),
        Act::RevokeTokens => post("/revoke-tokens"),
        Act::SetPassword(new) => (
            Method::POST,
            "/set-password",
            json!({"new_password": PASSWORDS[new]}),
        ),
        Act::SendReset => post("/send-password-reset"),
        Act::ResendVerification => post("/resend-verification"),
        Act::Delete => (Method::DELETE, "", NULL),
    }
}
