//! `regstack keys list`.

use jiff::Timestamp;
use serde::Serialize;

use crate::accounts::{Duty, SigningKeyState};
use crate::cli::output::{Cell, List, Look, Row, Tone};
use crate::cli::{Context, Failure, Result, progress};

/// List the signing keys, oldest first
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A key is published before it signs. It verifies until the last token that it
signed has expired, and is then removed automatically.

Example:
  regstack keys list")]
pub(in crate::cli) struct Args {
    /// Dates in UTC instead of local time
    #[arg(long)]
    utc: bool,
}

#[derive(Serialize)]
pub(super) struct Listed {
    pub(super) kid: String,
    algorithm: &'static str,
    state: &'static str,
    created_at: Timestamp,
    signs_from: Timestamp,
    verifies_until: Option<Timestamp>,
}

impl From<SigningKeyState> for Listed {
    fn from(state: SigningKeyState) -> Self {
        Self {
            algorithm: state.key.algorithm.as_str(),
            state: match state.duty {
                Duty::Announced => "published",
                Duty::Signs => "signs",
                Duty::Verifies => "verifies",
            },
            created_at: state.key.created_at,
            signs_from: state.key.signs_from,
            verifies_until: state.spent_at,
            kid: state.key.kid,
        }
    }
}

impl Row for Listed {
    const FIELDS: &'static str = "kid,algorithm,state,created_at,signs_from,verifies_until";
    const TITLES: &'static [&'static str] = &["kid", "state", "signs from", "verifies until"];
    const SHRINK: &'static [usize] = &[0];

    fn cells(&self, look: &Look) -> Vec<Cell> {
        let state = match self.state {
            "signs" => Cell::toned(self.state, Tone::Good),
            other => other.into(),
        };
        vec![
            self.kid.as_str().into(),
            state,
            look.date(self.signs_from).into(),
            look.date_or(self.verifies_until, "").into(),
        ]
    }
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let keys = progress::waited(app.accounts.signing_keys())
        .await
        .map_err(|error| Failure::act("the signing keys can't be listed", error))?;
    let algorithm = app.settings.tokens.jwt_algorithm;
    if keys.is_empty() {
        context.output.say(
            "there is no signing key: jwt_algorithm is an HMAC (HS256, HS384 or HS512), or no server has been started yet",
        );
    } else if algorithm.is_hmac() {
        // For example if the environment with this setting was given to a server, but not to this command.
        context.output.say(&format!(
            "jwt_algorithm is {}: with this configuration, a server doesn't sign with any of them",
            algorithm.as_str()
        ));
    }
    let list = List {
        items: keys.into_iter().map(Listed::from).collect(),
        next: None,
    };
    context.output.utc(args.utc).print(&list)
}
