//! Who talks to a server: nobody in particular, or somebody with a session. Whoever it is, their requests are made here.

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

/// The password of everybody who does not need another. A canary too: nothing may repeat it.
pub(crate) const PASSWORD: &str = "correct horse canary";

/// No body.
pub(crate) const NULL: Value = Value::Null;

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// Status and `code`, the two things a program goes by.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) -> &Self {
        assert_eq!(
            (self.status.as_u16(), self.body["code"].as_str()),
            (status, Some(code)),
            "{self:?}"
        );
        self
    }

    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        self
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    #[track_caller]
    pub(crate) fn text(&self, field: &str) -> &str {
        self.body[field]
            .as_str()
            .unwrap_or_else(|| panic!("no text {field} in {self:?}"))
    }

    /// The items of a list.
    #[track_caller]
    pub(crate) fn items(&self) -> &[Value] {
        self.body["items"]
            .as_array()
            .unwrap_or_else(|| panic!("no items in {self:?}"))
    }
}

/// How many answers have this status.
pub(crate) fn with_status(answers: &[Answer], status: u16) -> usize {
    let with = |answer: &&Answer| answer.status == status;
    answers.iter().filter(with).count()
}

/// How many answers have this code.
pub(crate) fn with_code(answers: &[Answer], code: &str) -> usize {
    let with = |answer: &&Answer| answer.body["code"] == code;
    answers.iter().filter(with).count()
}

/// Asserts that one answer is a success, and that every other is refused with this status and code.
#[track_caller]
pub(crate) fn one_succeeds(answers: &[Answer], success: u16, (status, code): (u16, &str)) {
    assert_eq!(with_status(answers, success), 1);
    for answer in answers.iter().filter(|answer| answer.status != success) {
        answer.refused(status, code);
    }
}

/// What proves who somebody is.
#[derive(Debug, Clone)]
enum Proof {
    Nothing,
    Bearer(String),
    /// A page of the site sends it, beside another cookie.
    Cookie(String),
}

/// Somebody at a server.
#[derive(Debug, Clone)]
pub(crate) struct Actor {
    http: reqwest::Client,
    origin: String,
    proof: Proof,
}

impl Actor {
    /// Nobody in particular, at the server of this origin.
    pub(crate) fn anonymous(http: reqwest::Client, origin: String) -> Self {
        Self {
            http,
            origin,
            proof: Proof::Nothing,
        }
    }

    /// What proves who they are: the token of their session.
    #[track_caller]
    pub(crate) fn token(&self) -> &str {
        match &self.proof {
            Proof::Bearer(token) | Proof::Cookie(token) => token,
            Proof::Nothing => panic!("nobody in particular has no session"),
        }
    }
}

/// Requests to a server, under `/api/auth` unless the path begins with `//`.
pub(crate) trait Requests {
    /// Who makes them: of a server, nobody in particular.
    fn actor(&self) -> &Actor;

    /// Whoever holds this token, at the same server.
    fn bearer(&self, token: &str) -> Actor {
        Actor {
            proof: Proof::Bearer(token.to_owned()),
            ..self.actor().clone()
        }
    }

    /// A page of the site, in a browser that holds this token in its cookie.
    fn page(&self, token: &str) -> Actor {
        Actor {
            proof: Proof::Cookie(token.to_owned()),
            ..self.actor().clone()
        }
    }

    /// The same, who follows no redirect.
    fn unled(&self) -> Actor {
        Actor {
            http: super::client::unled(),
            ..self.actor().clone()
        }
    }

    /// The same session at another server.
    fn at(&self, other: &impl Requests) -> Actor
    where
        Self: Sized,
    {
        Actor {
            proof: self.actor().proof.clone(),
            ..other.actor().clone()
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let Actor {
            http,
            origin,
            proof,
        } = self.actor();
        let url = if let Some(path) = path.strip_prefix("//") {
            format!("{origin}/{path}")
        } else {
            format!("{origin}/api/auth{path}")
        };
        let request = http.request(method, url);
        match proof {
            Proof::Nothing => request,
            Proof::Bearer(token) => request.bearer_auth(token),
            Proof::Cookie(token) => request
                .header("origin", origin)
                .header("cookie", format!("theme=dark; regstack_session={token}")),
        }
    }

    async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Answer {
            status,
            headers,
            body,
        }
    }

    /// One request; a null body is none.
    async fn ask(&self, method: Method, path: &str, body: Value) -> Answer {
        let request = self.request(method, path);
        let request = if body.is_null() {
            request
        } else {
            request.json(&body)
        };
        self.send(request).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, NULL).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, body).await
    }

    async fn patch(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::PATCH, path, body).await
    }

    async fn delete(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::DELETE, path, body).await
    }

    async fn register(&self, email: &str) -> Answer {
        let wish = json!({"email": email, "password": PASSWORD, "full_name": "Ada"});
        self.post("/register", wish).await
    }

    async fn resend_verification(&self, email: &str) -> Answer {
        let wish = json!({"email": email});
        self.post("/resend-verification", wish).await
    }

    async fn verify(&self, token: &str) -> Answer {
        self.post("/verify", json!({"token": token})).await
    }

    async fn log_in(&self, email: &str, password: &str) -> Answer {
        let credentials = json!({"email": email, "password": password});
        self.post("/login", credentials).await
    }

    /// Fails as many logins as lead to a lockout.
    async fn lock_out(&self, email: &str) {
        for _ in 0..5 {
            self.log_in(email, "wrong").await.is(401);
        }
    }

    /// Somebody who logs in with this password, which is enough.
    async fn logged_in(&self, email: &str, password: &str) -> Actor {
        let answer = self.log_in(email, password).await;
        self.bearer(answer.is(200).text("access_token"))
    }

    /// Logs in as far as the usual password leads; the pending token.
    async fn log_in_halfway(&self, email: &str) -> String {
        let answer = self.log_in(email, PASSWORD).await;
        answer.is(200).text("mfa_pending_token").to_owned()
    }

    /// Presents a code for the pending token of a login.
    async fn confirm_login(&self, pending_token: &str, code: &str) -> Answer {
        let proof = json!({"mfa_pending_token": pending_token, "code": code});
        self.post("/login/mfa-confirm", proof).await
    }

    async fn log_out(&self) -> Answer {
        self.post("/logout", NULL).await
    }

    async fn me(&self) -> Answer {
        self.get("/me").await
    }

    async fn change_password(&self, current: &str, new: &str) -> Answer {
        let change = json!({"current_password": current, "new_password": new});
        self.post("/change-password", change).await
    }

    /// Asks for a link to another address, with the usual password.
    async fn change_email(&self, new_email: &str) -> Answer {
        let change = json!({"new_email": new_email, "current_password": PASSWORD});
        self.post("/change-email", change).await
    }

    async fn confirm_email_change(&self, token: &str) -> Answer {
        let proof = json!({"token": token});
        self.post("/confirm-email-change", proof).await
    }

    async fn undo_email_change(&self, token: &str) -> Answer {
        let proof = json!({"token": token});
        self.post("/undo-email-change", proof).await
    }

    async fn forgot_password(&self, email: &str) -> Answer {
        let wish = json!({"email": email});
        self.post("/forgot-password", wish).await
    }

    async fn reset_password(&self, token: &str, new: &str) -> Answer {
        let reset = json!({"token": token, "new_password": new});
        self.post("/reset-password", reset).await
    }

    async fn delete_account(&self, password: &str) -> Answer {
        let proof = json!({"current_password": password});
        self.delete("/account", proof).await
    }

    /// Asks for a code to make a number the second factor, with the usual password.
    async fn start_phone(&self, number: &str) -> Answer {
        let wish = json!({"phone_number": number, "current_password": PASSWORD});
        self.post("/phone/start", wish).await
    }

    /// Presents a code for the pending token of a phone set-up.
    async fn confirm_phone(&self, pending_token: &str, code: &str) -> Answer {
        let proof = json!({"pending_token": pending_token, "code": code});
        self.post("/phone/confirm", proof).await
    }

    async fn remove_phone(&self, password: &str) -> Answer {
        let proof = json!({"current_password": password});
        self.delete("/phone", proof).await
    }
}

impl Requests for Actor {
    fn actor(&self) -> &Actor {
        self
    }
}
