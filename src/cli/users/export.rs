//! `regstack users export`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::Serialize;
use serde_json::{Value, json};

use crate::cli::output::{Canvas, Report, written};
use crate::cli::{Context, Failure, Result, files, progress};
use crate::model::{PasswordHash, User, UserFilter};

/// So many accounts are read at a time.
const PAGE: u32 = 1000;

/// Export all accounts as JSON Lines or CSV
#[derive(Debug, clap::Args)]
#[command(after_help = "\
`regstack users import` reads the file, and so do other systems. Password hashes
are included only with --password-hashes. Second factors, passkeys and sessions
aren't included; `regstack db backup` copies everything.

Example:
  regstack users export --password-hashes --output users.jsonl")]
pub(in crate::cli) struct Args {
    /// How to write it
    #[arg(long, value_enum, default_value_t = Layout::Jsonl)]
    format: Layout,
    /// Include password hashes; anyone who reads the file can try to guess passwords
    #[arg(long)]
    password_hashes: bool,
    /// Write to a new file that only you can read, instead of stdout
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Layout {
    Jsonl,
    Csv,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let out: Box<dyn Write + Send> = match &args.output {
        Some(path) => Box::new(create(path)?),
        None => Box::new(std::io::stdout()),
    };
    let mut sink = Sink::of(args, BufWriter::new(out));
    let bar = progress::counter();
    let (mut after, mut count) = (None, 0_u64);
    loop {
        let page = app
            .accounts
            .users(&UserFilter::default(), after, PAGE)
            .await
            .map_err(|error| Failure::act("the accounts can't be read", error))?;
        for user in &page.items {
            let row = row(user, args.password_hashes);
            if !written(sink.write(&row))? {
                return Ok(());
            }
            count += 1;
        }
        bar.set_position(count);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    if !written(sink.end())? {
        return Ok(());
    }
    bar.finish_and_clear();
    let done = Exported {
        exported: count,
        output: args.output.as_deref(),
    };
    if done.output.is_some() {
        return context.output.print(&done);
    }
    context.output.say(&done.words());
    Ok(())
}

#[derive(Serialize)]
struct Exported<'a> {
    exported: u64,
    output: Option<&'a Path>,
}

impl Exported<'_> {
    fn words(&self) -> String {
        match self.exported {
            1 => "exported 1 account".into(),
            count => format!("exported {count} accounts"),
        }
    }
}

impl Report for Exported<'_> {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        canvas.line(self.words());
    }
}

fn create(path: &Path) -> Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, files::PRIVATE);
    options.open(path).map_err(|error| {
        Failure::refused(format!("{} can't be created", path.display())).because(error)
    })
}

/// The own form of an account, as `import` reads it.
fn row(user: &User, with_hash: bool) -> Value {
    let mut row = json!(user.public());
    row["foreign_id"] = json!(user.foreign_id);
    if with_hash {
        row["password_hash"] = json!(user.hashed_password.as_ref().map(PasswordHash::as_phc));
    }
    row
}

enum Sink<W: Write> {
    Lines(W),
    Table(Box<csv::Writer<W>>, bool),
}

impl<W: Write> Sink<W> {
    fn of(args: &Args, out: W) -> Self {
        match args.format {
            Layout::Jsonl => Self::Lines(out),
            Layout::Csv => Self::Table(Box::new(csv::Writer::from_writer(out)), false),
        }
    }

    fn write(&mut self, row: &Value) -> std::io::Result<()> {
        match self {
            Self::Lines(out) => writeln!(out, "{row}"),
            Self::Table(out, has_titles) => {
                let fields = row.as_object().into_iter().flatten();
                if !*has_titles {
                    out.write_record(fields.clone().map(|(name, _)| name))?;
                    *has_titles = true;
                }
                out.write_record(fields.map(|(_, value)| match value {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                }))?;
                Ok(())
            }
        }
    }

    fn end(&mut self) -> std::io::Result<()> {
        match self {
            Self::Lines(out) => out.flush(),
            Self::Table(out, _) => out.flush(),
        }
    }
}
