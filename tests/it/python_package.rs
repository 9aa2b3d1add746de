//! Files and keys of the Python package: they load unchanged, or are refused by name. And the package itself over one database
//! with regstack: nobody gets around a second factor there.
//!
//! The package's files are not part of this repository: `tests/run` fetches them into `target/test-tools/python`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use regstack::internals::clock::SystemClock;
use regstack::internals::config::{self, Engine, Fault, Loaded, Sources};
use regstack::internals::secret::ExposeSecret as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;

use crate::support::actor::{PASSWORD, Requests as _};
use crate::support::authenticator::set_up;
use crate::support::database::{Database, Kind};
use crate::support::fake_provider::{Browser, FakeProvider};
use crate::support::served::Served;

const VERSIONS: [&str; 2] = ["0.1.0", "0.9.3"];
const SECRET: &str = "a-secret-of-the-tests-0123456789abcdef";

/// A file below `target/test-tools/python`.
fn tool(path: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/test-tools/python")
        .join(path);
    assert!(
        path.exists(),
        "{} is missing: run tests/run",
        path.display()
    );
    path
}

/// Loads a TOML file where it lies, with a secret in the environment and nothing else.
fn load(file: &Path) -> Result<Loaded, Vec<Fault>> {
    let empty = TempDir::new().expect("a temporary folder");
    config::load(&Sources {
        config: Some(file.to_owned()),
        environment: [("REGSTACK_JWT_SECRET".to_owned(), SECRET.to_owned())].into(),
        working_dir: empty.path().to_owned(),
        ..Sources::default()
    })
    .map_err(|error| error.faults)
}

fn database(loaded: &Loaded) -> &str {
    match &loaded.settings.database.engine {
        Engine::Mongo { database, .. } => database,
        Engine::Sqlite { .. } => "SQLite",
    }
}

#[test]
fn its_example_files_load_unchanged() {
    for version in VERSIONS {
        let loaded = load(&tool(&format!("{version}/regstack.toml.example"))).unwrap();
        assert_eq!(loaded.settings.identity.app_name, "MyApp");
        assert_eq!(loaded.settings.email.from_address, "noreply@myapp.example");
        assert!(!loaded.settings.features.require_verification);
        assert_eq!(database(&loaded), "myapp");
        let warned: Vec<_> = loaded
            .warnings
            .iter()
            .map(|warning| warning.key.as_str())
            .collect();
        assert_eq!(warned, ["login_max_per_minute", "login_max_per_hour"]);
    }
    let loaded = load(&tool("0.1.0/examples/minimal/regstack.toml")).unwrap();
    assert!(loaded.settings.features.enable_ui_router);
    assert!(loaded.settings.features.require_verification);
    assert_eq!(
        loaded.settings.pages.theme_css_url.as_deref(),
        Some("/branding/theme.css")
    );
    assert_eq!(database(&loaded), "regstack_demo");
}

#[test]
fn every_key_of_it_is_known() {
    let folder = TempDir::new().unwrap();
    for version in VERSIONS {
        let keys = fs::read_to_string(tool(&format!("keys-{version}.txt"))).unwrap();
        assert!(
            keys.lines().count() > 50,
            "the list of {version} is not whole: run tests/run"
        );
        for key in keys.lines() {
            // An empty text suits no number and no flag, but it suits the question whether the name is known.
            let file = folder.path().join("regstack.toml");
            fs::write(&file, format!("{key} = \"\"\n")).unwrap();
            let faults = load(&file).err().unwrap_or_default();
            assert!(
                faults
                    .iter()
                    .all(|fault| fault.message.starts_with("must be ")),
                "{version} {key}: {faults:?}"
            );
        }
    }
}

#[test]
fn its_keys_of_google_are_a_provider() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("regstack.toml");
    let toml = "enable_oauth = true\n[oauth]\ngoogle_client_id = \"x\"\ngoogle_client_secret = \"y\"\n\
        auto_link_verified_emails = false\nenforce_mfa_on_oauth_signin = false\nstate_ttl_seconds = 300\n\
        completion_ttl_seconds = 30\n";
    fs::write(&file, toml).unwrap();
    assert!(load(&file).is_ok());
}

/// Requests to the package over the database of a server; its answers, and the numbers that it sent SMS to.
async fn at_the_package(served: &Served, requests: Value) -> (Vec<Value>, Vec<String>) {
    let url = served.database().wired_url();
    let Engine::Mongo { database, .. } = &served.app.settings.database.engine else {
        panic!("the package is run over MongoDB")
    };
    let wish = json!({
        "database_url": url,
        "database": database,
        "jwt_secret": served.app.settings.tokens.jwt_secret.expose_secret(),
        "requests": requests,
    });
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/package_peer.py");
    let child = tokio::process::Command::new(tool("venv/bin/python"))
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let mut child = child.unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(wish.to_string().as_bytes()).await.unwrap();
    drop(stdin);
    let output = child.wait_with_output().await.unwrap();
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    let answers = said["answers"].as_array().unwrap().clone();
    let numbers = said["sms"].as_array().unwrap().iter();
    let numbers = numbers.map(|number| number.as_str().unwrap().to_owned());
    (answers, numbers.collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_logs_in_around_a_second_factor_at_the_package() {
    const PHONE: &str = "+14155550123";
    const OTHER: &str = "+14155550124";
    let database = Database::fresh(Kind::Mongo).await;
    let now = regstack::internals::clock::Clock::now(&SystemClock);
    let served = Served::over_at(database, now, |settings| {
        settings.features.enable_totp = true;
        settings.features.enable_sms_2fa = true;
    })
    .await;
    let login = |email: &str, password: &str| json!(["POST", "/login", {"email": email, "password": password}, null]);
    served.account("plain@example.com", |_| ()).await;
    served
        .signed_in_with_phone("phone@example.com", PHONE)
        .await;
    let person = served.signed_in("app@example.com").await;
    set_up(&served, &person).await;
    // With the phone gone, the app is left.
    let both = served.signed_in_with_phone("both@example.com", OTHER).await;
    set_up(&served, &both).await;
    both.remove_phone(PASSWORD).await.is(200);
    let logins = ["plain", "phone", "app", "both"];
    let logins = logins.map(|name| login(&format!("{name}@example.com"), PASSWORD));
    let (answers, sms) = at_the_package(&served, json!(logins)).await;
    let [plain, phone, app, both] = answers.as_slice() else {
        panic!("{answers:?}")
    };
    assert_eq!(plain[0], 200, "accounts without a factor log in: {plain}");
    let token = plain[1]["access_token"].as_str().unwrap();
    served.bearer(token).me().await.is(200);
    for waits in [phone, app, both] {
        assert_eq!(waits[1]["status"], "mfa_required", "{waits}");
        assert_eq!(waits[1]["access_token"], Value::Null);
    }
    assert_eq!(
        sms,
        [PHONE, "-", "-"],
        "to nobody, where an app is the only factor"
    );
    // What an administrator changes leaves it so.
    let email = "both@example.com";
    served.operator().disable(email).await;
    served.operator().enable(email).await;
    let after = at_the_package(&served, json!([login(email, PASSWORD)])).await;
    assert_eq!(after.0[0][1]["status"], "mfa_required", "{after:?}");
    // A new password by the package's own link changes nothing about that: only what is stored decides.
    let (answers, _) = at_the_package(&served, json!([["GET", "/me", null, person.token()]])).await;
    assert_eq!(answers[0][1]["is_mfa_enabled"], true, "{answers:?}");
    // Without the app the account is anybody's again who has the password.
    let wish = json!({"current_password": PASSWORD});
    person.delete("/mfa/totp", wish).await.is(200);
    let off = at_the_package(&served, json!([login("app@example.com", PASSWORD)])).await;
    assert_eq!(off.0[0][0], 200, "{off:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_linked_on_one_side_logs_in_on_the_other() {
    let database = Database::fresh(Kind::Mongo).await;
    let now = regstack::internals::clock::Clock::now(&SystemClock);
    let google = FakeProvider::new().await;
    google.change(|says| says.now = now.as_second());
    let served = Served::over_at(database, now, |settings| {
        settings.oauth.providers = vec![google.settings("google")];
        settings.oauth.state_ttl_seconds = 300;
        settings.oauth.completion_ttl_seconds = 30;
    })
    .await;
    let login = |sub: &str, email: &str| json!(["LOGIN", "", {"sub": sub, "email": email}, null]);
    // Signed up there, known here.
    let first = json!([login("1", "ada@example.com")]);
    let (answers, _) = at_the_package(&served, first).await;
    assert_eq!(answers[0][1]["was_new_account"], true, "{answers:?}");
    let there = answers[0][1]["access_token"].as_str().unwrap();
    let ada = served.bearer(there).me().await.text("id").to_owned();
    google.is(json!({ "sub": "1", "email": "ada@example.com" }));
    let answer = Browser::at(&served).log_in("google", &google).await;
    assert_eq!(answer.is(200).body["was_new_account"], false);
    let here = served.bearer(answer.text("access_token"));
    assert_eq!(here.me().await.text("id"), ada);
    // Signed up here, and linked here: known there.
    google.is(json!({ "sub": "2", "email": "bob@example.com" }));
    let answer = Browser::at(&served).log_in("google", &google).await;
    let bob = served.bearer(answer.is(200).text("access_token"));
    let again = json!([login("2", "bob@example.com")]);
    let (answers, _) = at_the_package(&served, again.clone()).await;
    assert_eq!(answers[0][1]["was_new_account"], false, "{answers:?}");
    let there = answers[0][1]["access_token"].as_str().unwrap();
    let id = bob.me().await.text("id").to_owned();
    assert_eq!(served.bearer(there).me().await.text("id"), id);
    // Linked there by somebody who has a password: known here.
    let eve = served.signed_in("eve@example.com").await;
    let link = json!([["LOGIN", "", {"sub": "3", "email": "eve@google.example"}, eve.token()]]);
    at_the_package(&served, link).await;
    google.is(json!({ "sub": "3", "email": "eve@google.example" }));
    let answer = Browser::at(&served).log_in("google", &google).await;
    let known = served.bearer(answer.is(200).text("access_token"));
    assert_eq!(known.me().await.text("email"), "eve@example.com");
    let linked = known.get("/oauth/providers").await;
    assert_eq!(linked.body["linked"][0]["email"], "eve@google.example");
    // What is unlinked here is unlinked there.
    let proof = json!({"current_password": PASSWORD});
    known.delete("/oauth/google/link", proof).await.is(200);
    let (answers, _) = at_the_package(&served, json!([login("3", "eve@example.com")])).await;
    assert_eq!(
        answers[0],
        json!([302, "/account/login?error=email_in_use"])
    );
}
