//! The callback: a browser comes back from a provider. Finding out who the person is and which account is theirs.
//!
//! A person whose identity is linked logs in. A person with an email address that the provider has verified and that
//! nobody has here signs up. An identity is never linked silently to an account that already has the address.

use serde_json::json;

use super::{LinkingSession, Step, Underway};
use crate::accounts::notice::SecurityChange;
use crate::accounts::session::check_account;
use crate::accounts::{Accounts, Result};
use crate::auth::id_token::ProvenPerson;
use crate::delivery::providers::{Provider, ProviderError, Response};
use crate::model::{Actor, Email, Event, EventKind, FullName, Identity, Origin, ProviderId, User};
use crate::store::{CreateWithIdentity, Effects, IdentityLink, LinkIdentity, LinkProof};

/// How often the lookup is repeated when a concurrent request changes its result.
const MAX_ROUNDS: usize = 3;

/// The parameters that a browser brings back from a provider. They are untrusted: anybody may have written them.
#[derive(Debug, Clone, Copy, Default)]
pub struct CallbackParameters<'a> {
    /// The authorization code.
    pub code: Option<&'a str>,
    /// The state that the browser was sent to the provider with.
    pub state: Option<&'a str>,
    /// The error that the provider reports instead of a code.
    pub error: Option<&'a str>,
    /// The issuer that the response claims to come from (RFC 9207).
    pub issuer: Option<&'a str>,
    /// The cookie that identifies the browser.
    pub browser: Option<&'a str>,
}

/// The outcome of a callback from a provider.
#[derive(Debug, Clone)]
pub enum CallbackOutcome {
    /// The session can be fetched once, with this name.
    LoggedIn(String),
    /// Nobody was logged in, and nothing was linked.
    Refused {
        /// Why.
        why: OauthRefusal,
        /// Whether the request was to link an identity to the account of a session.
        was_link: bool,
    },
}

/// Declares the refusals, with stable codes.
macro_rules! refusals {
    ($($(#[doc = $help:literal])* $variant:ident = $code:literal;)*) => {
        /// Why nobody was logged in, or nothing was linked.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum OauthRefusal { $($(#[doc = $help])* $variant,)* }

        impl OauthRefusal {
            /// All refusals.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// Returns the code that pages know it by. Codes that the Python package also has are the same there.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }
    };
}

refusals! {
    /// The person or the provider declined.
    Denied = "access_denied";
    /// The provider reported an error.
    Failed = "oauth_failed";
    /// The URL lacks the parameters that a provider adds.
    Incomplete = "missing_code_or_state";
    /// There is no such provider.
    UnknownProvider = "unknown_provider";
    /// The state was begun by another browser, has expired, or was already used.
    BadState = "bad_state";
    /// The provider does not accept the code.
    CodeRefused = "token_exchange_failed";
    /// The provider's response can't be trusted.
    Untrusted = "id_token_failed";
    /// The provider does not respond.
    Unavailable = "provider_unavailable";
    /// The provider gives no email address that it has verified.
    NoVerifiedEmail = "provider_email_unverified";
    /// The account has to verify its email address first.
    EmailUnverified = "email_unverified";
    /// Mail cannot reach the address.
    EmailNotReached = "email_not_reached";
    /// An account already has the email address.
    EmailTaken = "email_in_use";
    /// The identity is linked to another account.
    IdentityTaken = "identity_in_use";
    /// The account is linked to another identity at this provider.
    ProviderTaken = "provider_in_use";
    /// The identity is already linked to this account.
    AlreadyLinked = "already_linked";
    /// The account may not log in.
    Inactive = "user_inactive";
    /// Registration is disabled.
    RegistrationDisabled = "registration_disabled";
    /// The session that asked for the link has ended.
    SessionEnded = "session_ended";
}

/// The person's account, and whether it was created for this login.
type Resolved = std::result::Result<(User, bool), OauthRefusal>;

impl Accounts {
    /// Handles a browser that comes back from a provider.
    pub async fn handle_oauth_callback(
        &self,
        id: &ProviderId,
        returned: CallbackParameters<'_>,
        origin: &Origin,
    ) -> Result<CallbackOutcome> {
        let refused = |why, was_link| Ok(CallbackOutcome::Refused { why, was_link });
        let Some(provider) = self.providers.get(id) else {
            return refused(OauthRefusal::UnknownProvider, false);
        };
        let Some(state) = returned.state else {
            let why = match returned.error {
                Some(_) => OauthRefusal::Failed,
                None => OauthRefusal::Incomplete,
            };
            return refused(why, false);
        };
        let underway = self.take_underway(state, returned.browser).await?;
        // A state belongs to one provider: ignore a response from another.
        let Some(underway) = underway.filter(|underway| underway.provider == *id) else {
            return refused(OauthRefusal::BadState, false);
        };
        let was_link = underway.link.is_some();
        if let Some(error) = returned.error {
            return refused(why_not(id, error), was_link);
        }
        let Some(code) = returned.code else {
            return refused(OauthRefusal::Incomplete, was_link);
        };
        let Step::Sent { nonce, verifier } = &underway.step else {
            return refused(OauthRefusal::BadState, was_link);
        };
        let response = Response {
            code,
            issuer: returned.issuer,
            nonce,
            verifier,
        };
        let person = match provider.person(&response).await {
            Ok(person) => person,
            Err(error) => return refused(distrust(id, &error), was_link),
        };
        let resolved = match &underway.link {
            Some(link) => self.link_person(provider, &person, link, origin).await?,
            None => self.resolve_person(provider, &person, origin).await?,
        };
        let (user, was_new) = match resolved {
            Ok(resolved) => resolved,
            Err(why) => {
                tracing::info!(provider = %id, why = why.code(), "login with a provider refused");
                return refused(why, was_link);
            }
        };
        let back = Underway {
            step: Step::Back {
                subject: person.subject,
                user_id: user.id,
                was_new,
            },
            ..underway
        };
        let seconds = self.settings.oauth.completion_ttl_seconds;
        Ok(CallbackOutcome::LoggedIn(
            self.put_underway(&back, seconds).await?,
        ))
    }

    /// Returns the account of a person who wants to log in.
    async fn resolve_person(
        &self,
        provider: &Provider,
        person: &ProvenPerson,
        origin: &Origin,
    ) -> Result<Resolved> {
        for _ in 0..MAX_ROUNDS {
            let owner = self.store.identity_owner(&provider.id, &person.subject);
            if let Some(user) = owner.await? {
                return Ok(if !user.is_active {
                    Err(OauthRefusal::Inactive)
                } else if self.must_verify(&user) {
                    Err(OauthRefusal::EmailUnverified)
                } else {
                    Ok((user, false))
                });
            }
            let Some(email) = verified_email(person) else {
                return Ok(Err(OauthRefusal::NoVerifiedEmail));
            };
            if let Some(user) = self.store.user_by_email(&email).await? {
                // The same person may have created it in another tab since the first lookup.
                let owner = self.store.identity_owner(&provider.id, &person.subject);
                if owner.await?.is_some() {
                    continue;
                }
                match self.link_by_email(provider, person, user, origin).await? {
                    Some(resolved) => return Ok(resolved),
                    None => continue,
                }
            }
            if !self.settings.features.allow_registration {
                return Ok(Err(OauthRefusal::RegistrationDisabled));
            }
            if self.check_reach(&email).await.is_err() {
                return Ok(Err(OauthRefusal::EmailNotReached));
            }
            let name = person.full_name.as_deref().and_then(|name| {
                let name: String = name.chars().take(FullName::MAX_LENGTH).collect();
                FullName::parse(&name).ok().flatten()
            });
            let user = User {
                language: Some(self.language_of(None, origin)),
                ..self.new_user(email, None, name)
            };
            let told = json!({ "provider": provider.id });
            let effects = self.recorded_with(EventKind::UserRegistered, told, origin);
            let identity = self.identity(provider, person, &user);
            let created = self
                .store
                .create_user_with_identity(user.clone(), identity, effects);
            match created.await? {
                CreateWithIdentity::Created => return Ok(Ok((user, true))),
                // The same person in another tab, or somebody else, was faster: look again.
                CreateWithIdentity::IdentityTaken | CreateWithIdentity::EmailTaken => {}
            }
        }
        Ok(Err(OauthRefusal::Failed))
    }

    fn identity(&self, provider: &Provider, person: &ProvenPerson, user: &User) -> Identity {
        Identity {
            user_id: user.id,
            provider: provider.id.clone(),
            subject: person.subject.clone(),
            email: person.email.clone(),
            linked_at: self.now(),
            last_used_at: None,
        }
    }

    /// Handles an identity whose email address belongs to an account. Returns `None` if the lookup has to be repeated.
    async fn link_by_email(
        &self,
        provider: &Provider,
        person: &ProvenPerson,
        user: User,
        origin: &Origin,
    ) -> Result<Option<Resolved>> {
        let may = self.settings.oauth.auto_link_verified_emails;
        if !may || !user.is_verified || !user.is_active {
            return Ok(Some(Err(OauthRefusal::EmailTaken)));
        }
        let link = IdentityLink {
            identity: self.identity(provider, person, &user),
            proof: LinkProof::VerifiedEmail(user.email.clone()),
        };
        let owner = origin.acting_as(Actor::User(user.id));
        let effects = self.told_of_link(provider, &user, &owner)?;
        let linked = self.store.link_identity(link, effects).await?;
        Ok(match linked {
            LinkIdentity::Linked => {
                self.outbox.wake();
                Some(Ok((user, false)))
            }
            LinkIdentity::ProviderTaken => Some(Err(OauthRefusal::EmailTaken)),
            LinkIdentity::AlreadyLinked | LinkIdentity::IdentityTaken | LinkIdentity::Stale => None,
        })
    }

    /// Links an identity to the account whose session asked for it, if that session is still valid.
    async fn link_person(
        &self,
        provider: &Provider,
        person: &ProvenPerson,
        link: &LinkingSession,
        origin: &Origin,
    ) -> Result<Resolved> {
        let Some(user) = self.still_logged_in(link).await? else {
            return Ok(Err(OauthRefusal::SessionEnded));
        };
        let request = IdentityLink {
            identity: self.identity(provider, person, &user),
            proof: LinkProof::Session(link.issued_at),
        };
        let owner = origin.acting_as(Actor::User(user.id));
        let effects = self.told_of_link(provider, &user, &owner)?;
        let linked = self.store.link_identity(request, effects).await?;
        Ok(match linked {
            LinkIdentity::Linked => {
                self.outbox.wake();
                Ok((user, false))
            }
            LinkIdentity::AlreadyLinked => Err(OauthRefusal::AlreadyLinked),
            LinkIdentity::IdentityTaken => Err(OauthRefusal::IdentityTaken),
            LinkIdentity::ProviderTaken => Err(OauthRefusal::ProviderTaken),
            LinkIdentity::Stale => Err(OauthRefusal::SessionEnded),
        })
    }

    /// Returns the account of the session that asked for the link, if that session is still valid.
    pub(super) async fn still_logged_in(&self, link: &LinkingSession) -> Result<Option<User>> {
        let claims = link.claims();
        if claims.expires_at <= self.now() {
            return Ok(None);
        }
        let read = self
            .store
            .session(claims.user_id, &claims.jti, claims.session_id())
            .await?;
        Ok(check_account(&claims, read).ok())
    }

    fn told_of_link(&self, provider: &Provider, user: &User, origin: &Origin) -> Result<Effects> {
        let change = SecurityChange::ProviderLinked(provider.name.clone());
        let mut effects = self.noticed(user, change, EventKind::OauthAccountLinked, origin)?;
        for event in &mut effects.events {
            note_provider(event, &provider.id);
        }
        Ok(effects)
    }
}

/// Records in an event which provider it is about.
pub(super) fn note_provider(event: &mut Event, id: &ProviderId) {
    event.data.insert("provider".into(), id.as_str().into());
}

fn verified_email(person: &ProvenPerson) -> Option<Email> {
    let email = person
        .email
        .as_deref()
        .filter(|_| person.is_email_verified)?;
    Email::parse(email).ok()
}

/// Why provider returned an error instead of a code.
fn why_not(id: &ProviderId, error: &str) -> OauthRefusal {
    // The text may come from anybody, so log only one word of it.
    let word: String = error
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        .take(64)
        .collect();
    tracing::info!(provider = %id, error = word, "provider returned an error instead of a code");
    if word == "access_denied" {
        OauthRefusal::Denied
    } else {
        OauthRefusal::Failed
    }
}

fn distrust(id: &ProviderId, error: &ProviderError) -> OauthRefusal {
    tracing::warn!(provider = %id, %error, "a login with a provider failed");
    match error {
        ProviderError::Unavailable(_) => OauthRefusal::Unavailable,
        ProviderError::Refused(_) => OauthRefusal::CodeRefused,
        ProviderError::Untrusted(_) => OauthRefusal::Untrusted,
    }
}
