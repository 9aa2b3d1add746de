//! What passkeys present, as other implementations make it and judge it; and what no implementation makes: cut short, changed, huge.

use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use regstack::internals::auth::passkeys::{Assertion, Attestation, CeremonyFault, RelyingParty};
use regstack::internals::model::{CredentialId, Id, Passkey, PasskeyName};
use serde_json::Value;

use crate::support::passkey::decoded;

/// The servers that judged.
const JUDGES: usize = 3;

/// What others accept and we refuse, and why. Everything else that all of them accept, we accept.
const STRICTER: [(&str, &str); 17] = [
    (
        "in a frame of another site",
        "no page of ours can be framed",
    ),
    ("a top origin", "it's only said in a frame of another site"),
    (
        "in a frame of a top origin",
        "no page of ours can be framed",
    ),
    (
        "may be on several devices all at once",
        "§7.2: that never changes",
    ),
    (
        "may not be on several devices any more",
        "§7.2: that never changes",
    ),
    ("another account's handle", "§7.2: it's the owner's"),
    ("no handle", "§7.2: nobody said before who it would be"),
    ("another curve", "ES256 is for P-256 here"),
    ("short coordinate", "no point of P-256"),
    ("long coordinate", "no point of P-256"),
    ("compressed point", "RFC 9053 allows it, WebAuthn doesn't"),
    ("kind of key of another algorithm", "RFC 9053"),
    ("ed25519 key short", "no key"),
    ("ed25519 on another curve", "EdDSA is for Ed25519 here"),
    ("rsa of 1024 bits", "too weak to verify anything by"),
    ("rsa exponent of one", "verifies everything"),
    ("id of 1024 bytes", "§7.1: at most 1023 bytes"),
];

struct Vectors {
    known: Value,
    party: RelyingParty,
}

fn vectors() -> Vectors {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/passkeys/vectors.json");
    let known: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let origins = known["origins"].as_array().unwrap().iter();
    let origins = origins.map(|origin| origin.as_str().unwrap().to_owned());
    let party = RelyingParty::new(text(&known, "rp_id"), origins.collect());
    Vectors { known, party }
}

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap().to_owned()
}

fn bytes(vector: &Value, field: &str) -> Vec<u8> {
    decoded(vector[field].as_str().unwrap())
}

fn attestation(vector: &Value) -> Attestation {
    Attestation {
        client_data: bytes(vector, "client_data"),
        attestation_object: bytes(vector, "attestation_object"),
    }
}

fn assertion(vector: &Value) -> Assertion {
    Assertion {
        credential_id: CredentialId::of(&bytes(vector, "credential_id")).unwrap(),
        client_data: bytes(vector, "client_data"),
        authenticator_data: bytes(vector, "authenticator_data"),
        signature: bytes(vector, "signature"),
        user_handle: vector["user_handle"].as_str().map(decoded),
    }
}

fn passkey(vector: &Value) -> Passkey {
    Passkey {
        id: Id::from_bytes([7; 12]),
        credential_id: CredentialId::of(&bytes(vector, "credential_id")).unwrap(),
        name: PasskeyName::parse("x").unwrap(),
        public_key: bytes(vector, "public_key"),
        sign_count: 1,
        is_synced: vector["is_synced"].as_bool().unwrap(),
        rp_id: "example.com".into(),
        created_at: Timestamp::UNIX_EPOCH,
        last_used_at: None,
    }
}

impl Vectors {
    fn all(&self) -> impl Iterator<Item = &Value> {
        self.known["vectors"].as_array().unwrap().iter()
    }

    /// Those that everybody accepts.
    fn honest<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        let names = ["es256", "ed25519", "rs256", "extensions", "synced"];
        self.all().filter(move |vector| {
            let name = text(vector, "name");
            let (of, name) = name.split_once(": ").unwrap();
            of == kind && names.contains(&name)
        })
    }

    fn register(&self, made: &Attestation) -> Result<(), CeremonyFault> {
        let challenge = text(&self.known, "challenge");
        self.party.register(&challenge, made).map(|_| ())
    }

    fn authenticate(&self, passkey: &Passkey, presented: &Assertion) -> Result<(), CeremonyFault> {
        let challenge = text(&self.known, "challenge");
        let owner = hex::decode(text(&self.known, "owner")).unwrap();
        let owner = Id::from_bytes(owner.try_into().unwrap());
        let party = &self.party;
        party
            .authenticate(&challenge, passkey, owner, presented)
            .map(|_| ())
    }

    fn judge(&self, vector: &Value) -> Result<(), CeremonyFault> {
        if vector["kind"] == "create" {
            self.register(&attestation(vector))
        } else {
            self.authenticate(&passkey(vector), &assertion(vector))
        }
    }
}

#[test]
fn other_servers_judge_alike() {
    let vectors = vectors();
    let (mut wrong, mut accepted) = (Vec::new(), 0);
    for vector in vectors.all() {
        let name = text(vector, "name");
        let what = name.split_once(": ").unwrap().1;
        let others = vector["accepted_by"].as_array().unwrap().len();
        let verdict = vectors.judge(vector);
        let is_stricter = STRICTER.iter().any(|(stricter, _)| *stricter == what);
        // Where one of them has doubts, we refuse.
        let expected = others == JUDGES && !is_stricter;
        accepted += usize::from(verdict.is_ok());
        if verdict.is_ok() != expected {
            wrong.push(format!(
                "{name}: {verdict:?}, others {}",
                vector["accepted_by"]
            ));
        }
        assert!(!is_stricter || others > 0, "{name} is refused by everybody");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(accepted > 20, "{accepted}");
    for (stricter, _) in STRICTER {
        let known = vectors
            .all()
            .any(|vector| text(vector, "name").ends_with(stricter));
        assert!(known, "{stricter}");
    }
}

#[test]
fn nothing_that_is_cut_short_is_accepted() {
    let vectors = vectors();
    for vector in vectors.honest("new") {
        let whole = attestation(vector);
        vectors.register(&whole).unwrap();
        for length in 0..whole.attestation_object.len() {
            let mut cut = whole.clone();
            cut.attestation_object.truncate(length);
            assert!(
                vectors.register(&cut).is_err(),
                "{} {length}",
                vector["name"]
            );
        }
        for length in 0..whole.client_data.len() {
            let mut cut = whole.clone();
            cut.client_data.truncate(length);
            assert!(
                vectors.register(&cut).is_err(),
                "{} {length}",
                vector["name"]
            );
        }
    }
    for vector in vectors.honest("login") {
        let (key, whole) = (passkey(vector), assertion(vector));
        vectors.authenticate(&key, &whole).unwrap();
        let parts: [fn(&mut Assertion) -> &mut Vec<u8>; 3] = [
            |it| &mut it.authenticator_data,
            |it| &mut it.client_data,
            |it| &mut it.signature,
        ];
        for part in parts {
            for length in 0..part(&mut whole.clone()).len() {
                let mut cut = whole.clone();
                part(&mut cut).truncate(length);
                assert!(
                    vectors.authenticate(&key, &cut).is_err(),
                    "{} {length}",
                    vector["name"]
                );
            }
        }
        for length in 0..key.public_key.len() {
            let mut cut = key.clone();
            cut.public_key.truncate(length);
            assert!(
                vectors.authenticate(&cut, &whole).is_err(),
                "{} {length}",
                vector["name"]
            );
        }
    }
}

#[test]
fn a_login_of_which_one_bit_is_changed_is_refused() {
    let vectors = vectors();
    for vector in vectors.honest("login") {
        let (key, whole) = (passkey(vector), assertion(vector));
        let parts: [fn(&mut Assertion) -> &mut Vec<u8>; 3] = [
            |it| &mut it.authenticator_data,
            |it| &mut it.client_data,
            |it| &mut it.signature,
        ];
        for (index, part) in parts.into_iter().enumerate() {
            for bit in 0..part(&mut whole.clone()).len() * 8 {
                let mut changed = whole.clone();
                part(&mut changed)[bit / 8] ^= 1 << (bit % 8);
                let verdict = vectors.authenticate(&key, &changed);
                assert!(verdict.is_err(), "{} {index} {bit}", vector["name"]);
            }
        }
    }
}

#[test]
fn what_is_deep_huge_or_promises_much_is_refused_at_once() {
    let vectors = vectors();
    let honest = attestation(vectors.honest("new").next().unwrap());
    let many_keys: Vec<u8> = (0..16_000_u16)
        .flat_map(|key| {
            let [high, low] = key.to_be_bytes();
            [0x19, high, low, 0x00]
        })
        .collect();
    let began = Instant::now();
    for object in [
        vec![0x81; 64 * 1024],
        vec![0xa1; 64 * 1024],
        [0xa1, 0x00].repeat(32 * 1024),
        [&[0xba, 0xff, 0xff, 0xff, 0xff][..], &many_keys].concat(),
        [&[0xb9, 0x3e, 0x80][..], &many_keys].concat(),
        vec![0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        vec![0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        vec![0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        vec![0x5b, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff],
        vec![0xff; 64 * 1024],
        vec![0x00; 2 * 1024 * 1024],
    ] {
        let made = Attestation {
            attestation_object: object,
            ..honest.clone()
        };
        assert_eq!(vectors.register(&made), Err(CeremonyFault::Malformed));
    }
    let took = began.elapsed();
    assert!(
        took < Duration::from_secs(20),
        "{took:?}, without optimization"
    );
}

#[test]
fn noise_is_refused_without_a_panic() {
    let vectors = vectors();
    let honest = attestation(vectors.honest("new").next().unwrap());
    // A generator of its own (xorshift), so that what is found is found again.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let length = honest.attestation_object.len();
    for _ in 0..20_000 {
        let mut made = honest.clone();
        // The head and the authenticator's part, of which nothing is signed: most of it may be anything, none of it panics.
        for _ in 0..=next() % 4 {
            let at = usize::try_from(next()).unwrap() % length;
            made.attestation_object[at] = next().to_le_bytes()[0];
        }
        let _ = vectors.register(&made);
        made.attestation_object = (0..next() % 200).map(|_| next().to_le_bytes()[0]).collect();
        assert!(vectors.register(&made).is_err());
    }
}
