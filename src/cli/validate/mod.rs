//! `regstack validate`: drives a running installation through every flow, and shows what failed.

mod shown;
mod sources;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::time::Duration;

use tokio::select;
use url::Url;

use super::context::Context;
use super::error::{Failure, Result};
use super::signals::Signals;
use super::{logging, prompt};
use crate::config::LogFormat;
use crate::model::{Email, PhoneNumber};
use crate::secret::SecretString;
use crate::validate::mails::LogSource;
use crate::validate::{self, Addresses, PhaseName, Status, Wishes};
use shown::{Ended, Shown};

const AFTER_HELP: &str = "\
Exit: 0 all phases passed, 1 one failed, 2 refused, 130 interrupted

Example:
  regstack validate https://accounts.example.com --smtp-sink 127.0.0.1:2525";

/// The domain of the email addresses, unless another is given. Nothing is delivered there (RFC 2606).
const DOMAIN: &str = "regstack-probe.example";

/// The phases that read emails.
const MAILED: [PhaseName; 3] = [PhaseName::Verify, PhaseName::ChangeEmail, PhaseName::Reset];

/// Test a running installation as a stranger, from sign-up to deletion
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP)]
#[allow(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(super) struct Args {
    /// The installation, or its API
    #[arg(value_name = "URL", value_parser = web_address, required_unless_present = "api_url")]
    url: Option<Url>,
    /// Run a mail server here that takes the emails
    #[arg(long, value_name = "ADDR:PORT", group = "mail", value_parser = sources::sink_address)]
    smtp_sink: Option<std::net::SocketAddr>,
    /// Read the emails in a maildir
    #[arg(long, value_name = "PATH", group = "mail")]
    maildir: Option<PathBuf>,
    /// Read the emails in Mailpit
    #[arg(long, value_name = "URL", group = "mail", value_parser = web_address)]
    mailpit: Option<Url>,
    /// Read the emails with IMAP
    #[arg(long, value_name = "imaps://USER@HOST", group = "mail")]
    imap: Option<String>,
    /// Read the emails that a command prints
    #[arg(long, value_name = "COMMAND", group = "mail")]
    mail_command: Option<String>,
    /// Read links and codes in the log
    #[arg(long, value_name = "file:PATH", group = "mail")]
    log_source: Option<LogSource>,
    /// Mailbox or domain to sign up with
    #[arg(long, value_name = "EMAIL|@DOMAIN", value_parser = addresses)]
    email: Option<Addresses>,
    /// Also test codes by SMS, with this number
    #[arg(long, value_name = "NUMBER", value_parser = number)]
    phone: Option<PhoneNumber>,
    /// Read the code that a command prints
    #[arg(long, value_name = "COMMAND", requires = "phone")]
    sms_command: Option<String>,
    /// Leave out phases: pages,oauth
    #[arg(long, value_name = "PHASES", value_delimiter = ',', value_parser = phases)]
    skip: Vec<Skipped>,
    /// Wait this long for each email; 60 by default
    #[arg(long, value_name = "SECONDS", default_value_t = 60, hide_default_value = true, value_parser = clap::value_parser!(u64).range(1..=3600))]
    mail_timeout: u64,
    /// Don't delete the account
    #[arg(long)]
    no_cleanup: bool,
    /// Accept any certificate of the installation
    #[arg(long)]
    insecure: bool,
    // The longest wait for a rate limit.
    #[arg(long, hide = true, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(0..=86_400))]
    max_wait: u64,
    // The names of the Python package.
    #[arg(long = "url", hide = true, value_name = "URL", conflicts_with = "url", value_parser = web_address)]
    api_url: Option<Url>,
    #[arg(long, hide = true, value_name = "DOMAIN", conflicts_with = "email", value_parser = domain)]
    probe_email_domain: Option<Addresses>,
    #[arg(long, hide = true, value_name = "PASSWORD")]
    password: Option<SecretString>,
    #[arg(long, hide = true, value_name = "SECONDS", default_value_t = 30.0)]
    timeout: f64,
}

/// A phase, or a group of phases by its name in the Python package.
#[derive(Debug, Clone)]
struct Skipped(Vec<PhaseName>);

fn phases(text: &str) -> Result<Skipped, String> {
    if text == "account" {
        return Ok(Skipped(vec![
            PhaseName::Me,
            PhaseName::Download,
            PhaseName::ChangePassword,
            PhaseName::ChangeEmail,
            PhaseName::Undo,
        ]));
    }
    // An empty list leaves out nothing.
    if text.is_empty() {
        return Ok(Skipped(Vec::new()));
    }
    match text.trim().parse() {
        Ok(PhaseName::Reach) => Err("nothing can be tested without reach".to_owned()),
        Ok(PhaseName::Delete) => Err("use --no-cleanup to keep the account".to_owned()),
        Ok(phase) => Ok(Skipped(vec![phase])),
        Err(()) => {
            let names = PhaseName::ALL.map(PhaseName::as_str).join(", ");
            Err(format!("the phases are {names}"))
        }
    }
}

fn web_address(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).ok();
    let url = url.filter(|url| ["http", "https"].contains(&url.scheme()) && url.has_host());
    let url = url.ok_or("expected a URL such as https://accounts.example.com")?;
    if url.username().is_empty() && url.password().is_none() {
        Ok(url)
    } else {
        Err("expected a URL without a user name and password, which others can see here")
    }
}

fn number(text: &str) -> Result<PhoneNumber, &'static str> {
    PhoneNumber::parse(text).map_err(|_| "expected a number such as +15551234567")
}

fn addresses(text: &str) -> Result<Addresses, &'static str> {
    if let Some(name) = text.strip_prefix('@') {
        return domain(name);
    }
    let email = Email::parse(text).map_err(|_| "expected an address such as ada@example.com")?;
    let (local, domain) = email.as_str().rsplit_once('@').unwrap_or_default();
    Ok(Addresses::Tagged(local.to_owned(), domain.to_owned()))
}

fn domain(text: &str) -> Result<Addresses, &'static str> {
    let email = Email::parse(&format!("a@{text}"));
    let email = email.map_err(|_| "expected a domain such as example.com")?;
    let (_, domain) = email.as_str().rsplit_once('@').unwrap_or_default();
    Ok(Addresses::In(domain.to_owned()))
}

impl Args {
    fn url(&self) -> Url {
        let given = self.url.as_ref().or(self.api_url.as_ref());
        given.expect("clap requires one of them").clone()
    }

    fn skipped(&self) -> Vec<PhaseName> {
        self.skip.iter().flat_map(|group| group.0.clone()).collect()
    }

    /// Returns where the addresses of the accounts come from. With IMAP, it's the mailbox itself if its name is one.
    fn addresses(&self, imap_user: Option<&str>) -> Addresses {
        let given = self.email.as_ref().or(self.probe_email_domain.as_ref());
        let of_imap = || imap_user.and_then(|user| addresses(user).ok());
        given
            .cloned()
            .or_else(of_imap)
            .unwrap_or_else(|| Addresses::In(DOMAIN.to_owned()))
    }
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    logging::init(LogFormat::Text, "off", context.output.stderr_colors())?;
    let url = args.url();
    let skip = args.skipped();
    if args.password.is_some() {
        let text = "others on this machine can read a password in the arguments";
        context.output.warn(text);
    }
    let (mails, imap_user) = sources::mails(args, context, &url).await?;
    if mails.is_none() && !MAILED.iter().all(|phase| skip.contains(phase)) {
        return Err(Failure::refused("it isn't known where the emails arrive")
            .because("give --smtp-sink, --maildir, --mailpit, --imap, --mail-command or --log-source")
            .next("see docs/validate.md, or leave out what needs them: --skip verify,change-email,reset"));
    }
    let addresses = args.addresses(imap_user.as_deref());
    let shown = Shown::new(context);
    let phone = sources::phone(args, mails.is_some(), &shown)?;
    let wishes = Wishes {
        url,
        skip,
        addresses,
        password: args.password.clone(),
        keep: args.no_cleanup,
        patience: Duration::from_secs(args.mail_timeout),
        max_wait: Duration::from_secs(args.max_wait),
        time_limit: Duration::try_from_secs_f64(args.timeout.clamp(1.0, 600.0))
            .unwrap_or(Duration::from_secs(30)),
        insecure: args.insecure,
        mails,
        phone,
    };
    let (mut first, mut second) = (Signals::listen(false)?, Signals::listen(false)?);
    let (clock, random) = (context.clock.clone(), context.random.clone());
    let interrupted = async {
        first.next().await;
        shown.say("interrupted: deleting the account, press Ctrl-C again to leave at once");
    };
    let running = validate::run(wishes, clock, random, &shown, interrupted);
    let again = async {
        second.next().await;
        second.again().await;
    };
    let report = select! {
        report = Box::pin(running) => report,
        () = again => {
            shown.finish();
            return Err(Failure::interrupted()
                .next("accounts may be left: regstack users list --q validate- finds them"));
        }
    };
    shown.finish();
    let report =
        report.map_err(|cause| Failure::failed("requests can't be sent").because(cause))?;
    if context.global.json || !context.global.quiet {
        context.output.print(&Ended(&report))?;
    }
    match (report.interrupted, report.count(Status::Failed)) {
        (true, _) => Err(Failure::interrupted()),
        (false, 0) => Ok(()),
        (false, _) => Err(Failure::phases()),
    }
}

/// Returns whether a person can be asked for a code.
fn can_ask() -> bool {
    prompt::possible() && std::io::stderr().is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_and_the_groups_of_the_python_package_can_be_left_out() {
        for (text, count) in [
            ("oauth", 1),
            ("sms", 1),
            ("reset", 1),
            ("account", 5),
            ("", 0),
        ] {
            assert_eq!(phases(text).unwrap().0.len(), count, "{text}");
        }
        assert!(phases("nonsense").unwrap_err().contains("change-password"));
        assert!(phases("reach").is_err() && phases("delete").is_err());
    }

    #[test]
    fn an_address_has_no_password() {
        assert!(web_address("https://accounts.example.com/api").is_ok());
        for wrong in [
            "https://ada:secret@accounts.example.com",
            "https://ada@accounts.example.com",
        ] {
            assert!(
                web_address(wrong)
                    .unwrap_err()
                    .contains("without a user name")
            );
        }
    }

    #[test]
    fn addresses_are_tagged_or_in_a_domain() {
        assert!(
            matches!(addresses("ada@example.com"), Ok(Addresses::Tagged(local, domain)) if local == "ada" && domain == "example.com")
        );
        assert!(
            matches!(addresses("@example.com"), Ok(Addresses::In(domain)) if domain == "example.com")
        );
        assert!(addresses("example.com").is_err() && domain("").is_err());
    }
}
