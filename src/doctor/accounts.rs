//! What the accounts of a database leave to be wished for: their addresses, and what their password hashes cost.

use super::Finding;
use crate::auth::{Cost, PasswordHasher};
use crate::model::Email;
use crate::store::Survey;

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

/// What the sampled hashes cost beside what is configured.
pub(super) fn costs(hasher: &PasswordHasher, survey: &Survey) -> Vec<Finding> {
    let costs: Vec<Cost> = survey
        .hashes
        .iter()
        .map(|hash| hasher.cost_of(hash))
        .collect();
    let of = |cost: Cost| costs.iter().filter(|found| **found == cost).count();
    let sampled = costs.len();
    let mut findings = Vec::new();
    let mut warn = |count: usize, what: &str, remedy: &str| {
        if count > 0 {
            let detail = format!("{count} of the {sampled} oldest password hashes {what}");
            findings.push(Finding::warn(detail, remedy));
        }
    };
    warn(
        of(Cost::Weaker),
        "are weaker than [password] asks for",
        "none needed: each is made anew when its owner logs in; set-password ends the others",
    );
    warn(
        of(Cost::Costlier),
        "cost four times what [password] asks for, or more: logins are slow, and while hashes differ in cost their time tells who has an account",
        &costliest(survey),
    );
    warn(
        of(Cost::Unusable),
        "cannot be evaluated: nobody logs in with them",
        "regstack users send-reset ADDRESS lets their owners choose new ones",
    );
    findings
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
