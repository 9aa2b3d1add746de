//! People at other providers, as other systems write them.

use serde_json::{Value, json};

use super::fields::text;

/// A list of a row. In CSV it is JSON.
pub(super) fn list(row: &Value, name: &str) -> Vec<Value> {
    match row.get(name) {
        Some(Value::Array(items)) => items.clone(),
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// A person at a provider in the own form; none for what is no login with another provider, and for SAML, which this program
/// does not speak.
pub(super) fn person(
    entry: &Value,
    provider: &str,
    subject: &str,
    email: Option<&str>,
) -> Option<Value> {
    let name = text(entry, provider)?.to_lowercase();
    let name = match name.as_str() {
        "password" | "phone" | "email" | "anonymous" | "auth0" | "sms" => return None,
        "google.com" | "google-oauth2" => "google",
        "github.com" => "github",
        "microsoft.com" | "windowslive" | "azure" => "microsoft",
        "apple.com" => "apple",
        "facebook.com" => "facebook",
        "twitter.com" => "twitter",
        saml if saml.starts_with("saml") || saml.starts_with("sso:") => return None,
        other => other.strip_prefix("oidc.").unwrap_or(other),
    };
    let name = name.replace(['.', ' '], "-");
    Some(json!({ "provider": name, "subject_id": text(entry, subject), "email": email }))
}
