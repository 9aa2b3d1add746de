//! Injected randomness. Keys, ids, tokens and codes are generated only from this source.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::rngs::{StdRng, SysRng};
use rand::{Rng as _, SeedableRng as _, TryRng as _};

/// A source of random bytes that are fit for secrets.
pub trait Random: Send + Sync + 'static {
    /// Fills `buffer` with random bytes.
    fn fill(&self, buffer: &mut [u8]);

    /// Fills `buffer` with random bytes for what is unique but not secret, such as the id of a request. May be faster.
    fn fill_public(&self, buffer: &mut [u8]) {
        self.fill(buffer);
    }
}

/// A randomness source that can be handed to every part of one application.
pub type SharedRandom = Arc<dyn Random>;

/// The operating system's generator.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemRandom;

impl Random for SystemRandom {
    /// # Panics
    /// If the operating system can't give random bytes, because no secret may be made then.
    fn fill(&self, buffer: &mut [u8]) {
        SysRng
            .try_fill_bytes(buffer)
            .expect("the operating system gives random bytes");
    }

    /// Takes them from this thread's generator, which the operating system seeds, without a system call.
    #[allow(
        clippy::disallowed_methods,
        reason = "this is the source that is injected"
    )]
    fn fill_public(&self, buffer: &mut [u8]) {
        rand::rng().fill_bytes(buffer);
    }
}

/// A repeatable generator for tests.
#[derive(Debug)]
pub struct SeededRandom(Mutex<StdRng>);

impl SeededRandom {
    /// Creates a generator whose output depends on `seed` alone.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }
}

impl Random for SeededRandom {
    fn fill(&self, buffer: &mut [u8]) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .fill_bytes(buffer);
    }
}

/// Returns `N` random bytes.
#[must_use]
pub fn bytes<const N: usize>(random: &dyn Random) -> [u8; N] {
    let mut buffer = [0; N];
    random.fill(&mut buffer);
    buffer
}

/// Returns `N` random bytes as unpadded base64url text (RFC 4648 §5).
#[must_use]
pub fn token<const N: usize>(random: &dyn Random) -> String {
    URL_SAFE_NO_PAD.encode(bytes::<N>(random))
}

/// Returns `N` random bytes in the same form, for what is unique but not secret.
#[must_use]
pub fn public_id<const N: usize>(random: &dyn Random) -> String {
    let mut buffer = [0; N];
    random.fill_public(&mut buffer);
    URL_SAFE_NO_PAD.encode(buffer)
}

/// Returns `count` decimal digits, each as likely as any other.
#[must_use]
pub fn digits(random: &dyn Random, count: usize) -> String {
    let mut digits = String::with_capacity(count);
    while digits.len() < count {
        let [byte] = bytes(random);
        // Values from 250 on are skipped: they would make the digits 0 to 5 more likely.
        if byte < 250 {
            digits.push(char::from(b'0' + byte % 10));
        }
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns every byte in turn.
    #[derive(Default)]
    struct Counting(Mutex<u8>);

    impl Random for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            let mut next = self.0.lock().unwrap();
            for byte in buffer {
                *byte = *next;
                *next = next.wrapping_add(1);
            }
        }
    }

    #[test]
    fn every_digit_is_as_likely_as_any_other() {
        let random = Counting::default();
        let all: String = (0..250).map(|_| digits(&random, 1)).collect();
        for digit in '0'..='9' {
            assert_eq!(all.matches(digit).count(), 25, "{digit}");
        }
        assert_eq!(digits(&random, 1), "0", "250 to 255 are passed over");
        assert_eq!(digits(&random, 10).len(), 10);
    }
}
