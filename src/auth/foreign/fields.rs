//! The parts of hashes: numbers, PHC parameters, and the binary form of ASP.NET Identity.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::{Digest, ForeignHash, Function};

/// Accepts base64 with or without padding, and ignores surplus bits in the last digit.
pub(super) const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);

/// Decodes base64 as other systems write it: in either alphabet, with passlib's `.`, padded or not.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.replace(['.', '-'], "+").replace('_', "/");
    STANDARD.decode(text).ok()
}

pub(super) fn encode(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD_NO_PAD.encode(bytes)
}

/// Parses a decimal number, without signs or white space.
pub(super) fn number(text: &str) -> Option<u32> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}

/// Parses `a=1,b=2` with these names. Returns `None` if there is any other name.
pub(super) fn parameters<const N: usize>(text: &str, names: [&str; N]) -> Option<[Option<u32>; N]> {
    let mut values = [None; N];
    for parameter in text.split(',') {
        let (name, value) = parameter.split_once('=')?;
        let at = names.iter().position(|wanted| *wanted == name)?;
        values[at] = Some(number(value)?);
    }
    Some(values)
}

/// Decodes a hash of ASP.NET Identity from base64. Version 2 is PBKDF2 with fixed parameters; version 3 has them in a
/// header.
pub(super) fn identity(text: &str) -> Option<ForeignHash> {
    let bytes = decode(text)?;
    let (function, rest, salt_length) = match *bytes.as_slice() {
        [0, ref rest @ ..] if rest.len() == 48 => {
            let (digest, rounds) = (Digest::Sha1, 1000);
            (Function::Pbkdf2 { digest, rounds }, rest, 16)
        }
        [1, ref rest @ ..] => {
            let mut header = rest
                .chunks_exact(4)
                .map(|bytes| bytes.try_into().map(u32::from_be_bytes));
            let mut next = || header.next().and_then(Result::ok);
            let digest = match next()? {
                0 => Digest::Sha1,
                1 => Digest::Sha256,
                2 => Digest::Sha512,
                _ => return None,
            };
            let (rounds, salt_length) = (next()?, usize::try_from(next()?).ok()?);
            (
                Function::Pbkdf2 { digest, rounds },
                &rest[12..],
                salt_length,
            )
        }
        _ => return None,
    };
    let (salt, output) = rest.split_at_checked(salt_length)?;
    let hash = ForeignHash {
        function,
        salt: salt.to_vec(),
        output: output.to_vec(),
    };
    (salt.len() >= 8 && output.len() >= 16).then_some(hash)
}
