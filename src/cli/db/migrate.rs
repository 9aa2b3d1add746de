//! `regstack db migrate`.

use serde::Serialize;

use crate::app::App;
use crate::cli::context::Context;
use crate::cli::error::{Failure, Result};
use crate::cli::output::{Canvas, Report};
use crate::cli::{preflight, progress};

pub(in crate::cli) const EXAMPLE: &str = "A server does the same when it starts. Repeating it changes nothing.\n\nExample:\n  regstack db migrate";

#[derive(Serialize)]
struct Migrated {
    /// What was done, one line each.
    done: Vec<String>,
}

impl Report for Migrated {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        for step in &self.done {
            canvas.line(step.as_str());
        }
        if self.done.is_empty() {
            canvas.line("the schema is current: nothing was done");
        }
    }
}

pub(super) async fn run(context: &Context) -> Result {
    let loaded = context.load()?;
    let (done, inspection) = progress::waited(async {
        let done = App::migrate(&loaded.settings).await?;
        Ok((done, App::inspect(&loaded.settings).await?))
    })
    .await
    .map_err(|error| preflight::not_opened(error, &loaded))?;
    if let Some(part) = inspection.faults().find(|part| part.is_needed) {
        return Err(
            Failure::failed("the schema cannot be mended without losing data")
                .because(part)
                .next("restore the database from a backup"),
        );
    }
    context.output.print(&Migrated { done })
}
