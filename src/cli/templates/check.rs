//! `regstack templates check`.

use serde::Serialize;

use super::open;
use crate::cli::output::{Canvas, Cell, Report, Tone};
use crate::cli::{Context, Failure, Result};
use crate::delivery::TemplateError;

pub(super) const EXAMPLE: &str = "\
Renders every email and page with sample values. A variable that isn't available
is a fault. A file that nothing uses and a message that is unknown or
untranslated are warnings. Exit code 3 if there is a fault.

Example:
  regstack templates check";

#[derive(Serialize)]
struct Checked {
    ok: bool,
    templates: usize,
    overrides: usize,
    faults: Vec<TemplateError>,
    /// Suspicious messages: unknown, not translated, or without a variable.
    doubts: Vec<TemplateError>,
    /// Files that no template uses.
    unused: Vec<String>,
}

impl Report for Checked {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        for fault in &self.faults {
            canvas.line(Cell::toned(format!("FAIL  {fault}"), Tone::Bad));
        }
        for doubt in &self.doubts {
            canvas.line(Cell::toned(format!("warn  {doubt}"), Tone::Warn));
        }
        for file in &self.unused {
            let text = format!("warn  {file}: no template has this name or uses it");
            canvas.line(Cell::toned(text, Tone::Warn));
        }
        if self.ok {
            let overridden = match self.overrides {
                0 => "none overridden".to_owned(),
                overrides => format!("{overrides} overridden"),
            };
            let text = format!("ok    {} templates, {overridden}", self.templates);
            canvas.line(Cell::toned(text, Tone::Good));
        }
    }
}

pub(super) fn run(context: &Context) -> Result {
    let (templates, _) = open(context)?;
    let faults = templates.faults();
    let files = templates.files();
    let overridden = files.iter().filter(|file| file.overridden_by.is_some());
    // Templates after an error were not reached, so it is unknown which files they use.
    let unused = if faults.is_empty() {
        templates.unused()
    } else {
        Vec::new()
    };
    let checked = Checked {
        ok: faults.is_empty(),
        templates: files.len(),
        overrides: overridden.count(),
        faults,
        doubts: templates.doubts(),
        unused: unused
            .iter()
            .map(|file| file.display().to_string())
            .collect(),
    };
    context.output.print(&checked)?;
    match checked.faults.len() {
        0 => Ok(()),
        1 => Err(Failure::configuration("a template has a fault")),
        count => Err(Failure::configuration(format!(
            "the templates have {count} faults"
        ))),
    }
}
