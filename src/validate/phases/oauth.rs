//! Logging in with providers, up to the provider.

use url::Url;

use crate::validate::{Probe, Result, Trouble, not_there, passed};

/// The most providers that are tried.
const MAX_PROVIDERS: usize = 30;

/// Each provider can be reached. The login itself needs a person.
pub(super) async fn oauth(probe: &mut Probe<'_>) -> Result {
    let session = probe.session().await?;
    let call = probe.site.get("/oauth/providers").bearer(&session);
    let reply = probe.site.send(call).await?;
    if reply.is_off() {
        return not_there("there are no providers to log in with");
    }
    let answer = reply.expect(200)?.json();
    let names = answer["available"].as_array().into_iter().flatten();
    let names = names.filter_map(|name| name.as_str());
    let names: Vec<&str> = names
        .filter(|name| is_id(name))
        .take(MAX_PROVIDERS)
        .collect();
    for name in &names {
        let call = probe.site.get(&format!("/oauth/{name}/start"));
        let reply = probe.site.send(call).await?.expect(302)?;
        let target = reply.header("location").unwrap_or_default();
        let target = Url::parse(target).ok();
        let is_led_away = target
            .as_ref()
            .is_some_and(|target| target.query_pairs().any(|(key, _)| key == "client_id"));
        if !is_led_away {
            return Err(Trouble::new(format!("the login with {name} doesn't lead to the provider"))
                .remedy("on the server, regstack doctor checks the provider's settings and whether it answers"));
        }
    }
    passed(format!(
        "logging in leads to {}; the login itself needs a person",
        names.join(", ")
    ))
}

/// Returns whether this is the id of a provider. Anything else doesn't belong into the path of a URL.
fn is_id(text: &str) -> bool {
    text.bytes().all(|byte| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
    })
}
