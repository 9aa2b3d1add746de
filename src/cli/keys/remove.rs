//! `regstack keys remove`.

use serde_json::json;

use crate::accounts::{Duty, RemoveSigningKey};
use crate::cli::{Context, Failure, Result, progress, prompt};

/// Remove a signing key, for example if it was stolen
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A key is removed automatically once its tokens have expired. With --force, you
can remove it earlier, which makes its tokens invalid. Running servers notice
within a minute.

Example:
  regstack keys rotate --now && regstack keys remove KID --force")]
pub(in crate::cli) struct Args {
    /// Its name, as `keys list` shows it
    #[arg(value_name = "KID", allow_hyphen_values = true)]
    kid: String,
    /// Also remove it if it has valid tokens: their owners have to log in again
    #[arg(long)]
    force: bool,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let kid = &args.kid;
    if args.force {
        let what = format!("removes the signing key {kid}: every session that it signed ends");
        prompt::consent(context, &what).await?;
    }
    let removed = progress::waited(app.accounts.remove_signing_key(
        kid,
        args.force,
        &context.origin(),
    ))
    .await
    .map_err(|error| Failure::act("the signing key can't be removed", error))?;
    match removed {
        RemoveSigningKey::Done => {
            let line = format!("removed the signing key {kid}");
            context
                .output
                .print_lines(&json!({ "removed": kid }), [line])
        }
        RemoveSigningKey::NotFound => {
            Err(Failure::failed(format!("there is no signing key {kid}"))
                .next("regstack keys list"))
        }
        RemoveSigningKey::InUse(duty) => {
            let (what, next) = match duty {
                Duty::Signs => (
                    "it signs tokens, and they would become invalid",
                    "run regstack keys rotate and wait until the key is removed automatically; if it was stolen, run keys rotate --now, then keys remove --force",
                ),
                Duty::Announced => (
                    "it will start to sign soon",
                    "regstack keys remove KID --force",
                ),
                Duty::Verifies => (
                    "tokens that it signed may still be valid, and would become invalid",
                    "wait until it is removed automatically; if it was stolen, add --force",
                ),
            };
            Err(Failure::refused(format!("{kid} can't be removed: {what}")).next(next))
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Alone {
        #[command(flatten)]
        args: Args,
    }

    /// One in 64 key ids starts with a dash.
    #[test]
    fn a_name_may_begin_with_a_dash() {
        for name in ["-kid", "-h0_-", "--x", "kid"] {
            for words in [["remove", name, "--force"], ["remove", "--force", name]] {
                let args = Alone::try_parse_from(words).unwrap().args;
                assert_eq!((args.kid.as_str(), args.force), (name, true));
            }
        }
    }
}
