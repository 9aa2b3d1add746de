//! Asks how to send SMS.

use super::{Dialogue, Verdict, trial};
use crate::cli::Result;
use crate::config::Settings;

pub(super) async fn ask(dialogue: &mut Dialogue<'_, '_>) -> Result {
    let backend = dialogue
        .choice(
            "sms.backend",
            "How to send SMS",
            &[
                (
                    "null",
                    "nothing",
                    "don't send them: only log that they would be sent",
                ),
                ("sns", "SNS", "Amazon's message service"),
                ("twilio", "Twilio", "its message API"),
            ],
        )
        .await?;
    match backend.as_str() {
        "sns" => dialogue.text("sms.sns_region", "AWS region").await,
        "twilio" => {
            dialogue
                .text("sms.twilio_account_sid", "Account SID")
                .await?;
            dialogue
                .secret("sms.twilio_auth_token", "Auth token")
                .await?;
            dialogue
                .text("sms.from_number", "The sender's number")
                .await
        }
        _ => Ok(()),
    }
}

pub(super) async fn test(dialogue: &mut Dialogue<'_, '_>, settings: &Settings) -> Result<bool> {
    if !settings.sms.sends() {
        return Ok(true);
    }
    let verdict = dialogue
        .probe("the SMS provider", || trial::sms(settings))
        .await?;
    Ok(verdict != Verdict::Change)
}
