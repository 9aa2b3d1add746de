//! Where reports draw themselves for a person: lines, fields, tables fitted to the terminal. Escapes all it is given.

use comfy_table::{Attribute, Cell as TableCell, Color, Table, presets};
use console::{Alignment, measure_text_width, pad_str, truncate_str};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::escape::escaped;

/// Spaces between columns.
const GAP: u16 = 2;
/// So many columns stay however narrow the terminal is.
const KEPT: usize = 3;
/// A column that may be cut keeps this width before another column goes.
const LEAST: usize = 12;

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
    /// Over a column.
    Title,
}

impl Tone {
    /// The escape sequence that starts it: colours of the plain eight, which every palette makes readable.
    const fn start(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Good => Some("\u{1b}[32m"),
            Self::Warn => Some("\u{1b}[33m"),
            Self::Bad => Some("\u{1b}[31m"),
            Self::Faint => Some("\u{1b}[2m"),
            Self::Title => Some("\u{1b}[1m"),
        }
    }

    /// The same in a table's cell; the library calls the plain eight dark.
    fn on(self, cell: TableCell) -> TableCell {
        match self {
            Self::Plain => cell,
            Self::Good => cell.fg(Color::DarkGreen),
            Self::Warn => cell.fg(Color::DarkYellow),
            Self::Bad => cell.fg(Color::DarkRed),
            Self::Faint => cell.add_attribute(Attribute::Dim),
            Self::Title => cell.add_attribute(Attribute::Bold),
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

    fn escaped(self) -> Self {
        Self(escaped(&self.0), self.1)
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
    /// The titles of columns for which there was no room.
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

    /// One line.
    pub(crate) fn line(&mut self, text: impl Into<Cell>) {
        let Cell(text, tone) = text.into();
        let text = painted(&escaped(&text), tone, self.look.colors);
        self.text.push_str(&text);
        self.text.push('\n');
    }

    /// One line of several texts, for what comes line by line: no column is known, those that are empty are left out.
    pub(crate) fn words(&mut self, words: Vec<Cell>) {
        let words = words.into_iter().filter(|word| !word.0.is_empty());
        let words: Vec<String> = words
            .map(Cell::escaped)
            .map(|Cell(text, tone)| painted(&text, tone, self.look.colors))
            .collect();
        self.text.push_str(&words.join("  "));
        self.text.push('\n');
    }

    /// A text behind a head whose cells are padded already. What does not fit the terminal goes on below its beginning.
    pub(crate) fn hanging(&mut self, head: Vec<Cell>, text: &str) {
        let head: Vec<Cell> = head.into_iter().map(Cell::escaped).collect();
        let indent = head.iter().map(|cell| measure_text_width(&cell.0)).sum();
        let room = self.look.width.map_or(usize::MAX, |width| {
            usize::from(width).saturating_sub(indent).max(LEAST)
        });
        for Cell(text, tone) in head {
            self.text.push_str(&painted(&text, tone, self.look.colors));
        }
        let lines = wrapped(&escaped(text), room);
        self.text
            .push_str(&lines.join(&format!("\n{}", " ".repeat(indent))));
        self.text.push('\n');
    }

    /// Names and values below one another. A value is never cut: the terminal wraps it.
    pub(crate) fn fields(&mut self, fields: Vec<(&str, Cell)>) {
        let rows: Vec<Vec<Cell>> = fields
            .into_iter()
            .map(|(name, value)| vec![Cell::toned(name, Tone::Faint), value.escaped()])
            .collect();
        self.rows(&rows, &widths(&rows));
    }

    /// A table, fitted to the terminal: where it is too wide, texts of the columns `shrink` are cut, the first of them
    /// first; where that is not enough, its last columns go.
    pub(crate) fn table(&mut self, titles: &[&str], shrink: &[usize], rows: Vec<Vec<Cell>>) {
        self.table_page(titles, shrink, rows, &[]);
    }

    /// One page of a table, which goes on where the columns of the pages `before` were that wide: then without titles, and
    /// with no column narrower than it was. The widths of its columns.
    pub(super) fn table_page(
        &mut self,
        titles: &[&str],
        shrink: &[usize],
        rows: Vec<Vec<Cell>>,
        before: &[usize],
    ) -> Vec<usize> {
        let titles = titles
            .iter()
            .map(|title| Cell::toned(title.to_uppercase(), Tone::Title))
            .collect();
        let titles = Some(titles).filter(|_| before.is_empty());
        let rows = rows
            .into_iter()
            .map(|row| row.into_iter().map(Cell::escaped).collect());
        let rows: Vec<Vec<Cell>> = titles.into_iter().chain(rows).collect();
        let mut widths = widths(&rows);
        if !before.is_empty() {
            widths.truncate(before.len());
            for (width, before) in widths.iter_mut().zip(before) {
                *width = (*width).max(*before);
            }
        }
        if let Some(width) = self.look.width {
            fit(&mut widths, shrink, usize::from(width));
        }
        if before.is_empty() {
            let dropped = rows[0].iter().skip(widths.len());
            self.dropped.extend(dropped.map(|title| title.0.clone()));
        }
        self.rows(&rows, &widths);
        widths
    }

    fn rows(&mut self, rows: &[Vec<Cell>], widths: &[usize]) {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).force_no_tty();
        if self.look.colors {
            table.enforce_styling();
        }
        let last = widths.len().saturating_sub(1);
        table.add_rows(rows.iter().map(|row| {
            let cells = row.iter().zip(widths).enumerate();
            cells.map(|(index, (Cell(text, tone), &width))| {
                let text = truncate_str(text, width, "…");
                // A column is as wide as it was on the page before, also where nothing fills it.
                let width = if index < last { width } else { 0 };
                tone.on(TableCell::new(pad_str(&text, width, Alignment::Left, None)))
            })
        }));
        for (index, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, if index < last { GAP } else { 0 }));
        }
        for line in table.lines() {
            self.text.push_str(line.trim_end());
            self.text.push('\n');
        }
    }
}

/// A text in lines of at most so many columns: broken between words, and within those that are longer.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut room = width;
    for (index, word) in text.split(' ').enumerate() {
        let length = measure_text_width(word);
        let gap = usize::from(index > 0);
        if gap + length <= room {
            room -= gap + length;
            let line = lines.last_mut().expect("there is a first line");
            line.extend(std::iter::repeat_n(' ', gap));
            line.push_str(word);
            continue;
        }
        if index > 0 {
            lines.push(String::new());
        }
        room = width;
        for character in word.chars() {
            let columns = measure_text_width(character.encode_utf8(&mut [0; 4]));
            if columns > room {
                lines.push(String::new());
                room = width;
            }
            room -= columns;
            lines
                .last_mut()
                .expect("there is a first line")
                .push(character);
        }
    }
    lines
}

/// The width of each column's widest text.
fn widths(rows: &[Vec<Cell>]) -> Vec<usize> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| measure_text_width(&cell.0)).max()
    };
    (0..columns)
        .map(|column| widest(column).unwrap_or(0))
        .collect()
}

/// Makes columns as narrow as `width` asks for: leaves out the last ones if need be, then cuts those that may be cut.
fn fit(widths: &mut Vec<usize>, shrink: &[usize], width: usize) {
    let gap = usize::from(GAP);
    let total = |widths: &[usize]| widths.iter().map(|width| width + gap).sum::<usize>() - gap;
    let cut = |widths: &[usize], least: usize| {
        let mut cut = widths.to_vec();
        for &column in shrink.iter().filter(|&&column| column < widths.len()) {
            let excess = total(&cut).saturating_sub(width);
            let least = least.min(widths[column]);
            cut[column] = cut[column].saturating_sub(excess).max(least);
        }
        cut
    };
    while widths.len() > KEPT && total(&cut(widths, LEAST)) > width {
        widths.pop();
    }
    *widths = cut(&cut(widths, LEAST), 1);
}

/// Text in the colour of its tone.
pub(super) fn painted(text: &str, tone: Tone, colors: bool) -> String {
    match tone.start() {
        Some(start) if colors => format!("{start}{text}\u{1b}[0m"),
        _ => text.to_owned(),
    }
}
