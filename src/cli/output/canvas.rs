//! Where reports draw themselves for a person: lines, fields, tables fitted to the terminal. Escapes all it is given.

use comfy_table::{Attribute, Cell as TableCell, Color, ContentArrangement, Table, presets};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::escape::escaped;

/// Spaces between columns.
const GAP: u16 = 2;
/// So many columns stay however narrow the terminal is.
const KEPT: usize = 3;

/// How emphatic a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As is.
    Plain,
    /// As wished.
    Good,
    /// Worth a look.
    Warn,
    /// Wrong.
    Bad,
    /// Secondary.
    Faint,
}

impl Tone {
    const fn color(self) -> Option<(Color, &'static str)> {
        match self {
            Self::Plain => None,
            Self::Good => Some((Color::Green, "\u{1b}[32m")),
            Self::Warn => Some((Color::Yellow, "\u{1b}[33m")),
            Self::Bad => Some((Color::Red, "\u{1b}[31m")),
            Self::Faint => Some((Color::DarkGrey, "\u{1b}[90m")),
        }
    }
}

/// A text of a table or line, with its tone.
#[derive(Debug, Clone)]
pub(crate) struct Cell(String, Tone);

impl Cell {
    /// A text with a tone.
    pub(crate) fn toned(text: impl Into<String>, tone: Tone) -> Self {
        Self(text.into(), tone)
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self(text.into(), Tone::Plain)
    }
}

/// How things look on stdout.
#[derive(Debug, Clone)]
pub(crate) struct Look {
    pub(super) colors: bool,
    /// Columns of the terminal; none in a pipe, where nothing is wrapped.
    pub(super) width: Option<u16>,
    pub(super) zone: TimeZone,
}

impl Look {
    /// A moment as a person reads it: to the minute, local or (with a Z) in UTC.
    pub(crate) fn date(&self, at: Timestamp) -> String {
        let utc = if self.zone == TimeZone::UTC { "Z" } else { "" };
        format!(
            "{}{utc}",
            at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M")
        )
    }

    /// The same for a moment that may not have been.
    pub(crate) fn date_or(&self, at: Option<Timestamp>, never: &str) -> String {
        at.map_or_else(|| never.to_owned(), |at| self.date(at))
    }
}

/// Where a report draws itself for a person.
pub(crate) struct Canvas<'a> {
    /// How things look.
    pub(crate) look: &'a Look,
    pub(super) text: String,
}

impl Canvas<'_> {
    /// One line.
    pub(crate) fn line(&mut self, text: impl Into<Cell>) {
        let Cell(text, tone) = text.into();
        let text = painted(&escaped(&text), tone, self.look.colors);
        self.text.push_str(&text);
        self.text.push('\n');
    }

    /// Names and values below one another.
    pub(crate) fn fields(&mut self, fields: Vec<(&str, Cell)>) {
        self.table(
            &[],
            fields
                .into_iter()
                .map(|(name, value)| vec![Cell::toned(name, Tone::Faint), value])
                .collect(),
        );
    }

    /// A table, fitted to the terminal: where it is too wide, its last columns give way, then its texts wrap.
    pub(crate) fn table(&mut self, titles: &[&str], rows: Vec<Vec<Cell>>) {
        let rows: Vec<Vec<Cell>> = rows
            .into_iter()
            .map(|row| {
                row.into_iter()
                    .map(|Cell(text, tone)| Cell(escaped(&text), tone))
                    .collect()
            })
            .collect();
        let columns = fitting(titles, &rows, self.look.width);
        let mut table = Table::new();
        table.load_style(presets::NOTHING).force_no_tty();
        if let Some(width) = self.look.width {
            table
                .set_width(width)
                .set_content_arrangement(ContentArrangement::Dynamic);
        }
        if self.look.colors {
            table.enforce_styling();
        }
        if !titles.is_empty() {
            let titles = titles
                .iter()
                .take(columns)
                .map(|title| title.to_uppercase());
            table.set_header(
                titles.map(|title| TableCell::new(title).add_attribute(Attribute::Bold)),
            );
        }
        table.add_rows(rows.into_iter().map(|row| {
            row.into_iter()
                .take(columns)
                .map(|Cell(text, tone)| match tone.color() {
                    Some((color, _)) => TableCell::new(text).fg(color),
                    None => TableCell::new(text),
                })
        }));
        for column in table.column_iter_mut() {
            column.set_padding((0, GAP));
        }
        for line in table.lines() {
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }
}

/// How many columns are shown: all that fit, and never fewer than [`KEPT`].
fn fitting(titles: &[&str], rows: &[Vec<Cell>], width: Option<u16>) -> usize {
    let all = rows.iter().map(Vec::len).max().unwrap_or(titles.len());
    let Some(width) = width else { return all };
    let widest = |column: usize| {
        let texts = rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(|Cell(text, _)| text.as_str());
        texts
            .chain(titles.get(column).copied())
            .map(console::measure_text_width)
            .max()
            .unwrap_or(0)
    };
    let mut columns = all;
    while columns > KEPT
        && (0..columns)
            .map(|column| widest(column) + usize::from(GAP))
            .sum::<usize>()
            > usize::from(width)
    {
        columns -= 1;
    }
    columns
}

/// Text in the colour of its tone.
pub(super) fn painted(text: &str, tone: Tone, colors: bool) -> String {
    match tone.color() {
        Some((_, start)) if colors => format!("{start}{text}\u{1b}[0m"),
        _ => text.to_owned(),
    }
}
