//! `regstack config path`.

use serde_json::json;

use crate::cli::{Context, Result};
use crate::config;

pub(super) const EXAMPLE: &str = "Example:\n  cat \"$(regstack config path | head -n 1)\"";

pub(super) fn run(context: &Context) -> Result {
    let items = match config::load(&context.sources()) {
        Ok(loaded) => loaded.files,
        // A file given with `--config` that doesn't exist is an error.
        Err(error) if error.faults.iter().any(|fault| fault.key == "config") => {
            return Err(error.into());
        }
        Err(error) => error.files,
    };
    if items.is_empty() {
        context
            .output
            .say("no file was read; the defaults and the environment apply");
    }
    let lines = items.iter().map(|file| file.display().to_string());
    let document = json!({ "items": &items, "next": null });
    context.output.print_lines(&document, lines)
}
