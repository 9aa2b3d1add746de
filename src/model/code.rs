//! One-time codes: what they are for, and the digits of those that are sent by SMS.

use std::ops::RangeInclusive;

use jiff::{SignedDuration, Timestamp};

use super::moment::{after, before};
use super::named::names;
use super::{ProofHash, SlidingWindow};
use crate::secret::{ExposeSecret as _, SecretString};

/// The minimum length of a code that is sent or entered, in characters.
pub const MIN_LENGTH: usize = 4;
/// The maximum length.
pub const MAX_LENGTH: usize = 10;

names! {
    /// What a code is for. An account has at most one code of each kind.
    pub enum CodeKind {
        /// Confirms a phone number that is being set up as a second factor.
        PhoneSetup = "phone_setup",
        /// The SMS code at a login.
        LoginMfa = "login_mfa",
        /// Confirms an authenticator app that is being set up as a second factor.
        TotpSetup = "totp_setup",
        /// The code of an authenticator app at a login.
        LoginTotp = "login_totp",
        /// A recovery code at a login.
        LoginRecovery = "login_recovery",
    }
}

impl CodeKind {
    /// The kinds that are sent by SMS.
    pub const BY_SMS: [Self; 2] = [Self::PhoneSetup, Self::LoginMfa];
    /// The kinds that complete a login. Once one of them has, the others are obsolete.
    pub const OF_LOGIN: [Self; 3] = [Self::LoginMfa, Self::LoginTotp, Self::LoginRecovery];
}

/// A code as sent or entered. Only its hash is stored.
#[derive(Debug, Clone)]
pub struct Code(SecretString);

impl Code {
    /// Reads a code as people write it: with spaces and dashes, and in the digits of any script. Returns `None` for
    /// text that can't be a code. The length isn't checked here.
    #[must_use]
    pub fn written(text: &str) -> Option<SecretString> {
        let told = text.chars().filter(|c| !separates(*c));
        let digits: Option<String> = told.map(ascii_digit).collect();
        digits.map(SecretString::from)
    }

    /// Takes a code as entered, which may be any text.
    #[must_use]
    pub fn presented(text: SecretString) -> Self {
        Self(text)
    }

    /// Returns the text of the code, for the SMS.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Returns the hash that is stored and compared.
    #[must_use]
    pub fn hash(&self) -> ProofHash {
        ProofHash::of(self.expose())
    }
}

/// Returns whether a character only makes a number easier to read: a space or a dash of any kind.
pub(super) fn separates(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '\u{ad}' | '\u{200b}' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{feff}' | '－'
        )
}

/// Returns the digit that a character stands for: European, full-width, Arabic, Persian, Indian, Thai and others.
pub(super) fn ascii_digit(c: char) -> Option<char> {
    let zeros = [
        '0', '０', '٠', '۰', '०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '๐', '໐', '༠', '၀', '០',
    ];
    let values = zeros.map(|zero| u32::from(c).wrapping_sub(u32::from(zero)));
    let value = values.into_iter().find(|value| *value < 10)?;
    char::from_digit(value, 10)
}

/// How many wrong codes of one kind may be entered for an account, and how long each counts.
#[derive(Debug, Clone, Copy)]
pub struct CodeBudget {
    /// How many wrong codes within the window stop further ones from being evaluated. Zero counts as one.
    pub limit: u32,
    /// How long a wrong code counts.
    pub window: SignedDuration,
}

impl CodeBudget {
    /// Returns the window in which wrong codes are counted.
    #[must_use]
    pub fn window(self) -> SlidingWindow {
        SlidingWindow {
            limit: self.limit.max(1),
            length: self.window,
        }
    }
}

/// A code that was sent and hasn't been entered yet.
#[derive(Debug, Clone)]
pub struct WaitingCode {
    /// The hash of the code.
    pub hash: ProofHash,
    /// How often a code was compared with it.
    pub attempts: u32,
    /// How often that may happen.
    pub max_attempts: u32,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// The result of entering a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeVerdict {
    /// The code has expired. Nothing was compared.
    Expired,
    /// The attempts are used up. Nothing was compared.
    Exhausted,
    /// The code is right and now used.
    Right,
    /// The code is wrong, which costs an attempt.
    Wrong {
        /// Whether it was the last attempt, so that the code is removed.
        is_last: bool,
    },
}

impl WaitingCode {
    /// Compares a code that someone entered.
    #[must_use]
    pub fn judge(&self, presented: &ProofHash, now: Timestamp) -> CodeVerdict {
        self.judge_as(self.hash.matches(presented), now)
    }

    /// Returns the verdict when the caller has compared the code itself.
    #[must_use]
    pub fn judge_as(&self, is_right: bool, now: Timestamp) -> CodeVerdict {
        if self.expires_at <= now {
            CodeVerdict::Expired
        } else if self.attempts >= self.max_attempts {
            CodeVerdict::Exhausted
        } else if is_right {
            CodeVerdict::Right
        } else {
            CodeVerdict::Wrong {
                is_last: self.attempts + 1 >= self.max_attempts,
            }
        }
    }

    /// Returns the range in which a code must have been created to belong to a token issued at `issued_at`, if no
    /// token id is stored with it: five seconds on either side. The Python package, which may share the database,
    /// stores no token id.
    #[must_use]
    pub fn made_near(issued_at: Timestamp) -> RangeInclusive<Timestamp> {
        const TOLERANCE: SignedDuration = SignedDuration::from_secs(5);
        before(issued_at, TOLERANCE)..=after(issued_at, TOLERANCE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn a_waiting_code_is_evaluated_only_so_often_and_only_in_time() {
        let (right, wrong) = (ProofHash::of("042719"), ProofHash::of("042718"));
        let mut code = WaitingCode {
            hash: right.clone(),
            attempts: 0,
            max_attempts: 2,
            expires_at: at(60),
        };
        assert_eq!(code.judge(&right, at(59)), CodeVerdict::Right);
        assert_eq!(code.judge(&right, at(60)), CodeVerdict::Expired);
        let is_last = false;
        assert_eq!(code.judge(&wrong, at(0)), CodeVerdict::Wrong { is_last });
        code.attempts = 1;
        let is_last = true;
        assert_eq!(code.judge(&wrong, at(0)), CodeVerdict::Wrong { is_last });
        code.attempts = 2;
        assert_eq!(code.judge(&right, at(0)), CodeVerdict::Exhausted);
    }

    #[test]
    fn a_code_without_a_tokens_id_serves_tokens_of_the_same_seconds() {
        let near = WaitingCode::made_near(at(0));
        assert!(near.contains(&at(-5)) && near.contains(&at(5)));
        assert!(!near.contains(&at(-6)) && !near.contains(&at(6)));
    }

    #[test]
    fn a_budget_always_allows_one_wrong_code() {
        let budget = CodeBudget {
            limit: 0,
            window: SignedDuration::from_secs(60),
        };
        assert_eq!(budget.window().full_until([], at(0)), None);
        assert_eq!(budget.window().full_until([at(0)], at(1)), Some(at(60)));
    }

    #[test]
    fn a_code_may_be_written_with_blanks_and_dashes_and_in_other_digits() {
        for same in [
            "042719",
            " 042 719\n",
            "042-719",
            "0\u{2013}4 27\u{a0}19",
            "０４２７１９",
            "٠٤٢٧١٩",
        ] {
            let code = Code::written(same).unwrap();
            assert_eq!(code.expose_secret(), "042719", "{same:?}");
        }
        for none in ["O42719", "04271½", "code", "042.719"] {
            assert!(Code::written(none).is_none(), "{none:?}");
        }
    }

    #[test]
    fn a_code_is_kept_as_its_sha_256_and_never_shown() {
        let code = Code::presented("042719".into());
        // sha256sum of the six digits.
        assert_eq!(
            code.hash().as_str(),
            "d6d8e5621684f36486d5a04cf0c37cc9b33031f9b864f8c7a23f8d480f404735"
        );
        assert!(!format!("{code:?}").contains("042719"));
    }
}
