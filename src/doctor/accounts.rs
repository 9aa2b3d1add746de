//! Checks accounts: email addresses, the cost of password hashes, second factors, passkeys and service keys.

use jiff::{SignedDuration, Timestamp};

use super::Finding;
use crate::auth::{Cost, PasswordHasher};
use crate::model::{Email, ServiceKey};
use crate::store::Survey;

/// A service key that expires within this time causes a warning.
const EXPIRES_SOON: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How many email addresses are listed.
const NAMED: usize = 5;

/// Warns about email addresses with capital letters. They are still found in any spelling.
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
            "email addresses with capital letters, as the Python package stored them: {}",
            addresses.join(", ")
        ),
        "no action needed: they are found in any spelling, and a changed address is stored in lower case",
    ))
}

/// Warns about an email address that the mail server can't deliver to.
pub(super) fn unreached(address: &Email) -> Finding {
    Finding::warn(
        format!(
            "{address} and all other addresses with non-ASCII characters before the @ get no email: the mail server doesn't support SMTPUTF8"
        ),
        "use a mail server that supports SMTPUTF8, or ask these people for another address",
    )
}

/// Warns about service keys that have expired or will soon, because their programs stop working.
pub(super) fn service_keys(keys: &[ServiceKey], now: Timestamp) -> Vec<Finding> {
    let soon = now + EXPIRES_SOON;
    let ending = keys.iter().filter_map(|key| Some((key, key.expires_at?)));
    ending
        .filter(|(_, end)| *end <= soon)
        .map(|(ServiceKey { name, .. }, end)| {
            let what = if end <= now { "expired" } else { "expires" };
            Finding::warn(
                format!("the service key {name} {what} at {}", end.strftime("%Y-%m-%d %H:%M UTC")),
                format!("create a new key for its program with regstack service-keys create, then run regstack service-keys revoke {name}"),
            )
        })
        .collect()
}

/// Warns about second factors whose secrets can't be decrypted. Their owners can't log in with them.
pub(super) fn sealed_elsewhere(count: u64) -> Option<Finding> {
    let what = if count == 1 {
        "1 secret of a second factor is".to_owned()
    } else {
        format!("{count} secrets of second factors are")
    };
    (count > 0).then(|| {
        Finding::warn(
            format!("{what} encrypted with a secret that is neither jwt_secret nor in jwt_previous_secrets: nobody can log in with them"),
            "add the secret of that time to jwt_previous_secrets and restart the server; if it is lost, run regstack users reset-mfa ADDRESS",
        )
    })
}

/// Warns about passkeys for another domain, which browsers no longer offer.
pub(super) fn dead_passkeys(count: u64, rp_id: &str) -> Option<Finding> {
    let what = if count == 1 {
        "a passkey was".to_owned()
    } else {
        format!("{count} passkeys were")
    };
    (count > 0).then(|| {
        Finding::warn(
            format!("{what} made for another domain than {rp_id}: nobody logs in with them"),
            "set passkey_rp_id back to the previous domain, if it is the host of base_url or above it; otherwise their owners log in another way and add new ones",
        )
    })
}

/// Compares the cost of the sampled hashes with the configured cost.
pub(super) fn costs(hasher: &PasswordHasher, survey: &Survey) -> Vec<Finding> {
    let costs = survey.hashes.iter().map(|hash| hasher.cost_of(hash));
    let costs: Vec<Cost> = costs.collect();
    let kinds = [
        (
            Cost::Weaker,
            "are weaker than [password] requires",
            "no action needed: each is upgraded when its owner logs in; set-password replaces the others",
        ),
        (
            Cost::Costlier,
            "cost at least four times what [password] requires: logins are slow, and while hashes differ in cost, response times reveal who has an account",
            &costliest(survey),
        ),
        (
            Cost::Unusable,
            "can't be evaluated: nobody can log in with them",
            "run regstack users send-reset ADDRESS so that their owners can choose new passwords",
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

/// Returns the settings that make new hashes cost as much as the costliest sampled one.
fn costliest(survey: &Survey) -> String {
    let parameters = survey.hashes.iter().filter_map(PasswordHasher::parameters);
    let costliest = parameters
        .max_by_key(|(memory_kib, iterations, _)| u64::from(*memory_kib) * u64::from(*iterations));
    let (memory_kib, iterations, parallelism) = costliest.unwrap_or_default();
    format!(
        "set memory_kib = {memory_kib}, iterations = {iterations}, parallelism = {parallelism} in [password] so that all cost the same, or let their owners choose new passwords"
    )
}
