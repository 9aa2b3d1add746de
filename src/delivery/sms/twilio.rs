//! The Twilio transport: SMS leave through its Messages API.

use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde::Deserialize;
use url::Url;

use super::{Sms, SmsTransport};
use crate::config::SmsSettings;
use crate::delivery::http_client::http_client;
use crate::delivery::{SendError, text};
use crate::secret::{ExposeSecret as _, SecretString};

/// Where the API is, unless it is configured.
const API: &str = "https://api.twilio.com";

/// How long a request may take.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// The most that is read of an answer, in bytes.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Sends through one Twilio account.
pub struct Twilio {
    client: Client,
    account: Url,
    account_sid: String,
    auth_token: SecretString,
    from: String,
}

impl Twilio {
    /// A Twilio transport; connects with the first SMS. The error names the setting that cannot be used.
    pub fn new(settings: &SmsSettings) -> Result<Self, String> {
        let missing = |key: &str| format!("sms.{key} is not set");
        let account_sid = settings
            .twilio_account_sid
            .clone()
            .ok_or_else(|| missing("twilio_account_sid"))?;
        let auth_token = settings
            .twilio_auth_token
            .clone()
            .ok_or_else(|| missing("twilio_auth_token"))?;
        let from = settings
            .from_number
            .clone()
            .ok_or_else(|| missing("from_number"))?;
        let api = settings.twilio_api_url.as_deref().unwrap_or(API);
        let mut account =
            Url::parse(api).map_err(|error| format!("sms.twilio_api_url: {error}"))?;
        account
            .path_segments_mut()
            .map_err(|()| "sms.twilio_api_url: it cannot have a path")?
            .pop_if_empty()
            .extend(["2010-04-01", "Accounts", &account_sid]);
        Ok(Self {
            client: http_client(TIME_LIMIT).map_err(|error| format!("sms.backend: {error}"))?,
            account,
            account_sid,
            auth_token,
            from,
        })
    }

    /// The URL of something that belongs to the account.
    fn url(&self, rest: &str) -> Url {
        let mut url = self.account.clone();
        url.set_path(&format!("{}{rest}", url.path()));
        url
    }

    /// Makes a request in the account's name; the answer to one that was accepted.
    async fn ask(&self, request: RequestBuilder) -> Result<Vec<u8>, Refusal> {
        let request = request.basic_auth(&self.account_sid, Some(self.auth_token.expose_secret()));
        let answer = async {
            let response = request.send().await?;
            Ok((response.status(), beginning(response).await?))
        };
        let (status, body) = answer.await.map_err(Refusal::Unheard)?;
        if status.is_success() {
            return Ok(body);
        }
        let said = serde_json::from_slice(&body).unwrap_or_default();
        Err(Refusal::Answered(status, said))
    }

    /// What a failed request means for the message.
    fn failure(&self, refusal: Refusal) -> SendError {
        let (status, Said { code, message }) = match refusal {
            Refusal::Unheard(error) => {
                let causes = text::causes(&error.without_url());
                return SendError::transient(&format!("Twilio: cannot be asked: {causes}"));
            }
            Refusal::Answered(status, said) => (status, said),
        };
        let number = code.map(|code| format!(" {code}")).unwrap_or_default();
        // Nobody says that Twilio, or what stands in for it, would not quote what it was asked.
        let words = message.replace(self.auth_token.expose_secret(), "[...]");
        let said = format!("{}{number} {words}", status.as_u16());
        if code.is_some_and(|code| is_refusal(status, code)) {
            SendError::permanent(&format!("Twilio: refused: {}", said.trim_end()))
        } else {
            SendError::transient(&format!("Twilio: not accepted: {}", said.trim_end()))
        }
    }
}

/// Why a request was not accepted.
enum Refusal {
    /// It may never have arrived, or the answer got lost.
    Unheard(reqwest::Error),
    /// By the answer.
    Answered(StatusCode, Said),
}

/// Twilio's own words on a failure; none where something else answered.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    code: Option<u32>,
    message: String,
}

/// An account, as far as it matters here.
#[derive(Deserialize)]
struct Account {
    status: String,
}

#[async_trait]
impl SmsTransport for Twilio {
    async fn send(&self, sms: &Sms) -> Result<(), SendError> {
        // The ids of messaging services begin so, and no number or name of a sender does.
        let from = if self.from.starts_with("MG") && self.from.len() == 34 {
            "MessagingServiceSid"
        } else {
            "From"
        };
        let form = [
            ("To", sms.to.as_str()),
            (from, &self.from),
            ("Body", &sms.text),
        ];
        let request = self.client.post(self.url("/Messages.json")).form(&form);
        let sent = self.ask(request).await;
        sent.map(drop).map_err(|refusal| self.failure(refusal))
    }

    async fn probe(&self) -> Result<String, SendError> {
        let request = self.client.get(self.url(".json"));
        let answer = self.ask(request).await.map_err(|refusal| {
            let error = self.failure(refusal);
            SendError::transient(&format!(
                "{error} (sms.twilio_account_sid, sms.twilio_auth_token, sms.twilio_api_url)"
            ))
        })?;
        let account: Account = serde_json::from_slice(&answer).map_err(|_| {
            SendError::transient("Twilio: what answers is not its API (sms.twilio_api_url)")
        })?;
        if account.status == "active" {
            Ok("Twilio takes the login, and the account is active".into())
        } else {
            Err(SendError::transient(&format!(
                "Twilio: the account of sms.twilio_account_sid is {}",
                account.status
            )))
        }
    }
}

/// The beginning of an answer, and all of any that Twilio itself gives.
async fn beginning(mut response: Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > LONGEST_ANSWER {
            break;
        }
    }
    Ok(body)
}

/// Whether Twilio rules this message out for good, by its error codes. Those that the operator or time can mend are not
/// about the message, though Twilio answers with 400 too.
fn is_refusal(status: StatusCode, code: u32) -> bool {
    let mendable = matches!(
        code,
        // Who asks, and how often.
        20000..=20999
        // The sender, a country that is not switched on, the restrictions of a trial, a queue that is full.
        | 21212 | 21408 | 21603 | 21606 | 21608 | 21611 | 21659..=21661
        // The messaging service.
        | 21701..=21799
    );
    status == StatusCode::BAD_REQUEST && !mendable
}
