//! SMS: the keys that each backend needs. A new backend is a variant of [`SmsBackend`] and a function here.

use crate::config::checks::is_sns_sender;
use crate::config::review::Review;
use crate::config::settings::{SmsBackend, SmsBackendName, SmsKeys, SnsSettings, TwilioSettings};

/// Returns the SMS backend. If the chosen one lacks a key, it is the default.
pub(super) fn resolve(keys: SmsKeys, review: &mut Review<'_>) -> SmsBackend {
    let backend = match keys.backend {
        SmsBackendName::Null => Some(SmsBackend::Null {
            log_bodies: keys.log_bodies,
        }),
        SmsBackendName::Sns => Some(SmsBackend::Sns(sns(keys, review))),
        SmsBackendName::Twilio => twilio(keys, review).map(SmsBackend::Twilio),
    };
    backend.unwrap_or_default()
}

fn sns(keys: SmsKeys, review: &mut Review<'_>) -> SnsSettings {
    let from = keys.from_number;
    if from.as_deref().is_some_and(|from| !is_sns_sender(from)) {
        review.fault(
            "sms.from_number",
            "must be a number such as +14155550100 for sns, or a name of up to 11 letters, digits and hyphens",
        );
    }
    SnsSettings {
        region: keys.sns_region,
        from,
        endpoint_url: keys.sns_endpoint_url,
    }
}

fn twilio(keys: SmsKeys, review: &mut Review<'_>) -> Option<TwilioSettings> {
    let needing = "sms.backend = twilio";
    let sid = review.required("sms.twilio_account_sid", keys.twilio_account_sid, needing);
    let token = review.required("sms.twilio_auth_token", keys.twilio_auth_token, needing);
    let from = review.required("sms.from_number", keys.from_number, needing);
    Some(TwilioSettings {
        account_sid: sid?,
        auth_token: token?,
        from: from?,
        api_url: keys.twilio_api_url,
    })
}
