//! Lists: the trait of their items, a page of them, and CSV.

use clap::ValueEnum;
use serde::Serialize;
use serde_json::Value;

use super::{Canvas, Cell, Look, Report};
use crate::cli::{Failure, Result};
use crate::model::inert::{json_escaped, spreadsheet_cell};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Json,
    // CSV as in RFC 4180, with a line of titles and escaped control characters.
    Csv,
}

pub(crate) trait Row: Serialize {
    /// The JSON fields that are the columns of the CSV form.
    const FIELDS: &'static str;
    const TITLES: &'static [&'static str];
    /// The columns that may be cut on a narrow terminal, in the order of cutting.
    const SHRINK: &'static [usize];

    fn cells(&self, look: &Look) -> Vec<Cell>;
}

#[derive(Debug, Serialize)]
pub(crate) struct List<T> {
    pub(crate) items: Vec<T>,
    /// The value of `--after` for the next page.
    pub(crate) next: Option<String>,
}

impl<T: Row> Report for List<T> {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        if !self.items.is_empty() {
            let rows = self
                .items
                .iter()
                .map(|item| item.cells(canvas.look))
                .collect();
            canvas.table(T::TITLES, T::SHRINK, rows);
        }
    }
}

/// Returns the items as CSV (RFC 4180), optionally with titles.
pub(super) fn csv<T: Row>(items: &[T], titles: bool) -> Result<String> {
    let failed = |cause: &dyn std::fmt::Display| {
        Failure::failed("the result can't be written as CSV").because(cause)
    };
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    if titles {
        writer
            .write_record(T::FIELDS.split(','))
            .map_err(|cause| failed(&cause))?;
    }
    for item in items {
        let item = serde_json::to_value(item).map_err(|cause| failed(&cause))?;
        writer
            .write_record(T::FIELDS.split(',').map(|field| csv_cell(&item[field])))
            .map_err(|cause| failed(&cause))?;
    }
    let bytes = writer.into_inner().map_err(|cause| failed(&cause))?;
    String::from_utf8(bytes).map_err(|cause| failed(&cause))
}

fn csv_cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => spreadsheet_cell(text),
        other => json_escaped(&other.to_string()),
    }
}
