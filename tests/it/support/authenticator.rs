//! An authenticator app that is none of ours: pyotp, which `tests/run` installs.

use std::path::Path;
use std::process::Command;

use jiff::Timestamp;
use serde_json::json;

use super::actor::{Actor, Answer, NULL, PASSWORD, Requests};
use super::served::Served;

/// What an app remembers of an account: the address that it scanned.
#[derive(Debug, Clone)]
pub(crate) struct Authenticator(pub(crate) String);

impl Authenticator {
    /// The code that it shows at a moment.
    pub(crate) fn shows(&self, at: Timestamp) -> String {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let python = root.join("target/test-tools/venv/bin/python");
        let script = "import sys, pyotp; print(pyotp.parse_uri(sys.argv[1]).at(int(sys.argv[2])))";
        let output = Command::new(&python)
            .args(["-c", script, &self.0, &at.as_second().to_string()])
            .output();
        let output = output
            .unwrap_or_else(|error| panic!("{}: {error}; tests/run installs it", python.display()));
        assert!(
            output.status.success(),
            "{}; tests/run installs pyotp",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// The code that it shows now, by the clock of a server.
    pub(crate) fn code(&self, served: &Served) -> String {
        self.shows(served.now())
    }
}

/// Starts setting an app up with the usual password.
pub(crate) async fn start(person: &Actor) -> Answer {
    let wish = json!({"current_password": PASSWORD});
    person.post("/mfa/totp/start", wish).await
}

/// Presents a code of an app that is being set up.
pub(crate) async fn confirm(at: &impl Requests, pending_token: &str, code: &str) -> Answer {
    let proof = json!({"pending_token": pending_token, "code": code});
    at.post("/mfa/totp/confirm", proof).await
}

/// Sets an app up; it, and the recovery codes that came with it.
pub(crate) async fn set_up(served: &Served, person: &Actor) -> (Authenticator, Vec<String>) {
    set_up_at(served, person, served.now()).await
}

/// The same at any server.
pub(crate) async fn set_up_at(
    server: &impl Requests,
    person: &Actor,
    now: Timestamp,
) -> (Authenticator, Vec<String>) {
    let started = start(person).await;
    let app = Authenticator(started.is(200).text("otpauth_url").to_owned());
    let token = started.text("pending_token");
    let answer = confirm(server, token, &app.shows(now)).await;
    (app, recovery_codes(answer.is(200)))
}

/// The recovery codes in an answer; none where there are none.
pub(crate) fn recovery_codes(answer: &Answer) -> Vec<String> {
    let codes = answer.body["recovery_codes"].as_array();
    let codes = codes.into_iter().flatten();
    codes
        .map(|code| code.as_str().unwrap().to_owned())
        .collect()
}

/// Which second factors somebody has.
pub(crate) async fn factors(person: &Actor) -> serde_json::Value {
    person
        .ask(reqwest::Method::GET, "/mfa", NULL)
        .await
        .is(200)
        .body
        .clone()
}
