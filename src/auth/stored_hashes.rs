//! Hashes as they are stored: evaluated with one password, and imitated for accounts that have none.

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

/// Hashes that no password has. Every refusal costs one of each: that of the account itself, and the dummy of the other.
#[derive(Clone)]
pub(super) struct Dummies {
    pub(super) argon2: PasswordHash,
    /// Of the commonest foreign kind, while accounts still have any.
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

/// Whether a password is the one that is stored. What does not match costs an Argon2 hash and a foreign one, where there
/// are any: the time tells neither who has an account nor what its hash is.
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

/// One of the foreign hashes of the kind that most of them are of.
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

/// A hash of this kind that no password has: random bytes stand in for the output, so that making it costs nothing.
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

/// One hash, in memory that is made as large as it needs and kept so.
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

/// The attacker's cost of one guess: memory times passes.
pub(super) fn cost(params: &Params) -> u64 {
    u64::from(params.m_cost()) * u64::from(params.t_cost())
}

/// The parameters of a stored hash, if it is whole and not absurdly costly.
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
