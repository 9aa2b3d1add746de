//! `regstack db restore`.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::backup::{copying, is_same};
use crate::app::App;
use crate::app::backup::Replaced;
use crate::cli::output::{Canvas, Cell, Report, Tone};
use crate::cli::{Context, Failure, Result, files, preflight, prompt};

/// Replace the SQLite database with a backup
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Checks the backup, updates its schema, and replaces the database in one step.
The previous database is kept next to it. A running server continues with the
restored one; if the old file was damaged, restart the server.

Everyone has to log in again, and messages that were waiting aren't sent: since
the backup, people may have logged out, and messages may have been sent. If you
move a database while no server is running, --as-it-is keeps both.

You also need the secrets file from the time of the backup.

Example:
  regstack db restore /backup/accounts.db")]
pub(in crate::cli) struct Args {
    /// The backup
    file: PathBuf,
    /// Keep sessions and waiting messages
    #[arg(long)]
    as_it_is: bool,
}

#[derive(Serialize)]
struct Restored {
    database: PathBuf,
    /// Where what was there before is kept.
    kept: Option<PathBuf>,
    /// Whether that was damaged.
    was_damaged: bool,
}

impl Report for Restored {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let database = self.database.display().to_string();
        let mut fields = vec![("restored", Cell::toned(database, Tone::Good))];
        if let Some(kept) = &self.kept {
            let what = if self.was_damaged {
                "damaged"
            } else {
                "before"
            };
            fields.push((what, kept.display().to_string().into()));
        }
        canvas.fields(fields);
        if self.was_damaged {
            canvas.line("restart the server: it still has the damaged file open");
        }
    }
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let loaded = context.load()?;
    let database = App::database_file(&loaded.settings)
        .map_err(|error| preflight::not_opened(error, &loaded))?;
    let database = context.working_dir().join(database);
    let backup = context.working_dir().join(&args.file);
    if let Err(cause) = fs::metadata(&backup) {
        return Err(
            Failure::refused(format!("{} can't be read", args.file.display())).because(cause),
        );
    }
    if is_same(&backup, &database) {
        return Err(Failure::refused("this file is the database itself"));
    }
    let unwritten = |cause: io::Error| {
        Failure::failed(format!("{} can't be written", database.display())).because(cause)
    };
    let now = context.clock.now();
    let staged = files::stage(&database, b"", files::PRIVATE, owner(&database).as_ref())
        .map_err(unwritten)?;
    let path = staged.path().to_owned();
    copying(&loaded, |watch| {
        App::stage(backup, path, args.as_it_is, now, watch)
    })
    .await?;
    let aside = aside(&database, &now.strftime("%Y%m%dT%H%M%SZ").to_string());
    let mut consequence = format!(
        "replaces everything in {} with the backup",
        database.display()
    );
    if !args.as_it_is {
        consequence.push_str(", and ends all sessions");
    }
    prompt::consent(context, &consequence).await?;
    let path = staged.path().to_owned();
    let (replaced, kept) = copying(&loaded, |watch| {
        App::restore(&loaded.settings, path, aside, watch)
    })
    .await?;
    files::sync_folder(database.parent().unwrap_or(&database)).map_err(unwritten)?;
    context.output.print(&Restored {
        database,
        kept: (replaced != Replaced::Nothing).then_some(kept),
        was_damaged: replaced == Replaced::Damage,
    })
}

/// Where what is replaced is kept, if nothing is there yet.
fn aside(database: &Path, at: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(format!(".before-restore-{at}"));
    name.into()
}

/// Whose the database is to be: as before, or of the folder's owner where root restores it.
fn owner(database: &Path) -> Option<Metadata> {
    let folder = || {
        let is_root = rustix::process::geteuid().is_root();
        is_root
            .then(|| fs::metadata(database.parent()?).ok())
            .flatten()
    };
    fs::metadata(database).ok().or_else(folder)
}
