//! The hashes of Unix password files (md5-crypt and sha-crypt), encoded in their own base64.

use md5::Md5;
use sha2::Digest as _;

use super::Digest;

/// The digits of crypt's base64, in order of their value.
const DIGITS: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The number of rounds of md5-crypt.
const MD5_ROUNDS: usize = 1000;

/// Returns the text after the last `$` of `$1$SALT$…` or `$apr1$SALT$…`.
pub(super) fn md5_crypt(password: &[u8], salt: &[u8], apache: bool) -> Vec<u8> {
    let magic: &[u8] = if apache { b"$apr1$" } else { b"$1$" };
    let both = Md5::new()
        .chain_update(password)
        .chain_update(salt)
        .chain_update(password)
        .finalize();
    let mut first = Md5::new()
        .chain_update(password)
        .chain_update(magic)
        .chain_update(salt);
    for chunk in password.chunks(both.len()) {
        first.update(&both[..chunk.len()]);
    }
    let mut bits = password.len();
    while bits > 0 {
        // The first implementation did this instead of adding a byte of the digest.
        first.update(if bits & 1 == 1 {
            &[0][..]
        } else {
            &password[..1]
        });
        bits >>= 1;
    }
    let mut last = first.finalize();
    for round in 0..MD5_ROUNDS {
        let is_odd = round % 2 == 1;
        let mut next = Md5::new();
        next.update(if is_odd { password } else { last.as_slice() });
        if round % 3 != 0 {
            next.update(salt);
        }
        if round % 7 != 0 {
            next.update(password);
        }
        next.update(if is_odd { last.as_slice() } else { password });
        last = next.finalize();
    }
    let groups = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5]];
    let mut text = Vec::with_capacity(22);
    for [high, middle, low] in groups {
        digits(&mut text, [last[high], last[middle], last[low]], 4);
    }
    digits(&mut text, [0, 0, last[11]], 2);
    text
}

/// Returns the text after the last `$` of `$5$…` or `$6$…`.
pub(super) fn sha_crypt(
    password: &[u8],
    salt: &[u8],
    digest: Digest,
    rounds: u32,
) -> Option<Vec<u8>> {
    let params = sha_crypt::Params::new(rounds).ok()?;
    let mut text = Vec::with_capacity(86);
    if digest == Digest::Sha256 {
        let output = sha_crypt::sha256_crypt(password, salt, params);
        // The order of the three bytes rotates with each group.
        for group in 0..10 {
            let places = [group, group + 10, group + 20].map(|place| output[place]);
            let [a, b, c] = places;
            digits(&mut text, [[a, b, c], [c, a, b], [b, c, a]][group % 3], 4);
        }
        digits(&mut text, [0, output[31], output[30]], 3);
    } else {
        let output = sha_crypt::sha512_crypt(password, salt, params);
        for group in 0..21 {
            let [a, b, c] = [group, group + 21, group + 42].map(|place| output[place]);
            digits(&mut text, [[a, b, c], [b, c, a], [c, a, b]][group % 3], 4);
        }
        digits(&mut text, [0, 0, output[63]], 2);
    }
    Some(text)
}

/// Appends the first `count` digits of three bytes, starting with the lowest bits.
fn digits(text: &mut Vec<u8>, [high, middle, low]: [u8; 3], count: usize) {
    let mut bits = u32::from_be_bytes([0, high, middle, low]);
    for _ in 0..count {
        text.push(DIGITS[(bits & 63) as usize]);
        bits >>= 6;
    }
}

/// Returns whether a text consists of crypt's digits.
pub(super) fn is_crypt_text(text: &str) -> bool {
    text.bytes().all(|byte| DIGITS.contains(&byte))
}
