//! `regstack config show`.

use std::collections::HashMap;

use serde::Serialize;

use crate::cli::output::{Cell, List, Look, Row, Tone};
use crate::cli::{Context, Failure, Result};
use crate::config::{self, ConfigError, Effective};

/// Show every setting, and where it comes from; secrets stay hidden
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  regstack config show --changed\n  regstack config show base_url email"
)]
pub(in crate::cli) struct Args {
    /// Only these settings, or sections (email)
    #[arg(value_name = "KEY")]
    keys: Vec<String>,
    /// Only settings that aren't at their default
    #[arg(long)]
    changed: bool,
}

#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    effective: Effective,
    /// Why the value cannot be used. The default is shown instead.
    fault: Option<String>,
}

impl Row for Shown {
    const FIELDS: &'static str = "key,value,layer,fault";
    const TITLES: &'static [&'static str] = &["key", "value", "layer"];
    const SHRINK: &'static [usize] = &[1, 2];

    fn cells(&self, _look: &Look) -> Vec<Cell> {
        let Effective { key, value, layer } = &self.effective;
        let tone = match &self.fault {
            Some(_) => Tone::Bad,
            None if layer == "default" => Tone::Faint,
            None => Tone::Plain,
        };
        let value = match &self.fault {
            Some(fault) => Cell::toned(format!("FAIL {fault}"), Tone::Bad),
            None => value.as_str().into(),
        };
        vec![
            key.as_str().into(),
            value,
            Cell::toned(layer.as_str(), tone),
        ]
    }
}

pub(super) fn run(args: &Args, context: &Context) -> Result {
    let (values, faults) = match config::load(&context.sources()) {
        Ok(loaded) => (loaded.values, Vec::new()),
        Err(ConfigError { values, faults, .. }) => (values, faults),
    };
    for name in &args.keys {
        if !values.iter().any(|value| is_of(&value.key, name)) {
            return Err(unknown(name));
        }
    }
    let marks: HashMap<&str, &str> = faults
        .iter()
        .map(|fault| (fault.key.as_str(), fault.message.as_str()))
        .collect();
    let shown = values.into_iter().map(|effective| Shown {
        fault: marks.get(effective.key.as_str()).map(|&text| text.into()),
        effective,
    });
    let items = shown
        .filter(|shown| {
            let mut named = args.keys.iter();
            args.keys.is_empty() || named.any(|name| is_of(&shown.effective.key, name))
        })
        .filter(|shown| {
            !args.changed || shown.effective.layer != "default" || shown.fault.is_some()
        })
        .collect();
    context.output.print(&List { items, next: None })?;
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Failure::faults(&faults))
    }
}

/// Returns whether a key has this name or is in the section with this name.
fn is_of(key: &str, name: &str) -> bool {
    let rest = key.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn unknown(name: &str) -> Failure {
    let hint = config::key(name).err().and_then(|(_, hint)| hint);
    let failure = Failure::refused(format!("there is no setting called \"{name}\""));
    let failure = failure.next("regstack config show lists every key");
    match hint {
        Some(hint) => failure.because(hint),
        None => failure,
    }
}
