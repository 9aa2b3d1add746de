//! The account, and the rules for its name.

use jiff::Timestamp;
use serde::Serialize;
use unicode_normalization::char::is_combining_mark;

use super::named::text;
use super::{
    Email, ForeignId, Id, Language, OthersEnded, PasswordHash, PendingRegistration, PhoneNumber,
    ProofHash,
};

/// A name of at most 200 characters. It is stored as given and escaped wherever it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct FullName(String);

/// Why a text isn't a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// Longer than [`FullName::MAX_LENGTH`] characters.
    #[error("a name has at most {} characters", FullName::MAX_LENGTH)]
    TooLong,
    /// More than [`FullName::MAX_MARKS`] marks on one letter.
    #[error("a name has at most {} accents on one letter", FullName::MAX_MARKS)]
    TooManyMarks,
}

impl FullName {
    /// The longest name, in Unicode scalar values.
    pub const MAX_LENGTH: usize = 200;
    /// The maximum number of combining marks on one letter. Written languages have up to five or six (Hebrew with
    /// accents, Burmese, Tibetan); more would cover the lines above and below.
    pub const MAX_MARKS: usize = 8;

    /// Parses a name. Returns `None` for an empty one.
    ///
    /// # Errors
    /// [`InvalidName`] if it has over 200 scalar values, or too many marks on a letter.
    pub fn parse(text: &str) -> Result<Option<Self>, InvalidName> {
        match text.chars().count() {
            0 => Ok(None),
            length if length > Self::MAX_LENGTH => Err(InvalidName::TooLong),
            _ if most_marks(text) > Self::MAX_MARKS => Err(InvalidName::TooManyMarks),
            _ => Ok(Some(Self(text.to_owned()))),
        }
    }

    /// Returns whether it is short and consists of words only, so that it's safe in an email to someone who may not
    /// have chosen it.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        const MOST: usize = 40;
        let plain = |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '\'' | '’');
        self.0.chars().count() <= MOST && self.0.chars().all(plain)
    }
}

/// Returns the largest number of combining marks on one letter.
fn most_marks(text: &str) -> usize {
    let (mut most, mut run) = (0, 0);
    for c in text.chars() {
        if is_combining_mark(c) {
            run += 1;
            most = most.max(run);
        } else if !is_invisible(c) {
            run = 0;
        }
    }
    most
}

/// Returns whether a character is invisible, so that marks after it apply to the letter before it.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

text!(FullName);

/// An account as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "the stored document has these flags"
)]
pub struct User {
    /// The permanent id. If a deleted account registers again, it gets another one.
    pub id: Id,
    /// The email address, verified or not, which is unique among accounts.
    pub email: Email,
    /// The hash of the password. Without one, nobody can log in with a password.
    pub hashed_password: Option<PasswordHash>,
    /// Whether the account is enabled. A disabled account has no sessions and gets none.
    pub is_active: bool,
    /// Whether the email address is verified.
    pub is_verified: bool,
    /// Whether the account is an administrator.
    pub is_superuser: bool,
    /// The person's name.
    pub full_name: Option<FullName>,
    /// The phone number that codes are sent to.
    pub phone_number: Option<PhoneNumber>,
    /// Whether a login needs a second factor.
    pub is_mfa_enabled: bool,
    /// Whether an authenticator app was set up.
    pub has_totp: bool,
    /// When the account was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The last time a session was issued.
    pub last_login: Option<Timestamp>,
    /// Tokens issued at this moment or earlier are invalid.
    pub tokens_invalidated_after: Option<Timestamp>,
    /// The last time when all sessions but one were ended.
    pub others_ended: Option<OthersEnded>,
    /// The language for messages to the person.
    pub language: Option<Language>,
    /// Its id in the system that it was imported from.
    pub foreign_id: Option<ForeignId>,
}

impl User {
    /// Creates an enabled, verified account with just an email address.
    #[must_use]
    pub fn new(id: Id, email: Email, now: Timestamp) -> Self {
        Self {
            id,
            email,
            hashed_password: None,
            is_active: true,
            is_verified: true,
            is_superuser: false,
            full_name: None,
            phone_number: None,
            is_mfa_enabled: false,
            has_totp: false,
            created_at: now,
            updated_at: now,
            last_login: None,
            tokens_invalidated_after: None,
            others_ended: None,
            language: None,
            foreign_id: None,
        }
    }

    /// Returns the pending registration whose link verifies this account without changing its password and name.
    #[must_use]
    pub fn reverification(
        &self,
        token_hash: ProofHash,
        now: Timestamp,
        expires_at: Timestamp,
    ) -> PendingRegistration {
        PendingRegistration {
            email: self.email.clone(),
            hashed_password: self.hashed_password.clone(),
            full_name: self.full_name.clone(),
            language: self.language.clone(),
            token_hash,
            created_at: now,
            expires_at,
        }
    }

    /// Returns whether this is still the account's password hash.
    #[must_use]
    pub fn has_hash(&self, hash: &PasswordHash) -> bool {
        self.hashed_password.as_ref() == Some(hash)
    }

    /// Returns whether the account can act as an administrator. The last one that can is protected.
    #[must_use]
    pub fn is_active_superuser(&self) -> bool {
        self.is_active && self.is_superuser
    }

    /// Returns whether a mailed link may add a passkey. It may not if the account has a password, because whoever knows
    /// it could still log in, or a second factor, because the link would bypass it.
    #[must_use]
    pub fn takes_passkey_by_link(&self) -> bool {
        self.hashed_password.is_none() && !self.is_mfa_enabled
    }

    /// Returns the phone number for codes at a login, if the second factor is on.
    #[must_use]
    pub fn second_factor(&self) -> Option<&PhoneNumber> {
        self.phone_number.as_ref().filter(|_| self.is_mfa_enabled)
    }

    /// Returns whether a login may ask for a code of an authenticator app.
    #[must_use]
    pub fn uses_totp(&self) -> bool {
        self.has_totp && self.is_mfa_enabled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + millis).unwrap()
    }

    fn ada(cut_off: Option<Timestamp>) -> User {
        User {
            tokens_invalidated_after: cut_off,
            ..User::new(
                Id::from_bytes([7; 12]),
                Email::from_stored("ada@example.com".into()),
                at(0),
            )
        }
    }

    #[test]
    fn a_disabled_account_accepts_no_token_and_a_cut_off_ends_what_came_before_it() {
        assert!(ada(None).accepts(at(0)));
        assert!(ada(Some(at(-1))).accepts(at(0)));
        assert!(
            !ada(Some(at(0))).accepts(at(0)),
            "the cut-off's own millisecond is dead"
        );
        let disabled = User {
            is_active: false,
            ..ada(None)
        };
        assert!(!disabled.accepts(at(0)) && !disabled.has_ended(at(0)));
    }

    #[test]
    fn a_link_adds_a_passkey_where_nothing_else_guards_the_account() {
        for (has_password, is_mfa_enabled, takes) in [
            (false, false, true),
            (true, false, false),
            (false, true, false),
            (true, true, false),
        ] {
            let user = User {
                hashed_password: has_password.then(|| PasswordHash::from_phc("x".into())),
                is_mfa_enabled,
                ..ada(None)
            };
            assert_eq!(user.takes_passkey_by_link(), takes);
        }
    }

    #[test]
    fn a_plain_name_is_short_and_has_no_room_for_a_link() {
        for (name, plain) in [
            ("Ada Lovelace", true),
            ("Renée O’Connor-Łoś", true),
            ("visit evil.example", false),
            ("https://evil", false),
            ("call 555 0123", false),
            ("a\nb", false),
            (&*"a".repeat(41), false),
        ] {
            assert_eq!(
                FullName::from_stored(name.into()).is_plain(),
                plain,
                "{name}"
            );
        }
    }

    #[test]
    fn names_of_all_languages_pass_and_towers_of_marks_do_not() {
        for name in [
            "Nguye\u{302}\u{303}n Thi\u{323} Thu\u{31b}\u{301}",
            "Zoe\u{308} Łoś",
            "مُحَمَّدٌ بْنُ عَبْدِ ٱللَّٰهِ",
            "בְּרֵאשִׁ֖ית כֹּהֵ֥ן",
            "क्षत्रिय श्रीकृष्ण ज़ाकिर्",
            "ဦးကျွန်ုပ် မြွှာ",
            "བསྒྲུབས་རྒྱལ་མཚན",
            "กิ๊ก ณัฐพล น้ำผึ้ง",
            "ព្រះស្ត្រី",
            "👩🏽‍💻 Ada",
        ] {
            assert!(FullName::parse(name).is_ok(), "{name}");
        }
        let tower = |marks: usize| format!("A{}da", "\u{301}".repeat(marks));
        assert!(FullName::parse(&tower(FullName::MAX_MARKS)).is_ok());
        for tall in [
            tower(FullName::MAX_MARKS + 1),
            tower(40),
            format!("A{}", "\u{301}\u{200d}".repeat(40)),
            "\u{489}".repeat(9),
        ] {
            let refused = FullName::parse(&tall).err();
            assert_eq!(refused, Some(InvalidName::TooManyMarks), "{tall}");
        }
    }

    #[test]
    fn a_token_is_issued_after_the_cut_off_wherever_the_clock_stands() {
        assert_eq!(ada(None).next_issue_time(at(5)), at(5));
        assert_eq!(ada(Some(at(4))).next_issue_time(at(5)), at(5));
        assert_eq!(ada(Some(at(5))).next_issue_time(at(5)), at(6));
        assert_eq!(ada(Some(at(90))).next_issue_time(at(5)), at(91));
        let last = ada(Some(Timestamp::MAX));
        assert_eq!(last.next_issue_time(at(5)), Timestamp::MAX);
    }

    #[test]
    fn a_cut_off_never_stands_still_and_ends_all_that_was_issued() {
        for (before, now, issued, after) in [
            (None, 5, [None, None], 5),
            (Some(4), 5, [None, None], 5),
            (Some(5), 5, [None, None], 6),
            (Some(90), 5, [None, None], 91),
            (Some(4), 5, [Some(70), None], 70),
            (Some(4), 5, [None, Some(70)], 70),
            (Some(90), 5, [Some(91), Some(92)], 92),
            (Some(4), 5, [Some(3), Some(2)], 5),
        ] {
            let mut user = ada(before.map(at));
            user.end_tokens(at(now), issued.map(|issued| issued.map(at)));
            assert_eq!(user.tokens_invalidated_after, Some(at(after)));
            assert_eq!(user.updated_at, at(now));
            assert!(user.accepts(user.next_issue_time(at(now))));
        }
    }
}
