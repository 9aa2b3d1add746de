//! Checks the other providers that people log in with, by fetching what each publishes about itself.

use std::sync::Arc;

use super::{Finding, Task};
use crate::app::Ambient;
use crate::config::Settings;
use crate::delivery::providers::{Found, ProviderError, Providers};
use crate::model::ProviderId;

/// Returns one check for all providers, if there are any.
pub(super) fn task(settings: &Arc<Settings>, ambient: &Ambient) -> Option<Task> {
    if settings.oauth.providers.is_empty() {
        return None;
    }
    let (settings, clock) = (Arc::clone(settings), Arc::clone(&ambient.clock));
    Some(Task::new(
        "providers",
        "check whether this machine can reach the providers in [[oauth.providers]]",
        async move {
            let providers = match Providers::new(&settings.oauth, &clock) {
                Ok(providers) => providers,
                Err(error) => {
                    let remedy = "install the system's certificates (ca-certificates)";
                    return Ok(vec![Finding::fail(error.to_string(), remedy)]);
                }
            };
            let mut findings = Vec::new();
            for provider in providers.all() {
                findings.push(judge(&provider.id, provider.look().await));
            }
            Ok(findings)
        },
    ))
}

fn judge(id: &ProviderId, found: Result<Found, ProviderError>) -> Finding {
    match found {
        Ok(Found {
            issuer, keys: None, ..
        }) => Finding::ok(format!("{id}: {issuer} answers")),
        Ok(Found {
            issuer,
            keys: Some(0),
            ..
        }) => Finding::fail(
            format!("{id}: {issuer} publishes no key that regstack can use"),
            "check oauth.providers.issuer: nobody can log in with this provider",
        ),
        Ok(Found {
            issuer,
            keys: Some(count),
            ..
        }) => {
            let s = if count == 1 { "" } else { "s" };
            Finding::ok(format!("{id}: {issuer}, {count} key{s}"))
        }
        Err(ProviderError::Untrusted(why)) => Finding::fail(
            format!("{id}: {why}"),
            "set oauth.providers.issuer to exactly the issuer in the provider's discovery document",
        ),
        Err(error) => Finding::fail(
            format!("{id}: {error}"),
            "check oauth.providers.issuer, and whether this machine can reach the provider",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::*;

    #[test]
    fn what_a_provider_publishes_is_judged_with_a_remedy() {
        let id = ProviderId::parse("google").unwrap();
        let found = |keys| {
            Ok(Found {
                issuer: "https://id.example".into(),
                keys,
                names_itself: false,
            })
        };
        for (seen, status, said) in [
            (
                found(Some(2)),
                Status::Ok,
                "google: https://id.example, 2 keys",
            ),
            (
                found(Some(1)),
                Status::Ok,
                "google: https://id.example, 1 key",
            ),
            (
                found(None),
                Status::Ok,
                "google: https://id.example answers",
            ),
            (found(Some(0)), Status::Fail, "no key"),
            (
                Err(ProviderError::Unavailable("down".into())),
                Status::Fail,
                "google: down",
            ),
            (
                Err(ProviderError::Untrusted("other".into())),
                Status::Fail,
                "google: other",
            ),
        ] {
            let finding = judge(&id, seen);
            assert_eq!(finding.status, status, "{finding:?}");
            assert!(finding.detail.contains(said), "{finding:?}");
            assert_eq!(finding.remedy.is_some(), status == Status::Fail);
        }
    }
}
