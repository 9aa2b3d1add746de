//! Firebase's variant of scrypt, which mixes a key of the project (the signer key) into every hash.

use aes::Aes256;
use aes::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use zeroize::Zeroizing;

use super::fields::{decode, encode};
use super::texts::Unfit;
use crate::model::PasswordHash;
use crate::secret::{ExposeSecret as _, SecretString};

/// The hash parameters of a project, as the Firebase console shows them.
#[derive(Debug, Clone)]
pub struct FirebaseParameters {
    /// `base64_signer_key`.
    pub signer_key: SecretString,
    /// `base64_salt_separator`; may be empty.
    pub salt_separator: String,
    /// `rounds`: scrypt's block size.
    pub rounds: u32,
    /// `mem_cost`: the binary logarithm of scrypt's cost.
    pub mem_cost: u8,
}

impl FirebaseParameters {
    /// Converts the salt and the hash of an exported account. Firebase encrypts the signer key with a key derived from
    /// the password. The signer key is removed from the result here, so that it isn't stored anywhere.
    ///
    /// # Errors
    /// [`Unfit`] if one of them isn't base64, or the hash and the signer key differ in length.
    pub fn hash(&self, salt: &str, hash: &str) -> Result<PasswordHash, Unfit> {
        let key = Zeroizing::new(decode(self.signer_key.expose_secret()).ok_or(Unfit::Malformed)?);
        let mut output = decode(hash).ok_or(Unfit::Malformed)?;
        if output.len() != key.len() {
            return Err(Unfit::Malformed);
        }
        for (byte, key) in output.iter_mut().zip(key.iter()) {
            *byte ^= key;
        }
        let mut salt = decode(salt).ok_or(Unfit::Malformed)?;
        salt.extend(decode(&self.salt_separator).ok_or(Unfit::Malformed)?);
        let (log_n, r) = (self.mem_cost, self.rounds);
        super::ForeignHash::recognize(&format!(
            "$firebase-scrypt$ln={log_n},r={r}${}${}",
            encode(&salt),
            encode(&output)
        ))
    }
}

/// Fills `output` with the keystream: zeros, encrypted with AES-256-CTR under the key that scrypt derives from the
/// password.
pub(super) fn keystream(
    password: &[u8],
    salt: &[u8],
    (log_n, r): (u8, u32),
    output: &mut [u8],
) -> Option<()> {
    let mut key = Zeroizing::new([0; 32]);
    let params = scrypt::Params::new(log_n, r, 1).ok()?;
    scrypt::scrypt(password, salt, &params, key.as_mut_slice()).ok()?;
    let cipher = Aes256::new_from_slice(key.as_slice()).ok()?;
    for (counter, part) in (0_u128..).zip(output.chunks_mut(16)) {
        let mut block = counter.to_be_bytes().into();
        cipher.encrypt_block(&mut block);
        part.copy_from_slice(&block[..part.len()]);
    }
    Some(())
}
