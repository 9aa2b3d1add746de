//! The renderer of all commands: prints a report as a table, a JSON document or CSV.
//!
//! Reports are serializable, and the form for a terminal is drawn from the same value on a [`Canvas`], so that the
//! forms are consistent. All data is escaped here, so that a name cannot control a terminal. Results go to stdout,
//! messages to stderr. Independent of commands.

mod canvas;
mod list;
mod pages;
mod streams;
mod tone;
mod wrap;

use std::io::{self, IsTerminal as _};

use clap::ColorChoice;
use console::measure_text_width;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{Failure, Result};
use crate::model::inert::json_escaped;
use list::csv;
use streams::stderr_width;
use wrap::wrapped;

pub(crate) use crate::model::inert::escaped;
pub(crate) use canvas::{Canvas, Cell, Look};
pub(crate) use list::{Format, List, Row};
pub(crate) use pages::Pages;
pub(crate) use streams::{reader_has_left, write_err, write_out, written};
pub(crate) use tone::Tone;

fn is_colored(
    choice: ColorChoice,
    terminal: bool,
    environment: &impl Fn(&str) -> Option<String>,
) -> bool {
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            let refused = environment("NO_COLOR").is_some_and(|value| !value.is_empty())
                || environment("TERM").as_deref() == Some("dumb");
            terminal && !refused
        }
    }
}

/// The result of a command, which can be printed in all forms.
pub(crate) trait Report: Serialize {
    fn draw(&self, canvas: &mut Canvas<'_>);
}

#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "independent switches")]
pub(crate) struct Output {
    json: bool,
    quiet: bool,
    terminal: bool,
    look: Look,
    stderr_colors: bool,
}

impl Output {
    pub(crate) fn new(
        json: bool,
        quiet: bool,
        color: ColorChoice,
        environment: &impl Fn(&str) -> Option<String>,
    ) -> Self {
        let terminal = io::stdout().is_terminal();
        let width = terminal.then(|| console::Term::stdout().size().1);
        Self {
            json,
            quiet,
            terminal,
            look: Look {
                colors: is_colored(color, terminal, environment),
                width,
                zone: TimeZone::system(),
            },
            stderr_colors: is_colored(color, io::stderr().is_terminal(), environment),
        }
    }

    /// Returns the same output, with dates in UTC if `utc` is set.
    pub(crate) fn utc(&self, utc: bool) -> Self {
        let mut output = self.clone();
        if utc {
            output.look.zone = TimeZone::UTC;
        }
        output
    }

    /// Returns the time zone in which dates are parsed and shown.
    pub(crate) fn zone(&self) -> &TimeZone {
        &self.look.zone
    }

    pub(crate) fn stderr_colors(&self) -> bool {
        self.stderr_colors
    }

    /// Returns whether a list of this form is shown to a person.
    pub(crate) fn is_seen(&self, format: Option<Format>) -> bool {
        self.terminal && !self.is_json(format) && format != Some(Format::Csv)
    }

    /// Returns whether a list of this form is a JSON document, which needs no further messages.
    pub(crate) fn is_json(&self, format: Option<Format>) -> bool {
        format.map_or(self.json, |format| format == Format::Json)
    }

    /// Prints a report, as JSON with `--json`.
    pub(crate) fn print(&self, report: &impl Report) -> Result {
        if self.json {
            self.print_json(report)
        } else {
            self.print_drawn(report)
        }
    }

    /// Prints a few lines for a person, or the document with `--json`.
    pub(crate) fn print_lines<C: Into<Cell>>(
        &self,
        document: &impl Serialize,
        lines: impl IntoIterator<Item = C>,
    ) -> Result {
        if self.json {
            return self.print_json(document);
        }
        let mut canvas = Canvas::new(&self.look);
        lines.into_iter().for_each(|line| canvas.line(line));
        write_out(&canvas.text).map(drop)
    }

    /// Prints a list in the requested form.
    pub(crate) fn print_list<T: Row>(&self, list: &List<T>, format: Option<Format>) -> Result {
        match format {
            Some(Format::Json) => self.print_json(list),
            Some(Format::Csv) => write_out(&csv(&list.items, true)?).map(drop),
            Some(Format::Table) => self.print_drawn(list),
            None => self.print(list),
        }
    }

    /// Shows a report to a person on stderr, for example what is about to be done.
    pub(crate) fn show(&self, report: &impl Report) {
        let look = Look {
            colors: self.stderr_colors,
            width: stderr_width(),
            zone: self.look.zone.clone(),
        };
        let mut canvas = Canvas::new(&look);
        report.draw(&mut canvas);
        write_err(&canvas.text);
    }

    /// Prints a text of a dialogue on stderr, in this tone. It is wrapped between words, and further lines are indented
    /// to start after the mark.
    pub(crate) fn talk(&self, mark: &str, text: &str, tone: Tone) {
        let indent = measure_text_width(mark);
        let width = stderr_width().map_or(usize::MAX, |width| {
            usize::from(width).saturating_sub(indent)
        });
        let mut start = mark.to_owned();
        for line in wrapped(&escaped(text), width) {
            let line = tone.paint(&(start + line.as_str()), self.stderr_colors);
            write_err(&(line + "\n"));
            start = " ".repeat(indent);
        }
    }

    fn print_drawn(&self, report: &impl Report) -> Result {
        let mut canvas = Canvas::new(&self.look);
        report.draw(&mut canvas);
        write_out(&canvas.text)?;
        self.say_dropped(&canvas);
        Ok(())
    }

    fn say_dropped(&self, canvas: &Canvas<'_>) {
        if !canvas.dropped.is_empty() {
            self.say(&format!(
                "not shown: {}; use a wider terminal or --json to see everything",
                canvas.dropped.join(", ")
            ));
        }
    }

    /// Starts a list of unknown length, which is written page by page.
    pub(crate) fn pages(&self, format: Option<Format>) -> Pages<'_> {
        let json = self.is_json(format);
        Pages::new(
            self,
            format.unwrap_or(if json { Format::Json } else { Format::Table }),
        )
    }

    /// Prints one item of a stream on its own line. Returns whether the output is still read.
    pub(crate) fn print_item(&self, report: &impl Report) -> Result<bool> {
        if self.json {
            return write_out(&(one_line(report)? + "\n"));
        }
        let mut canvas = Canvas::new(&self.look);
        report.draw(&mut canvas);
        write_out(&canvas.text)
    }

    fn print_json(&self, report: &impl Serialize) -> Result {
        let text = if self.terminal {
            pretty_json(report)?
        } else {
            one_line(report)?
        };
        write_out(&(text + "\n")).map(drop)
    }

    /// Prints a message on stderr, unless `-q`.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet {
            self.tell("", Tone::Plain, text);
        }
    }

    /// Prints a warning on stderr, also with `-q`.
    pub(crate) fn warn(&self, text: &str) {
        self.tell("warning: ", Tone::Warn, text);
    }

    /// Prints why the command failed, in at most three lines.
    pub(crate) fn fail(&self, failure: &Failure) {
        self.tell("error: ", Tone::Bad, &failure.what);
        if let Some(why) = &failure.why {
            self.tell("  ", Tone::Plain, why);
        }
        // Not wrapped, because it may be a command to copy.
        if let Some(next) = &failure.next {
            write_err(&format!("  -> {}\n", escaped(next)));
        }
    }

    /// Prints a text on stderr after a mark. It is wrapped here, because a terminal would break lines within words and
    /// email addresses.
    fn tell(&self, mark: &str, tone: Tone, text: &str) {
        let width = stderr_width().map_or(usize::MAX, usize::from);
        let text = wrapped(&format!("{mark}{}", escaped(text)), width).join("\n") + "\n";
        let (mark, text) = text.split_at(mark.trim_end().len());
        write_err(&(tone.paint(mark, self.stderr_colors) + text));
    }
}

/// Returns JSON without line breaks.
fn one_line(value: &impl Serialize) -> Result<String> {
    let text = serde_json::to_string(value);
    Ok(json_escaped(&text.map_err(|cause| not_json(&cause))?))
}

fn pretty_json(value: &impl Serialize) -> Result<String> {
    let text = serde_json::to_string_pretty(value);
    Ok(json_escaped(&text.map_err(|cause| not_json(&cause))?))
}

fn not_json(cause: &serde_json::Error) -> Failure {
    Failure::failed("the result can't be written as JSON").because(cause)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::model::inert::drives_terminal;

    #[derive(Serialize)]
    struct Item {
        name: String,
        note: Option<String>,
    }

    impl Row for Item {
        const FIELDS: &'static str = "name,note";
        const TITLES: &'static [&'static str] = &["name", "note"];
        const SHRINK: &'static [usize] = &[1, 0];

        fn cells(&self, _look: &Look) -> Vec<Cell> {
            vec![
                self.name.clone().into(),
                Cell::toned(self.note.clone().unwrap_or_default(), Tone::Bad),
            ]
        }
    }

    fn look(colors: bool, width: Option<u16>) -> Look {
        Look {
            colors,
            width,
            zone: TimeZone::UTC,
        }
    }

    fn drawn(report: &impl Report, look: &Look) -> String {
        let mut canvas = Canvas::new(look);
        report.draw(&mut canvas);
        canvas.text
    }

    fn list(items: &[(&str, Option<&str>)]) -> List<Item> {
        List {
            items: items
                .iter()
                .map(|(name, note)| Item {
                    name: (*name).into(),
                    note: note.map(Into::into),
                })
                .collect(),
            next: None,
        }
    }

    #[test]
    fn no_form_lets_data_drive_the_terminal() {
        let hostile = "\u{1b}[2J\u{9b}31mAda\u{202e}\r\n\u{7}\u{e0041}";
        let list = list(&[(hostile, Some(hostile))]);
        let json = json_escaped(&serde_json::to_string(&list).unwrap());
        for form in [
            drawn(&list, &look(false, None)),
            drawn(&list, &look(false, Some(60))),
            csv(&list.items, true).unwrap(),
            json.clone(),
        ] {
            assert!(
                form.chars().all(|c| c == '\n' || !drives_terminal(c)),
                "{form:?}"
            );
            assert!(form.contains("Ada"));
        }
        let back: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(back["items"][0]["name"], hostile, "JSON loses nothing");
        assert!(
            drawn(&list, &look(false, None)).lines().count() == 2,
            "a name can't make a row"
        );
    }

    #[test]
    fn people_write_their_names_as_they_are() {
        for name in ["Ада", "山田太郎", "Zoë", "👩\u{200d}💻", "عادة"] {
            assert_eq!(escaped(name), name);
        }
    }

    #[test]
    fn tables_fit_and_align() {
        let list = list(&[("山田太郎", Some("x")), ("Ada", Some("y"))]);
        let text = drawn(&list, &look(false, None));
        assert_eq!(text, "NAME      NOTE\n山田太郎  x\nAda       y\n");
        let long = self::list(&[(&"word ".repeat(30), Some(&"other ".repeat(30)))]);
        for width in [20, 60, 120] {
            assert!(
                drawn(&long, &look(false, Some(width)))
                    .lines()
                    .all(|line| console::measure_text_width(line) <= usize::from(width))
            );
        }
    }

    #[test]
    fn a_hanging_text_goes_on_below_its_beginning() {
        struct Hanging;
        impl Serialize for Hanging {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_unit()
            }
        }
        impl Report for Hanging {
            fn draw(&self, canvas: &mut Canvas<'_>) {
                canvas.hanging(
                    &["  ok  ".into()],
                    "one two three v=spf1  abcdefghijklmnopqrstu",
                );
            }
        }
        let whole = "  ok  one two three v=spf1  abcdefghijklmnopqrstu\n";
        assert_eq!(drawn(&Hanging, &look(false, None)), whole);
        assert_eq!(drawn(&Hanging, &look(false, Some(49))), whole);
        assert_eq!(
            drawn(&Hanging, &look(false, Some(20))),
            "  ok  one two three\n      v=spf1 \n      abcdefghijklmn\n      opqrstu\n"
        );
    }

    #[test]
    fn colours_come_only_when_wanted() {
        let list = list(&[("Ada", Some("bad"))]);
        assert!(drawn(&list, &look(true, None)).contains('\u{1b}'));
        assert!(!drawn(&list, &look(false, None)).contains('\u{1b}'));
        let none = |_: &str| None;
        let no_color = |name: &str| (name == "NO_COLOR").then(|| "1".to_owned());
        let empty = |name: &str| (name == "NO_COLOR").then(String::new);
        assert!(
            is_colored(ColorChoice::Auto, true, &none)
                && !is_colored(ColorChoice::Auto, false, &none)
        );
        assert!(
            !is_colored(ColorChoice::Auto, true, &no_color)
                && is_colored(ColorChoice::Auto, true, &empty)
        );
        assert!(
            is_colored(ColorChoice::Always, false, &no_color)
                && !is_colored(ColorChoice::Never, true, &none)
        );
    }

    #[test]
    fn csv_has_titles_and_runs_no_formula() {
        let csv = |items: &[_]| csv(&list(items).items, true).unwrap();
        assert_eq!(csv(&[]), "name,note\n");
        let text = csv(&[("=cmd()", None), ("+4915112345", Some("a,\"b\""))]);
        assert_eq!(text, "name,note\n'=cmd(),\n+4915112345,\"a,\"\"b\"\"\"\n");
        for formula in [
            "＝cmd()", "＋cmd()", "－cmd()", "−cmd()", "＠cmd()", "﹦cmd()", " =cmd()",
        ] {
            let text = csv(&[(formula, None)]);
            assert_eq!(text, format!("name,note\n'{formula},\n"));
        }
    }
}
