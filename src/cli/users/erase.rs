//! `regstack users erase`.

use serde::Serialize;

use crate::accounts::{Erased, Error};
use crate::cli::named;
use crate::cli::output::{Canvas, Report};
use crate::cli::{Context, Failure, Result, progress, prompt};

/// Erase a person, also after a deletion
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Deletes the account, if there is one, and removes the person from the audit
trail, the outbox and all counters. Also works for accounts that were deleted
before. One event says that someone was erased, and not who. Asks first on a
terminal. Without a terminal, it needs --yes.

With SQLite, the file is rewritten, and the server's writes wait meanwhile.
Backups and logs aren't changed: docs/privacy.md says what to do with them.

Example:
  regstack users erase ada@example.com")]
pub(in crate::cli) struct Args {
    /// Id or whole email address, also of a deleted account
    #[arg(value_name = "ACCOUNT", value_parser = named::name, required_unless_present = "email")]
    name: Option<String>,
    #[arg(long, value_name = "ACCOUNT", value_parser = named::name, hide = true, conflicts_with = "name")]
    email: Option<String>,
    /// Also erase the last active administrator
    #[arg(long)]
    force: bool,
    /// Don't rewrite the file: freed parts of it keep the data until they're used
    #[arg(long)]
    no_vacuum: bool,
}

/// What was done.
#[derive(Serialize)]
struct Done {
    #[serde(flatten)]
    erased: Erased,
    /// Whether the file was rewritten.
    file_rewritten: bool,
}

impl Report for Done {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let erased = &self.erased;
        let traces = &erased.traces;
        let account = if erased.account_deleted {
            "deleted"
        } else {
            "was deleted before"
        };
        let events = format!(
            "{} removed, {} kept without naming anyone",
            erased.events_removed, erased.events_stripped
        );
        canvas.fields(vec![
            ("account", account.into()),
            ("events", events.into()),
            ("failed logins", removed(traces.failed_logins).into()),
            ("registrations", removed(traces.registrations).into()),
            ("messages", removed(traces.messages).into()),
            ("counters", removed(traces.counters).into()),
            ("others", removed(traces.others).into()),
        ]);
    }
}

fn removed(count: u64) -> String {
    format!("{count} removed")
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let name = args.name.as_deref().or(args.email.as_deref());
    let name = name.unwrap_or_default();
    let failed = |error| match error {
        Error::NotFound => Failure::failed(format!("nothing is kept about \"{name}\""))
            .next("name an account by its id or its whole email address"),
        error => Failure::act(format!("{name} can't be erased"), error),
    };
    let app = context.open().await?;
    let accounts = &app.accounts;
    let whom = progress::waited(accounts.find_erasable(name)).await;
    let whom = whom.map_err(failed)?;
    if let (Some(user), false) = (&whom.user, args.force) {
        // What would be refused needs no consent.
        accounts.check_deletion(user).await.map_err(failed)?;
    }
    let what = match &whom.user {
        Some(user) => format!("permanently deletes and erases: {}", user.email),
        None => format!("permanently erases what is left of the deleted account {name}"),
    };
    prompt::consent(context, &what).await?;
    let origin = context.origin();
    let erased = progress::waited(accounts.erase(&whom, args.force, &origin)).await;
    let erased = erased
        .map_err(|error| failed(error).next("what is left is found again: repeat the command"))?;
    if !erased.is_anything() {
        return Err(failed(Error::NotFound));
    }
    let file_rewritten = if args.no_vacuum {
        false
    } else {
        let rewritten = progress::waited(accounts.overwrite_removed()).await;
        rewritten.map_err(|error| {
            Failure::act("the database's file can't be rewritten", error).next(
                "the person is erased; for the freed parts of the file, run sqlite3 FILE vacuum",
            )
        })?
    };
    let waiting = erased.traces.webhooks_waiting;
    context.output.print(&Done {
        erased,
        file_rewritten,
    })?;
    if waiting > 0 {
        context.output.warn(&format!(
            "{waiting} webhooks about the account still wait to be sent; repeat the command with {name} if they fail"
        ));
    }
    Ok(())
}
