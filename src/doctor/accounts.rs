//! What the accounts of a database leave to be wished for: their addresses, what their password hashes cost, and the keys
//! of programs.

use jiff::{SignedDuration, Timestamp};

use super::Finding;
use crate::auth::{Cost, PasswordHasher};
use crate::model::{Email, ServiceKey};
use crate::store::Survey;

/// A service key that ends within this time is worth a warning.
const EXPIRES_SOON: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How many addresses are named.
const NAMED: usize = 5;

/// Addresses that are found in any spelling, and yet are not written as ours.
pub(super) fn mixed_case(survey: &Survey) -> Option<Finding> {
    let addresses = survey.mixed_case.iter().map(Email::as_str);
    let mut addresses: Vec<&str> = addresses.collect();
    if addresses.is_empty() {
        return None;
    }
    if addresses.len() > NAMED {
        addresses.truncate(NAMED);
        addresses.push("and more");
    }
    Some(Finding::warn(
        format!(
            "addresses in mixed case, as the Python package wrote them: {}",
            addresses.join(", ")
        ),
        "none needed: they are found in any spelling; a change of the address writes it in lower case",
    ))
}

/// An address that the mail server does not deliver to.
pub(super) fn unreached(address: &Email) -> Finding {
    Finding::warn(
        format!(
            "{address} and every other address with characters beyond ASCII before its @ gets no mail: the mail server does not offer SMTPUTF8"
        ),
        "send through a server that offers SMTPUTF8, or ask these people for another address",
    )
}

/// Service keys that have expired, or will soon: their programs stop with them.
pub(super) fn service_keys(keys: &[ServiceKey], now: Timestamp) -> Vec<Finding> {
    let soon = now + EXPIRES_SOON;
    let ending = keys.iter().filter_map(|key| Some((key, key.expires_at?)));
    ending
        .filter(|(_, end)| *end <= soon)
        .map(|(ServiceKey { name, .. }, end)| {
            let what = if end <= now { "expired" } else { "expires" };
            Finding::warn(
                format!("the service key {name} {what} at {}", end.strftime("%Y-%m-%d %H:%M UTC")),
                format!("regstack service-keys create a new one for its program, then regstack service-keys revoke {name}"),
            )
        })
        .collect()
}

/// Second factors whose secrets cannot be opened: whoever has one cannot log in with it.
pub(super) fn sealed_elsewhere(count: u64) -> Option<Finding> {
    let what = if count == 1 {
        "a secret of a second factor is".to_owned()
    } else {
        format!("{count} secrets of second factors are")
    };
    (count > 0).then(|| {
        Finding::warn(
            format!("{what} sealed under a secret that is neither jwt_secret nor one of jwt_previous_secrets: nobody logs in with them"),
            "put the secret of that time into jwt_previous_secrets and restart the server; if it is lost, regstack users reset-mfa ADDRESS",
        )
    })
}

/// What the sampled hashes cost beside what is configured.
pub(super) fn costs(hasher: &PasswordHasher, survey: &Survey) -> Vec<Finding> {
    let costs = survey.hashes.iter().map(|hash| hasher.cost_of(hash));
    let costs: Vec<Cost> = costs.collect();
    let kinds = [
        (
            Cost::Weaker,
            "are weaker than [password] asks for",
            "none needed: each is made anew when its owner logs in; set-password ends the others",
        ),
        (
            Cost::Costlier,
            "cost four times what [password] asks for, or more: logins are slow, and while hashes differ in cost their time tells who has an account",
            &costliest(survey),
        ),
        (
            Cost::Unusable,
            "cannot be evaluated: nobody logs in with them",
            "regstack users send-reset ADDRESS lets their owners choose new ones",
        ),
    ];
    let finding = |(cost, what, remedy): (Cost, &str, &str)| {
        let count = costs.iter().filter(|found| **found == cost).count();
        let detail = format!(
            "{count} of the {} oldest password hashes {what}",
            costs.len()
        );
        (count > 0).then(|| Finding::warn(detail, remedy))
    };
    kinds.into_iter().filter_map(finding).collect()
}

/// What would make new hashes cost what the costliest sampled one does.
fn costliest(survey: &Survey) -> String {
    let parameters = survey.hashes.iter().filter_map(PasswordHasher::parameters);
    let costliest = parameters
        .max_by_key(|(memory_kib, iterations, _)| u64::from(*memory_kib) * u64::from(*iterations));
    let (memory_kib, iterations, parallelism) = costliest.unwrap_or_default();
    format!(
        "set memory_kib = {memory_kib}, iterations = {iterations}, parallelism = {parallelism} in [password] so that all cost the same, or let their owners choose new passwords"
    )
}
