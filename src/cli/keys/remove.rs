//! `regstack keys remove`.

use serde_json::json;

use crate::accounts::{Duty, RemoveSigningKey};
use crate::cli::{Context, Failure, Result, progress, prompt};

/// Remove a signing key, as after its theft
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Keys whose tokens have expired leave by themselves. A key whose tokens may be
alive is removed by --force alone, and they die with it: at running servers
within a minute.

Example:
  regstack keys rotate --now && regstack keys remove KID --force")]
pub(in crate::cli) struct Args {
    /// Its name, as `keys list` shows it
    #[arg(value_name = "KID", allow_hyphen_values = true)]
    kid: String,
    /// Also where tokens die with it: their holders have to log in again
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
    .map_err(|error| Failure::act("the signing key cannot be removed", error))?;
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
                    "it signs, and its tokens would die with it",
                    "regstack keys rotate, and wait until it has left by itself; after a theft: keys rotate --now, then keys remove --force",
                ),
                Duty::Announced => ("it will sign soon", "regstack keys remove KID --force"),
                Duty::Verifies => (
                    "tokens that it signed may be alive, and would die with it",
                    "wait until it has left by itself; after a theft add --force",
                ),
            };
            Err(Failure::refused(format!("{kid} cannot be removed: {what}")).next(next))
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

    /// One name in 64 begins so.
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
