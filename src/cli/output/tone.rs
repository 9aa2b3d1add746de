//! The colours of the terminal: one list of tones for reports, questions and the log.

use comfy_table::{Attribute, Cell as TableCell, Color};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Good,
    Warn,
    Bad,
    Faint,
    /// Over a column or a section; a question.
    Title,
    Answer,
    /// The mark of a question that waits.
    Question,
    /// The choice that Enter takes.
    Choice,
}

impl Tone {
    /// The escape sequences that start it: colours of the plain eight, which every palette makes readable.
    const fn start(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Good => "\u{1b}[32m",
            Self::Warn => "\u{1b}[33m",
            Self::Bad => "\u{1b}[31m",
            Self::Faint => "\u{1b}[2m",
            Self::Title => "\u{1b}[1m",
            Self::Answer => "\u{1b}[36m",
            Self::Question => "\u{1b}[33m\u{1b}[1m",
            Self::Choice => "\u{1b}[36m\u{1b}[1m",
        }
    }

    /// Returns text in this tone, where colours are wanted.
    pub(crate) fn paint(self, text: &str, colors: bool) -> String {
        match self.start() {
            start if colors && !start.is_empty() => format!("{start}{text}\u{1b}[0m"),
            _ => text.to_owned(),
        }
    }

    /// Returns a cell of a table in this tone. The library, which has to know what is no text, calls the plain eight dark.
    pub(super) fn on(self, cell: TableCell) -> TableCell {
        match self {
            Self::Plain => cell,
            Self::Good => cell.fg(Color::DarkGreen),
            Self::Warn | Self::Question => cell.fg(Color::DarkYellow),
            Self::Bad => cell.fg(Color::DarkRed),
            Self::Faint => cell.add_attribute(Attribute::Dim),
            Self::Title => cell.add_attribute(Attribute::Bold),
            Self::Answer | Self::Choice => cell.fg(Color::DarkCyan),
        }
    }
}
