//! Signed tokens in a short form, for the links in emails.
//!
//! They have the claims of the JWT of the same purpose, in binary (postcard). They are signed under a separate key
//! with HMAC-SHA256, truncated to 128 bits (RFC 2104 §5). A JWT with the same claims is three times as long.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::UnverifiedClaims;
use super::derived_keys::Tag;
use super::jws::Fault;
use super::wire::{Audience, Wire, exact_moment, seconds};
use crate::clock::from_millis;
use crate::model::{Claims, Email, Id, Purpose};
use crate::secret::SecretString;

/// The claims as written in the token. `aud` is signed but not written, because the server knows its own audience.
#[derive(Serialize, Deserialize)]
struct Short {
    kind: u8,
    sub: [u8; 12],
    jti: [u8; 16],
    /// Milliseconds since 1970.
    iat: i64,
    /// Seconds after `iat`, rounded down to a whole second since 1970.
    life: u32,
    new_email: Option<Email>,
    old_email: Option<Email>,
}

/// The purposes of mailed links, each with the first byte of its tokens.
const KINDS: [(u8, Purpose); 2] = [(1, Purpose::PasswordReset), (2, Purpose::EmailChange)];

/// Signs `claims`. Returns `None` if they don't fit into the short form.
pub(super) fn sign(
    secret: &SecretString,
    audience: Option<&str>,
    claims: &Claims,
) -> Option<String> {
    let (kind, _) = KINDS
        .into_iter()
        .find(|(_, purpose)| *purpose == claims.purpose)?;
    let jti = URL_SAFE_NO_PAD.decode(&claims.jti).ok()?;
    let life = claims.expires_at.as_second() - claims.issued_at.as_second();
    let short = Short {
        kind,
        sub: claims.user_id.bytes(),
        jti: jti.try_into().ok()?,
        iat: claims.issued_at.as_millisecond(),
        life: life.try_into().ok()?,
        new_email: claims.new_email.clone(),
        old_email: claims.old_email.clone(),
    };
    let mut token = postcard::to_allocvec(&short).ok()?;
    let tag = tag(secret, audience, claims.purpose, &token).value();
    token.extend(tag);
    Some(URL_SAFE_NO_PAD.encode(token))
}

/// Returns whether a token has the short form rather than that of a JWT. Doesn't verify anything.
pub(super) fn is_short(token: &str) -> bool {
    !token.contains('.')
}

/// Returns the claims if one of the secrets signed them for the purpose.
pub(super) fn open<'a>(
    secrets: impl IntoIterator<Item = &'a SecretString>,
    audience: Option<&str>,
    token: &str,
    purpose: Purpose,
) -> Result<Wire, Fault> {
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| Fault::Form)?;
    let (claims, given) = bytes.split_last_chunk::<16>().ok_or(Fault::Form)?;
    let is_signed = |secret| tag(secret, audience, purpose, claims).is(given);
    if !secrets.into_iter().any(is_signed) {
        return Err(if parse(claims).is_some() {
            Fault::Signature
        } else {
            Fault::Form
        });
    }
    wire(claims, audience).ok_or(Fault::Form)
}

/// Reads the claims of a token without verifying them: anyone can write anything here.
pub(super) fn read(token: &str) -> Option<UnverifiedClaims> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (claims, _) = bytes.split_last_chunk::<16>()?;
    let wire = wire(claims, None)?;
    Some(UnverifiedClaims {
        algorithm: Some("HS256".to_owned()),
        purpose: Some(wire.purpose),
        user_id: wire.sub.parse().ok(),
        jti: Some(wire.jti),
        issued_at: exact_moment(wire.iat),
        expires_at: Timestamp::from_second(wire.exp).ok(),
        audience: Vec::new(),
    })
}

fn parse(claims: &[u8]) -> Option<Short> {
    let (short, rest) = postcard::take_from_bytes(claims).ok()?;
    rest.is_empty().then_some(short)
}

fn wire(claims: &[u8], audience: Option<&str>) -> Option<Wire> {
    let short = parse(claims)?;
    let (_, purpose) = KINDS.into_iter().find(|(kind, _)| *kind == short.kind)?;
    if !(0..100_000_000_000_000).contains(&short.iat) {
        return None;
    }
    Some(Wire {
        sub: Id::from_bytes(short.sub).to_string(),
        jti: URL_SAFE_NO_PAD.encode(short.jti),
        sid: None,
        iat: seconds(from_millis(short.iat)),
        exp: short.iat.div_euclid(1000) + i64::from(short.life),
        nbf: None,
        aud: audience.map(|name| Audience::One(name.to_owned())),
        purpose,
        new_email: short.new_email,
        old_email: short.old_email,
        phone: None,
        sealed: None,
        browser: None,
        provider: None,
    })
}

fn tag(secret: &SecretString, audience: Option<&str>, purpose: Purpose, claims: &[u8]) -> Tag {
    let audience = audience.unwrap_or_default();
    Tag::new(
        secret,
        &format!("short_{}", purpose.as_str()),
        [audience.as_bytes(), claims],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::{InvalidToken, TokenCodec, TokenFault};
    use crate::config::Tokens;
    use crate::secret::ExposeSecret as _;

    const NOW: i64 = 1_795_413_600_123;

    fn codec(change: impl FnOnce(&mut Tokens)) -> TokenCodec {
        let mut tokens = Tokens {
            jwt_secret: "0123456789abcdefghijklmnopqrstuvwxyzABCDEF".into(),
            ..Tokens::default()
        };
        change(&mut tokens);
        TokenCodec::new(&tokens).with_short_links(true)
    }

    fn claims(purpose: Purpose) -> Claims {
        Claims::new(
            "65a0000000000000000000aa".parse().unwrap(),
            "rN7z0Y_z_-uIv4PdRl1A5Q".into(),
            from_millis(NOW),
            Timestamp::from_second(1_795_417_200).unwrap(),
            purpose,
        )
    }

    fn link(codec: &TokenCodec, claims: &Claims) -> String {
        codec.sign_link(claims).expose_secret().to_owned()
    }

    fn now() -> Timestamp {
        from_millis(NOW)
    }

    #[test]
    fn a_link_carries_its_claims_in_a_third_of_the_length() {
        let codec = codec(|_| ());
        let reset = claims(Purpose::PasswordReset);
        let token = link(&codec, &reset);
        assert_eq!(
            codec.check(&token, Purpose::PasswordReset, now()),
            Ok(reset.clone())
        );
        assert!(token.len() <= 74, "{} characters", token.len());
        let jwt = codec.sign(&reset);
        assert!(3 * token.len() < jwt.expose_secret().len());
        let change = Claims {
            new_email: Email::parse("müller@example.de").ok(),
            old_email: Email::parse("ada@example.com").ok(),
            ..claims(Purpose::EmailChange)
        };
        let token = link(&codec, &change);
        assert_eq!(codec.check(&token, Purpose::EmailChange, now()), Ok(change));
        assert_eq!(
            UnverifiedClaims::read(&token).purpose,
            Some(Purpose::EmailChange),
            "`tokens inspect` reads it"
        );
    }

    #[test]
    fn a_link_of_one_purpose_opens_nothing_else() {
        let codec = codec(|_| ());
        let token = link(&codec, &claims(Purpose::PasswordReset));
        for other in Purpose::ALL {
            let opened = codec.check(&token, *other, now()).is_ok();
            assert_eq!(opened, *other == Purpose::PasswordReset, "{other:?}");
        }
        let examined = codec.examine_claimed(&token, now());
        assert!(examined.is_ok());
        // The kind is signed, so changing it makes the token invalid.
        let mut bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        bytes[0] = 2;
        let forged = URL_SAFE_NO_PAD.encode(bytes);
        for purpose in Purpose::ALL {
            assert_eq!(codec.check(&forged, *purpose, now()), Err(InvalidToken));
        }
    }

    #[test]
    fn every_bit_counts_and_nothing_may_follow() {
        let codec = codec(|_| ());
        let token = link(&codec, &claims(Purpose::PasswordReset));
        let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        let is_taken = |bytes: &[u8]| {
            let token = URL_SAFE_NO_PAD.encode(bytes);
            codec.check(&token, Purpose::PasswordReset, now()).is_ok()
        };
        assert!(is_taken(&bytes));
        for bit in 0..bytes.len() * 8 {
            let mut other = bytes.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(!is_taken(&other), "bit {bit}");
        }
        for length in 0..bytes.len() {
            assert!(!is_taken(&bytes[..length]), "{length} bytes");
        }
        assert!(!is_taken(&[&bytes[..], &[0]].concat()));
        for spelling in [
            format!("{token}="),
            format!("{token}A"),
            format!(" {token}"),
        ] {
            let checked = codec.check(&spelling, Purpose::PasswordReset, now());
            assert_eq!(checked, Err(InvalidToken), "{spelling}");
        }
    }

    #[test]
    fn secret_audience_and_end_hold_as_for_other_tokens() {
        let reset = claims(Purpose::PasswordReset);
        let token = link(&codec(|_| ()), &reset);
        let check = |codec: &TokenCodec, now| codec.examine(&token, Purpose::PasswordReset, now);
        let end = reset.expires_at;
        assert_eq!(check(&codec(|_| ()), end), Err(TokenFault::Expired));
        let before = from_millis(end.as_millisecond() - 1);
        assert!(check(&codec(|_| ()), before).is_ok());
        let other = codec(|tokens| tokens.jwt_secret = "another-secret-of-32-characters!!".into());
        assert_eq!(check(&other, now()), Err(TokenFault::Signature));
        let rotated = codec(|tokens| {
            let old = std::mem::replace(
                &mut tokens.jwt_secret,
                "another-secret-of-32-characters!!".into(),
            );
            tokens.jwt_previous_secrets = vec![old];
        });
        assert!(check(&rotated, now()).is_ok());
        let with_audience = codec(|tokens| tokens.jwt_audience = Some("app".into()));
        assert_eq!(check(&with_audience, now()), Err(TokenFault::Signature));
        let named = link(&with_audience, &reset);
        let opened = with_audience.check(&named, Purpose::PasswordReset, now());
        assert_eq!(opened, Ok(reset));
        let unnamed = codec(|_| ()).check(&named, Purpose::PasswordReset, now());
        assert_eq!(unnamed, Err(InvalidToken));
    }

    #[test]
    fn what_the_short_form_cannot_say_is_a_jwt() {
        let codec = codec(|_| ());
        let wait = claims(Purpose::LoginMfa);
        let token = link(&codec, &wait);
        assert!(token.contains('.'));
        assert_eq!(codec.check(&token, Purpose::LoginMfa, now()), Ok(wait));
        let jwt = codec.sign(&claims(Purpose::PasswordReset));
        let jwt = jwt.expose_secret();
        let opened = codec.check(jwt, Purpose::PasswordReset, now());
        assert!(opened.is_ok(), "as the Python package writes them");
    }
}
