//! `regstack completions`: what a shell needs to complete commands and options.

use clap_complete::Shell;
use serde::Serialize;

use super::context::Context;
use super::error::{Failure, Result};
use super::output::{Canvas, Report, write_out};

/// Print what a shell needs to complete commands
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The same files are in completions/ of the source.\n\nExample:\n  regstack completions bash > ~/.local/share/bash-completion/completions/regstack"
)]
pub(super) struct Args {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

#[derive(Serialize)]
struct Completions {
    script: String,
}

impl Report for Completions {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        for line in self.script.lines() {
            canvas.line(line);
        }
    }
}

pub(super) fn run(args: &Args, context: &Context) -> Result {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut super::command(), "regstack", &mut script);
    let script = String::from_utf8(script)
        .map_err(|cause| Failure::failed("the completions are no text").because(cause))?;
    if context.global.json {
        return context.output.print(&Completions { script });
    }
    // Exactly as it is: what is for a shell is escaped for it already.
    write_out(&script).map(drop)
}
