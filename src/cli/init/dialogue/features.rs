//! Asks which features to turn on.

use super::Dialogue;
use crate::cli::Result;

const SWITCHES: [(&str, &str); 7] = [
    ("allow_registration", "anyone may sign up"),
    ("require_verification", "email addresses are verified"),
    (
        "enable_password_reset",
        "people can reset a forgotten password by email",
    ),
    ("enable_account_deletion", "people can delete their account"),
    ("enable_totp", "an authenticator app as second factor"),
    ("enable_sms_2fa", "a phone as second factor"),
    ("enable_admin_router", "the admin API"),
];

pub(super) async fn ask(dialogue: &mut Dialogue<'_, '_>) -> Result {
    dialogue.switches("Features to turn on", &SWITCHES).await?;
    if dialogue.plan.value("enable_sms_2fa") == "true"
        && dialogue.plan.value("sms.backend") == "null"
    {
        dialogue.warn("SMS aren't sent: people who need a code can't log in");
    }
    Ok(())
}
