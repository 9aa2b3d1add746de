//! `regstack templates preview`.

use clap::ValueEnum;
use serde::Serialize;

use super::open;
use crate::cli::context::Context;
use crate::cli::error::{Failure, Result};
use crate::cli::output::{Canvas, Report};
use crate::delivery::Templates;

pub(super) const EXAMPLE: &str = "\
With --json all parts at once.

Example:
  regstack templates preview verification --part html > verification.html";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The mail, as `verification`
    #[arg(value_name = "NAME")]
    name: String,
    /// The part of it
    #[arg(long, value_enum, default_value = "txt")]
    part: Part,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Part {
    Subject,
    Txt,
    Html,
}

#[derive(Serialize)]
struct Preview {
    name: String,
    subject: String,
    txt: String,
    html: String,
    #[serde(skip)]
    part: Part,
}

impl Report for Preview {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let part = match self.part {
            Part::Subject => &self.subject,
            Part::Txt => &self.txt,
            Part::Html => &self.html,
        };
        for line in part.lines() {
            canvas.line(line);
        }
    }
}

pub(super) fn run(args: &Args, context: &Context) -> Result {
    let name = &args.name;
    let rendered = open(context)?.preview(name).ok_or_else(|| {
        Failure::refused(format!("there is no mail called \"{name}\""))
            .because(format!("there are {}", Templates::mails().join(", ")))
    })?;
    let mail = rendered.map_err(|error| {
        Failure::configuration(format!("{name} cannot be rendered"))
            .because(error)
            .next("regstack templates check")
    })?;
    context.output.print(&Preview {
        name: name.clone(),
        subject: mail.subject,
        txt: mail.text,
        html: mail.html,
        part: args.part,
    })
}
