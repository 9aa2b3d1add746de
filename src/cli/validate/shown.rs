//! How the phases are shown: a spinner while one runs, a line when it has ended, and a summary.

use std::time::Duration;

use indicatif::ProgressBar;
use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::output::{Canvas, Cell, Output, Report, Tone};
use crate::model::inert::escaped;
use crate::validate::{self, Phase, PhaseName, Status, Watch};

const TICK: Duration = Duration::from_millis(200);

/// The terminal.
pub(super) struct Shown {
    output: Output,
    bar: ProgressBar,
    is_json: bool,
    is_quiet: bool,
    is_verbose: bool,
}

impl Shown {
    pub(super) fn new(context: &Context) -> Self {
        let bar = ProgressBar::new_spinner();
        bar.enable_steady_tick(TICK);
        Self {
            output: context.output.clone(),
            bar,
            is_json: context.global.json,
            is_quiet: context.global.quiet,
            is_verbose: context.global.verbose,
        }
    }

    /// Returns the spinner, which has to rest while somebody is asked.
    pub(super) fn bar(&self) -> ProgressBar {
        self.bar.clone()
    }

    /// Removes the spinner.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// Prints a message on stderr.
    pub(super) fn say(&self, text: &str) {
        self.bar.suspend(|| self.output.say(text));
    }
}

impl Watch for Shown {
    fn begins(&self, phase: PhaseName) {
        self.bar.set_message(phase.as_str());
    }

    fn does(&self, what: &str) {
        // Names of providers and addresses of pages come from the server that is tested.
        let what = escaped(what);
        self.bar.set_message(what.clone());
        if self.is_verbose {
            self.say(&what);
        }
    }

    fn ended(&self, phase: &Phase) {
        if self.is_json || self.is_quiet && phase.status != Status::Failed {
            return;
        }
        // If nobody reads on, the account is still deleted.
        self.bar.suspend(|| {
            let _ = self.output.print_item(&Line(phase));
        });
    }
}

/// A phase in one line, with what to do below it.
#[derive(Serialize)]
struct Line<'a>(&'a Phase);

impl Report for Line<'_> {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let names = PhaseName::ALL.map(|phase| phase.as_str().len());
        let width = names.into_iter().max().unwrap_or(0) + 2;
        let (mark, tone) = match self.0.status {
            Status::Passed => ("✓", Tone::Good),
            Status::Failed => ("✗", Tone::Bad),
            Status::Skipped => ("-", Tone::Faint),
        };
        let head = [
            Cell::toned(format!("  {mark} "), tone),
            format!("{:<width$}", self.0.name.as_str()).into(),
        ];
        canvas.hanging(&head, &self.0.detail);
        if let Some(remedy) = &self.0.remedy {
            let arrow = format!("{:<width$}-> ", "", width = width + 4);
            canvas.hanging(&[arrow.into()], remedy);
        }
    }
}

/// The whole report: a document for programs, and for people how many phases passed.
pub(super) struct Ended<'a>(pub(super) &'a validate::Report);

impl Report for Ended<'_> {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let (passed, failed) = (self.0.count(Status::Passed), self.0.count(Status::Failed));
        let skipped = match self.0.count(Status::Skipped) {
            0 => String::new(),
            skipped => format!(", {skipped} skipped"),
        };
        let made = passed + failed;
        canvas.line(match failed {
            0 => format!("  all {made} phases passed{skipped}"),
            failed => format!("  {failed} of {made} phases failed{skipped}"),
        });
        for email in &self.0.left {
            canvas.line(format!("  still there: {email}"));
        }
    }
}

impl Serialize for Ended<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Fields<'a> {
            url: &'a str,
            passed: usize,
            failed: usize,
            skipped: usize,
            interrupted: bool,
            left: &'a [String],
            phases: &'a [Phase],
        }
        let report = self.0;
        let fields = Fields {
            url: &report.url,
            passed: report.count(Status::Passed),
            failed: report.count(Status::Failed),
            skipped: report.count(Status::Skipped),
            interrupted: report.interrupted,
            left: &report.left,
            phases: &report.phases,
        };
        fields.serialize(serializer)
    }
}
