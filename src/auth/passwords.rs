//! Password hashing (Argon2id, RFC 9106) in a bounded pool, off the asynchronous threads.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroizing;

use super::foreign::{ForeignHash, Unfit};
use super::hash_queue::{Full, HashQueue, Requester};
use crate::config::{MAX_ITERATIONS, MAX_LANES, MAX_MEMORY_KIB, PasswordHashing};
use crate::model::{NewPassword, Password, PasswordHash, WeakPassword};
use crate::random::{self, SharedRandom};
use crate::secret;

/// Length of a salt, in bytes (RFC 9106 §3.1 recommends 16).
const SALT: usize = 16;

/// The most that an imported Argon2 hash may cost, in KiB times passes: about a second.
const MAX_IMPORTED_COST: u64 = 1 << 20;
const TOO_COSTLY: Unfit = Unfit::TooCostly("Argon2's memory times its passes is over 1 GiB");

/// Why a hash could not be computed.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// Too many hashes are waiting already.
    #[error("too many passwords are being checked at the moment")]
    Overloaded,
    /// The system has no memory for one more hash.
    #[error(
        "there is no memory for a password hash: give the process more, or lower max_concurrent_hashes"
    )]
    NoMemory,
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

/// What a stored hash costs, beside one under the configured parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// Cheaper to be guessed.
    Weaker,
    /// As configured, or near it.
    AsConfigured,
    /// Four times as costly or more: each login pays for it.
    Costlier,
    /// It cannot be evaluated: nobody logs in with it.
    Unusable,
}

/// Hashes and verifies passwords, a bounded number at a time: each costs `memory_kib`, and all cost processor time.
#[derive(Clone)]
pub struct PasswordHasher {
    argon2: Argon2<'static>,
    random: SharedRandom,
    queue: HashQueue,
    requester: Requester,
    /// Memory of hashes that ended, for those that begin: taken anew each time, it would not find its way back to the
    /// system, and a burst of logins would leave the process many times as large.
    memory: Arc<Mutex<Vec<Vec<Block>>>>,
    /// What is verified when an account does not exist or has no password, so that the answer takes as long.
    dummies: Arc<RwLock<Dummies>>,
}

/// Hashes that no password has. Every refusal costs one of each: that of the account itself, and the dummy of the other.
#[derive(Clone)]
struct Dummies {
    argon2: PasswordHash,
    /// Of the commonest foreign kind, while accounts still have any.
    foreign: Option<ForeignHash>,
}

/// A stored hash that can be evaluated.
enum Stored {
    Argon2(PasswordHash),
    Foreign(ForeignHash),
}

impl Stored {
    fn of(hash: &PasswordHash) -> Option<Self> {
        if usable_params(hash).is_some() {
            return Some(Self::Argon2(hash.clone()));
        }
        ForeignHash::parse(hash.as_phc()).ok().map(Self::Foreign)
    }
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

    /// Returns the same hasher, which stands in the queue for `requester`.
    #[must_use]
    pub fn on_behalf_of(&self, requester: Requester) -> Self {
        Self {
            requester,
            ..self.clone()
        }
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

    /// Judges a new password as [`NewPassword::check_strength`] does, in the same pool: it is work of the same kind.
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

    /// Makes what is computed for accounts that do not exist cost what most of these stored hashes cost; the configured
    /// cost where none of them can be used. Otherwise hashes from elsewhere would tell by their time who has an account.
    /// Returns whether that is another cost than before.
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
        // The length of the output is known of hashes, not of settings.
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

    /// Verifies a password. Without a hash, or with one that cannot be used, dummies of the usual cost are computed and
    /// nothing matches.
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

    /// Takes a hash from elsewhere as one to be stored, if it can be evaluated and no login costs too much.
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

    /// What a stored hash costs; nothing is computed.
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

    /// Returns the memory in KiB, the passes and the lanes of a stored hash, as `[password]` names them; none of one that
    /// cannot be evaluated.
    #[must_use]
    pub fn parameters(hash: &PasswordHash) -> Option<(u32, u32, u32)> {
        let (.., params) = usable_params(hash)?;
        Some((params.m_cost(), params.t_cost(), params.p_cost()))
    }

    /// The foreign kind that a refused login computes as well.
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

    /// Runs `work` on a blocking thread once a slot is free, or refuses when too many wait for one.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Vec<Block>) -> T + Send + 'static,
    ) -> Result<T, HashError> {
        let entered = self.queue.enter(self.requester.clone()).await;
        let permit = entered.map_err(|Full| HashError::Overloaded)?;
        let pool = Arc::clone(&self.memory);
        let result = tokio::task::spawn_blocking(move || {
            // Held by the work itself: a caller that goes away must not let another hash begin while this one runs.
            let _permit = permit;
            let free = || pool.lock().unwrap_or_else(PoisonError::into_inner);
            let mut memory = free().pop().unwrap_or_default();
            let result = work(&mut memory);
            free().push(memory);
            result
        });
        result.await.map_err(failed)
    }
}

/// Whether a password is the one that is stored. What does not match costs an Argon2 hash and a foreign one, where there
/// are any: the time tells neither who has an account nor what its hash is.
fn compare(
    password: &Password,
    stored: Option<Stored>,
    dummies: &Dummies,
    memory: &mut Vec<Block>,
) -> Result<bool, HashError> {
    let (argon2, foreign, matches) = match stored {
        Some(Stored::Argon2(hash)) => {
            let matches = is_match(password, &hash, memory)?;
            (None, dummies.foreign.as_ref(), matches)
        }
        Some(Stored::Foreign(hash)) => {
            let matches = hash.matches(password.expose());
            (Some(&dummies.argon2), None, matches)
        }
        None => (Some(&dummies.argon2), dummies.foreign.as_ref(), false),
    };
    if !matches {
        if let Some(hash) = argon2 {
            is_match(password, hash, memory)?;
        }
        if let Some(hash) = foreign {
            std::hint::black_box(hash.matches(password.expose()));
        }
    }
    Ok(matches)
}

/// One of the foreign hashes of the kind that most of them are of.
fn commonest_foreign(stored: &[PasswordHash]) -> Option<ForeignHash> {
    let mut kinds: BTreeMap<String, (usize, ForeignHash)> = BTreeMap::new();
    for hash in stored {
        if let Ok(hash) = ForeignHash::parse(hash.as_phc()) {
            kinds.entry(hash.kind()).or_insert((0, hash)).0 += 1;
        }
    }
    let commonest = kinds.into_values().max_by_key(|(count, _)| *count);
    commonest.map(|(_, hash)| hash)
}

/// A hash of this kind that no password has: random bytes stand in for the output, so that making it costs nothing.
fn dummy(
    (algorithm, version, params): &(Algorithm, Version, Params),
    random: &SharedRandom,
) -> Result<PasswordHash, HashError> {
    let dummy = phc::PasswordHash {
        algorithm: algorithm.ident(),
        version: Some((*version).into()),
        params: params.try_into().map_err(failed)?,
        salt: phc::Salt::new(&random::bytes::<SALT>(&**random)).ok(),
        hash: phc::Output::new(&random::bytes::<32>(&**random)).ok(),
    };
    Ok(PasswordHash::from_phc(dummy.to_string()))
}

fn failed(error: impl std::fmt::Display) -> HashError {
    HashError::Failed(error.to_string())
}

/// One hash, in memory that is made as large as it needs and kept so.
fn compute(
    argon2: &Argon2<'_>,
    password: &Password,
    salt: &[u8],
    memory: &mut Vec<Block>,
) -> Result<phc::Output, HashError> {
    let length = argon2
        .params()
        .output_len()
        .unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let needed = argon2.params().block_count();
    if let Some(more) = needed.checked_sub(memory.len()) {
        // Where the system has no more, this hash fails, not the process.
        memory
            .try_reserve_exact(more)
            .map_err(|_| HashError::NoMemory)?;
        memory.resize(needed, Block::default());
    }
    let mut output = Zeroizing::new([0; phc::Output::MAX_LENGTH]);
    let output = output
        .get_mut(..length)
        .ok_or_else(|| failed("the output is too long"))?;
    let blocks = &mut memory[..needed];
    argon2
        .hash_password_into_with_memory(password.expose().as_bytes(), salt, output, blocks)
        .map_err(failed)?;
    phc::Output::new(output).map_err(failed)
}

/// Whether a password is the one of a stored hash. Outputs are compared in constant time.
fn is_match(
    password: &Password,
    hash: &PasswordHash,
    memory: &mut Vec<Block>,
) -> Result<bool, HashError> {
    let Ok(parsed) = phc::PasswordHash::new(hash.as_phc()) else {
        return Ok(false);
    };
    let (Some((algorithm, version, params)), Some(salt), Some(expected)) =
        (usable_params(hash), parsed.salt, parsed.hash)
    else {
        return Ok(false);
    };
    let argon2 = Argon2::new(algorithm, version, params);
    let output = compute(&argon2, password, &salt, memory)?;
    Ok(secret::equal(output.as_bytes(), expected.as_bytes()))
}

/// The attacker's cost of one guess: memory times passes.
fn cost(params: &Params) -> u64 {
    u64::from(params.m_cost()) * u64::from(params.t_cost())
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

    /// Without a computation where there is no hash, the clock would tell strangers who has an account.
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
        assert_eq!(
            small.memory.lock().unwrap().len(),
            1,
            "as many as there are slots"
        );
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
