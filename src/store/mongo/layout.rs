//! The wanted indexes: those of the Python package under its names, our own as `regstack_…`.

use std::time::Duration;

use mongodb::bson::{Document, doc};
use mongodb::options::IndexOptions;
use mongodb::{Collection, IndexModel};

use super::db::{Db, Server};
use super::documents::{FOREIGN_ID, PASSKEYS, RECOVERY, TOTP};
use super::login_method_index;
use super::out::OUT;
use super::undos::UNDOS;
use super::user_documents::{DELETING, any_case};

/// The indexes of administrators, of disabled accounts, and of accounts whose email address is not verified.
pub(super) const SUPERUSERS: &str = "regstack_superusers";
pub(super) const DISABLED: &str = "regstack_disabled";
pub(super) const UNVERIFIED: &str = "regstack_unverified";
/// Those of accounts by second factor, and of accounts with a password and with a passkey.
pub(super) const BY_FACTOR: &str = "regstack_factor";
pub(super) const WITH_PASSWORD: &str = "regstack_password";
pub(super) const WITH_PASSKEY: &str = "regstack_passkey";

/// The largest TTL that the server accepts.
const MAX_AGE: Duration = Duration::from_secs(i32::MAX.unsigned_abs() as u64);

const DAY: Duration = Duration::from_hours(24);

/// An index as it should be.
pub(super) struct Wanted {
    pub(super) name: &'static str,
    pub(super) keys: Document,
    pub(super) options: IndexOptions,
}

impl Wanted {
    fn new(name: &'static str, keys: Document) -> Self {
        Self {
            name,
            keys,
            options: IndexOptions::default(),
        }
    }

    fn unique(mut self) -> Self {
        self.options.unique = Some(true);
        self
    }

    fn sparse(mut self) -> Self {
        self.options.sparse = Some(true);
        self
    }

    fn any_case(mut self) -> Self {
        self.options.collation = Some(any_case());
        self
    }

    fn only(mut self, filter: Document) -> Self {
        self.options.partial_filter_expression = Some(filter);
        self
    }

    fn removes_after(mut self, age: Duration) -> Self {
        self.options.expire_after = Some(age);
        self
    }

    pub(super) fn model(&self) -> IndexModel {
        let mut options = self.options.clone();
        options.name = Some(self.name.to_owned());
        IndexModel::builder()
            .keys(self.keys.clone())
            .options(options)
            .build()
    }

    /// Returns whether correctness depends on it, not only speed and cleanup.
    pub(super) fn is_needed(&self) -> bool {
        self.options.unique == Some(true)
    }

    /// Returns whether it is regstack's own, so that it may be recreated.
    pub(super) fn is_own(&self) -> bool {
        self.name.starts_with("regstack_")
    }
}

/// Returns every index of every collection.
pub(super) fn wanted<'a>(
    db: &'a Db,
    server: &Server,
) -> Vec<(&'a Collection<Document>, Vec<Wanted>)> {
    let index = Wanted::new;
    let newest = || doc! { "created_at": 1, "_id": 1 };
    let out = || index("regstack_out", doc! { format!("{OUT}.id"): 1 }).sparse();
    let expired = |name, field: &str| index(name, doc! { field: 1 }).removes_after(Duration::ZERO);
    // As long as the sweep keeps them, because the server's clock may be fast.
    let kept = DAY * server.settings.events_retention_days.saturating_add(1);
    let retention = kept.min(MAX_AGE);
    vec![
        (&db.users, of_accounts()),
        (
            &db.pending,
            vec![
                index("pending_email_unique", doc! { "email": 1 }).unique(),
                index("pending_token_unique", doc! { "token_hash": 1 }).unique(),
                expired("pending_ttl", "expires_at"),
                index("regstack_newest", doc! { "created_at": 1, "email": 1 }),
                out(),
            ],
        ),
        (
            &db.revoked,
            vec![
                index("jti_unique", doc! { "jti": 1 }).unique(),
                expired("exp_ttl", "exp"),
                out(),
            ],
        ),
        (
            &db.failures,
            vec![
                index("email_when", doc! { "email": 1, "when": 1 }),
                index("when_ttl", doc! { "when": 1 })
                    .removes_after(server.lockout_window.min(MAX_AGE)),
            ],
        ),
        (
            &db.codes,
            vec![
                index("user_kind_unique", doc! { "user_id": 1, "kind": 1 }).unique(),
                expired("mfa_ttl", "expires_at"),
            ],
        ),
        (
            &db.outbox,
            vec![
                index(
                    "regstack_due",
                    doc! { "state": 1, "receiver": 1, "kind": 1, "not_before": 1, "_id": 1 },
                ),
                index("regstack_expiry", doc! { "state": 1, "expires_at": 1 }),
                index("regstack_oldest", doc! { "state": 1, "created_at": 1 }),
                index("regstack_newest", newest()),
                index("regstack_recipient", doc! { "recipient": 1 }).sparse(),
                index("regstack_user", doc! { "user_id": 1 }).sparse(),
                expired("regstack_done", "forget_at"),
            ],
        ),
        (
            &db.events,
            vec![
                index("regstack_newest", doc! { "at": 1, "_id": 1 }),
                index("regstack_user", doc! { "user_id": 1, "at": 1, "_id": 1 }),
                index("regstack_kind", doc! { "kind": 1, "at": 1, "_id": 1 }),
                index("regstack_retention", doc! { "at": 1 }).removes_after(retention),
            ],
        ),
        (
            &db.guard,
            vec![expired("regstack_ttl", "expires_at"), out()],
        ),
        (
            &db.service_keys,
            vec![index("regstack_name", doc! { "name": 1 }).unique(), out()],
        ),
        (
            &db.sessions,
            vec![
                index(
                    "regstack_user",
                    doc! { "user_id": 1, "created_at": 1, "_id": 1 },
                ),
                index("regstack_newest", newest()),
                index("regstack_ip", doc! { "ip": 1, "created_at": 1, "_id": 1 }),
                index("regstack_ttl", doc! { "expires_at": 1 }).removes_after(DAY),
            ],
        ),
        (
            &db.challenges,
            vec![index("regstack_ttl", doc! { "expires_at": 1 }).removes_after(DAY)],
        ),
        (&db.identities, of_identities()),
        (
            &db.oauth_states,
            vec![expired("oauth_state_ttl", "expires_at")],
        ),
        (&db.signing_keys, vec![out()]),
        (&db.budgets, vec![expired("regstack_ttl", "expires_at")]),
        (&db.caps, vec![expired("regstack_ttl", "expires_at")]),
        (&db.requests, vec![expired("regstack_ttl", "expires_at")]),
    ]
}

/// Returns the indexes of the identities.
fn of_identities() -> Vec<Wanted> {
    let index = Wanted::new;
    let person = doc! { "provider": 1, "subject_id": 1 };
    let account = doc! { "user_id": 1, "provider": 1 };
    vec![
        index("provider_subject_unique", person).unique(),
        index("user_provider_unique", account).unique(),
        index("regstack_newest", login_method_index::index_key()),
        index("regstack_out", doc! { format!("{OUT}.id"): 1 }).sparse(),
    ]
}

/// Returns the indexes of the accounts.
fn of_accounts() -> Vec<Wanted> {
    let index = Wanted::new;
    let newest = || doc! { "created_at": 1, "_id": 1 };
    let part = |name, field: &str| index(name, doc! { format!("{name}.{field}"): 1 }).sparse();
    vec![
        index("email_unique", doc! { "email": 1 }).unique(),
        index("regstack_email_ci", doc! { "email": 1 }).any_case(),
        index("regstack_newest", newest()),
        index(SUPERUSERS, newest()).only(doc! { "is_superuser": true }),
        index(DISABLED, newest()).only(doc! { "is_active": false }),
        index(UNVERIFIED, newest()).only(doc! { "is_verified": false }),
        index(
            BY_FACTOR,
            doc! { "is_mfa_enabled": 1, "created_at": 1, "_id": 1 },
        ),
        index(WITH_PASSWORD, newest()).only(login_method_index::with_password()),
        index(WITH_PASSKEY, newest()).only(login_method_index::with_passkey()),
        index("regstack_out", doc! { format!("{OUT}.id"): 1 }).sparse(),
        index(DELETING, doc! { DELETING: 1 }).sparse(),
        index(FOREIGN_ID, doc! { FOREIGN_ID: 1 }).sparse(),
        part(TOTP, "under"),
        part(RECOVERY, "under"),
        part(PASSKEYS, "credential_id").unique(),
        part(UNDOS, "expires_at"),
    ]
}
