//! `regstack db copy`.

use super::backup::{PER_MILLE, show};
use crate::accounts::StoreError;
use crate::app::copying::{Copied, Progress};
use crate::cli::output::{Canvas, Cell, Report, Tone};
use crate::cli::{Context, Failure, Result, progress};
use crate::config::{self, COPY_TO, Engine, has_password};
use crate::secret::{ExposeSecret as _, SecretString};

/// Copy everything to another database, and compare the two
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The new database has to be empty. Sessions, links, waiting messages and ids stay
valid; the secrets file stays the same. Run the command again to finish a copy
that was interrupted, or to bring it up to date: only what has changed is copied.

To move without a long downtime, copy while the server is running, stop the
server, copy again, set database_url to the new database, and start the server.
The new database can't be opened before the copy is finished. Once you've opened
it, it can't be copied to anymore. docs/growing.md has the details.

If the URL has a password, others can read it in the list of processes: set
REGSTACK_COPY_TO, or REGSTACK_COPY_TO_FILE to a file with the URL.

Examples:
  regstack db copy --to mongodb://db.example.com/accounts
  REGSTACK_COPY_TO_FILE=/run/secrets/new-url regstack db copy --json")]
pub(in crate::cli) struct Args {
    /// The new database
    #[arg(long, value_name = "URL")]
    to: Option<SecretString>,
}

impl Report for Copied {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let state = if self.finished {
            Cell::toned("finished: both databases are equal", Tone::Good)
        } else {
            Cell::toned("not finished", Tone::Bad)
        };
        canvas.fields(vec![
            ("from", self.from.as_str().into()),
            ("to", self.to.as_str().into()),
            ("copy", state),
        ]);
        canvas.line("");
        let rows = self.items.iter().map(|item| {
            vec![
                item.name.into(),
                item.records.to_string().into(),
                item.written.to_string().into(),
                item.removed.to_string().into(),
                item.checksum.chars().take(12).collect::<String>().into(),
            ]
        });
        let titles = ["copied", "records", "written", "removed", "checksum"];
        canvas.table(&titles, &[0], rows.collect());
    }
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let url = url(args, context)?;
    let loaded = context.load_existing()?;
    let mut named = loaded.values.iter();
    let database = named.find(|value| value.key == "mongodb_database");
    let database = database.map_or("", |value| value.value.as_str());
    let to = config::engine_at(&url, database, context.working_dir()).map_err(|why| {
        Failure::refused("the URL of the new database can't be used").because(format!("it {why}"))
    })?;
    let app = Box::pin(context.act_on(loaded)).await?;
    let copied = copy(&app, to).await?;
    context.output.print(&copied)?;
    if copied.finished {
        return Ok(());
    }
    let changed = copied.items.iter().filter(|item| item.different > 0);
    let changed: Vec<&str> = changed.map(|item| item.name).collect();
    Err(Failure::failed("the copy isn't finished")
        .because(format!(
            "the database was changed while it was copied ({})",
            changed.join(", ")
        ))
        .next("stop the server, then run the command again"))
}

/// Copies, with a bar. Ctrl-C leaves a copy that another run finishes.
async fn copy(app: &crate::app::App, to: Engine) -> Result<Copied> {
    let bar = progress::bar(PER_MILLE);
    let watch = {
        let bar = bar.clone();
        #[allow(clippy::cast_precision_loss, reason = "a share of a bar")]
        move |progress: Progress| {
            show(&bar, progress.done as f64 / progress.total.max(1) as f64);
        }
    };
    let ended = tokio::select! {
        ended = app.copy_to(to, &watch) => Some(ended),
        _ = tokio::signal::ctrl_c() => None,
    };
    bar.finish_and_clear();
    match ended {
        Some(Ok(copied)) => Ok(copied),
        Some(Err(StoreError::Refused(why))) => {
            Err(Failure::refused("the database can't be copied").because(why))
        }
        Some(Err(cause)) => Err(Failure::act("the database can't be copied", cause.into())
            .next("run the command again: it goes on where it was")),
        None => Err(Failure::interrupted()
            .because("the copy is unfinished")
            .next("run the command again: it goes on where it was")),
    }
}

/// The URL, by the option or the environment.
fn url(args: &Args, context: &Context) -> Result<SecretString> {
    if let Some(url) = &args.to {
        if has_password(url.expose_secret()) {
            return Err(Failure::refused(
                "others on this machine can read a password given as an argument",
            )
            .next(format!(
                "set {COPY_TO}, or {COPY_TO}_FILE to a file with the URL"
            )));
        }
        return Ok(url.clone());
    }
    if let Some(url) = context.variable(COPY_TO) {
        return Ok(SecretString::from(url));
    }
    let variable = format!("{COPY_TO}_FILE");
    let Some(file) = context.variable(&variable) else {
        return Err(
            Failure::refused("no database to copy to was given").next("regstack db copy --to URL")
        );
    };
    let text = config::read_text_file(&context.working_dir().join(file));
    let text = text.map_err(|cause| {
        Failure::refused(format!("the file that {variable} names can't be read")).because(cause)
    })?;
    Ok(SecretString::from(text.trim()))
}
