//! `regstack config check`.

use std::path::PathBuf;

use serde::Serialize;

use crate::cli::output::{Canvas, Cell, Report, Tone};
use crate::cli::{Context, Failure, Result, preflight};
use crate::config::{self, Fault};

pub(super) const EXAMPLE: &str = "Exit code 3 if there is a fault. Warnings don't change the exit code.\n\nExample:\n  regstack config check --config /etc/regstack";

#[derive(Serialize)]
struct Checked {
    ok: bool,
    files: Vec<PathBuf>,
    faults: Vec<Fault>,
    warnings: Vec<Fault>,
}

impl Report for Checked {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        for (faults, mark, tone) in [
            (&self.faults, "FAIL", Tone::Bad),
            (&self.warnings, "warn", Tone::Warn),
        ] {
            for fault in faults {
                canvas.line(Cell::toned(format!("{mark}  {fault}"), tone));
                if let Some(hint) = &fault.hint {
                    canvas.line(format!("      -> {hint}"));
                }
            }
        }
        if self.ok {
            let files: Vec<String> = self
                .files
                .iter()
                .map(|file| file.display().to_string())
                .collect();
            let source = if files.is_empty() {
                "no file: defaults and environment".to_owned()
            } else {
                files.join(", ")
            };
            canvas.line(Cell::toned(format!("ok    {source}"), Tone::Good));
        }
    }
}

pub(super) fn run(context: &Context) -> Result {
    let checked = match config::load(&context.sources()) {
        Ok(loaded) => {
            let faults = preflight::faults(&loaded, &context.ambient(None));
            let mut warnings = preflight::warnings(&loaded, false);
            warnings.splice(..0, loaded.warnings);
            // A setting with a fault needs no additional warning.
            warnings.retain(|warning| !faults.iter().any(|fault| fault.key == warning.key));
            Checked {
                ok: faults.is_empty(),
                files: loaded.files,
                faults,
                warnings,
            }
        }
        Err(error) => Checked {
            ok: false,
            files: error.files,
            faults: error.faults,
            warnings: error.warnings,
        },
    };
    context.output.print(&checked)?;
    match checked.faults.len() {
        0 => Ok(()),
        1 => Err(Failure::configuration("the configuration has a fault")),
        count => Err(Failure::configuration(format!(
            "the configuration has {count} faults"
        ))),
    }
}
