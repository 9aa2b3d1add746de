//! `regstack users export`.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde::Serialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::cli::output::{Canvas, Report, written};
use crate::cli::{Context, Failure, Result, files, named, progress};
use crate::model::inert::json_escaped;
use crate::model::{Id, Identity, PasswordHash, User, UserFilter};

/// How many accounts are read at a time.
const PAGE: u32 = 1000;

/// Export all accounts as JSON Lines or CSV
#[derive(Debug, clap::Args)]
#[command(after_help = "\
`regstack users import` reads the file, and so do other systems. Password hashes
are included only with --password-hashes. Second factors, passkeys and sessions
aren't included; `regstack db backup` copies everything. With --user, one JSON
document has everything that is kept about one account, for its owner.

Examples:
  regstack users export --password-hashes --output users.jsonl
  regstack users export --user ada@example.com --output ada.json")]
pub(in crate::cli) struct Args {
    /// How to write it
    #[arg(long, value_enum, default_value_t = Layout::Jsonl)]
    format: Layout,
    /// Include password hashes; anyone who reads the file can try to guess passwords
    #[arg(long)]
    password_hashes: bool,
    /// Export everything about this account, without secrets, for its owner
    #[arg(long, value_name = "ACCOUNT", value_parser = named::name, conflicts_with_all = ["format", "password_hashes"])]
    user: Option<String>,
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
    if let Some(name) = &args.user {
        return own(name, args, &app, context).await;
    }
    let mut sink = Sink::of(args, out(args)?);
    let bar = progress::counter();
    let (mut after, mut count) = (None, 0_u64);
    loop {
        let page = app
            .accounts
            .users(&UserFilter::default(), after, PAGE)
            .await
            .map_err(|error| Failure::act("the accounts can't be read", error))?;
        let ids: Vec<Id> = page.items.iter().map(|user| user.id).collect();
        let linked = app.accounts.identities_of(&ids).await;
        let linked =
            linked.map_err(|error| Failure::act("the linked accounts can't be read", error))?;
        let mut people: HashMap<Id, Vec<Identity>> = HashMap::new();
        for person in linked {
            people.entry(person.user_id).or_default().push(person);
        }
        for user in &page.items {
            let people = people.remove(&user.id).unwrap_or_default();
            let row = row(user, people, args.password_hashes);
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
    tell(count, args, context)
}

/// Writes all that is kept about one account.
async fn own(name: &str, args: &Args, app: &App, context: &Context) -> Result {
    let user = context.find(app, name).await?;
    let mut out = out(args)?;
    let failed = |error| Failure::act(format!("{} can't be exported", user.email), error);
    let pieces = app.accounts.export_for(&user, &context.origin()).await;
    let mut pieces = pieces.map_err(failed)?;
    while let Some(piece) = pieces.next().await.map_err(failed)? {
        if !written(out.write_all(piece.as_bytes()))? {
            return Ok(());
        }
    }
    if !written(writeln!(out).and_then(|()| out.flush()))? {
        return Ok(());
    }
    tell(1, args, context)
}

/// Says what was done: on stdout, unless the accounts are there.
fn tell(count: u64, args: &Args, context: &Context) -> Result {
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

/// Where it is written to.
fn out(args: &Args) -> Result<BufWriter<Box<dyn Write + Send>>> {
    let out: Box<dyn Write + Send> = match &args.output {
        Some(path) => Box::new(create(path)?),
        None => Box::new(std::io::stdout()),
    };
    Ok(BufWriter::new(out))
}

fn create(path: &Path) -> Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, files::PRIVATE);
    options.open(path).map_err(|error| {
        Failure::refused(format!("{} can't be created", path.display())).because(error)
    })
}

/// Returns an account in regstack's own format, which `import` reads.
fn row(user: &User, mut people: Vec<Identity>, with_hash: bool) -> Value {
    let mut row = json!(user.public());
    row["foreign_id"] = json!(user.foreign_id);
    people.sort_by(|one, other| one.provider.cmp(&other.provider));
    let people = people.into_iter().map(|person| {
        json!({
            "provider": person.provider,
            "subject_id": person.subject,
            "email": person.email,
            "linked_at": person.linked_at,
        })
    });
    row["identities"] = people.collect();
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
            Self::Lines(out) => writeln!(out, "{}", json_escaped(&row.to_string())),
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
