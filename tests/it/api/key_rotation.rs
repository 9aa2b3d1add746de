//! Signing keys turn while programs that verify with them keep the key set for five minutes; and what installations without
//! such keys notice of all this.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use regstack::internals::auth::TokenCodec;
use regstack::internals::auth::key_pairs;
use regstack::internals::auth::key_ring::KeyRing;
use regstack::internals::config::JwtAlgorithm;
use regstack::internals::model::{Claims, Purpose, SigningAlgorithm, User};
use regstack::internals::random::{self, SystemRandom};
use regstack::internals::secret::ExposeSecret as _;
use serde_json::{Value, json};

use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::database::{Database, Kind};
use crate::support::served::Served;

const TOKENS: usize = 10_000;
const TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(2);

/// A server as far as keys go: it knows those of its last look.
struct Server {
    keys: Arc<KeyRing>,
    codec: TokenCodec,
}

impl Server {
    fn of(served: &Served) -> Self {
        let settings = &served.app.settings;
        let keys = Arc::new(KeyRing::new(settings, Arc::new(SystemRandom)));
        Self {
            codec: TokenCodec::new(&settings.tokens).with_keys(Arc::clone(&keys)),
            keys,
        }
    }

    async fn looks(&self, served: &Served) {
        self.keys
            .learn(served.app.store.signing_keys().await.unwrap());
    }

    fn sign(&self, user: &User, now: Timestamp) -> String {
        let jti = random::token::<16>(&SystemRandom);
        let claims = Claims::new(user.id, jti, now, now + TOKEN_LIFE, Purpose::Session);
        let token = self.codec.sign_session(&claims, user);
        token
            .expect("a key signs at every moment")
            .expose_secret()
            .to_owned()
    }

    /// The key set as it publishes it: names and public keys.
    fn publishes(&self) -> BTreeMap<String, Vec<u8>> {
        let set = self.keys.key_set();
        let keys = set["keys"].as_array().unwrap().iter();
        let text = |key: &Value, name: &str| key[name].as_str().unwrap().to_owned();
        keys.map(|key| {
            (
                text(key, "kid"),
                URL_SAFE_NO_PAD.decode(text(key, "x")).unwrap(),
            )
        })
        .collect()
    }
}

fn kid_of(token: &str) -> String {
    let header = URL_SAFE_NO_PAD
        .decode(token.split('.').next().unwrap())
        .unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

fn verifies(kept: &BTreeMap<String, Vec<u8>>, token: &str) -> bool {
    let (message, signature) = token.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    kept.get(&kid_of(token)).is_some_and(|key| {
        key_pairs::verifies(SigningAlgorithm::EdDsa, key, message.as_bytes(), &signature)
    })
}

/// Two servers that look once a minute, not at the same moment, and five programs that read the key set every five minutes
/// from either, each in another minute. The overlap is the shortest that may be set. A token a minute for a week.
#[tokio::test]
async fn no_live_token_of_ten_thousand_is_refused_while_keys_turn() {
    let served = Served::over(Database::fresh(Kind::Sqlite).await, |settings| {
        settings.tokens.jwt_algorithm = JwtAlgorithm::EdDsa;
        settings.tokens.jwt_ttl_seconds = 7200;
        settings.tokens.signing_key_rotation_days = 1;
        settings.tokens.signing_key_overlap_seconds = 300;
    })
    .await;
    let user = served.account("ada@example.com", |_| ()).await;
    let servers = [Server::of(&served), Server::of(&served)];
    served.app.accounts.maintain_signing_keys().await.unwrap();
    for server in &servers {
        server.looks(&served).await;
    }
    let mut programs: [BTreeMap<String, Vec<u8>>; 5] = Default::default();
    programs.fill_with(|| servers[0].publishes());
    let mut alive: VecDeque<(usize, String, String)> = VecDeque::new();
    let mut signed = HashSet::new();
    for minute in 0..TOKENS {
        served.app.accounts.maintain_signing_keys().await.unwrap();
        servers[0].looks(&served).await;
        // The one that looks first is half a minute ahead; a program that reads now gets what the other knew.
        programs[minute % 5] = servers[minute / 5 % 2].publishes();
        served.pass(SignedDuration::from_secs(30));
        let token = servers[minute % 2].sign(&user, served.now());
        let kid = kid_of(&token);
        signed.insert(kid.clone());
        alive.push_back((minute, kid, token));
        servers[1].looks(&served).await;
        served.pass(SignedDuration::from_secs(30));

        let (_, _, newest) = alive.back().unwrap();
        assert!(
            verifies(&programs[(minute + 1) % 5], newest),
            "minute {minute}: a new token"
        );
        if alive.len() == 120 {
            let (born, _, oldest) = alive.pop_front().unwrap();
            assert!(
                verifies(&programs[minute % 5], &oldest),
                "minute {minute}: of minute {born}"
            );
        }
        for (born, kid, _) in &alive {
            let known = programs.iter().all(|kept| kept.contains_key(kid));
            assert!(known, "minute {minute}: a token of minute {born}");
        }
        assert!(programs[0].len() <= 3, "spent keys leave");
    }
    assert!(signed.len() >= 6, "{} keys signed", signed.len());
}

/// Whose `jwt_algorithm` is as it always was.
#[tokio::test]
async fn an_installation_under_the_secret_notices_nothing() {
    let served = Served::start().await;
    let ada = served.signed_up("ada@example.com").await;
    served.app.accounts.maintain_signing_keys().await.unwrap();
    let token = served.log_in("ada@example.com", PASSWORD).await;
    let token = token.is(200).text("access_token").to_owned();
    let part = |index: usize| -> Value {
        let part = token.split('.').nth(index).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    assert_eq!(part(0), json!({"typ": "JWT", "alg": "HS256"}));
    let claims = part(1);
    let names: Vec<&String> = claims.as_object().unwrap().keys().collect();
    assert_eq!(names, ["sub", "jti", "iat", "exp", "purpose"]);
    ada.log_out().await.is(200);

    // Nothing is made until it is asked for, and asking for the keys is not that.
    let keys = served.get("//.well-known/jwks.json").await;
    assert_eq!(keys.is(200).body, json!({"keys": []}));
    let origin = regstack::internals::model::Origin::server();
    let rotated = served.app.accounts.rotate_signing_key(true, &origin).await;
    assert!(rotated.unwrap().is_none());
    assert_eq!(served.app.store.signing_keys().await.unwrap(), []);
    if Kind::of_this_run() == Kind::Mongo {
        let collection = served.database().collection("regstack_signing_keys").await;
        assert_eq!(
            collection
                .count_documents(mongodb::bson::Document::new())
                .await
                .unwrap(),
            0
        );
    }
}
