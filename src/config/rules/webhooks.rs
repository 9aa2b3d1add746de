//! The rules on `[[webhooks]]`. Each names the section to change. Faults contain no secrets.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::{Host, Url};
use zeroize::Zeroizing;

use crate::config::checks::web_url;
use crate::config::layers::Layers;
use crate::config::report::{Fault, Report, did_you_mean};
use crate::config::secrets_file::is_name;
use crate::config::settings::Webhook;
use crate::config::toml_file::GivenWebhook;
use crate::model::EventKind;
use crate::secret::SecretString;

/// The allowed length of a secret's key, in bytes (Standard Webhooks).
const KEY_LENGTH: std::ops::RangeInclusive<usize> = 24..=64;

/// Returns the configured webhooks, and reports everything that is wrong with them.
pub(super) fn resolve(layers: &Layers, report: &mut Report) -> Vec<Webhook> {
    let mut webhooks: Vec<Webhook> = Vec::new();
    for given in &layers.webhooks {
        let url = url(given, &webhooks, report);
        let events = events(given, report);
        let secrets = secrets(given, layers);
        match (url, secrets) {
            (_, Err(fault)) => report.faults.push(fault),
            (Some(url), Ok(secrets)) => webhooks.push(Webhook {
                url,
                events,
                secrets,
            }),
            (None, Ok(_)) => {}
        }
    }
    webhooks
}

fn url(given: &GivenWebhook, others: &[Webhook], report: &mut Report) -> Option<String> {
    let key = "webhooks.url";
    let text = given.url.clone().unwrap_or_default();
    let Some(url) = web_url(&text) else {
        // A URL that can't be parsed isn't quoted, because it may contain a password.
        let reason = "must be an absolute http or https URL without user, query and fragment";
        report.fault(&given.layer, key, reason);
        return None;
    };
    if url.query().is_some() || url.fragment().is_some() {
        let reason = "must not have a query or fragment: check the signature to verify that a request is from regstack";
        report.fault(&given.layer, key, reason);
        return None;
    }
    if others.iter().any(|other| other.url == url.as_str()) {
        let reason = "is the URL of another webhook above: list all its events there";
        report.fault(&given.layer, key, reason);
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        let reason = "isn't https: others on the network can read the events";
        report.warnings.push(Fault::new(&given.layer, key, reason));
    }
    Some(url.into())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::from(ip).is_loopback(),
        None => false,
    }
}

fn events(given: &GivenWebhook, report: &mut Report) -> Option<Vec<EventKind>> {
    let names = given.events.as_ref()?;
    let key = "webhooks.events";
    if names.is_empty() {
        let reason = "must contain an event; leave it out for all events";
        report.fault(&given.layer, key, reason);
    }
    let kind = |name: &String| {
        let kind = EventKind::from_name(name);
        if kind.is_none() {
            let known = EventKind::ALL.iter().map(|kind| kind.as_str());
            let reason = format!("must name events, not {name:?}");
            report
                .faults
                .push(Fault::new(&given.layer, key, reason).hinted(did_you_mean(name, known)));
        }
        kind
    };
    Some(names.iter().filter_map(kind).collect())
}

/// Returns the secrets, or a fault that says why there are none and what to do.
fn secrets(given: &GivenWebhook, layers: &Layers) -> Result<Vec<SecretString>, Fault> {
    let fault = |reason: &str| Fault::new(&given.layer, "webhooks.secret_env", reason);
    let name = given.secret_env.as_deref().unwrap_or_default();
    if name.is_empty() {
        return Err(fault("is missing: it names the variable with the secret"));
    }
    // Some secrets have the form of a variable's name.
    if !is_name(name) || name.starts_with("whsec_") {
        return Err(fault(
            "must be the name of the variable with the secret, not the secret itself",
        ));
    }
    let make = "\"whsec_$(openssl rand -base64 32)\"";
    let value = layers.variable(name).map_err(|reason| fault(&reason))?;
    let Some(value) = value.map(Zeroizing::new) else {
        let reason =
            format!("names {name}, which is in neither the environment nor the secrets file");
        let add = format!("echo {name}={make} >> regstack.secrets.env");
        return Err(fault(&reason).hinted(Some(add)));
    };
    let secrets: Vec<&str> = value.split_whitespace().collect();
    if secrets.is_empty() || !secrets.iter().all(|secret| is_usable(secret)) {
        let reason = format!(
            "names {name}, whose value must be whsec_ followed by {} to {} bytes as base64",
            KEY_LENGTH.start(),
            KEY_LENGTH.end()
        );
        return Err(fault(&reason).hinted(Some(format!("create one with: echo {make}"))));
    }
    Ok(secrets.into_iter().map(SecretString::from).collect())
}

/// Returns whether a secret has the form that Standard Webhooks require.
fn is_usable(secret: &str) -> bool {
    let key = secret.strip_prefix("whsec_");
    let key = key.and_then(|key| STANDARD.decode(key).ok());
    key.is_some_and(|key| KEY_LENGTH.contains(&Zeroizing::new(key).len()))
}
