//! The secrets that sign tokens: long, random, and from no example.

use crate::config::report::Fault;
use crate::config::review::Review;
use crate::config::settings::Tokens;
use crate::secret::{ExposeSecret as _, SecretString};

/// The shortest `jwt_secret`, in characters.
pub const MIN_SECRET_LENGTH: usize = 32;

/// Makes the one secret that is needed, readable by its owner only.
const MAKE_SECRET: &str =
    "(umask 077; echo \"REGSTACK_JWT_SECRET=$(regstack secret generate)\" >> regstack.secrets.env)";

/// Words of secrets that stand in examples. A random secret holds one about never.
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

/// Reports the signing secrets that cannot be used, each with the command that makes a better one.
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
            // Most likely the wrong folder: a new secret there would end every session once it is used elsewhere.
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

/// Returns why a signing secret cannot be used.
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
