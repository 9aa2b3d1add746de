//! Tokens that are dead before they expire: those that were revoked one by one, and those that a change of the account ends.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{Email, Id, User};

/// The id of a token, or of a session: 16 bytes as base64url.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenId(String);

impl TokenId {
    const LENGTH: usize = 22;

    /// Takes a text that may be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let fits = text.len() == Self::LENGTH && text.chars().all(plain);
        fits.then(|| Self(text.to_owned()))
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A token that is dead before it expires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// The token's own id, or that of a session, all of whose tokens it stands for.
    pub jti: String,
    /// The account that it was issued to, where that is known.
    pub user_id: Option<Id>,
    /// When the token expires, and the revocation has no effect any more.
    pub expires_at: Timestamp,
}

/// A revocation as administrators see it.
#[derive(Debug, Clone, Serialize)]
pub struct RevokedToken {
    /// The token's own id.
    pub jti: String,
    /// The account that it was issued to, where that is known.
    pub user_id: Option<Id>,
    /// The address of that account, where there still is one.
    pub email: Option<Email>,
    /// When the token expires: RFC 3339, UTC.
    pub expires_at: Timestamp,
}

impl User {
    /// Whether the account accepts a token issued at this moment: it is active, and its cut-off is earlier.
    #[must_use]
    pub fn accepts(&self, issued_at: Timestamp) -> bool {
        self.is_active && !self.has_ended(issued_at)
    }

    /// Whether the account's cut-off ended the tokens issued at this moment. Those of the cut-off's own millisecond ended too.
    #[must_use]
    pub fn has_ended(&self, issued_at: Timestamp) -> bool {
        self.tokens_invalidated_after
            .is_some_and(|cut_off| issued_at <= cut_off)
    }

    /// The `iat` of a token issued now. The cut-off, or the end of other sessions, may lie ahead of this machine's clock: the
    /// token is later than both.
    #[must_use]
    pub fn next_issue_time(&self, now: Timestamp) -> Timestamp {
        let others = self.others_ended.as_ref().map(|ended| ended.at);
        let cut_off = self.tokens_invalidated_after.max(others);
        cut_off.map_or(now, |cut_off| now.max(just_after(cut_off)))
    }

    /// Ends all tokens. The cut-off moves to `now`, past itself, and to the newest `iat` given: that of any token of the account
    /// and that of the link just used. So it holds wherever the clock stands.
    pub fn end_tokens(&mut self, now: Timestamp, issued: [Option<Timestamp>; 2]) {
        let raised = self.tokens_invalidated_after.map(just_after);
        let newest = issued.into_iter().flatten().max();
        self.tokens_invalidated_after = Some(now).max(raised).max(newest);
        self.updated_at = now;
    }
}

/// The next millisecond, the precision in which tokens are compared.
pub(super) fn just_after(moment: Timestamp) -> Timestamp {
    let next = moment.checked_add(SignedDuration::from_millis(1));
    next.unwrap_or(Timestamp::MAX)
}
