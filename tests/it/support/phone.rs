//! A person who sets up a phone at a server process, over HTTP: for what becomes of the SMS on the way.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use super::client::client;
use super::process::{Place, Server};

const ADA: &str = "ada@example.com";
const PASSWORD: &str = "correct horse canary";

/// Ada, at a server, with a session.
pub(crate) struct Phone {
    server: Server,
    session: String,
}

impl Phone {
    /// A place where the second factor is on, with these settings of `[sms]` and secrets, and Ada's account.
    pub(crate) fn place(sms: &str, secrets: &str) -> Place {
        let place = Place::configured();
        let settings = fs::read_to_string(place.path("regstack.toml")).unwrap();
        let settings = format!("enable_sms_2fa = true\n{settings}[sms]\n{sms}");
        place.write("regstack.toml", &settings);
        place.append("regstack.secrets.env", secrets);
        let create = ["users", "create", ADA, "--verified", "--password-stdin"];
        let ran = place.run_with_stdin(&create, PASSWORD);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        place
    }

    /// Starts the server, and logs in.
    pub(crate) async fn at(serve: Command) -> Self {
        let server = Server::start(serve);
        let mut phone = Self {
            server,
            session: String::new(),
        };
        phone.session = text(&phone.log_in().await, "access_token");
        phone
    }

    /// Asks for a code to this number; the pending token.
    pub(crate) async fn start(&self, number: &str) -> String {
        let wish = json!({"phone_number": number, "current_password": PASSWORD});
        text(&self.post("/phone/start", wish).await, "pending_token")
    }

    /// Confirms the number with its code.
    pub(crate) async fn confirm(&self, pending_token: &str, code: &str) {
        let proof = json!({"pending_token": pending_token, "code": code});
        self.post("/phone/confirm", proof).await;
    }

    /// Logs in, as far as the password leads.
    pub(crate) async fn log_in(&self) -> Value {
        let login = json!({"email": ADA, "password": PASSWORD});
        self.post("/login", login).await
    }

    /// Ends a login with the code.
    pub(crate) async fn confirm_login(&self, pending_token: &str, code: &str) -> Value {
        let proof = json!({"mfa_pending_token": pending_token, "code": code});
        self.post("/login/mfa-confirm", proof).await
    }

    /// Stops the server, which says all the rest it has to say.
    pub(crate) fn stop(self) -> String {
        self.server.signal("TERM");
        let (code, said) = self.server.end();
        assert_eq!(code, Some(0), "{said}");
        said
    }

    /// The same, and that is neither a secret nor an SMS with this code, as it is or as part of a form.
    pub(crate) fn stop_silent_about(self, code: &str) -> String {
        let said = self.stop();
        // After spaces as they are written in text, in a form, and in a form of Amazon's.
        let sms = [" ", "+", "%20"].map(|space| format!("{space}{code}.{space}It"));
        for secret in sms.iter().map(String::as_str).chain(["canary"]) {
            assert!(!said.contains(secret), "{secret:?} was said");
        }
        said
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let request = client()
            .post(self.server.url(&format!("/api/auth{path}")))
            .bearer_auth(&self.session)
            .json(&body);
        let answer = request.send().await.unwrap();
        let (status, body) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {body}");
        serde_json::from_str(&body).unwrap()
    }
}

/// A field of an answer.
pub(crate) fn text(answer: &Value, field: &str) -> String {
    answer[field].as_str().unwrap().to_owned()
}

/// The code in an SMS.
pub(crate) fn code_in(sms: &str) -> String {
    let (_, after) = sms.split_once("code: ").expect("a code in the SMS");
    after.chars().take_while(char::is_ascii_digit).collect()
}
