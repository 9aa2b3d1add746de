//! What is copied: every table with its columns; and what is left out, and why.

/// A table of rows. Its first columns are the key of the record that a row belongs to.
#[derive(Debug)]
pub struct Table {
    /// Its name in the SQLite schema.
    pub name: &'static str,
    /// Its columns there.
    pub columns: &'static [&'static str],
}

/// What belongs together, in the order in which it is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// Accounts with their second factors, passkeys and undo links.
    Accounts,
    /// Logins at other providers that accounts are linked to.
    Identities,
    /// Registrations that wait for verification.
    Pending,
    /// Sessions.
    Sessions,
    /// Revoked tokens.
    Revocations,
    /// One-time codes.
    Codes,
    /// Wrong codes that count.
    WrongCodes,
    /// Logins whose password is being verified. Before those that failed, which each of them may become.
    LoginsUnderWay,
    /// Failed logins.
    FailedLogins,
    /// Messages counted for each recipient.
    CountedMessages,
    /// Challenges of passkeys that were answered.
    Challenges,
    /// Logins at other providers that are under way.
    OauthStates,
    /// The keys of programs.
    ServiceKeys,
    /// The keys that sign tokens.
    SigningKeys,
    /// Messages that wait, and those that failed.
    Outbox,
    /// The audit trail.
    Events,
    /// What happened on each day. Last, because SQLite counts what is written before.
    Days,
}

impl Theme {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Accounts,
        Self::Identities,
        Self::Pending,
        Self::Sessions,
        Self::Revocations,
        Self::Codes,
        Self::WrongCodes,
        Self::LoginsUnderWay,
        Self::FailedLogins,
        Self::CountedMessages,
        Self::Challenges,
        Self::OauthStates,
        Self::ServiceKeys,
        Self::SigningKeys,
        Self::Outbox,
        Self::Events,
        Self::Days,
    ];

    /// Returns its published name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accounts => "accounts",
            Self::Identities => "identities",
            Self::Pending => "pending_registrations",
            Self::Sessions => "sessions",
            Self::Revocations => "revoked_tokens",
            Self::Codes => "codes",
            Self::WrongCodes => "wrong_codes",
            Self::FailedLogins => "failed_logins",
            Self::LoginsUnderWay => "logins_under_way",
            Self::CountedMessages => "counted_messages",
            Self::Challenges => "used_challenges",
            Self::OauthStates => "oauth_states",
            Self::ServiceKeys => "service_keys",
            Self::SigningKeys => "signing_keys",
            Self::Outbox => "outbox",
            Self::Events => "events",
            Self::Days => "days",
        }
    }

    /// Returns how many columns of each of its tables are the key.
    #[must_use]
    pub fn key_length(self) -> usize {
        match self {
            Self::Identities | Self::Codes | Self::WrongCodes | Self::Events => 2,
            _ => 1,
        }
    }

    /// Returns its tables: first the one that has a row of every record.
    #[must_use]
    pub fn tables(self) -> &'static [Table] {
        match self {
            Self::Accounts => ACCOUNTS,
            Self::Identities => IDENTITIES,
            Self::Pending => PENDING,
            Self::Sessions => SESSIONS,
            Self::Revocations => REVOCATIONS,
            Self::Codes => CODES,
            Self::WrongCodes => WRONG_CODES,
            Self::FailedLogins => FAILED_LOGINS,
            Self::LoginsUnderWay => LOGINS_UNDER_WAY,
            Self::CountedMessages => COUNTED_MESSAGES,
            Self::Challenges => CHALLENGES,
            Self::OauthStates => OAUTH_STATES,
            Self::ServiceKeys => SERVICE_KEYS,
            Self::SigningKeys => SIGNING_KEYS,
            Self::Outbox => OUTBOX,
            Self::Events => EVENTS,
            Self::Days => DAYS,
        }
    }
}

/// Tables and columns of the SQLite schema that are not copied, and why.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("users.seq", "the file's own number of a row"),
    ("outbox.seq", "the file's own number of a row"),
    (
        "user_counts",
        "triggers count the accounts that are written",
    ),
    (
        "users_search",
        "triggers index the accounts that are written",
    ),
    (
        "login_ways",
        "triggers keep it by the passkeys and identities that are written",
    ),
    (
        "request_counts",
        "requests of the last minutes, which limits protect no account with",
    ),
];

macro_rules! tables {
    ($($theme:ident: $($table:literal ($($column:literal)+)),+;)+) => { $(
        const $theme: &[Table] = &[$(Table { name: $table, columns: &[$($column),+] }),+];
    )+ };
}

tables! {
    ACCOUNTS:
        "users" (
            "id" "email" "email_key" "hashed_password" "is_active" "is_verified" "is_superuser" "full_name" "name_key"
            "phone_number" "is_mfa_enabled" "created_at" "updated_at" "last_login" "tokens_invalidated_after" "last_iat"
            "language" "others_ended_at" "kept_session" "has_totp" "foreign_id" "extra_fields"
        ),
        "factor_secrets" ("user_id" "kind" "sealed" "sealed_under" "last_step" "made_at"),
        "recovery_codes" ("user_id" "code_hash"),
        "passkeys" (
            "user_id" "credential_id" "id" "name" "public_key" "sign_count" "is_synced" "rp_id" "created_at" "last_used_at"
        ),
        "email_undos" ("user_id" "proof" "email" "changed_at" "expires_at" "phone");
    IDENTITIES: "oauth_identities" ("provider" "subject_id" "user_id" "email" "linked_at" "last_used_at");
    PENDING: "pending_registrations" (
        "token_hash" "email_key" "hashed_password" "full_name" "created_at" "expires_at" "language"
    );
    SESSIONS: "sessions" (
        "id" "user_id" "created_at" "issued_at" "last_seen_at" "expires_at" "method" "ip" "user_agent"
    );
    REVOCATIONS: "revoked_tokens" ("jti" "expires_at" "user_id");
    CODES: "codes" ("user_id" "kind" "jti" "code_hash" "attempts" "max_attempts" "created_at" "expires_at");
    WRONG_CODES: "wrong_codes" ("user_id" "kind" "at");
    FAILED_LOGINS: "login_attempts" ("id" "email_key" "started_at" "ip" "failed");
    LOGINS_UNDER_WAY: "login_attempts" ("email_key" "id" "started_at" "ip" "failed");
    COUNTED_MESSAGES: "recipient_caps" ("recipient" "at");
    CHALLENGES: "used_challenges" ("challenge" "expires_at");
    OAUTH_STATES: "oauth_states" ("id" "sealed" "created_at" "expires_at");
    SERVICE_KEYS: "service_keys" (
        "id" "name" "hash" "scopes" "created_by" "created_at" "expires_at" "last_used_on"
    );
    SIGNING_KEYS: "signing_keys" ("number" "kid" "algorithm" "public_key" "sealed" "created_at" "signs_from");
    OUTBOX: "outbox" (
        "id" "kind" "recipient" "user_id" "pending_proof" "dies_with_change" "payload" "created_at" "not_before"
        "expires_at" "attempts" "lease" "lease_until" "failed_at" "last_error"
    );
    EVENTS: "events" ("at" "id" "kind" "user_id" "email" "actor" "ip" "request_id" "data");
    DAYS: "daily_counts" ("day" "registered" "verified" "logins" "failures");
}
