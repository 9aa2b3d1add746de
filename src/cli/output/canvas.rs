//! Draws reports for a person: lines, fields, and tables that fit the terminal.

use comfy_table::{Cell as TableCell, ColumnConstraint, Row as TableRow, Table, Width, presets};
use console::measure_text_width;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::tone::Tone;
use super::wrap::wrapped;
use crate::model::inert::escaped;

const GAP: u16 = 2;
/// The fewest columns of a table, however narrow the terminal is.
const MIN_COLUMNS: usize = 3;
/// Columns are cut to this width before another column is dropped.
const MIN_WIDTH: u16 = 12;

/// A text of a table or line, with its tone. It is escaped for the terminal on creation.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    text: String,
    tone: Tone,
}

impl Cell {
    pub(crate) fn toned(text: impl AsRef<str>, tone: Tone) -> Self {
        Self {
            text: escaped(text.as_ref()),
            tone,
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn painted(&self, colors: bool) -> String {
        self.tone.paint(&self.text, colors)
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::toned(text, Tone::Plain)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Look {
    pub(super) colors: bool,
    /// The width of the terminal in columns. `None` for a pipe, where nothing is wrapped.
    pub(super) width: Option<u16>,
    pub(super) zone: TimeZone,
}

impl Look {
    /// Formats a time for a person, to the minute, in local time or (with a Z) in UTC.
    pub(crate) fn date(&self, at: Timestamp) -> String {
        self.moment(at, "%Y-%m-%d %H:%M")
    }

    /// The same to the second, for comparison with a log.
    pub(crate) fn second(&self, at: Timestamp) -> String {
        self.moment(at, "%Y-%m-%d %H:%M:%S")
    }

    fn moment(&self, at: Timestamp, format: &str) -> String {
        let utc = if self.zone == TimeZone::UTC { "Z" } else { "" };
        format!("{}{utc}", at.to_zoned(self.zone.clone()).strftime(format))
    }

    /// The same for a time that may be missing.
    pub(crate) fn date_or(&self, at: Option<Timestamp>, never: &str) -> String {
        at.map_or_else(|| never.to_owned(), |at| self.date(at))
    }
}

pub(crate) struct Canvas<'a> {
    pub(crate) look: &'a Look,
    pub(super) text: String,
    /// The titles of columns that were dropped because of the width.
    pub(super) dropped: Vec<String>,
}

impl<'a> Canvas<'a> {
    pub(super) fn new(look: &'a Look) -> Self {
        Self {
            look,
            text: String::new(),
            dropped: Vec::new(),
        }
    }

    pub(crate) fn line(&mut self, text: impl Into<Cell>) {
        let text = text.into().painted(self.look.colors);
        self.push(&text);
    }

    /// Draws the text of a file, such as a rendered email. In a pipe, direction marks are kept, because text from right
    /// to left needs them.
    pub(crate) fn file(&mut self, text: &str) {
        for line in text.lines() {
            if self.look.width.is_some() {
                self.line(line);
                continue;
            }
            let mut kept = String::with_capacity(line.len());
            for character in line.chars() {
                if character.is_control() {
                    kept.extend(character.escape_default());
                } else {
                    kept.push(character);
                }
            }
            self.push(&kept);
        }
    }

    /// Draws several texts on one line, for output line by line: there are no columns, and empty texts are left out.
    pub(crate) fn words(&mut self, words: Vec<Cell>) {
        let words = words.into_iter().filter(|word| !word.text.is_empty());
        let words: Vec<String> = words.map(|word| word.painted(self.look.colors)).collect();
        self.push(&words.join("  "));
    }

    /// Draws a text after a head whose cells are padded already. Further lines of the text start below its beginning.
    pub(crate) fn hanging(&mut self, head: &[Cell], text: &str) {
        let indent = head.iter().map(|cell| measure_text_width(&cell.text)).sum();
        let room = self.look.width.map_or(usize::MAX, |width| {
            let room = usize::from(width).saturating_sub(indent);
            room.max(MIN_WIDTH.into())
        });
        let head: String = head
            .iter()
            .map(|cell| cell.painted(self.look.colors))
            .collect();
        let lines = wrapped(Cell::from(text).text(), room);
        let below = format!("\n{}", " ".repeat(indent));
        self.push(&format!("{head}{}", lines.join(&below)));
    }

    /// Draws names and values in lines. Values are never cut: the terminal wraps them.
    pub(crate) fn fields(&mut self, fields: Vec<(&str, Cell)>) {
        let fields = fields.into_iter();
        let rows = fields.map(|(name, value)| vec![Cell::toned(name, Tone::Faint), value]);
        let mut table = self.laid_out(rows);
        let widths = table.column_max_content_widths();
        self.draw(&mut table, &widths);
    }

    /// Draws a table that fits the terminal. If it is too wide, texts of the columns in `shrink` are cut, the first of
    /// them first. If that is not enough, the last columns are dropped.
    pub(crate) fn table(&mut self, titles: &[&str], shrink: &[usize], rows: Vec<Vec<Cell>>) {
        self.table_page(titles, shrink, rows, &[]);
    }

    /// Draws one page of a table and returns its column widths. `before` has the column widths of the previous pages;
    /// if it isn't empty, there are no titles, and no column gets narrower.
    pub(super) fn table_page(
        &mut self,
        titles: &[&str],
        shrink: &[usize],
        rows: Vec<Vec<Cell>>,
        before: &[u16],
    ) -> Vec<u16> {
        let titles: Vec<String> = titles.iter().map(|title| title.to_uppercase()).collect();
        let heading = titles.iter().map(|title| Cell::toned(title, Tone::Title));
        let heading = Some(heading.collect()).filter(|_| before.is_empty());
        let mut table = self.laid_out(heading.into_iter().chain(rows));
        let mut widths = table.column_max_content_widths();
        if !before.is_empty() {
            widths.truncate(before.len());
            for (width, before) in widths.iter_mut().zip(before) {
                *width = (*width).max(*before);
            }
        }
        if let Some(width) = self.look.width {
            fit(&mut widths, shrink, width.into());
        }
        if before.is_empty() {
            self.dropped.extend(titles.into_iter().skip(widths.len()));
        }
        self.draw(&mut table, &widths);
        widths
    }

    /// Returns a table with one line for each row. Texts that don't fit their column are cut.
    fn laid_out(&self, rows: impl Iterator<Item = Vec<Cell>>) -> Table {
        let mut table = Table::new();
        table
            .load_style(presets::NOTHING)
            .force_no_tty()
            .set_delimiter('\n')
            .set_truncation_indicator("…");
        if self.look.colors {
            table.enforce_styling();
        }
        table.add_rows(rows.map(|row| {
            let cells = row.into_iter();
            let mut row = TableRow::from(
                cells
                    .map(|cell| cell.tone.on(TableCell::new_owned(cell.text)))
                    .collect::<Vec<_>>(),
            );
            row.max_height(1);
            row
        }));
        table
    }

    /// Draws a table with these column widths. Further columns are left out.
    fn draw(&mut self, table: &mut Table, widths: &[u16]) {
        for (index, column) in table.column_iter_mut().enumerate() {
            let gap = if index + 1 < widths.len() { GAP } else { 0 };
            column.set_padding((0, gap));
            column.set_constraint(match widths.get(index) {
                Some(width) => ColumnConstraint::Absolute(Width::Fixed(width + gap)),
                None => ColumnConstraint::Hidden,
            });
        }
        for line in table.lines() {
            self.push(line.trim_end());
        }
    }

    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// Reduces columns to `width`: drops the last ones if needed, then cuts those that may be cut.
fn fit(widths: &mut Vec<u16>, shrink: &[usize], width: u32) {
    let excess = |widths: &[u16]| {
        let columns = widths.iter().map(|&width| u32::from(width + GAP));
        let total = columns.sum::<u32>().saturating_sub(GAP.into());
        u16::try_from(total.saturating_sub(width)).unwrap_or(u16::MAX)
    };
    let cut = |widths: &[u16], min: u16| {
        let mut cut = widths.to_vec();
        for &column in shrink.iter().filter(|&&column| column < widths.len()) {
            let min = min.min(widths[column]);
            cut[column] = cut[column].saturating_sub(excess(&cut)).max(min);
        }
        cut
    };
    while widths.len() > MIN_COLUMNS && excess(&cut(widths, MIN_WIDTH)) > 0 {
        widths.pop();
    }
    *widths = cut(&cut(widths, MIN_WIDTH), 1);
}
