//! `regstack.toml.example`, generated from the keys so that it is always up to date.

use std::fmt::Write as _;

use super::key::Key;
use super::settings::GROUPS;
use super::value::Rule;

const HEAD: &str = "\
# Every setting of regstack with its default. Copy this file to regstack.toml, and remove the # from lines that you change.
#
# Environment variables override this file: app_name is REGSTACK_APP_NAME, from_address in [email] is
# REGSTACK_EMAIL__FROM_ADDRESS, and lists are separated by commas. Put secrets into regstack.secrets.env, in lines such as
#   REGSTACK_JWT_SECRET=...
# or into a file that REGSTACK_JWT_SECRET_FILE names. The server only needs jwt_secret, which
# `regstack secret generate` prints. `regstack config show` prints every value and where it comes from.
# An empty value is the same as none.
";

const PROVIDERS: &str = "
# Providers, one section each, in the order of the buttons. The redirect URI to enter at the provider is
# {base_url}{api_prefix}/oauth/{id}/callback. See docs/sign-in-providers.md.
#[[oauth.providers]]
# Name in paths. google, microsoft and github have a built-in name, issuer and scopes.
#id = \"example\"
# Text on the button.
#name = \"Example\"
# Issuer, exactly as in its discovery document.
#issuer = \"https://id.example.com\"
# Client ID of your app.
#client_id = \"regstack\"
# Variable, or entry of regstack.secrets.env, with the client secret.
#client_secret_env = \"REGSTACK_EXAMPLE_CLIENT_SECRET\"
# Requested scopes.
#scopes = [\"openid\", \"email\", \"profile\"]
";

const WEBHOOKS: &str = "
# ---- Webhooks ----

# Receivers of events, one section each; see docs/webhooks.md.
#[[webhooks]]
# URL that events are posted to, without user, query or fragment.
#url = \"https://app.example.com/hooks/regstack\"
# Which events; all by default.
#events = [\"user_registered\", \"user_deleted\"]
# Variable, or entry of regstack.secrets.env, with the secret: whsec_ and 24 to 64 bytes in base64. To replace a secret, put
# the new one in front, separated by a space: webhooks are then signed with both.
#secret_env = \"REGSTACK_WEBHOOK_SECRET\"
";

/// Returns the text of `regstack.toml.example`.
#[must_use]
pub fn example() -> String {
    let mut text = HEAD.to_owned();
    for group in GROUPS {
        let _ = write!(text, "\n# ---- {} ----\n", group.title);
        let mut keys = group.keys.iter().copied().flatten().peekable();
        if let Some((section, _)) = keys.peek().and_then(|key| key.name.split_once('.')) {
            let _ = write!(text, "\n[{section}]\n");
        }
        for key in keys {
            let field = key.name.rsplit('.').next().unwrap_or(key.name);
            let _ = write!(
                text,
                "\n# {}\n#{field} = {}\n",
                help(key),
                key.default_literal()
            );
        }
    }
    text + PROVIDERS + WEBHOOKS
}

/// Returns a key's help with its bounds or choices.
pub(super) fn described(key: &Key) -> String {
    let mut help = key.help.to_owned();
    if let Rule::Range(low, high) = key.rule {
        let _ = write!(help, " From {low} to {high}.");
    } else if let Some(choices) = key.rule().strip_prefix("one of ") {
        let _ = write!(help, " One of {choices}.");
    }
    help
}

/// Returns a key's help with its bounds or choices, and where to put a secret.
fn help(key: &Key) -> String {
    let mut help = described(key);
    if key.secret {
        let _ = write!(help, " Secret: {}.", key.variable());
    }
    help
}
