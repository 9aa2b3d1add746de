//! `regstack doctor`: runs the checks and shows the findings. The exit code is the number of failed checks.

use std::path::PathBuf;

use serde::Serialize;
use tokio::signal::unix::{SignalKind, signal};

use super::context::Context;
use super::error::{Failure, Result};
use super::output::{Canvas, Cell, Report, Tone};
use super::{dev, logging, preflight, progress, prompt};
use crate::app::Ambient;
use crate::config::{self, ConfigError, Loaded, LogFormat, NameServer};
use crate::doctor::{self, Check, DnsWish, Finding, Recipient, Status, Subject, Wishes};
use crate::model::email::InvalidEmail;
use crate::model::{Email, PhoneNumber};

const AFTER_HELP: &str = "\
Exit code: number of failed checks, at most 100. Warnings don't count; -q shows
only failures and warnings.

Example:
  regstack doctor --dns --dkim-selector s1";

/// Check the installation; changes nothing
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct Args {
    /// Also check that the address to serve on is free
    #[arg(long)]
    serve_check: bool,
    /// Also check the DNS records of the sender's domain: mx, spf, dmarc, dkim, ehlo
    #[arg(long, alias = "check-dns")]
    dns: bool,
    /// Name server to ask; the port is 53 unless you give one
    #[arg(long, value_name = "ADDRESS[:PORT]", requires = "dns", value_parser = name_server)]
    dns_server: Option<NameServer>,
    /// Check the DKIM key with this selector
    #[arg(long, value_name = "NAME", requires = "dns", value_parser = selector)]
    dkim_selector: Option<String>,
    /// Check the DKIM key of this domain, if mail isn't signed for the sender's domain
    #[arg(long, value_name = "DOMAIN", requires = "dns", value_parser = signing_domain)]
    dkim_domain: Option<String>,
    /// Also send a test message to these addresses or phone numbers; asks for one if none is given
    #[arg(long, value_name = "TO", num_args = 0.., value_parser = recipient)]
    send_test: Option<Vec<Recipient>>,
    // The name of this option in the Python package.
    #[arg(long, hide = true, value_name = "TO", value_parser = address)]
    send_test_email: Vec<Recipient>,
}

fn name_server(text: &str) -> Result<NameServer, &'static str> {
    text.parse()
        .map_err(|_| "expected an IP address, such as 9.9.9.9, 127.0.0.1:5353 or [::1]:5353")
}

fn selector(text: &str) -> Result<String, &'static str> {
    if text.len() <= 200 && text.split('.').all(config::is_label) {
        Ok(text.to_owned())
    } else {
        Err("expected the selector in a signature's s=, such as s1")
    }
}

fn signing_domain(text: &str) -> Result<String, &'static str> {
    let sender = Email::parse(&format!("a@{text}"));
    sender
        .map(|_| text.to_owned())
        .map_err(|_| "expected the domain in a signature's d=, such as example.com")
}

fn recipient(text: &str) -> Result<Recipient, &'static str> {
    let mail = Email::parse(text).map(Recipient::Mail);
    mail.or_else(|_| PhoneNumber::parse(text).map(Recipient::Sms))
        .map_err(|_| "expected an email address, such as ada@example.com, or a number, such as +14155550123")
}

fn address(text: &str) -> Result<Recipient, InvalidEmail> {
    Email::parse(text).map(Recipient::Mail)
}

/// The findings for a person: all of them, or only the problems with `-q`.
#[derive(Serialize)]
struct Shown {
    failed: usize,
    warned: usize,
    checks: Vec<Check>,
    #[serde(skip)]
    quiet: bool,
}

impl Report for Shown {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let widths = self.checks.iter().map(|check| check.name.len());
        let width = widths.max().unwrap_or(0) + 2;
        for check in &self.checks {
            let mut name = check.name;
            for finding in &check.findings {
                if !self.quiet || finding.status >= Status::Warn {
                    draw(canvas, name, width, finding);
                    name = "";
                }
            }
        }
        if !self.quiet {
            canvas.line(format!("  {}", self.summary()));
        }
    }
}

impl Shown {
    fn summary(&self) -> String {
        let made = self.checks.iter();
        let made = made.filter(|check| check.status() != Status::Skipped);
        let all = made.count();
        match (self.failed, self.warned) {
            (0, 0) => format!("all {all} checks passed"),
            (0, warned) => format!("{all} checks, none failed; {warned} with a warning"),
            (failed, _) => format!("{failed} of {all} checks failed"),
        }
    }
}

fn draw(canvas: &mut Canvas<'_>, name: &str, width: usize, finding: &Finding) {
    let (mark, tone) = match finding.status {
        Status::Ok => ("ok", Tone::Good),
        Status::Warn => ("warn", Tone::Warn),
        Status::Fail => ("FAIL", Tone::Bad),
        Status::Skipped => ("skip", Tone::Faint),
    };
    let head = [
        Cell::toned(format!("  {mark:<6}"), tone),
        format!("{name:<width$}").into(),
    ];
    canvas.hanging(&head, &finding.detail);
    if let Some(remedy) = &finding.remedy {
        let arrow = format!("{:<width$}-> ", "", width = width + 8);
        canvas.hanging(&[arrow.into()], remedy);
    }
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    logging::init(LogFormat::Text, "off", context.output.stderr_colors())?;
    let wishes = Wishes {
        serve_check: args.serve_check,
        dns: args.dns.then(|| DnsWish {
            server: args.dns_server,
            dkim_selector: args.dkim_selector.clone(),
            dkim_domain: args.dkim_domain.clone(),
        }),
        send_test: recipients(args).await?,
    };
    let subject = subject(
        config::load(&context.sources()),
        context.working_dir().to_owned(),
        &context.ambient(None),
        false,
    );
    let checks = unless_interrupted(Box::pin(doctor::examine(subject, wishes))).await?;
    let count = |status| {
        checks
            .iter()
            .filter(|check| check.status() == status)
            .count()
    };
    let (failed, warned) = (count(Status::Fail), count(Status::Warn));
    context.output.print(&Shown {
        failed,
        warned,
        checks,
        quiet: context.global.quiet,
    })?;
    match failed {
        0 => Ok(()),
        failed => Err(Failure::checks(failed)),
    }
}

/// Returns the recipients of test messages. Asks for one if none is given.
async fn recipients(args: &Args) -> Result<Vec<Recipient>> {
    let mut recipients = args.send_test_email.clone();
    match &args.send_test {
        None => {}
        Some(given) if !given.is_empty() => recipients.extend(given.iter().cloned()),
        Some(_) if !prompt::possible() => {
            return Err(Failure::refused(
                "no recipient was given, and there is no terminal to ask for one",
            )
            .next("repeat with --send-test ADDRESS-OR-NUMBER"));
        }
        Some(_) => {
            let question = "Send a test message to (address or +number)";
            let answer = prompt::line(question, |text| recipient(text).map(drop)).await?;
            recipients.extend(recipient(&answer).ok());
        }
    }
    Ok(recipients)
}

/// Returns the configuration with the errors and warnings of `serve`, with or without `--dev`.
pub(super) fn subject(
    loaded: Result<Loaded, ConfigError>,
    working_dir: PathBuf,
    ambient: &Ambient,
    dev: bool,
) -> Subject {
    let mut subject = Subject::of(loaded, working_dir, ambient.clone());
    if let Some(loaded) = &subject.loaded {
        let faults = preflight::faults(loaded, ambient);
        let mut warnings = preflight::warnings(loaded, dev);
        // Settings of --dev don't need a warning.
        warnings.retain(|warning| warning.layer != dev::LAYER);
        subject.database_setting = preflight::database_place(&loaded.settings, &loaded.values);
        subject.add(faults, warnings);
    }
    subject
}

/// Waits for the checks. Ctrl-C ends this immediately.
async fn unless_interrupted<T>(work: impl Future<Output = T>) -> Result<T> {
    let mut interrupt = signal(SignalKind::interrupt())
        .map_err(|cause| Failure::failed("signals can't be received").because(cause))?;
    tokio::select! {
        done = progress::waited_for("the checks", work) => Ok(done),
        _ = interrupt.recv() => Err(Failure::interrupted()),
    }
}
