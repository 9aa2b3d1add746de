//! Key pairs that sign session tokens so that other programs can verify them, and the schedule of their use.

use jiff::{SignedDuration, Timestamp};

use super::named::names;

names! {
    /// The algorithm of a signing key (RFC 8037, RFC 7518 §3.4). Its name is that in a token's header (`alg`).
    pub enum SigningAlgorithm {
        /// Ed25519.
        EdDsa = "EdDSA",
        /// ECDSA over P-256 with SHA-256.
        Es256 = "ES256",
    }
}

/// A key pair. The private key is encrypted under `jwt_secret`, so that a copy of the database can't sign anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Its number, counted from 1. Numbers are unique, so that if two servers create the next key at the same time,
    /// only one succeeds.
    pub number: u32,
    /// Its name in tokens and in the key set (`kid`): the thumbprint of the public key (RFC 7638), base64url.
    pub kid: String,
    /// Its algorithm.
    pub algorithm: SigningAlgorithm,
    /// The public key: 32 bytes of Ed25519, or an uncompressed point of P-256 (65 bytes).
    pub public_key: Vec<u8>,
    /// The encrypted private key.
    pub sealed: Vec<u8>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it starts to sign. Until then it is only published.
    pub signs_from: Timestamp,
}

/// When keys are created, sign and are removed.
#[derive(Debug, Clone, Copy)]
pub struct KeySchedule {
    /// After how long the next key is created. Zero if an operator does it.
    pub rotation: SignedDuration,
    /// How long a key is published before it signs.
    pub overlap: SignedDuration,
    /// How long a token that the previous key signed is valid.
    pub token_life: SignedDuration,
}

impl KeySchedule {
    /// Returns the key that signs at `now`: the latest of those that may sign. If none may sign yet, because this
    /// clock is behind the one by which the first key was created, the earliest key signs all the same. `keys` are
    /// ordered by their numbers.
    #[must_use]
    pub fn signer<'a>(
        &self,
        keys: impl DoubleEndedIterator<Item = &'a SigningKey>,
        algorithm: SigningAlgorithm,
        now: Timestamp,
    ) -> Option<&'a SigningKey> {
        let mut earliest = None;
        for key in keys.rev().filter(|key| key.algorithm == algorithm) {
            earliest = Some(key);
            if key.signs_from <= now {
                break;
            }
        }
        earliest
    }

    /// Returns when a key created at `now` starts to sign, if one has to be created. It starts at once if there is
    /// none of the algorithm, and after the overlap if the last one has reached its age.
    #[must_use]
    pub fn next(
        &self,
        keys: &[SigningKey],
        algorithm: SigningAlgorithm,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let newest = keys.iter().rfind(|key| key.algorithm == algorithm);
        let Some(newest) = newest else {
            return Some(now);
        };
        let is_old = !self.rotation.is_zero() && newest.signs_from + self.rotation <= now;
        is_old.then(|| now + self.overlap)
    }

    /// Returns whether a key is no longer needed to verify: a later one has signed for longer than any token of this
    /// key is valid.
    #[must_use]
    pub fn is_spent(&self, key: &SigningKey, keys: &[SigningKey], now: Timestamp) -> bool {
        keys.iter()
            .any(|later| later.number > key.number && later.signs_from + self.token_life < now)
    }

    /// Returns whether a token signed with `jwt_secret` is still accepted although keys sign now. It is if it was
    /// issued before the first key, or by a server that didn't know of that key yet, for as long as such tokens are
    /// valid.
    #[must_use]
    pub fn takes_secret(
        &self,
        keys: &[SigningKey],
        issued_at: Timestamp,
        expires_at: Timestamp,
    ) -> bool {
        keys.first()
            .is_none_or(|first| issued_at < first.created_at + self.overlap)
            && expires_at.duration_since(issued_at) <= self.token_life
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn key(number: u32, created: i64, signs_from: i64) -> SigningKey {
        SigningKey {
            number,
            kid: number.to_string(),
            algorithm: SigningAlgorithm::EdDsa,
            public_key: Vec::new(),
            sealed: Vec::new(),
            created_at: at(created),
            signs_from: at(signs_from),
        }
    }

    const SCHEDULE: KeySchedule = KeySchedule {
        rotation: SignedDuration::from_secs(1000),
        overlap: SignedDuration::from_secs(100),
        token_life: SignedDuration::from_secs(50),
    };
    const ALGORITHM: SigningAlgorithm = SigningAlgorithm::EdDsa;

    #[test]
    fn a_key_is_published_before_it_signs_and_verifies_after_it() {
        assert_eq!(SCHEDULE.next(&[], ALGORITHM, at(5)), Some(at(5)));
        let mut keys = vec![key(1, 0, 0)];
        assert_eq!(SCHEDULE.next(&keys, ALGORITHM, at(999)), None);
        assert_eq!(SCHEDULE.next(&keys, ALGORITHM, at(1000)), Some(at(1100)));
        keys.push(key(2, 1000, 1100));
        assert_eq!(SCHEDULE.next(&keys, ALGORITHM, at(1001)), None);
        let signer = |now| {
            SCHEDULE
                .signer(keys.iter(), ALGORITHM, at(now))
                .unwrap()
                .number
        };
        assert_eq!((signer(1099), signer(1100)), (1, 2));
        assert_eq!(signer(-7), 1, "by a clock that is behind");
        let spent = |number: usize, now| SCHEDULE.is_spent(&keys[number - 1], &keys, at(now));
        assert!(
            !spent(1, 1150),
            "the last token of the first key dies at 1150"
        );
        assert!(spent(1, 1151));
        assert!(!spent(2, 1_000_000), "the last key stays");
    }

    #[test]
    fn another_algorithm_gets_a_key_of_its_own_at_once() {
        let keys = [key(1, 0, 0)];
        let other = SigningAlgorithm::Es256;
        assert_eq!(SCHEDULE.next(&keys, other, at(7)), Some(at(7)));
        assert_eq!(SCHEDULE.signer(keys.iter(), other, at(7)), None);
    }

    #[test]
    fn keys_that_an_operator_turns_never_grow_old() {
        let by_hand = KeySchedule {
            rotation: SignedDuration::ZERO,
            ..SCHEDULE
        };
        assert_eq!(
            by_hand.next(&[key(1, 0, 0)], ALGORITHM, at(10_000_000)),
            None
        );
    }

    #[test]
    fn tokens_of_before_the_first_key_live_out_their_time_and_no_later_ones_come() {
        let keys = [key(1, 1000, 1000)];
        let takes = |issued, expires| SCHEDULE.takes_secret(&keys, at(issued), at(expires));
        assert!(takes(990, 1040));
        assert!(
            takes(1099, 1149),
            "from a server that had not learned of the key"
        );
        assert!(!takes(1100, 1150));
        assert!(!takes(990, 1041), "longer than a token lives");
        // When the first key is removed, the next one becomes the first. All tokens that it would let in have expired
        // by then.
        let next = key(2, 1100, 1200);
        assert!(SCHEDULE.is_spent(&keys[0], &[keys[0].clone(), next.clone()], at(1251)));
        let last = next.created_at + SCHEDULE.overlap + SCHEDULE.token_life;
        assert!(last < at(1251));
    }
}
