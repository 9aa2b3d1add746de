//! An authenticator in software that does what it is told, also what no honest one would do.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

use regstack::internals::auth::passkeys::{Attestation, RelyingParty};
use regstack::internals::model::{Challenge, Id, Passkey, PasskeyName, User};
use regstack::internals::random::{self, SystemRandom as System};
use regstack::internals::store::{AddPasskey, AddedPasskey, Effects, PasskeyProof};

use super::actor::{Actor, Answer, NULL, PASSWORD, Requests};
use super::served::Served;

/// Somebody is there, and was verified.
pub(crate) const VERIFIED: u8 = 0b101;
/// Somebody is there.
pub(crate) const PRESENT: u8 = 0b001;

enum Key {
    Es256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
    /// The private key (PEM), and the modulus.
    Rs256(String, Vec<u8>),
}

/// An authenticator with one key pair.
pub(crate) struct SoftKey {
    key: Key,
    pub(crate) id: Vec<u8>,
    pub(crate) rp_id: String,
    pub(crate) origin: String,
    pub(crate) cross_origin: bool,
    pub(crate) flags: u8,
    pub(crate) count: u32,
    pub(crate) user_handle: Option<String>,
    /// In the place of the challenge that it is given.
    pub(crate) challenge: Option<String>,
    /// In the place of the type that it is asked for.
    pub(crate) kind: Option<&'static str>,
}

pub(crate) fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What a script of Python prints; `tests/run` installs what it imports.
fn python(script: &str, arguments: &[&str]) -> String {
    let python = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/target/test-tools/venv/bin/python"
    );
    let output = std::process::Command::new(python)
        .args(["-c", script])
        .args(arguments)
        .output();
    let output = output.unwrap_or_else(|error| panic!("{python}: {error}; tests/run installs it"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

pub(crate) fn decoded(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

impl SoftKey {
    fn of(key: Key) -> Self {
        let id: [u8; 16] = random::bytes(&System);
        Self {
            key,
            id: id.to_vec(),
            rp_id: "localhost".into(),
            origin: "http://localhost:8000".into(),
            cross_origin: false,
            flags: VERIFIED,
            count: 1,
            user_handle: None,
            challenge: None,
            kind: None,
        }
    }

    /// One with a key of the kind that most have.
    pub(crate) fn new() -> Self {
        let (random, kind) = (SystemRandom::new(), &ECDSA_P256_SHA256_ASN1_SIGNING);
        let made = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
        Self::of(Key::Es256(
            EcdsaKeyPair::from_pkcs8(kind, made.as_ref(), &random).unwrap(),
        ))
    }

    /// One with a key of another kind.
    pub(crate) fn edwards() -> Self {
        let made = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self::of(Key::Ed25519(
            Ed25519KeyPair::from_pkcs8(made.as_ref()).unwrap(),
        ))
    }

    /// One with a key as older Windows machines have it, made by another library than ours.
    pub(crate) fn rsa() -> Self {
        let script = "from cryptography.hazmat.primitives.asymmetric import rsa; \
            from cryptography.hazmat.primitives import serialization as s; \
            key = rsa.generate_private_key(65537, 2048); \
            print('%0512x' % key.public_key().public_numbers().n); \
            print(key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption()).decode())";
        let printed = python(script, &[]);
        let (modulus, pem) = printed.split_once('\n').unwrap();
        Self::of(Key::Rs256(pem.to_owned(), hex::decode(modulus).unwrap()))
    }

    fn client_data(&self, kind: &'static str, options: &Value) -> Vec<u8> {
        let asked = options["challenge"].as_str().unwrap();
        let said = json!({
            "type": self.kind.unwrap_or(kind),
            "challenge": self.challenge.as_deref().unwrap_or(asked),
            "origin": self.origin,
            "crossOrigin": self.cross_origin,
        });
        said.to_string().into_bytes()
    }

    fn says(&self, flags: u8) -> Vec<u8> {
        let site = digest(&SHA256, self.rp_id.as_bytes());
        [site.as_ref(), &[flags], &self.count.to_be_bytes()].concat()
    }

    fn public_key(&self) -> Vec<u8> {
        match &self.key {
            Key::Es256(key) => {
                let point = key.public_key().as_ref();
                let (x, y) = point[1..].split_at(32);
                let head = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
                [&head[..], x, &[0x22, 0x58, 0x20], y].concat()
            }
            Key::Ed25519(key) => {
                let head = [0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20];
                [&head[..], key.public_key().as_ref()].concat()
            }
            Key::Rs256(_, n) => {
                let head = [
                    0xa4, 0x01, 0x03, 0x03, 0x39, 0x01, 0x00, 0x20, 0x59, 0x01, 0x00,
                ];
                [&head[..], n, &[0x21, 0x43, 0x01, 0x00, 0x01]].concat()
            }
        }
    }

    /// Makes the passkey that is asked for: what of it the API is given.
    pub(crate) fn make(&mut self, options: &Value) -> Value {
        let handle = options["user"]["id"].as_str().unwrap();
        self.user_handle = Some(handle.to_owned());
        let mut said = self.says(self.flags | 1 << 6);
        said.extend([0; 16]);
        said.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        said.extend(&self.id);
        said.extend(self.public_key());
        let length = u16::try_from(said.len()).unwrap().to_be_bytes();
        let mut object = vec![0xa3, 0x63];
        object.extend(b"fmt\x64none\x67attStmt\xa0\x68authData\x59");
        object.extend(length);
        object.extend(said);
        json!({
            "client_data_json": encoded(&self.client_data("webauthn.create", options)),
            "attestation_object": encoded(&object),
        })
    }

    /// Signs what is asked for: what of it the API is given.
    pub(crate) fn sign(&self, options: &Value) -> Value {
        let client_data = self.client_data("webauthn.get", options);
        let said = self.says(self.flags);
        let message = [&said[..], digest(&SHA256, &client_data).as_ref()].concat();
        let signature = match &self.key {
            Key::Es256(key) => {
                let signature = key.sign(&SystemRandom::new(), &message).unwrap();
                signature.as_ref().to_vec()
            }
            Key::Ed25519(key) => key.sign(&message).as_ref().to_vec(),
            Key::Rs256(pem, _) => {
                let script = "import sys; \
                    from cryptography.hazmat.primitives import hashes, serialization as s; \
                    from cryptography.hazmat.primitives.asymmetric import padding; \
                    key = s.load_pem_private_key(sys.argv[1].encode(), None); \
                    print(key.sign(bytes.fromhex(sys.argv[2]), padding.PKCS1v15(), hashes.SHA256()).hex())";
                let signature = python(script, &[pem, &hex::encode(&message)]);
                hex::decode(signature.trim()).unwrap()
            }
        };
        json!({
            "credential_id": encoded(&self.id),
            "client_data_json": encoded(&client_data),
            "authenticator_data": encoded(&said),
            "signature": encoded(&signature),
            "user_handle": self.user_handle,
        })
    }

    /// Adds itself to an account, with the usual password.
    pub(crate) async fn is_added(&mut self, person: &Actor, name: &str) -> Answer {
        let started = start(person).await;
        self.is_added_to(person, name, started.is(200)).await
    }

    /// The same, as an answer asks for it.
    pub(crate) async fn is_added_to(
        &mut self,
        person: &Actor,
        name: &str,
        started: &Answer,
    ) -> Answer {
        let mut made = self.make(&started.body["public_key"]);
        made["pending_token"] = started.body["pending_token"].clone();
        made["name"] = name.into();
        person.post("/passkeys/finish", made).await
    }

    /// What it presents to be added by a mailed link.
    pub(crate) fn made_by_link(&mut self, link: &str, started: &Answer) -> Value {
        let mut made = self.make(&started.body["public_key"]);
        made["token"] = link.into();
        made["pending_token"] = started.body["pending_token"].clone();
        made["name"] = "Laptop".into();
        made
    }

    /// Adds itself by a mailed link.
    pub(crate) async fn is_added_by_link(&mut self, at: &impl Requests, link: &str) -> Answer {
        let started = start_by_link(at, link).await;
        let made = self.made_by_link(link, started.is(200));
        at.post("/reset-password/passkey/finish", made).await
    }

    /// What it presents to log in.
    pub(crate) fn presents(&self, started: &Answer) -> Value {
        let mut signed = self.sign(&started.body["public_key"]);
        signed["pending_token"] = started.body["pending_token"].clone();
        signed
    }

    /// Logs in; its counter counts.
    pub(crate) async fn logs_in(&mut self, at: &impl Requests) -> Answer {
        let started = start_login(at).await;
        self.count += 1;
        at.post("/login/passkey/finish", self.presents(&started))
            .await
    }

    /// Somebody who logs in with it.
    pub(crate) async fn signed_in(&mut self, at: &impl Requests) -> Actor {
        let answer = self.logs_in(at).await;
        at.bearer(answer.is(200).text("access_token"))
    }
}

/// Gives an account a passkey without asking anybody, as an account without a password cannot.
pub(crate) async fn give(served: &Served, user: &User, key: &mut SoftKey) {
    let asked = "rN7z0Y_z_-uIv4PdRl1A5Q";
    let options = json!({"challenge": asked, "user": {"id": encoded(&user.id.bytes())}});
    let made = key.make(&options);
    let part = |field: &str| decoded(made[field].as_str().unwrap());
    let made = Attestation {
        client_data: part("client_data_json"),
        attestation_object: part("attestation_object"),
    };
    let party = RelyingParty::new("localhost".into(), vec!["http://localhost:8000".into()]);
    let made = party.register(asked, &made).unwrap();
    let passkey = Passkey {
        id: Id::new(served.now(), random::bytes(&System)),
        credential_id: made.id,
        name: PasskeyName::parse("Only one").unwrap(),
        public_key: made.public_key,
        sign_count: made.sign_count,
        is_synced: made.is_synced,
        rp_id: "localhost".into(),
        created_at: served.now(),
        last_used_at: None,
    };
    let adding = AddPasskey {
        user_id: user.id,
        passkey,
        challenge: Challenge {
            text: encoded(&key.id),
            expires_at: served.now(),
        },
        proof: PasskeyProof::Session(served.now()),
        now: served.now(),
    };
    let added = served
        .app
        .store
        .add_passkey(adding, Effects::default())
        .await;
    assert_eq!(added.unwrap(), AddedPasskey::Added);
}

/// Starts adding a passkey, with the usual password.
pub(crate) async fn start(person: &Actor) -> Answer {
    let proof = json!({"current_password": PASSWORD});
    person.post("/passkeys/start", proof).await
}

/// Starts adding a passkey by a mailed link.
pub(crate) async fn start_by_link(at: &impl Requests, link: &str) -> Answer {
    let wish = json!({"token": link});
    at.post("/reset-password/passkey/start", wish).await
}

/// Starts a login by passkey.
pub(crate) async fn start_login(at: &impl Requests) -> Answer {
    at.post("/login/passkey/start", NULL).await
}
