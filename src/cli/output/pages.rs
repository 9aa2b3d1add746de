//! Lists of unknown length, written page by page and not kept in memory, so that a million items need no more memory
//! than a hundred.

use super::list::csv;
use super::{Canvas, Format, Output, Row, one_line, pretty_json, write_out};
use crate::cli::Result;

pub(crate) struct Pages<'a> {
    output: &'a Output,
    format: Format,
    begun: bool,
    holds_items: bool,
    /// The widths of a table's columns so far.
    widths: Vec<u16>,
}

impl<'a> Pages<'a> {
    pub(super) fn new(output: &'a Output, format: Format) -> Self {
        Self {
            output,
            format,
            begun: false,
            holds_items: false,
            widths: Vec::new(),
        }
    }

    /// Writes one page. Returns whether the output is still read.
    pub(crate) fn write<T: Row>(&mut self, items: &[T]) -> Result<bool> {
        let first = !std::mem::replace(&mut self.begun, true);
        match self.format {
            Format::Json => {
                // The same format as that of `serde_json` for the whole: pretty on a terminal, otherwise on one line.
                let pretty = self.output.terminal;
                let start = if pretty {
                    "{\n  \"items\": ["
                } else {
                    "{\"items\":["
                };
                let mut text = if first { start } else { "" }.to_owned();
                for item in items {
                    if std::mem::replace(&mut self.holds_items, true) {
                        text.push(',');
                    }
                    if pretty {
                        let item = pretty_json(item)?.replace('\n', "\n    ");
                        text.extend(["\n    ", item.as_str()]);
                    } else {
                        text += &one_line(item)?;
                    }
                }
                write_out(&text)
            }
            Format::Csv => write_out(&csv(items, first)?),
            Format::Table if items.is_empty() => Ok(true),
            Format::Table => {
                let mut canvas = Canvas::new(&self.output.look);
                let rows = items.iter().map(|item| item.cells(canvas.look)).collect();
                self.widths = canvas.table_page(T::TITLES, T::SHRINK, rows, &self.widths);
                let read = write_out(&canvas.text)?;
                self.output.say_dropped(&canvas);
                Ok(read)
            }
        }
    }

    pub(crate) fn end(self) -> Result {
        match self.format {
            Format::Json if !self.output.terminal => write_out("],\"next\":null}\n").map(drop),
            Format::Json => {
                let indent = if self.holds_items { "\n  " } else { "" };
                write_out(&format!("{indent}],\n  \"next\": null\n}}\n")).map(drop)
            }
            Format::Csv | Format::Table => Ok(()),
        }
    }
}
