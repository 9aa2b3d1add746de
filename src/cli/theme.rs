//! How questions look: the mark, the question, what is offered in brackets, then the answer. Told apart without colours too.

use std::fmt::{Result, Write};
use std::io;

use console::{Term, measure_text_width};
use dialoguer::theme::Theme;

use super::output::{Tone, escaped};

/// The look of every prompt. Colours are those that stderr has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look;

/// Text in a tone, as far as stderr has colours.
fn paint(tone: Tone, text: &str) -> String {
    tone.paint(text, console::colors_enabled_stderr())
}

/// A question that waits, with what an empty answer means.
fn open(f: &mut dyn Write, prompt: &str, offered: Option<&str>) -> Result {
    let mark = paint(Tone::Question, "?");
    write!(f, "{mark} {}", paint(Tone::Title, prompt))?;
    if let Some(offered) = offered {
        write!(f, " {}", paint(Tone::Faint, &format!("[{offered}]")))?;
    }
    Ok(())
}

/// Wipes out the lines that a typed answer took beyond one: the library takes each answer for one line.
pub(super) fn wipe_wrapped(prompt: &str, offered: &str, typed: &str) -> io::Result<()> {
    let mut line = String::new();
    // Writing to a text does not fail.
    let _ = Look.format_input_prompt(&mut line, prompt, Some(offered));
    let taken = measure_text_width(&line) + measure_text_width(typed);
    let terminal = Term::stderr();
    let columns = usize::from(terminal.size().1).max(1);
    terminal.clear_last_lines(taken.div_ceil(columns).saturating_sub(1))
}

/// An answered question, as the prompts leave it.
pub(super) fn answered_line(prompt: &str, answer: &str) -> String {
    let mut line = String::new();
    // Writing to a text does not fail.
    let _ = answered(&mut line, prompt, &escaped(answer));
    line.trim_end().to_owned()
}

fn answered(f: &mut dyn Write, prompt: &str, answer: &str) -> Result {
    let mark = paint(Tone::Good, "✓");
    let colon = if prompt.ends_with('?') { "" } else { ":" };
    write!(f, "{mark} {prompt}{colon} {}", paint(Tone::Answer, answer))
}

fn item(f: &mut dyn Write, mark: &str, text: &str, active: bool) -> Result {
    if active {
        let text = paint(Tone::Choice, &format!("> {mark}{text}"));
        write!(f, "{text}")
    } else {
        write!(f, "  {mark}{text}")
    }
}

impl Theme for Look {
    fn format_prompt(&self, f: &mut dyn Write, prompt: &str) -> Result {
        open(f, prompt, None)
    }

    fn format_error(&self, f: &mut dyn Write, error: &str) -> Result {
        write!(f, "{}", paint(Tone::Bad, &format!("  {error}")))
    }

    fn format_confirm_prompt(
        &self,
        f: &mut dyn Write,
        prompt: &str,
        default: Option<bool>,
    ) -> Result {
        let offered = match default {
            Some(true) => "Y/n",
            Some(false) => "y/N",
            None => "y/n",
        };
        open(f, prompt, Some(offered))?;
        f.write_char(' ')
    }

    fn format_confirm_prompt_selection(
        &self,
        f: &mut dyn Write,
        prompt: &str,
        selection: Option<bool>,
    ) -> Result {
        let answer = if selection == Some(true) { "yes" } else { "no" };
        answered(f, prompt, answer)
    }

    fn format_input_prompt(
        &self,
        f: &mut dyn Write,
        prompt: &str,
        default: Option<&str>,
    ) -> Result {
        open(f, prompt, default.filter(|default| !default.is_empty()))?;
        f.write_str(": ")
    }

    fn format_input_prompt_selection(
        &self,
        f: &mut dyn Write,
        prompt: &str,
        answer: &str,
    ) -> Result {
        answered(f, prompt, if answer.is_empty() { "-" } else { answer })
    }

    fn format_password_prompt(&self, f: &mut dyn Write, prompt: &str) -> Result {
        open(f, prompt, None)?;
        f.write_str(": ")
    }

    fn format_password_prompt_selection(&self, f: &mut dyn Write, prompt: &str) -> Result {
        answered(f, prompt, "(hidden)")
    }

    fn format_select_prompt(&self, f: &mut dyn Write, prompt: &str) -> Result {
        open(f, prompt, Some("arrow keys, then Enter"))
    }

    fn format_select_prompt_selection(
        &self,
        f: &mut dyn Write,
        prompt: &str,
        answer: &str,
    ) -> Result {
        answered(f, prompt, answer)
    }

    fn format_select_prompt_item(&self, f: &mut dyn Write, text: &str, active: bool) -> Result {
        item(f, "", text, active)
    }

    fn format_multi_select_prompt(&self, f: &mut dyn Write, prompt: &str) -> Result {
        open(f, prompt, Some("space to select, then Enter"))
    }

    fn format_multi_select_prompt_item(
        &self,
        f: &mut dyn Write,
        text: &str,
        checked: bool,
        active: bool,
    ) -> Result {
        item(f, if checked { "[x] " } else { "[ ] " }, text, active)
    }
}
