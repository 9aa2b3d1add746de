//! The codes that an authenticator app shows (RFC 6238). Written for this client, because a mistake in the code that
//! checks them must not be repeated here.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha1::Sha1;
use zeroize::Zeroizing;

/// How long a code is valid, in seconds.
const STEP: i64 = 30;

/// An app that knows one secret.
pub(super) struct Authenticator {
    key: Zeroizing<Vec<u8>>,
    /// The step of the newest code that was used. Each code works once.
    last: u64,
}

impl Authenticator {
    /// Returns an app with this secret in base32. Returns `None` if it isn't base32.
    pub(super) fn new(secret: &str) -> Option<Self> {
        let key = BASE32_NOPAD.decode(secret.trim_end_matches('=').as_bytes());
        Some(Self {
            key: Zeroizing::new(key.ok()?),
            last: 0,
        })
    }

    /// Returns whether there is a code that servers accept and that wasn't used before.
    pub(super) fn has_code(&self, now: Timestamp) -> bool {
        self.last <= step_at(now)
    }

    /// Returns a code that wasn't used before. Right after another code it is that of the next step, which servers
    /// accept from an app whose clock is a little ahead.
    pub(super) fn next_code(&mut self, now: Timestamp) -> Zeroizing<String> {
        self.last = step_at(now).max(self.last + 1);
        self.code(self.last)
    }

    fn code(&self, step: u64) -> Zeroizing<String> {
        let mut mac =
            Hmac::<Sha1>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(&step.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let start = usize::from(digest[19] & 15);
        let word = digest[start..start + 4]
            .iter()
            .fold(0_u32, |word, byte| word << 8 | u32::from(*byte));
        Zeroizing::new(format!("{:06}", (word & 0x7fff_ffff) % 1_000_000))
    }
}

fn step_at(now: Timestamp) -> u64 {
    u64::try_from(now.as_second().div_euclid(STEP)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard_and_none_comes_twice() {
        // RFC 6238 appendix B, the last six digits.
        let mut app = Authenticator::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(*app.next_code(at(59)), "287082");
        assert_eq!(*app.next_code(at(1_111_111_109)), "081804");
        // The next step, although the time is the same.
        assert_eq!(*app.next_code(at(1_111_111_109)), "050471");
        assert!(!app.has_code(at(1_111_111_109)) && app.has_code(at(1_111_111_111)));
        assert!(Authenticator::new("not base 32!").is_none());
    }
}
