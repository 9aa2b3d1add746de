//! A second factor at a server process: for what becomes of the SMS on the way.

use super::process::{Place, Server};

/// Who has a phone.
pub(crate) const ADA: &str = "ada@example.com";

/// A place where the second factor is on, with these settings of `[sms]` and secrets, and Ada's account.
pub(crate) fn place(sms: &str, secrets: &str) -> Place {
    let place = Place::configured();
    place.set("enable_sms_2fa = true");
    place.append("regstack.toml", &format!("[sms]\n{sms}"));
    place.append("regstack.secrets.env", secrets);
    place.with_account(ADA)
}

/// Stops a server. What it still says is neither a secret nor an SMS with this code, as it is or as part of a form.
pub(crate) fn stop_silent_about(server: Server, code: &str) -> String {
    let said = server.stop();
    // After spaces as they are written in text, in a form, and in a form of Amazon's.
    let sms = [" ", "+", "%20"].map(|space| format!("{space}{code}.{space}It"));
    for secret in sms.iter().map(String::as_str).chain(["canary"]) {
        assert!(!said.contains(secret), "{secret:?} was said");
    }
    said
}
