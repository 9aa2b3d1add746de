//! Stored password hashes: evaluated for a password, and imitated for accounts without one.

use std::collections::BTreeMap;

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroizing;

use super::foreign::ForeignHash;
use crate::config::{MAX_ITERATIONS, MAX_LANES, MAX_MEMORY_KIB};
use crate::model::{Password, PasswordHash};
use crate::random::{self, SharedRandom};
use crate::secret;

/// Length of a salt, in bytes (RFC 9106 §3.1 recommends 16).
pub(super) const SALT: usize = 16;

/// Why a hash couldn't be computed.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// Too many hashes are waiting already.
    #[error("too many passwords are being checked at the moment")]
    Overloaded,
    /// The system has no memory for one more hash.
    #[error(
        "out of memory for a password hash: give the process more memory, or lower max_concurrent_hashes"
    )]
    NoMemory,
    /// The hash function failed. The cause is meant for the log.
    #[error("password hashing failed: {0}")]
    Failed(String),
}

/// Hashes that match no password. A failed login computes both kinds: the account's own hash, and the dummy of the
/// other kind.
#[derive(Clone)]
pub(super) struct Dummies {
    pub(super) argon2: PasswordHash,
    /// Of the most common foreign kind, as long as accounts have any.
    pub(super) foreign: Option<ForeignHash>,
}

/// A stored hash that can be evaluated.
pub(super) enum Stored {
    Argon2(PasswordHash),
    Foreign(ForeignHash),
}

impl Stored {
    pub(super) fn of(hash: &PasswordHash) -> Option<Self> {
        if usable_params(hash).is_some() {
            return Some(Self::Argon2(hash.clone()));
        }
        ForeignHash::parse(hash.as_phc()).ok().map(Self::Foreign)
    }
}

/// Returns whether a password is the stored one. A failed comparison computes an Argon2 hash and, if accounts have
/// any, a foreign one, so that the response time reveals neither who has an account nor the kind of its hash.
pub(super) fn compare(
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

/// Returns a hash of the most common foreign kind.
pub(super) fn commonest_foreign(stored: &[PasswordHash]) -> Option<ForeignHash> {
    let mut kinds: BTreeMap<String, (usize, ForeignHash)> = BTreeMap::new();
    for hash in stored {
        if let Ok(hash) = ForeignHash::parse(hash.as_phc()) {
            kinds.entry(hash.kind()).or_insert((0, hash)).0 += 1;
        }
    }
    let commonest = kinds.into_values().max_by_key(|(count, _)| *count);
    commonest.map(|(_, hash)| hash)
}

/// Creates a hash of this kind that matches no password. Random bytes replace the output, so that creating it costs
/// nothing.
pub(super) fn dummy(
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

pub(super) fn failed(error: impl std::fmt::Display) -> HashError {
    HashError::Failed(error.to_string())
}

/// Computes a hash. `memory` grows to the size that it needs and stays that large.
pub(super) fn compute(
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
        // If the system is out of memory, this hash fails, not the process.
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

/// Returns whether a password is the one of a stored hash. Compares the outputs in constant time.
pub(super) fn is_match(
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

/// Returns the cost of one guess for an attacker: memory times passes.
pub(super) fn cost(params: &Params) -> u64 {
    u64::from(params.m_cost()) * u64::from(params.t_cost())
}

/// Returns the parameters of a stored hash, if it is complete and not absurdly costly.
pub(super) fn usable_params(hash: &PasswordHash) -> Option<(Algorithm, Version, Params)> {
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
