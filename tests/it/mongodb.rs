//! What only a server's database brings with it: the Python package's documents, logins to the server, outages.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, DateTime, doc};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::database::{Database, Kind};
use crate::support::peer;
use crate::support::process::Place;
use crate::support::proxy::Wire;
use crate::support::served::Served;

/// `PASSWORD` as the Python package hashes it: m=65536,t=3,p=4.
async fn python_hash() -> String {
    let mut password = regstack::internals::config::Settings::default().password;
    password.memory_kib = 65536;
    password.iterations = 3;
    password.parallelism = 4;
    let random = std::sync::Arc::new(regstack::internals::random::SystemRandom);
    let hasher = regstack::internals::auth::PasswordHasher::new(&password, random).unwrap();
    let secret = regstack::internals::model::Password::parse(PASSWORD.into()).unwrap();
    let hash = hasher.hash(&secret).await.unwrap();
    let phc = hash.as_phc().to_owned();
    assert!(phc.contains("m=65536,t=3,p=4"), "{phc}");
    phc
}

fn date(text: &str) -> DateTime {
    DateTime::parse_rfc3339_str(text).unwrap()
}

/// A token as the Python package makes it: HS256 under a key for the purpose, `iat` a float.
fn python_token(secret: &str, user: ObjectId, jti: &str, issued_at: f64) -> String {
    let mut key = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    key.update(b"session");
    let mut signer = Hmac::<Sha256>::new_from_slice(&key.finalize().into_bytes()).unwrap();
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = part(json!({"alg": "HS256", "typ": "JWT"}));
    #[allow(clippy::cast_possible_truncation, reason = "seconds of this century")]
    let expires_at = issued_at as i64 + 7200;
    let claims = part(json!({
        "sub": user.to_hex(), "jti": jti, "iat": issued_at, "exp": expires_at, "purpose": "session",
    }));
    signer.update(format!("{header}.{claims}").as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(signer.finalize().into_bytes());
    format!("{header}.{claims}.{signature}")
}

/// As the package stores a link's token.
fn sha256_hex(text: &str) -> String {
    let digest = Sha256::digest(text);
    digest.iter().fold(String::new(), |hex, byte| {
        hex + format!("{byte:02x}").as_str()
    })
}

/// What the package's database holds: two accounts, a registration with this token, a revocation, failures.
async fn fill(database: &Database, raw_token: &str) -> ObjectId {
    let hash = python_hash().await;
    let (ada, bob) = (ObjectId::new(), ObjectId::new());
    let made = date("2100-11-01T10:00:00Z");
    let users = database.collection("users").await;
    users
        .insert_many([
            // Mixed case, fields that are absent, one that nobody here knows.
            doc! {
                "_id": ada, "email": "Ada@Example.com", "hashed_password": &hash, "is_active": true,
                "is_verified": true, "is_superuser": false, "is_mfa_enabled": false, "created_at": made,
                "updated_at": made, "favourite_colour": "$teal",
            },
            // Null where the package writes null.
            doc! {
                "_id": bob, "email": "bob@example.com", "hashed_password": Bson::Null, "is_active": true,
                "is_verified": true, "is_superuser": false, "full_name": Bson::Null, "phone_number": Bson::Null,
                "is_mfa_enabled": false, "created_at": made, "updated_at": made, "last_login": Bson::Null,
                "tokens_invalidated_after": Bson::Null,
            },
        ])
        .await
        .unwrap();
    database
        .collection("pending_registrations")
        .await
        .insert_one(doc! {
            "email": "carl@example.com", "hashed_password": &hash, "full_name": "Carl",
            "token_hash": &sha256_hex(raw_token), "created_at": made,
            "expires_at": date("2100-11-24T10:00:00Z"),
        })
        .await
        .unwrap();
    database
        .collection("token_blacklist")
        .await
        .insert_one(doc! { "jti": "revoked", "exp": date("2100-11-24T10:00:00Z") })
        .await
        .unwrap();
    let failures = database.collection("login_attempts").await;
    let failed =
        |when: &str| doc! { "email": "bob@example.com", "when": date(when), "ip": "192.0.2.1" };
    failures
        .insert_many(
            [
                "2100-11-23T05:55:00Z",
                "2100-11-23T05:56:00Z",
                "2100-11-23T05:57:00Z",
            ]
            .map(failed),
        )
        .await
        .unwrap();

    ada
}

#[tokio::test]
async fn a_database_of_the_python_package_works_as_it_is() {
    let database = Database::fresh(Kind::Mongo).await;
    let raw_token = "a-token-of-the-python-package-0123456789abc";
    let ada = fill(&database, raw_token).await;
    let served = Served::over(database, |_| ()).await;
    let secret =
        secrecy::ExposeSecret::expose_secret(&served.app.settings.tokens.jwt_secret).to_owned();
    // Login under any spelling; the address stays as it is.
    for spelling in ["Ada@Example.com", "ada@example.com", " ADA@EXAMPLE.COM "] {
        let ada = served.logged_in(spelling, PASSWORD).await;
        assert_eq!(ada.me().await.is(200).text("email"), "Ada@Example.com");
    }
    served
        .register("ada@example.com")
        .await
        .refused(409, "email_taken");
    // A token of the package, and one that it revoked.
    #[allow(clippy::cast_precision_loss, reason = "milliseconds of this century")]
    let now = served.now().as_millisecond() as f64 / 1000.0;
    served
        .bearer(&python_token(&secret, ada, "living", now))
        .me()
        .await
        .is(200);
    served
        .bearer(&python_token(&secret, ada, "revoked", now))
        .me()
        .await
        .refused(401, "not_authenticated");
    // What is not known here survives every update.
    let token = served.bearer(&python_token(&secret, ada, "living", now));
    let renamed = json!({"full_name": "$email"});
    let patched = token.patch("/me", renamed);
    assert_eq!(patched.await.is(200).text("full_name"), "$email");
    let stored = served.database().collection("users").await;
    let stored = stored.find_one(doc! { "_id": ada }).await.unwrap().unwrap();
    assert_eq!(stored.get_str("favourite_colour").ok(), Some("$teal"));
    assert_eq!(stored.get_str("full_name").ok(), Some("$email"));
    assert!(
        !stored.contains_key("phone_number"),
        "absent stays absent: {stored}"
    );
    // Without a hash no password logs in; and three failures of the package and two here make five.
    for _ in 0..2 {
        served
            .log_in("bob@example.com", PASSWORD)
            .await
            .refused(401, "invalid_credentials");
    }
    served
        .log_in("bob@example.com", PASSWORD)
        .await
        .refused(429, "locked");
    // A link of the package.
    let verified = served.verify(raw_token).await;
    assert_eq!(verified.is(200).text("email"), "carl@example.com");
    served.log_in("carl@example.com", PASSWORD).await.is(200);
}

/// The index of the Python package removes a revocation by the clock of the server, which may be fast.
#[tokio::test]
async fn a_token_that_was_logged_out_stays_so_however_fast_the_clock_of_the_server_is() {
    let served = Served::over(Database::fresh(Kind::Mongo).await, |_| ()).await;
    let ada = served.signed_in("ada@example.com").await;
    ada.log_out().await.is(200);
    let life = served.app.settings.tokens.jwt_ttl_seconds;
    let end = served.now().as_millisecond() + i64::from(life) * 1000;
    let revoked = served.database().collection("token_blacklist").await;
    let almost_a_day_later = DateTime::from_millis(end + 23 * 3_600_000);
    let removal = doc! { "exp": { "$lte": almost_a_day_later } };
    revoked.delete_many(removal).await.unwrap();
    ada.me().await.refused(401, "not_authenticated");
    // As the package reads it: there, whenever it ends.
    let found = revoked
        .find_one(doc! { "jti": { "$type": "string" } })
        .await;
    let found = found.unwrap().unwrap();
    let ours = DateTime::from_millis(end / 1000 * 1000);
    let stored = found.get_datetime("regstack_exp").unwrap();
    assert!((stored.timestamp_millis() - ours.timestamp_millis()).abs() <= 1000);
}

/// Later versions of the package keep sign-ins through other providers beside the accounts.
#[tokio::test]
async fn a_sign_in_that_the_package_keeps_goes_with_its_account_and_no_other() {
    let served = Served::over(Database::fresh(Kind::Mongo).await, |_| ()).await;
    let ada = served.account("ada@example.com", |_| ()).await;
    let bob = served.account("bob@example.com", |_| ()).await;
    let identities = served.database().collection("oauth_identities").await;
    identities
        .insert_many([ada.id, bob.id].map(|id| {
            doc! { "user_id": id.to_string(), "provider": "google", "subject_id": id.to_string() }
        }))
        .await
        .unwrap();
    let ada = served.logged_in("ada@example.com", PASSWORD).await;
    ada.delete_account(PASSWORD).await.is(200);
    let left = identities.find_one(doc! {}).await.unwrap().unwrap();
    assert_eq!(
        left.get_str("user_id").ok(),
        Some(bob.id.to_string().as_str())
    );
    assert_eq!(identities.count_documents(doc! {}).await.unwrap(), 1);
}

#[tokio::test]
async fn a_login_on_the_packages_side_forgives_failures_on_ours() {
    let served = Served::over(Database::fresh(Kind::Mongo).await, |_| ()).await;
    served.account("ada@example.com", |_| ()).await;
    served.lock_out("ada@example.com").await;
    served
        .log_in("ada@example.com", PASSWORD)
        .await
        .refused(429, "locked");
    let failures = served.database().collection("login_attempts").await;
    let counted = failures.count_documents(doc! { "email": "ada@example.com" });
    assert_eq!(counted.await.unwrap(), 5, "the package counts ours");
    failures
        .delete_many(doc! { "email": "ada@example.com" })
        .await
        .unwrap();
    served.log_in("ada@example.com", PASSWORD).await.is(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_asks_for_a_login_gets_it_and_nobody_else_the_password() {
    let folder = tempfile::tempdir().unwrap();
    let password = format!("canary%21{}", ObjectId::new());
    let typed = password.replace("%21", "!");
    let (mut child, url) = peer::start(
        &["--auth", folder.path().to_str().unwrap()],
        &format!("grace\n{typed}\n"),
    );
    let host = url
        .trim_start_matches("mongodb://")
        .split('/')
        .next()
        .unwrap()
        .to_owned();
    let with = |password: &str| {
        format!(
            "mongodb://grace:{password}@{host}/accounts?directConnection=true&authSource=admin&serverSelectionTimeoutMS=500"
        )
    };
    let place = Place::over(&with(&password)).with_users(&["ada@example.com"]);
    let shown = place.run(&["users", "list", "--format", "csv"]);
    assert!(shown.stdout.contains("ada@example.com"), "{shown:?}");
    let server = place.serve(&[]);
    server.get("//readyz").await.is(200);
    server.signal("TERM");
    let (code, said) = server.end();
    assert_eq!(code, Some(0), "{said}");

    let wrong = "canary-wrong";
    let stranger = Place::over(&with(wrong));
    let refused = stranger.run(&["users", "list"]);
    refused.refused(4, &["refuses the user name or password"]);
    let server = stranger.serve(&[]);
    let ready = server.get("//readyz").await.is(503).body.to_string();
    assert!(ready.contains("the database refused access"), "{ready}");
    server.signal("TERM");
    let (_, log) = server.end();
    assert!(log.contains("refuses the user name or password"), "{log}");
    let mut outputs = vec![said, shown.stdout, refused.stderr, ready, log];
    for (place, arguments) in [
        (&place, ["config", "show"]),
        (&place, ["db", "status"]),
        (&stranger, ["db", "status"]),
        (&stranger, ["db", "migrate"]),
    ] {
        let ran = place.run(&arguments);
        outputs.extend([ran.stdout, ran.stderr]);
    }
    for output in outputs {
        for secret in [password.as_str(), typed.as_str(), wrong] {
            assert!(!output.contains(secret), "{output}");
        }
    }
    drop(child.stdin.take());
    child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_starts_without_its_database_and_finds_it_later() {
    let database = Database::fresh(Kind::Mongo).await;
    database.wire().set(Wire::Cut);
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let nobody = format!("mongodb://{closed}/accounts?serverSelectionTimeoutMS=300");
    let refused = Place::over(&nobody).run(&["users", "list"]);
    refused.refused(4, &["no MongoDB server responds", &closed.to_string()]);
    let place = Place::over(&database.wired_url());
    place
        .run(&["users", "list"])
        .refused(4, &["no MongoDB server responds"]);
    let server = place.serve(&[]);
    assert_eq!(server.report["users"], Value::Null);
    server.get("//healthz").await.is(200);
    let ready = server.get("//readyz").await;
    let ready = ready.is(503).body.to_string();
    assert!(ready.contains("the database can't be reached"), "{ready}");
    database.wire().set(Wire::Whole);
    let deadline = Instant::now() + Duration::from_secs(30);
    while server.get("//readyz").await.status != 200 {
        assert!(Instant::now() < deadline, "it does not come back");
    }
    server.register("ada@example.com").await.is(201);
}

/// An empty database gets its indexes before the first request, even where that takes longer than a request may.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_says_that_it_serves_once_its_database_has_its_indexes() {
    let database = Database::fresh(Kind::Mongo).await;
    // There are more than twenty; an operation waits for five seconds.
    let slow = Duration::from_millis(300);
    database.wire().slow_down("createIndexes", slow);
    let place = Place::over(&database.wired_url());
    let server = place.serve(&[]);
    assert_eq!(server.report["users"], 0);
    server.get("//readyz").await.is(200);
    server.register("ada@example.com").await.is(201);
    server.stop();
}

#[tokio::test]
async fn an_outage_is_a_503_in_time_and_no_restart() {
    for outage in [Wire::Cut, Wire::Hanging] {
        let served = Served::over(Database::fresh(Kind::Mongo).await, |_| ()).await;
        let token = served.signed_up("ada@example.com").await;
        served.database().wire().set(outage);
        let started = Instant::now();
        let (me, login, alive) = tokio::join!(
            token.me(),
            served.log_in("ada@example.com", PASSWORD),
            async {
                let alive = served.get("//healthz").await;
                (alive.status, started.elapsed())
            },
        );
        for answer in [me, login] {
            answer.refused(503, "unavailable");
            assert!(answer.header("retry-after").is_some(), "{outage:?}");
        }
        assert!(started.elapsed() < Duration::from_secs(10), "{outage:?}");
        assert_eq!(alive.0, 200);
        assert!(alive.1 < Duration::from_secs(2), "the rest stays quick");
        served.database().wire().set(Wire::Whole);
        let deadline = Instant::now() + Duration::from_secs(30);
        while token.me().await.status != 200 {
            assert!(
                Instant::now() < deadline,
                "{outage:?}: it does not come back"
            );
        }
        served.log_in("ada@example.com", PASSWORD).await.is(200);
    }
}

#[tokio::test]
async fn indexes_are_brought_changed_adopted_and_explained() {
    let database = Database::fresh(Kind::Mongo).await;
    let users = database.collection("users").await;
    // The package of an older day, by another name; and a lockout window that was another.
    let unique = mongodb::IndexModel::builder()
        .keys(doc! { "email": 1 })
        .options(
            mongodb::options::IndexOptions::builder()
                .name("email_1".to_owned())
                .unique(true)
                .build(),
        )
        .build();
    users.create_index(unique).await.unwrap();
    let aged = mongodb::IndexModel::builder()
        .keys(doc! { "when": 1 })
        .options(
            mongodb::options::IndexOptions::builder()
                .name("when_ttl".to_owned())
                .expire_after(Duration::from_mins(1))
                .build(),
        )
        .build();
    let failures = database.collection("login_attempts").await;
    failures.create_index(aged.clone()).await.unwrap();
    let place = Place::over(&database.url());
    let status = place.run(&["db", "status"]);
    assert!(
        status.code == Some(1) && status.stdout.contains("login_attempts.when_ttl is"),
        "{status:?}"
    );
    let migrated = place.run(&["db", "migrate"]);
    assert_eq!(migrated.code, Some(0), "{migrated:?}");
    assert!(
        migrated.stdout.contains("login_attempts.when_ttl"),
        "{migrated:?}"
    );
    assert!(
        !migrated.stdout.contains("users.email_unique"),
        "adopted: {migrated:?}"
    );
    let status = place.run(&["db", "status"]);
    assert_eq!(status.code, Some(0), "{status:?}");
    assert!(place.run(&["db", "migrate"]).stdout.contains("current"));

    // Two accounts of one address keep the index from being made; what to do is said.
    let database = Database::fresh(Kind::Mongo).await;
    let users = database.collection("users").await;
    let twice = || doc! { "email": "ada@example.com", "is_active": true };
    users.insert_many([twice(), twice()]).await.unwrap();
    let place = Place::over(&database.url());
    for arguments in [["db", "migrate"], ["users", "list"]] {
        place
            .run(&arguments)
            .refused(3, &["email_unique", "remove one of them"]);
    }
    let refused = place.run(&["serve"]);
    assert!(
        refused.code == Some(3) && refused.stderr.contains("email_unique"),
        "{refused:?}"
    );
}
