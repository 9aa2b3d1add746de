//! `regstack db backup`, and what it shares with `db restore`.

use std::fs::{self, File};
use std::io::{self, IsTerminal as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use indicatif::{BinaryBytes, ProgressBar};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::app::backup::{Watch, is_ours};
use crate::app::{App, OpenError};
use crate::cli::output::{Canvas, Cell, Report, Tone};
use crate::cli::{Context, Failure, Result, files, preflight, progress};
use crate::config::Loaded;

/// Back up the SQLite database while it is in use
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The copy shows the database at a single moment. It is checked before it gets its
final name, and an earlier backup of that name is kept until then. It contains
password hashes, so only you can read the file. To read the emails in it,
regstack needs the secrets file: back that up too, in another place.

For MongoDB, use its own tools: see docs/mongodb.md.

Examples:
  regstack db backup /backup/accounts.db
  regstack db backup - | gzip > accounts.db.gz")]
pub(in crate::cli) struct Args {
    /// The file to write; - for stdout
    file: PathBuf,
}

#[derive(Serialize)]
struct BackedUp<'a> {
    file: &'a Path,
    bytes: u64,
}

impl Report for BackedUp<'_> {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let size = format!("{}, checked", BinaryBytes(self.bytes));
        let file = self.file.display().to_string();
        canvas.fields(vec![
            ("backup", Cell::toned(file, Tone::Good)),
            ("size", size.into()),
        ]);
    }
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let loaded = context.load_existing()?;
    let database = App::database_file(&loaded.settings)
        .map_err(|error| preflight::not_opened(error, &loaded))?;
    let to_stdout = args.file.as_os_str() == "-";
    let file = if to_stdout {
        database.to_owned()
    } else {
        context.working_dir().join(&args.file)
    };
    let unwritten = |cause: io::Error| {
        Failure::failed(format!("{} can't be written", args.file.display())).because(cause)
    };
    if to_stdout && io::stdout().is_terminal() {
        return Err(Failure::refused("a backup can't be printed on a terminal")
            .next("name a file, or pipe the output"));
    }
    let replaced = match fs::metadata(&file) {
        _ if to_stdout => None,
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(unwritten(error)),
        Ok(_) if is_same(&file, database) => {
            return Err(
                Failure::refused("this file is the database itself").next("name another file")
            );
        }
        Ok(_) if !is_ours(&file) => {
            let what = format!(
                "{} exists and isn't a backup of regstack",
                args.file.display()
            );
            return Err(Failure::refused(what).next("name another file"));
        }
        Ok(earlier) => Some(earlier),
    };
    let staged = files::stage(&file, b"", files::PRIVATE, replaced.as_ref()).map_err(unwritten)?;
    let copy = staged.path().to_owned();
    copying(&loaded, |watch| App::back_up(&loaded.settings, copy, watch)).await?;
    if to_stdout {
        let mut copy = File::open(staged.path()).map_err(unwritten)?;
        io::copy(&mut copy, &mut io::stdout().lock()).map_err(unwritten)?;
        return Ok(());
    }
    // By its path: SQLite wrote it over a connection of its own.
    File::open(staged.path())
        .and_then(|copy| copy.sync_all())
        .map_err(unwritten)?;
    staged
        .persist(&file)
        .map_err(|error| unwritten(error.error))?;
    files::sync_folder(file.parent().unwrap_or(&file)).map_err(unwritten)?;
    let bytes = fs::metadata(&file).map_err(unwritten)?.len();
    context.output.print(&BackedUp { file: &file, bytes })
}

/// Whether two paths lead to one file.
pub(super) fn is_same(one: &Path, other: &Path) -> bool {
    let identity = |path| fs::metadata(path).map(|file| (file.dev(), file.ino())).ok();
    identity(one).is_some_and(|one| Some(one) == identity(other))
}

/// Copies, with a bar; Ctrl-C stops it before it changes anything.
pub(super) async fn copying<T, F: Future<Output = Result<T, OpenError>>>(
    loaded: &Loaded,
    work: impl FnOnce(Watch) -> F,
) -> Result<T> {
    let interrupted = CancellationToken::new();
    let bar = progress::bar(PER_MILLE);
    let watch: Watch = Box::new({
        let (interrupted, bar) = (interrupted.clone(), bar.clone());
        move |done| {
            show(&bar, done);
            !interrupted.is_cancelled()
        }
    });
    let mut work = std::pin::pin!(work(watch));
    let ended = tokio::select! {
        ended = &mut work => ended,
        Ok(()) = tokio::signal::ctrl_c() => {
            interrupted.cancel();
            work.await
        }
    };
    bar.finish_and_clear();
    match ended {
        Err(_) if interrupted.is_cancelled() => {
            Err(Failure::interrupted().because("nothing was changed"))
        }
        ended => ended.map_err(|error| preflight::not_opened(error, loaded)),
    }
}

/// The length of the bar.
pub(super) const PER_MILLE: usize = 1000;

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "from 0 to 1000"
)]
pub(super) fn show(bar: &ProgressBar, done: f64) {
    bar.set_position((done.clamp(0.0, 1.0) * 1000.0) as u64);
}
