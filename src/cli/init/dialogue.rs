//! The dialogue: asks for each section, checks each answer by its key's rule, and tries out the result.
//!
//! Answers only change the plan; nothing is written here.

mod administrator;
mod application;
mod ask;
mod database;
mod email;
mod features;
mod sms;
mod tokens;
mod trial;

use std::cell::Cell;
use std::future::Future;

use super::apply::Further;
use super::flags::is_asked;
use super::gitignore;
use super::plan::Plan;
use super::proposals;
use super::summary::Summary;
use crate::cli::output::Tone;
use crate::cli::{Context, Failure, Result, preflight, progress};
use crate::config::Fault;
use crate::model::{Email, NewPassword};
use trial::Trial;

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

    /// Returns whether all questions of the section have good defaults.
    const fn has_good_defaults(self) -> bool {
        matches!(
            self,
            Self::Database | Self::Tokens | Self::Sms | Self::Features
        )
    }

    /// Returns whether a fault in this key can be corrected in this section.
    fn owns(self, key: &str) -> bool {
        match self {
            Self::Application => ["app_name", "base_url", "bind", "behind_proxy"].contains(&key),
            Self::Database => key.starts_with("database") || key.starts_with("mongodb"),
            Self::Tokens => {
                key.starts_with("jwt_") || ["session_max_seconds", "transport"].contains(&key)
            }
            Self::Email => key.starts_with("email."),
            Self::Sms => key.starts_with("sms."),
            Self::Features => ["hide_registered_emails", "require_verification"].contains(&key),
            Self::Administrator => false,
        }
    }
}

pub(super) struct Dialogue<'d, 'c> {
    plan: &'d mut Plan<'c>,
    context: &'d Context,
    /// Whether sections with good defaults are asked about. `None` until that is answered.
    every_question: Option<bool>,
    database: bool,
    /// Whether the database is still to be created, so that it has no accounts.
    new_database: bool,
    /// Whether a server's certificate was from an unknown authority.
    own_authority: Cell<bool>,
    administrator: Option<(Email, NewPassword)>,
    /// The administrator's email address, if a flag gave it.
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
            every_question: None,
            database: false,
            new_database: false,
            own_authority: Cell::new(false),
            administrator: None,
            admin_email,
        }
    }

    /// Asks all questions, shows the summary, and asks for confirmation.
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
        for section in SECTIONS {
            if self.goes_without_asking(section).await? {
                continue;
            }
            self.go_through(section).await?;
        }
        loop {
            self.plan.usable()?;
            let further = Further {
                schema: schema && self.database,
                administrator: self.administrator.take(),
            };
            let ignored = gitignore::entry(self.plan)?.map(|file| file.path);
            let summary = Summary::of(self.plan, &further, ignored.as_deref(), self.context);
            self.line("");
            self.context.output.show(&summary);
            self.line("");
            let choices = [
                ("yes", ""),
                ("change something", "part of the dialog is repeated"),
                ("no", "nothing is written"),
            ];
            let is_agreed = self.context.global.yes;
            match if is_agreed {
                0
            } else {
                self.choose("Write this?", &choices, 0).await?
            } {
                0 => {
                    self.line("");
                    return Ok(further);
                }
                1 => self.administrator = further.administrator,
                _ => return Err(Failure::refused("declined: nothing was changed")),
            }
            let parts = SECTIONS.map(|section| (section.title(), ""));
            let part = self
                .choose("What do you want to change?", &parts, 0)
                .await?;
            self.every_question = Some(true);
            self.go_through(SECTIONS[part]).await?;
        }
    }

    /// Asks a section's questions until its answers can be used.
    async fn go_through(&mut self, section: Section) -> Result {
        self.heading(section);
        let mut answered = None;
        while !self.pass(section).await? {
            // The problem may be in a question that was skipped.
            answered = answered.or(self.every_question);
            self.every_question = Some(true);
        }
        // This was for this section only; the others follow the original answer.
        self.every_question = answered.or(self.every_question);
        Ok(())
    }

    /// Uses a section's defaults if that was chosen and they have no faults. The database is tried out anyway, because
    /// an unusable one needs questions.
    async fn goes_without_asking(&mut self, section: Section) -> Result<bool> {
        if self.every_question != Some(false) || !section.has_good_defaults() {
            return Ok(false);
        }
        if section == Section::Tokens {
            self.propose("transport")?;
            self.propose("session_max_seconds")?;
        }
        let loaded = self.plan.load();
        let is_at_fault = |faults: &[Fault]| faults.iter().any(|fault| section.owns(&fault.key));
        let is_good = match &loaded {
            Ok(loaded) => !is_at_fault(&preflight::faults(loaded, &self.context.ambient(None))),
            Err(error) => !is_at_fault(&error.faults),
        };
        let settings = loaded.ok().or_else(|| self.plan.provisional());
        match settings {
            Some(loaded) if is_good && section == Section::Database => {
                self.heading(section);
                database::test(self, &loaded.settings).await
            }
            _ => Ok(is_good),
        }
    }

    fn welcome(&self) {
        let folder = self.plan.place.folder.display();
        self.line(&if self.plan.existing {
            format!("Changes the installation in {folder}.")
        } else {
            format!("Sets up regstack in {folder}.")
        });
        self.faint("Press Enter to accept the value in brackets. Nothing is");
        self.faint("written before the end: until then, Ctrl-C changes nothing.");
        for name in self.plan.overridden() {
            self.warn(&format!(
                "{name} in the environment overrides what is written here"
            ));
        }
    }

    fn heading(&self, section: Section) {
        self.line("");
        self.context.output.talk("", section.title(), Tone::Title);
    }

    /// Goes through a section once. Returns `false` if it must be repeated.
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
        // Answers can't override the environment.
        if !elsewhere.is_empty() {
            return Err(Failure::faults(&elsewhere));
        }
        for fault in &ours {
            self.fail(&format!("{} {}", fault.key, fault.message));
        }
        if !ours.is_empty() {
            return Ok(false);
        }
        // Faults of other sections are handled there, and don't prevent trying this out.
        let Some(loaded) = loaded.ok().or_else(|| self.plan.provisional()) else {
            return Ok(true);
        };
        match section {
            Section::Database => database::test(self, &loaded.settings).await,
            Section::Email => email::test(self, &loaded.settings).await,
            Section::Sms => sms::test(self, &loaded.settings).await,
            _ => Ok(true),
        }
    }

    /// Tries something out. If it fails, explains why and asks how to continue.
    async fn probe<F: Future<Output = Trial>>(
        &self,
        whom: &'static str,
        attempt: impl Fn() -> F,
    ) -> Result<Verdict> {
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
                    return Ok(Verdict::Fine);
                }
                Trial::Fails { why, remedy } => {
                    self.fail(&why);
                    if why.contains("UnknownIssuer") {
                        self.own_authority.set(true);
                    }
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
                ("continue anyway", ""),
            ];
            match self.choose("What now?", &choices, 0).await? {
                0 => return Ok(Verdict::Change),
                1 => {}
                _ => return Ok(Verdict::Anyway),
            }
        }
    }

    /// Sets an answer that was checked already.
    fn set(&mut self, key: &'static str, text: &str) -> Result {
        self.put(key, text)?;
        self.plan.mark_answered(key);
        Ok(())
    }

    /// Sets the proposed value of a key, which may still be answered.
    fn propose(&mut self, key: &str) -> Result {
        let proposed = proposals::of(self.plan, key);
        if proposed == self.plan.value(key) {
            return Ok(());
        }
        self.put(key, &proposed)
    }

    fn put(&mut self, key: &str, text: &str) -> Result {
        self.plan
            .set(key, text)
            .map_err(|reason| Failure::failed(format!("{key} can't be written")).because(reason))
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

fn split(faults: Vec<Fault>, of_a_kind: impl Fn(&Fault) -> bool) -> (Vec<Fault>, Vec<Fault>) {
    faults.into_iter().partition(of_a_kind)
}

/// How a trial ended, or what the person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Fine,
    Anyway,
    Change,
}
