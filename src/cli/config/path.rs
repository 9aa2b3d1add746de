//! `regstack config path`.

use std::path::PathBuf;

use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::error::Result;
use crate::cli::output::{Canvas, Report};
use crate::config;

pub(super) const EXAMPLE: &str = "Example:\n  cat \"$(regstack config path | head -n 1)\"";

#[derive(Serialize)]
struct Paths {
    items: Vec<PathBuf>,
    next: Option<String>,
}

impl Report for Paths {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        for file in &self.items {
            canvas.line(file.display().to_string());
        }
    }
}

pub(super) fn run(context: &Context) -> Result {
    let items = match config::load(&context.sources()) {
        Ok(loaded) => loaded.files,
        // A file that is named and not there is the answer.
        Err(error) if error.faults.iter().any(|fault| fault.key == "config") => {
            return Err(error.into());
        }
        Err(error) => error.files,
    };
    if items.is_empty() {
        context
            .output
            .say("no file was read: the defaults and the environment are in effect");
    }
    context.output.print(&Paths { items, next: None })
}
