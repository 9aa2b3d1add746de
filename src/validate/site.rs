//! Requests to the installation, and their answers. Waits if the server asks for it.

use std::time::Duration;

use axum::http::{Method, Request, StatusCode, header};
use http_body_util::Full;
use jiff::Timestamp;
use serde_json::Value;
use tokio::time::sleep;
use url::Url;

use super::{Result, Trouble, Watch, Wishes};
use crate::clock::SharedClock;
use crate::delivery::http_client::{Answer, HttpClient};
use crate::secret::{ExposeSecret as _, SecretString};

/// How often a request is repeated that the server put off.
const MAX_REPEATS: u32 = 10;

/// The installation.
pub(super) struct Site<'a> {
    client: HttpClient,
    /// What the command was given.
    pub(super) given: Url,
    /// Where the API is, without a slash at the end. Empty until it's found.
    pub(super) api: String,
    max_wait: Duration,
    clock: SharedClock,
    watch: &'a dyn Watch,
}

/// A request that is being put together.
#[derive(Clone)]
pub(super) struct Call {
    method: Method,
    url: String,
    /// Method and path, to be shown.
    name: String,
    headers: Vec<(&'static str, SecretString)>,
    body: Option<Value>,
    /// Whether it is repeated after the time that the server asks for.
    is_patient: bool,
}

/// An answer.
pub(super) struct Reply {
    name: String,
    answer: Answer,
}

impl<'a> Site<'a> {
    pub(super) fn new(
        wishes: &Wishes,
        clock: SharedClock,
        watch: &'a dyn Watch,
    ) -> std::result::Result<Self, String> {
        let client = if wishes.insecure {
            HttpClient::trusting_anyone(wishes.time_limit)?
        } else {
            HttpClient::new(wishes.time_limit)?
        };
        Ok(Self {
            client,
            given: wishes.url.clone(),
            api: String::new(),
            max_wait: wishes.max_wait,
            clock,
            watch,
        })
    }

    /// Returns the origin of the installation, such as `https://accounts.example.com`.
    pub(super) fn origin(&self) -> String {
        self.given.origin().ascii_serialization()
    }

    /// Starts a request to a path of the API.
    pub(super) fn call(&self, method: Method, path: &str) -> Call {
        Call {
            url: format!("{}{path}", self.api),
            name: format!("{method} {path}"),
            method,
            headers: Vec::new(),
            body: None,
            is_patient: true,
        }
    }

    pub(super) fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    pub(super) fn post(&self, path: &str, body: Value) -> Call {
        self.call(Method::POST, path).json(body)
    }

    /// Starts a request for any URL.
    pub(super) fn file(url: &Url) -> Call {
        Call {
            method: Method::GET,
            url: url.to_string(),
            name: format!("GET {}", super::link::shown(url)),
            headers: Vec::new(),
            body: None,
            is_patient: false,
        }
    }

    /// Starts a request for a page, as a browser does.
    pub(super) fn page(url: &Url) -> Call {
        Self::file(url).header("accept", "text/html,*/*;q=0.5")
    }

    /// Sends a request. Waits and repeats it if the server says so with `Retry-After`.
    pub(super) async fn send(&self, call: Call) -> Result<Reply> {
        let mut left = self.max_wait;
        for _ in 0..MAX_REPEATS {
            let reply = self.send_once(&call).await?;
            let is_put_off = matches!(
                reply.status(),
                StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
            );
            let Some(wait) = reply
                .answer
                .retry_after()
                .filter(|_| is_put_off && call.is_patient)
            else {
                return Ok(reply);
            };
            let wait = wait.from(self.clock.now()).unsigned_abs();
            let wait = wait.max(Duration::from_secs(1));
            if wait > left {
                return Ok(reply);
            }
            left -= wait;
            let why = match reply.status() {
                StatusCode::TOO_MANY_REQUESTS => "a rate limit",
                _ => "the server is busy",
            };
            let seconds = wait.as_secs();
            self.watch
                .does(&format!("{}: waiting for {seconds} s ({why})", call.name));
            sleep(wait).await;
        }
        self.send_once(&call).await
    }

    async fn send_once(&self, call: &Call) -> Result<Reply> {
        let mut request = Request::builder().method(&call.method).uri(&call.url);
        request = request.header(header::USER_AGENT, "regstack validate");
        for (name, value) in &call.headers {
            request = request.header(*name, value.expose_secret());
        }
        let body = call.body.as_ref().map(Value::to_string);
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let request = request.body(Full::from(body.unwrap_or_default()));
        let request = request.map_err(|_| Trouble::new(format!("{} isn't a URL", call.name)))?;
        match self.client.request(request).await {
            Ok(answer) => Ok(Reply {
                name: call.name.clone(),
                answer,
            }),
            Err(none) => Err(
                Trouble::new(format!("{}: no answer: {none}", call.name)).remedy(if none.is_slow {
                    "see whether the server is overloaded, or repeat with a longer --timeout"
                } else {
                    "check that the server runs and that its address, certificate and firewall let you through"
                }),
            ),
        }
    }
}

impl Call {
    pub(super) fn json(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn bearer(self, token: &SecretString) -> Self {
        let value = format!("Bearer {}", token.expose_secret());
        self.header("authorization", &value)
    }

    /// Asks for the token in the answer, also if sessions are usually in a cookie.
    pub(super) fn for_token(self) -> Self {
        self.header("x-regstack-transport", "bearer")
    }

    /// Sends what a browser sends with requests of a page.
    pub(super) fn with_origin(self, origin: &str, site: &str) -> Self {
        self.header("origin", origin).header("sec-fetch-site", site)
    }
}

impl Reply {
    pub(super) fn status(&self) -> StatusCode {
        self.answer.status
    }

    pub(super) fn is(&self, status: u16) -> bool {
        self.answer.status.as_u16() == status
    }

    /// Returns a header as text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.answer.headers.get(name)?.to_str().ok()
    }

    /// Returns all values of a header.
    pub(super) fn headers(&self, name: &str) -> Vec<&str> {
        let values = self.answer.headers.get_all(name).iter();
        values.filter_map(|value| value.to_str().ok()).collect()
    }

    /// Returns the body as text. It is cut after 64 KiB.
    pub(super) fn body(&self) -> String {
        String::from_utf8_lossy(&self.answer.body).into_owned()
    }

    /// Returns the body as JSON, or null.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.answer.body).unwrap_or(Value::Null)
    }

    /// Returns the `code` of an error.
    pub(super) fn code(&self) -> String {
        let code = &self.json()["code"];
        code.as_str().unwrap_or_default().to_owned()
    }

    /// Returns whether the route isn't there because a feature is disabled.
    pub(super) fn is_off(&self) -> bool {
        self.is(404) && self.code() == "not_found"
    }

    /// Returns a text field of the body.
    pub(super) fn text(&self, field: &str) -> Result<String> {
        match self.json()[field].as_str() {
            Some(text) => Ok(text.to_owned()),
            None => Err(
                Trouble::new(format!("{} has no {field} in its answer", self.name))
                    .remedy("see whether something between here and regstack changes answers"),
            ),
        }
    }

    /// Returns the time that the server says it is.
    pub(super) fn date(&self) -> Option<Timestamp> {
        let date = httpdate::parse_http_date(self.header("date")?).ok()?;
        Timestamp::try_from(date).ok()
    }

    /// Returns the answer if it has this status.
    pub(super) fn expect(self, status: u16) -> Result<Self> {
        if self.is(status) {
            Ok(self)
        } else {
            Err(self.trouble())
        }
    }

    /// Describes an answer that isn't the right one. Only errors are quoted, because other answers contain tokens.
    pub(super) fn trouble(&self) -> Trouble {
        let status = self.status().as_u16();
        let body = self.json();
        let said = match (&body["code"], &body["detail"]) {
            (Value::String(code), Value::String(detail)) if status >= 400 => {
                format!("{status} {code}: {detail}")
            }
            (Value::String(code), _) if status >= 400 => format!("{status} {code}"),
            _ => match self.header("content-type") {
                Some(kind) if body.is_null() => format!("{status} ({kind})"),
                _ => status.to_string(),
            },
        };
        let trouble = Trouble::new(format!("{} answered {said}", self.name));
        let request = match self.header("x-request-id") {
            Some(id) => format!("look for request {id} in the server's log"),
            None => "see the server's log, and that of the proxy before it".to_owned(),
        };
        match status {
            429 => trouble.remedy(format!(
                "a limit is reached{}: repeat later, or with a longer --max-wait",
                self.header("retry-after")
                    .map(|seconds| format!(" for {seconds} s"))
                    .unwrap_or_default()
            )),
            403 if body["code"] == "cross_site" => trouble.remedy(
                "set base_url to the address that people use; if a proxy is in front, set behind_proxy = true, and let Host and Origin through",
            ),
            404 if body["code"].is_null() => {
                trouble.remedy("let the proxy forward this path to regstack unchanged")
            }
            _ => trouble.remedy(request),
        }
    }
}
