//! The Twilio transport: sends SMS through its Messages API.

use std::time::Duration;

use async_trait::async_trait;
use axum::body::Bytes;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Method, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::Full;
use serde::Deserialize;
use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

use super::message::{Sms, SmsTransport};
use crate::config::{SettingError, TwilioSettings};
use crate::delivery::http_client::{Answer, HttpClient, NoAnswer};
use crate::delivery::send_error::SendError;
use crate::secret::{ExposeSecret as _, SecretString};

/// The default base URL of the API.
const API: &str = "https://api.twilio.com";

/// The time limit of a request.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Sends SMS through one Twilio account.
pub(super) struct Twilio {
    client: HttpClient,
    account: Url,
    account_sid: String,
    auth_token: SecretString,
    from: String,
}

impl Twilio {
    /// Returns a transport that connects when it sends the first SMS.
    pub(super) fn new(settings: &TwilioSettings) -> Result<Self, SettingError> {
        let fault = |reason: String| SettingError::new("sms.twilio_api_url", reason);
        let api = settings.api_url.as_deref().unwrap_or(API);
        let mut account = Url::parse(api).map_err(|error| fault(error.to_string()))?;
        account
            .path_segments_mut()
            .map_err(|()| fault("it can't have a path".to_owned()))?
            .pop_if_empty()
            .extend(["2010-04-01", "Accounts", &settings.account_sid]);
        Ok(Self {
            client: HttpClient::new(TIME_LIMIT)
                .map_err(|reason| SettingError::new("sms.backend", reason))?,
            account,
            account_sid: settings.account_sid.clone(),
            auth_token: settings.auth_token.clone(),
            from: settings.from.clone(),
        })
    }

    /// Returns the URL of a resource of the account.
    fn url(&self, rest: &str) -> Url {
        let mut url = self.account.clone();
        url.set_path(&format!("{}{rest}", url.path()));
        url
    }

    /// Sends an authenticated request. Returns the response body if the request was accepted.
    async fn request(&self, method: Method, url: Url, body: String) -> Result<Vec<u8>, Failure> {
        let login = Zeroizing::new(format!(
            "{}:{}",
            self.account_sid,
            self.auth_token.expose_secret()
        ));
        let login = Zeroizing::new(format!("Basic {}", STANDARD.encode(&*login)));
        let request = Request::builder()
            .method(method)
            .uri(url.as_str())
            .header(AUTHORIZATION, login.as_str())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::new(Bytes::from(body)))
            .expect("a URL and base64 make a request");
        let answer = self.client.request(request).await;
        let answer = answer.map_err(Failure::NoResponse)?;
        if answer.status.is_success() {
            return Ok(answer.body);
        }
        Err(Failure::Rejected(answer))
    }

    /// Returns what a failed request means for the message.
    fn error(&self, failure: Failure) -> SendError {
        let answer = match failure {
            Failure::NoResponse(error) => {
                return SendError::transient(&format!("Twilio: can't be reached: {error}"));
            }
            Failure::Rejected(answer) => answer,
        };
        let status = answer.status;
        let ApiError { code, message } = serde_json::from_slice(&answer.body).unwrap_or_default();
        let number = code.map(|code| format!(" {code}")).unwrap_or_default();
        // The server at this URL may quote the request.
        let words = message.replace(self.auth_token.expose_secret(), "[...]");
        let said = format!("{}{number} {words}", status.as_u16());
        if code.is_some_and(|code| is_refusal(status, code)) {
            SendError::permanent(&format!("Twilio: refused: {}", said.trim_end()))
        } else {
            SendError::transient(&format!("Twilio: not accepted: {}", said.trim_end()))
                .after(answer.retry_after())
        }
    }
}

/// Why a request was not accepted.
enum Failure {
    /// The request may not have arrived, or the response was lost.
    NoResponse(NoAnswer),
    /// The response has an error status.
    Rejected(Answer),
}

/// The body of an error response. Empty if the response isn't from Twilio.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ApiError {
    code: Option<u32>,
    message: String,
}

/// The fields of an account that are used here.
#[derive(Deserialize)]
struct Account {
    status: String,
}

#[async_trait]
impl SmsTransport for Twilio {
    async fn send(&self, sms: &Sms) -> Result<(), SendError> {
        // Only the ids of messaging services have this form; sender numbers and names do not.
        let from = if self.from.starts_with("MG") && self.from.len() == 34 {
            "MessagingServiceSid"
        } else {
            "From"
        };
        let form = [
            ("To", sms.to.as_str()),
            (from, self.from.as_str()),
            ("Body", sms.text.as_str()),
        ];
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let url = self.url("/Messages.json");
        let sent = self.request(Method::POST, url, form).await;
        sent.map(drop).map_err(|failure| self.error(failure))
    }

    async fn probe(&self) -> Result<String, SendError> {
        let url = self.url(".json");
        let answer = self.request(Method::GET, url, String::new()).await;
        let answer = answer.map_err(|failure| {
            let error = self.error(failure);
            SendError::transient(&format!(
                "{error} (sms.twilio_account_sid, sms.twilio_auth_token, sms.twilio_api_url)"
            ))
        })?;
        let account: Account = serde_json::from_slice(&answer).map_err(|_| {
            SendError::transient("Twilio: the answer isn't from its API (sms.twilio_api_url)")
        })?;
        if account.status == "active" {
            Ok("Twilio accepts the login, and the account is active".into())
        } else {
            Err(SendError::transient(&format!(
                "Twilio: the account of sms.twilio_account_sid is {}",
                account.status
            )))
        }
    }
}

/// Returns whether Twilio refuses this message permanently, by its error code. Errors that the operator or time can fix
/// are not about the message, even though Twilio answers them with 400 too.
fn is_refusal(status: StatusCode, code: u32) -> bool {
    let mendable = matches!(
        code,
        // Authentication and rate limits.
        20000..=20999
        // The sender, a country that isn't enabled, the restrictions of a trial account, or a full queue.
        | 21212 | 21408 | 21603 | 21606 | 21608 | 21611 | 21659..=21661
        // The messaging service.
        | 21701..=21799
    );
    status == StatusCode::BAD_REQUEST && !mendable
}
