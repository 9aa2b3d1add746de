//! Which documents a theme is, and their fields in the order of its columns.

use mongodb::Collection;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};

use super::fields::{Absent, Field, Kind, needed, optional};
use crate::model::MessageKind;
use crate::model::moment::after;
use crate::model::sweep::MARGIN;
use crate::store::Theme;
use crate::store::mongo::db::Db;
use crate::store::mongo::documents::{LANGUAGE, date, moment};
use crate::store::mongo::message_documents::{FAILED, WAITING};
use crate::store::mongo::removal;
use crate::store::mongo::sessions::{EXPIRES_AT, USER_ID};
use crate::store::mongo::user_documents::DELETING;

/// The documents that a theme is read out of.
pub(super) fn collection(db: &Db, theme: Theme) -> &Collection<Document> {
    match theme {
        Theme::Accounts => &db.users,
        Theme::Identities => &db.identities,
        Theme::Pending => &db.pending,
        Theme::Sessions => &db.sessions,
        Theme::Revocations => &db.revoked,
        Theme::Codes => &db.codes,
        Theme::WrongCodes => &db.budgets,
        Theme::FailedLogins => &db.failures,
        Theme::LoginsUnderWay => &db.guard,
        Theme::CountedMessages => &db.caps,
        Theme::Challenges => &db.challenges,
        Theme::OauthStates => &db.oauth_states,
        Theme::ServiceKeys => &db.service_keys,
        Theme::SigningKeys => &db.signing_keys,
        Theme::Outbox => &db.outbox,
        Theme::Events => &db.events,
        Theme::Days => &db.days,
    }
}

/// The condition that a document is of the theme.
pub(super) fn filter(theme: Theme) -> Document {
    match theme {
        Theme::Accounts => doc! { DELETING: { "$exists": false } },
        Theme::ServiceKeys | Theme::SigningKeys => removal::present(doc! {}),
        // Those of the Python package serve only there.
        Theme::OauthStates => doc! { "regstack_sealed": { "$exists": true } },
        Theme::Outbox => doc! { "state": { "$in": [WAITING, FAILED] } },
        Theme::LoginsUnderWay => doc! { "entries.failed": false },
        Theme::WrongCodes | Theme::CountedMessages => doc! { "recent.0": { "$exists": true } },
        _ => doc! {},
    }
}

/// The fields by which documents are ordered: those of the theme's key.
pub(super) fn key(theme: Theme) -> &'static [Field] {
    const TEXT: &[Field] = &[needed("_id", Kind::Text)];
    const ID: &[Field] = &[needed("_id", Kind::Id)];
    match theme {
        Theme::Accounts => ID,
        // Each a list under a text.
        Theme::LoginsUnderWay | Theme::CountedMessages | Theme::WrongCodes => TEXT,
        other => &fields(other)[..other.key_length()],
    }
}

/// The fields of a theme whose documents are one row each; none of the others.
pub(super) fn fields(theme: Theme) -> &'static [Field] {
    match theme {
        Theme::Accounts | Theme::WrongCodes | Theme::LoginsUnderWay | Theme::CountedMessages => &[],
        Theme::Identities => IDENTITIES,
        Theme::Pending => PENDING,
        Theme::Sessions => SESSIONS,
        Theme::Revocations => REVOCATIONS,
        Theme::Codes => CODES,
        Theme::FailedLogins => FAILED_LOGINS,
        Theme::Challenges => CHALLENGES,
        Theme::OauthStates => OAUTH_STATES,
        Theme::ServiceKeys => SERVICE_KEYS,
        Theme::SigningKeys => SIGNING_KEYS,
        Theme::Outbox => OUTBOX,
        Theme::Events => EVENTS,
        Theme::Days => DAYS,
    }
}

/// Adds what only documents have.
pub(super) fn complete(theme: Theme, document: &mut Document) {
    match theme {
        Theme::Revocations => {
            let expires_at = document.get_datetime(EXPIRES_AT).copied();
            if let Ok(expires_at) = expires_at {
                document.insert("exp", date(after(moment(expires_at), MARGIN)));
            }
        }
        Theme::FailedLogins => {
            let id = document.get("_id").cloned().unwrap_or(Bson::Null);
            document.insert("guard_id", id);
        }
        // The package's collection takes no other.
        Theme::OauthStates => {
            document.insert("mode", "signin");
        }
        Theme::Outbox => {
            let kind = document.get_str("kind").unwrap_or_default();
            let is_webhook = kind == MessageKind::Webhook.as_str();
            let recipient = document.get_str("recipient").unwrap_or_default();
            let receiver = if is_webhook { recipient } else { "" }.to_owned();
            document.insert("receiver", receiver);
            let has_failed = document.contains_key("failed_at");
            document.insert("state", if has_failed { FAILED } else { WAITING });
        }
        _ => {}
    }
    if !document.contains_key("_id") {
        document.insert("_id", ObjectId::new());
    }
}

const IDENTITIES: &[Field] = &[
    needed("provider", Kind::Text),
    needed("subject_id", Kind::Text),
    needed("user_id", Kind::IdText),
    optional("email", Kind::Text),
    needed("linked_at", Kind::Moment).or(Absent::Made),
    optional("last_used_at", Kind::Moment),
];

const PENDING: &[Field] = &[
    needed("token_hash", Kind::Text),
    needed("email", Kind::LowerCase),
    optional("hashed_password", Kind::Text),
    optional("full_name", Kind::Text),
    needed("created_at", Kind::Moment),
    needed("expires_at", Kind::Moment),
    optional(LANGUAGE, Kind::Text),
];

const SESSIONS: &[Field] = &[
    needed("_id", Kind::Text),
    needed("user_id", Kind::Id),
    needed("created_at", Kind::Moment),
    needed("issued_at", Kind::Moment),
    needed("last_seen_at", Kind::Moment),
    needed("expires_at", Kind::Moment),
    needed("method", Kind::Text),
    optional("ip", Kind::Text),
    optional("user_agent", Kind::Text),
];

const REVOCATIONS: &[Field] = &[
    needed("jti", Kind::Text),
    needed(EXPIRES_AT, Kind::Moment).or(Absent::Field("exp")),
    optional(USER_ID, Kind::Id),
];

const CODES: &[Field] = &[
    needed("user_id", Kind::IdText),
    needed("kind", Kind::Text),
    needed("jti", Kind::Text).or(Absent::EmptyText),
    needed("code_hash", Kind::Text),
    needed("attempts", Kind::Number).or(Absent::Number(0)),
    needed("max_attempts", Kind::Number),
    needed("created_at", Kind::Moment).or(Absent::Made),
    needed("expires_at", Kind::Moment),
];

const FAILED_LOGINS: &[Field] = &[
    needed("_id", Kind::Id),
    needed("email", Kind::LowerCase),
    needed("when", Kind::Moment),
    optional("ip", Kind::Text),
    needed("failed", Kind::Always(1)),
];

const CHALLENGES: &[Field] = &[
    needed("_id", Kind::Text),
    needed("expires_at", Kind::Moment),
];

const OAUTH_STATES: &[Field] = &[
    needed("_id", Kind::Text),
    needed("regstack_sealed", Kind::Bytes),
    needed("created_at", Kind::Moment),
    needed("expires_at", Kind::Moment),
];

const SERVICE_KEYS: &[Field] = &[
    needed("_id", Kind::Id),
    needed("name", Kind::Text),
    needed("hash", Kind::Text),
    needed("scopes", Kind::Text),
    needed("created_by", Kind::Text),
    needed("created_at", Kind::Moment),
    optional("expires_at", Kind::Moment),
    optional("last_used_on", Kind::Moment),
];

const SIGNING_KEYS: &[Field] = &[
    needed("_id", Kind::Number),
    needed("kid", Kind::Text),
    needed("algorithm", Kind::Text),
    needed("public_key", Kind::Bytes),
    needed("sealed", Kind::Bytes),
    needed("created_at", Kind::Moment),
    needed("signs_from", Kind::Moment),
];

const OUTBOX: &[Field] = &[
    needed("_id", Kind::Id),
    needed("kind", Kind::Text),
    needed("recipient", Kind::Text),
    optional("user_id", Kind::Id),
    optional("pending_proof", Kind::Text),
    needed("dies_with_change", Kind::Flag).or(Absent::Number(0)),
    needed("payload", Kind::Bytes),
    needed("created_at", Kind::Moment),
    needed("not_before", Kind::Moment),
    needed("expires_at", Kind::Moment),
    needed("attempts", Kind::Number).or(Absent::Number(0)),
    optional("lease", Kind::Id),
    optional("lease_until", Kind::Moment),
    optional("failed_at", Kind::Moment),
    optional("last_error", Kind::Text),
];

const EVENTS: &[Field] = &[
    needed("at", Kind::Moment),
    needed("_id", Kind::Id),
    needed("kind", Kind::Text),
    optional("user_id", Kind::Id),
    optional("email", Kind::Text),
    needed("actor", Kind::Text),
    optional("ip", Kind::Text),
    optional("request_id", Kind::Text),
    optional("data", Kind::Json),
];

const DAYS: &[Field] = &[
    needed("_id", Kind::Day),
    needed("registered", Kind::Number).or(Absent::Number(0)),
    needed("verified", Kind::Number).or(Absent::Number(0)),
    needed("logins", Kind::Number).or(Absent::Number(0)),
    needed("failures", Kind::Number).or(Absent::Number(0)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_a_field() {
        for theme in Theme::ALL {
            let fields = fields(theme);
            let columns = theme.tables()[0].columns;
            assert!(
                fields.is_empty() || fields.len() == columns.len(),
                "{theme:?}"
            );
        }
    }
}
