//! Password hashing (Argon2id, RFC 9106) in a bounded pool, off the asynchronous threads.

use std::sync::{Arc, PoisonError, RwLock};

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Block, Params, Version};

use super::foreign::{ForeignHash, Unfit};
use super::hash_memory::HashMemory;
use super::hash_queue::{Full, HashLoad, HashQueue, Requester};
use super::stored_hashes::{
    Dummies, HashError, SALT, Stored, commonest_foreign, compare, compute, cost, dummy, failed,
    usable_params,
};
use crate::config::PasswordHashing;
use crate::model::{NewPassword, Password, PasswordHash, WeakPassword};
use crate::random::{self, SharedRandom};
use crate::traces::Leaf;

/// The highest cost of an imported Argon2 hash, in KiB times passes. It takes about a second.
const MAX_IMPORTED_COST: u64 = 1 << 20;
const TOO_COSTLY: Unfit = Unfit::TooCostly("Argon2's memory times its passes is over 1 GiB");

/// The result of verifying a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The password is the one that was hashed.
    pub matches: bool,
    /// The hash is weaker than the configured parameters.
    pub outdated: bool,
}

/// The cost of a stored hash compared with the configured parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// Cheaper, so easier to guess.
    Weaker,
    /// Equal or close to it.
    AsConfigured,
    /// Four times the cost or more, which every login pays.
    Costlier,
    /// It can't be evaluated, so nobody can log in with it.
    Unusable,
}

/// Hashes and verifies passwords, a limited number at a time: each takes `memory_kib` of memory, and all of them take
/// processor time.
#[derive(Clone)]
pub struct PasswordHasher {
    argon2: Argon2<'static>,
    random: SharedRandom,
    queue: HashQueue,
    requester: Requester,
    memory: Arc<HashMemory>,
    /// Hashes to verify when an account doesn't exist or has no password, so that the answer takes the same time.
    dummies: Arc<RwLock<Dummies>>,
}

impl PasswordHasher {
    /// Creates a hasher with these parameters and limits.
    pub fn new(settings: &PasswordHashing, random: SharedRandom) -> Result<Self, HashError> {
        let params = Params::new(
            settings.memory_kib,
            settings.iterations,
            settings.parallelism,
            None,
        )
        .map_err(|error| HashError::Failed(error.to_string()))?;
        let configured = (Algorithm::Argon2id, Version::V0x13, params.clone());
        let dummy = dummy(&configured, &random)?;
        Ok(Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            random,
            queue: HashQueue::new(settings.max_concurrent_hashes, settings.max_waiting_hashes),
            requester: Requester::default(),
            memory: Arc::default(),
            dummies: Arc::new(RwLock::new(Dummies {
                argon2: dummy,
                foreign: None,
            })),
        })
    }

    /// Returns the same hasher, which waits in the queue as `requester`.
    #[must_use]
    pub fn on_behalf_of(&self, requester: Requester) -> Self {
        Self {
            requester,
            ..self.clone()
        }
    }

    /// Returns how many hashes are running and waiting.
    #[must_use]
    pub fn load(&self) -> HashLoad {
        self.queue.load()
    }

    /// Hashes a password under the configured parameters.
    pub async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        let salt = random::bytes::<SALT>(&*self.random);
        let (argon2, password) = (self.argon2.clone(), password.clone());
        let output = self
            .run(move |memory| compute(&argon2, &password, &salt, memory))
            .await??;
        let hash = phc::PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: self.argon2.params().try_into().map_err(failed)?,
            salt: Some(phc::Salt::new(&salt).map_err(failed)?),
            hash: Some(output),
        };
        Ok(PasswordHash::from_phc(hash.to_string()))
    }

    /// Checks a new password with [`NewPassword::check_strength`], in the same pool because it takes processor time
    /// too.
    pub async fn judge(
        &self,
        password: &NewPassword,
        wanted: u8,
        known: [String; 2],
    ) -> Result<Result<(), WeakPassword>, HashError> {
        let password = password.clone();
        self.run(move |_| {
            let known = known.each_ref().map(String::as_str);
            password.check_strength(wanted, &known)
        })
        .await
    }

    /// Adapts the dummy hashes, for accounts that don't exist, to the cost that most of `stored` have, or to the
    /// configured cost if none can be used. Otherwise the response time would reveal who has an imported account.
    /// Returns whether the cost changed.
    pub fn imitate(&self, stored: &[PasswordHash]) -> Result<bool, HashError> {
        let mut kinds: Vec<((Algorithm, Version, Params), usize)> = Vec::new();
        for kind in stored.iter().filter_map(usable_params) {
            match kinds.iter_mut().find(|(other, _)| *other == kind) {
                Some((_, count)) => *count += 1,
                None => kinds.push((kind, 1)),
            }
        }
        let commonest = kinds
            .into_iter()
            .max_by_key(|((.., params), count)| (*count, cost(params)));
        let configured = || {
            let params = self.argon2.params().clone();
            (Algorithm::Argon2id, Version::V0x13, params)
        };
        let kind = commonest.map_or_else(configured, |(kind, _)| kind);
        let foreign = commonest_foreign(stored);
        let mut present = self.dummies.write().unwrap_or_else(PoisonError::into_inner);
        // The output length isn't compared: the settings don't have one.
        let costs = |(algorithm, version, params): (Algorithm, Version, Params)| {
            let passes = (params.t_cost(), params.p_cost());
            (algorithm, version, params.m_cost(), passes)
        };
        let is_new_argon2 = usable_params(&present.argon2).map(costs) != Some(costs(kind.clone()));
        let is_new_foreign = present.foreign.as_ref().map(ForeignHash::kind)
            != foreign.as_ref().map(ForeignHash::kind);
        if is_new_argon2 {
            present.argon2 = dummy(&kind, &self.random)?;
        }
        if is_new_foreign {
            present.foreign = foreign.map(|foreign| foreign.dummy(&self.random));
        }
        Ok(is_new_argon2 || is_new_foreign)
    }

    /// Verifies a password. Without a usable hash, it computes dummies of the usual cost and returns no match.
    pub async fn verify(
        &self,
        password: &Password,
        hash: Option<&PasswordHash>,
    ) -> Result<Verdict, HashError> {
        let stored = hash.and_then(|hash| {
            let stored = Stored::of(hash);
            if stored.is_none() {
                tracing::error!("stored password hash is malformed or too costly; login refused");
            }
            stored
        });
        let outdated = match &stored {
            None => false,
            Some(Stored::Foreign(_)) => true,
            Some(Stored::Argon2(hash)) => {
                usable_params(hash).is_none_or(|params| self.is_weaker(&params))
            }
        };
        let (password, dummies) = (password.clone(), self.dummies());
        let matches = self.run(move |memory| compare(&password, stored, &dummies, memory));
        Ok(Verdict {
            matches: matches.await??,
            outdated,
        })
    }

    /// Recognizes an imported hash if it can be evaluated and isn't too costly.
    pub fn recognize(text: &str) -> Result<PasswordHash, Unfit> {
        let text = text.trim();
        // Django's prefix.
        let phc = text.strip_prefix("argon2$").map(|rest| format!("${rest}"));
        let hash = PasswordHash::from_phc(phc.unwrap_or_else(|| text.to_owned()));
        let Some((.., params)) = usable_params(&hash) else {
            return match phc::PasswordHash::new(hash.as_phc()) {
                Ok(phc) if phc.algorithm.as_str().starts_with("argon2") => {
                    let whole = phc.salt.is_some() && phc.hash.is_some();
                    Err(if whole { TOO_COSTLY } else { Unfit::Malformed })
                }
                _ => ForeignHash::parse(text).map(|_| hash),
            };
        };
        if cost(&params) > MAX_IMPORTED_COST {
            return Err(TOO_COSTLY);
        }
        Ok(hash)
    }

    /// Returns the cost of a stored hash, without computing anything.
    #[must_use]
    pub fn cost_of(&self, hash: &PasswordHash) -> Cost {
        match usable_params(hash) {
            None if ForeignHash::parse(hash.as_phc()).is_ok() => Cost::Weaker,
            None => Cost::Unusable,
            Some(params) if self.is_weaker(&params) => Cost::Weaker,
            Some((_, _, params)) if cost(&params) >= 4 * cost(self.argon2.params()) => {
                Cost::Costlier
            }
            Some(_) => Cost::AsConfigured,
        }
    }

    /// Returns the memory in KiB, the passes and the lanes of a stored hash, as configured in `[password]`. Returns
    /// `None` for a hash that can't be evaluated.
    #[must_use]
    pub fn parameters(hash: &PasswordHash) -> Option<(u32, u32, u32)> {
        let (.., params) = usable_params(hash)?;
        Some((params.m_cost(), params.t_cost(), params.p_cost()))
    }

    /// Returns the foreign kind that a failed login computes as well.
    #[cfg(test)]
    pub(super) fn imitated_kind(&self) -> Option<String> {
        self.dummies().foreign.as_ref().map(ForeignHash::kind)
    }

    fn dummies(&self) -> Dummies {
        let dummies = self.dummies.read().unwrap_or_else(PoisonError::into_inner);
        dummies.clone()
    }

    fn is_weaker(&self, (algorithm, version, params): &(Algorithm, Version, Params)) -> bool {
        *algorithm != Algorithm::Argon2id
            || *version != Version::V0x13
            || cost(params) < cost(self.argon2.params())
    }

    /// Runs `work` on a blocking thread once a slot is free. Fails if too many are waiting.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Vec<Block>) -> T + Send + 'static,
    ) -> Result<T, HashError> {
        let queued = Leaf::begin("wait for a hash slot");
        let entered = self.queue.enter(self.requester.clone()).await;
        queued.end(entered.is_err());
        let permit = entered.map_err(|Full| HashError::Overloaded)?;
        let hashing = Leaf::begin("password hash");
        let memory = Arc::clone(&self.memory);
        let result = tokio::task::spawn_blocking(move || {
            // The work itself holds the permit: if the caller is cancelled, no other hash may start until this one is
            // done.
            let _permit = permit;
            let mut piece = memory.take();
            let result = work(&mut piece);
            memory.keep(piece);
            result
        });
        let result = result.await;
        hashing.end(result.is_err());
        result.map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{MAX_ITERATIONS, MAX_LANES};
    use crate::random::SystemRandom;

    /// Made by `PyPI`'s argon2-cffi with the Python package's parameters, for the password `correct horse battery`.
    const FROM_PYTHON: &str = "$argon2id$v=19$m=65536,t=3,p=4$0MBRzAoIo8xLJmJOa7LeEg$BSMHYgPG+uJMvwOafldLtnN8qhLEJPgD8QgAJoJA0ZM";

    fn hasher(change: impl FnOnce(&mut PasswordHashing)) -> PasswordHasher {
        let mut settings = PasswordHashing {
            memory_kib: 16,
            iterations: 1,
            ..PasswordHashing::default()
        };
        change(&mut settings);
        PasswordHasher::new(&settings, Arc::new(SystemRandom)).unwrap()
    }

    fn password(text: &str) -> Password {
        Password::parse(text.into()).unwrap()
    }

    #[test]
    fn the_dummy_costs_what_most_stored_hashes_cost_and_never_too_much() {
        let hasher = hasher(|_| ());
        let kind = || {
            let dummies = hasher.dummies.read().unwrap();
            let (.., params) = usable_params(&dummies.argon2).unwrap();
            (params.m_cost(), params.t_cost(), params.p_cost())
        };
        let phc = |text: &str| PasswordHash::from_phc(text.to_owned());
        let python = || phc(FROM_PYTHON);
        let small = || phc(&FROM_PYTHON.replace("m=65536,t=3,p=4", "m=32,t=2,p=1"));
        let absurd = || phc(&FROM_PYTHON.replace("m=65536", "m=4294967295"));
        assert_eq!(kind(), (16, 1, 1), "as configured");
        for (stored, wanted) in [
            (vec![python()], (65536, 3, 4)),
            (vec![python(), small(), small()], (32, 2, 1)),
            (vec![python(), small()], (65536, 3, 4)),
            (vec![absurd(), absurd(), small()], (32, 2, 1)),
            (vec![absurd(), phc("plain")], (16, 1, 1)),
            (vec![], (16, 1, 1)),
        ] {
            hasher.imitate(&stored).unwrap();
            assert_eq!(kind(), wanted, "{stored:?}");
        }
        assert!(hasher.imitate(&[small()]).unwrap());
        assert!(!hasher.imitate(&[small()]).unwrap(), "nothing new");
    }

    #[tokio::test]
    async fn a_dummy_of_another_cost_matches_nothing() {
        let hasher = hasher(|_| ());
        let phc = FROM_PYTHON.replace("m=65536,t=3,p=4", "m=8,t=1,p=1");
        hasher.imitate(&[PasswordHash::from_phc(phc)]).unwrap();
        let verdict = hasher
            .verify(&password("correct horse battery"), None)
            .await;
        let verdict = verdict.unwrap();
        assert!(!verdict.matches && !verdict.outdated);
    }

    #[tokio::test]
    async fn the_right_password_matches_and_no_other() {
        let hasher = hasher(|_| ());
        let hash = hasher.hash(&password("p\0ss wörd 🦀")).await.unwrap();
        assert!(hash.as_phc().starts_with("$argon2id$v=19$m=16,t=1,p=1$"));
        let matches = async |text| hasher.verify(&password(text), Some(&hash)).await.unwrap();
        assert_eq!(
            matches("p\0ss wörd 🦀").await,
            Verdict {
                matches: true,
                outdated: false
            }
        );
        for wrong in ["p\0ss wörd 🦀 ", "p", "P\0ss wörd 🦀"] {
            assert!(!matches(wrong).await.matches, "{wrong:?}");
        }
        assert!(
            !hasher
                .verify(&password("anything"), None)
                .await
                .unwrap()
                .matches
        );
        assert_ne!(
            hasher.hash(&password("p\0ss wörd 🦀")).await.unwrap(),
            hash,
            "every hash has its own salt"
        );
    }

    #[tokio::test]
    async fn the_defaults_are_owasps() {
        let settings = PasswordHashing::default();
        let hash = PasswordHasher::new(&settings, Arc::new(SystemRandom))
            .unwrap()
            .hash(&password("x"))
            .await
            .unwrap();
        assert!(
            hash.as_phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{}",
            hash.as_phc()
        );
    }

    #[tokio::test]
    async fn the_python_packages_hash_verifies_and_is_not_weakened() {
        let verdict = hasher(|_| ())
            .verify(
                &password("correct horse battery"),
                Some(&PasswordHash::from_phc(FROM_PYTHON.into())),
            )
            .await;
        assert_eq!(
            verdict.unwrap(),
            Verdict {
                matches: true,
                outdated: false
            }
        );
    }

    /// If nothing were computed without a hash, the response time would reveal who has an account.
    #[tokio::test]
    async fn what_has_no_usable_hash_is_computed_all_the_same() {
        let hasher = hasher(|settings| {
            settings.max_concurrent_hashes = 1;
            settings.max_waiting_hashes = 0;
        });
        let _running = hasher.queue.enter(Requester::default()).await.unwrap();
        let malformed = PasswordHash::from_phc("x".into());
        for hash in [None, Some(&malformed)] {
            let refused = hasher.verify(&password("x"), hash).await;
            assert!(
                matches!(refused, Err(HashError::Overloaded)),
                "it took no slot"
            );
        }
    }

    #[tokio::test]
    async fn memory_is_used_again_and_fits_whatever_comes() {
        let small = hasher(|settings| settings.max_concurrent_hashes = 1);
        let hash = small.hash(&password("x")).await.unwrap();
        // 64 MiB, then 16 KiB in the same memory.
        let large = PasswordHash::from_phc(FROM_PYTHON.into());
        for _ in 0..2 {
            assert!(
                small
                    .verify(&password("correct horse battery"), Some(&large))
                    .await
                    .unwrap()
                    .matches
            );
            assert!(
                small
                    .verify(&password("x"), Some(&hash))
                    .await
                    .unwrap()
                    .matches
            );
        }
        assert_eq!(small.memory.pieces(), 1, "as many as there are slots");
    }

    #[tokio::test]
    async fn what_may_be_configured_verifies() {
        let hasher = hasher(|settings| {
            (
                settings.iterations,
                settings.parallelism,
                settings.memory_kib,
            ) = (MAX_ITERATIONS, MAX_LANES, 8 * MAX_LANES);
        });
        let hash = hasher.hash(&password("x")).await.unwrap();
        assert!(
            hasher
                .verify(&password("x"), Some(&hash))
                .await
                .unwrap()
                .matches
        );
    }

    #[tokio::test]
    async fn a_weaker_hash_is_told_apart() {
        let hash = hasher(|_| ()).hash(&password("x")).await.unwrap();
        let stronger = hasher(|settings| settings.iterations = 2);
        assert_eq!(
            stronger.verify(&password("x"), Some(&hash)).await.unwrap(),
            Verdict {
                matches: true,
                outdated: true
            }
        );
    }

    #[tokio::test]
    async fn costs_are_told_without_a_password() {
        let of = async |memory_kib: u32, iterations: u32| {
            let other = hasher(|settings| {
                settings.memory_kib = memory_kib;
                settings.iterations = iterations;
            });
            let hash = other.hash(&password("x")).await.unwrap();
            hasher(|settings| settings.iterations = 2).cost_of(&hash)
        };
        for (memory_kib, iterations, cost) in [
            (16, 1, Cost::Weaker),
            (16, 2, Cost::AsConfigured),
            (32, 1, Cost::AsConfigured),
            (16, 7, Cost::AsConfigured),
            (64, 2, Cost::Costlier),
        ] {
            assert_eq!(
                of(memory_kib, iterations).await,
                cost,
                "{memory_kib} {iterations}"
            );
        }
        let cost_of = |hash: &str| hasher(|_| ()).cost_of(&PasswordHash::from_phc(hash.into()));
        assert_eq!(cost_of("x"), Cost::Unusable);
        assert_eq!(
            cost_of(&FROM_PYTHON.replace("argon2id", "argon2i")),
            Cost::Weaker
        );
    }

    #[tokio::test]
    async fn malformed_and_absurd_hashes_never_match() {
        let salt_and_output = "$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        for bad in [
            String::new(),
            "x".into(),
            "$argon2id$v=19$m=16,t=1,p=1".into(),
            "$argon2id$v=19$m=16,t=1,p=1$c29tZXNhbHRzb21lc2FsdA".into(),
            format!("$argon2id$v=19$m=4294967295,t=1,p=1{salt_and_output}"),
            format!("$argon2id$v=19$m=16,t=4294967295,p=1{salt_and_output}"),
            format!("$argon2id$v=99$m=16,t=1,p=1{salt_and_output}"),
            format!("$scrypt$ln=1{salt_and_output}"),
            "$2b$12$abcdefghijklmnopqrstuv".into(),
            "$2b$31$abcdefghijklmnopqrstuuabcdefghijklmnopqrstuvwxyz01234".into(),
        ] {
            let verdict = hasher(|_| ())
                .verify(&password("x"), Some(&PasswordHash::from_phc(bad.clone())))
                .await
                .unwrap();
            assert!(!verdict.matches, "{bad}");
        }
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once_and_empties_again() {
        let hasher = hasher(|settings| {
            settings.max_concurrent_hashes = 1;
            settings.max_waiting_hashes = 2;
        });
        let running = hasher.queue.enter(Requester::default()).await.unwrap();
        let waiting = (0..2).map(|_| {
            let hasher = hasher.clone();
            tokio::spawn(async move { hasher.hash(&password("x")).await })
        });
        let waiting: Vec<_> = waiting.collect();
        while hasher.queue.waiting() < 2 {
            tokio::task::yield_now().await;
        }
        assert!(matches!(
            hasher.hash(&password("x")).await,
            Err(HashError::Overloaded)
        ));
        drop(running);
        for waiter in waiting {
            assert!(waiter.await.unwrap().is_ok());
        }
        assert!(hasher.hash(&password("x")).await.is_ok());
        assert_eq!(hasher.queue.waiting(), 0);
    }
}
