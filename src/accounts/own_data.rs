//! Everything that is kept about an account, for its owner.

use serde::Serialize;

use super::{Accounts, Result, Session};
use crate::model::{
    Actor, CodeKind, Event, EventFilter, EventKind, MessageKind, Origin, OwnData, OwnEvent,
    OwnFactors, OwnIdentity, OwnMessage, OwnRequest, PageKey, Passkey, SessionKey, User,
};
use crate::store::Held;

/// So many sessions or events are read at a time.
const PAGE: u32 = 500;

/// The document of an account ([`OwnData`]), piece by piece, so that it takes little memory however long it is.
pub struct OwnDataPieces {
    accounts: Accounts,
    user: User,
    /// The session that asks.
    session: Option<Session>,
    next: Piece,
    /// Whether the list that is being written has any items yet.
    has_items: bool,
}

/// What comes next of a document.
enum Piece {
    Head,
    Sessions(Option<SessionKey>),
    Events(Option<PageKey>),
    End,
}

impl Accounts {
    /// Everything that is kept about the account of a session.
    pub async fn export_own(&self, session: &Session, origin: &Origin) -> Result<OwnDataPieces> {
        let origin = origin.acting_as(Actor::User(session.user.id));
        let mut pieces = self.export_for(&session.user, &origin).await?;
        pieces.session = Some(session.clone());
        Ok(pieces)
    }

    /// Everything that is kept about an account, for an operator to hand over. That it is told is recorded before anything is.
    pub async fn export_for(&self, user: &User, origin: &Origin) -> Result<OwnDataPieces> {
        let event = Event {
            user_id: Some(user.id),
            email: Some(user.email.clone()),
            ..self.event(EventKind::DataExported, origin)
        };
        self.store.record(event).await?;
        self.note_sessions().await;
        Ok(OwnDataPieces {
            accounts: self.clone(),
            user: self.user(user.id).await?,
            session: None,
            next: Piece::Head,
            has_items: false,
        })
    }
}

impl OwnDataPieces {
    /// The next piece of the JSON text; none at its end.
    ///
    /// # Errors
    /// When the store fails. What was there before is no whole document then.
    pub async fn next(&mut self) -> Result<Option<String>> {
        let id = self.user.id;
        match self.next {
            Piece::Head => {
                self.next = Piece::Sessions(None);
                self.head().await.map(Some)
            }
            Piece::Sessions(ref after) => {
                let (after, session) = (after.clone(), self.session.as_ref());
                let page = self.accounts.sessions(id, session, after, PAGE).await?;
                let mut text = self.items(&page.items);
                self.next = if page.next.is_some() {
                    Piece::Sessions(page.next)
                } else {
                    text += "],\"events\":[";
                    self.has_items = false;
                    Piece::Events(None)
                };
                Ok(Some(text))
            }
            Piece::Events(after) => {
                let filter = EventFilter {
                    user_id: Some(id),
                    ..EventFilter::default()
                };
                let page = self.accounts.store.events(&filter, after, PAGE).await?;
                let events = page.items.into_iter().map(|event| OwnEvent::of(event, id));
                let mut text = self.items(&events.collect::<Vec<_>>());
                self.next = if page.next.is_some() {
                    Piece::Events(page.next)
                } else {
                    text += "]}";
                    Piece::End
                };
                Ok(Some(text))
            }
            Piece::End => Ok(None),
        }
    }

    /// More items of the list that is being written, each with the comma before it.
    fn items<T: Serialize>(&mut self, items: &[T]) -> String {
        let mut texts = String::new();
        for item in items {
            if self.has_items {
                texts.push(',');
            }
            self.has_items = true;
            texts += &json(item);
        }
        texts
    }

    /// All but sessions and events, up to where the first session stands.
    async fn head(&self) -> Result<String> {
        let (accounts, user) = (&self.accounts, &self.user);
        let (id, now) = (user.id, accounts.now());
        let factors = accounts.store.factors(id).await?;
        let held = accounts.store.held(user, now).await?;
        let pending = accounts.store.pending_by_email(&user.email, now).await?;
        let mut requests = requests(&held);
        requests.extend(pending.map(|pending| OwnRequest {
            kind: "email_verification",
            email: Some(pending.email),
            created_at: pending.created_at,
            expires_at: pending.expires_at,
        }));
        requests.sort_by_key(|request| request.created_at);
        let passkeys = accounts.store.passkeys(id).await?;
        let identities = accounts.store.identities(id).await?;
        let data = OwnData {
            version: OwnData::VERSION,
            exported_at: now,
            account: user.public(),
            foreign_id: user.foreign_id.clone(),
            has_password: user.hashed_password.is_some(),
            second_factors: OwnFactors {
                totp_since: held.totp_since.filter(|_| user.uses_totp()),
                sms_to: user.second_factor().cloned(),
                recovery_codes_since: held.recovery_codes_since,
                recovery_codes_left: factors.codes_left(),
            },
            passkeys: passkeys.iter().map(Passkey::public).collect(),
            identities: identities.into_iter().map(OwnIdentity::from).collect(),
            requests,
            messages: messages(held),
            sessions: Vec::new(),
            events: Vec::new(),
        };
        let mut text = json(&data);
        // Both lists stand at the end, and are empty.
        text.truncate(text.len() - "],\"events\":[]}".len());
        Ok(text)
    }
}

fn requests(held: &Held) -> Vec<OwnRequest> {
    let undos = held.undos.iter().map(|undo| OwnRequest {
        kind: "email_change_undo",
        email: Some(undo.email.clone()),
        created_at: undo.changed_at,
        expires_at: undo.expires_at,
    });
    let waits = held.waits.iter().map(|wait| OwnRequest {
        kind: CodeKind::as_str(wait.kind),
        email: None,
        created_at: wait.created_at,
        expires_at: wait.expires_at,
    });
    undos.chain(waits).collect()
}

fn messages(held: Held) -> Vec<OwnMessage> {
    let messages = held.messages.into_iter().map(|message| OwnMessage {
        kind: message.kind,
        to: Some(message.recipient).filter(|_| message.kind != MessageKind::Webhook),
        state: message.state,
        created_at: message.created_at,
    });
    messages.collect()
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("texts, numbers and times have a JSON form")
}
