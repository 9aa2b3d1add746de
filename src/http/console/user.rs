//! One account: what is known about it, and what can be done to it.

use serde::Serialize;

use super::account::Account;
use super::acts::{Act, Outcome};
use super::flash::Flash;
use super::form::Form;
use super::operator::{Answer, Operator};
use super::proof::Proof;
use super::question::Confirmation;
use super::rooms::Room;
use super::shown::Moment;
use crate::accounts::{Overview, SecondFactors};
use crate::http::extract::{ProviderName, SessionId, UserId};
use crate::model::{Event, Id, SessionPublic};

/// The number of sessions that are shown.
const SESSIONS: u32 = 50;

/// An account as its template shows it.
#[derive(Serialize)]
struct View {
    who: Account,
    created: Moment,
    updated: Moment,
    last_login: Option<Moment>,
    logged_out_before: Option<Moment>,
    language: Option<String>,
    foreign_id: Option<String>,
    phone: Option<String>,
    has_password: bool,
    failures: u32,
    locked_out: Option<Lockout>,
    factors: SecondFactors,
    passkeys: Vec<PasskeyRow>,
    identities: Vec<IdentityRow>,
    sessions: Vec<SessionRow>,
    has_more_sessions: bool,
    events: Vec<EventRow>,
    acts: Vec<Offer>,
}

/// A lockout: until when, and for how long still.
#[derive(Serialize)]
struct Lockout {
    until: Moment,
    minutes: i64,
    seconds: i64,
}

#[derive(Serialize)]
struct PasskeyRow {
    name: String,
    created: Moment,
    last_used: Option<Moment>,
}

#[derive(Serialize)]
struct IdentityRow {
    provider: String,
    email: Option<String>,
    linked: Moment,
}

#[derive(Serialize)]
struct SessionRow {
    id: String,
    is_current: bool,
    method: String,
    client: String,
    ip: Option<String>,
    began: Moment,
    last_seen: Moment,
}

#[derive(Serialize)]
struct EventRow {
    at: Moment,
    kind: &'static str,
    actor: String,
    ip: Option<String>,
}

/// An act that is offered.
#[derive(Serialize)]
struct Offer {
    name: &'static str,
    is_dangerous: bool,
}

impl From<SessionPublic> for SessionRow {
    fn from(session: SessionPublic) -> Self {
        let known = [session.browser, session.system].into_iter().flatten();
        let known = known.collect::<Vec<_>>().join(", ");
        let said = session.user_agent.map(|agent| agent.to_string());
        Self {
            client: if known.is_empty() {
                said.unwrap_or_default()
            } else {
                known
            },
            id: session.id,
            is_current: session.is_current,
            method: session.method.name().into_owned(),
            ip: session.ip.map(|ip| ip.to_string()),
            began: session.created_at.into(),
            last_seen: session.last_seen_at.into(),
        }
    }
}

impl From<Event> for EventRow {
    fn from(event: Event) -> Self {
        Self {
            at: event.at.into(),
            kind: event.kind.as_str(),
            actor: event.actor,
            ip: event.ip.map(|ip| ip.to_string()),
        }
    }
}

/// Returns the path of an account's page.
pub(super) fn path(id: Id) -> String {
    format!("/users/{id}")
}

/// Shows an account.
pub(super) async fn show(operator: Operator, UserId(id): UserId) -> Answer {
    let accounts = operator.accounts();
    let user = accounts.user(id).await?;
    let Overview {
        second_factors,
        passkeys,
        identities,
        lockout,
        events,
        ..
    } = accounts.overview(id).await?;
    let sessions = accounts.sessions(id, Some(&operator.session), None, SESSIONS);
    let sessions = sessions.await?;
    let now = accounts.clock.now();
    let acts = Act::ALL.into_iter().filter(|act| {
        let is_locked_out = lockout.locked_until.is_some();
        match act {
            Act::Enable => is_locked_out || act.is_offered(&user, accounts),
            Act::RemovePasskeys => !passkeys.is_empty(),
            act => act.is_offered(&user, accounts),
        }
    });
    let view = View {
        who: Account::from(&user),
        created: user.created_at.into(),
        updated: user.updated_at.into(),
        last_login: user.last_login.map(Moment::from),
        logged_out_before: user.tokens_invalidated_after.map(Moment::from),
        language: user.language.as_ref().map(ToString::to_string),
        foreign_id: user.foreign_id.as_ref().map(ToString::to_string),
        phone: user.phone_number.as_ref().map(ToString::to_string),
        has_password: user.hashed_password.is_some(),
        failures: lockout.failures,
        locked_out: lockout.locked_until.map(|until| {
            let millis = until.as_millisecond() - now.as_millisecond();
            let seconds = (millis.max(0) + 999) / 1000;
            Lockout {
                until: until.into(),
                minutes: (seconds + 59) / 60,
                seconds,
            }
        }),
        factors: second_factors,
        acts: acts
            .map(|act| Offer {
                name: act.name(),
                is_dangerous: act.is_dangerous(),
            })
            .collect(),
        passkeys: passkeys
            .into_iter()
            .map(|passkey| PasskeyRow {
                name: passkey.name.to_string(),
                created: passkey.created_at.into(),
                last_used: passkey.last_used_at.map(Moment::from),
            })
            .collect(),
        identities: identities
            .into_iter()
            .map(|identity| IdentityRow {
                provider: identity.provider.to_string(),
                email: identity.email,
                linked: identity.linked_at.into(),
            })
            .collect(),
        has_more_sessions: sessions.next.is_some(),
        sessions: sessions.items.into_iter().map(SessionRow::from).collect(),
        events: events.into_iter().map(EventRow::from).collect(),
    };
    operator.page("user", Some(Room::Users), view)
}

/// An act before it is done.
#[derive(Serialize)]
struct Question {
    who: Account,
    act: &'static str,
    is_dangerous: bool,
    #[serde(flatten)]
    proof: Proof,
}

/// Shows what an act does, and asks whether to do it.
pub(super) async fn ask(operator: Operator, UserId(id): UserId, act: Act) -> Answer {
    let user = operator.accounts().user(id).await?;
    let view = Question {
        who: Account::from(&user),
        act: act.name(),
        is_dangerous: act.is_dangerous(),
        proof: Proof::of(
            &operator,
            act.is_sensitive(),
            format!("{}/{}", path(id), act.name()),
        )
        .await?,
    };
    operator.page("act", Some(Room::Users), view)
}

/// Does an act, and shows the account, or the list if there is none any more.
pub(super) async fn act(operator: Operator, UserId(id): UserId, act: Act, form: Form) -> Answer {
    let question = format!("{}/{}", path(id), act.name());
    let proven = if act.is_sensitive() {
        match operator.prove(&form).await {
            Ok(proven) => Some(proven),
            Err(refusal) => return operator.answer::<(), _>(&question, "", Err(refusal)),
        }
    } else {
        None
    };
    let accounts = operator.accounts();
    let user = accounts.user(id).await?;
    let outcome = act.apply(accounts, &user, &operator.origin).await;
    let after = if act == Act::Delete && outcome.is_ok() {
        Room::Users.path().to_owned()
    } else {
        path(id)
    };
    let mut response = match outcome {
        Ok(Outcome::Unchanged) => operator.done(&after, &Flash::done("unchanged")),
        Ok(Outcome::CapSpent) => operator.done(&after, &Flash::done("cap-spent")),
        result => operator.answer(&after, act.name(), result)?,
    };
    if let Some(proven) = proven {
        proven.remember(&operator, response.headers_mut());
    }
    Ok(response)
}

/// Asks whether to end one session of an account.
pub(super) async fn ask_end_session(
    operator: Operator,
    UserId(id): UserId,
    SessionId(session): SessionId,
) -> Answer {
    let accounts = operator.accounts();
    let user = accounts.user(id).await?;
    let sessions = accounts.sessions(id, Some(&operator.session), None, SESSIONS);
    let mut sessions = sessions.await?.items.into_iter().map(SessionRow::from);
    let mut subject = vec![user.email.to_string()];
    if let Some(row) = sessions.find(|row| row.id == session.as_str()) {
        subject.push(row.client);
        subject.extend(row.ip);
    }
    subject.retain(|part| !part.is_empty());
    let question = Confirmation {
        act: "end-session",
        room: Room::Users,
        subject: subject.join(" · "),
        field: None,
        is_dangerous: true,
        cancel: path(id),
    };
    question.show(&operator)
}

/// Asks whether to unlink an account from a provider.
pub(super) async fn ask_unlink(
    operator: Operator,
    UserId(id): UserId,
    ProviderName(provider): ProviderName,
) -> Answer {
    let user = operator.accounts().user(id).await?;
    let question = Confirmation {
        act: "unlink",
        room: Room::Users,
        subject: format!("{} · {provider}", user.email),
        field: None,
        is_dangerous: true,
        cancel: path(id),
    };
    question.show(&operator)
}

/// Ends one session of an account.
pub(super) async fn end_session(
    operator: Operator,
    UserId(id): UserId,
    SessionId(session): SessionId,
    _: Form,
) -> Answer {
    let accounts = operator.accounts();
    let user = accounts.user(id).await?;
    let ended = accounts.end_session(&user, session.as_str(), &operator.origin);
    operator.answer(&path(id), "session-ended", ended.await)
}

/// Unlinks an account from a provider.
pub(super) async fn unlink(
    operator: Operator,
    UserId(id): UserId,
    ProviderName(provider): ProviderName,
    _: Form,
) -> Answer {
    let accounts = operator.accounts();
    let user = accounts.user(id).await?;
    let unlinked = accounts.unlink_for(&user, &provider, false, &operator.origin);
    operator.answer(&path(id), "unlinked", unlinked.await)
}
