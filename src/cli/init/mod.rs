//! `regstack init`: writes `regstack.toml` and `regstack.secrets.env`, with a dialogue or from given answers.
//!
//! Both ways build a [`plan::Plan`] with the current and the new content of the files. Nothing is written before the
//! plan is complete, valid and confirmed.

mod answers;
mod apply;
mod dialogue;
mod flags;
mod gitignore;
mod plan;
mod proposals;
mod summary;
mod write;

use std::path::PathBuf;

use super::{Context, Failure, Result, preflight, prompt};
use crate::model::Email;
use answers::Answers;
use apply::{Done, Further};
use dialogue::Dialogue;
use flags::Flags;
use plan::{Installation, Plan};

const HELP: &str = "\
An existing installation is changed, not replaced: comments and other settings
stay. Each question has a flag: --app-name, --base-url, --database-url,
--email-backend, --smtp-host, --sms-backend, ...; any other key takes --set.
Secrets can't be arguments: REGSTACK_... or REGSTACK_..._FILE in the environment,
or --secrets-stdin with REGSTACK_...=value lines (and REGSTACK_ADMIN_PASSWORD).

Examples:
  regstack init
  regstack init --defaults --app-name Acme --base-url https://acme.example
  regstack init --defaults --set jwt_ttl_seconds=3600 --target /etc/regstack";

/// Set up regstack: write the configuration and create the database
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
#[allow(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(super) struct Args {
    /// Ask nothing; use defaults and flags
    #[arg(long)]
    defaults: bool,
    /// Set any other key
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Read secrets from stdin
    #[arg(long, requires = "defaults")]
    secrets_stdin: bool,
    /// Folder to set up, instead of the current one
    #[arg(long, value_name = "DIR")]
    target: Option<PathBuf>,
    /// Change an existing installation
    #[arg(long)]
    force: bool,
    /// Leave an existing installation alone, and succeed
    #[arg(long, conflicts_with = "force")]
    if_missing: bool,
    /// Write the files only
    #[arg(long, conflicts_with = "admin_email")]
    no_schema: bool,
    /// Make this account an administrator
    #[arg(long, value_name = "EMAIL", value_parser = Email::parse)]
    admin_email: Option<Email>,
    #[command(flatten)]
    flags: Flags,
}

/// Shows the flags for questions. Those for secrets stay hidden, because they only explain how to pass a secret.
pub(super) fn describe(command: clap::Command) -> clap::Command {
    flags::QUESTIONS
        .iter()
        .fold(command, |command, (key, flag)| {
            command.mut_arg(flag, |flag| flag.hide(false).help(format!("Set {key}")))
        })
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    // Scripts for the Python package only use these two.
    let implied = args.force || args.if_missing;
    let unasked = args.defaults || (implied && !prompt::possible());
    let given = Answers::given(args, unasked, context)?;
    if !unasked && !prompt::possible() {
        return Err(Failure::refused("there is no terminal to ask questions on")
            .next("repeat with --defaults: every question has a flag, see regstack init --help"));
    }
    let place = installation(args, context)?;
    let mut plan = Plan::read(place, context)?;
    if plan.existing && args.if_missing {
        return context.output.print(&Done::nothing(&plan, context));
    }
    let further = if unasked {
        unattended(args, given, &mut plan, context)?
    } else {
        start(&mut plan, context)?;
        given.apply(&mut plan)?;
        let dialogue = Dialogue::new(&mut plan, context, given.admin_email);
        Box::pin(dialogue.hold(!args.no_schema)).await?
    };
    tell_warnings(&plan, context)?;
    let done = Box::pin(apply::apply(&plan, further, context)).await?;
    context.output.print(&done)
}

/// Prints warnings about the deployment of the server.
fn tell_warnings(plan: &Plan<'_>, context: &Context) -> Result {
    for warning in preflight::deployment(&plan.usable()?) {
        context.output.warn(&warning.to_string());
        if let Some(hint) = &warning.hint {
            context.output.say(&format!("  -> {hint}"));
        }
    }
    Ok(())
}

/// Uses the given answers, and otherwise the proposals of the dialogue, without asking.
fn unattended(
    args: &Args,
    given: Answers,
    plan: &mut Plan<'_>,
    context: &Context,
) -> Result<Further> {
    if plan.existing && !args.force {
        return Err(Failure::refused(format!(
            "there is an installation in {}",
            plan.place.folder.display()
        ))
        .next(
            "use --force to change it (it keeps what you added), or --if-missing to leave it alone",
        ));
    }
    start(plan, context)?;
    given.apply(plan)?;
    if !plan.has_settings() {
        proposals::take(plan)?;
    }
    plan.ensure_secret()?;
    let administrator = match (given.admin_email, given.admin_password) {
        (Some(email), Some(password)) => Some((email, password)),
        (Some(_), None) => {
            return Err(Failure::refused("--admin-email needs a password").next(
                "set REGSTACK_ADMIN_PASSWORD or REGSTACK_ADMIN_PASSWORD_FILE, or pipe it in with --secrets-stdin",
            ));
        }
        (None, _) => None,
    };
    for name in plan.overridden() {
        context.output.say(&format!(
            "{name} in the environment takes precedence over the files while it is set"
        ));
    }
    Ok(Further {
        schema: !args.no_schema,
        administrator,
    })
}

/// Sets the starting values of a new installation. In another folder, the database path is absolute, so that the server
/// can be started from anywhere.
fn start(plan: &mut Plan<'_>, context: &Context) -> Result {
    if plan.existing {
        return Ok(());
    }
    let database = match &plan.place.folder {
        folder if folder == context.working_dir() => "sqlite:regstack.db".to_owned(),
        folder => format!("sqlite:///{}", folder.join("regstack.db").display()),
    };
    for name in flags::SHOWN {
        let value = match *name {
            "database_url" => database.clone(),
            name => plan.value(name),
        };
        plan.set(name, &value)
            .map_err(|reason| Failure::refused(format!("{name} {reason}")))?;
    }
    Ok(())
}

/// Returns the installation to set up, found the same way as by other commands.
fn installation(args: &Args, context: &Context) -> Result<Installation> {
    if args.target.is_some() && context.global.config.is_some() {
        return Err(Failure::refused(
            "--target and --config both name a folder: use only one",
        ));
    }
    let variable = context.sources().environment.remove("REGSTACK_CONFIG");
    let variable = variable.filter(|path| !path.is_empty()).map(PathBuf::from);
    let named = args
        .target
        .clone()
        .or_else(|| context.global.config.clone())
        .or(variable);
    let path = named.unwrap_or_else(|| context.working_dir().to_owned());
    Installation::at(&path, context.working_dir()).map_err(|cause| {
        Failure::refused(format!("{} can't be used as a folder", path.display())).because(cause)
    })
}
