//! A passkey as browsers and authenticators make it (Web Authentication, level 3): ES256, with the attestation `none`.
//! Written for this client, because a mistake in the code that checks passkeys must not be repeated here.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use url::Url;

use super::{Result, Trouble};
use crate::random::{Random, bytes};

/// Flags of the authenticator data (§6.1): somebody is there and was verified.
const VERIFIED: u8 = 0b101;
/// A key pair was just created.
const HAS_KEY: u8 = 1 << 6;

/// A passkey of one account at one site, and the browser that uses it on a page of this origin.
pub(super) struct Passkey {
    key: EcdsaKeyPair,
    id: [u8; 16],
    rp_id: String,
    origin: String,
    user: Value,
}

impl Passkey {
    /// Creates a passkey as `options` ask for it. Returns it with what the API is given.
    ///
    /// # Errors
    /// The page isn't on the domain that the passkey is asked for: browsers refuse it.
    pub(super) fn create(
        options: &Value,
        page: &Url,
        random: &dyn Random,
    ) -> Result<(Self, Value)> {
        let rp_id = options["rp"]["id"].as_str().unwrap_or_default().to_owned();
        let origin = page.origin().ascii_serialization();
        let host = page.host_str().unwrap_or_default();
        if host != rp_id && !host.ends_with(&format!(".{rp_id}")) {
            return Err(Trouble::new(format!(
                "passkeys are for {rp_id}, and browsers refuse them on pages of {origin}"
            ))
            .remedy(format!(
                "set base_url = \"{origin}\", or correct passkey_rp_id"
            )));
        }
        let passkey = Self {
            key: new_key()?,
            id: bytes(random),
            rp_id,
            origin,
            user: options["user"]["id"].clone(),
        };
        let made = json!({
            "client_data_json": encoded(passkey.client_data("webauthn.create", options).as_bytes()),
            "attestation_object": encoded(&passkey.attestation_object()),
        });
        Ok((passkey, made))
    }

    /// Returns a passkey that claims to be this one, and has another key.
    ///
    /// # Errors
    /// There is no randomness.
    pub(super) fn forged(&self) -> Result<Self> {
        Ok(Self {
            key: new_key()?,
            id: self.id,
            rp_id: self.rp_id.clone(),
            origin: self.origin.clone(),
            user: self.user.clone(),
        })
    }

    /// Signs a login. Returns what the API is given.
    ///
    /// # Errors
    /// There is no randomness.
    pub(super) fn sign(&self, options: &Value) -> Result<Value> {
        let client_data = self.client_data("webauthn.get", options);
        let said = self.authenticator_data(VERIFIED);
        let hash = digest(&SHA256, client_data.as_bytes());
        let message = [&said[..], hash.as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &message);
        let signature = signature.map_err(|_| no_randomness())?;
        Ok(json!({
            "credential_id": encoded(&self.id),
            "client_data_json": encoded(client_data.as_bytes()),
            "authenticator_data": encoded(&said),
            "signature": encoded(signature.as_ref()),
            "user_handle": self.user,
        }))
    }

    /// What the browser says about the request and the page (§5.8.1).
    fn client_data(&self, kind: &str, options: &Value) -> String {
        json!({
            "type": kind,
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": false,
        })
        .to_string()
    }

    /// What the authenticator says about itself (§6.1). Its counter stays at zero, as that of passkeys which are copied to
    /// several devices.
    fn authenticator_data(&self, flags: u8) -> Vec<u8> {
        let site = digest(&SHA256, self.rp_id.as_bytes());
        [site.as_ref(), &[flags], &[0; 4]].concat()
    }

    /// The new passkey in CBOR (§6.5.4): a map of `fmt`, `attStmt` and `authData`.
    fn attestation_object(&self) -> Vec<u8> {
        let mut said = self.authenticator_data(VERIFIED | HAS_KEY);
        // The model of the authenticator, which isn't told, and the length of the id.
        said.extend([0; 16]);
        said.extend([0, 16]);
        said.extend(self.id);
        said.extend(self.cose_key());
        let length = u8::try_from(said.len()).expect("it has 148 bytes");
        let head = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58";
        [&head[..], &[length], &said].concat()
    }

    /// The public key (COSE, RFC 9053 §7.1): a map of key type EC2, algorithm ES256, curve P-256, x and y.
    fn cose_key(&self) -> Vec<u8> {
        // The first byte says that both coordinates follow.
        let point = self.key.public_key().as_ref();
        let (x, y) = point[1..].split_at(32);
        let head = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        [&head[..], x, &[0x22, 0x58, 0x20], y].concat()
    }
}

fn new_key() -> Result<EcdsaKeyPair> {
    let (random, kind) = (SystemRandom::new(), &ECDSA_P256_SHA256_ASN1_SIGNING);
    let made = EcdsaKeyPair::generate_pkcs8(kind, &random);
    let made = made.map_err(|_| no_randomness())?;
    EcdsaKeyPair::from_pkcs8(kind, made.as_ref(), &random).map_err(|_| no_randomness())
}

fn no_randomness() -> Trouble {
    Trouble::new("this machine has no randomness for a passkey")
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom as Random;

    fn options(rp_id: &str) -> Value {
        json!({"rp": {"id": rp_id}, "user": {"id": "Z0HDoI8rXR6cektg"}, "challenge": "rN7z0Y_z_-uIv4PdRl1A5Q"})
    }

    #[test]
    fn passkeys_are_for_the_domain_of_the_page_or_one_above_it() {
        let page = Url::parse("https://accounts.example.com:8443/account/me").unwrap();
        for (rp_id, is_possible) in [
            ("accounts.example.com", true),
            ("example.com", true),
            ("s.example.com", false),
            ("counts.example.com", false),
            ("example.org", false),
            ("", false),
        ] {
            let made = Passkey::create(&options(rp_id), &page, &Random);
            assert_eq!(made.is_ok(), is_possible, "{rp_id}");
        }
    }

    #[test]
    fn a_passkey_has_the_form_of_the_standard() {
        let page = Url::parse("https://accounts.example.com/").unwrap();
        let (passkey, made) = Passkey::create(&options("example.com"), &page, &Random).unwrap();
        let object = URL_SAFE_NO_PAD.decode(made["attestation_object"].as_str().unwrap());
        let object = object.unwrap();
        // 30 bytes before the data, then 32 + 1 + 4 of it, 16 + 2 + 16 about the key, and the key.
        assert_eq!(object.len(), 30 + 37 + 34 + 77);
        assert_eq!(usize::from(object[29]), object.len() - 30);
        let signed = passkey.sign(&options("example.com")).unwrap();
        assert_eq!(signed["user_handle"], "Z0HDoI8rXR6cektg");
        let client_data = URL_SAFE_NO_PAD.decode(signed["client_data_json"].as_str().unwrap());
        let client_data: Value = serde_json::from_slice(&client_data.unwrap()).unwrap();
        assert_eq!(client_data["origin"], "https://accounts.example.com");
        assert_eq!(client_data["type"], "webauthn.get");
    }
}
