//! The dialogue: section by section, each answer tested by its key's own rule, each section by what can be tried out.
//!
//! Answers go into the plan and nowhere else; nothing is written here.

mod administrator;
mod application;
mod database;
mod email;
mod features;
mod sms;
mod tokens;
mod trial;

use std::future::Future;

use dialoguer::{Confirm, Input, MultiSelect, Password, Select};

use super::carry_out::Further;
use super::gitignore;
use super::plan::Plan;
use super::questions::is_asked;
use super::summary::Summary;
use crate::cli::context::Context;
use crate::cli::error::{Failure, Result};
use crate::cli::output::{Tone, write_err};
use crate::cli::prompt::asked;
use crate::cli::theme::{self, Look};
use crate::cli::{preflight, progress};
use crate::config::{self, Fault};
use crate::model::{Email, NewPassword};
use trial::Trial;

/// What an optional answer is taken back with.
const NONE: &str = "-";

/// The parts of the dialogue, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Application,
    Database,
    Tokens,
    Email,
    Sms,
    Features,
    Administrator,
}

const SECTIONS: [Section; 7] = [
    Section::Application,
    Section::Database,
    Section::Tokens,
    Section::Email,
    Section::Sms,
    Section::Features,
    Section::Administrator,
];

impl Section {
    const fn title(self) -> &'static str {
        match self {
            Self::Application => "Application",
            Self::Database => "Database",
            Self::Tokens => "Tokens",
            Self::Email => "Email",
            Self::Sms => "SMS",
            Self::Features => "Features",
            Self::Administrator => "First administrator",
        }
    }

    /// Whether a fault in this key is mended in this section.
    fn owns(self, key: &str) -> bool {
        match self {
            Self::Application => ["app_name", "base_url", "bind", "behind_proxy"].contains(&key),
            Self::Database => key.starts_with("database") || key.starts_with("mongodb"),
            Self::Tokens => key.starts_with("jwt_") || key == "transport",
            Self::Email => key.starts_with("email."),
            Self::Sms => key.starts_with("sms."),
            Self::Features => ["hide_registered_emails", "require_verification"].contains(&key),
            Self::Administrator => false,
        }
    }
}

/// One run of the dialogue.
pub(super) struct Dialogue<'d, 'c> {
    plan: &'d mut Plan<'c>,
    context: &'d Context,
    /// Whether the database answered.
    database: bool,
    administrator: Option<(Email, NewPassword)>,
    /// The address that a flag gave the administrator.
    admin_email: Option<Email>,
}

impl<'d, 'c> Dialogue<'d, 'c> {
    pub(super) fn new(
        plan: &'d mut Plan<'c>,
        context: &'d Context,
        admin_email: Option<Email>,
    ) -> Self {
        Self {
            plan,
            context,
            database: false,
            administrator: None,
            admin_email,
        }
    }

    /// Asks everything, shows what is to be done, and asks for the yes.
    pub(super) async fn hold(mut self, schema: bool) -> Result<Further> {
        self.welcome();
        self.plan.ensure_secret()?;
        if let Ok(loaded) = self.plan.load() {
            let faults = preflight::faults(&loaded, &self.context.ambient(None));
            let (_, beyond) = split(faults, |fault| is_asked(&fault.key));
            if !beyond.is_empty() {
                return Err(Failure::faults(&beyond));
            }
        }
        for (index, section) in SECTIONS.into_iter().enumerate() {
            self.heading(index, section);
            while !self.pass(section).await? {}
        }
        self.plan.usable()?;
        let further = Further {
            schema: schema && self.database,
            administrator: self.administrator.take(),
        };
        let ignored = gitignore::entry(&self.plan.place.secrets)?.map(|file| file.path);
        let summary = Summary::of(self.plan, &further, ignored.as_deref(), self.context);
        self.line("");
        self.context.output.show(&summary);
        self.line("");
        if self.context.global.yes || self.confirm("Write this?", true).await? {
            self.line("");
            Ok(further)
        } else {
            Err(Failure::refused("declined: nothing was changed"))
        }
    }

    fn welcome(&self) {
        let folder = self.plan.place.folder.display();
        self.line(&if self.plan.existing {
            format!("Changes the installation in {folder}.")
        } else {
            format!("Sets up regstack in {folder}.")
        });
        self.faint("Enter takes what is in brackets. Nothing is written");
        self.faint("before the end: until then Ctrl-C leaves all as it is.");
        for name in self.plan.overridden() {
            self.warn(&format!(
                "{name} in the environment wins over what is written here"
            ));
        }
    }

    fn heading(&self, index: usize, section: Section) {
        let heading = format!("{}/{} {}", index + 1, SECTIONS.len(), section.title());
        self.line("");
        self.context.output.talk("", &heading, Tone::Title);
    }

    /// Goes through a section once. False when it is to be asked again.
    async fn pass(&mut self, section: Section) -> Result<bool> {
        match section {
            Section::Application => application::ask(self).await?,
            Section::Database => database::ask(self).await?,
            Section::Tokens => tokens::ask(self).await?,
            Section::Email => email::ask(self).await?,
            Section::Sms => sms::ask(self).await?,
            Section::Features => features::ask(self).await?,
            Section::Administrator => administrator::ask(self).await?,
        }
        let loaded = self.plan.load();
        let faults = match &loaded {
            Ok(loaded) => preflight::faults(loaded, &self.context.ambient(None)),
            Err(error) => error.faults.clone(),
        };
        let (ours, _) = split(faults, |fault| section.owns(&fault.key));
        let (elsewhere, ours) = split(ours, |fault| fault.layer.starts_with("environment"));
        // No answer mends what the environment sets.
        if !elsewhere.is_empty() {
            return Err(Failure::faults(&elsewhere));
        }
        for fault in &ours {
            self.fail(&format!("{} {}", fault.key, fault.message));
        }
        let Ok(loaded) = loaded else {
            return Ok(ours.is_empty());
        };
        if !ours.is_empty() {
            return Ok(false);
        }
        match section {
            Section::Database => database::test(self, &loaded.settings).await,
            Section::Email => email::test(self, &loaded.settings).await,
            Section::Sms => sms::test(self, &loaded.settings).await,
            _ => Ok(true),
        }
    }

    /// Tries something out. A failure is explained; whether to go on from here is the person's choice.
    async fn tried<F: Future<Output = Trial>>(
        &self,
        whom: &'static str,
        attempt: impl Fn() -> F,
    ) -> Result<Tried> {
        loop {
            let trial =
                match progress::waited_for(whom, tokio::time::timeout(trial::PATIENCE, attempt()))
                    .await
                {
                    Ok(trial) => trial,
                    Err(_) => Trial::fails(
                        format!("no answer within {} s", trial::PATIENCE.as_secs()),
                        None,
                    ),
                };
            match trial {
                Trial::Fine(seen) => {
                    self.context.output.talk("  ok    ", &seen, Tone::Good);
                    return Ok(Tried::Fine);
                }
                Trial::Fails { why, remedy } => {
                    self.fail(&why);
                    if let Some(remedy) = remedy {
                        self.context
                            .output
                            .talk("        -> ", &remedy, Tone::Plain);
                    }
                }
            }
            let choices = [
                ("change the answers", ""),
                ("try again", ""),
                ("go on anyway", ""),
            ];
            match self.choose("What now?", &choices, 0).await? {
                0 => return Ok(Tried::Change),
                1 => {}
                _ => return Ok(Tried::Anyway),
            }
        }
    }

    /// Asks for a key's value, offering the present one.
    async fn text(&mut self, key: &'static str, prompt: &str) -> Result {
        let offered = self.plan.value(key);
        let text = self.line_of(key, prompt, &offered, false).await?;
        self.set(key, &text)
    }

    /// Asks for a value that may be none.
    async fn optional(&mut self, key: &'static str, prompt: &str) -> Result {
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
        self.line_under(prompt, offered, |text| match text {
            "" | NONE if optional => Ok(()),
            text => rules.check(text),
        })
        .await
    }

    /// Asks for a line until it keeps a rule. What breaks it stays to be read: the library would wipe out too little
    /// where it is longer than the terminal is wide.
    async fn line_under(
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

    /// Asks for a secret, unseen. An empty answer keeps the one that is there.
    async fn secret(&mut self, key: &'static str, prompt: &str) -> Result {
        let kept = !self.plan.value(key).is_empty();
        let rules = config::key(key).map_err(|(what, _)| Failure::failed(what))?;
        let prompt = if kept {
            format!("{prompt} (Enter keeps it)")
        } else {
            prompt.to_owned()
        };
        let text = self.hidden(&prompt, kept, |text| rules.check(text)).await?;
        if text.is_empty() {
            return Ok(());
        }
        self.set(key, &text)
    }

    async fn hidden(
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
                    .allow_empty_password(may_be_empty)
                    .interact()
            })
            .await?;
            match if text.is_empty() { Ok(()) } else { rule(&text) } {
                Ok(()) => return Ok(text),
                Err(rule) => self.fail(&rule),
            }
        }
    }

    /// Asks which of several: names, each with a few words.
    async fn choose(
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

    /// Asks for the one of these values of a key.
    async fn choice(
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

    /// Asks for several switches at once.
    async fn switches(&mut self, prompt: &str, switches: &[(&'static str, &str)]) -> Result {
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

    async fn confirm(&self, prompt: &str, offered: bool) -> Result<bool> {
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

    /// Takes an answer that was tested already.
    fn set(&mut self, key: &str, text: &str) -> Result {
        self.plan
            .set(key, text)
            .map_err(|reason| Failure::failed(format!("{key} cannot be written")).because(reason))
    }

    fn line(&self, text: &str) {
        self.context.output.talk("", text, Tone::Plain);
    }

    fn faint(&self, text: &str) {
        self.context.output.talk("", text, Tone::Faint);
    }

    fn warn(&self, text: &str) {
        self.context.output.talk("  warn  ", text, Tone::Warn);
    }

    fn fail(&self, text: &str) {
        self.context.output.talk("  FAIL  ", text, Tone::Bad);
    }
}

/// The faults that are of a kind, and the others.
fn split(faults: Vec<Fault>, of_a_kind: impl Fn(&Fault) -> bool) -> (Vec<Fault>, Vec<Fault>) {
    faults.into_iter().partition(of_a_kind)
}

/// How a trial ended, as the person has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tried {
    Fine,
    Anyway,
    Change,
}

/// Shows a question with its answer, in the place of both.
fn answered(prompt: &str, answer: &str) {
    write_err(&(theme::answered_line(prompt, answer) + "\n"));
}
