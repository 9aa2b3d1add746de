//! Tokens that are invalid before they expire, because they were revoked one by one or ended by a change of the
//! account.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{Email, Id, User};

/// The id of a token, or of a session: 16 bytes as base64url.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenId(String);

impl TokenId {
    const LENGTH: usize = 22;

    /// Parses a text that has the form of an id.
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

/// The revocation of a token that hasn't expired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// The token's own id, or the id of a session, which stands for all of its tokens.
    pub jti: String,
    /// The account that it was issued to, if known.
    pub user_id: Option<Id>,
    /// When the token expires, after which the revocation has no effect.
    pub expires_at: Timestamp,
}

/// A revocation as administrators see it.
#[derive(Debug, Clone, Serialize)]
pub struct RevokedToken {
    /// The token's own id.
    pub jti: String,
    /// The account that it was issued to, if known.
    pub user_id: Option<Id>,
    /// The email address of that account, if it still exists.
    pub email: Option<Email>,
    /// When the token expires: RFC 3339, UTC.
    pub expires_at: Timestamp,
}

impl User {
    /// Returns whether the account accepts a token issued at this moment: it is enabled, and its cut-off is earlier.
    #[must_use]
    pub fn accepts(&self, issued_at: Timestamp) -> bool {
        self.is_active && !self.has_ended(issued_at)
    }

    /// Returns whether the cut-off ended tokens issued at this moment. A token issued in the same millisecond as the
    /// cut-off is ended too.
    #[must_use]
    pub fn has_ended(&self, issued_at: Timestamp) -> bool {
        self.tokens_invalidated_after
            .is_some_and(|cut_off| issued_at <= cut_off)
    }

    /// Returns the `iat` for a token issued now. It is later than the cut-off and the end of other sessions, even if
    /// one of them is ahead of this machine's clock.
    #[must_use]
    pub fn next_issue_time(&self, now: Timestamp) -> Timestamp {
        let others = self.others_ended.as_ref().map(|ended| ended.at);
        let cut_off = self.tokens_invalidated_after.max(others);
        cut_off.map_or(now, |cut_off| now.max(just_after(cut_off)))
    }

    /// Ends all tokens by moving the cut-off forward. It becomes the latest of `now`, the moment after the current
    /// cut-off, and the given `iat`s: the newest of the account's tokens and that of the link just used. So it works
    /// even if the clock is wrong.
    pub fn end_tokens(&mut self, now: Timestamp, issued: [Option<Timestamp>; 2]) {
        let raised = self.tokens_invalidated_after.map(just_after);
        let newest = issued.into_iter().flatten().max();
        self.tokens_invalidated_after = Some(now).max(raised).max(newest);
        self.updated_at = now;
    }
}

/// Returns the next millisecond, the precision in which tokens are compared.
pub(super) fn just_after(moment: Timestamp) -> Timestamp {
    let next = moment.checked_add(SignedDuration::from_millis(1));
    next.unwrap_or(Timestamp::MAX)
}
