//! Codes of authenticator apps (TOTP, RFC 6238 over RFC 4226): HMAC-SHA-1, six digits, steps of 30 seconds. Every app
//! supports these parameters.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha1::Sha1;
use zeroize::Zeroizing;

use crate::model::{Code, TotpMatch};
use crate::secret;

/// How long a step lasts, in seconds. Each step has its own code.
const STEP: i64 = 30;
/// How many digits a code has.
const DIGITS: u32 = 6;
/// How many steps the app's clock may be ahead or behind.
const TOLERANCE: i64 = 1;
/// Length of a secret in bytes, as recommended by RFC 4226 §4.
pub const SECRET_LENGTH: usize = 20;

/// The characters that aren't escaped in the parts of the URL (RFC 3986 §2.3).
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The secret that an account shares with an authenticator app.
pub struct TotpSecret(Zeroizing<Vec<u8>>);

impl TotpSecret {
    /// Creates a secret from these bytes.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Returns its bytes, to be encrypted.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Returns the text that people type into their app (base32, RFC 4648 §6, without padding).
    #[must_use]
    pub fn base32(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE32_NOPAD.encode(&self.0))
    }

    /// Returns the `otpauth:` URL that an app reads from the QR code. `issuer` and `account` are what the app shows.
    #[must_use]
    pub fn url(&self, issuer: &str, account: &str) -> Zeroizing<String> {
        // The first colon ends the issuer's name.
        let issuer = issuer.replace(':', " ");
        let issuer = utf8_percent_encode(&issuer, KEPT);
        let account = utf8_percent_encode(account, KEPT);
        let secret = self.base32();
        Zeroizing::new(format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP}",
            *secret
        ))
    }

    /// Returns the code of a step (RFC 4226 §5.3).
    fn code(&self, step: u64) -> Zeroizing<String> {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(&step.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let offset = usize::from(digest[digest.len() - 1] & 15);
        let mut word = [0; 4];
        word.copy_from_slice(&digest[offset..offset + 4]);
        let number = (u32::from_be_bytes(word) & 0x7fff_ffff) % 10_u32.pow(DIGITS);
        Zeroizing::new(format!("{number:0width$}", width = DIGITS as usize))
    }

    /// Compares a code with those of the current step, the one before and the one after, in time that doesn't depend
    /// on how close it is. Steps up to `last` were accepted already.
    #[must_use]
    pub fn find(&self, code: &Code, last: Option<u64>, now: Timestamp) -> TotpMatch {
        let current = now.as_second().div_euclid(STEP);
        let steps = (current - TOLERANCE)..=(current + TOLERANCE);
        let mut found = TotpMatch::None;
        for step in steps.filter_map(|step| u64::try_from(step).ok()) {
            let right = secret::equal(self.code(step).as_bytes(), code.expose().as_bytes());
            let is_fresh = last.is_none_or(|last| step > last);
            found = match found {
                TotpMatch::Fresh(_) => found,
                _ if right && is_fresh => TotpMatch::Fresh(step),
                _ if right => TotpMatch::Used,
                _ => found,
            };
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the vectors in RFC 4226 appendix D and RFC 6238 appendix B.
    fn standard() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890".to_vec())
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn code(text: &str) -> Code {
        Code::presented(text.into())
    }

    #[test]
    fn the_vectors_of_the_standards_hold() {
        let counted = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583",
            "399871", "520489",
        ];
        for (step, expected) in counted.into_iter().enumerate() {
            assert_eq!(*standard().code(step as u64), expected);
        }
        // The last six of the eight digits in the RFC.
        for (second, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let found = standard().find(&code(expected), None, at(second));
            let step = u64::try_from(second).unwrap() / 30;
            assert_eq!(found, TotpMatch::Fresh(step), "{second}");
        }
    }

    #[test]
    fn a_clock_may_be_one_step_off_and_a_step_counts_once() {
        let now = at(2_000_000_010);
        let step = 2_000_000_010 / 30;
        for (off, taken) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let there: u64 = (step + off).try_into().unwrap();
            let code = code(&standard().code(there));
            let expected = if taken {
                TotpMatch::Fresh(there)
            } else {
                TotpMatch::None
            };
            assert_eq!(standard().find(&code, None, now), expected, "{off}");
            if taken {
                let used = standard().find(&code, Some(there), now);
                assert_eq!(used, TotpMatch::Used);
                let before = standard().find(&code, Some(there - 1), now);
                assert_eq!(before, TotpMatch::Fresh(there));
            }
        }
        assert_eq!(
            standard().find(&code("28708"), None, at(59)),
            TotpMatch::None
        );
    }

    #[test]
    fn the_secret_is_written_as_apps_read_it() {
        // RFC 4648 §10, without the padding.
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            let secret = TotpSecret::from_bytes(bytes.into());
            assert_eq!(*secret.base32(), text);
        }
        assert_eq!(
            *standard().url("Acme: Söhne", "ada+x@example.com"),
            "otpauth://totp/Acme%20%20S%C3%B6hne:ada%2Bx%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Acme%20%20S%C3%B6hne&algorithm=SHA1&digits=6&period=30"
        );
    }
}
