//! The text formats of other systems' hashes, and which hashes are accepted.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::GeneralPurpose;

use super::crypt::is_crypt_text;
use super::fields::{self, decode, number, parameters};
use super::{Digest, ForeignHash, Function};
use crate::model::PasswordHash;

/// Limits on the cost of a login: about a second on a small machine.
const MAX_BCRYPT_COST: u32 = 14;
const MAX_SCRYPT_BYTES: u64 = 128 << 20;
const MAX_SCRYPT_WORK: u64 = 1 << 21;
const MAX_PBKDF2_ROUNDS: u64 = 3_000_000;
const MAX_CRYPT_ROUNDS: u32 = 1_000_000;
/// Limits on salts and outputs, in bytes. Too many passwords match an output that is shorter.
const MAX_SALT: usize = 256;
const OUTPUT: std::ops::RangeInclusive<usize> = 16..=128;

const BCRYPT: GeneralPurpose = GeneralPurpose::new(&alphabet::BCRYPT, fields::LENIENT);

/// Why a hash isn't accepted. The hash itself is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Its format is unknown.
    #[error("the password hash has an unknown format")]
    Unknown,
    /// Its format is known, but it is damaged.
    #[error("the password hash is damaged")]
    Malformed,
    /// Each login would cost more than the limits allow. Holds the parameter.
    #[error("the password hash is too costly: {0}")]
    TooCostly(&'static str),
}

impl ForeignHash {
    /// Parses a hash in the format of the system that made it.
    ///
    /// # Errors
    /// [`Unfit`] if its format is unknown, or the hash is damaged or too costly.
    pub fn parse(text: &str) -> Result<Self, Unfit> {
        let hash = unbounded(text)?;
        hash.bound()?;
        Ok(hash)
    }

    /// Checks a hash of another system and returns it unchanged, to be stored.
    pub(super) fn recognize(text: &str) -> Result<PasswordHash, Unfit> {
        Self::parse(text).map(|_| PasswordHash::from_phc(text.to_owned()))
    }

    fn bound(&self) -> Result<(), Unfit> {
        let scrypt = |log_n: u8, r: u32, p: u32| {
            let n = 1_u64.checked_shl(log_n.into()).unwrap_or(u64::MAX);
            let work = n.saturating_mul(r.into());
            let is_dear = work.saturating_mul(128) > MAX_SCRYPT_BYTES
                || work.saturating_mul(p.into()) > MAX_SCRYPT_WORK;
            match (log_n, r, p) {
                (0, ..) | (_, 0, _) | (.., 0) => Err(Unfit::Malformed),
                _ if log_n > 63 || is_dear => Err(Unfit::TooCostly("scrypt's memory and work")),
                _ => Ok(()),
            }
        };
        match self.function {
            Function::Bcrypt { cost, .. } if cost > MAX_BCRYPT_COST => {
                return Err(Unfit::TooCostly("bcrypt's cost is over 14"));
            }
            Function::Bcrypt { cost, .. } if cost < 4 => return Err(Unfit::Malformed),
            Function::Scrypt { log_n, r, p } => scrypt(log_n, r, p)?,
            Function::Firebase { log_n, r } => scrypt(log_n, r, 1)?,
            Function::Pbkdf2 { digest, rounds } => {
                let blocks = self.output.len().div_ceil(digest.length());
                let work = u64::from(rounds).saturating_mul(blocks as u64);
                if rounds == 0 {
                    return Err(Unfit::Malformed);
                }
                if work > MAX_PBKDF2_ROUNDS {
                    return Err(Unfit::TooCostly("PBKDF2's rounds are over 3,000,000"));
                }
            }
            Function::ShaCrypt { rounds, .. } if rounds > MAX_CRYPT_ROUNDS => {
                return Err(Unfit::TooCostly("sha-crypt's rounds are over 1,000,000"));
            }
            Function::ShaCrypt { rounds, .. } if rounds < 1000 => return Err(Unfit::Malformed),
            _ => {}
        }
        if self.salt.len() > MAX_SALT || !OUTPUT.contains(&self.output.len()) {
            return Err(Unfit::Malformed);
        }
        Ok(())
    }
}

fn unbounded(text: &str) -> Result<ForeignHash, Unfit> {
    let read = if text.starts_with('{') {
        braces(text)
    } else if let Some(rest) = text.strip_prefix('$') {
        dollars(rest)
    } else {
        named(text)
    };
    read.ok_or(())
        .or_else(|()| fields::identity(text).ok_or(()))
        .map_err(|()| {
            if is_known(text) {
                Unfit::Malformed
            } else {
                Unfit::Unknown
            }
        })
}

/// Returns whether a text starts like one of the known formats.
fn is_known(text: &str) -> bool {
    const STARTS: &[&str] = &[
        "$2",
        "$1$",
        "$5$",
        "$6$",
        "$apr1$",
        "$scrypt$",
        "$pbkdf2",
        "$firebase-scrypt$",
        "$argon2",
        "{S",
        "pbkdf2",
        "scrypt",
        "bcrypt",
        "argon2",
        "sha1$",
        "md5$",
    ];
    STARTS.iter().any(|start| text.starts_with(start))
}

/// Parses `$NAME$…`, the format of crypt and PHC.
fn dollars(text: &str) -> Option<ForeignHash> {
    let parts: Vec<&str> = text.split('$').collect();
    match *parts.as_slice() {
        ["2a" | "2b" | "2y", cost, rest] => bcrypt(cost, rest, false),
        [name @ ("1" | "apr1"), salt, output] => {
            let apache = name == "apr1";
            let fits = salt.len() <= 8 && output.len() == 22 && is_crypt_text(output);
            crypt(Function::Md5Crypt { apache }, salt, output, fits)
        }
        [name @ ("5" | "6"), ref rest @ ..] => {
            let (digest, length) = match name {
                "5" => (Digest::Sha256, 43),
                _ => (Digest::Sha512, 86),
            };
            let (rounds, salt, output) = match *rest {
                [rounds, salt, output] => (number(rounds.strip_prefix("rounds=")?)?, salt, output),
                [salt, output] => (5000, salt, output),
                _ => return None,
            };
            let fits = salt.len() <= 16 && output.len() == length && is_crypt_text(output);
            crypt(Function::ShaCrypt { digest, rounds }, salt, output, fits)
        }
        ["scrypt", params, salt, output] => {
            let [log_n, r, p] = parameters(params, ["ln", "r", "p"])?;
            let (log_n, r, p) = (u8::try_from(log_n?).ok()?, r?, p?);
            derived(Function::Scrypt { log_n, r, p }, decode(salt)?, output)
        }
        ["firebase-scrypt", params, salt, output] => {
            let [log_n, r] = parameters(params, ["ln", "r"])?;
            let (log_n, r) = (u8::try_from(log_n?).ok()?, r?);
            derived(Function::Firebase { log_n, r }, decode(salt)?, output)
        }
        [name, salt, output] => salted(name, salt, output),
        [name, params, salt, output] => {
            let digest = match name {
                "pbkdf2" => Digest::Sha1,
                _ => Digest::of(name.strip_prefix("pbkdf2-")?)?,
            };
            let rounds = match number(params) {
                Some(rounds) => rounds,
                None => parameters(params, ["i", "l"])?[0]?,
            };
            derived(pbkdf2(digest, rounds)?, decode(salt)?, output)
        }
        _ => None,
    }
}

fn bcrypt(cost: &str, rest: &str, hashed_before: bool) -> Option<ForeignHash> {
    let (salt, output) = rest.split_at_checked(22)?;
    let hash = ForeignHash {
        function: Function::Bcrypt {
            cost: number(cost)?,
            hashed_before,
        },
        salt: BCRYPT.decode(salt).ok()?,
        output: BCRYPT.decode(output).ok()?,
    };
    (output.len() == 31).then_some(hash)
}

fn crypt(function: Function, salt: &str, output: &str, fits: bool) -> Option<ForeignHash> {
    fits.then(|| ForeignHash {
        function,
        salt: salt.into(),
        output: output.into(),
    })
}

fn derived(function: Function, salt: Vec<u8>, output: &str) -> Option<ForeignHash> {
    Some(ForeignHash {
        function,
        salt,
        output: decode(output)?,
    })
}

fn pbkdf2(digest: Digest, rounds: u32) -> Option<Function> {
    (digest != Digest::Md5).then_some(Function::Pbkdf2 { digest, rounds })
}

/// Parses `$sha256-salt-first$SALT$OUTPUT` or `-salt-last`: our own format, for systems that keep salt and hash in
/// columns.
fn salted(name: &str, salt: &str, output: &str) -> Option<ForeignHash> {
    let (digest, order) = name.split_once('-')?;
    let digest = Digest::of(digest)?;
    let salt_first = match order {
        "salt-first" => true,
        "salt-last" => false,
        _ => return None,
    };
    let hash = derived(
        Function::Salted { digest, salt_first },
        decode(salt)?,
        output,
    )?;
    (hash.output.len() == digest.length()).then_some(hash)
}

/// Parses `{SSHA}…`, the format of LDAP directories, with the salt after the digest.
fn braces(text: &str) -> Option<ForeignHash> {
    let (name, rest) = text.strip_prefix('{')?.split_once('}')?;
    let digest = match name {
        "SMD5" => Digest::Md5,
        "SSHA" => Digest::Sha1,
        "SSHA256" => Digest::Sha256,
        "SSHA512" => Digest::Sha512,
        _ => return None,
    };
    let mut output = decode(rest)?;
    let salt = (output.len() > digest.length()).then(|| output.split_off(digest.length()))?;
    let salt_first = false;
    Some(ForeignHash {
        function: Function::Salted { digest, salt_first },
        salt,
        output,
    })
}

/// Parses `NAME$…`, the format of Django and Werkzeug.
fn named(text: &str) -> Option<ForeignHash> {
    if let Some(rest) = text.strip_prefix("bcrypt_sha256$$") {
        let (_, rest) = rest.split_once('$')?;
        let (cost, rest) = rest.split_once('$')?;
        return bcrypt(cost, rest, true);
    }
    if let Some(rest) = text.strip_prefix("bcrypt$$") {
        return dollars(rest);
    }
    let parts: Vec<&str> = text.split('$').collect();
    match *parts.as_slice() {
        [
            name @ ("pbkdf2_sha1" | "pbkdf2_sha256"),
            rounds,
            salt,
            output,
        ] => {
            let digest = Digest::of(name.strip_prefix("pbkdf2_")?)?;
            derived(pbkdf2(digest, number(rounds)?)?, salt.into(), output)
        }
        ["scrypt", n, salt, r, p, output] => derived(scrypt(n, r, p)?, salt.into(), output),
        [name @ ("sha1" | "md5"), salt, output] => {
            let digest = Digest::of(name)?;
            let hash = ForeignHash {
                function: Function::Salted {
                    digest,
                    salt_first: true,
                },
                salt: salt.into(),
                output: hex::decode(output).ok()?,
            };
            (hash.output.len() == digest.length()).then_some(hash)
        }
        [method, salt, output] => {
            let method: Vec<&str> = method.split(':').collect();
            let function = match *method.as_slice() {
                ["pbkdf2", digest, rounds] => pbkdf2(Digest::of(digest)?, number(rounds)?)?,
                ["scrypt", n, r, p] => scrypt(n, r, p)?,
                _ => return None,
            };
            Some(ForeignHash {
                function,
                salt: salt.into(),
                output: hex::decode(output).ok()?,
            })
        }
        _ => None,
    }
}

/// Returns scrypt with the cost `n`, which must be a power of two.
fn scrypt(n: &str, r: &str, p: &str) -> Option<Function> {
    let n: u32 = number(n)?;
    let log_n = u8::try_from(n.checked_ilog2()?).ok()?;
    let function = Function::Scrypt {
        log_n,
        r: number(r)?,
        p: number(p)?,
    };
    n.is_power_of_two().then_some(function)
}
