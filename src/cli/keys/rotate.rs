//! `regstack keys rotate`.

use jiff::Timestamp;
use serde::Serialize;

use crate::cli::output::{Canvas, Report};
use crate::cli::{Context, Failure, Result, progress, prompt};

/// Make the next signing key
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The key is published at once and signs after signing_key_overlap_seconds, so
that programs that cache the key set know it by then. Nobody is logged out.

Example:
  regstack keys rotate")]
pub(in crate::cli) struct Args {
    /// Sign with it at once; programs that verify tokens refuse the new ones until they read the key set again
    #[arg(long)]
    now: bool,
}

#[derive(Serialize)]
struct Made {
    kid: String,
    algorithm: &'static str,
    signs_from: Timestamp,
}

impl Report for Made {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let when = canvas.look.date(self.signs_from);
        canvas.line(format!(
            "created the key {}, which signs from {when}",
            self.kid
        ));
    }
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    if args.now {
        let what = "creates a key that signs at once: programs that verify tokens refuse the new ones until they read the key set again (five minutes)";
        prompt::consent(context, what).await?;
    }
    let made = progress::waited(app.accounts.rotate_signing_key(args.now, &context.origin()))
        .await
        .map_err(|error| Failure::act("no signing key can be created", error))?;
    let Some(key) = made else {
        return Err(
            Failure::refused("jwt_algorithm is an HMAC (HS256, HS384 or HS512), which has no signing keys").next(
                "set jwt_algorithm = \"EdDSA\", for the server and for this command; or replace the secret: regstack secret rotate",
            ),
        );
    };
    context.output.print(&Made {
        kid: key.kid,
        algorithm: key.algorithm.as_str(),
        signs_from: key.signs_from,
    })
}
