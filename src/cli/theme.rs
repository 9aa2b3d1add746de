//! The look of prompts: a mark, the question, the default in brackets, then the answer. Readable without colours too.

use std::fmt::{Result, Write};
use std::io;

use console::{Term, measure_text_width};
use dialoguer::theme::Theme;

use super::output::{Tone, escaped};

/// The theme of every prompt. It uses colours if stderr does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look;

/// Returns a text in a tone, if stderr has colours.
fn paint(tone: Tone, text: &str) -> String {
    tone.paint(text, console::colors_enabled_stderr())
}

/// Writes an open question, with the meaning of an empty answer.
fn open(f: &mut dyn Write, prompt: &str, offered: Option<&str>) -> Result {
    let mark = paint(Tone::Question, "?");
    write!(f, "{mark} {}", paint(Tone::Title, prompt))?;
    if let Some(offered) = offered {
        write!(f, " {}", paint(Tone::Faint, &format!("[{offered}]")))?;
    }
    Ok(())
}

/// Clears the additional lines of a long answer: the library assumes that each answer has one line.
pub(super) fn wipe_wrapped(prompt: &str, offered: &str, typed: &str) -> io::Result<()> {
    let mut line = String::new();
    // Writing to a string does not fail.
    let _ = Look.format_input_prompt(&mut line, prompt, Some(offered));
    let taken = measure_text_width(&line) + measure_text_width(typed);
    let terminal = Term::stderr();
    let columns = usize::from(terminal.size().1).max(1);
    terminal.clear_last_lines(taken.div_ceil(columns).saturating_sub(1))
}

/// Returns an answered question in the form of the prompts.
pub(super) fn answered_line(prompt: &str, answer: &str) -> String {
    let mut line = String::new();
    // Writing to a string does not fail.
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
