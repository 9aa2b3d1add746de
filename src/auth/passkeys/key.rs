//! Public keys of passkeys (COSE, RFC 9053), and the reasons for refusing what a browser presents.

use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};

use super::cbor::Item;

/// The supported algorithms, best first: EdDSA, ES256, and RS256 for older Windows machines.
pub const ALGORITHMS: [i32; 3] = [-8, -7, -257];

/// Why the response of a browser was refused, for the log and the audit trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CeremonyFault {
    /// It can't be parsed.
    #[error("malformed")]
    Malformed,
    /// It is of the wrong type: for example, the response to a login instead of a registration.
    #[error("wrong_type")]
    Type,
    /// It is for another challenge.
    #[error("wrong_challenge")]
    Challenge,
    /// It was created on a page of another origin.
    #[error("wrong_origin")]
    Origin,
    /// It was created for another relying party.
    #[error("wrong_rp_id")]
    RelyingParty,
    /// No user was present.
    #[error("user_not_present")]
    Presence,
    /// The authenticator didn't verify the user.
    #[error("user_not_verified")]
    Verification,
    /// The key has an unsupported algorithm, or isn't a valid key.
    #[error("unknown_key_type")]
    Key,
    /// It names another account, or none.
    #[error("wrong_user")]
    User,
    /// Its backup eligibility differs from when the passkey was created, so it is a different passkey.
    #[error("wrong_backup_state")]
    Backup,
    /// The signature is wrong.
    #[error("wrong_signature")]
    Signature,
}

/// A public key.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PublicKey {
    /// P-256, the point uncompressed.
    Es256([u8; 65]),
    /// Ed25519.
    Ed25519([u8; 32]),
    /// RSA.
    Rs256 {
        /// The modulus.
        n: Vec<u8>,
        /// The exponent.
        e: Vec<u8>,
    },
}

impl PublicKey {
    /// Parses a COSE key.
    pub(super) fn read(key: &Item<'_>) -> Option<Self> {
        let number = |label| match key.get(&Item::Number(label)) {
            Some(Item::Number(number)) => Some(*number),
            _ => None,
        };
        let bytes = |label| key.get(&Item::Number(label)).and_then(Item::bytes);
        // Key type, algorithm, curve.
        match (number(1)?, number(3)?, number(-1)) {
            (2, -7, Some(1)) => {
                let (x, y) = (bytes(-2)?, bytes(-3)?);
                let point = [&[4][..], x, y].concat();
                let fits = x.len() == 32 && y.len() == 32;
                point.try_into().ok().filter(|_| fits).map(Self::Es256)
            }
            (1, -8, Some(6)) => bytes(-2)?.try_into().ok().map(Self::Ed25519),
            // For this key type, the label of the curve is the label of the modulus.
            (3, -257, None) => {
                let (n, e) = (bytes(-1)?.to_vec(), bytes(-2)?.to_vec());
                is_strong(&n, &e).then_some(Self::Rs256 { n, e })
            }
            _ => None,
        }
    }

    /// Returns whether a signature of a message was made with this key.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let verified = match self {
            Self::Es256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature)
            }
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature),
            Self::Rs256 { n, e } => RsaPublicKeyComponents { n, e }.verify(
                &RSA_PKCS1_2048_8192_SHA256,
                message,
                signature,
            ),
        };
        verified.is_ok()
    }
}

/// Returns whether signatures can be verified with an RSA key: 2048 to 8192 bits, and an odd exponent of at least 3.
/// Any other key would be stored, but nobody could log in with it.
fn is_strong(n: &[u8], e: &[u8]) -> bool {
    let exponent = match e {
        [0, ..] | [] | [_, _, _, _, _, ..] => 0,
        _ => e
            .iter()
            .fold(0_u32, |value, byte| (value << 8) | u32::from(*byte)),
    };
    let is_long = (256..=1024).contains(&n.len()) && n.first().is_some_and(|first| *first >= 0x80);
    is_long && exponent >= 3 && exponent % 2 == 1
}
