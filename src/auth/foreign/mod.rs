//! Password hashes that other systems made: recognized by their text, limited in their cost, and verified.
//!
//! No such hashes are created here: after a login with one, the account has an Argon2id hash.

mod crypt;
mod fields;
mod firebase;
mod texts;

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};
use zeroize::Zeroizing;

pub use firebase::FirebaseParameters;
pub use texts::Unfit;

use crate::random::SharedRandom;
use crate::secret;

/// How much bcrypt reads: the bytes of the password, and a NUL byte after them.
const BCRYPT_BYTES: usize = 72;

/// A hash that another system made, within the limits for the cost of a login.
#[derive(Clone, PartialEq, Eq)]
pub struct ForeignHash {
    function: Function,
    salt: Vec<u8>,
    output: Vec<u8>,
}

/// A hash function with its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Function {
    /// With `hashed_before`, it hashes the hexadecimal SHA-256 of the password.
    Bcrypt {
        cost: u32,
        hashed_before: bool,
    },
    Scrypt {
        log_n: u8,
        r: u32,
        p: u32,
    },
    /// Firebase's variant: scrypt derives a key for AES-256-CTR, and the output is the keystream.
    Firebase {
        log_n: u8,
        r: u32,
    },
    Pbkdf2 {
        digest: Digest,
        rounds: u32,
    },
    /// One round of a digest over the password and the salt.
    Salted {
        digest: Digest,
        salt_first: bool,
    },
    /// `$1$`, and Apache's `$apr1$`.
    Md5Crypt {
        apache: bool,
    },
    ShaCrypt {
        digest: Digest,
        rounds: u32,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Digest {
    Md5,
    Sha1,
    Sha256,
    Sha512,
}

impl Digest {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "md5" => Self::Md5,
            "sha1" => Self::Sha1,
            "sha256" => Self::Sha256,
            "sha512" => Self::Sha512,
            _ => return None,
        })
    }

    /// Returns the length of the digest in bytes.
    const fn length(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    fn over(self, first: &[u8], last: &[u8]) -> Vec<u8> {
        fn digest<D: sha2::Digest>(first: &[u8], last: &[u8]) -> Vec<u8> {
            D::new()
                .chain_update(first)
                .chain_update(last)
                .finalize()
                .to_vec()
        }
        match self {
            Self::Md5 => digest::<Md5>(first, last),
            Self::Sha1 => digest::<Sha1>(first, last),
            Self::Sha256 => digest::<Sha256>(first, last),
            Self::Sha512 => digest::<Sha512>(first, last),
        }
    }
}

impl ForeignHash {
    /// Returns whether the password is the one of this hash. Compares the outputs in constant time.
    #[must_use]
    pub fn matches(&self, password: &str) -> bool {
        let output = self.compute(password.as_bytes());
        output.is_some_and(|output| secret::equal(&output, &self.output))
    }

    /// Returns the function and its cost, in the words of operators. Hashes of one kind take the same time.
    #[must_use]
    pub fn kind(&self) -> String {
        match self.function {
            Function::Bcrypt { cost, .. } => format!("bcrypt, cost {cost}"),
            Function::Scrypt { log_n, r, p } => format!("scrypt, ln={log_n} r={r} p={p}"),
            Function::Firebase { log_n, r } => format!("Firebase's scrypt, ln={log_n} r={r}"),
            Function::Pbkdf2 { digest, rounds } => format!("PBKDF2-{digest:?}, {rounds} rounds"),
            Function::Salted { digest, .. } => format!("salted {digest:?}"),
            Function::Md5Crypt { .. } => "md5-crypt".into(),
            Function::ShaCrypt { digest, rounds } => format!("{digest:?}-crypt, {rounds} rounds"),
        }
    }

    /// Creates a hash of the same kind that matches no password.
    #[must_use]
    pub fn dummy(&self, random: &SharedRandom) -> Self {
        let bytes: [u8; 64] = crate::random::bytes(&**random);
        let output = bytes.iter().cycle().take(self.output.len()).copied();
        Self {
            output: output.collect(),
            ..self.clone()
        }
    }

    /// Computes the output. Returns `None` if the function refuses its parameters, which the limits rule out.
    fn compute(&self, password: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let salt = self.salt.as_slice();
        let mut output = Zeroizing::new(vec![0; self.output.len()]);
        match self.function {
            Function::Bcrypt {
                cost,
                hashed_before,
            } => {
                let digest;
                let password = if hashed_before {
                    digest = Zeroizing::new(hex::encode(Sha256::digest(password)));
                    digest.as_bytes()
                } else {
                    password
                };
                let salt = salt.try_into().ok()?;
                let whole = bcrypt(cost, salt, password);
                output.copy_from_slice(whole.get(..self.output.len())?);
            }
            Function::Scrypt { log_n, r, p } => {
                let params = scrypt::Params::new(log_n, r, p).ok()?;
                scrypt::scrypt(password, salt, &params, &mut output).ok()?;
            }
            Function::Firebase { log_n, r } => {
                firebase::keystream(password, salt, (log_n, r), &mut output)?;
            }
            Function::Pbkdf2 { digest, rounds } => {
                let derive = match digest {
                    Digest::Md5 => return None,
                    Digest::Sha1 => pbkdf2::pbkdf2_hmac::<Sha1>,
                    Digest::Sha256 => pbkdf2::pbkdf2_hmac::<Sha256>,
                    Digest::Sha512 => pbkdf2::pbkdf2_hmac::<Sha512>,
                };
                derive(password, salt, rounds, &mut output);
            }
            Function::Salted {
                digest,
                salt_first: true,
            } => {
                output = digest.over(salt, password).into();
            }
            Function::Salted { digest, .. } => output = digest.over(password, salt).into(),
            Function::Md5Crypt { apache } => {
                output = crypt::md5_crypt(password, salt, apache).into();
            }
            Function::ShaCrypt { digest, rounds } => {
                output = crypt::sha_crypt(password, salt, digest, rounds)?.into();
            }
        }
        Some(output)
    }
}

/// Computes bcrypt. Longer passwords are truncated, as in every implementation.
fn bcrypt(cost: u32, salt: [u8; 16], password: &[u8]) -> [u8; 24] {
    let mut bytes = Zeroizing::new([0; BCRYPT_BYTES]);
    let length = password.len().min(BCRYPT_BYTES);
    bytes[..length].copy_from_slice(&password[..length]);
    bcrypt::bcrypt(cost, salt, &bytes[..(length + 1).min(BCRYPT_BYTES)])
}

#[cfg(test)]
mod tests;
