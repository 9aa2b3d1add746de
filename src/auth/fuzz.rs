//! What fuzz targets run: each function checks on any bytes what always holds. A violation panics.

use argon2::password_hash::phc;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};

use super::foreign::ForeignHash;
use super::stored_hashes::usable_params;
use super::{PasswordHasher, TokenCodec, UnverifiedClaims};
use crate::clock::from_millis;
use crate::config::{MAX_ITERATIONS, MAX_LANES, MAX_MEMORY_KIB, Tokens};
use crate::model::{Claims, Email, Id, PasswordHash, Purpose};
use crate::secret::ExposeSecret as _;

/// The moment at which tokens are checked.
const NOW: i64 = 4_000_000_000_000;

fn codec(has_short_links: bool) -> TokenCodec {
    let tokens = Tokens {
        jwt_secret: "a secret that only fuzz targets sign with"
            .to_owned()
            .into(),
        jwt_audience: Some("fuzz".to_owned()),
        ..Tokens::default()
    };
    TokenCodec::new(&tokens).with_short_links(has_short_links)
}

/// A token that anyone can write, and one that is made of the same bytes and signed.
///
/// - Nothing unsigned is accepted for any purpose, and all ways to check a token agree.
/// - A signed token is read back unchanged, in both forms, for its own purpose, until it expires.
/// - Whatever is changed in it, it is refused.
pub fn token(data: &[u8]) {
    let now = from_millis(NOW);
    let text = String::from_utf8_lossy(data);
    let codec = codec(false);
    for purpose in Purpose::ALL {
        assert!(
            codec.examine(&text, *purpose, now).is_err(),
            "nobody signed it"
        );
        assert!(codec.check(&text, *purpose, now).is_err());
    }
    assert!(codec.examine_claimed(&text, now).is_err());
    let _ = UnverifiedClaims::read(&text);
    let _ = codec.names_unknown_key(&text);
    if let Some(claims) = claims(data) {
        for short in [false, true] {
            signed(&claims, short, data);
        }
    }
}

/// Returns claims made of the bytes, if there are enough.
fn claims(data: &[u8]) -> Option<Claims> {
    let (id, rest) = data.split_first_chunk::<12>()?;
    let (jti, rest) = rest.split_first_chunk::<16>()?;
    let (age, rest) = rest.split_first_chunk::<4>()?;
    let (life, rest) = rest.split_first_chunk::<3>()?;
    let (kind, rest) = rest.split_first()?;
    let issued_at = from_millis(NOW - i64::from(u32::from_be_bytes(*age)));
    let life = life
        .iter()
        .fold(1, |life, byte| 256 * life + i64::from(*byte));
    let expires_at = from_millis(issued_at.as_millisecond() + 1000 * life);
    let purpose = Purpose::ALL[usize::from(*kind) % Purpose::ALL.len()];
    let address = std::str::from_utf8(rest).ok().map(Email::parse);
    let address = address.and_then(Result::ok);
    let jti = URL_SAFE_NO_PAD.encode(jti);
    Some(Claims {
        new_email: address.clone(),
        old_email: address,
        ..Claims::new(Id::from_bytes(*id), jti, issued_at, expires_at, purpose)
    })
}

fn signed(claims: &Claims, short: bool, data: &[u8]) {
    let codec = codec(short);
    let token = codec.sign_link(claims);
    let token = token.expose_secret();
    // Tokens expire at whole seconds.
    let expires_at = Timestamp::from_second(claims.expires_at.as_second()).unwrap_or_default();
    let before = expires_at - SignedDuration::from_millis(1);
    let read = codec.examine(token, claims.purpose, before);
    let wanted = Claims {
        expires_at,
        ..claims.clone()
    };
    assert_eq!(read.as_ref(), Ok(&wanted), "{token}");
    assert_eq!(
        codec.examine_claimed(token, before).as_ref(),
        Ok(&wanted),
        "{token}"
    );
    let unverified = UnverifiedClaims::read(token);
    assert_eq!(unverified.user_id, Some(claims.user_id));
    assert_eq!(unverified.purpose, Some(claims.purpose));
    assert_eq!(unverified.jti.as_ref(), Some(&claims.jti));
    assert!(codec.examine(token, claims.purpose, expires_at).is_err());
    for other in Purpose::ALL {
        if *other != claims.purpose {
            assert!(codec.examine(token, *other, before).is_err(), "{other:?}");
        }
    }
    let at = data.iter().fold(0, |sum: usize, byte| {
        sum.wrapping_mul(31).wrapping_add((*byte).into())
    });
    let mut changed = token.as_bytes().to_vec();
    let at = at % changed.len();
    changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
    let changed = String::from_utf8_lossy(&changed);
    assert!(
        codec.examine(&changed, claims.purpose, before).is_err(),
        "{changed} was {token}"
    );
}

/// A password hash in an imported file or in the database.
///
/// - A hash that is accepted is accepted again, with the same text, and its cost is within the limits.
/// - Argon2 hashes are read back from their own text with the same parameters.
/// - Evaluating a cheap one doesn't panic.
pub fn phc(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let stored = PasswordHash::from_phc(text.clone().into_owned());
    if let Some((_, _, params)) = usable_params(&stored) {
        assert!(params.m_cost() <= MAX_MEMORY_KIB);
        assert!(params.t_cost() <= MAX_ITERATIONS);
        assert!(params.p_cost() <= MAX_LANES);
        let parsed = phc::PasswordHash::new(&text).map(|parsed| parsed.to_string());
        let again = PasswordHash::from_phc(parsed.unwrap_or_default());
        let again = usable_params(&again).map(|(algorithm, version, params)| {
            (algorithm, version, params.m_cost(), params.t_cost())
        });
        let once = usable_params(&stored).map(|(algorithm, version, params)| {
            (algorithm, version, params.m_cost(), params.t_cost())
        });
        assert_eq!(again, once, "{text}");
    }
    if let Ok(hash) = PasswordHasher::recognize(&text) {
        let again = PasswordHasher::recognize(hash.as_phc());
        assert_eq!(again.as_ref().map(PasswordHash::as_phc), Ok(hash.as_phc()));
    }
    if let Ok(foreign) = ForeignHash::parse(&text) {
        let again = ForeignHash::parse(&text);
        assert!(again.is_ok_and(|again| again == foreign), "{text}");
        let kind = foreign.kind();
        if kind.starts_with("salted") || kind == "md5-crypt" {
            assert!(!foreign.matches("none that anyone made a hash of"));
        }
    }
}
