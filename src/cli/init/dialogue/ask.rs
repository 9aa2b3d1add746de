//! Asks questions, once or until the answer is valid. All can be interrupted.

use dialoguer::{Confirm, Input, MultiSelect, Password, Select};

use super::Dialogue;
use crate::cli::output::{Tone, write_err};
use crate::cli::prompt::asked;
use crate::cli::theme::{self, Look};
use crate::cli::{Failure, Result};
use crate::config;

/// The answer that clears an optional value.
const NONE: &str = "-";
const NEEDED: &str = "an answer is needed";

impl Dialogue<'_, '_> {
    pub(super) async fn text(&mut self, key: &'static str, prompt: &str) -> Result {
        let offered = self.plan.value(key);
        self.text_like(key, prompt, &offered).await
    }

    pub(super) async fn text_like(
        &mut self,
        key: &'static str,
        prompt: &str,
        offered: &str,
    ) -> Result {
        let text = self.line_of(key, prompt, offered, false).await?;
        self.set(key, &text)
    }

    pub(super) async fn optional(&mut self, key: &'static str, prompt: &str) -> Result {
        let offered = self.plan.value(key);
        let prompt = if offered.is_empty() {
            format!("{prompt} (may be empty)")
        } else {
            format!("{prompt} ({NONE} for none)")
        };
        let text = self.line_of(key, &prompt, &offered, true).await?;
        self.set(key, if text == NONE { "" } else { &text })
    }

    async fn line_of(
        &self,
        key: &'static str,
        prompt: &str,
        offered: &str,
        optional: bool,
    ) -> Result<String> {
        let rules = config::key(key).map_err(|(what, _)| Failure::failed(what))?;
        let text = self
            .line_under(prompt, offered, |text| match text {
                "" | NONE if optional => Ok(()),
                "" => Err(NEEDED.to_owned()),
                text => rules.check(&rules.typed(text)),
            })
            .await?;
        Ok(rules.typed(&text))
    }

    /// Asks for a line until it is valid. An invalid answer stays visible, because the library erases too little of one
    /// that is wider than the terminal.
    pub(super) async fn line_under(
        &self,
        prompt: &str,
        offered: &str,
        rule: impl Fn(&str) -> Result<(), String>,
    ) -> Result<String> {
        loop {
            let (question, offered) = (prompt.to_owned(), offered.to_owned());
            let text = asked(move || {
                let input = Input::<String>::with_theme(&Look)
                    .with_prompt(&question)
                    .allow_empty(true)
                    .report(false);
                let input = match offered.as_str() {
                    "" => input,
                    _ => input.default(offered.clone()),
                };
                let text = input.interact_text()?;
                let typed = if text == offered { "" } else { &text };
                theme::wipe_wrapped(&question, &offered, typed)?;
                Ok(text)
            })
            .await?;
            let text = text.trim();
            match rule(text) {
                Ok(()) => {
                    answered(prompt, if text.is_empty() { NONE } else { text });
                    return Ok(text.to_owned());
                }
                Err(rule) => self.fail(&rule),
            }
        }
    }

    /// Asks for a secret without showing it. An empty answer keeps the current one.
    pub(super) async fn secret(&mut self, key: &'static str, prompt: &str) -> Result {
        let kept = !self.plan.value(key).is_empty();
        let rules = config::key(key).map_err(|(what, _)| Failure::failed(what))?;
        let prompt = if kept {
            format!("{prompt} (Enter keeps it)")
        } else {
            prompt.to_owned()
        };
        let text = self
            .hidden(&prompt, kept, |text| match text {
                "" if key.ends_with("password") => Err("a password is needed".to_owned()),
                "" => Err(NEEDED.to_owned()),
                text => rules.check(text),
            })
            .await?;
        if text.is_empty() {
            return Ok(());
        }
        self.set(key, &text)
    }

    pub(super) async fn hidden(
        &self,
        prompt: &str,
        may_be_empty: bool,
        rule: impl Fn(&str) -> Result<(), String>,
    ) -> Result<String> {
        let prompt = prompt.to_owned();
        loop {
            let question = prompt.clone();
            let text = asked(move || {
                Password::with_theme(&Look)
                    .with_prompt(question)
                    .allow_empty_password(true)
                    .interact()
            })
            .await?;
            match if text.is_empty() && may_be_empty {
                Ok(())
            } else {
                rule(&text)
            } {
                Ok(()) => return Ok(text),
                Err(rule) => self.fail(&rule),
            }
        }
    }

    /// Asks for one of several choices, each a name with a short description.
    pub(super) async fn choose(
        &self,
        prompt: &str,
        choices: &[(&str, &str)],
        offered: usize,
    ) -> Result<usize> {
        let width = choices
            .iter()
            .map(|(name, _)| name.len())
            .max()
            .unwrap_or(0);
        let items: Vec<String> = choices
            .iter()
            .map(|(name, about)| format!("{name:width$}  {about}").trim_end().to_owned())
            .collect();
        let question = prompt.to_owned();
        let chosen = asked(move || {
            Select::with_theme(&Look)
                .with_prompt(question)
                .items(items)
                .default(offered)
                .report(false)
                .interact()
        })
        .await?;
        answered(prompt, choices[chosen].0);
        Ok(chosen)
    }

    pub(super) async fn choice(
        &mut self,
        key: &'static str,
        prompt: &str,
        choices: &[(&str, &str, &str)],
    ) -> Result<String> {
        let value = self.plan.value(key);
        let offered = choices
            .iter()
            .position(|(name, ..)| *name == value)
            .unwrap_or(0);
        let shown: Vec<_> = choices
            .iter()
            .map(|(_, name, about)| (*name, *about))
            .collect();
        let chosen = choices[self.choose(prompt, &shown, offered).await?].0;
        self.set(key, chosen)?;
        Ok(chosen.to_owned())
    }

    pub(super) async fn switches(
        &mut self,
        prompt: &str,
        switches: &[(&'static str, &str)],
    ) -> Result {
        let items: Vec<(String, bool)> = switches
            .iter()
            .map(|(key, about)| ((*about).to_owned(), self.plan.value(key) == "true"))
            .collect();
        let question = prompt.to_owned();
        let on = asked(move || {
            MultiSelect::with_theme(&Look)
                .with_prompt(question)
                .items_checked(items)
                .report(false)
                .interact()
        })
        .await?;
        let names: Vec<_> = on.iter().map(|&index| switches[index].1).collect();
        answered(prompt, if names.is_empty() { "none" } else { "" });
        for name in names {
            self.context.output.talk("    ", name, Tone::Plain);
        }
        for (index, (key, _)) in switches.iter().enumerate() {
            self.set(key, if on.contains(&index) { "true" } else { "false" })?;
        }
        Ok(())
    }

    pub(super) async fn confirm(&self, prompt: &str, offered: bool) -> Result<bool> {
        let prompt = prompt.to_owned();
        asked(move || {
            Confirm::with_theme(&Look)
                .with_prompt(prompt)
                .default(offered)
                .wait_for_newline(true)
                .interact()
        })
        .await
    }
}

/// Shows a question with its answer, in place of the prompt.
fn answered(prompt: &str, answer: &str) {
    write_err(&(theme::answered_line(prompt, answer) + "\n"));
}
