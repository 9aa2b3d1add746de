//! `regstack db status`.

use serde::Serialize;

use crate::accounts::Inspection;
use crate::app::App;
use crate::cli::output::{Canvas, Cell, Report, Tone};
use crate::cli::{Context, Failure, Result, preflight, progress};

pub(super) const EXAMPLE: &str = "Exit code 1 if the schema isn't what this version needs.\n\nExample:\n  regstack db status --json";

#[derive(Serialize)]
struct Status {
    current: bool,
    #[serde(flatten)]
    inspection: Inspection,
}

impl Report for Status {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let Inspection {
            engine,
            place,
            topology,
            rows,
            bytes,
            ..
        } = &self.inspection;
        let schema = if self.current {
            Cell::toned("current", Tone::Good)
        } else {
            Cell::toned("not what this version needs", Tone::Bad)
        };
        let mut fields = vec![("engine", engine.as_str().into())];
        fields.extend(
            topology
                .iter()
                .map(|topology| ("topology", topology.as_str().into())),
        );
        fields.push(("place", place.as_str().into()));
        fields.extend(bytes.iter().map(|bytes| {
            let size = indicatif::BinaryBytes(*bytes).to_string();
            ("size", size.into())
        }));
        fields.push(("schema", schema));
        canvas.fields(fields);
        for part in self.inspection.faults() {
            canvas.line(Cell::toned(format!("  FAIL  {part}"), Tone::Bad));
        }
        canvas.line("");
        let rows = rows.iter();
        let rows =
            rows.map(|table| vec![table.name.as_str().into(), table.rows.to_string().into()]);
        canvas.table(&["kept", "rows"], &[0], rows.collect());
    }
}

pub(super) async fn run(context: &Context) -> Result {
    let loaded = context.load_existing()?;
    let inspection = progress::waited(App::inspect(&loaded.settings))
        .await
        .map_err(|error| preflight::not_opened(error, &loaded))?;
    let faults = inspection.faults().count();
    context.output.print(&Status {
        current: faults == 0,
        inspection,
    })?;
    if faults == 0 {
        return Ok(());
    }
    Err(Failure::failed("the schema isn't what this version needs").next("regstack db migrate"))
}
