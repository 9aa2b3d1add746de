//! Tests with hashes that independent programs made (`tests/hash-vectors` creates the table), and with hashes that are
//! refused.

use std::sync::Arc;

use super::*;
use crate::auth::PasswordHasher;
use crate::config::PasswordHashing;
use crate::model::{Password, PasswordHash};
use crate::random::SystemRandom;

/// Returns the name, password and hash of each vector.
fn vectors() -> impl Iterator<Item = (&'static str, &'static str, PasswordHash)> {
    include_str!("vectors.tsv").lines().map(|line| {
        let mut columns = line.split('\t');
        let [name, password, hash] = [(); 3].map(|()| columns.next().unwrap());
        let hash = match hash.split_once(',') {
            Some((salt, hash)) if name == "Firebase" => firebase().hash(salt, hash),
            _ => PasswordHasher::recognize(hash),
        };
        (
            name,
            password,
            hash.unwrap_or_else(|unfit| panic!("{name}: {unfit}")),
        )
    })
}

fn firebase() -> FirebaseParameters {
    let key = Sha512::digest(b"the signer key of a test");
    FirebaseParameters {
        signer_key: base64::Engine::encode(&base64::engine::general_purpose::STANDARD, key).into(),
        salt_separator: "Bw==".into(),
        rounds: 8,
        mem_cost: 6,
    }
}

fn hasher() -> PasswordHasher {
    let settings = PasswordHashing {
        memory_kib: 16,
        iterations: 2,
        ..PasswordHashing::default()
    };
    PasswordHasher::new(&settings, Arc::new(SystemRandom)).unwrap()
}

#[tokio::test]
async fn hashes_of_other_systems_match_their_password_only_and_are_outdated() {
    let hasher = hasher();
    let mut count = 0;
    for (name, password, hash) in vectors() {
        let verdict = async |text: &str| {
            let password = Password::parse(text.to_owned().into()).unwrap();
            hasher.verify(&password, Some(&hash)).await.unwrap()
        };
        let right = verdict(password).await;
        assert!(right.matches && right.outdated, "{name}");
        for wrong in [
            &password[1..],
            "correct horse battery",
            &format!(" {password}"),
        ] {
            assert!(!verdict(wrong).await.matches, "{name}: {wrong:?}");
        }
        count += 1;
    }
    assert!(count > 40, "only {count} vectors");
}

#[test]
fn firebases_signer_key_is_kept_nowhere() {
    let (.., hash) = vectors().find(|(name, ..)| *name == "Firebase").unwrap();
    let key = Sha512::digest(b"the signer key of a test");
    let stored = fields::decode(hash.as_phc().rsplit('$').next().unwrap()).unwrap();
    assert_eq!(stored.len(), key.len());
    assert!(stored.iter().zip(key).filter(|(a, b)| **a == *b).count() < 8);
    assert_eq!(firebase().hash("D3q4", "AAAA"), Err(Unfit::Malformed));
}

#[test]
fn what_would_cost_too_much_or_is_damaged_is_refused() {
    let salt_and_output = "$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let bcrypt = "abcdefghijklmnopqrstuuabcdefghijklmnopqrstuvwxyz01234";
    let crypt = "A".repeat(43);
    let is_costly = |text: &str| match PasswordHasher::recognize(text) {
        Err(Unfit::TooCostly(_)) => true,
        Err(Unfit::Malformed) => false,
        other => panic!("{text}: {other:?}"),
    };
    for costly in [
        format!("$2b$15${bcrypt}"),
        format!("$2b$31${bcrypt}"),
        format!("$scrypt$ln=21,r=8,p=1{salt_and_output}"),
        format!("$scrypt$ln=14,r=8,p=4294967295{salt_and_output}"),
        format!("$scrypt$ln=255,r=8,p=1{salt_and_output}"),
        format!("$firebase-scrypt$ln=30,r=8{salt_and_output}"),
        format!("$pbkdf2-sha256$i=4294967295,l=32{salt_and_output}"),
        format!("$5$rounds=999999999$salt${crypt}"),
        format!("$argon2id$v=19$m=4294967295,t=1,p=1{salt_and_output}"),
        format!("$argon2id$v=19$m=1048576,t=2,p=1{salt_and_output}"),
        "scrypt$1073741824$salt$8$1$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".into(),
    ] {
        assert!(is_costly(&costly), "{costly}");
    }
    for damaged in [
        "$2b$12$abcdefghijklmnopqrstuv".to_owned(),
        format!("$2b$03${bcrypt}"),
        format!("$2b$1x${bcrypt}"),
        format!("$2b$10${bcrypt}x"),
        format!("$scrypt$ln=14,r=0,p=1{salt_and_output}"),
        format!("$scrypt$ln=14,r=8,x=1{salt_and_output}"),
        "$scrypt$ln=14,r=8,p=1$c29tZXNhbHRzb21lc2FsdA$AAAA".into(),
        format!("$pbkdf2-sha256$i=0{salt_and_output}"),
        format!("$5$rounds=999$salt${crypt}"),
        "$1$salt$short".into(),
        "{SSHA}AAAA".into(),
        "sha1$salt$00".into(),
        "$argon2id$v=19$m=16,t=1,p=1$c29tZXNhbHRzb21lc2FsdA".into(),
    ] {
        assert!(!is_costly(&damaged), "{damaged}");
    }
    for unknown in [
        "",
        "x",
        "plain password",
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "AAAA",
        "$7$x$y",
    ] {
        assert_eq!(
            PasswordHasher::recognize(unknown),
            Err(Unfit::Unknown),
            "{unknown}"
        );
    }
}

/// The kinds of hashes that a failed login computes: the response time must not reveal whether an account exists.
#[tokio::test]
async fn the_commonest_foreign_kind_is_computed_for_unknown_accounts_too() {
    let hasher = hasher();
    let named = |wanted: &str| vectors().find(|(name, ..)| *name == wanted).unwrap().2;
    let (bcrypt, sha) = (named("bcrypt 2b"), named("SSHA"));
    assert!(
        hasher
            .imitate(&[sha.clone(), bcrypt.clone(), bcrypt.clone()])
            .unwrap()
    );
    assert_eq!(hasher.imitated_kind().as_deref(), Some("bcrypt, cost 4"));
    assert!(!hasher.imitate(&[bcrypt]).unwrap(), "nothing new");
    let (_, password, _) = vectors().next().unwrap();
    let password = Password::parse(password.to_owned().into()).unwrap();
    assert!(!hasher.verify(&password, None).await.unwrap().matches);
    let argon2 = hasher.hash(&password).await.unwrap();
    assert!(
        hasher
            .verify(&password, Some(&argon2))
            .await
            .unwrap()
            .matches
    );
    assert!(hasher.imitate(&[argon2]).unwrap());
    assert_eq!(
        hasher.imitated_kind(),
        None,
        "the last foreign hash is gone"
    );
}
