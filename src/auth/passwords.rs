//! Password hashing (Argon2id, RFC 9106) in a bounded pool, off the asynchronous threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::PasswordHashing;
use crate::model::{Password, PasswordHash};
use crate::random::{self, SharedRandom};

/// Length of a salt, in bytes (RFC 9106 §3.1 recommends 16).
const SALT: usize = 16;
/// The costliest stored hash that is evaluated: a planted one must not exhaust the machine.
const MAX_MEMORY_KIB: u32 = 1 << 20;
const MAX_ITERATIONS: u32 = 64;
const MAX_LANES: u32 = 64;

/// Why a hash could not be computed.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// Too many hashes are waiting already.
    #[error("too many passwords are being checked at this moment")]
    Overloaded,
    /// The hash function failed; the cause is for the log.
    #[error("password hashing failed: {0}")]
    Failed(String),
}

/// What a verification found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// The password is the one that was hashed.
    pub matches: bool,
    /// The hash is weaker than the configured parameters.
    pub outdated: bool,
}

/// Hashes and verifies passwords, a bounded number at a time: each costs `memory_kib`, and all cost processor time.
#[derive(Clone)]
pub struct PasswordHasher {
    argon2: Argon2<'static>,
    random: SharedRandom,
    slots: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    max_waiting: usize,
    /// What is verified when an account does not exist or has no password, so that the answer takes as long.
    dummy: Arc<PasswordHash>,
}

impl PasswordHasher {
    /// A hasher with these parameters and bounds.
    pub fn new(settings: &PasswordHashing, random: SharedRandom) -> Result<Self, HashError> {
        let params = Params::new(
            settings.memory_kib,
            settings.iterations,
            settings.parallelism,
            None,
        )
        .map_err(|error| HashError::Failed(error.to_string()))?;
        // Random bytes stand in for the output: nothing matches it, and it costs no hash at start.
        let dummy = phc::PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: (&params)
                .try_into()
                .map_err(|error| HashError::Failed(format!("{error}")))?,
            salt: phc::Salt::new(&random::bytes::<SALT>(&*random)).ok(),
            hash: phc::Output::new(&random::bytes::<32>(&*random)).ok(),
        };
        Ok(Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            random,
            slots: Arc::new(Semaphore::new(settings.max_concurrent_hashes)),
            waiting: Arc::default(),
            max_waiting: settings.max_waiting_hashes,
            dummy: Arc::new(PasswordHash::from_phc(dummy.to_string())),
        })
    }

    /// Hashes a password under the configured parameters.
    pub async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        let salt = random::bytes::<SALT>(&*self.random);
        let (argon2, password) = (self.argon2.clone(), password.clone());
        let hashed = self
            .run(move || argon2.hash_password_with_salt(password.expose().as_bytes(), &salt))
            .await?;
        Ok(PasswordHash::from_phc(
            hashed
                .map_err(|error| HashError::Failed(error.to_string()))?
                .to_string(),
        ))
    }

    /// Verifies a password. Without a hash, or with one that cannot be used, a dummy of the configured cost is computed
    /// and nothing matches.
    pub async fn verify(
        &self,
        password: &Password,
        hash: Option<&PasswordHash>,
    ) -> Result<Verdict, HashError> {
        let usable = hash.filter(|hash| {
            let sane = usable_params(hash).is_some();
            if !sane {
                tracing::error!("a stored password hash is malformed or too costly to be evaluated; the login fails");
            }
            sane
        });
        let real = usable.is_some();
        let hash = usable.unwrap_or(&self.dummy).clone();
        let outdated = usable_params(&hash).is_none_or(|params| self.is_weaker(&params));
        let password = password.clone();
        let matches = self.run(move || {
            let parsed = phc::PasswordHash::new(hash.as_phc());
            parsed.is_ok_and(|parsed| {
                Argon2::default()
                    .verify_password(password.expose().as_bytes(), &parsed)
                    .is_ok()
            })
        });
        Ok(Verdict {
            matches: matches.await? && real,
            outdated,
        })
    }

    /// Weaker in the product of memory and passes: the attacker's cost of one guess.
    fn is_weaker(&self, (algorithm, version, params): &(Algorithm, Version, Params)) -> bool {
        let cost = |params: &Params| u64::from(params.m_cost()) * u64::from(params.t_cost());
        *algorithm != Algorithm::Argon2id
            || *version != Version::V0x13
            || cost(params) < cost(self.argon2.params())
    }

    /// Runs `work` on a blocking thread once a slot is free, or refuses when too many wait for one.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashError> {
        let slot = match Arc::clone(&self.slots).try_acquire_owned() {
            Ok(slot) => slot,
            Err(_) => self.wait_for_slot().await?,
        };
        let result = tokio::task::spawn_blocking(move || {
            // Held by the work itself: a caller that goes away must not free the slot of a hash that still runs.
            let _slot = slot;
            work()
        });
        result
            .await
            .map_err(|error| HashError::Failed(error.to_string()))
    }

    async fn wait_for_slot(&self) -> Result<OwnedSemaphorePermit, HashError> {
        struct Waiting<'a>(&'a AtomicUsize);
        impl Drop for Waiting<'_> {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::SeqCst);
            }
        }
        let before = self.waiting.fetch_add(1, Ordering::SeqCst);
        let _waiting = Waiting(&self.waiting);
        if before >= self.max_waiting {
            return Err(HashError::Overloaded);
        }
        Arc::clone(&self.slots)
            .acquire_owned()
            .await
            .map_err(|error| HashError::Failed(error.to_string()))
    }
}

/// The parameters of a stored hash, if it is whole and not absurdly costly.
fn usable_params(hash: &PasswordHash) -> Option<(Algorithm, Version, Params)> {
    let parsed = phc::PasswordHash::new(hash.as_phc()).ok()?;
    let algorithm = Algorithm::try_from(parsed.algorithm.as_str()).ok()?;
    let version = parsed
        .version
        .map_or(Ok(Version::V0x10), Version::try_from)
        .ok()?;
    let params = Params::try_from(&parsed).ok()?;
    let bounded = params.m_cost() <= MAX_MEMORY_KIB
        && params.t_cost() <= MAX_ITERATIONS
        && params.p_cost() <= MAX_LANES;
    (bounded && parsed.salt.is_some() && parsed.hash.is_some())
        .then_some((algorithm, version, params))
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let running = Arc::clone(&hasher.slots).acquire_owned().await.unwrap();
        let waiting = (0..2).map(|_| {
            let hasher = hasher.clone();
            tokio::spawn(async move { hasher.hash(&password("x")).await })
        });
        let waiting: Vec<_> = waiting.collect();
        while hasher.waiting.load(Ordering::SeqCst) < 2 {
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
        assert_eq!(hasher.waiting.load(Ordering::SeqCst), 0);
    }
}
