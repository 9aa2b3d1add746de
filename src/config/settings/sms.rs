//! SMS: its keys, and the ways to send them.

use crate::config::key::section;
use crate::config::value::choice;
use crate::secret::SecretString;

choice! {
    /// The values of `sms.backend`.
    pub(in crate::config) enum SmsBackendName {
        Null = "null",
        Sns = "sns",
        Twilio = "twilio",
    }
}

section! {
    /// The keys of SMS, which become [`SmsBackend`].
    pub(in crate::config) struct SmsKeys at sms, named "sms." field "" {
        backend: SmsBackendName = SmsBackendName::Null, Any, "How SMS are sent; null only logs them, sns takes AWS credentials from where AWS's own tools look.";
        from_number: Option<String> = None, OPTIONAL_LINE, "Sender: a number, or a name where the country allows one. twilio needs it, and also takes a messaging service (MG…).";
        sns_region: String = "eu-west-1".into(), REGION, "AWS region of SNS.";
        sns_endpoint_url: Option<String> = None, WEB_URL, "Another SNS endpoint, for tests.";
        twilio_account_sid: Option<String> = None, OPTIONAL_LINE, "Twilio account; twilio needs it.";
        twilio_auth_token: Option<SecretString> = None, Any, "Token of the Twilio account; twilio needs it.";
        twilio_api_url: Option<String> = None, WEB_URL, "Another Twilio endpoint, for tests.";
        log_bodies: bool = false, Any, "Let null log whole messages.";
    }
}

/// How SMS are sent, with everything that this way needs.
#[derive(Debug, Clone)]
pub enum SmsBackend {
    /// They aren't sent. Their phone numbers are written to the log.
    Null {
        /// Whether whole messages are logged.
        log_bodies: bool,
    },
    /// Through Amazon SNS.
    Sns(SnsSettings),
    /// Through Twilio.
    Twilio(TwilioSettings),
}

impl Default for SmsBackend {
    fn default() -> Self {
        Self::Null { log_bodies: false }
    }
}

impl SmsBackend {
    /// Returns whether SMS are sent, not only logged.
    #[must_use]
    pub const fn sends(&self) -> bool {
        !matches!(self, Self::Null { .. })
    }
}

/// Amazon SNS in one region, with credentials from the places that Amazon's own tools use.
#[derive(Debug, Clone)]
pub struct SnsSettings {
    /// The region.
    pub region: String,
    /// The sender: a phone number or a name.
    pub from: Option<String>,
    /// Another endpoint, for tests.
    pub endpoint_url: Option<String>,
}

/// A Twilio account.
#[derive(Debug, Clone)]
pub struct TwilioSettings {
    /// The account's id.
    pub account_sid: String,
    /// The account's token.
    pub auth_token: SecretString,
    /// The sender: a phone number, a name, or the id of a messaging service.
    pub from: String,
    /// Another API, for tests.
    pub api_url: Option<String>,
}
