//! `regstack users import`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Serialize;
use serde_json::{Value, json};

use super::rows::{Layout, Rows};
use crate::accounts::{
    AccountRecord, FirebaseParameters, ImportOutcome, ImportRule, System, read_record,
};
use crate::app::App;
use crate::cli::output::{Canvas, Cell, Report, Tone};
use crate::cli::{Context, Failure, Result, progress};
use crate::model::Origin;

/// How many accounts are written in one step.
const BATCH: usize = 1000;
/// How many problems are shown. A report file gets all of them.
const SHOWN: u64 = 20;

/// Import accounts with their password hashes from another system
#[derive(Debug, clap::Args)]
#[command(after_help = "\
People keep their passwords. You can run the command again: accounts that were
imported before stay as they are. docs/moving-in.md describes the files.

Examples:
  regstack users import users.jsonl --dry-run
  regstack users import auth_user.csv --from django --verified")]
#[allow(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(in crate::cli) struct Args {
    /// The file, or - for stdin
    file: PathBuf,
    /// The system it comes from, such as firebase
    #[arg(long, value_parser = system(), default_value = System::Regstack.name(), value_name = "SYSTEM", hide_possible_values = true)]
    from: System,
    /// jsonl, csv or json [default: by the name]
    #[arg(long, value_enum, value_name = "FORM", hide_possible_values = true)]
    format: Option<Layout>,
    /// For existing accounts: skip, update or fail
    #[arg(long, value_enum, default_value_t = OnDuplicate::Skip, value_name = "RULE", hide_possible_values = true)]
    on_duplicate: OnDuplicate,
    /// Check the file and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Count email addresses as verified by default
    #[arg(long)]
    verified: bool,
    /// Mail a link to accounts without a password
    #[arg(long)]
    invite: bool,
    /// Write every problem to this file, as JSON Lines
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The hash parameters of a Firebase project, as JSON
    #[arg(long, value_name = "FILE")]
    parameters: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OnDuplicate {
    /// Keep the existing account
    Skip,
    /// Take over the name, language, id and verification, never the password
    Update,
    /// Report the line as a problem
    Fail,
}

fn system() -> impl TypedValueParser<Value = System> {
    PossibleValuesParser::new(System::ALL.map(System::name))
        .try_map(|name| System::from_name(&name).ok_or("expected a system"))
}

/// The numbers of accounts by result. Their sum is the number of accounts in the file.
#[derive(Debug, Default, Serialize)]
struct Imported {
    read: u64,
    created: u64,
    updated: u64,
    unchanged: u64,
    skipped: u64,
    failed: u64,
    dry_run: bool,
}

impl Report for Imported {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let created = if self.dry_run {
            "would be created"
        } else {
            "created"
        };
        let counts = [
            (created, self.created, Tone::Good),
            ("updated", self.updated, Tone::Plain),
            ("imported before", self.unchanged, Tone::Plain),
            (
                "skipped (the email address exists)",
                self.skipped,
                Tone::Warn,
            ),
            ("failed", self.failed, Tone::Bad),
        ];
        for (what, count, tone) in counts {
            if count > 0 || what == created {
                canvas.line(Cell::toned(format!("{count} {what}"), tone));
            }
        }
    }
}

/// An import in progress.
struct Import<'a> {
    args: &'a Args,
    context: &'a Context,
    app: App,
    origin: Origin,
    done: Imported,
    report: Option<BufWriter<File>>,
    batch: Vec<(u64, AccountRecord)>,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let firebase = args.parameters.as_deref().map(parameters).transpose()?;
    let rows = Rows::open(&args.file, args.format)?;
    let app = context.open_or_create().await?;
    if args.invite && !app.accounts.password_links_work() {
        return Err(Failure::refused("an invitation wouldn't work")
            .because("enable_password_reset is false"));
    }
    let report = args.report.as_deref().map(private_file).transpose()?;
    let mut import = Import {
        args,
        context,
        origin: context.origin(),
        app,
        done: Imported {
            dry_run: args.dry_run,
            ..Imported::default()
        },
        report: report.map(BufWriter::new),
        batch: Vec::with_capacity(BATCH),
    };
    let bar = progress::counter();
    for row in rows {
        let (line, row) = row?;
        import.done.read += 1;
        let record =
            row.and_then(|row| read_record(args.from, firebase.as_ref(), args.verified, &row));
        match record {
            Ok(record) => import.batch.push((line, record)),
            Err(problem) => import.fail(line, None, &problem)?,
        }
        if import.batch.len() == BATCH {
            import.write().await?;
            bar.set_position(import.done.read);
        }
    }
    import.write().await?;
    bar.finish_and_clear();
    import.end()
}

impl Import<'_> {
    /// Writes the accounts of the current batch.
    async fn write(&mut self) -> Result {
        let mut lines: Vec<(u64, String)> = Vec::with_capacity(BATCH);
        let mut records = Vec::with_capacity(BATCH);
        for (line, record) in self.batch.drain(..) {
            lines.push((line, record.email.to_string()));
            records.push(record);
        }
        let accounts = &self.app.accounts;
        let rule = ImportRule {
            update: self.args.on_duplicate == OnDuplicate::Update,
            invite: self.args.invite,
        };
        let outcomes = if self.args.dry_run {
            accounts.try_import(records, rule, &self.origin).await
        } else {
            accounts.import(records, rule, &self.origin).await
        };
        let outcomes = outcomes.map_err(|error| {
            let reached = lines.first().map_or(0, |(line, _)| *line);
            let what = format!("the accounts from line {reached} on can't be imported");
            Failure::act(what, error).next("run the same command again: it continues there")
        })?;
        for ((line, email), outcome) in lines.into_iter().zip(outcomes) {
            match outcome {
                ImportOutcome::Created => self.done.created += 1,
                ImportOutcome::Updated => self.done.updated += 1,
                ImportOutcome::Unchanged => self.done.unchanged += 1,
                ImportOutcome::Duplicate if self.args.on_duplicate == OnDuplicate::Fail => {
                    self.fail(
                        line,
                        Some(&email),
                        "an account has this email address or id",
                    )?;
                }
                ImportOutcome::Duplicate => self.done.skipped += 1,
                ImportOutcome::IdentityTaken => {
                    let problem = "another account is linked to one of its identities";
                    self.fail(line, Some(&email), problem)?;
                }
            }
        }
        Ok(())
    }

    fn fail(&mut self, line: u64, email: Option<&str>, problem: &str) -> Result {
        self.done.failed += 1;
        if let Some(report) = &mut self.report {
            let entry = json!({ "line": line, "email": email, "problem": problem });
            writeln!(report, "{entry}").map_err(|error| unwritten(&error))?;
        } else if self.done.failed <= SHOWN {
            self.context.output.warn(&format!("line {line}: {problem}"));
        } else if self.done.failed == SHOWN + 1 {
            self.context
                .output
                .warn("further problems aren't shown; --report FILE lists all of them");
        }
        Ok(())
    }

    fn end(mut self) -> Result {
        if let Some(report) = &mut self.report {
            report.flush().map_err(|error| unwritten(&error))?;
        }
        let done = &self.done;
        let sum = done.created + done.updated + done.unchanged + done.skipped + done.failed;
        if sum != done.read {
            return Err(Failure::failed(format!(
                "{} accounts were read, and {sum} are accounted for",
                done.read
            )));
        }
        self.context.output.print(done)?;
        if done.failed == 0 {
            return Ok(());
        }
        let count = done.failed;
        let what = if count == 1 {
            "1 account wasn't imported".to_owned()
        } else {
            format!("{count} accounts weren't imported")
        };
        Err(Failure::failed(what).next("correct these lines and run the same command again"))
    }
}

fn unwritten(error: &std::io::Error) -> Failure {
    Failure::failed("the report can't be written").because(error)
}

/// Creates a new file that only its owner can read.
fn private_file(path: &Path) -> Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| {
        Failure::failed(format!("{} can't be written", path.display())).because(error)
    })
}

fn parameters(path: &Path) -> Result<FirebaseParameters> {
    let unreadable =
        |why: String| Failure::refused(format!("{} can't be used", path.display())).because(why);
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
    let document: BTreeMap<String, Value> =
        serde_json::from_str(&text).map_err(|_| unreadable("it isn't a JSON object".into()))?;
    FirebaseParameters::read(&json!(document)).map_err(unreadable)
}
