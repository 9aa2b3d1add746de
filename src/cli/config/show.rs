//! `regstack config show`.

use crate::cli::context::Context;
use crate::cli::error::Result;
use crate::cli::output::{Cell, List, Look, Row, Tone};
use crate::config::{self, Effective};

pub(super) const EXAMPLE: &str = "Example:\n  regstack config show --changed";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Only what is not a default
    #[arg(long)]
    changed: bool,
}

impl Row for Effective {
    const FIELDS: &'static [&'static str] = &["key", "value", "layer"];
    const TITLES: &'static [&'static str] = Self::FIELDS;

    fn cells(&self, _look: &Look) -> Vec<Cell> {
        let tone = if self.layer == "default" {
            Tone::Faint
        } else {
            Tone::Plain
        };
        vec![
            self.key.as_str().into(),
            self.value.as_str().into(),
            Cell::toned(self.layer.as_str(), tone),
        ]
    }
}

pub(super) fn run(args: &Args, context: &Context) -> Result {
    let mut items = config::load(&context.sources())?.values;
    if args.changed {
        items.retain(|value| value.layer != "default");
    }
    context.output.print(&List { items, next: None })
}
