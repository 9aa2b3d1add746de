//! Everything that is kept about an account, as its owner gets it: one document, with a version.
//!
//! Holds no password, no hash and no secret, and nothing about other people: of what somebody else did to the account, it says
//! in which role, and not who.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    Actor, Email, Event, EventKind, ForeignId, Id, Identity, MessageKind, MessageState,
    PasskeyPublic, PhoneNumber, ProviderId, SessionPublic, UserPublic,
};

/// The document with everything that is kept about an account.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AccountData)]
pub struct OwnData {
    /// The version of this form. It changes when a field is removed or gets another meaning.
    #[schema(example = 1)]
    pub version: u32,
    /// When the document was made: RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub exported_at: Timestamp,
    /// The account.
    pub account: UserPublic,
    /// The account's id in the system that it was imported from.
    #[schema(value_type = Option<String>, example = "auth0|5f7c8ec7c33c6c004bbafe82")]
    pub foreign_id: Option<ForeignId>,
    /// Whether the account has a password.
    pub has_password: bool,
    /// Its second factors.
    pub second_factors: OwnFactors,
    /// Its passkeys, the oldest first.
    pub passkeys: Vec<PasskeyPublic>,
    /// The accounts at other providers that can log in to it.
    pub identities: Vec<OwnIdentity>,
    /// What was asked for and is still possible, the oldest first.
    pub requests: Vec<OwnRequest>,
    /// Messages that wait to be sent or couldn't be sent, the newest first; at most 1000.
    pub messages: Vec<OwnMessage>,
    /// Where the account is logged in, the newest login first.
    pub sessions: Vec<SessionPublic>,
    /// What happened to the account, the newest first, as long as events are kept.
    pub events: Vec<OwnEvent>,
}

impl OwnData {
    /// The version of the form.
    pub const VERSION: u32 = 1;
}

/// The second factors of an account, without their secrets.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[schema(as = AccountDataFactors)]
pub struct OwnFactors {
    /// When the authenticator app was set up: RFC 3339, UTC. Null without one.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub totp_since: Option<Timestamp>,
    /// The number that codes are sent to by SMS. Null if the phone isn't a second factor.
    #[schema(value_type = Option<String>, example = "+14155550123")]
    pub sms_to: Option<PhoneNumber>,
    /// When the recovery codes were made: RFC 3339, UTC. Null without any.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub recovery_codes_since: Option<Timestamp>,
    /// The number of recovery codes left.
    #[schema(example = 10)]
    pub recovery_codes_left: usize,
}

/// An account at another provider.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AccountDataIdentity)]
pub struct OwnIdentity {
    /// The provider.
    #[schema(value_type = String, example = "google")]
    pub provider: ProviderId,
    /// The person's id there (`sub`).
    #[schema(example = "110169484474386276334")]
    pub subject_id: String,
    /// The email address there when it was linked.
    #[schema(example = "ada@example.com")]
    pub email: Option<String>,
    /// When it was linked: RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub linked_at: Timestamp,
    /// The last login by it: RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
}

impl From<Identity> for OwnIdentity {
    fn from(identity: Identity) -> Self {
        Self {
            provider: identity.provider,
            subject_id: identity.subject,
            email: identity.email,
            linked_at: identity.linked_at,
            last_used_at: identity.last_used_at,
        }
    }
}

/// Something that was asked for and is still possible.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AccountDataRequest)]
pub struct OwnRequest {
    /// `email_verification`: a link that verifies the email address. `email_change_undo`: a link that brings the former email
    /// address back. `phone_setup`, `totp_setup`: a code that turns a second factor on. `login_mfa`, `login_totp`,
    /// `login_recovery`: a code that completes a login.
    #[schema(value_type = String, example = "email_change_undo")]
    pub kind: &'static str,
    /// The email address that it is about.
    #[schema(value_type = Option<String>, example = "ada@example.com")]
    pub email: Option<Email>,
    /// When it was asked for: RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Until when it is possible: RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// A message in the outbox, without its content.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AccountDataMessage)]
pub struct OwnMessage {
    /// The kind of message.
    pub kind: MessageKind,
    /// The email address or phone number that it goes to. Null for a webhook, which tells an application about the account.
    #[schema(example = "ada@example.com")]
    pub to: Option<String>,
    /// Whether it is waiting or has failed.
    pub state: MessageState,
    /// RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// An event of the account.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = AccountDataEvent)]
pub struct OwnEvent {
    /// RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What happened.
    #[serde(rename = "type")]
    #[schema(value_type = String, example = "user_logged_in")]
    pub kind: EventKind,
    /// The email address that it concerns.
    #[schema(value_type = Option<String>, example = "ada@example.com")]
    pub email: Option<Email>,
    /// Who did it: `you`, `anonymous` (someone without a session, possibly you), `administrator`, `operator`, `service`, or
    /// `server`.
    #[schema(value_type = String, example = "you")]
    pub by: &'static str,
    /// The client's address, unless someone else did it.
    #[schema(value_type = Option<String>, example = "203.0.113.9")]
    pub ip: Option<IpAddr>,
    /// The request's id, unless someone else did it.
    #[schema(example = "3q2-7wAAAAABAgME")]
    pub request_id: Option<String>,
    /// Details, for some types.
    pub data: Map<String, Value>,
}

impl OwnEvent {
    /// Returns what the owner of the account `own` sees of one of its events. Of others it tells the role, and neither the
    /// name nor the address.
    #[must_use]
    pub fn of(event: Event, own: Id) -> Self {
        let by = match event.actor.split_once(':') {
            _ if event.actor == Actor::User(own).to_string() => "you",
            Some(("user", _)) => "administrator",
            Some(("operator", _)) => "operator",
            Some(("service", _)) => "service",
            _ if event.actor == Actor::Server.to_string() => "server",
            _ => "anonymous",
        };
        let is_near = matches!(by, "you" | "anonymous");
        Self {
            at: event.at,
            kind: event.kind,
            email: event.email,
            by,
            ip: event.ip.filter(|_| is_near),
            request_id: event.request_id.filter(|_| is_near),
            data: event.data,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_others_the_role_is_told_and_nothing_else() {
        let own: Id = "6741c3a08f2b5d1e9c7a4b60".parse().unwrap();
        let event = |actor: &str| Event {
            id: own,
            at: Timestamp::UNIX_EPOCH,
            kind: EventKind::UserDisabled,
            user_id: Some(own),
            email: None,
            actor: actor.to_owned(),
            ip: Some("203.0.113.9".parse().unwrap()),
            request_id: Some("request".into()),
            data: Map::new(),
        };
        for (actor, by, is_near) in [
            ("user:6741c3a08f2b5d1e9c7a4b60", "you", true),
            ("anonymous", "anonymous", true),
            ("user:6741c3a08f2b5d1e9c7a4b61", "administrator", false),
            ("operator:grace (sudo: linus)", "operator", false),
            ("service:billing", "service", false),
            ("server", "server", false),
        ] {
            let seen = OwnEvent::of(event(actor), own);
            assert_eq!(seen.by, by);
            assert_eq!(seen.ip.is_some(), is_near, "{actor}");
            assert_eq!(seen.request_id.is_some(), is_near, "{actor}");
        }
    }
}
