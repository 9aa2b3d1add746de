//! The command line, with one file for each command. A command parses its arguments, calls one use case and passes a
//! report to the renderer.
//!
//! Only `output` renders, and only `error` knows exit codes. What may happen to an account is not decided here.

mod bulk;
mod completions;
mod config;
mod context;
mod create_admin;
mod db;
mod delivery;
mod dev;
mod doctor;
mod error;
mod events;
mod files;
mod init;
mod insight;
mod keys;
mod log_writer;
mod logging;
mod man;
mod memory;
mod named;
mod outbox;
mod output;
mod paging;
mod pending;
mod preflight;
mod progress;
mod prompt;
mod reload;
mod secret;
mod serve;
mod service_keys;
mod service_manager;
mod serving;
mod sessions;
mod signals;
mod since;
mod stats;
mod templates;
mod theme;
mod tokens;
mod traces;
mod users;
mod validate;
mod webhooks;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, ColorChoice, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use context::Context;
use error::{Failure, Result};
use output::{Output, write_out, written};

const SHORT_HELP: &str = "\
User accounts for an application, from one binary.

Every day:
  regstack init              set it up with a dialog
  regstack serve             run the server; --dev needs no set-up
  regstack users list        find accounts; then show, lock, unlock, delete
  regstack doctor            find problems and how to fix them

All commands: regstack --help
";

const GLOBAL_HELP: &str = "\
Options of every command (-V prints the version):
  --config PATH   configuration: a file, or a folder with a regstack.toml
  --json          print one JSON document on stdout and nothing else
  --color WHEN    auto (the default), always or never; NO_COLOR is respected
  --yes           don't ask before destructive actions
  -q, --quiet     only results, warnings and errors
  -v, --verbose   log more

Exit: 0 done, 1 failed, 2 usage or refused, 3 configuration, 4 no database;
doctor: number of failed checks

Example:
  regstack users list --locked --json";

/// The help template of the root command, without the `--help` and `--version` options, which are listed with the
/// others.
const ROOT_HELP: &str = "\
{about-with-newline}
{usage-heading} {usage}

Commands:
{subcommands}{after-help}";

/// User accounts for an application, from one binary.
#[derive(Debug, Parser)]
#[command(name = "regstack", version, after_help = GLOBAL_HELP, help_template = ROOT_HELP, disable_help_subcommand = true, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

/// The options of every command. Hidden from the commands' help, so that each fits a screen; `GLOBAL_HELP` shows them.
#[derive(Debug, Clone, Args)]
#[allow(clippy::struct_excessive_bools, reason = "flags of a command line")]
struct Global {
    #[arg(long, global = true, hide = true, value_name = "PATH")]
    config: Option<PathBuf>,
    #[arg(long, global = true, hide = true)]
    json: bool,
    #[arg(
        long,
        global = true,
        hide = true,
        value_enum,
        value_name = "WHEN",
        default_value = "auto"
    )]
    color: ColorChoice,
    #[arg(long, global = true, hide = true)]
    yes: bool,
    #[arg(short, long, global = true, hide = true, conflicts_with = "verbose")]
    quiet: bool,
    #[arg(short, long, global = true, hide = true)]
    verbose: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(Box<init::Args>),
    Serve(serve::Args),
    Doctor(doctor::Args),
    Validate(Box<validate::Args>),
    CreateAdmin(create_admin::Args),
    #[command(subcommand)]
    Users(users::Command),
    #[command(subcommand)]
    Sessions(sessions::Command),
    #[command(subcommand)]
    Tokens(tokens::Command),
    #[command(subcommand)]
    Keys(keys::Command),
    #[command(subcommand)]
    ServiceKeys(service_keys::Command),
    #[command(subcommand)]
    Pending(pending::Command),
    #[command(subcommand)]
    Events(events::Command),
    #[command(subcommand)]
    Outbox(outbox::Command),
    #[command(subcommand)]
    Templates(templates::Command),
    #[command(subcommand)]
    Db(db::Command),
    #[command(hide = true, about = db::MIGRATE, after_help = db::MIGRATE_EXAMPLE)]
    Migrate {
        // The name of this argument in the Python package.
        #[arg(long, hide = true, value_parser = ["head"])]
        target: Option<String>,
    },
    #[command(subcommand)]
    Config(config::Command),
    #[command(subcommand)]
    Secret(secret::Command),
    Stats(stats::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// Runs a command line, from its arguments to its exit status.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut arguments: Vec<OsString> = arguments.into_iter().collect();
    // `regstack help users` is the same as `regstack users --help`, as in other programs.
    if arguments.get(1).is_some_and(|word| word == "help") {
        arguments.remove(1);
        arguments.push("--help".into());
    }
    let environment = |name: &str| std::env::var(name).ok();
    let color = color_of(&arguments);
    // Before the arguments are parsed, the only output is an error.
    let plain = Output::new(false, false, color, &environment);
    let cli = match parse(&arguments, color) {
        Ok(Some(cli)) => cli,
        Ok(None) => return ExitCode::SUCCESS,
        Err(failure) => return finish(&plain, Err(failure)),
    };
    let output = Output::new(
        cli.global.json,
        cli.global.quiet,
        cli.global.color,
        &environment,
    );
    // Configures the libraries for prompts and spinners.
    console::set_colors_enabled_stderr(output.stderr_colors());
    let Some(command) = cli.command else {
        return finish(&output, write_out(SHORT_HELP).map(drop));
    };
    let result = Context::of_process(cli.global, output.clone())
        .and_then(|context| execute(&command, &context));
    finish(&output, result)
}

/// Returns the error of a command line, if there is one. Tests use this to check the documentation.
#[cfg(feature = "internals")]
pub fn check(arguments: &[String]) -> std::result::Result<(), clap::Error> {
    let words = std::iter::once("regstack").chain(arguments.iter().map(String::as_str));
    Cli::command().try_get_matches_from(words).map(drop)
}

/// Returns the description of the whole command line.
fn command() -> clap::Command {
    Cli::command()
}

/// Returns the description with the flags for every question of `init`, for shells and the manual, which have room for
/// them.
fn described() -> clap::Command {
    command().mut_subcommand("init", init::describe)
}

/// Parses the arguments. Returns `None` if help or the version was requested and printed.
fn parse(arguments: &[OsString], color: ColorChoice) -> Result<Option<Cli>> {
    let mut root = Cli::command().color(color);
    let error = match root
        .try_get_matches_from_mut(arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches))
    {
        Ok(cli) => return Ok(Some(cli)),
        Err(error) => error,
    };
    if !error.use_stderr() {
        written(error.print())?;
        return Ok(None);
    }
    let command = command_named(&root, arguments);
    let name = command.get_bin_name().unwrap_or("regstack");
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let commands: Vec<&str> = command
            .get_subcommands()
            .map(clap::Command::get_name)
            .collect();
        return Err(
            Failure::refused(format!("{name} needs a command: {}", commands.join(", ")))
                .next(format!("{name} --help")),
        );
    }
    let word = arguments.get(1).and_then(|word| word.to_str());
    if error.kind() == ErrorKind::InvalidSubcommand
        && let Some((what, next)) = word.and_then(of_python_package)
    {
        return Err(Failure::refused(what).next(next));
    }
    Err(Failure::usage(&error, name))
}

/// Returns what replaces a command that only exists in the Python package.
fn of_python_package(word: &str) -> Option<(&'static str, &'static str)> {
    match word {
        "oauth" => Some((
            "there is no oauth command: set up other providers in regstack.toml",
            "see docs/sign-in-providers.md",
        )),
        "theme" => Some((
            "there is no theme command: write a style sheet instead",
            "put it in a folder of extra_static_dirs and name it in theme_css_url",
        )),
        "ses" => Some((
            "there is no ses command: set up SES like any other email provider",
            "regstack init --email-backend ses, then regstack doctor --dns --send-test EMAIL",
        )),
        _ => None,
    }
}

/// Returns the command that the arguments name, as far as they name one.
fn command_named<'a>(root: &'a clap::Command, arguments: &[OsString]) -> &'a clap::Command {
    arguments.iter().fold(root, |command, word| {
        command.find_subcommand(word).unwrap_or(command)
    })
}

/// Returns the value of `--color` before the arguments are parsed, because help and usage errors are coloured too.
fn color_of(arguments: &[OsString]) -> ColorChoice {
    let words: Vec<&str> = arguments
        .iter()
        .filter_map(|argument| argument.to_str())
        .collect();
    let given = |value: &str| {
        words.contains(&format!("--color={value}").as_str())
            || words.windows(2).any(|pair| pair == ["--color", value])
    };
    match () {
        () if given("never") => ColorChoice::Never,
        () if given("always") => ColorChoice::Always,
        () => ColorChoice::Auto,
    }
}

fn execute(command: &Command, context: &Context) -> Result {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|cause| Failure::failed("the asynchronous runtime can't start").because(cause))?;
    let result = runtime.block_on(async {
        let result = match command {
            Command::Init(args) => Box::pin(init::run(args, context)).await,
            Command::Serve(args) => Box::pin(serve::run(args, context)).await,
            Command::Doctor(args) => Box::pin(doctor::run(args, context)).await,
            Command::Validate(args) => Box::pin(validate::run(args, context)).await,
            Command::CreateAdmin(args) => Box::pin(create_admin::run(args, context)).await,
            Command::Users(command) => Box::pin(users::run(command, context)).await,
            Command::Tokens(command) => tokens::run(command, context).await,
            Command::Keys(command) => keys::run(command, context).await,
            Command::Sessions(command) => sessions::run(command, context).await,
            Command::ServiceKeys(command) => service_keys::run(command, context).await,
            Command::Pending(command) => pending::run(command, context).await,
            Command::Events(command) => events::run(command, context).await,
            Command::Outbox(command) => outbox::run(command, context).await,
            Command::Templates(command) => templates::run(command, context),
            Command::Db(command) => db::run(command, context).await,
            Command::Migrate { .. } => db::run(&db::Command::Migrate, context).await,
            Command::Config(command) => config::run(command, context),
            Command::Secret(command) => secret::run(command, context),
            Command::Stats(args) => stats::run(args, context).await,
            Command::Completions(args) => completions::run(args, context),
            Command::Man(args) => man::run(args, context),
        };
        context.finish().await;
        result
    });
    // Tasks that still run were told to stop and had time for it, or are to be interrupted: they end with the process,
    // which exits now. A runtime shutdown before that would end tasks in any order, on which MongoDB's driver panics.
    std::mem::forget(runtime);
    result
}

fn finish(output: &Output, result: Result) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.is_told() {
                output.fail(&failure);
            }
            ExitCode::from(failure.exit.code())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(command: &mut clap::Command, visit: &mut impl FnMut(&clap::Command)) {
        visit(command);
        for child in command.get_subcommands_mut() {
            walk(child, visit);
        }
    }

    #[test]
    fn the_commands_are_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn each_help_fits_a_screen_says_its_purpose_first_and_ends_with_an_example() {
        let mut names = Vec::new();
        let mut root = Cli::command();
        root.build();
        walk(&mut root, &mut |command| {
            names.push(command.get_bin_name().unwrap_or("regstack").to_owned());
        });
        for name in names {
            let arguments = name.split(' ').chain(["--help"]);
            let help = Cli::command()
                .term_width(80)
                .try_get_matches_from(arguments)
                .unwrap_err()
                .to_string();
            let lines: Vec<&str> = help.trim_end().lines().collect();
            // The two long lists of commands need more lines.
            let is_long = ["regstack", "regstack users"].contains(&name.as_str());
            let most = if is_long { 40 } else { 28 };
            assert!(
                lines.len() <= most && lines.iter().all(|line| line.len() <= 80),
                "{name}: {} lines\n{help}",
                lines.len()
            );
            assert!(
                !lines[0].is_empty() && !lines[0].starts_with("Usage"),
                "{name} does not say what it is for"
            );
            let example = lines
                .iter()
                .rposition(|line| line.starts_with("Example"))
                .unwrap_or_else(|| panic!("{name} has no example"));
            assert!(
                lines[example + 1..]
                    .iter()
                    .all(|line| line.starts_with("  "))
                    && lines[example + 1].contains("regstack"),
                "{name}"
            );
        }
    }

    #[test]
    fn the_root_help_tells_of_every_global_option() {
        let mut root = Cli::command();
        let help = root.render_help().to_string();
        for argument in root
            .get_arguments()
            .filter(|argument| argument.is_global_set())
        {
            let long = argument
                .get_long()
                .expect("every global option has a long name");
            assert!(help.contains(&format!("--{long}")), "--{long}");
        }
    }
}
