//! The secrets that sign tokens must be long, random, and not copied from an example.

use crate::config::report::Fault;
use crate::config::review::Review;
use crate::config::settings::Tokens;
use crate::secret::{ExposeSecret as _, SecretString};

/// The minimum length of `jwt_secret`, in characters.
pub const MIN_SECRET_LENGTH: usize = 32;

/// The command that creates the required secret in a file that only its owner can read.
const MAKE_SECRET: &str =
    "(umask 077; echo \"REGSTACK_JWT_SECRET=$(regstack secret generate)\" >> regstack.secrets.env)";

/// Words that occur in the secrets of examples. A random secret practically never contains one.
const EXAMPLE_WORDS: [&str; 8] = [
    "changeme",
    "change-me",
    "change_me",
    "replace-me",
    "replace_me",
    "your-secret",
    "your_secret",
    "example",
];

/// Reports signing secrets that can't be used, each with the command that creates a better one.
pub(super) fn check(tokens: &Tokens, review: &mut Review<'_>) {
    if let Some(reason) = tokens.jwt_next_secret.as_ref().and_then(unusable) {
        review.fault("jwt_next_secret", reason);
    }
    let command = || Some("regstack secret generate".to_owned());
    if let Some(reason) = unusable(&tokens.jwt_secret)
        && !review.layers.broken.contains("jwt_secret")
    {
        let (reason, hint) = if !tokens.jwt_secret.expose_secret().is_empty() {
            (reason, command())
        } else if review.layers.files.is_empty() {
            // This is most likely the wrong folder. A new secret here, used elsewhere, would end every session there.
            let folder = review.layers.folder_of("jwt_secret").display();
            let hint =
                "name an installation with --config PATH, or run regstack init to create one";
            (
                format!("is missing, and there is no regstack.toml in {folder} or /etc/regstack"),
                Some(hint.to_owned()),
            )
        } else {
            (reason, Some(MAKE_SECRET.to_owned()))
        };
        let layer = review.layers.layer_of("jwt_secret");
        review
            .report
            .faults
            .push(Fault::new(layer, "jwt_secret", reason).hinted(hint));
    }
    if let Some(reason) = tokens.jwt_previous_secrets.iter().find_map(unusable) {
        let (key, reason) = ("jwt_previous_secrets", format!("each entry {reason}"));
        let layer = review.layers.layer_of(key);
        review
            .report
            .faults
            .push(Fault::new(layer, key, reason).hinted(command()));
    }
}

/// Returns why a signing secret can't be used, or `None` if it can.
pub(in crate::config) fn unusable(secret: &SecretString) -> Option<String> {
    let secret = secret.expose_secret();
    let lower = secret.to_lowercase();
    if secret.is_empty() {
        Some("is missing".to_owned())
    } else if secret.chars().count() < MIN_SECRET_LENGTH {
        Some(format!("must have at least {MIN_SECRET_LENGTH} characters"))
    } else if EXAMPLE_WORDS.iter().any(|word| lower.contains(word)) {
        Some("must not be the value from an example, which everyone knows".to_owned())
    } else {
        None
    }
}
