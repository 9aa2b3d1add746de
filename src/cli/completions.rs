//! `regstack completions`: prints completion scripts for shells.

use clap_complete::Shell;
use serde_json::json;

use super::output::write_out;
use super::{Context, Failure, Result};

/// Print a completion script for a shell
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The same files are in completions/ of the source code. Account names aren't\ncompleted, because Tab would then open the database and show accounts.\n\nExample:\n  regstack completions bash > ~/.local/share/bash-completion/completions/regstack"
)]
pub(super) struct Args {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

/// Removes hidden flags from the scripts of fish and zsh, which would show them. Those of `init` only explain how to
/// pass a secret.
fn without_hidden_flags(script: &str) -> String {
    let root = super::described();
    let init = root.find_subcommand("init");
    let arguments = init.into_iter().flat_map(clap::Command::get_arguments);
    let hidden = arguments.filter(|argument| argument.is_hide_set() && !argument.is_global_set());
    let hidden: Vec<[String; 2]> = hidden
        .filter_map(|argument| argument.get_long())
        .map(|flag| [format!(" -l {flag} "), format!("'--{flag}=")])
        .collect();
    let is_hidden = |line: &&str| {
        let mut forms = hidden.iter().flatten();
        forms.any(|form| format!("{line} ").contains(form))
    };
    let shown = script.lines().filter(|line| !is_hidden(line));
    shown.fold(String::new(), |text, line| text + line + "\n")
}

pub(super) fn run(args: &Args, context: &Context) -> Result {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::described(), "regstack", &mut script);
    let mut script = String::from_utf8(script)
        .map_err(|cause| Failure::failed("the completions aren't text").because(cause))?;
    if matches!(args.shell, Shell::Fish | Shell::Zsh) {
        script = without_hidden_flags(&script);
    }
    if context.global.json {
        return context
            .output
            .print_lines(&json!({ "script": script }), script.lines());
    }
    // Printed unchanged: the text is already escaped for the shell.
    write_out(&script).map(drop)
}
