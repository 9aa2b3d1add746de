//! The values that `init` proposes: the dialogue offers them as defaults, and `--defaults` uses them.

use url::{Host, Url};

use super::plan::Plan;
use crate::cli::{Failure, Result};
use crate::config::EmailSettings;
use crate::model::Email;

/// Keys for which a new installation may start with another value than the default. Later ones depend on earlier ones.
const PROPOSED: [&str; 6] = [
    "bind",
    "behind_proxy",
    "enable_ui_router",
    "transport",
    "session_max_seconds",
    "email.from_address",
];

/// How long a session can be extended by using it, in seconds.
const THIRTY_DAYS: &str = "2592000";

/// Returns the value to offer for a key. An existing value or an answer is offered again.
pub(super) fn of(plan: &Plan<'_>, key: &str) -> String {
    let present = plan.value(key);
    if plan.is_answered(key) {
        return present;
    }
    let url = Url::parse(&plan.value("base_url")).ok();
    match key {
        "email.from_address" if present == EmailSettings::default().from_address => {
            sender(url.as_ref()).unwrap_or(present)
        }
        _ if plan.has_settings() => present,
        "bind" => local_port(url.as_ref()).map_or(present, |port| format!("127.0.0.1:{port}")),
        "behind_proxy" => needs_proxy(plan).to_string(),
        "enable_ui_router" => "true".to_owned(),
        // The Python package, which may use the same MongoDB, would accept the token of an ended session that was
        // renewed.
        "session_max_seconds" if !plan.value("database_url").starts_with("mongodb") => {
            THIRTY_DAYS.to_owned()
        }
        "transport" if plan.value("enable_ui_router") == "true" => "cookie".to_owned(),
        _ => present,
    }
}

/// Applies every proposal for which there was no answer.
pub(super) fn take(plan: &mut Plan<'_>) -> Result {
    for key in PROPOSED {
        let proposed = of(plan, key);
        if proposed != plan.value(key) {
            plan.set(key, &proposed).map_err(|reason| {
                Failure::failed(format!("{key} can't be written")).because(reason)
            })?;
        }
    }
    Ok(())
}

/// Returns whether a proxy must handle TLS: the URL is https, and there are no certificates.
pub(super) fn needs_proxy(plan: &Plan<'_>) -> bool {
    plan.value("base_url").starts_with("https:") && plan.value("tls_cert").is_empty()
}

/// Returns a sender's email address at the application's host. The default belongs to nobody.
fn sender(url: Option<&Url>) -> Option<String> {
    let address = format!("noreply@{}", url?.domain()?);
    Email::parse(&address).is_ok().then_some(address)
}

/// Returns the port of a URL that only this machine can reach, if it has one.
fn local_port(url: Option<&Url>) -> Option<u16> {
    let url = url?;
    let is_local = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(_) => false,
    };
    url.port().filter(|_| is_local)
}
