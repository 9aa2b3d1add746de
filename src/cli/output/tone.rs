//! The colours of the terminal: one list of tones for reports, prompts and the log.

use comfy_table::{Attribute, Cell as TableCell, Color};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Good,
    Warn,
    Bad,
    Faint,
    /// The title of a column or a section, or a question.
    Title,
    Answer,
    /// The mark of an open question.
    Question,
    /// The choice that Enter selects.
    Choice,
}

impl Tone {
    /// Returns the escape sequences that start the tone. They use the eight basic colours, which are readable in every
    /// palette.
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

    /// Returns the text in this tone, if `colors` is set.
    pub(crate) fn paint(self, text: &str, colors: bool) -> String {
        match self.start() {
            start if colors && !start.is_empty() => format!("{start}{text}\u{1b}[0m"),
            _ => text.to_owned(),
        }
    }

    /// Returns a table cell in this tone. The library needs to know which characters aren't text. It calls the eight
    /// basic colours dark.
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
