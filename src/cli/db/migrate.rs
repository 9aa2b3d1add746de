//! `regstack db migrate`.

use serde_json::json;

use crate::app::App;
use crate::cli::{Context, Failure, Result, preflight, progress};

pub(in crate::cli) const EXAMPLE: &str = "A server does the same when it starts. Running it again changes nothing.\n\nExample:\n  regstack db migrate";

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
            Failure::failed("the schema can't be repaired without losing data")
                .because(part)
                .next("restore the database from a backup"),
        );
    }
    let document = json!({ "done": &done });
    if context.global.quiet && !context.global.json {
        return Ok(());
    }
    if done.is_empty() {
        return context
            .output
            .print_lines(&document, ["the schema is current: nothing was done"]);
    }
    context.output.print_lines(&document, &done)
}
